/** `render` of everything beside go-jsonnet, which renders as many rules as a well-known mixin has. */
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { REPOSITORY } from "../../local/state-folder.ts";
import { whichBinary } from "../../local/toolchain/path.ts";
import { renderAll } from "../../render/index.ts";
import { readSettings } from "../../settings-file.ts";
import type { BenchOptions, Section } from "../section.ts";
import { type Command, cpuSeconds, middleOf, timed } from "../times.ts";

const JSONNET = "github.com/google/go-jsonnet/cmd/jsonnet@v0.21.0";
const IN_PROCESS_ROUNDS = 20;

export async function renderSection({ quick, report }: BenchOptions): Promise<Section> {
  const takes = quick ? 1 : 5;
  const folder = await mkdtemp(path.join(tmpdir(), "agentpay-bench-"));
  try {
    report("go-jsonnet");
    const jsonnet = await findJsonnet(folder);
    const cpu = (command: Command) => middleOf(takes, () => cpuSeconds(command));
    report("rendering");
    const mixin =
      jsonnet &&
      (await cpu({ command: jsonnet, args: ["-S", "bench/render/mixin.jsonnet"], cwd: REPOSITORY }));
    const whole = await cpu(
      await asScript("render", "--stack", "production", "--out", path.join(folder, "out")),
    );
    const start = await cpu({ command: process.execPath, args: ["--eval", ""], cwd: REPOSITORY });
    const within = inProcess();
    const beside = (value: number) => (mixin ? (value / mixin).toFixed(2) : "-");
    const row = (title: string, value: number) => [title, `${(value * 1000).toFixed(0)} ms`, beside(value)];
    return {
      title: "Rendering",
      text:
        "CPU time of whole processes, but for the last row, which is the same work within one that runs already, as the Pulumi " +
        "program has it. go-jsonnet renders a stand-in of kubernetes-mixin's size (136 rules, no dashboards, " +
        "`bench/render/mixin.jsonnet`), since the mixin itself was not at hand; `render` writes production's rules, " +
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
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
