/** What panels ask of CloudWatch: a metric of every host. */
import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand } from "@aws-sdk/client-cloudwatch";
import { HOST_DIMENSION } from "../../catalog/hosts.ts";
import { EMULATOR_CREDENTIALS } from "../platforms/aws/emulator/moto.ts";
import type { Series, TimeRange } from "./prometheus.ts";

/** CloudWatch keeps no finer ones of these. */
const PERIOD_SECONDS = 60;

/**
 * The highest of each minute, for each host that has ever reported the metric.
 * @param metric namespace and name, with a space between
 * @throws where it does not answer
 */
export async function queryHosts(
  client: CloudWatchClient,
  metric: string,
  { from, to }: TimeRange,
): Promise<Series[]> {
  const [Namespace, MetricName] = metric.split(" ");
  const { Metrics = [] } = await client.send(new ListMetricsCommand({ Namespace, MetricName }));
  const hosts = Metrics.flatMap(({ Dimensions = [] }) =>
    Dimensions.length === 1 && Dimensions[0]?.Name === HOST_DIMENSION ? (Dimensions[0].Value ?? []) : [],
  );
  if (hosts.length === 0) return [];
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(from * 1000),
      EndTime: new Date(to * 1000),
      ScanBy: "TimestampAscending",
      MetricDataQueries: hosts.map((host, index) => ({
        Id: `host${index}`,
        Label: host,
        MetricStat: {
          Metric: { Namespace, MetricName, Dimensions: [{ Name: HOST_DIMENSION, Value: host }] },
          Period: PERIOD_SECONDS,
          Stat: "Maximum",
        },
      })),
    }),
  );
  return MetricDataResults.map(({ Label = "", Timestamps = [], Values = [] }) => ({
    labels: { [HOST_DIMENSION]: Label },
    points: Timestamps.map((time, index) => [time.getTime() / 1000, Values[index] ?? Number.NaN] as const),
  }));
}

/** @param url of the emulator */
export function cloudWatchAt(url: string, region: string): CloudWatchClient {
  return new CloudWatchClient({ endpoint: url, region, credentials: EMULATOR_CREDENTIALS });
}
