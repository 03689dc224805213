/**
 * What CloudWatch alarms on about AgentPay's RDS instances: PostgreSQL can't see the disk and the processor of its host.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html
 */
import type { CloudWatchAlarm } from "./cloudwatch-alarm.ts";

/** Namespace of RDS's metrics, and the dimension that says which instance one is of. */
export const DATABASE_NAMESPACE = "AWS/RDS";
export const INSTANCE_DIMENSION = "DBInstanceIdentifier";

/** An alarm on one instance: each of those that it is on has one of its own. */
export interface DatabaseAlarm extends CloudWatchAlarm {
  /** Only the primary can run out of transaction IDs, only a replica can lag. */
  readonly on: readonly ("primary" | "replica")[];
}

const AMAZON = "Amazon's recommended alarms";

export const databaseAlarms: readonly DatabaseAlarm[] = [
  {
    name: "DatabaseStorageLow",
    on: ["primary", "replica"],
    severity: "critical",
    threshold: {
      default: 10,
      unit: "GiB that are free on the instance's volume",
      source: `${AMAZON}: a tenth of the volume; the default is that of 100 GiB. A full instance stops`,
    },
    perUnit: 2 ** 30,
    describe: (threshold, instance) =>
      `The RDS instance ${instance} has less than ${threshold} GiB of storage left for 5 minutes. It stops when it is full.`,
    metricName: "FreeStorageSpace",
    statistic: "Minimum",
    comparisonOperator: "LessThanThreshold",
    minutes: 5,
    treatMissingData: "missing",
  },
  {
    name: "DatabaseProcessorHigh",
    on: ["primary", "replica"],
    severity: "warning",
    threshold: { default: 90, unit: "percent of the instance's processors", source: AMAZON },
    describe: (threshold, instance) =>
      `The RDS instance ${instance} uses more than ${threshold}% of its processors for 15 minutes.`,
    metricName: "CPUUtilization",
    statistic: "Average",
    comparisonOperator: "GreaterThanThreshold",
    minutes: 15,
    treatMissingData: "missing",
  },
  {
    name: "DatabaseMemoryLow",
    on: ["primary", "replica"],
    severity: "warning",
    threshold: {
      default: 0.25,
      unit: "GiB of memory that the instance could free",
      source: `${AMAZON}: a quarter of the memory; the default is that of the smallest instance, with 1 GiB`,
    },
    perUnit: 2 ** 30,
    describe: (threshold, instance) =>
      `The RDS instance ${instance} has less than ${threshold} GiB of memory to spare for 15 minutes. When it has none, PostgreSQL is ended, and every connection with it.`,
    metricName: "FreeableMemory",
    statistic: "Average",
    comparisonOperator: "LessThanThreshold",
    minutes: 15,
    treatMissingData: "missing",
  },
  {
    name: "DatabaseOperationCreditsLow",
    on: ["primary", "replica"],
    severity: "warning",
    threshold: { default: 10, unit: "percent of the class's credits for disk operations", source: AMAZON },
    describe: (threshold, instance) =>
      `The RDS instance ${instance} has less than ${threshold}% of its credits for disk operations left for 3 minutes. Without credits its class falls back to its baseline, and every statement that needs the disk waits.`,
    // Only classes that burst report it: without a number nothing rings.
    metricName: "EBSIOBalance%",
    statistic: "Average",
    comparisonOperator: "LessThanThreshold",
    minutes: 3,
    treatMissingData: "missing",
  },
  {
    name: "DatabaseThroughputCreditsLow",
    on: ["primary", "replica"],
    severity: "warning",
    threshold: { default: 10, unit: "percent of the class's credits for disk throughput", source: AMAZON },
    describe: (threshold, instance) =>
      `The RDS instance ${instance} has less than ${threshold}% of its credits for disk throughput left for 3 minutes. Without credits its class falls back to its baseline, and every statement that reads much waits.`,
    // As above.
    metricName: "EBSByteBalance%",
    statistic: "Average",
    comparisonOperator: "LessThanThreshold",
    minutes: 3,
    treatMissingData: "missing",
  },
  {
    name: "DatabaseBurstCreditsLow",
    on: ["primary", "replica"],
    severity: "warning",
    threshold: {
      default: 20,
      unit: "percent of the volume's burst credits",
      source:
        "a starting point, which public modules share: some minutes are left. Only gp2 volumes have credits",
    },
    describe: (threshold, instance) =>
      `The gp2 volume of the RDS instance ${instance} has less than ${threshold}% of its burst credits left for 10 minutes. Without credits it does 3 operations a second for each GiB, and statements wait.`,
    metricName: "BurstBalance",
    statistic: "Average",
    comparisonOperator: "LessThanThreshold",
    minutes: 10,
    treatMissingData: "missing",
  },
  {
    name: "DatabaseTransactionIdsHigh",
    on: ["primary"],
    severity: "critical",
    threshold: {
      default: 1_000_000_000,
      unit: "transaction IDs in use",
      source: `${AMAZON}: half of the 2 billion at which PostgreSQL takes no more writes`,
    },
    describe: (threshold, instance) =>
      `A database of the RDS instance ${instance} has used more than ${threshold} transaction IDs since its oldest row was frozen. At 2 billion it takes no more writes.`,
    metricName: "MaximumUsedTransactionIDs",
    statistic: "Maximum",
    comparisonOperator: "GreaterThanThreshold",
    minutes: 5,
    treatMissingData: "missing",
  },
  {
    name: "DatabaseReplicaLagHigh",
    on: ["replica"],
    severity: "warning",
    threshold: { default: 60, unit: "seconds that the replica is behind its primary", source: AMAZON },
    describe: (threshold, instance) =>
      `The RDS replica ${instance} is more than ${threshold} seconds behind its primary for 10 minutes.`,
    metricName: "ReplicaLag",
    statistic: "Maximum",
    comparisonOperator: "GreaterThanThreshold",
    minutes: 10,
    treatMissingData: "missing",
  },
  {
    name: "DatabaseReplicationStopped",
    on: ["replica"],
    severity: "warning",
    threshold: {
      default: 0,
      unit: "seconds: RDS reports a lag of -1 where replication is not active",
      source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Monitoring.html",
    },
    describe: (_threshold, instance) =>
      `The RDS replica ${instance} takes nothing over from its primary for 5 minutes, or does not report.`,
    metricName: "ReplicaLag",
    statistic: "Maximum",
    comparisonOperator: "LessThanThreshold",
    minutes: 5,
    treatMissingData: "breaching",
  },
];
