import * as pulumi from "@pulumi/pulumi";
import { getSentryOrganizationIntegrationOutput } from "@pulumiverse/sentry/getSentryOrganizationIntegration.js";
import { SentryIssueAlert } from "@pulumiverse/sentry/sentryIssueAlert.js";
import { SentryMetricAlert } from "@pulumiverse/sentry/sentryMetricAlert.js";
import { inEnvironment, sentryIssueAlerts, sentryMetricAlerts } from "../catalog/sentry-alerts.ts";

export interface SentryAlertsArgs {
  /** Slug of the organization. */
  organization: string;
  /** Slug of the project. */
  project: pulumi.Input<string>;
  /** Sentry's number of the team that owns the alerts and gets their emails. */
  teamId: pulumi.Output<string>;
  /** Only its events count, such as `production`. */
  environment: string;
  /** The organization's Slack integration, by name, and a channel; undefined for emails alone. */
  slack: { integration: string; channel: string } | undefined;
  /** The organization's PagerDuty integration, by name, and the service's number in it; undefined to email instead. */
  pagerDuty: { integration: string; service: string } | undefined;
}

/** `thresholdType` of a metric alert and of each of its triggers. */
const ABOVE = 0;

/** An organization's integration that was looked up, and where in it messages go. */
interface Channel {
  readonly integrationId: pulumi.Output<string>;
  readonly target: string;
}

/**
 * Sentry's own alerts, from `catalog/sentry-alerts.ts`.
 *
 * The environment is part of what they ask: as the alerts' own `environment`, Sentry refuses it until the first event
 * from there has arrived. No alert has `ignoreChanges`, which would ignore our edits too: the provider reads the lists
 * back in the shape in which it was given them.
 */
export class SentryAlerts extends pulumi.ComponentResource {
  constructor(name: string, args: SentryAlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:SentryAlerts", name, {}, opts);
    const { organization, project, teamId } = args;
    const { query: environmentQuery, filter: environmentFilter } = inEnvironment(args.environment);
    const slack =
      args.slack && this.channel(organization, "slack", args.slack.integration, args.slack.channel);
    const pagerDuty =
      args.pagerDuty &&
      this.channel(organization, "pagerduty", args.pagerDuty.integration, args.pagerDuty.service);

    const metricActions = metricAlertActions(teamId, slack);
    for (const alert of sentryMetricAlerts) {
      const { dataset, aggregate, windowMinutes: timeWindow, above: alertThreshold } = alert;
      new SentryMetricAlert(
        `${name}-${alert.key}`,
        {
          ...{ organization, project, name: alert.name, dataset, aggregate, timeWindow },
          query: `${alert.query} ${environmentQuery}`,
          owner: pulumi.interpolate`team:${teamId}`,
          thresholdType: ABOVE,
          // Sentry wants a trigger labelled critical first, in a warning too.
          triggers: [{ label: "critical", thresholdType: ABOVE, alertThreshold, actions: metricActions }],
        },
        { parent: this },
      );
    }

    const told = [emailAction(teamId), ...(slack ? [slackAction(slack)] : [])];
    const actions = { critical: pagerDuty ? [pagerDutyAction(pagerDuty)] : told, warning: told };
    for (const alert of sentryIssueAlerts) {
      new SentryIssueAlert(
        `${name}-${alert.key}`,
        {
          ...{ organization, project, name: alert.name, frequency: alert.frequencyMinutes },
          ...{ actionMatch: "all", filterMatch: "all" },
          conditions: [...alert.conditions],
          filters: [...alert.filters, environmentFilter],
          actions: actions[alert.severity],
        },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }

  private channel(organization: string, providerKey: string, name: string, target: string): Channel {
    const integration = getSentryOrganizationIntegrationOutput(
      { organization, providerKey, name },
      { parent: this },
    );
    return { integrationId: integration.internalId, target };
  }
}

/**
 * Never PagerDuty: Sentry answers such an action with a number where the provider only reads a text, so that it fails
 * after it has made the alert, and at every refresh (jianyuan/terraform-provider-sentry #185).
 */
function metricAlertActions(teamId: pulumi.Output<string>, slack: Channel | undefined) {
  const email = { type: "email", targetType: "team", targetIdentifier: teamId };
  if (!slack) return [email];
  const integrationId = slack.integrationId.apply(Number);
  return [email, { type: "slack", targetType: "specific", targetIdentifier: slack.target, integrationId }];
}

type IssueAlertAction = Record<string, pulumi.Input<string>>;

/** To the team, not to the owners of the code: this provider can't manage ownership rules. */
function emailAction(teamId: pulumi.Output<string>): IssueAlertAction {
  return { id: "sentry.mail.actions.NotifyEmailAction", targetType: "Team", targetIdentifier: teamId };
}

function slackAction({ integrationId, target }: Channel): IssueAlertAction {
  const id = "sentry.integrations.slack.notify_action.SlackNotifyServiceAction";
  return { id, workspace: integrationId, channel: target };
}

function pagerDutyAction({ integrationId, target }: Channel): IssueAlertAction {
  const id = "sentry.integrations.pagerduty.notify_action.PagerDutyNotifyServiceAction";
  return { id, account: integrationId, service: target };
}
