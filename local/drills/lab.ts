/**
 * A place to break things in: a simulated AgentPay that lives fast, the real Prometheus, Alertmanager and blackbox
 * exporter with the catalogue's files at the same pace, and a PagerDuty, an inbox and, where asked for, an AWS of its own. Everything is new, on free ports and in
 * a folder of its own: a running local stack is not disturbed.
 */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { parse, stringify } from "yaml";
import type { Alert } from "../../catalog/alerts/alert.ts";
import { expressionOf } from "../../catalog/alerts/index.ts";
import type { Maintenance } from "../../catalog/maintenance.ts";
import { pagerOf } from "../../components/pagers/index.ts";
import {
  ALERTMANAGER_FOLDER,
  alertmanagerFiles,
  keyFileOf,
  secretFiles,
} from "../../components/prometheus/alertmanager.ts";
import { blackboxConfiguration } from "../../components/prometheus/blackbox.ts";
import { probeSettings, prometheusFiles } from "../../components/prometheus/files.ts";
import { notificationSettings } from "../../components/shared/notifications.ts";
import type { Settings } from "../../settings/schema.ts";
import { readSettings } from "../../settings/settings-file.ts";
import { freePort } from "../../toolkit/free-port.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import type { FoundTool } from "../../toolkit/toolchain/find.ts";
import type { RunningExample } from "../agentpay/example.ts";
import { type RunningAgentPay, startAgentPay } from "../agentpay/index.ts";
import { Children } from "../host/children.ts";
import { LogFiles } from "../host/log-files.ts";
import { localPorts } from "../host/ports.ts";
import { startInbox } from "../platforms/inbox/server.ts";
import { startPagerDuty } from "../platforms/pagerduty/api/server.ts";
import { ask, askJson } from "./ask.ts";
import { type Gateway, startGateway } from "./gateway.ts";
import { startLabAws } from "./lab-aws.ts";
import type { LabServer } from "./lab-server.ts";
import {
  type Addresses,
  alertmanagers,
  binary,
  engine,
  freeAddresses,
  gatus,
  prometheuses,
  type Servers,
  withLabAddresses,
} from "./lab-servers.ts";
import { type Pace, scaleDuration, scaleExpression, scaleFile } from "./scale.ts";

export interface LabOptions {
  /** Folder of its own. */
  readonly folder: string;
  /** Seconds of the simulation in one second. */
  readonly factor: number;
  readonly tools: {
    readonly [Name in "prometheus" | "alertmanager" | "blackbox" | "gatus" | "moto"]: FoundTool;
  };
  /** Whether there is an AWS, for phones and the heartbeat. */
  readonly aws: boolean;
  /** Starts what takes the place of the simulated api and worker, in real time. Default: they are simulated. */
  readonly startServer?: () => Promise<RunningExample>;
  /** Whether Prometheus has a small disk of its own, which can be filled. Default: no. */
  readonly smallDisk?: boolean;
  /** Of Prometheus and of Alertmanager. Default: one. */
  readonly replicas?: 1 | 2;
  /** Whether Prometheus only ships its samples to a second one, which has the rules. Default: no. */
  readonly remoteEngine?: boolean;
}

/** prometheus.yml as far as drills break it. */
export interface PrometheusConfiguration {
  rule_files: string[];
  alerting: { alertmanagers: object[] };
  scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
}

/** What a breakage puts into Prometheus's configuration: more rule files by path, and an edit. */
export interface PrometheusBreakage {
  readonly files?: Readonly<Record<string, string>>;
  readonly edit: (configuration: PrometheusConfiguration) => void;
}

