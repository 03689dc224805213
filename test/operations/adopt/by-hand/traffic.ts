/** An AgentPay that goes on sending to the addresses and keys that it has, whatever is done to them meanwhile. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../../../toolkit/error-message.ts";
import type { Accounts } from "./accounts.ts";

const PAUSE_MILLISECONDS = 500;

export interface Addresses {
  readonly dsns: readonly string[];
  readonly routingKeys: readonly string[];
  /** What SNS sends CloudWatch's alarms to. */
  readonly cloudWatchKey: string;
}

export class Traffic {
  /** What was lost, and when. */
  readonly lost: string[] = [];
  sent = 0;
  readonly #accounts: Accounts;
  readonly #addresses: Addresses;
  readonly #stopped = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(accounts: Accounts, addresses: Addresses) {
    this.#accounts = accounts;
    this.#addresses = addresses;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await this.round();
      await sleep(PAUSE_MILLISECONDS, undefined, { signal }).catch(() => {});
    }
  }

  /** One event to each address. */
  async round(): Promise<void> {
    const { dsns, routingKeys, cloudWatchKey } = this.#addresses;
    for (const dsn of dsns) await this.#noting(dsn, () => this.#toSentry(dsn));
    for (const key of routingKeys) await this.#noting(key, () => this.#toPagerDuty(key));
    await this.#noting(cloudWatchKey, () => this.#fromCloudWatch(cloudWatchKey));
  }

  async #noting(to: string, attempt: () => Promise<void>): Promise<void> {
    this.sent += 1;
    await attempt().catch((error: unknown) =>
      this.lost.push(`${new Date().toISOString()} ${to}: ${messageOf(error)}`),
    );
  }

  /** Taken, and really there afterwards. */
  async #toSentry(dsn: string): Promise<void> {
    const { username, host, pathname } = new URL(dsn);
    const eventId = randomUUID().replaceAll("-", "");
    const answer = await fetch(`http://${host}/api${pathname}/store/`, {
      method: "POST",
      headers: { "x-sentry-auth": `Sentry sentry_version=7, sentry_key=${username}` },
      body: JSON.stringify({ event_id: eventId, message: "the cart is empty", level: "warning" }),
    });
    if (!answer.ok) throw new Error(`Sentry answered ${answer.status}: ${await answer.text()}`);
    const { events } = await this.#accounts.json<{ events: { eventId: string }[] }>(
      "sentry",
      "/local/events",
    );
    if (!events.some((event) => event.eventId === eventId)) throw new Error("Sentry does not have it");
  }

  async #toPagerDuty(routing_key: string): Promise<void> {
    const event = { routing_key, event_action: "trigger", dedup_key: `by-hand-${routing_key.slice(0, 4)}` };
    const payload = { summary: "the old Alertmanager tells", source: "by hand", severity: "critical" };
    await this.#accounts.json("pagerduty", "/v2/enqueue", {
      ...{ method: "POST", headers: { "content-type": "application/json" } },
      body: JSON.stringify({ ...event, payload }),
    });
  }

  async #fromCloudWatch(key: string): Promise<void> {
    const alarm = { AlarmName: "an alarm by hand", NewStateValue: "ALARM" };
    await this.#accounts.json("pagerduty", `/integration/${key}/enqueue`, {
      ...{ method: "POST", headers: { "content-type": "application/json" } },
      body: JSON.stringify({ Type: "Notification", Message: JSON.stringify(alarm) }),
    });
  }
}
