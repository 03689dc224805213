import * as pulumi from "@pulumi/pulumi";
import { getSentryOrganizationIntegrationOutput } from "@pulumiverse/sentry/getSentryOrganizationIntegration.js";
import {
  inEnvironment,
  monitorFilters,
  monitorTriggers,
  PRIORITIES,
  type SentryCondition,
  type SentryMonitor,
  type SentrySeverity,
  sentryIssueAlerts,
  sentryMonitors,
} from "../../catalog/sentry-alerts.ts";
import type { SentryPager } from "../shared/pager.ts";
import { issueStream, type SentryAction, sentryAlert, sentryMonitor } from "./objects.ts";

export interface SentryAlertsArgs {
  /** Slug of the organization. */
  organization: string;
  /** Slug of the project. */
  project: pulumi.Input<string>;
  /** Sentry's number of the project. */
  projectId: pulumi.Input<string>;
  /** Sentry's number of the team that owns the alerts and gets their emails. */
  teamId: pulumi.Output<string>;
  /** For what the official provider can't make. */
  objectsProvider: pulumi.ProviderResource;
  /** Only its events count, such as `production`. */
  environment: string;
  /** The organization's Slack integration, by name, and a channel; undefined for emails alone. */
  slack: { integration: string; channel: string } | undefined;
  /** The organization's integration with a pager; undefined to email instead. */
  pager: SentryPager | undefined;
}

/** An organization's integration that was looked up, and where in it messages go. */
interface Channel {
  readonly integrationId: pulumi.Output<string>;
  readonly target: string;
}

/**
 * Sentry's monitors and alerts, from `catalog/sentry-alerts.ts`.
 *
 * The environment is part of what they ask: as their own `environment`, Sentry refuses it until the first event from
 * there has arrived.
 */
export class SentryAlerts extends pulumi.ComponentResource {
  constructor(name: string, args: SentryAlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:SentryAlerts", name, {}, opts);
    const { organization, project, projectId, teamId, objectsProvider: provider } = args;
    const place = { organization, project, projectId, owner: pulumi.interpolate`team:${teamId}` };
    const options = { parent: this, provider };
    const { query, filter } = inEnvironment(args.environment);
    const told = this.told(args);

    for (const monitor of sentryMonitors) {
      const watching = sentryMonitor(
        `${name}-${monitor.key}-monitor`,
        {
          ...place,
          title: monitor.name,
          dataSource: dataSourceOf(monitor, query),
          conditions: limits(monitor),
        },
        options,
      );
      sentryAlert(
        `${name}-${monitor.key}`,
        {
          ...{ ...place, title: monitor.name, monitor: watching, frequency: 0 },
          triggers: holding(monitorTriggers),
          ...{ filterLogic: "any-short", filters: holding(monitorFilters(monitor.severity)) },
          actions: told[monitor.severity],
        },
        options,
      );
    }

    const issues = issueStream(`${name}-issues`, place, options);
    for (const alert of sentryIssueAlerts) {
      sentryAlert(
        `${name}-${alert.key}`,
        {
          ...{ ...place, title: alert.name, monitor: issues, frequency: alert.frequencyMinutes },
          triggers: holding(alert.triggers),
          ...{ filterLogic: "all", filters: holding([...alert.filters, filter]) },
          actions: told[alert.severity],
        },
        options,
      );
    }
    this.registerOutputs({});
  }

  private told({ organization, teamId, ...args }: SentryAlertsArgs): Record<SentrySeverity, SentryAction[]> {
    const channel = (providerKey: string, name: string, target: string): Channel => {
      const found = getSentryOrganizationIntegrationOutput(
        { organization, providerKey, name },
        { parent: this },
      );
      return { integrationId: found.internalId, target };
    };
    const slack = args.slack && channel("slack", args.slack.integration, args.slack.channel);
    const { pager } = args;
    const paged = pager && channel(pager.type, pager.integration, pager.target);
    const warning = [emailAction(teamId), ...(slack ? [slackAction(slack)] : [])];
    return { critical: pager && paged ? [pagerAction(pager, paged)] : warning, warning };
  }
}

/** Sentry's number of a query for something else than errors. */
const PERFORMANCE_QUERY = 1;
/** Sentry's number of "all is well again". */
const RESOLVED = 0;

function dataSourceOf({ aggregate, query, windowMinutes }: SentryMonitor, environmentQuery: string) {
  return {
    ...{ queryType: PERFORMANCE_QUERY, dataset: "events_analytics_platform", aggregate },
    ...{ eventTypes: ["trace_item_span"], extrapolationMode: "unknown" },
    ...{ query: `${query} ${environmentQuery}`, timeWindow: windowMinutes * 60, environment: null },
  };
}

function limits({ severity, above: comparison }: SentryMonitor) {
  return [
    { type: "gt", comparison, conditionResult: PRIORITIES[severity] },
    { type: "lte", comparison, conditionResult: RESOLVED },
  ];
}

function holding(conditions: readonly SentryCondition[]) {
  return conditions.map((condition) => ({ ...condition, conditionResult: true }));
}

/** To the team, and not to whoever Sentry takes for the owner of an issue. */
function emailAction(teamId: pulumi.Output<string>): SentryAction {
  const config = { targetType: "team", targetIdentifier: teamId, targetDisplay: null };
  return { type: "email", integrationId: null, config, data: {} };
}

function slackAction({ integrationId, target }: Channel): SentryAction {
  // Sentry looks the channel's id up by its name.
  const config = { targetType: "specific", targetIdentifier: "", targetDisplay: target.replace(/^#/, "") };
  return { type: "slack", integrationId, config, data: {} };
}

function pagerAction({ type, data }: SentryPager, { integrationId, target }: Channel): SentryAction {
  const config = { targetType: "specific", targetIdentifier: target, targetDisplay: null };
  return { type, integrationId, config, data };
}
