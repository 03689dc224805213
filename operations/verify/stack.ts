/** What a stack is: its configuration and outputs, read through the Pulumi CLI, secrets in memory only. */
import { z } from "zod";
import { type Settings, secretKeys } from "../../settings/schema.ts";
import { parseSettings } from "../../settings/settings.ts";
import type { Configuration } from "../../settings/settings-file.ts";
import { environmentOf, PROJECT } from "../../settings/stack-name.ts";
import { readJson } from "../../toolkit/json.ts";
import { output, type Pulumi, pulumiOf } from "../pulumi/cli.ts";

/** What index.ts exports. All of it may be missing: a platform is off, or the stack was never made. */
const outputsSchema = z.object({
  appEnvironment: z.record(z.string(), z.string()).optional(),
  sentryProject: z.string().optional(),
  pagerUrl: z.string().optional(),
  logGroupNames: z.record(z.string(), z.string()).optional(),
  engineRoutingKey: z.string().optional(),
  engineAlarmNames: z.array(z.string()).optional(),
  hostAlarmNames: z.array(z.string()).optional(),
  databaseAlarmNames: z.array(z.string()).optional(),
  loadBalancerAlarmNames: z.array(z.string()).optional(),
  datadogPipelineId: z.string().optional(),
  logAlarmNames: z.array(z.string()).optional(),
  agentParameterName: z.string().optional(),
  agentAssociationIds: z.record(z.string(), z.string()).optional(),
  alertTopics: z.record(z.string(), z.object({ criticalArn: z.string(), warningArn: z.string() })).optional(),
  deadMansSwitchAlarmName: z.string().optional(),
  billingAlarmNames: z.array(z.string()).optional(),
  budgetNames: z.array(z.string()).optional(),
  anomalySubscriptionArn: z.string().optional(),
  costReportAlarmNames: z.array(z.string()).optional(),
  costReportScheduleNames: z.record(z.string(), z.string()).optional(),
  healthCheckIds: z.record(z.string(), z.string()).optional(),
  databaseParameterGroupName: z.string().optional(),
  prometheusUrl: z.string().optional(),
  prometheusWorkspaceId: z.string().optional(),
  alertmanagerUrl: z.string().optional(),
  statusPageUrl: z.string().optional(),
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

/** @throws where the stack can't be read, or its configuration has problems */
export async function readStack(name: string, pulumi?: Pulumi): Promise<Stack> {
  const run = pulumi ?? (await pulumiOf(name));
  const [configuration, outputs] = await Promise.all([
    output(run, "config", "--json", "--show-secrets"),
    output(run, "stack", "output", "--json", "--show-secrets"),
  ]);
  const values = configurationFrom(configuration);
  return {
    settings: parseSettings(environmentOf(name), values),
    secrets: secretsOf(values),
    outputs: readJson(outputsSchema, outputs),
  };
}

/** The stack's secrets alone, also where its configuration has problems. @throws where it can't be read */
export async function readSecrets(pulumi: Pulumi): Promise<Secrets> {
  return secretsOf(configurationFrom(await output(pulumi, "config", "--json", "--show-secrets")));
}

const configurationSchema = z.record(
  z.string(),
  z.object({ value: z.string().optional(), objectValue: z.unknown().optional() }),
);

function configurationFrom(json: string): Configuration {
  const prefix = `${PROJECT}:`;
  const entries = Object.entries(readJson(configurationSchema, json))
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
