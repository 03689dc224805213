/** What a fallback makes good, the guide's thresholds to the letter, and what blinds a rule. */
import { metrics } from "../../../catalog/metrics/index.ts";
import { level, notANumber, perMinute } from "../rule-case.ts";
import {
  calls,
  haiku,
  healthy,
  jobsDone,
  of,
  postgres,
  products,
  requests,
  server,
  worker,
} from "./healthy.ts";
import type { Kind, WorstDay } from "./worst-day.ts";

const minutes = 75;
const until = 30;
const rest = minutes - until;
const day = healthy({ minutes });
const both = (one: (index: number) => Readonly<Record<string, ReturnType<typeof perMinute>>>) => ({
  ...one(0),
  ...one(1),
});
const stops = (before: number) => perMinute([before, until], [0, rest]);
const begins = (after: number) => perMinute([0, until], [after, rest]);

const ofKind = (kind: Kind, days: readonly Omit<WorstDay, "kind">[]): WorstDay[] =>
  days.map((each) => ({ kind, ...each }));

const failed = { status: "error", error_type: "overloaded" };
const fallback = (index: number, to: string, outcome = "succeeded") =>
  of(metrics.llmFallbacks, { ...server(index), from_model: haiku.model, to_model: to, outcome });
const answered = (other: { provider: string; model: string }) =>
  both((index) => ({
    [calls({}, index)]: stops(30),
    [calls(failed, index)]: begins(30),
    [calls(other, index)]: begins(30),
    [fallback(index, other.model)]: begins(30),
  }));

export const fallbackDays: readonly WorstDay[] = ofKind("fallback", [
  {
    title: "the first model fails every call, and another one of the same provider answers all",
    series: { ...day, ...answered({ provider: "anthropic", model: "claude-sonnet-5-5" }) },
    told: { 30: {}, 74: { warnings: ["LLMFallbackActive", "LLMModelFailing"] } },
  },
  {
    title: "another provider answers all of them",
    series: { ...day, ...answered({ provider: "openai", model: "gpt-5-mini" }) },
    told: { 30: {}, 74: { warnings: ["LLMFallbackActive", "LLMModelFailing"] } },
  },
  {
    title: "the key of the first provider is revoked, and another provider answers all",
    series: {
      ...day,
      ...answered({ provider: "openai", model: "gpt-5-mini" }),
      ...both((index) => ({
        [calls(failed, index)]: stops(0),
        [calls({ status: "error", error_type: "authentication" }, index)]: begins(30),
      })),
    },
    told: { 30: {}, 74: { warnings: ["LLMFallbackActive", "LLMModelFailing"] } },
  },
  {
    title: "half of the calls end in the provider's rate limit, and another model answers those",
    series: {
      ...day,
      ...both((index) => ({
        [calls({}, index)]: perMinute([30, until], [15, rest]),
        [calls({ status: "error", error_type: "rate_limit" }, index)]: begins(15),
        [calls({ model: "claude-sonnet-5-5" }, index)]: begins(15),
        [fallback(index, "claude-sonnet-5-5")]: begins(15),
      })),
    },
    told: { 30: {}, 74: { warnings: ["LLMFallbackActive", "LLMModelFailing", "LLMRateLimited"] } },
  },
  {
    title: "the first model fails every call, and another one answers 9 of 10",
    series: {
      ...day,
      ...both((index) => ({
        [calls({}, index)]: stops(30),
        [calls(failed, index)]: begins(30),
        [calls({ model: "claude-sonnet-5-5" }, index)]: begins(27),
        [calls({ ...failed, model: "claude-sonnet-5-5" }, index)]: begins(3),
        [fallback(index, "claude-sonnet-5-5")]: begins(27),
        [fallback(index, "claude-sonnet-5-5", "failed")]: begins(3),
      })),
    },
    told: {
      30: {},
      74: {
        pages: ["LLMRequestFailures", "LLMModelOutage", "LLMFallbackExhausted", "LLMAvailabilityBudgetBurn"],
        warnings: ["LLMFallbackActive"],
      },
    },
  },
  {
    title: "both fail: nobody is answered",
    series: {
      ...day,
      ...both((index) => ({
        [calls({}, index)]: stops(30),
        [calls(failed, index)]: begins(30),
        [calls({ ...failed, provider: "openai", model: "gpt-5-mini" }, index)]: begins(30),
        [fallback(index, "gpt-5-mini", "failed")]: begins(30),
      })),
    },
    told: {
      30: {},
      60: {
        pages: [
          ...["LLMProviderOutage", "LLMRequestFailures", "LLMFallbackExhausted"],
          "LLMAvailabilityBudgetBurn",
        ],
      },
    },
  },
]);

