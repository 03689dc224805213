/** How each type of resource is found, and what `up` itself takes over or only sets. */
import type { Finders } from "../finder.ts";
import { awsFinders } from "./aws.ts";
import { datadogFinders } from "./datadog.ts";
import { dockerFinders } from "./docker.ts";
import { grafanaFinders } from "./grafana.ts";
import { managedPrometheusFinders } from "./managed-prometheus.ts";
import { pagerDutyFinders } from "./pagerduty.ts";
import { sentryFinders } from "./sentry.ts";

export const finders: Finders = {
  ...awsFinders,
  ...datadogFinders,
  ...dockerFinders,
  ...grafanaFinders,
  ...managedPrometheusFinders,
  ...pagerDutyFinders,
  ...sentryFinders,
};

/** Why nothing is imported and nothing made twice, by how the type begins. */
const BY_UP: Readonly<Record<string, string>> = {
  "aws:secretsmanager/secretVersion:SecretVersion": "put as its secret's newest version",
  "docker:index/remoteImage:RemoteImage": "pulled where it is not there yet",
  "pulumi-nodejs:dynamic/agentpay:GrafanaAdminPassword": "set on the Grafana that is there",
  "pulumi-nodejs:dynamic/agentpay:SentryProjectSettings": "set on the project that is there",
  "pulumi-nodejs:dynamic/betterstack:": "taken over by its name or address, or made",
  "pulumi-nodejs:dynamic/sentry:Alert": "taken over by its name, or made",
  "pulumi-nodejs:dynamic/sentry:IssueStream": "Sentry's own, looked up",
  "pulumi-nodejs:dynamic/sentry:Monitor": "taken over by its name, or made",
  "pulumi-nodejs:dynamic/uptimerobot:": "taken over by its name or address, or made",
};

/** Why a resource of that type is left to the next `up`; undefined where it is imported or made. */
export function leftToUp(type: string): string | undefined {
  return Object.entries(BY_UP).find(([beginning]) => type.startsWith(beginning))?.[1];
}
