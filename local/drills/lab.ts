/**
 * A place to break things in: a simulated AgentPay that lives fast, the real Prometheus, Alertmanager and blackbox
 * exporter with the catalogue's files at the same pace, and a PagerDuty, an inbox and, where asked for, an AWS of its own. Everything is new, on free ports and in
 * a folder of its own: a running local stack is not disturbed.
 */
import path from "node:path";
import type { Alert } from "../../catalog/alerts/alert.ts";
import { expressionOf } from "../../catalog/alerts/index.ts";
import { pagerOf } from "../../components/pagers/index.ts";
import { keyFileOf } from "../../components/prometheus/alertmanager.ts";
import { notificationSettings } from "../../components/shared/notifications.ts";
import type { Settings } from "../../settings/schema.ts";
import { freePort } from "../../toolkit/free-port.ts";
import type { FoundTool } from "../../toolkit/toolchain/find.ts";
import type { RunningExample } from "../agentpay/example.ts";
import { type RunningAgentPay, startAgentPay } from "../agentpay/index.ts";
import { Children } from "../host/children.ts";
import { LogFiles } from "../host/log-files.ts";
import { localPorts } from "../host/ports.ts";
import { type RunningInbox, startInbox } from "../platforms/inbox/server.ts";
import { startPagerDuty } from "../platforms/pagerduty/api/server.ts";
import type { RunningServer } from "../platforms/shared/http-server.ts";
import { ask } from "./ask.ts";
import type { PrometheusBreakage } from "./breakages.ts";
import { type Gateway, startGateway } from "./gateway.ts";
import { startLabAws } from "./lab-aws.ts";
import { AlertmanagerFolder, PrometheusFolder } from "./lab-files.ts";
import { makeIntegrations, PAGERDUTY_SERVICE } from "./lab-pagerduty.ts";
import type { LabServer } from "./lab-server.ts";
import {
  type Addresses,
  alertmanagers,
  engine,
  freeAddresses,
  type Ground,
  gatus,
  prometheuses,
  type Servers,
  startBlackbox,
} from "./lab-servers.ts";
import { labSettings, SCRAPE_INTERVAL_SECONDS } from "./lab-settings.ts";
import { type Pace, scaleExpression } from "./scale.ts";

export interface LabOptions {
  /** Folder of its own. */
  readonly folder: string;
  /** Seconds of the simulation in one second. */
  readonly factor: number;
  readonly tools: {
    readonly [Name in "prometheus" | "alertmanager" | "blackbox" | "gatus" | "moto"]: FoundTool;
  };
  /** What its clock shows at the start, seconds since 1970: traffic depends on the time of day. Default: a Monday, 9:00 UTC. */
  readonly clock?: number;
  /** Whether there is an AWS, for phones and the heartbeat. */
  readonly aws: boolean;
  /** Starts what takes the place of the simulated api and worker, in real time. Default: they are simulated. */
  readonly startServer?: () => Promise<RunningExample>;
  /** Whether Prometheus has a small disk of its own, which can be filled. Default: no. */
  readonly smallDisk?: boolean;
  /** By alert, in the place of the local stack's. Default: none. */
  readonly thresholds?: Settings["alertThresholds"];
  /** Of Prometheus and of Alertmanager. Default: one. */
  readonly replicas?: 1 | 2;
  /** Seconds between scrapes where everything is looked at as often as in production. Default: nothing is, for busy machines. */
  readonly scrapeIntervalSeconds?: number;
  /** Whether Prometheus only ships its samples to a second one, which has the rules. Default: no. */
  readonly remoteEngine?: boolean;
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

/** Average traffic, and none that is less for many simulated hours. Every drill has the same day. */
const CLOCK = Date.UTC(2026, 5, 1, 9) / 1000;
const SEED = 1;

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

/** Takes note of what has to be stopped with the lab. */
type Keep = <T extends { stop(): Promise<void> }>(server: T) => T;

/** What a lab is built on. */
interface Site extends Ground {
  readonly options: LabOptions;
  readonly pace: Pace;
  readonly logs: LogFiles;
  readonly keep: Keep;
}

async function assemble(options: LabOptions, undo: (() => Promise<void>)[]): Promise<Omit<Lab, "stop">> {
  const { folder, factor, clock = CLOCK, replicas = 1, remoteEngine = false } = options;
  const logs = new LogFiles(path.join(folder, "logs"));
  const site: Site = {
    options,
    pace: { factor, startedAt: Date.now() / 1000, clock },
    logs,
    keep: (server) => {
      undo.push(() => server.stop());
      return server;
    },
    children: new Children(path.join(folder, "children.json"), logs),
    folder,
    factor,
    data: (name) => path.join(folder, "data", name),
  };
  const { agentpay, pagerduty, inbox } = await startSurroundings(site);
  const addresses = await freeAddresses(replicas);
  undo.push(() => site.children.stopAll());
  const wayToPager = site.keep(await startGateway(pagerduty.url));
  const wayToEngine = site.keep(await startGateway(`http://${addresses.engine}`));
  const settings = labSettings(agentpay, {
    statusPagePort: await freePort(),
    eventsUrl: wayToPager.url,
    smtpHost: inbox.mailAddress,
    replicas,
    scrapeIntervalSeconds: options.scrapeIntervalSeconds ?? SCRAPE_INTERVAL_SECONDS,
    ...(site.options.thresholds && { thresholds: site.options.thresholds }),
    remoteWriteUrl: remoteEngine ? `${wayToEngine.url}/api/v1/write` : undefined,
  });
  const folders = await writeFolders(site, settings, addresses, { pagerduty, inbox });
  const platform = await startPlatform(site, settings, addresses, folders);
  const { servers, ruler } = platform;
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
    prometheusData: site.data("prometheus"),
    pagerDutyService: PAGERDUTY_SERVICE,
    factor,
    expressionOf: (alert) => scaleExpression(expressionOf(alert, settings.alertThresholds), site.pace),
    ...disturbances(folders, platform.statusPage, urls),
  };
}

