/** A lab as faults of the platform use it: something breaks in AgentPay, and what reaches the pager is counted. */
import { setTimeout as delay } from "node:timers/promises";
import type { FaultName } from "../../agentpay/faults.ts";
import { askJson } from "../ask.ts";
import { startFault, stopFault } from "../fault-requests.ts";
import type { Lab } from "../lab.ts";
import { SCRAPE_INTERVAL_SECONDS } from "../lab-settings.ts";
import { query } from "../observation.ts";

/** What is broken in AgentPay, each time one critical alert of a service of its own. */
export type Outage = "redis" | "postgres" | "api";

const OUTAGES: Readonly<Record<Outage, { readonly fault: FaultName; readonly service: string }>> = {
  redis: { fault: "redis-down", service: "redis" },
  postgres: { fault: "postgres-down", service: "postgres" },
  api: { fault: "api-down", service: "api" },
};

/** What came to PagerDuty about one service, oldest first. */
export interface PagerEvent {
  readonly action: "trigger" | "resolve" | "acknowledge";
  readonly key: string;
  readonly at: number;
  /** What it was about; empty where it is an end. */
  readonly summary: string;
}

interface RecordedEvent {
  readonly received_at: string;
  readonly event_action: PagerEvent["action"];
  readonly dedup_key: string;
  readonly payload: { readonly summary: string; readonly component?: string } | null;
}

const POLL_MILLISECONDS = 100;
/** What machines need, however fast the simulation is. */
const REAL_SECONDS = 20;

export class Scene {
  readonly lab: Lab;
  readonly #factor: number;
  readonly #signal: AbortSignal;

  constructor(lab: Lab, factor: number, signal: AbortSignal) {
    this.lab = lab;
    this.#factor = factor;
    this.#signal = signal;
  }

  async begin(outage: Outage): Promise<void> {
    await startFault(this.lab.agentpay.urls.api, { name: OUTAGES[outage].fault });
  }

  async end(outage: Outage): Promise<void> {
    await stopFault(this.lab.agentpay.urls.api, OUTAGES[outage].fault);
  }

  /** Everything that PagerDuty was told. */
  async allEvents(): Promise<readonly (PagerEvent & { readonly service: string | undefined })[]> {
    const { events } = await this.#ask<{ events: readonly RecordedEvent[] }>(
      `${this.lab.urls.pagerduty}/local/events`,
    );
    return events.map(({ received_at, event_action, dedup_key, payload }) => ({
      action: event_action,
      key: dedup_key,
      at: Date.parse(received_at),
      summary: payload?.summary ?? "",
      service: payload?.component,
    }));
  }

  /** What PagerDuty was told about an outage: its pages, and their ends. */
  async events(outage: Outage): Promise<readonly PagerEvent[]> {
    const all = await this.allEvents();
    const keys = new Set(
      all.filter(({ service }) => service === OUTAGES[outage].service).map(({ key }) => key),
    );
    return all.filter(({ key }) => keys.has(key));
  }

  /** Whether a message in Slack says this. */
  async slackHas(text: string): Promise<boolean> {
    const messages = await this.#ask<readonly object[]>(`${this.lab.urls.inbox}/local/messages`);
    return messages.some((message) => JSON.stringify(message).includes(text));
  }

  /** How often the pager rang for it. */
  async rings(outage: Outage): Promise<number> {
    return (await this.events(outage)).filter(({ action }) => action === "trigger").length;
  }

  /** Returns the seconds until the first page. @throws where none comes within these simulated minutes */
  async untilPaged(outage: Outage, minutes = 5): Promise<string> {
    const since = Date.now();
    await this.until(`the page about ${outage}`, minutes, async () => (await this.rings(outage)) > 0);
    return inSeconds(Date.now() - since);
  }

  /** Ends the outage, and waits until PagerDuty was told. */
  async mend(outage: Outage): Promise<void> {
    await this.end(outage);
    await this.untilOver(outage);
  }

  async untilOver(outage: Outage): Promise<void> {
    await this.until(`the end of the page about ${outage}`, 20, async () => {
      return (await this.events(outage)).at(-1)?.action === "resolve";
    });
  }

  /** @throws where the pager rang for it another number of times */
  async expectRings(outage: Outage, expected: number): Promise<void> {
    const rings = await this.rings(outage);
    if (rings !== expected) throw new Error(`the pager rang ${rings} times about ${outage}, not ${expected}`);
  }

  /** The values that an expression has now, in the Prometheus that evaluates the rules. */
  async query(expression: string): Promise<readonly number[]> {
    return await query(this.lab, expression);
  }

  /** How many samples a series has, and the longest way between two of them, counted in scrapes. */
  async gaps(series: string): Promise<{ readonly samples: number; readonly longest: number }> {
    const url = `${this.lab.urls.prometheus}/api/v1/query?query=${encodeURIComponent(`${series}[1h]`)}`;
    const answer = await this.#ask<{ data: { result: readonly { values: readonly [number, string][] }[] } }>(
      url,
    );
    const times = answer.data.result.flatMap(({ values }) => values.map(([time]) => time));
    const ways = times.slice(1).map((time, index) => time - (times[index] ?? time));
    const scrape = SCRAPE_INTERVAL_SECONDS / this.#factor;
    return { samples: times.length, longest: Math.max(0, ...ways) / scrape };
  }

  /** Lets simulated minutes pass. */
  async pass(minutes: number): Promise<void> {
    await delay((minutes * 60_000) / this.#factor, undefined, { signal: this.#signal });
  }

  /** A timestamp so many simulated minutes from now, negative ones before it. */
  inMinutes(minutes: number): string {
    return new Date(Date.now() + (minutes * 60_000) / this.#factor).toISOString();
  }

  /** @throws where it does not come true within these simulated minutes, and what a busy machine needs */
  async until(what: string, minutes: number, probe: () => Promise<boolean>): Promise<void> {
    const seconds = (minutes * 60) / this.#factor + REAL_SECONDS;
    for (const end = Date.now() + seconds * 1000; !(await probe()); ) {
      if (Date.now() > end) throw new Error(`${what} did not come within ${Math.round(seconds)} seconds`);
      await delay(POLL_MILLISECONDS, undefined, { signal: this.#signal });
    }
  }

  /** Posts to Alertmanager's API. Returns what it answers. */
  async tellAlertmanager<Answer>(path: "alerts" | "silences", body: unknown): Promise<Answer> {
    return await this.#ask(`${this.lab.urls.alertmanager}/api/v2/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  async askAlertmanager<Answer>(path: string): Promise<Answer> {
    return await this.#ask(`${this.lab.urls.alertmanager}/api/v2/${path}`);
  }

  async #ask<Answer>(url: string, request: RequestInit = {}): Promise<Answer> {
    const [server = "the simulated AgentPay"] =
      Object.entries(this.lab.urls).find(([, own]) => url.startsWith(own)) ?? [];
    return await askJson<Answer>(server, url, request);
  }
}

export function inSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
