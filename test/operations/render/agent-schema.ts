/**
 * The rules of the CloudWatch agent's published JSON schema (translator/config/schema.json of
 * aws/amazon-cloudwatch-agent) for the sections that we use, in our own words. Beyond it, the names that the schema
 * leaves open: a misspelt measurement is no mistake to the agent, there just is no metric.
 */
import { z } from "zod";

const text = (maximum: number) => z.string().min(1).max(maximum);
const seconds = z.int().min(1).max(172_800);
const distinct = <T>(items: readonly T[]) =>
  new Set(items.map((item) => JSON.stringify(item))).size === items.length;

const measured = <const Names extends readonly string[]>(names: Names) =>
  z.array(z.enum(names)).min(1).refine(distinct);

const collected = z.strictObject({
  file_path: z.string().startsWith("/").max(4096),
  log_group_name: text(512),
  log_stream_name: text(512),
  timestamp_format: text(4096),
  timezone: z.enum(["Local", "LOCAL", "UTC"]),
  multi_line_start_pattern: text(4096),
});

const process = z
  .strictObject({
    pid_file: text(255).optional(),
    exe: text(255).optional(),
    pattern: text(255).optional(),
    measurement: measured(["cpu_time", "cpu_usage", "memory_rss", "memory_swap", "pid", "pid_count"]),
  })
  .refine(({ pid_file, exe, pattern }) => [pid_file, exe, pattern].filter(Boolean).length === 1);

export const agentSchema = z.strictObject({
  agent: z.strictObject({ metrics_collection_interval: seconds, run_as_user: text(255) }),
  logs: z
    .strictObject({
      logs_collected: z.strictObject({
        files: z.strictObject({ collect_list: z.array(collected).min(1).refine(distinct) }),
      }),
      force_flush_interval: seconds,
    })
    .optional(),
  metrics: z.strictObject({
    namespace: text(255),
    // The agent knows no other dimensions here.
    append_dimensions: z.partialRecord(
      z.enum(["ImageId", "InstanceId", "InstanceType", "AutoScalingGroupName"]),
      z.string().regex(/^\$\{aws:\w+\}$/),
    ),
    aggregation_dimensions: z
      .array(z.array(text(1024)).max(30).refine(distinct))
      .min(1)
      .refine(distinct),
    metrics_collected: z.strictObject({
      cpu: z.strictObject({
        measurement: measured(["usage_active", "usage_idle", "usage_iowait"]),
        totalcpu: z.boolean(),
      }),
      mem: z.strictObject({ measurement: measured(["mem_used_percent", "mem_available"]) }),
      disk: z.strictObject({
        measurement: measured(["used_percent", "inodes_free", "free"]),
        resources: z.array(text(4096)),
        ignore_file_system_types: z.array(text(1024)).refine(distinct),
        drop_device: z.boolean(),
      }),
      swap: z.strictObject({ measurement: measured(["swap_used_percent", "swap_free"]) }),
      processes: z.strictObject({ measurement: measured(["running", "blocked", "zombies", "total"]) }),
      procstat: z.array(process).min(1),
    }),
  }),
});
