/** The hosts of the simulated AgentPay, as the CloudWatch agent on each of them reports it: every minute, to the emulator. */
import { setTimeout as sleep } from "node:timers/promises";
import { PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { HOST_DIMENSION, HOST_NAMESPACE, type HostMetric } from "../../catalog/hosts.ts";
import { readSettings } from "../../settings/settings-file.ts";
import { LOCAL_STACK } from "../../settings/stack-name.ts";
import { messageOf } from "../../toolkit/error-message.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { cloudWatchAt } from "../dashboards/cloudwatch.ts";
import type { Service } from "../host/service.ts";
import { emulatorUrl } from "../platforms/aws/emulator/moto.ts";

const INTERVAL_MILLISECONDS = 60_000;
/** Until it is tried again: the emulator takes longer to start. */
const RETRY_MILLISECONDS = 2000;

/** What each host uses, in percent. */
const hosts: Readonly<Record<string, Readonly<Record<HostMetric, number>>>> = {
  "i-0a1b2c3d4e5f60001": { cpu_usage_active: 24, mem_used_percent: 58, disk_used_percent: 41 },
  "i-0a1b2c3d4e5f60002": { cpu_usage_active: 19, mem_used_percent: 52, disk_used_percent: 44 },
};

/** Percent that a value moves up and down within an hour. */
const SWING = 5;

/** What the agents send at a time, in milliseconds since 1970: by host, and without one, as the agent adds it up. */
export function reported(now: number) {
  const swing = SWING * Math.sin((2 * Math.PI * now) / 3_600_000);
  return Object.entries(hosts).flatMap(([host, values]) =>
    Object.entries(values).flatMap(([MetricName, value]) => {
      const datum = { MetricName, Value: value + swing, Unit: "Percent" as const, Timestamp: new Date(now) };
      return [{ ...datum, Dimensions: [{ Name: HOST_DIMENSION, Value: host }] }, datum];
    }),
  );
}

export const agentPayHosts: Service = {
  name: "CloudWatch agents on AgentPay's hosts",
  start: async (context) => {
    const log = context.logger("agentpay");
    const { aws } = readSettings(REPOSITORY, LOCAL_STACK);
    if (!aws.enabled) return { stop: async () => {} };
    const client = cloudWatchAt(emulatorUrl(context), aws.region);
    const stopped = new AbortController();
    const run = async () => {
      while (!stopped.signal.aborted) {
        const put = { Namespace: HOST_NAMESPACE, MetricData: reported(Date.now()) };
        const problem = await client.send(new PutMetricDataCommand(put)).then(() => undefined, messageOf);
        if (problem !== undefined) log.warn(`the hosts' metrics were not taken: ${problem}`);
        const pause = problem === undefined ? INTERVAL_MILLISECONDS : RETRY_MILLISECONDS;
        await sleep(pause, undefined, { signal: stopped.signal }).catch(() => {});
      }
    };
    const running = run();
    return {
      stop: async () => {
        stopped.abort();
        await running;
      },
    };
  },
};
