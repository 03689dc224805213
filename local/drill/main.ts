/** `npm run drill`: breaks what the alerts watch, and sees them ring. */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import colors from "picocolors";
import { sideBySide } from "../cli/progress.ts";
import { ensureTool, type FoundTool } from "../toolchain/find.ts";
import { tools } from "../toolchain/tools.ts";
import { chosenDrills } from "./choice.ts";
import { type Drill, notDrilled } from "./drills.ts";
import { liveDrill } from "./live-stack.ts";
import { notDrilledList, passed, remarks, resultTable } from "./report.ts";
import { type RoundOptions, type RoundResult, runHealthy, runRound } from "./round.ts";
import { inRounds } from "./rounds.ts";
import { inMilliseconds } from "./scale.ts";

interface Options {
  readonly alert: readonly string[];
  readonly healthy?: number;
  readonly factor: number;
  readonly parallel: number;
  readonly keep?: true;
  readonly live?: true;
  readonly stack?: string;
  readonly json?: true;
}

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
  .option("--factor <number>", "simulated seconds in a second; durations are divided by it", positive, 60)
  .option("--parallel <number>", "how many rounds run side by side", positive, 2 * availableParallelism())
  .option(
    "--live",
    "break nothing: send one marked test page through a stack's own Alertmanager, and see it end",
  )
  .option("--stack <name>", "with --live: production, local, ...")
  .option("--json", "with --live: for programs")
  .option("--keep", "keep the servers' files and logs, and say where")
  .addHelpText(
    "after",
    `
Exit codes: 0 every expected alert arrived and ended and nothing else rang, 1 otherwise, 130 interrupted.
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
  const [prometheus, alertmanager, blackbox, moto] = await sideBySide(
    [tools.prometheus, tools.alertmanager, tools.blackbox, tools.moto].map((tool) => ({
      title: `${tool.name} ${tool.version}`,
      run: (onProgress) => ensureTool(tool, { onProgress }),
      done: ({ name, version, source }: FoundTool) => `${name} ${version} (${source})`,
    })),
  );
  if (!prometheus || !alertmanager || !blackbox || !moto) throw new Error("not every server was found");
  return { prometheus, alertmanager, blackbox, moto };
}

async function run(options: Options, folder: string, signal: AbortSignal): Promise<boolean> {
  const startedAt = Date.now();
  const selected = chosenDrills(options.alert);
  const found = await findServers();
  const roundOptions = (name: string): RoundOptions => ({
    folder: path.join(folder, name),
    factor: options.factor,
    tools: found,
    signal,
    report: (line) =>
      console.log(
        `${String(Math.round((Date.now() - startedAt) / 1000)).padStart(5)} s  ${name.padEnd(9)} ${line}`,
      ),
  });
  if (options.healthy !== undefined) return await healthy(options.healthy, options, roundOptions("healthy"));

  const rounds = inRounds(selected);
  console.log(
    `${selected.length} drills in ${rounds.length} rounds, ${options.parallel} at a time; ` +
      `1 second stands for ${options.factor}`,
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

async function healthy(length: number, { factor }: Options, options: RoundOptions): Promise<boolean> {
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

/** At most `limit` at a time. @throws the first failure, once what runs has ended. */
async function limited<Item, Result>(
  items: readonly Item[],
  limit: number,
  act: (item: Item, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = [...items.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, item] = next;
      try {
        results[index] = await act(item, index);
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: limit }, work));
  for (const worker of workers) if (worker.status === "rejected") throw worker.reason;
  return results;
}

command.parse();
const options = command.opts<Options>();
if (options.live && !options.stack) command.error("error: --live needs --stack <name>");
if (!options.live && (options.stack || options.json))
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
  console.error(
    colors.red(
      interrupted
        ? "Interrupted; everything is stopped."
        : error instanceof Error
          ? error.message
          : String(error),
    ),
  );
  process.exitCode = interrupted ? 130 : 1;
} finally {
  if (options.keep) console.log(`Files and logs: ${folder}`);
  else await rm(folder, { recursive: true, force: true });
}
