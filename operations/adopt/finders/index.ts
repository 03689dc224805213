/** How each type of resource is found, and what `up` itself takes over or only sets. */
import type { Finders } from "../finder.ts";
import { awsFinders } from "./aws.ts";
import { datadogFinders } from "./datadog.ts";
import { dockerFinders } from "./docker.ts";
import { grafanaFinders } from "./grafana.ts";
import { pagerDutyFinders } from "./pagerduty.ts";
import { sentryFinders } from "./sentry.ts";

export const finders: Finders = {
  ...awsFinders,
  ...datadogFinders,
  ...dockerFinders,
  ...grafanaFinders,
  ...pagerDutyFinders,
  ...sentryFinders,
};

/** Of these nothing is imported and nothing made twice, for the reason given. */
export const byUp: Readonly<Record<string, string>> = {
  "docker:index/remoteImage:RemoteImage": "pulled where it is not there yet",
  "pulumi-nodejs:dynamic/agentpay:GrafanaAdminPassword": "set on the Grafana that is there",
  "pulumi-nodejs:dynamic/agentpay:SentryProjectSettings": "set on the project that is there",
  "pulumi-nodejs:dynamic/sentry:Alert": "taken over by its name, or made",
  "pulumi-nodejs:dynamic/sentry:IssueStream": "Sentry's own, looked up",
  "pulumi-nodejs:dynamic/sentry:Monitor": "taken over by its name, or made",
};
