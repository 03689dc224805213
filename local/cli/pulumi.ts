/** `pulumi`: the found engine against the local stack. */

import { tools } from "../../operations/tools/tools.ts";
import { Failure } from "../../toolkit/failure.ts";
import { ensureTool } from "../../toolkit/toolchain/find.ts";
import { runningDaemon } from "../host/daemon-state.ts";
import { refuseOtherEngine } from "../host/metrics-engine.ts";
import { statePaths } from "../host/state-folder.ts";
import { officialProviders, refuseOthers } from "../official/providers.ts";
import { Engine } from "./engine.ts";
import { stackConfiguration } from "./stack-configuration.ts";

/** Commands that run the program or call a provider. */
const NEEDS_DAEMON = new Set(["destroy", "import", "policy", "preview", "refresh", "up", "update", "watch"]);

/** Returns the engine's exit code. */
export async function pulumi(args: readonly string[]): Promise<number> {
  const paths = statePaths();
  const daemon = await runningDaemon(paths);
  const [command = ""] = args;
  if (!daemon && NEEDS_DAEMON.has(command) && !args.includes("--help")) {
    throw new Failure(
      `pulumi ${command} needs the local services, which do not run. Start them with: make up`,
    );
  }
  if (daemon && NEEDS_DAEMON.has(command)) {
    await refuseOthers(paths);
    await refuseOtherEngine(paths);
  }
  const { binaries } = await ensureTool(tools.pulumi);
  const engine = new Engine({
    paths,
    binary: binaries["pulumi"] ?? "pulumi",
    port: daemon?.enginePort,
    official: await officialProviders(paths),
    configuration: await stackConfiguration(paths),
  });
  return engine.passThrough(args);
}
