/** `up`: the whole local stack, from nothing or from whatever an earlier run has left. */
import { rm } from "node:fs/promises";
import { type DaemonState, runningDaemon } from "../daemon-state.ts";
import { localPorts, type PortName, type Ports } from "../ports.ts";
import { readIfExists, type StatePaths, statePaths, writeAtomically } from "../state-folder.ts";
import { checkPorts } from "./busy-ports.ts";
import { reasonToRestart, startDaemon, stopDaemon } from "./daemon-control.ts";
import { Engine } from "./engine.ts";
import { exclusively } from "./exclusive.ts";
import { isHalfMade } from "./half-made.ts";
import { problemsOf, waitUntilHealthy } from "./health.ts";
import { checkLocks, healLocks } from "./locks.ts";
import { type Report, step, titled } from "./progress.ts";
import { removeServices, removeState } from "./remove.ts";
import { stackConfiguration } from "./stack-configuration.ts";
import { summary } from "./summary.ts";
import { ensureTools, type FoundTools } from "./tools.ts";

/** Where containers listen, perhaps those of the last run. */
const CONTAINER_PORTS: ReadonlySet<PortName> = new Set([
  "prometheus",
  "alertmanager",
  "blackbox",
  "grafana",
  "gatus",
]);

export async function up(): Promise<void> {
  const paths = statePaths();
  const ports = localPorts();
  await exclusively(paths, "up", async () => {
    const tools = await ensureTools();
    await startOverIfHalfMade(paths, tools);
    const daemon = await step("Local services", (report) => ensureDaemon(paths, ports, tools, report));
    const engine = new Engine({
      paths,
      binary: tools.pulumi.binaries["pulumi"] ?? "pulumi",
      port: daemon.enginePort,
      configuration: await stackConfiguration(paths),
    });
    await step("Pulumi up", (report) => deploy(paths, ports, daemon, engine, report), titled("Pulumi up"));
    await step("Health", (report) => waitUntilHealthy(ports, report));
    await writeAtomically(paths.lastUp, JSON.stringify({ daemonStartedAt: daemon.startedAt }));
  });
  console.log(await summary(ports));
}

/** An engine that was killed may have made what it does not know of; making it again would fail, or make it twice. */
async function startOverIfHalfMade(paths: StatePaths, tools: FoundTools): Promise<void> {
  if (!(await Engine.hasStack(paths))) return;
  await checkLocks(paths);
  if (!(await isHalfMade(paths))) return;
  await step("An earlier run was killed half-way: starting over", async () => {
    await removeServices(paths, tools);
    await removeState(paths);
  });
}

async function ensureDaemon(
  paths: StatePaths,
  ports: Ports,
  tools: FoundTools,
  report: Report,
): Promise<DaemonState> {
  const running = await runningDaemon(paths);
  const reason = running && (await reasonToRestart(running));
  if (running && reason === undefined) return running;
  if (reason) report(`restarting: ${reason}`);
  await stopDaemon(paths);
  await checkPorts(ports, await portsToCheck(paths, ports));
  return startDaemon(paths, tools);
}

async function portsToCheck(paths: StatePaths, ports: Ports): Promise<readonly PortName[]> {
  const names = Object.keys(ports) as PortName[];
  return (await Engine.hasStack(paths)) ? names.filter((name) => !CONTAINER_PORTS.has(name)) : names;
}

async function deploy(
  paths: StatePaths,
  ports: Ports,
  daemon: DaemonState,
  engine: Engine,
  report: Report,
): Promise<string> {
  if (!(await Engine.hasStack(paths))) await engine.run(["stack", "init", "local"]);
  const interrupted = await healLocks(paths, engine);
  // The AWS emulator forgets everything with the daemon that ran it, and servers may have been ended.
  const refresh = interrupted || (await isOutdated(paths, daemon)) || (await problemsOf(ports)).length > 0;
  await rm(paths.lastUp, { force: true });
  return engine.run(["up", "--yes", "--skip-preview", ...(refresh ? ["--refresh"] : [])], report);
}

async function isOutdated(paths: StatePaths, daemon: DaemonState): Promise<boolean> {
  const text = await readIfExists(paths.lastUp);
  return text === undefined || JSON.parse(text).daemonStartedAt !== daemon.startedAt;
}
