import { EscalationPolicy } from "@pulumi/pagerduty/escalationPolicy.js";
import { getUserOutput } from "@pulumi/pagerduty/getUser.js";
import { getVendorOutput } from "@pulumi/pagerduty/getVendor.js";
import { Schedule } from "@pulumi/pagerduty/schedule.js";
import { Service } from "@pulumi/pagerduty/service.js";
import { ServiceIntegration } from "@pulumi/pagerduty/serviceIntegration.js";
import { Team } from "@pulumi/pagerduty/team.js";
import * as pulumi from "@pulumi/pulumi";
import {
  type Engineer,
  escalationDelayMinutes,
  primaryShifts,
  SECONDS_PER_WEEK,
  type Shift,
  secondaryShifts,
  shiftSeconds,
} from "../../catalog/rota.ts";

export interface OnCallArgs {
  /** Name of the PagerDuty service, such as `AgentPay Production`. */
  serviceName: string;
  /** Email addresses of existing PagerDuty users. */
  engineers: Record<Engineer, string>;
  /** Email address of the existing PagerDuty user who is always the backup. */
  engineeringManager: string;
  /** IANA time zone in which the days of the rota begin. */
  timeZone: string;
  /** A Monday 00:00 in the past, ISO 8601. Changing it later can move hand-overs. */
  rotationStart: string;
  /** Whether alerts that come together are one incident; some plans have no such grouping. */
  groupAlerts: boolean;
  /** Whether uptime checkers page by themselves, rather than through Alertmanager or CloudWatch. */
  pagedByUptimeCheckers: boolean;
}

/** PagerDuty: who is called, in what order, and the keys with which the platforms call. */
export class OnCall extends pulumi.ComponentResource {
  readonly serviceUrl: pulumi.Output<string>;
  /** Events API v2 routing key for Alertmanager. Secret. */
  readonly prometheusRoutingKey: pulumi.Output<string>;
  /** Integration key for SNS messages of CloudWatch alarms. Secret. */
  readonly cloudWatchIntegrationKey: pulumi.Output<string>;
  /** Events API v2 routing key for uptime checkers; undefined where none pages by itself. Secret. */
  readonly uptimeRoutingKey: pulumi.Output<string> | undefined;

  constructor(name: string, args: OnCallArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:OnCall", name, {}, opts);
    const service = this.service(name, args, this.escalation(name, args));
    const prometheus = this.integration(`${name}-prometheus`, {
      service: service.id,
      name: "Prometheus",
      type: "events_api_v2_inbound_integration",
    });
    const cloudWatch = this.integration(`${name}-cloudwatch`, {
      service: service.id,
      name: "CloudWatch",
      vendor: getVendorOutput({ name: "Cloudwatch" }, { parent: this }).id,
    });
    const uptime = args.pagedByUptimeCheckers
      ? this.integration(`${name}-uptime`, {
          service: service.id,
          name: "Uptime checks",
          type: "events_api_v2_inbound_integration",
        })
      : undefined;

    this.serviceUrl = service.htmlUrl;
    this.prometheusRoutingKey = pulumi.secret(prometheus.integrationKey);
    this.cloudWatchIntegrationKey = pulumi.secret(cloudWatch.integrationKey);
    this.uptimeRoutingKey = uptime && pulumi.secret(uptime.integrationKey);
    this.registerOutputs({
      serviceUrl: this.serviceUrl,
      prometheusRoutingKey: this.prometheusRoutingKey,
      cloudWatchIntegrationKey: this.cloudWatchIntegrationKey,
      ...(this.uptimeRoutingKey && { uptimeRoutingKey: this.uptimeRoutingKey }),
    });
  }

  /** Who is called, and in what order. */
  private escalation(name: string, args: OnCallArgs): EscalationPolicy {
    const userId = (email: string) => getUserOutput({ email }, { parent: this }).id;
    const engineers = {
      engineerA: userId(args.engineers.engineerA),
      engineerB: userId(args.engineers.engineerB),
    };
    const team = new Team(
      `${name}-team`,
      { name: args.serviceName, description: `${args.serviceName}: whoever answers its pages` },
      { parent: this },
    );
    const schedule = (level: string, shifts: readonly Shift[]) =>
      new Schedule(
        `${name}-${level}`,
        {
          name: `${args.serviceName} ${level}`,
          description: `${args.serviceName}: ${level} on call`,
          timeZone: args.timeZone,
          teams: [team.id],
          layers: shifts.map((shift) => scheduleLayer(shift, engineers[shift.engineer], args.rotationStart)),
        },
        { parent: this },
      );
    const { primary, secondary, backup } = escalationDelayMinutes;
    return new EscalationPolicy(
      `${name}-escalation`,
      {
        name: `${args.serviceName} escalation`,
        description: "Primary at once, secondary after 15 minutes, engineering manager after 30; twice",
        teams: team.id,
        numLoops: 2,
        rules: [
          escalationRule(primary, "schedule_reference", schedule("primary", primaryShifts).id),
          escalationRule(secondary, "schedule_reference", schedule("secondary", secondaryShifts).id),
          escalationRule(backup, "user_reference", userId(args.engineeringManager)),
        ],
      },
      { parent: this },
    );
  }

  private service(
    name: string,
    { serviceName, groupAlerts }: OnCallArgs,
    escalationPolicy: EscalationPolicy,
  ): Service {
    return new Service(
      `${name}-service`,
      {
        name: serviceName,
        description: `${serviceName}: alerts of the monitoring stack`,
        escalationPolicy: escalationPolicy.id,
        alertCreation: "create_alerts_and_incidents",
        acknowledgementTimeout: "1800",
        // Alertmanager sends the resolve; this only ends what it could no longer resolve.
        autoResolveTimeout: "86400",
        // Criticals wake people at any hour; warnings, should any get here, wait for the morning.
        incidentUrgencyRule: { type: "constant", urgency: "severity_based" },
        ...(groupAlerts && { alertGroupingParameters: togetherInTime }),
      },
      { parent: this },
    );
  }

  /** The key is made by PagerDuty and not marked secret by its provider: without this option it is clear in state. */
  private integration(
    name: string,
    args: ConstructorParameters<typeof ServiceIntegration>[1],
  ): ServiceIntegration {
    return new ServiceIntegration(name, args, { parent: this, additionalSecretOutputs: ["integrationKey"] });
  }
}

/** An outage shows in several services, and in CloudWatch, within minutes: one incident, not one for each. */
const togetherInTime = { type: "time", config: { timeout: 5 } };

/** A schedule layer that puts one person on call for the shift's days of every week. */
export function scheduleLayer(shift: Shift, user: pulumi.Input<string>, rotationStart: string) {
  return {
    name: `days ${shift.firstDay} to ${shift.lastDay}`,
    start: rotationStart,
    rotationVirtualStart: rotationStart,
    rotationTurnLengthSeconds: SECONDS_PER_WEEK,
    users: [user],
    restrictions: [
      {
        type: "weekly_restriction",
        startDayOfWeek: shift.firstDay,
        startTimeOfDay: "00:00:00",
        durationSeconds: shiftSeconds(shift),
      },
    ],
  };
}

/** @param delayMinutes time before the *next* rule is tried */
function escalationRule(
  delayMinutes: number,
  type: "schedule_reference" | "user_reference",
  id: pulumi.Input<string>,
) {
  return { escalationDelayInMinutes: delayMinutes, targets: [{ type, id }] };
}
