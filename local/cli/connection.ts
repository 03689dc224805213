/** Prints how commands reach the local stack, as JSON: they never import it. */
import type { LocalConnection } from "../../operations/pulumi/local-stack.ts";
import { tools } from "../../operations/tools/tools.ts";
import { messageOf } from "../../toolkit/error-message.ts";
import { ensureTool } from "../../toolkit/toolchain/find.ts";
import { database } from "../agentpay/world.ts";
import { runningDaemon } from "../host/daemon-state.ts";
import { engineEnvironment } from "../host/environment.ts";
import { localPorts } from "../host/ports.ts";
import { statePaths } from "../host/state-folder.ts";
import { officialProviders } from "../official/providers.ts";
import { ADMINISTRATOR, MONITORING } from "../platforms/postgres/server.ts";
import { Engine } from "./engine.ts";
import { stackConfiguration } from "./stack-configuration.ts";

async function connection(): Promise<LocalConnection> {
  const paths = statePaths();
  if (!(await Engine.hasStack(paths))) return { made: false };
  const { binaries } = await ensureTool(tools.pulumi);
  const daemon = await runningDaemon(paths);
  const { user, password } = ADMINISTRATOR;
  return {
    made: true,
    pulumi: {
      binary: binaries["pulumi"] ?? "pulumi",
      environment: engineEnvironment(paths, daemon?.enginePort, await officialProviders(paths)),
      configurationFile: await stackConfiguration(paths),
    },
    database: {
      url: `postgres://${user}:${password}@127.0.0.1:${localPorts().postgres}/${database.datname}`,
      monitoringPassword: MONITORING.password,
    },
  };
}

try {
  console.log(JSON.stringify(await connection()));
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
