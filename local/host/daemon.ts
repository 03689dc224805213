/**
 * The daemon of the local stack: one process that hosts the engine's language host and providers, the simulated
 * services and the AWS emulator. `up` starts it and hears from it once, over the channel to its parent, how that
 * went. SIGTERM ends it and all that it started.
 */
import { readFile, rm } from "node:fs/promises";
import { messageOf } from "../../toolkit/error-message.ts";
import { writeAtomically } from "../../toolkit/files.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { agentPayHosts } from "../agentpay/hosts.ts";
import { agentpay } from "../agentpay/index.ts";
import { awsPart } from "../platforms/aws/emulator/aws-part.ts";
import { awsEmulator } from "../platforms/aws/emulator/moto.ts";
import { workspaces } from "../platforms/aws/workspaces/index.ts";
import { type DockerPackage, dockerPackage } from "../platforms/docker/provider/index.ts";
import { services } from "../platforms/index.ts";
import { postgres } from "../platforms/postgres/index.ts";
import { DatabaseLedger } from "../platforms/postgres/ledger.ts";
import { ValkeyBroker } from "../platforms/valkey/broker.ts";
import { valkey } from "../platforms/valkey/index.ts";
import { RealFaults } from "../real-faults/index.ts";
import { localApp } from "./app.ts";
import { placeBundledPlugins } from "./bundled-plugins.ts";
import { Children, stopOrphans } from "./children.ts";
import { startContainerGateway } from "./container-gateway.ts";
import { startControl } from "./control.ts";
import { codeVersion, type DaemonState, type DaemonStatus, runningDaemon } from "./daemon-state.ts";
import { startEngineHost } from "./host.ts";
import { LogFiles } from "./log-files.ts";
import { metricsEngine } from "./metrics-engine.ts";
import { standInPackages } from "./packages.ts";
import { localPorts, type PortName } from "./ports.ts";
import { identify } from "./process-identity.ts";
import type { RunningService, Service, ServiceContext } from "./service.ts";
import { statePaths } from "./state-folder.ts";

const app = localApp();
const ledger = new DatabaseLedger();
const broker = new ValkeyBroker();
const realFaults = new RealFaults();
const paths = statePaths();
const engine = await metricsEngine(paths, {});
const hosted: readonly Service[] = [
  ...services,
  agentpay({ ledger, broker, realFaults }, app),
  postgres(ledger, realFaults),
  valkey(broker, realFaults),
  awsEmulator,
  awsPart,
  agentPayHosts,
  ...(engine === "cortex" ? [workspaces] : []),
];

/** Services that the servers in containers scrape or notify. */
const calledByContainers = [
  "agentpayApi",
  "agentpayWorker",
  "agentpayEdge",
  "gatus",
  "postgresExporter",
  "redisExporter",
  "postgres",
  "pagerduty",
  "inbox",
  "mail",
  "aws",
  "workspaces",
] as const satisfies readonly PortName[];

/** What must be undone at the end, newest first. */
type Undo = () => Promise<void> | void;

interface Started {
  readonly name: string;
  readonly service: RunningService;
}

const ports = localPorts();
const logs = new LogFiles(paths.logs);
const log = logs.logger("daemon");
const undo: Undo[] = [];

async function start(): Promise<void> {
  const code = await codeVersion();
  const running = await runningDaemon(paths);
  if (running) throw new Error(`the local stack's daemon runs already, as process ${running.pid}`);
  for (const name of await stopOrphans(paths.children))
    log.warn(`stopped ${name}, left by a daemon that was killed`);

  const children = new Children(paths.children, logs);
  undo.push(() => children.stopAll());
  const context: ServiceContext = {
    stateFolder: paths.home,
    ports,
    logger: (name) => logs.logger(name),
    tools: JSON.parse(await readFile(paths.tools, "utf8")),
    startChild: (child) => children.start({ cwd: paths.home, ...child }),
  };
  const started = await startServices(context);
  const docker = await startContainers(context);
  await placeBundledPlugins(paths.pulumiHome);
  const host = await startEngineHost(standInPackages(context, docker, engine));
  undo.push(() => host.stop());
  const startedAt = new Date().toISOString();
  const control = await startControl(ports.control, () => statusOf(startedAt, docker, started));
  undo.push(() => control.stop());

  const identity = await identify(process.pid);
  if (!identity) throw new Error("this process can't find itself");
  const versions = Object.entries(context.tools).map(([name, { version }]) => [name, version]);
  const state: DaemonState = {
    ...identity,
    startedAt,
    enginePort: host.port,
    controlPort: ports.control,
    code,
    app,
    engine,
    versions: { node: process.version, ...Object.fromEntries(versions) },
  };
  undo.push(() => rm(paths.daemon, { force: true }));
  await writeAtomically(paths.daemon, `${JSON.stringify(state, null, 2)}\n`);
  log.info(`process ${process.pid} is ready; the engine's port is ${host.port}`);
}

/** All side by side. Where one fails, the others are stopped as well, and every failure is told. */
async function startServices(context: ServiceContext): Promise<readonly Started[]> {
  const results = await Promise.allSettled(
    hosted.map(async ({ name, start: startService }): Promise<Started> => {
      const service = await startService(context);
      undo.push(() => service.stop());
      log.info(`started ${name}`);
      return { name, service };
    }),
  );
  const failures = results.flatMap((result) =>
    result.status === "rejected" ? [messageOf(result.reason)] : [],
  );
  if (failures.length > 0) throw new Error(failures.join("\n"));
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

/** Starts what ran in process mode when an earlier daemon ended. A Docker Engine does that by itself. */
async function startContainers(context: ServiceContext): Promise<DockerPackage> {
  const docker = dockerPackage(context);
  log.info(await docker.describe());
  const gateway = await startContainerGateway(
    await docker.hostAddresses(),
    calledByContainers.map((name) => ports[name]),
  );
  undo.push(() => gateway.stop());
  undo.push(() => docker.stopAll());
  // What can't be started is drift, which the next `up` sees and heals.
  await docker.resume().catch((error: unknown) => log.warn(messageOf(error)));
  return docker;
}

async function statusOf(
  startedAt: string,
  docker: DockerPackage,
  started: readonly Started[],
): Promise<DaemonStatus> {
  const health = started.map(async ({ name, service }) => {
    const healthy = (await service.isHealthy?.()) ?? true;
    return { name, healthy };
  });
  return { startedAt, servers: await docker.describe(), services: await Promise.all(health) };
}

async function stop(): Promise<void> {
  for (const step of undo.toReversed()) {
    try {
      await step();
    } catch (error) {
      log.error(`while stopping: ${messageOf(error)}`);
    }
  }
}

/** Tells the `up` that waits for it, and lets go of it. */
async function tellParent(message: { ready: true } | { failure: string }): Promise<void> {
  if (!process.send) return;
  await new Promise<void>((resolve) => process.send?.(message, () => resolve()));
  process.disconnect();
}

const stopOnce = (signal: NodeJS.Signals): void => {
  log.info(`stopping on ${signal}`);
  process.on("SIGTERM", () => {}).on("SIGINT", () => {});
  void stop().then(() => process.exit(0));
};
process.once("SIGTERM", stopOnce).once("SIGINT", stopOnce);
process.on("unhandledRejection", (reason) => log.error(`unhandled: ${messageOf(reason)}`));

process.chdir(REPOSITORY);
try {
  await start();
  await tellParent({ ready: true });
} catch (error) {
  log.error(messageOf(error));
  await stop();
  await tellParent({ failure: messageOf(error) });
  process.exit(1);
}
