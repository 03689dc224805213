/** Real Alertmanagers with a configuration that we render, and a server that takes all that they send. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { pagerOf } from "../../components/pagers/index.ts";
import {
  ALERTMANAGER_FOLDER,
  alertmanagerFiles,
  keyFileOf,
  secretFiles,
} from "../../components/prometheus/alertmanager.ts";
import { notificationSettings } from "../../components/shared/notifications.ts";
import { tools } from "../../operations/tools/tools.ts";
import type { Settings } from "../../settings/schema.ts";
import { parseSettings } from "../../settings/settings.ts";
import { freePort } from "../../toolkit/free-port.ts";
import { ensureTool } from "../../toolkit/toolchain/find.ts";
import { eventually } from "./eventually.ts";
import { configurationOf, type Overrides, type Stack } from "./program.ts";

export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt?: string;
  readonly endsAt?: string;
}

/** What was sent, by path: `/v2/enqueue` to PagerDuty, `/slack` to Slack, `/` to SNS. */
export interface Sent {
  readonly path: string;
  readonly body: string;
}

export interface AlertStatus {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: {
    readonly state: string;
    readonly inhibitedBy: readonly string[];
    readonly silencedBy: readonly string[];
  };
}

export interface AlertmanagerOptions {
  /** How many that gossip. Default: one. */
  readonly replicas?: 1 | 2;
  /** The stack's settings that differ. */
  readonly overrides?: Overrides;
  /** What PagerDuty answers. Default: 202. */
  readonly pagerDuty?: () => number;
  /** The settings, where they are not those of the stack's file with the overrides. */
  readonly settings?: (configuration: ReturnType<typeof configurationOf>) => Settings;
}

export interface AlertmanagerUnderTest {
  readonly sent: readonly Sent[];
  /** To every replica, as Prometheus does. */
  post(alerts: readonly PostedAlert[]): Promise<void>;
  alerts(): Promise<readonly AlertStatus[]>;
  /** Of a path such as `/metrics`. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** The keys of all groups that alerts were put in, by alert name. */
  groupKeys(): Promise<Readonly<Record<string, string>>>;
  /** Ends every replica; with "SIGKILL" none can write anything down. */
  down(signal?: NodeJS.Signals): Promise<void>;
  /** Starts them again, with what they had written down. */
  up(): Promise<void>;
  stop(): Promise<void>;
}

/** Seconds, for what takes Alertmanager minutes. */
const FAST = {
  group_wait: "1s",
  group_interval: "1s",
  snapshot: "1s",
} as const;

/** @throws where Alertmanager does not come up */
export async function startAlertmanager(
  stack: Stack,
  options: AlertmanagerOptions = {},
): Promise<AlertmanagerUnderTest> {
  const { replicas = 1, pagerDuty = () => 202 } = options;
  const binary = (await ensureTool(tools.alertmanager)).binaries["alertmanager"] ?? "alertmanager";
  const folder = await mkdtemp(join(tmpdir(), "agentpay-alertmanager-"));
  const sent: Sent[] = [];
  const receiver = createServer(async (request, response) => {
    const body = await bodyOf(request).catch(() => undefined);
    // An Alertmanager that is ended or gives up in the middle of a message has sent none.
    if (body === undefined) return;
    sent.push({ path: request.url ?? "", body });
    const { status, text } = answer(request.url ?? "", pagerDuty);
    response.writeHead(status).end(text);
  });
  const address = `http://127.0.0.1:${await listen(receiver)}`;
  await placeFiles(folder, stack, address, options);
  const ports: { web: number; cluster: number }[] = [];
  while (ports.length < replicas) ports.push({ web: await freePort(), cluster: await freePort() });
  const apis = ports.map(({ web }) => `http://127.0.0.1:${web}/api/v2`);
  let children: ChildProcess[] = [];
  const down = async (signal?: NodeJS.Signals) => {
    await Promise.all(children.map((child) => end(child, signal)));
    children = [];
  };
  const up = async () => {
    children = ports.map((own, index) => start(binary, folder, index, own, ports));
    await Promise.all(apis.map(untilReady));
  };
  const stop = async () => {
    await down();
    receiver.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await up();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    sent,
    stop,
    down,
    up,
    alerts: async () => (await (await fetch(`${apis[0]}/alerts`)).json()) as AlertStatus[],
    get: (path, headers = {}) => fetch(`http://127.0.0.1:${ports[0]?.web}${path}`, { headers }),
    groupKeys: () => recordedGroupKeys(join(folder, "events.jsonl")),
    async post(alerts) {
      await Promise.all(apis.map((api) => postTo(api, alerts)));
    },
  };
}

