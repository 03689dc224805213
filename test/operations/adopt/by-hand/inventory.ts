/** What each service holds, by the names that must be there once. */
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeMetricFiltersCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { ListHealthChecksCommand, Route53Client } from "@aws-sdk/client-route-53";
import { ListSubscriptionsCommand, ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { type Accounts, GLOBAL, get, HOME } from "./accounts.ts";
import { WANTED_SLUG } from "./sentry.ts";

/** By service and kind, the names in lower case. */
export type Inventory = Readonly<Record<string, readonly string[]>>;

export async function inventory(accounts: Accounts): Promise<Inventory> {
  const parts = [pagerDuty, sentry, grafana, uptimeRobot, aws];
  const found = await Promise.all(parts.map((part) => part(accounts)));
  return Object.fromEntries(
    found
      .flatMap(Object.entries)
      .map(([kind, names]: [string, readonly string[]]) => [
        kind,
        names.map((name) => name.toLowerCase()).toSorted(),
      ]),
  );
}

/** What is there more than once. */
export function twice(of: Inventory): readonly string[] {
  return Object.entries(of).flatMap(([kind, names]) =>
    names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${kind}: ${name}`),
  );
}

export function counts(of: Inventory): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(of).map(([kind, names]) => [kind, names.length]));
}

interface Named {
  readonly id: string;
  readonly name: string;
}

async function pagerDuty(accounts: Accounts): Promise<Inventory> {
  const list = async (plural: string) =>
    (await get<Record<string, Named[]>>(accounts, "pagerduty", `/${plural}?limit=100`))[plural] ?? [];
  const services = await list("services");
  const integrations = await Promise.all(
    services.map(async ({ id }) => {
      const path = `/services/${id}/integrations`;
      const answer = await get<{ integrations: (Named & { type: string })[] }>(accounts, "pagerduty", path);
      return answer.integrations.map(({ name, type }) => `${id} ${name} ${type}`);
    }),
  );
  const names = async (plural: string) => (await list(plural)).map(({ name }) => name);
  return {
    "PagerDuty teams": await names("teams"),
    "PagerDuty schedules": await names("schedules"),
    "PagerDuty escalation policies": await names("escalation_policies"),
    "PagerDuty services": services.map(({ name }) => name),
    "PagerDuty integrations": integrations.flat(),
  };
}

async function sentry(accounts: Accounts): Promise<Inventory> {
  const names = async (path: string) => {
    const found = await get<Named[]>(accounts, "sentry", `/api/0/${path}/?per_page=100`);
    return found.map(({ name }) => name);
  };
  const organization = "organizations/agentpay";
  return {
    "Sentry teams": await names(`${organization}/teams`),
    "Sentry keys": await names(`projects/agentpay/${WANTED_SLUG}/keys`),
    "Sentry monitors": await names(`${organization}/detectors`),
    "Sentry alerts": await names(`${organization}/workflows`),
  };
}

async function grafana(accounts: Accounts): Promise<Inventory> {
  const search = async (kind: string) => {
    const path = `/api/search?type=${kind}&limit=5000`;
    const found = await get<{ title: string; folderUid?: string }[]>(accounts, "grafana", path);
    return found.map(({ title, folderUid = "" }) => `${folderUid}/${title}`);
  };
  const sources = await get<Named[]>(accounts, "grafana", "/api/datasources");
  return {
    "Grafana folders": await search("dash-folder"),
    "Grafana dashboards": await search("dash-db"),
    "Grafana data sources": sources.map(({ name }) => name),
  };
}

async function uptimeRobot(accounts: Accounts): Promise<Inventory> {
  const path = "/v3/monitors?limit=200";
  const { data } = await get<{ data: { type: string; url: string; port?: number }[] }>(
    accounts,
    "uptimerobot",
    path,
  );
  return { "UptimeRobot monitors": data.map(({ type, url, port = "" }) => `${type} ${url} ${port}`) };
}

async function aws(accounts: Accounts): Promise<Inventory> {
  const found: Record<string, string[]> = {};
  for (const region of [HOME, GLOBAL]) {
    const options = accounts.aws(region);
    const logs = new CloudWatchLogsClient(options);
    const { MetricAlarms = [] } = await new CloudWatchClient(options).send(new DescribeAlarmsCommand({}));
    const { Topics = [] } = await new SNSClient(options).send(new ListTopicsCommand({}));
    const { Subscriptions = [] } = await new SNSClient(options).send(new ListSubscriptionsCommand({}));
    const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}));
    const { metricFilters = [] } = await logs.send(new DescribeMetricFiltersCommand({}));
    found[`${region} alarms`] = MetricAlarms.map(({ AlarmName }) => AlarmName ?? "");
    found[`${region} topics`] = Topics.map(({ TopicArn }) => TopicArn ?? "");
    found[`${region} subscriptions`] = Subscriptions.map(
      ({ TopicArn, Endpoint }) => `${TopicArn} ${Endpoint}`,
    );
    found[`${region} log groups`] = logGroups.map(({ logGroupName }) => logGroupName ?? "");
    found[`${region} metric filters`] = metricFilters.map(
      ({ logGroupName, filterName }) => `${logGroupName} ${filterName}`,
    );
  }
  const { HealthChecks = [] } = await new Route53Client(accounts.aws(GLOBAL)).send(
    new ListHealthChecksCommand({}),
  );
  const checks = HealthChecks.map(({ HealthCheckConfig: asked }) =>
    [asked?.Type, asked?.FullyQualifiedDomainName, asked?.Port, asked?.ResourcePath].join(" "),
  );
  return { ...found, "health checks": checks };
}
