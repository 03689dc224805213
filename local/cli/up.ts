/** `up`: the whole local stack, from nothing or from whatever an earlier run has left. */
import { readFile, rm } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { pulumiOf } from "../../operations/pulumi/cli.ts";
import { letGoOfSentryRules, mayHaveSentryRules } from "../../operations/upgrades/sentry-rules.ts";
import { LOCAL_STACK } from "../../settings/stack-name.ts";
import { Failure } from "../../toolkit/failure.ts";
import { readIfExists, writeAtomically } from "../../toolkit/files.ts";
import { type DaemonState, runningDaemon } from "../host/daemon-state.ts";
import { metricsEngine } from "../host/metrics-engine.ts";
import { localPorts, type PortName, type Ports } from "../host/ports.ts";
import { type StatePaths, statePaths } from "../host/state-folder.ts";
import { formatProviders, officialProviders, type ProviderName } from "../official/providers.ts";
import { findEngine } from "../platforms/docker/provider/driver-choice.ts";
import { checkPorts } from "./busy-ports.ts";
import { reasonToRestart, startDaemon, stopDaemon } from "./daemon-control.ts";
import { Engine } from "./engine.ts";
import { exclusively } from "./exclusive.ts";
import { isHalfMade, stateFile } from "./half-made.ts";
import { isGrafanaDrawn, problemsOf, waitUntilHealthy } from "./health.ts";
import { checkLocks, healLocks } from "./locks.ts";
import { ensurePlugins } from "./official-plugins.ts";
import { type Report, step, titled } from "./progress.ts";
import { removeServices, removeState } from "./remove.ts";
import { stackConfiguration, useEngineAt, useMetricsEngine } from "./stack-configuration.ts";
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
    const metrics = await metricsEngine(paths);
    const tools = await ensureTools(metrics);
    const official = await officialProviders(paths);
    await startOverIfHalfMade(paths, tools);
    const binary = tools.pulumi.binaries["pulumi"] ?? "pulumi";
    await ensureOfficial(paths, binary, official);
    await useMetricsEngine(paths, metrics);
    const daemon = await step("Local services", (report) => ensureDaemon(paths, ports, tools, report));
    const engine = new Engine({
      paths,
      binary,
      port: daemon.enginePort,
      official,
      configuration: await stackConfiguration(paths),
    });
    const target: Target = { daemonStartedAt: daemon.startedAt, providers: formatProviders(official) };
    await step("Pulumi up", (report) => deploy(paths, ports, target, engine, report), titled("Pulumi up"));
    await step("Health", (report) => waitUntilHealthy(ports, metrics, report));
    await writeAtomically(paths.lastUp, JSON.stringify(target));
  });
  console.log(await summary(ports, await metricsEngine(paths, {}), await isGrafanaDrawn(ports)));
}

/** What an `up` ran against. Where it is another than the last time, the state may not be what is there. */
interface Target {
  readonly daemonStartedAt: string;
  readonly providers: string;
}

/** Gets the official plugins that are asked for, before anything is started, and remembers them for the stack. */
async function ensureOfficial(
  paths: StatePaths,
  binary: string,
  official: readonly ProviderName[],
): Promise<void> {
  const engine = official.includes("docker") ? await findEngine({}) : undefined;
  if (official.includes("docker") && engine === undefined) {
    throw new Failure("The official docker plugin needs a Docker Engine, and none answers. Start it.");
  }
  await useEngineAt(paths, engine?.host);
  if (official.length > 0) {
    const pulumi = new Engine({ paths, binary, port: undefined, official, configuration: undefined });
    const run = () => ensurePlugins(paths, official, (args) => pulumi.capture(args));
    await step("Official provider plugins", run, titled("Official provider plugins"));
  }
  await writeAtomically(paths.providers, formatProviders(official));
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
  const reason = running && (await reasonToRestart(running, await metricsEngine(paths, {})));
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
  target: Target,
  engine: Engine,
  report: Report,
): Promise<string> {
  if (!(await Engine.hasStack(paths))) await engine.run(["stack", "init", "local"]);
  const interrupted = await healLocks(paths, engine);
  if (mayHaveSentryRules(await readFile(stateFile(paths), "utf8"))) {
    for (const urn of await letGoOfSentryRules(await pulumiOf(LOCAL_STACK)))
      report(`let go of ${urn.split("::").at(-1)}: Sentry has turned it into an alert of today`);
  }
  // The AWS emulator forgets everything with the daemon that ran it, and servers may have been ended. Another
  // provider has another view of what is there.
  const refresh =
    interrupted ||
    (await isOutdated(paths, target)) ||
    (await problemsOf(ports, await metricsEngine(paths, {}))).length > 0;
  await rm(paths.lastUp, { force: true });
  // Read by the providers as the program has them now: the state's may be of another plugin, or of an engine elsewhere.
  const read = refresh ? ["--refresh", "--run-program"] : [];
  return engine.run(["up", "--yes", "--skip-preview", ...read], report);
}

async function isOutdated(paths: StatePaths, target: Target): Promise<boolean> {
  const text = await readIfExists(paths.lastUp);
  return text === undefined || !isDeepStrictEqual(JSON.parse(text), target);
}
