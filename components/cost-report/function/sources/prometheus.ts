import { z } from "zod";
import { metrics } from "../../../../catalog/metrics/index.ts";
import { addDays, type Day, dayOf, daysOf, type Span, startOf } from "../calendar.ts";
import type { ConversationDay, LlmDay } from "../figures.ts";
import { ANSWER_MILLISECONDS, type Found } from "./source.ts";

const DAY_SECONDS = 86_400;

const matrix = z.object({
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])),
      }),
    ),
  }),
});

/** What a counter grew by in a day. */
interface Growth {
  readonly day: Day;
  /** Value of the label that the growth is grouped by; "" without one. */
  readonly group: string;
  readonly value: number;
}

/**
 * What counters grew by, day by day: estimates, since Prometheus knows nothing of the moments between two scrapes. A
 * day on which it saw none of AgentPay's counters is unknown, not empty.
 */
export class Prometheus {
  readonly name = "Prometheus";
  readonly #url: string;
  readonly #headersFor: (url: URL) => Promise<Record<string, string>>;

  /** @param headersFor what a request to that address must carry. Default: nothing */
  constructor(url: string, headersFor: (url: URL) => Promise<Record<string, string>> = async () => ({})) {
    this.#url = url;
    this.#headersFor = headersFor;
  }

  async llmDays(span: Span): Promise<Found<LlmDay>> {
    const [usd, calls, unpriced] = await Promise.all([
      this.#increase(metrics.llmCost.name, span, "model"),
      this.#increase(`${metrics.llmRequests.name}{status="success"}`, span, "model"),
      this.#increase(metrics.llmUnpricedRequests.name, span, "model"),
    ]);
    const all = [...usd, ...calls, ...unpriced];
    const keys = new Map(all.map(({ day, group }) => [`${day} ${group}`, { day, group }]));
    const at = (rows: readonly Growth[], day: Day, group: string) =>
      rows.find((row) => row.day === day && row.group === group)?.value ?? 0;
    const rows = [...keys.values()].map(({ day, group }) => ({
      day,
      model: group,
      usd: at(usd, day, group),
      calls: Math.round(at(calls, day, group)),
      unpricedCalls: Math.round(at(unpriced, day, group)),
    }));
    return {
      rows: rows.filter((row) => row.usd > 0 || row.calls > 0 || row.unpricedCalls > 0),
      unknownDays: daysWithout(all, span),
    };
  }

  async conversationDays(span: Span): Promise<Found<ConversationDay>> {
    const [started, bought] = await Promise.all([
      this.#increase(metrics.conversationsStarted.name, span),
      this.#increase(`${metrics.checkouts.name}{status="completed"}`, span),
    ]);
    const rows = started.map(({ day, value }) => ({
      day,
      conversations: Math.round(value),
      conversions: Math.round(bought.find((row) => row.day === day)?.value ?? 0),
    }));
    return { rows, unknownDays: daysWithout(started, span) };
  }

  /** Each day's growth is known at its end. */
  async #increase(selector: string, { first, last }: Span, label = ""): Promise<readonly Growth[]> {
    const parameters = new URLSearchParams({
      query: `sum by (${label}) (increase(${selector}[1d]))`,
      start: startOf(addDays(first, 1)).toISOString(),
      end: startOf(addDays(last, 1)).toISOString(),
      step: String(DAY_SECONDS),
    });
    const url = new URL(`${this.#url}/api/v1/query_range?${parameters}`);
    const response = await fetch(url, {
      headers: await this.#headersFor(url),
      signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    const { result } = matrix.parse(await response.json()).data;
    return result.flatMap(({ metric, values }) =>
      values.map(([time, value]) => ({
        day: addDays(dayOf(new Date(time * 1000)), -1),
        group: metric[label] ?? "",
        value: Number(value),
      })),
    );
  }
}

function daysWithout(rows: readonly Growth[], span: Span): readonly Day[] {
  const seen = new Set(rows.map(({ day }) => day));
  return daysOf(span).filter((day) => !seen.has(day));
}
