/** `npm run drill`: breaks what the alerts watch, and sees them ring. */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import colors from "picocolors";
import { alertThresholdNames } from "../../catalog/alerts/index.ts";
import { parseStack } from "../../operations/options.ts";
import { tools } from "../../operations/tools/tools.ts";
import { thresholds } from "../../settings/thresholds.ts";
import { messageOf } from "../../toolkit/error-message.ts";
import { ensureTool, type FoundTool } from "../../toolkit/toolchain/find.ts";
import { sideBySide } from "../cli/progress.ts";
import type { LifeOptions } from "./lab-life.ts";
import { liveDrill } from "./live-stack.ts";
import { chosenFaults } from "./platform/choice.ts";
import { platformFaults } from "./platform/faults/index.ts";
import { drillAgentPay, drillPlatform, exitCodes, selectedDrills, watchHealthy } from "./run.ts";
import { inMilliseconds } from "./scale.ts";

interface Options {
  readonly alert: readonly string[];
  readonly healthy?: number;
  readonly factor?: number;
  readonly parallel: number;
  readonly keep?: true;
  readonly faults: (typeof FAULTS)[number];
  readonly fault: readonly string[];
  readonly live?: true;
  readonly stack?: string;
  readonly threshold: Readonly<Record<string, number>>;
  readonly replay?: true;
  readonly json?: true;
  readonly resume?: true;
}

const FAULTS = ["agentpay", "platform"] as const;
/** The platform's own timeouts need more of the real time than its rules do. */
const FACTORS: Readonly<Record<Options["faults"], number>> = { agentpay: 60, platform: 30 };

const command = new Command("drill")
  .description(
    "Break what each alert watches in a simulated AgentPay, with the real Prometheus and Alertmanager, and see it reach\n" +
      "the simulated PagerDuty or Slack, and end. A running local stack is not disturbed.",
  )
  .option(
    "-a, --alert <name>",
    "only the drills that ring this alert; may be given several times",
    collect,
    [],
  )
  .option(
    "--healthy <duration>",
    "live ordinary days for so long (of real time), with nights, a weekend, deployments and failovers, and see that nobody is told",
    seconds,
  )
  .addOption(
    new Option("--faults <kind>", "what breaks: AgentPay, or the monitoring platform itself")
      .choices(FAULTS)
      .default("agentpay"),
  )
  .option(
    "--fault <name>",
    `with --faults platform: only this one; may be given several times (${platformFaults.map(({ name }) => name).join(", ")})`,
    collect,
    [],
  )
  .option(
    "--factor <number>",
    `simulated seconds in a second; durations are divided by it (default: ${FACTORS.agentpay}, for the platform's faults ${FACTORS.platform})`,
    positive,
  )
  .option("--parallel <number>", "how many rounds run side by side", positive, 2 * availableParallelism())
  .option(
    "--live",
    "break nothing: send one marked test page through a stack's own Alertmanager, and see it end",
  )
  .option("--stack <name>", "with --live: production, local, ...", parseStack)
  .option(
    "--resume",
    "go on with what an earlier run has not proven: it broke off, a lab broke, or an alert failed",
  )
  .option(
    "--threshold <alert=number>",
    "drill with another threshold; may be given several times. What is proven with it is not kept",
    threshold,
    {},
  )
  .option(
    "--replay",
    "replay each lab's history as well, and compare its firings and pages with what was recorded and paged",
  )
  .option("--json", "results for programs; what happens meanwhile is said on stderr")
  .option("--keep", "keep the servers' files and logs, and say where")
  .addHelpText(
    "after",
    `
Exit codes: 0 every expected alert arrived and ended and nothing else rang (of the platform: everything held),
1 otherwise, 2 as far as it could be tried, but a lab broke each time or the machine did not keep up, 130 interrupted.
What the machine does not keep up with, and what a lab breaks of, is tried again at a slower pace.
--live takes about 5 minutes: so long does Alertmanager wait before it tells an end.`,
  );

function collect(name: string, names: readonly string[]): readonly string[] {
  return [...names, name];
}

