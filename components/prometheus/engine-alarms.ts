import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm.js";
import * as pulumi from "@pulumi/pulumi";
import { ENGINE_NAMESPACE, type EngineAlarm, WORKSPACE_DIMENSION } from "../../catalog/engine-alarms.ts";
import type { RegionalTopics } from "../aws/alert-topics.ts";
import { kebabCase } from "../shared/names.ts";

export interface EngineAlarmsArgs {
  /** Prefix of the alarms' names, such as `agentpay-production`. */
  alarmPrefix: string;
  alarms: readonly EngineAlarm[];
  workspaceId: pulumi.Output<string>;
  /** Topics of the workspace's region. */
  topics: RegionalTopics;
  /** Where the runbooks are published. */
  runbookBaseUrl: string;
}

const PERIOD_SECONDS = 300;

/** Alarms on what Amazon reports of its engine. They share nothing with the engine that they watch. */
export class EngineAlarms extends pulumi.ComponentResource {
  readonly alarmNames: pulumi.Output<string[]>;

  constructor(name: string, args: EngineAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:EngineAlarms", name, {}, opts);
    const alarms = args.alarms.map((alarm) => {
      const actions = [alarm.severity === "critical" ? args.topics.criticalArn : args.topics.warningArn];
      const key = kebabCase(alarm.name);
      return new MetricAlarm(
        `${name}-${key}`,
        {
          name: `${args.alarmPrefix}-${key}`,
          alarmDescription: `${alarm.description} Runbook: ${args.runbookBaseUrl}/${alarm.name}.md`,
          // A query, not a metric: a metric is of one rule group or reason, and their names come and go.
          metricQueries: [
            {
              id: "total",
              expression: pulumi.interpolate`SELECT SUM(${alarm.metricName}) FROM "${ENGINE_NAMESPACE}" WHERE ${WORKSPACE_DIMENSION} = '${args.workspaceId}'`,
              label: alarm.metricName,
              period: PERIOD_SECONDS,
              returnData: true,
            },
          ],
          evaluationPeriods: alarm.periods,
          comparisonOperator: "GreaterThanThreshold",
          threshold: 0,
          // What is not reported is 0.
          treatMissingData: "notBreaching",
          alarmActions: actions,
          okActions: actions,
        },
        { parent: this },
      );
    });

    this.alarmNames = pulumi.all(alarms.map((alarm) => alarm.name));
    this.registerOutputs({ alarmNames: this.alarmNames });
  }
}