export interface Lab {
  readonly agentpay: RunningAgentPay;
  readonly urls: { readonly [Server in "prometheus" | "alertmanager" | "pagerduty" | "inbox"]: string };
  readonly servers: { readonly [Server in "prometheus" | "alertmanager"]: Servers };
  /** The Prometheus that evaluates the rules: the first, or the engine elsewhere. */
  readonly ruler: LabServer;
  /** Alertmanager's way to PagerDuty. */
  readonly wayToPager: Gateway;
  /** Prometheus's way to the engine elsewhere that has its rules, where the lab has one. */
  readonly wayToEngine: Gateway;
  /** Where Prometheus keeps its samples. */
  readonly prometheusData: string;
  /** Seconds of the simulation in one second. */
  readonly factor: number;
  /** What an alert looks at, at the lab's pace, without what may hold it back. */
  expressionOf(alert: Alert): string;
  /** Who the routing key belongs to. */
  readonly pagerDutyService: string;
  /** Gives Prometheus its configuration with these breakages; without any, the right one. */
  breakPrometheus(breakages: readonly PrometheusBreakage[]): Promise<void>;
  /** Gives Alertmanager a configuration that it refuses, or its own again. */
  breakAlertmanager(broken: boolean): Promise<void>;
  /** Makes Slack refuse every message, or take them again. */
  breakSlack(broken: boolean): Promise<void>;
  /** Announces work on the API that goes on now, or takes it back. */
  announceWork(announced: boolean): Promise<void>;
  /** Stops the status page, or starts it again. */
  breakStatusPage(broken: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** A Monday, 9:00 UTC: average traffic, and none that is less for many simulated hours. Every drill has the same day. */
const CLOCK = Date.UTC(2026, 5, 1, 9) / 1000;
const SEED = 1;

const PAGERDUTY_SERVICE = "AgentPay drill";
/** Simulated: a scrape has a real half second at 60 times the pace, also on a busy machine. */
export const SCRAPE_INTERVAL_SECONDS = 30;
/** Two of them in the time that an endpoint may fail before it rings. */
const PROBE_INTERVAL_SECONDS = 60;
const API_TOKEN = "drill";

/** What the simulated PagerDuty's REST API asks of every request. */
export const pagerDutyHeaders = {
  authorization: `Token token=${API_TOKEN}`,
  "content-type": "application/json",
} as const;

/** @throws where a part does not start; what has started is stopped then, also where a part of it won't. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const undo: (() => Promise<void>)[] = [];
  const stop = async () => {
    const failures: unknown[] = [];
    for (const step of undo.splice(0).toReversed()) {
      await step().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures);
  };
  try {
    return { ...(await assemble(options, undo)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function assemble(
  {
    folder,
    factor,
    tools,
    aws,
    startServer,
    smallDisk = false,
    replicas = 1,
    remoteEngine = false,
  }: LabOptions,
  undo: (() => Promise<void>)[],
): Promise<Omit<Lab, "stop">> {
  const logs = new LogFiles(path.join(folder, "logs"));
  const data = (name: string) => path.join(folder, "data", name);
  const keep = <T extends { stop(): Promise<void> }>(server: T): T => {
    undo.push(() => server.stop());
    return server;
  };
  const freePorts = Object.fromEntries(Object.keys(localPorts(0)).map((name) => [name, 0]));
  const pace: Pace = { factor, startedAt: Date.now() / 1000, clock: CLOCK };
  const agentpay = keep(
    await startAgentPay(
      { ports: freePorts as ReturnType<typeof localPorts>, logger: (name) => logs.logger(name) },
      { speed: factor, clock: CLOCK, seed: SEED, ...(startServer && { startServer }) },
    ),
  );
  const pagerduty = keep(await startPagerDuty({ port: 0, dataFolder: data("pagerduty") }));
  const inbox = keep(await startInbox({ port: 0, mailPort: 0, dataFolder: data("inbox") }));
  const addresses = await freeAddresses(replicas);

  const children = new Children(path.join(folder, "children.json"), logs);
  undo.push(() => children.stopAll());
  const wayToPager = keep(await startGateway(pagerduty.url));
  const wayToEngine = keep(await startGateway(`http://${addresses.engine}`));
  const settings = labSettings(agentpay, {
    statusPagePort: await freePort(),
    eventsUrl: wayToPager.url,
    smtpHost: inbox.mailAddress,
    replicas,
    remoteWriteUrl: remoteEngine ? `${wayToEngine.url}/api/v1/write` : undefined,
  });
  const pager = pagerOf(settings);
  const notifications = notificationSettings(settings, pager);
  const keys = await makeIntegrations(pagerduty.url);
  const cloud = aws
    ? keep(
        await startLabAws(settings, {
          tools,
          startChild: (child) => children.start({ cwd: folder, ...child }),
          log: logs.logger("aws"),
          inbox,
          pagerDutyEndpoint: `${pagerduty.url}/integration/${keys.cloudWatch}/enqueue`,
          now: () => (pace.clock + (Date.now() / 1000 - pace.startedAt) * factor) * 1000,
        }),
      )
    : undefined;
  const prometheusFolder = path.join(folder, "prometheus");
  const alertmanagerFolder = path.join(folder, "alertmanager");
  const filesDuring = (maintenance: readonly Maintenance[]) => {
    const announcements = { ...settings.announcements, maintenance };
    return atPace(prometheusConfigurationFiles({ ...settings, announcements }, addresses), pace);
  };
  const files = filesDuring([]);
  const { "alertmanager.yml": ownRoutes = "", ...templates } = alertmanagerFiles({
    ...notifications,
    sns: cloud && notifications.sns && { ...notifications.sns, apiUrl: cloud.url },
  });
  const routes = scaleFile(ownRoutes, pace).replaceAll(ALERTMANAGER_FOLDER, alertmanagerFolder);
  await writeFiles(prometheusFolder, files);
  const slackUrl = (webhook: string) => ({
    [inFolder(secretFiles.slackWebhookUrl)]: `${inbox.url}${webhook}`,
  });
  await writeFiles(alertmanagerFolder, {
    ...templates,
    "alertmanager.yml": routes,
    ...(pager && { [inFolder(keyFileOf(pager))]: keys.alertmanager }),
    ...slackUrl("/services/drill"),
  });

  const ground = { children, folder, factor, data };
  const servers = {
    alertmanager: alertmanagers(ground, tools.alertmanager, addresses, alertmanagerFolder),
    prometheus: await prometheuses(ground, tools.prometheus, addresses, prometheusFolder, {
      smallDisk,
      shipsOnly: remoteEngine,
    }),
  };
  const ruler = remoteEngine
    ? engine(ground, tools.prometheus, addresses.engine, prometheusFolder)
    : servers.prometheus[0];
  if (remoteEngine) {
    await writeFiles(prometheusFolder, { "engine.yml": engineConfiguration(files, addresses) });
    await ruler.start();
  }
  for (const server of servers.alertmanager) await server.start();
  const probes = probeSettings(settings);
  if (probes === undefined)
    throw new Error("Pulumi.local.yaml must have the checker blackbox: drills need it");
  await writeFiles(folder, { "blackbox.yml": blackboxConfiguration(probes) });
  await children.start({
    name: "blackbox",
    command: binary(tools.blackbox, "blackbox_exporter"),
    args: [
      `--config.file=${path.join(folder, "blackbox.yml")}`,
      `--web.listen-address=${addresses.blackbox}`,
      // What it keeps back of a scrape's time, in seconds: its own half second would be all there is.
      "--timeout-offset=0.05",
    ],
    cwd: folder,
  });
  const statusPage = await gatus(ground, tools.gatus, settings);
  await statusPage.start();
  for (const server of servers.prometheus) await server.start();
  const urls = {
    prometheus: ruler.url,
    alertmanager: servers.alertmanager[0].url,
    pagerduty: pagerduty.url,
    inbox: inbox.url,
  };

  return {
    agentpay,
    urls,
    servers,
    ruler,
    wayToPager,
    wayToEngine,
    prometheusData: data("prometheus"),
    pagerDutyService: PAGERDUTY_SERVICE,
    factor,
    expressionOf: (alert) => scaleExpression(expressionOf(alert, settings.alertThresholds), pace),
    breakPrometheus: async (breakages) => {
      const extra = scaled(Object.assign({}, ...breakages.map((breakage) => breakage.files)), pace);
      const configuration = parse(files["prometheus.yml"] ?? "") as PrometheusConfiguration;
      for (const { edit } of breakages) edit(configuration);
      await writeFiles(prometheusFolder, { ...extra, "prometheus.yml": stringify(configuration) });
      await reload("Prometheus", urls.prometheus);
    },
    breakAlertmanager: async (broken) => {
      await writeFiles(alertmanagerFolder, {
        "alertmanager.yml": broken ? `${routes}\nbroken: true\n` : routes,
      });
      await reload("Alertmanager", urls.alertmanager);
    },
    breakSlack: (broken) =>
      // Slack's simulation has no such address: 404, which Alertmanager does not try again.
      writeFiles(alertmanagerFolder, slackUrl(broken ? "/revoked" : "/services/drill")),
    announceWork: async (announced) => {
      await writeFiles(prometheusFolder, announced ? filesDuring([workOnApi()]) : files);
      await reload("Prometheus", urls.prometheus);
    },
    breakStatusPage: (broken) => (broken ? statusPage.stop() : statusPage.start()),
  };
}

/** Work on the API, on the whole of the day that every drill has. */
function workOnApi(): Maintenance {
  const date = new Date(CLOCK * 1000).toISOString().slice(0, 10);
  return {
    window: { day: { date }, from: "00:00", to: "24:00" },
    when: `${date} 00:00-24:00`,
    announced: date,
    affects: ["api"],
    text: "A drill.",
    over: false,
  };
}

/** The local stack's settings with the lab's addresses. */
function labSettings(
  agentpay: RunningAgentPay,
  {
    statusPagePort,
    eventsUrl,
    smtpHost,
    replicas,
    remoteWriteUrl,
  }: {
    statusPagePort: number;
    eventsUrl: string;
    smtpHost: string;
    replicas: 1 | 2;
    remoteWriteUrl: string | undefined;
  },
): Settings {
  const settings = readSettings(REPOSITORY, "local");
  if (!settings.metrics.enabled || !settings.pagerduty.enabled || !settings.uptime.enabled) {
    throw new Error("Pulumi.local.yaml must enable metrics, pagerduty and uptime: drills are about them");
  }
  // By another name than Prometheus has for itself: AgentPay has a host of its own.
  const target = (name: keyof RunningAgentPay["urls"]) => [`localhost:${new URL(agentpay.urls[name]).port}`];
  return {
    ...settings,
    pagerduty: { ...settings.pagerduty, eventsUrl },
    notifications: { ...settings.notifications, smtpHost },
    uptime: {
      ...settings.uptime,
      // Gatus only shows: it lives by the real time.
      checkers: ["blackbox", "gatus"],
      statusPagePort,
      statusPageUrl: undefined,
      apiUrl: agentpay.urls.edge,
      widgetUrl: `${agentpay.urls.edge}/widget/v1/agentpay-chat.js`,
      probeIntervalSeconds: PROBE_INTERVAL_SECONDS,
    },
    metrics: {
      ...settings.metrics,
      replicas,
      engine: remoteWriteUrl === undefined ? "container" : "remote",
      remoteWriteUrl,
      scrapeIntervalSeconds: SCRAPE_INTERVAL_SECONDS,
      apiTargets: target("api"),
      workerTargets: target("worker"),
      postgresTargets: target("postgres"),
      redisTargets: target("redis"),
    },
  };
}

function prometheusConfigurationFiles(settings: Settings, addresses: Addresses): Record<string, string> {
  if (!settings.metrics.enabled) return {};
  const files = prometheusFiles(settings, settings.metrics);
  return { ...files, "prometheus.yml": withLabAddresses(files["prometheus.yml"] ?? "", addresses) };
}

/** What the engine elsewhere is set up with by whoever runs it: the rendered rules, and our Alertmanager. */
function engineConfiguration(files: Readonly<Record<string, string>>, addresses: Addresses): string {
  return stringify({
    rule_files: Object.keys(files).filter((file) => file.startsWith("rules/")),
    alerting: { alertmanagers: [{ static_configs: [{ targets: addresses.alertmanager }] }] },
  });
}

/** At the lab's pace, Prometheus's default waits between two shipments included. */
function atPace(files: Readonly<Record<string, string>>, pace: Pace): Record<string, string> {
  const waits = Object.fromEntries(
    ["batch_send_deadline", "max_backoff"].map((wait) => [wait, scaleDuration("5s", pace.factor)]),
  );
  const configuration = parse(files["prometheus.yml"] ?? "") as { remote_write?: object[] };
  const { remote_write: shipments } = configuration;
  const faster = shipments?.map((shipment) => ({ ...shipment, queue_config: waits }));
  return scaled(
    {
      ...files,
      "prometheus.yml": stringify({ ...configuration, ...(faster && { remote_write: faster }) }),
    },
    pace,
  );
}

function scaled(files: Readonly<Record<string, string>>, pace: Pace): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, yaml]) => [name, scaleFile(yaml, pace)]));
}

