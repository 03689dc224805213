/** A stack of this program in a folder of its own, on the real engine. */

import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { tools } from "../../../operations/tools/tools.ts";
import { secretKeys } from "../../../settings/schema.ts";
import { readConfiguration, setPath } from "../../../settings/settings-file.ts";
import { PROJECT } from "../../../settings/stack-name.ts";
import { listenOnLoopback } from "../../../toolkit/free-port.ts";
import { REPOSITORY } from "../../../toolkit/repository.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import { placeBundledPlugins } from "../../host/bundled-plugins.ts";
import { engineEnvironment } from "../../host/environment.ts";
import { startEngineHost } from "../../host/host.ts";
import { statePaths } from "../../host/state-folder.ts";
import { startSentry } from "../../platforms/sentry/api/server.ts";
import { sentryPackage } from "../../platforms/sentry/provider/index.ts";
import { timed } from "../times.ts";
import { standIns } from "./stand-ins.ts";

export interface BenchStack {
  /** Seconds that a command takes. @throws where it fails */
  run(...args: readonly string[]): Promise<number>;
  /** Resources in its state. */
  resources(): Promise<number>;
  stop(): Promise<void>;
}

export type Overrides = Readonly<Record<string, unknown>>;

/**
 * @param folder of its own; what is in it is the caller's to remove
 * @param overrides values by path, over those of the stack's file; each secret has a made-up value
 */
export async function startBenchStack(
  folder: string,
  stack: string,
  overrides: Overrides = {},
): Promise<BenchStack> {
  const { binaries } = await ensureTool(tools.pulumi);
  const sentry = await startSentry({ port: 0, dataFolder: path.join(folder, "sentry") });
  const grafana = await startGrafanaApi();
  const host = await startEngineHost([...standIns, sentryPackage]);
  const paths = statePaths({ AGENTPAY_LOCAL_HOME: folder });
  await mkdir(paths.backend, { recursive: true });
  await placeBundledPlugins(paths.pulumiHome);
  // A project of its own around the same program: the CLI writes into the stack's file.
  const project = await readFile(path.join(REPOSITORY, "Pulumi.yaml"), "utf8");
  const program = JSON.stringify(path.join(REPOSITORY, "index.ts"));
  await writeFile(path.join(folder, "Pulumi.yaml"), project.replace(/^main: .*$/m, `main: ${program}`));
  await writeFile(
    path.join(folder, `Pulumi.${stack}.yaml`),
    configurationFile(stack, {
      "sentry.apiUrl": `${sentry.url}/api/`,
      "metrics.grafanaUrl": grafana.url,
      ...overrides,
    }),
  );
  const environment = { ...engineEnvironment(paths, host.port), PULUMI_STACK: stack };
  const pulumi = (args: readonly string[]) =>
    timed({
      command: binaries["pulumi"] ?? "pulumi",
      args: [...args, "--non-interactive"],
      cwd: folder,
      environment,
    });
  await pulumi(["stack", "init", stack]);
  const secrets = secretKeys.flatMap((key) => ["--secret", `${key}=${madeUp(key)}`]);
  await pulumi(["config", "set-all", "--stack", stack, "--path", ...secrets]);
  return {
    // Without outputs: where a command fails, the end of what it says is the reason.
    run: async (...args) => (await pulumi([...args, "--suppress-outputs"])).seconds,
    resources: async () => {
      const state = JSON.parse((await pulumi(["stack", "export"])).output);
      return state.deployment.resources.length;
    },
    stop: async () => {
      host.stop();
      grafana.stop();
      await sentry.stop();
    },
  };
}

/** Takes every password for the admin's. */
async function startGrafanaApi() {
  const server = createServer((_request, response) => response.end("{}"));
  const port = await listenOnLoopback(server);
  return { url: `http://127.0.0.1:${port}`, stop: () => server.close() };
}

/** Of the form that the settings ask for. */
function madeUp(key: string): string {
  if (key.endsWith("Url")) return "https://hooks.slack.com/services/made-up";
  if (key.endsWith("Certificate")) return "-----BEGIN CERTIFICATE-----\nMADEUP\n-----END CERTIFICATE-----";
  if (key.endsWith("SecretKey")) return randomBytes(32).toString("hex");
  if (key.endsWith("PrivateKey")) return "-----BEGIN PRIVATE KEY-----\nMADEUP\n-----END PRIVATE KEY-----";
  return "made-up-secret";
}

function configurationFile(stack: string, overrides: Overrides): string {
  const configuration = Object.entries(overrides).reduce(
    (all, [key, value]) => setPath(all, key, value),
    readConfiguration(REPOSITORY, stack),
  );
  const config = Object.entries(configuration).map(([key, value]) => [`${PROJECT}:${key}`, value]);
  // JSON is YAML too, in which nothing is taken for a date.
  return JSON.stringify({ config: Object.fromEntries(config) });
}
