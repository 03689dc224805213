import * as pulumi from "@pulumi/pulumi";
import { DATABASE_NAMESPACE, type DatabaseAlarm, INSTANCE_DIMENSION } from "../../catalog/database-alarms.ts";
import { type AlarmsArgs, metricAlarm } from "./cloudwatch-alarm.ts";

export interface DatabaseAlarmsArgs extends AlarmsArgs {
  alarms: readonly DatabaseAlarm[];
  /** Identifiers of RDS instances, and what each is. */
  instances: Readonly<Record<string, "primary" | "replica">>;
}

/** Alarms on AgentPay's RDS instances, each with its own. */
export class DatabaseAlarms extends pulumi.ComponentResource {
  readonly alarmNames: pulumi.Output<string[]>;

  constructor(name: string, args: DatabaseAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:DatabaseAlarms", name, {}, opts);
    const alarms = Object.entries(args.instances).flatMap(([instance, role]) =>
      args.alarms
        .filter(({ on }) => on.includes(role))
        .map((alarm) => {
          const dimensions = { [INSTANCE_DIMENSION]: instance };
          return metricAlarm(
            this,
            name,
            alarm,
            { namespace: DATABASE_NAMESPACE, dimensions, name: instance },
            args,
          );
        }),
    );

    this.alarmNames = pulumi.all(alarms.map((alarm) => alarm.name));
    this.registerOutputs({ alarmNames: this.alarmNames });
  }
}