interface Surroundings {
  readonly agentpay: RunningAgentPay;
  readonly pagerduty: RunningServer;
  readonly inbox: RunningInbox;
}

/** What the platform watches, and those it tells. */
async function startSurroundings({ options, pace, logs, data, keep }: Site): Promise<Surroundings> {
  const { startServer } = options;
  const freePorts = Object.fromEntries(Object.keys(localPorts(0)).map((name) => [name, 0]));
  const agentpay = keep(
    await startAgentPay(
      { ports: freePorts as ReturnType<typeof localPorts>, logger: (name) => logs.logger(name) },
      { speed: pace.factor, clock: pace.clock, seed: SEED, ...(startServer && { startServer }) },
    ),
  );
  const pagerduty = keep(await startPagerDuty({ port: 0, dataFolder: data("pagerduty") }));
  const inbox = keep(await startInbox({ port: 0, mailPort: 0, dataFolder: data("inbox") }));
  return { agentpay, pagerduty, inbox };
}

interface Folders {
  readonly prometheus: PrometheusFolder;
  readonly alertmanager: AlertmanagerFolder;
}

/** Makes the accounts at the vendors, an AWS where asked for, and the configuration that names them. */
async function writeFolders(
  site: Site,
  settings: Settings,
  addresses: Addresses,
  { pagerduty, inbox }: Pick<Surroundings, "pagerduty" | "inbox">,
): Promise<Folders> {
  const { options, folder, pace, children, logs, keep } = site;
  const pager = pagerOf(settings);
  const notifications = notificationSettings(settings, pager);
  const keys = await makeIntegrations(pagerduty.url);
  const cloud = options.aws
    ? keep(
        await startLabAws(settings, {
          tools: options.tools,
          startChild: (child) => children.start({ cwd: folder, ...child }),
          log: logs.logger("aws"),
          inbox,
          pagerDutyEndpoint: `${pagerduty.url}/integration/${keys.cloudWatch}/enqueue`,
          now: () => (pace.clock + (Date.now() / 1000 - pace.startedAt) * pace.factor) * 1000,
        }),
      )
    : undefined;
  const prometheus = new PrometheusFolder(
    path.join(folder, "prometheus"),
    settings,
    addresses,
    pace,
    options.scrapeIntervalSeconds === undefined ? `${SCRAPE_INTERVAL_SECONDS}s` : undefined,
  );
  const content = {
    notifications: {
      ...notifications,
      sns: cloud && notifications.sns && { ...notifications.sns, apiUrl: cloud.url },
    },
    keys: pager ? { [keyFileOf(pager)]: keys.alertmanager } : {},
    slack: inbox.url,
  };
  const alertmanager = new AlertmanagerFolder(path.join(folder, "alertmanager"), content, pace);
  await prometheus.write();
  await alertmanager.write();
  return { prometheus, alertmanager };
}

interface Platform extends Pick<Lab, "servers" | "ruler"> {
  readonly statusPage: LabServer;
}

/** The platform's own servers: those that are asked or told something start before those that do so. */
async function startPlatform(
  site: Site,
  settings: Settings,
  addresses: Addresses,
  folders: Folders,
): Promise<Platform> {
  const { tools, smallDisk = false, remoteEngine = false } = site.options;
  const servers = {
    alertmanager: alertmanagers(site, tools.alertmanager, addresses, folders.alertmanager.path),
    prometheus: await prometheuses(site, tools.prometheus, addresses, folders.prometheus.path, {
      smallDisk,
      shipsOnly: remoteEngine,
    }),
  };
  const ruler = remoteEngine
    ? engine(site, tools.prometheus, addresses.engine, folders.prometheus.path)
    : servers.prometheus[0];
  if (remoteEngine) {
    await folders.prometheus.writeEngine();
    await ruler.start();
  }
  for (const server of servers.alertmanager) await server.start();
  await startBlackbox(site, tools.blackbox, addresses, settings);
  const statusPage = await gatus(site, tools.gatus, settings);
  await statusPage.start();
  for (const server of servers.prometheus) await server.start();
  return { servers, ruler, statusPage };
}

type Disturbance =
  | "breakPrometheus"
  | "breakAlertmanager"
  | "breakSlack"
  | "announceWork"
  | "breakStatusPage";

/** What drills do to a lab. */
function disturbances(
  { prometheus, alertmanager }: Folders,
  statusPage: LabServer,
  urls: Lab["urls"],
): Pick<Lab, Disturbance> {
  return {
    breakPrometheus: async (breakages) => {
      await prometheus.writeBroken(breakages);
      await reload("Prometheus", urls.prometheus);
    },
    breakAlertmanager: async (broken) => {
      await alertmanager.writeRoutes(broken);
      await reload("Alertmanager", urls.alertmanager);
    },
    breakSlack: (broken) => alertmanager.writeSlack(broken),
    announceWork: async (announced) => {
      await (announced ? prometheus.writeWork() : prometheus.write());
      await reload("Prometheus", urls.prometheus);
    },
    breakStatusPage: (broken) => (broken ? statusPage.stop() : statusPage.start()),
  };
}

/** Refusing a broken configuration is what some drills want: only no answer at all is a failure. */
async function reload(server: string, url: string): Promise<void> {
  await (await ask(server, `${url}/-/reload`, { method: "POST" })).text();
}