function inFolder(file: string): string {
  return path.relative(ALERTMANAGER_FOLDER, file);
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content, { mode: 0o600 });
  }
}

/** A service with somebody on call for it. Returns the keys of its integrations, by who sends. */
export async function makeIntegrations(url: string): Promise<{ alertmanager: string; cloudWatch: string }> {
  const post = async (to: string, kind: string, body: object) => {
    const answer = await askJson<Record<string, { id: string; integration_key?: string }>>(
      "the simulated PagerDuty",
      `${url}/${to}`,
      { method: "POST", headers: pagerDutyHeaders, body: JSON.stringify({ [kind]: body }) },
    );
    return answer[kind] ?? { id: "" };
  };
  const user = await post("users", "user", { name: "Drill", email: "drill@agentpay.example" });
  const policy = await post("escalation_policies", "escalation_policy", {
    name: PAGERDUTY_SERVICE,
    escalation_rules: [
      { escalation_delay_in_minutes: 15, targets: [{ id: user.id, type: "user_reference" }] },
    ],
  });
  const service = await post("services", "service", {
    name: PAGERDUTY_SERVICE,
    escalation_policy: { id: policy.id, type: "escalation_policy_reference" },
  });
  const integration = async (name: string, type: string) => {
    const made = await post(`services/${service.id}/integrations`, "integration", { name, type });
    return made.integration_key ?? "";
  };
  return {
    alertmanager: await integration("Alertmanager", "events_api_v2_inbound_integration"),
    cloudWatch: await integration("CloudWatch", "event_transformer_api_inbound_integration"),
  };
}

/** Refusing a broken configuration is what some drills want: only no answer at all is a failure. */
async function reload(server: string, url: string): Promise<void> {
  await (await ask(server, `${url}/-/reload`, { method: "POST" })).text();
}