const llmFailures = (perServer: number) => both((index) => ({ [calls(failed, index)]: begins(perServer) }));
const requestFailures = (perServer: number) =>
  both((index) => ({ [requests(index, "500", products)]: begins(perServer) }));

export const thresholdDays: readonly WorstDay[] = ofKind("threshold", [
  {
    title: "90 LLM failures in 5 minutes, a small share of all calls",
    series: {
      ...day,
      ...both((index) => ({ [calls({}, index)]: perMinute([300, minutes]) })),
      ...llmFailures(9),
    },
    told: { 30: {}, 60: { pages: ["LLMRequestFailures"] } },
  },
  {
    title: "12 LLM failures in 5 minutes: the guide's more than 10",
    series: {
      ...day,
      ...both((index) => ({ [calls({}, index)]: perMinute([300, minutes]) })),
      ...llmFailures(1.2),
    },
    told: { 30: {}, 60: { pages: ["LLMRequestFailures"] } },
  },
  {
    title: "9 LLM failures in 5 minutes",
    series: {
      ...day,
      ...both((index) => ({ [calls({}, index)]: perMinute([300, minutes]) })),
      ...llmFailures(0.9),
    },
    told: { 30: {}, 60: {}, 74: {} },
  },
  {
    title: "a chat model is dead among many embeddings of the same provider",
    series: {
      ...day,
      ...both((index) => ({
        [calls({ provider: "openai", model: "text-embedding-3-small" }, index)]: perMinute([400, minutes]),
        [calls({ provider: "openai", model: "gpt-5-mini" }, index)]: stops(4),
        [calls({ ...failed, provider: "openai", model: "gpt-5-mini" }, index)]: begins(4),
      })),
    },
    told: {
      30: {},
      60: { pages: ["LLMModelOutage", "LLMRequestFailures"] },
    },
  },
  {
    title: "6% of requests fail for more than 5 minutes",
    series: { ...day, ...requestFailures(6) },
    told: { 30: {}, 45: { pages: ["HighErrorRate"] } },
  },
  {
    title: "1.2% of requests fail for more than 15 minutes",
    series: { ...day, ...requestFailures(1.1) },
    told: { 30: {}, 74: { warnings: ["ElevatedErrorRate"] } },
  },
]);

export const blindDays: readonly WorstDay[] = ofKind("blind", [
  {
    title: "the count of sessions in one state is not a number, and every slot is taken",
    series: {
      ...day,
      [of(metrics.pgStatActivityCount, { ...postgres, datname: "agentpay", state: "active" })]: level(
        [0, until],
        [77, rest],
      ),
      [of(metrics.pgStatActivityCount, { ...postgres, datname: "agentpay", state: "disabled" })]:
        notANumber(minutes),
    },
    told: { 30: {}, 60: { pages: ["PostgresConnectionsUsedUp"] } },
  },
  {
    title: "one worker's queue length is not a number, and jobs pile up",
    series: {
      ...day,
      [of(metrics.workerQueueDepth, { ...worker(0), queue: "default" })]: notANumber(minutes),
      [of(metrics.workerQueueDepth, { ...worker(1), queue: "default" })]: level([2, until], [40, rest]),
      ...both((index) => ({ [jobsDone(index)]: stops(6) })),
    },
    told: { 30: {}, 60: { pages: ["WorkerQueueStalled"] } },
  },
  {
    title: "one series of the requests is not a number, and a tenth of the others fails",
    series: {
      ...day,
      [requests(0, "200", { method: "GET", endpoint: "/api/v1/broken" })]: notANumber(minutes),
      ...requestFailures(12),
    },
    told: { 30: {}, 45: { pages: ["HighErrorRate"] } },
  },
  {
    title: "one bucket of the chat models' first tokens is not a number, and all models fail",
    series: {
      ...day,
      [of({ name: metrics.llmTimeToFirstToken.bucket }, { ...server(0), ...haiku, le: "5.0" })]:
        notANumber(minutes),
      ...both((index) => ({ [calls({}, index)]: stops(30), [calls(failed, index)]: begins(30) })),
    },
    told: {
      30: {},
      60: { pages: ["LLMProviderOutage", "LLMRequestFailures", "LLMAvailabilityBudgetBurn"] },
    },
  },
  {
    title: "what a model cost, and one server's open connections, are not a number, and nothing is wrong",
    series: {
      ...day,
      [of(metrics.llmCost, { ...server(0), model: "unknown" })]: notANumber(minutes),
      [of(metrics.websocketConnections, server(0))]: notANumber(minutes),
    },
    told: { 30: {}, 60: {}, 74: {} },
  },
]);
