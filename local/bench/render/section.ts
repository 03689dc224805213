/** `render` of everything beside go-jsonnet, which renders as many rules as a well-known mixin has. */
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { renderAll } from "../../../operations/render/index.ts";
import { readSettings } from "../../../settings/settings-file.ts";
import { REPOSITORY } from "../../../toolkit/repository.ts";
import { withTemporaryFolder } from "../../../toolkit/temporary-folder.ts";
import { whichBinary } from "../../../toolkit/toolchain/path.ts";
import type { BenchOptions, Section } from "../section.ts";
import { type Command, cpuSeconds, middleOf, timed } from "../times.ts";

const JSONNET = "github.com/google/go-jsonnet/cmd/jsonnet@v0.21.0";
const IN_PROCESS_ROUNDS = 20;

/** CPU seconds. */
interface Measured {
  /** Undefined where go-jsonnet is neither on PATH nor can be built. */
  readonly mixin: number | undefined;
  readonly whole: number;
  readonly start: number;
  readonly within: number;
}

export async function renderSection({ quick, report }: BenchOptions): Promise<Section> {
  const { mixin, whole, start, within } = await withTemporaryFolder("bench", (folder) =>
    measured(folder, quick ? 1 : 5, report),
  );
  const beside = (value: number) => (mixin ? (value / mixin).toFixed(2) : "-");
  const row = (title: string, value: number) => [title, `${(value * 1000).toFixed(0)} ms`, beside(value)];
  return {
    title: "Rendering",
    text:
      "CPU time of whole processes, but for the last row, which is the same work within one that runs already, as the Pulumi " +
      "program has it. go-jsonnet renders a stand-in of kubernetes-mixin's size (136 rules, no dashboards, " +
      "`local/bench/render/mixin.jsonnet`), since the mixin itself was not at hand; `render` writes production's rules, " +
      "dashboards, Alertmanager's routes, agents and status page.",
    head: ["What", "CPU time", "of go-jsonnet's"],
    rows: [
      mixin
        ? row("go-jsonnet 0.21.0, 136 rules", mixin)
        : ["go-jsonnet: not on PATH, and no Go to build it", "-", "-"],
      row("`npm run render` of everything", whole),
      row("Node.js with an empty program", start),
      row("`render` within a running process", within),
    ],
  };
}

async function measured(folder: string, takes: number, report: BenchOptions["report"]): Promise<Measured> {
  report("go-jsonnet");
  const jsonnet = await findJsonnet(folder);
  const cpu = (command: Command) => middleOf(takes, () => cpuSeconds(command));
  const mixin = { args: ["-S", "local/bench/render/mixin.jsonnet"], cwd: REPOSITORY };
  const script = await asScript("render", "--stack", "production", "--out", path.join(folder, "out"));
  report("rendering");
  return {
    mixin: jsonnet === undefined ? undefined : await cpu({ command: jsonnet, ...mixin }),
    whole: await cpu(script),
    start: await cpu({ command: process.execPath, args: ["--eval", ""], cwd: REPOSITORY }),
    within: inProcess(),
  };
}

/** What npm would run. */
async function asScript(name: string, ...args: readonly string[]): Promise<Command> {
  const text = await readFile(path.join(REPOSITORY, "package.json"), "utf8");
  const script = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(text)).scripts[
    name
  ];
  return { command: "sh", args: ["-c", `${script} "$@"`, "sh", ...args], cwd: REPOSITORY };
}

function inProcess(): number {
  const settings = readSettings(REPOSITORY, "production");
  renderAll(settings);
  const before = process.cpuUsage();
  for (let round = 0; round < IN_PROCESS_ROUNDS; round++) renderAll(settings);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000 / IN_PROCESS_ROUNDS;
}

/** On PATH, or built from the Go module; undefined where there is neither. */
async function findJsonnet(folder: string): Promise<string | undefined> {
  const found = await whichBinary("jsonnet", process.env).catch(() => undefined);
  if (found !== undefined) return found;
  const bin = path.join(folder, "bin");
  await mkdir(bin);
  const environment = { GOBIN: bin, CGO_ENABLED: "0", GOFLAGS: "-mod=mod" };
  return timed({ command: "go", args: ["install", JSONNET], cwd: folder, environment }).then(
    () => path.join(bin, "jsonnet"),
    () => undefined,
  );
}
