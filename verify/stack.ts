/** What a stack is: its configuration and outputs, read through the Pulumi CLI, secrets in memory only. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import { Engine } from "../local/cli/engine.ts";
import { stackConfiguration } from "../local/cli/stack-configuration.ts";
import { engineEnvironment, PROJECT, STACK } from "../local/engine/environment.ts";
import { REPOSITORY, statePaths } from "../local/state-folder.ts";
import { ensureTool } from "../local/toolchain/find.ts";
import { tools } from "../local/toolchain/tools.ts";
import { parseSettings, type Settings, secretKeys } from "../settings.ts";
import type { Configuration } from "../settings-file.ts";

/** What index.ts exports. All of it may be missing: a platform is off, or the stack was never made. */
const outputsSchema = z.object({
  appEnvironment: z.record(z.string(), z.string()).optional(),
  sentryProject: z.string().optional(),
  pagerDutyServiceUrl: z.string().optional(),
  logGroupNames: z.record(z.string(), z.string()).optional(),
  agentParameterName: z.string().optional(),
  alertTopicArns: z.record(z.string(), z.string()).optional(),
  deadMansSwitchAlarmName: z.string().optional(),
  billingAlarmNames: z.array(z.string()).optional(),
  healthCheckIds: z.record(z.string(), z.string()).optional(),
  databaseParameterGroupName: z.string().optional(),
  prometheusUrl: z.string().optional(),
  alertmanagerUrl: z.string().optional(),
  dashboardUrls: z.record(z.string(), z.string()).optional(),
});
export type Outputs = z.output<typeof outputsSchema>;

/** Secret configuration values in clear. */
export type Secrets = Readonly<Partial<Record<(typeof secretKeys)[number], string>>>;

export interface Stack {
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly outputs: Outputs;
}

/** Runs the Pulumi CLI and returns what it printed. @throws with what it complained of */
export type Pulumi = (...args: readonly string[]) => Promise<string>;

const TIMEOUT_MILLISECONDS = 120_000;
const OUTPUT_BYTES = 64 * 1024 * 1024;

/** @throws where the stack can't be read, or its configuration has problems */
export async function readStack(name: string, pulumi?: Pulumi): Promise<Stack> {
  const run = pulumi ?? (await pulumiOf(name));
  const [configuration, outputs] = await Promise.all([
    run("config", "--json", "--show-secrets", "--stack", name),
    run("stack", "output", "--json", "--show-secrets", "--stack", name),
  ]);
  const values = configurationFrom(configuration);
  return {
    settings: parseSettings(name.split("/").at(-1) ?? name, values),
    secrets: secretsOf(values),
    outputs: outputsSchema.parse(JSON.parse(outputs)),
  };
}

const configurationSchema = z.record(
  z.string(),
  z.object({ value: z.string().optional(), objectValue: z.unknown().optional() }),
);

function configurationFrom(json: string): Configuration {
  const prefix = `${PROJECT}:`;
  const entries = Object.entries(configurationSchema.parse(JSON.parse(json)))
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, { value, objectValue }]) => [key.slice(prefix.length), objectValue ?? value]);
  return Object.fromEntries(entries);
}

function secretsOf(configuration: Configuration): Secrets {
  const entries = secretKeys.map((key) => {
    const [group = "", name = ""] = key.split(".");
    const value = (configuration[group] as Configuration | undefined)?.[name];
    return [key, typeof value === "string" && value !== "" ? value : undefined];
  });
  return Object.fromEntries(entries);
}

/** The local stack's engine as `npm run pulumi` finds it; for other stacks, the user's own. */
async function pulumiOf(stack: string): Promise<Pulumi> {
  if (stack !== STACK) return (...args) => execute("pulumi", args, process.env);
  const paths = statePaths();
  if (!(await Engine.hasStack(paths)))
    throw new StackError("The local stack is not up. Start it with: make up");
  const { binaries } = await ensureTool(tools.pulumi);
  const file = await stackConfiguration(paths);
  const environment = { ...process.env, ...engineEnvironment(paths, undefined) };
  return (...args) => {
    const configured = args[0] === "config" && file !== undefined ? ["--config-file", file] : [];
    return execute(binaries["pulumi"] ?? "pulumi", [...args, ...configured], environment);
  };
}

/** Never repeats what the CLI printed to its standard output: it holds the secrets. */
async function execute(binary: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const options = { cwd: REPOSITORY, env, timeout: TIMEOUT_MILLISECONDS, maxBuffer: OUTPUT_BYTES };
  try {
    return (await promisify(execFile)(binary, [...args, "--non-interactive"], options)).stdout;
  } catch (error) {
    const { code, stderr = "" } = error as { code?: unknown; stderr?: string };
    const reason =
      code === "ENOENT" ? "there is no pulumi on PATH (https://www.pulumi.com/docs/install)" : stderr.trim();
    throw new StackError(`pulumi ${args[0]} failed: ${reason || "it was ended, or said nothing"}`);
  }
}

/** The stack can't be read. For people as it is. */
export class StackError extends Error {
  override readonly name = "StackError";
}
