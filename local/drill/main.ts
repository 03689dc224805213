/** `npm run drill`: breaks what the alerts watch, and sees them ring. */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import colors from "picocolors";
import { parseStack } from "../../stack-name.ts";
import { sideBySide } from "../cli/progress.ts";
import { messageOf } from "../engine/errors.ts";
import { ensureTool, type FoundTool } from "../toolchain/find.ts";
import { tools } from "../toolchain/tools.ts";
import { chosenDrills } from "./choice.ts";
import { type Drill, notDrilled } from "./drills.ts";
import { limited } from "./limited.ts";
import { liveDrill } from "./live-stack.ts";
import { chosenFaults } from "./platform/choice.ts";
import { platformFaults } from "./platform/faults.ts";
import { runPlatformFaults } from "./platform/run.ts";
import { notDrilledList, passed, platformTable, remarks, resultTable } from "./report.ts";
import { type RoundOptions, type RoundResult, runHealthy, runRound } from "./round.ts";
import { inRounds } from "./rounds.ts";
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
  readonly json?: true;
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
    "break nothing for so long (of real time), and see that nobody is told",
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
  .option("--json", "with --live: for programs")
  .option("--keep", "keep the servers' files and logs, and say where")
  .addHelpText(
    "after",
    `
Exit codes: 0 every expected alert arrived and ended and nothing else rang (of the platform: everything held),
1 otherwise, 130 interrupted.
--live takes about 5 minutes: so long does Alertmanager wait before it tells an end.`,
  );

function collect(name: string, names: readonly string[]): readonly string[] {
  return [...names, name];
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
async function findServers(): Promise<RoundOptions["tools"]> {
  const [prometheus, alertmanager, blackbox, gatus, moto] = await sideBySide(
    [tools.prometheus, tools.alertmanager, tools.blackbox, tools.gatus, tools.moto].map((tool) => ({
      title: `${tool.name} ${tool.version}`,
      run: (onProgress) => ensureTool(tool, { onProgress }),
      done: ({ name, version, source }: FoundTool) => `${name} ${version} (${source})`,
    })),
  );
  if (!prometheus || !alertmanager || !blackbox || !gatus || !moto)
    throw new Error("not every server was found");
  return { prometheus, alertmanager, blackbox, gatus, moto };
}

async function run(options: Options, folder: string, signal: AbortSignal): Promise<boolean> {
  const startedAt = Date.now();
  const selected = chosenDrills(options.alert);
  const broken = chosenFaults(options.fault);
  const factor = options.factor ?? FACTORS[options.faults];
  const found = await findServers();
  const nameWidth = options.faults === "platform" ? 23 : 9;
  const roundOptions = (name: string): RoundOptions => ({
    folder: path.join(folder, name),
    factor,
    tools: found,
    signal,
    report: (line) =>
      console.log(
        `${String(Math.round((Date.now() - startedAt) / 1000)).padStart(5)} s  ${name.padEnd(nameWidth)} ${line}`,
      ),
  });
  if (options.faults === "platform") {
    console.log(`${broken.length} faults, ${options.parallel} at a time; 1 second stands for ${factor}`);
    const results = await runPlatformFaults(broken, options.parallel, roundOptions);
    console.log(platformTable(results));
    return results.every(({ outcome }) => outcome !== "did not hold");
  }
  if (options.healthy !== undefined) return await healthy(options.healthy, roundOptions("healthy"));

  const rounds = inRounds(selected);
  console.log(
    `${selected.length} drills in ${rounds.length} rounds, ${options.parallel} at a time; ` +
      `1 second stands for ${factor}`,
  );
  const results = await limited(rounds, options.parallel, (round, index) =>
    undisturbed(round, roundOptions(`round ${index + 1}`)),
  );
  console.log(resultTable(results));
  for (const remark of remarks(results)) console.log(remark);
  if (options.alert.length === 0) console.log(notDrilledList(notDrilled));
  return summary(results, (Date.now() - startedAt) / 1000);
}

/** Half the shortest hold time at the usual pace. */
const STALL_SECONDS = 0.5;
const MOST_ATTEMPTS = 3;

/** A failure while the machine stood still proves nothing of the alerts: the round is run again, and it is said. */
async function undisturbed(drills: readonly Drill[], options: RoundOptions): Promise<RoundResult> {
  for (let attempt = 1; ; attempt++) {
    const folder = path.join(options.folder, `attempt ${attempt}`);
    const result = await runRound(drills, { ...options, folder });
    const stalled = result.longestStallSeconds >= STALL_SECONDS;
    if (passed([result]) || !stalled || attempt === MOST_ATTEMPTS) return result;
    const stall = result.longestStallSeconds.toFixed(1);
    options.report(`failed, and the machine stood still for ${stall} s meanwhile: once more`);
  }
}

async function healthy(length: number, options: RoundOptions): Promise<boolean> {
  const { factor } = options;
  options.report(`nothing is broken for ${length} seconds`);
  const rang = await runHealthy(length * factor, options);
  const hours = ((length * factor) / 3600).toFixed(1);
  console.log(
    rang.length === 0
      ? colors.green(`Quiet: no false alarm in ${hours} simulated hours.`)
      : colors.red(`False alarms in ${hours} simulated hours: ${rang.join(", ")}`),
  );
  return rang.length === 0;
}

function summary(results: readonly RoundResult[], took: number): boolean {
  const rings = results.flatMap((round) => round.results).flatMap((result) => result.rings);
  const good = rings.filter(({ problems }) => problems.length === 0).length;
  const alarms = results.flatMap(({ falseAlarms }) => falseAlarms).length;
  const line = `${good} of ${rings.length} expected alerts rang as they should, ${alarms} false alarms, in ${Math.round(took)} seconds.`;
  console.log(passed(results) ? colors.green(line) : colors.red(line));
  return passed(results);
}

command.parse();
const options = command.opts<Options>();
if (options.live && options.stack === undefined) command.error("error: --live needs --stack <name>");
if (!options.live && (options.stack !== undefined || options.json))
  command.error("error: --stack and --json go with --live");
const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => interruption.abort());
const folder = await mkdtemp(path.join(tmpdir(), "agentpay-drill-"));
try {
  const { signal } = interruption;
  const passed = options.stack
    ? await liveDrill(options.stack, options.json ?? false, signal)
    : await run(options, folder, signal);
  process.exitCode = passed ? 0 : 1;
} catch (error) {
  const interrupted = interruption.signal.aborted;
  console.error(colors.red(interrupted ? "Interrupted; everything is stopped." : messageOf(error)));
  process.exitCode = interrupted ? 130 : 1;
} finally {
  if (options.keep) console.log(`Files and logs: ${folder}`);
  else await rm(folder, { recursive: true, force: true });
}
