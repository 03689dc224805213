/** What the CloudWatch agents on AgentPay's hosts report. */

/** Namespace of the hosts' metrics in CloudWatch. */
export const HOST_NAMESPACE = "AgentPay/Hosts";

/** What the agents tell hosts apart by. */
export const HOST_DIMENSION = "InstanceId";

/** What the agents report of each host, in percent: by {@link HOST_DIMENSION}, and of all hosts in one. */
export type HostMetric = "cpu_usage_active" | "mem_used_percent" | "disk_used_percent";
