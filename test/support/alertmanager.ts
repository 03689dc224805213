/** A real Alertmanager with a configuration that we render, and a server that takes all that it sends. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort } from "../../local/free-port.ts";
import { ensureTool } from "../../local/toolchain/find.ts";
import { tools } from "../../local/toolchain/tools.ts";
import { ALERTMANAGER_FOLDER, alertmanagerFiles, secretFiles } from "../../render/alertmanager.ts";
import { notificationSettings } from "../../render/index.ts";
import { parseSettings } from "../../settings.ts";
import { eventually } from "./eventually.ts";
import { configurationOf, type Stack } from "./program.ts";

export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
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
  readonly status: { readonly state: string; readonly inhibitedBy: readonly string[] };
}

export interface AlertmanagerUnderTest {
  readonly sent: readonly Sent[];
  post(alerts: readonly PostedAlert[]): Promise<void>;
  alerts(): Promise<readonly AlertStatus[]>;
  /** Of a path such as `/metrics`. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  stop(): Promise<void>;
}

/** @throws where Alertmanager does not come up */
export async function startAlertmanager(stack: Stack): Promise<AlertmanagerUnderTest> {
  const binary = (await ensureTool(tools.alertmanager)).binaries["alertmanager"] ?? "alertmanager";
  const folder = await mkdtemp(join(tmpdir(), "agentpay-alertmanager-"));
  const sent: Sent[] = [];
  const receiver = createServer(async (request, response) => {
    const body = await bodyOf(request);
    sent.push({ path: request.url ?? "", body });
    const { status, text } = answer(request.url ?? "");
    response.writeHead(status).end(text);
  });
  const address = `http://127.0.0.1:${await listen(receiver)}`;
  const port = await freePort();
  await placeFiles(folder, stack, address);
  const child = spawn(
    binary,
    [
      `--config.file=${join(folder, "alertmanager.yml")}`,
      `--storage.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--cluster.listen-address=",
    ],
    {
      stdio: "ignore",
      env: {
        PATH: process.env["PATH"],
        AWS_SHARED_CREDENTIALS_FILE: inFolder(folder, secretFiles.awsCredentials),
      },
    },
  );
  const stop = async () => {
    await end(child);
    receiver.close();
    await rm(folder, { recursive: true, force: true });
  };
  const server = `http://127.0.0.1:${port}`;
  const api = `${server}/api/v2`;
  try {
    await eventually("Alertmanager", () =>
      fetch(`${api}/status`).then(
        ({ ok }) => ok || undefined,
        () => undefined,
      ),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    sent,
    stop,
    get: (path, headers = {}) => fetch(`${server}${path}`, { headers }),
    alerts: async () => (await (await fetch(`${api}/alerts`)).json()) as AlertStatus[],
    async post(alerts) {
      const headers = { "Content-Type": "application/json" };
      const response = await fetch(`${api}/alerts`, {
        method: "POST",
        headers,
        body: JSON.stringify(alerts),
      });
      if (!response.ok) throw new Error(`Alertmanager refused the alerts: ${await response.text()}`);
    },
  };
}

/** As the stack renders them, but with every address that of our server, files in our folder, and no long waits. */
async function placeFiles(folder: string, stack: Stack, address: string): Promise<void> {
  const configuration = configurationOf(stack, {
    "pagerduty.eventsUrl": address,
    "aws.endpointUrl": address,
    "notifications.smtpHost": "",
    "notifications.smtpUsername": "",
  });
  const files = alertmanagerFiles(notificationSettings(parseSettings(stack, configuration)));
  const secrets = {
    [secretFiles.pagerDutyRoutingKey]: "0".repeat(32),
    [secretFiles.slackWebhookUrl]: `${address}/slack`,
    [secretFiles.awsCredentials]: "[default]\naws_access_key_id = test\naws_secret_access_key = test\n",
  };
  const all = { ...secrets, ...files };
  for (const [path, content] of Object.entries(all)) {
    const file = inFolder(folder, path);
    await mkdir(dirname(file), { recursive: true });
    const text = content
      .replaceAll(ALERTMANAGER_FOLDER, folder)
      .replaceAll("host.docker.internal", "127.0.0.1");
    await writeFile(file, text.replaceAll(/(group_wait|group_interval): \S+/g, "$1: 1s"));
  }
}

function inFolder(folder: string, path: string): string {
  return path.startsWith(ALERTMANAGER_FOLDER)
    ? path.replace(ALERTMANAGER_FOLDER, folder)
    : join(folder, path);
}

/** What each service says when it has taken a message. */
function answer(path: string): { status: number; text: string } {
  if (path === "/v2/enqueue") return { status: 202, text: "{}" };
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

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill();
  await once(child, "exit");
}