async function postTo(api: string, alerts: readonly PostedAlert[]): Promise<void> {
  const response = await fetch(`${api}/alerts`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(alerts),
  });
  if (!response.ok) throw new Error(`Alertmanager refused the alerts: ${await response.text()}`);
}

function start(
  binary: string,
  folder: string,
  index: number,
  own: { web: number; cluster: number },
  all: readonly { cluster: number }[],
): ChildProcess {
  const peers = all.filter(({ cluster }) => cluster !== own.cluster);
  const gossip = [
    `--cluster.listen-address=127.0.0.1:${own.cluster}`,
    ...peers.map(({ cluster }) => `--cluster.peer=127.0.0.1:${cluster}`),
    "--cluster.peer-timeout=2s",
    "--cluster.settle-timeout=1s",
  ];
  return spawn(
    binary,
    [
      `--config.file=${join(folder, "alertmanager.yml")}`,
      `--storage.path=${join(folder, `data-${index}`)}`,
      `--data.maintenance-interval=${FAST.snapshot}`,
      `--web.listen-address=127.0.0.1:${own.web}`,
      "--enable-feature=event-recorder",
      ...(peers.length > 0 ? gossip : ["--cluster.listen-address="]),
    ],
    {
      stdio: "ignore",
      env: {
        PATH: process.env["PATH"],
        AWS_SHARED_CREDENTIALS_FILE: inFolder(folder, secretFiles.awsCredentials),
      },
    },
  );
}

async function untilReady(api: string): Promise<void> {
  await eventually("Alertmanager", () =>
    fetch(`${api}/status`).then(
      ({ ok }) => ok || undefined,
      () => undefined,
    ),
  );
}

/** As the stack renders them, but with every address that of our server, files in our folder, and no long waits. */
async function placeFiles(
  folder: string,
  stack: Stack,
  address: string,
  { overrides = {}, settings: settingsOf }: AlertmanagerOptions,
): Promise<void> {
  const configuration = configurationOf(stack, {
    "pagerduty.eventsUrl": address,
    "aws.endpointUrl": address,
    "notifications.smtpHost": "",
    "notifications.smtpUsername": "",
    ...overrides,
  });
  const settings = settingsOf?.(configuration) ?? parseSettings(stack, configuration);
  const pager = pagerOf(settings);
  const secrets = {
    ...(pager && { [keyFileOf(pager)]: "0".repeat(32) }),
    [secretFiles.slackWebhookUrl]: `${address}/slack`,
    [secretFiles.smtpPassword]: "none",
    [secretFiles.awsCredentials]: "[default]\naws_access_key_id = test\naws_secret_access_key = test\n",
  };
  const recorder = {
    event_recorder: { file_outputs: [{ name: "test", path: join(folder, "events.jsonl") }] },
  };
  const all = { ...secrets, ...alertmanagerFiles(notificationSettings(settings, pager)) };
  for (const [path, content] of Object.entries(all)) {
    const file = inFolder(folder, path);
    await mkdir(dirname(file), { recursive: true });
    const text = content
      .replaceAll(ALERTMANAGER_FOLDER, folder)
      .replaceAll("host.docker.internal", "127.0.0.1")
      .replaceAll(/group_wait: \S+/g, `group_wait: ${FAST.group_wait}`)
      .replaceAll(/group_interval: \S+/g, `group_interval: ${FAST.group_interval}`);
    await writeFile(file, path === "alertmanager.yml" ? text + stringify(recorder) : text);
  }
}

interface RecordedEvent {
  readonly data: {
    readonly alertGrouped?: {
      readonly groupInfo: { readonly groupKey: string; readonly receiverName: string };
      readonly alert: { readonly details: { readonly labels: Readonly<Record<string, string>> } };
    };
  };
}

async function recordedGroupKeys(file: string): Promise<Readonly<Record<string, string>>> {
  const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
  const grouped = lines.flatMap((line) => (JSON.parse(line) as RecordedEvent).data.alertGrouped ?? []);
  return Object.fromEntries(
    grouped.map(({ alert, groupInfo }) => [alert.details.labels["alertname"] ?? "", groupInfo.groupKey]),
  );
}

function inFolder(folder: string, path: string): string {
  return path.startsWith(ALERTMANAGER_FOLDER)
    ? path.replace(ALERTMANAGER_FOLDER, folder)
    : join(folder, path);
}

/** What each service says when it has taken a message. */
function answer(path: string, pagerDuty: () => number): { status: number; text: string } {
  if (path === "/v2/enqueue") return { status: pagerDuty(), text: "{}" };
  if (path === "/slack") return { status: 200, text: "ok" };
  const result = "<PublishResult><MessageId>1</MessageId></PublishResult>";
  return { status: 200, text: `<PublishResponse>${result}</PublishResponse>` };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function end(child: ChildProcess, signal?: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, "exit");
}
