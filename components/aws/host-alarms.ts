import * as pulumi from "@pulumi/pulumi";
import type { HostAlarm } from "../../catalog/host-alarms.ts";
import { HOST_NAMESPACE } from "../../catalog/hosts.ts";
import { type AlarmsArgs, metricAlarm } from "./cloudwatch-alarm.ts";

export interface HostAlarmsArgs extends AlarmsArgs {
  alarms: readonly HostAlarm[];
}

/** Alarms on AgentPay's hosts. Warnings: where a full or dead host hurts users, the services' alerts page. */
export class HostAlarms extends pulumi.ComponentResource {
  readonly alarmNames: pulumi.Output<string[]>;

  constructor(name: string, args: HostAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:HostAlarms", name, {}, opts);
    const alarms = args.alarms.map((alarm) =>
      metricAlarm(this, name, alarm, { namespace: HOST_NAMESPACE }, args),
    );

    this.alarmNames = pulumi.all(alarms.map((alarm) => alarm.name));
    this.registerOutputs({ alarmNames: this.alarmNames });
  }
}
