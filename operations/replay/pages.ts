/**
 * Who would have been told: the replayed alerts are handed to a real Alertmanager, with the stack's routes, groups and
 * inhibitions, in a time that runs faster. Nothing leaves this machine.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { Failure } from "../../toolkit/failure.ts";
import { freePort, listenOnLoopback } from "../../toolkit/free-port.ts";
import { withTemporaryFolder } from "../../toolkit/temporary-folder.ts";
import { ensureTool } from "../../toolkit/toolchain/find.ts";
import { tools } from "../tools/tools.ts";
import { type Channel, type FastConfiguration, fastConfiguration, VARIANT } from "./alertmanager-files.ts";
import { playedUntil, RESENT, type Scene, type Sent, scenesOf, timeAfter } from "./schedule.ts";
import type { Labels } from "./series.ts";

/** Something that a channel was told of alerts that fire. */
export interface Message {
  readonly channel: Channel;
  /** What Alertmanager calls the group to a pager: whatever has the same key belongs to the incident that is open. */
  readonly key: string;
  /** Of the history, milliseconds since 1970; to a few seconds. */
  readonly at: number;
  /** Of the alerts that fire. */
  readonly alerts: readonly Labels[];
  /** Which of several replays it belongs to, that Alertmanager plays at once. */
  readonly variant: string;
  /** Whether it wakes somebody: it opens an incident. What repeats an open one, or joins it, does not. */
  readonly isPage: boolean;
}

export interface Told {
  readonly messages: readonly Message[];
  readonly remarks: readonly string[];
}

export interface PageOptions {
  /** The stack's Alertmanager configuration. */
  readonly configuration: string;
  readonly sent: readonly Sent[];
  readonly onProgress: (line: string) => void;
  /** Seconds of the history in a second. Default: what keeps the shortest wait long enough to be kept. */
  readonly factor?: number;
}

/** A wait of 30 seconds is then 50 milliseconds. */
const FACTOR = 600;
const READY_MILLISECONDS = 20_000;
/** Of our time, for what is under way when all has been played. */
const LAST_MILLISECONDS = 500;
/** Of the history: half of what an alert lasts at the least. A machine that stands still for longer loses pages. */
const BEARABLE_MILLISECONDS = RESENT / 2;
/** Each at half the pace of the one before. */
const ATTEMPTS = 4;

/**
 * Plays it, and more slowly again where the machine did not keep up: what is handed over late may be over by then.
 * @throws Failure where no Alertmanager can be had, or it refuses the configuration
 */
export async function pagesOf(options: PageOptions): Promise<Told> {
  const { binaries } = await ensureTool(tools.alertmanager, { onProgress: options.onProgress });
  const binary = binaries["alertmanager"] ?? "";
  let { factor = FACTOR } = options;
  for (let attempt = 1; ; attempt++) {
    const { stoodStill, ...told } = await played(binary, { ...options, factor });
    const minutes = Math.ceil((stoodStill * factor) / 60_000);
    if (stoodStill * factor <= BEARABLE_MILLISECONDS) return told;
    if (attempt === ATTEMPTS) {
      const remark = `pages may be missing: this machine stood still for ${minutes} minutes of the history; play it again when less runs on it`;
      return { ...told, remarks: [...told.remarks, remark] };
    }
    options.onProgress(`stood still for ${minutes} minutes of the history: once more, at half the pace`);
    factor /= 2;
  }
}

interface Played extends Told {
  /** The longest time in which this machine did nothing of it; milliseconds by our clock. */
  readonly stoodStill: number;
}

