import * as pulumi from "@pulumi/pulumi";
import {
  LOAD_BALANCER_DIMENSION,
  LOAD_BALANCER_NAMESPACE,
  type LoadBalancerAlarm,
  TARGET_GROUP_DIMENSION,
} from "../../catalog/load-balancer-alarms.ts";
import { type AlarmSubject, type AlarmsArgs, metricAlarm } from "./cloudwatch-alarm.ts";

export interface LoadBalancerAlarmsArgs extends AlarmsArgs {
  alarms: readonly LoadBalancerAlarm[];
  /** The end of its ARN, such as `app/agentpay/50dc6c495c0c9188`. */
  loadBalancer: string;
  /** The ends of their ARNs, such as `targetgroup/agentpay-api/73e2d6bc24d8a067`. */
  targetGroups: readonly string[];
}

/** Alarms on the load balancer in front of AgentPay, and on each of its target groups. */
export class LoadBalancerAlarms extends pulumi.ComponentResource {
  readonly alarmNames: pulumi.Output<string[]>;

  constructor(name: string, args: LoadBalancerAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:LoadBalancerAlarms", name, {}, opts);
    const { loadBalancer, targetGroups } = args;
    const subjects: Readonly<Record<LoadBalancerAlarm["on"], readonly AlarmSubject[]>> = {
      "load balancer": [subject(loadBalancer, { [LOAD_BALANCER_DIMENSION]: loadBalancer })],
      "target group": targetGroups.map((group) =>
        subject(group, { [LOAD_BALANCER_DIMENSION]: loadBalancer, [TARGET_GROUP_DIMENSION]: group }),
      ),
    };
    const alarms = args.alarms.flatMap((alarm) =>
      subjects[alarm.on].map((each) => metricAlarm(this, name, alarm, each, args)),
    );

    this.alarmNames = pulumi.all(alarms.map((alarm) => alarm.name));
    this.registerOutputs({ alarmNames: this.alarmNames });
  }
}

/** `app/agentpay/50dc6c495c0c9188` is known as `agentpay-50dc6c495c0c9188`: two of a name may follow each other. */
function subject(end: string, dimensions: Readonly<Record<string, string>>): AlarmSubject {
  return { namespace: LOAD_BALANCER_NAMESPACE, dimensions, name: end.split("/").slice(1).join("-") };
}
