/** `down`: destroys through the engine, stops what `up` started, and removes what it kept. */
import { rmdir } from "node:fs/promises";
import { messageOf } from "../../toolkit/error-message.ts";
import { Failure } from "../../toolkit/failure.ts";
import { runningDaemon } from "../host/daemon-state.ts";
import { metricsEngine } from "../host/metrics-engine.ts";
import { localPorts } from "../host/ports.ts";
import { type StatePaths, statePaths } from "../host/state-folder.ts";
import { officialProviders } from "../official/providers.ts";
import { startDaemon, stopDaemon } from "./daemon-control.ts";
import { Engine } from "./engine.ts";
import { exclusively } from "./exclusive.ts";
import { isGrafanaWellWithin } from "./health.ts";
import { healLocks } from "./locks.ts";
import { type Report, step, titled } from "./progress.ts";
import { isThere, removeServices, removeState } from "./remove.ts";
import { stackConfiguration } from "./stack-configuration.ts";
import { ensureTools, type FoundTools } from "./tools.ts";

export interface DownOptions {
  /** Go on where the engine can't destroy everything. */
  readonly force?: boolean;
}

export async function down({ force = false }: DownOptions): Promise<void> {
  const paths = statePaths();
  if (!isThere(paths)) {
    console.log("Nothing to do: the local stack is not there.");
    return;
  }
  await exclusively(paths, "down", async () => {
    if (await Engine.hasStack(paths)) {
      const tools = await ensureTools(await metricsEngine(paths, {}));
      await destroy(paths, tools).catch((error: unknown) => tolerate(error, force));
      await step("Stop the local services", () => removeServices(paths, tools));
    } else {
      await step("Stop the local services", () => stopDaemon(paths));
    }
    await step("Remove the state folder", () => removeState(paths));
  });
  await rmdir(paths.home).catch(() => {
    // Something else is kept there: it is not ours to remove.
  });
}

async function destroy(paths: StatePaths, tools: FoundTools): Promise<void> {
  const running = await runningDaemon(paths);
  const daemon = running ?? (await step("Local services", () => startAgain(paths, tools)));
  const engine = new Engine({
    paths,
    binary: tools.pulumi.binaries["pulumi"] ?? "pulumi",
    port: daemon.enginePort,
    official: await officialProviders(paths),
    configuration: await stackConfiguration(paths),
  });
  const run = async (report: Report) => {
    await healLocks(paths, engine);
    return engine.run(["destroy", "--yes", "--skip-preview"], report);
  };
  await step("Pulumi destroy", run, titled("Pulumi destroy"));
}

/** Long enough for a server that starts; one that is not there at all holds up nothing for longer. */
const SERVERS_START_MILLISECONDS = 20_000;

/** The servers start again with the daemon, and the engine needs Grafana's API for what it removes first. */
async function startAgain(paths: StatePaths, tools: FoundTools) {
  const daemon = await startDaemon(paths, tools);
  await isGrafanaWellWithin(localPorts(), SERVERS_START_MILLISECONDS);
  return daemon;
}

function tolerate(error: unknown, force: boolean): void {
  if (!force) {
    throw new Failure(
      `${messageOf(error)}\nTo remove the local stack all the same: npm run local -- down --force`,
    );
  }
  console.error(`${messageOf(error)}\nGoing on all the same.`);
}