function threshold(text: string, before: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const [name = "", value] = text.split("=");
  if (!alertThresholdNames.includes(name)) {
    throw new InvalidArgumentError(`It must be such as HighErrorRate=0.04: ${name} has no threshold.`);
  }
  const read = thresholds.safeParse({ ...before, [name]: value });
  if (read.success) return read.data as Readonly<Record<string, number>>;
  throw new InvalidArgumentError(`It must be such as HighErrorRate=0.04: ${read.error.issues[0]?.message}.`);
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new InvalidArgumentError("It must be a whole number from 1 to 9999.");
  return Number(text);
}

function seconds(text: string): number {
  try {
    return inMilliseconds(text) / 1000;
  } catch {
    throw new InvalidArgumentError("It must be a duration such as 90s or 3m.");
  }
}

/** Found, or made: the first time that takes minutes, so it says what it does. */
async function findServers(json: boolean): Promise<LifeOptions["tools"]> {
  const wanted = [tools.prometheus, tools.alertmanager, tools.blackbox, tools.gatus, tools.moto];
  const steps = wanted.map((tool) => ({
    title: `${tool.name} ${tool.version}`,
    run: (onProgress: (line: string) => void) => ensureTool(tool, { onProgress }),
    done: ({ name, version, source }: FoundTool) => `${name} ${version} (${source})`,
  }));
  const [prometheus, alertmanager, blackbox, gatus, moto] = json
    ? await Promise.all(steps.map(({ run }) => run(console.error)))
    : await sideBySide(steps);
  if (!prometheus || !alertmanager || !blackbox || !gatus || !moto)
    throw new Error("not every server was found");
  return { prometheus, alertmanager, blackbox, gatus, moto };
}

/** Returns the exit code. */
async function run(options: Options, folder: string, signal: AbortSignal): Promise<number> {
  const startedAt = Date.now();
  const json = options.json ?? false;
  // For programs, what people read goes elsewhere.
  const say = json ? console.error : console.log;
  const factor = options.factor ?? FACTORS[options.faults];
  const nameWidth = options.faults === "platform" ? 23 : 9;
  const faults = chosenFaults(options.fault);
  const selected = await selectedDrills(options.alert, options.resume ?? false);
  const found = await findServers(json);
  const optionsOf = (name: string): LifeOptions => ({
    folder: path.join(folder, name),
    factor,
    tools: found,
    thresholds: options.threshold,
    replay: options.replay ?? false,
    signal,
    report: (line) =>
      say(
        `${String(Math.round((Date.now() - startedAt) / 1000)).padStart(5)} s  ${name.padEnd(nameWidth)} ${line}`,
      ),
  });
  const keeps = Object.keys(options.threshold).length === 0;
  const how = { factor, parallel: options.parallel, optionsOf, json, say, keeps };
  if (options.faults === "platform") return await drillPlatform(faults, how);
  if (options.healthy !== undefined) return await watchHealthy(options.healthy, optionsOf("healthy"), how);
  return await drillAgentPay(selected, how);
}

command.parse();
const options = command.opts<Options>();
if (options.live && options.stack === undefined) command.error("error: --live needs --stack <name>");
if (!options.live && options.stack !== undefined) command.error("error: --stack goes with --live");
if (options.resume && (options.live || options.healthy !== undefined || options.faults === "platform"))
  command.error("error: --resume goes on with drills of AgentPay");
if (
  Object.keys(options.threshold).length > 0 &&
  (options.resume || options.live || options.faults === "platform")
)
  command.error("error: --threshold goes with drills of AgentPay that begin from the start");
if (options.replay && (options.live || options.healthy !== undefined || options.faults === "platform"))
  command.error("error: --replay goes with drills of AgentPay");
const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => interruption.abort());
const folder = await mkdtemp(path.join(tmpdir(), "agentpay-drill-"));
try {
  const { signal } = interruption;
  if (options.stack) {
    process.exitCode = (await liveDrill(options.stack, options.json ?? false, signal))
      ? exitCodes.held
      : exitCodes.failed;
  } else process.exitCode = await run(options, folder, signal);
} catch (error) {
  const interrupted = interruption.signal.aborted;
  console.error(colors.red(interrupted ? "Interrupted; everything is stopped." : messageOf(error)));
  process.exitCode = interrupted ? exitCodes.interrupted : exitCodes.failed;
} finally {
  if (options.keep) console.log(`Files and logs: ${folder}`);
  else await rm(folder, { recursive: true, force: true });
}