/** @param binary path of Alertmanager */
async function played(
  binary: string,
  { configuration, sent, onProgress, factor }: PageOptions & { readonly factor: number },
): Promise<Played> {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    calls.push({ path: request.url ?? "", received: Date.now(), body: await bodyOf(request) });
    response.end();
  });
  const port = await listenOnLoopback(server);
  try {
    const fast = fastConfiguration(configuration, factor, `http://127.0.0.1:${port}`);
    const scenes = scenesOf(sent, 2 * fast.longestInterval);
    const { startedAt, stoodStill } = await withTemporaryFolder("pages", (folder) =>
      withAlertmanager(binary, folder, fast.text, (url) =>
        perform({ url, sent, scenes, factor, onProgress }),
      ),
    );
    return {
      messages: messagesOf(calls, fast, scenes, (time) => (time - startedAt) * factor),
      remarks: fast.remarks,
      stoodStill,
    };
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

interface Performance {
  readonly url: string;
  readonly sent: readonly Sent[];
  readonly scenes: readonly Scene[];
  readonly factor: number;
  readonly onProgress: (line: string) => void;
}

/** @returns when the first scene began, and for how long nothing happened at the most, by our clock */
async function perform({
  url,
  sent,
  scenes,
  factor,
  onProgress,
}: Performance): Promise<Pick<Played, "stoodStill"> & { readonly startedAt: number }> {
  const length = scenes.reduce((sum, { from, to }) => sum + (to - from), 0);
  onProgress(
    `hands ${sent.length} firings to an Alertmanager, which takes ${Math.ceil(length / factor / 1000)} seconds`,
  );
  const delays = monitorEventLoopDelay();
  delays.enable();
  let slowestAnswer = 0;
  const startedAt = Date.now();
  const ours = (time: number) => startedAt + playedUntil(scenes, time) / factor;
  for (const start of [...new Set(sent.map((each) => each.start))].toSorted((left, right) => left - right)) {
    await delay(Math.max(0, ours(start) - Date.now()));
    const together = sent.filter((each) => each.start === start);
    const times = (end: number) => ({
      startsAt: new Date(ours(start)).toISOString(),
      endsAt: new Date(ours(end)).toISOString(),
    });
    const handedAt = Date.now();
    await post(
      url,
      together.map(({ labels, end: over }) => ({ labels, ...times(over) })),
    );
    slowestAnswer = Math.max(slowestAnswer, Date.now() - handedAt);
  }
  await delay(Math.max(0, startedAt + length / factor - Date.now()) + LAST_MILLISECONDS);
  delays.disable();
  return { startedAt, stoodStill: Math.max(slowestAnswer, delays.max / 1e6) };
}

async function post(url: string, alerts: readonly object[]): Promise<void> {
  const response = await fetch(`${url}/api/v2/alerts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(alerts),
  });
  if (!response.ok) throw new Failure(`Alertmanager refused a replayed alert: ${await response.text()}`);
}

async function withAlertmanager<Result>(
  binary: string,
  folder: string,
  configuration: string,
  act: (url: string) => Promise<Result>,
): Promise<Result> {
  const file = join(folder, "alertmanager.yml");
  await writeFile(file, configuration, { mode: 0o600 });
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    binary,
    [
      `--config.file=${file}`,
      `--storage.path=${join(folder, "data")}`,
      `--web.listen-address=${address}`,
      "--cluster.listen-address=",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const said: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => said.push(text));
  try {
    await ready(`http://${address}`, child, said);
    return await act(`http://${address}`);
  } finally {
    await end(child);
  }
}

async function ready(url: string, child: ChildProcess, said: readonly string[]): Promise<void> {
  for (const until = Date.now() + READY_MILLISECONDS; ; await delay(50)) {
    const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
    if (answer?.ok) return;
    if (child.exitCode !== null || Date.now() > until) {
      throw new Failure(`Alertmanager does not start:\n${said.join("").trim().slice(-1000)}`);
    }
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}

interface Call {
  readonly path: string;
  readonly received: number;
  readonly body: string;
}

const payload = z.object({
  groupKey: z.string(),
  status: z.enum(["firing", "resolved"]),
  alerts: z.array(z.object({ status: z.string(), labels: z.record(z.string(), z.string()) })),
});

function messagesOf(
  calls: readonly Call[],
  { channels }: FastConfiguration,
  scenes: readonly Scene[],
  playedAt: (time: number) => number,
): readonly Message[] {
  const open = new Set<string>();
  // Where there is a pager, an SMS beside its page is no second one.
  const hasPager = [...channels.values()].some(({ keepsIncidents }) => keepsIncidents);
  return calls.flatMap(({ path, received, body }) => {
    const channel = channels.get(path);
    const { groupKey, status, alerts } = payload.parse(JSON.parse(body));
    if (channel === undefined) return [];
    const incident = `${path} ${groupKey}`;
    if (status === "resolved") {
      open.delete(incident);
      return [];
    }
    const isNew = !channel.keepsIncidents || !open.has(incident);
    const isPage = channel.pages && isNew && channel.keepsIncidents === hasPager;
    open.add(incident);
    const firing = alerts.filter((alert) => alert.status === "firing").map(({ labels }) => labels);
    const variant = firing[0]?.[VARIANT] ?? "";
    const key = createHash("sha256").update(groupKey).digest("hex");
    return [{ channel, key, at: timeAfter(scenes, playedAt(received)), alerts: firing, variant, isPage }];
  });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
