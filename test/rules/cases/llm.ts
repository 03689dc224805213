import { metrics } from "../../../catalog/metrics/index.ts";
import { type GroupCases, type Labels, level, type Phase, perMinute, series, silent } from "../rule-case.ts";

const api = { job: "agentpay-api", instance: "api-1" };
const small = "claude-haiku-4-5";
const large = "claude-sonnet-5-5";
const anthropic = { provider: "anthropic", model: small };
const openai = { provider: "openai", model: "text-embedding-3-small" };

function calls(error: string, more: Labels = anthropic): string {
  const status = error === "none" ? "success" : "error";
  return series(metrics.llmRequests.name, { ...api, status, error_type: error, ...more });
}

function fallbacks(outcome: string, instance = "api-1"): string {
  return series(metrics.llmFallbacks.name, { ...api, instance, from_model: small, to_model: large, outcome });
}

/** Replies a minute that begin within 5 seconds and within 10, which are all. */
function firstTokens(...phases: (readonly [within5: number, all: number, minutes: number])[]) {
  const bucket = (le: string, index: 0 | 1) => ({
    [series(metrics.llmTimeToFirstToken.bucket, { ...api, ...anthropic, le })]: perMinute(
      ...phases.map((phase): Phase => [phase[index], phase[2]]),
    ),
  });
  return {
    ...bucket("5.0", 0),
    ...bucket("10.0", 1),
    ...bucket("+Inf", 1),
    [series(metrics.llmTimeToFirstToken.count, { ...api, ...anthropic })]: perMinute(
      ...phases.map(([, all, minutes]): Phase => [all, minutes]),
    ),
  };
}

/** Replies a minute that begin after 10 seconds, of 20. */
function slowReplies(...phases: (readonly [slow: number, minutes: number])[]) {
  const bucket = (le: string, count: (slow: number) => number) => ({
    [series(metrics.llmTimeToFirstToken.bucket, { ...api, ...anthropic, le })]: perMinute(
      ...phases.map(([slow, minutes]): Phase => [count(slow), minutes]),
    ),
  });
  return {
    ...bucket("10.0", (slow) => 20 - slow),
    ...bucket("20.0", () => 20),
    ...bucket("+Inf", () => 20),
    [series(metrics.llmTimeToFirstToken.count, { ...api, ...anthropic })]: perMinute(
      ...phases.map(([, minutes]): Phase => [20, minutes]),
    ),
  };
}

/** A server that is up meanwhile. */
const served = (minutes: number) => ({ [series("up", api)]: level([1, minutes]) });

function responses(stop_reason: string): string {
  return series(metrics.llmResponses.name, { ...api, model: small, stop_reason });
}

function tokens(type: string): string {
  return series(metrics.llmTokens.name, { ...api, ...anthropic, type });
}

/** The first model fails every call, and another one answers all of them. */
const workingFallback = (answering: Labels) => ({
  [calls("none")]: perMinute([60, 20], [0, 60]),
  [calls("overloaded")]: perMinute([0, 20], [60, 60]),
  [calls("none", answering)]: perMinute([0, 20], [60, 60]),
  [fallbacks("succeeded")]: perMinute([0, 20], [60, 60]),
});
const sameProvider = { provider: "anthropic", model: large };
const otherProvider = { provider: "openai", model: large };
const third = { provider: "openai", model: "gpt-5-mini" };
/** The first model and the next fail every call, and a third one answers all of them. */
const workingChain = {
  [calls("none")]: perMinute([60, 20], [0, 60]),
  [calls("overloaded")]: perMinute([0, 20], [60, 60]),
  [calls("overloaded", sameProvider)]: perMinute([0, 20], [60, 60]),
  [calls("none", third)]: perMinute([0, 20], [60, 60]),
  [fallbacks("failed")]: perMinute([0, 20], [60, 60]),
  [series(metrics.llmFallbacks.name, {
    from_model: large,
    to_model: third.model,
    outcome: "succeeded",
  })]: perMinute([0, 20], [60, 60]),
};
const answeredAllTheSame = [
  {
    title: "the fallback fails as well, and a third model answers all of them",
    series: workingChain,
    firing: silent(25, 30, 45, 60, 80),
  },
  {
    title: "a fallback of the same provider answers all of them",
    series: workingFallback(sameProvider),
    firing: silent(25, 30, 45, 60, 80),
  },
  {
    title: "a fallback of another provider answers all of them",
    series: workingFallback(otherProvider),
    firing: silent(25, 30, 45, 60, 80),
  },
];

export const llmCases: GroupCases = {
  LLMModelOutage: [
    {
      title: "a chat model is dead among many embeddings of the same provider",
      series: {
        [calls("none")]: perMinute([12, 20], [0, 30], [12, 30]),
        [calls("not_found")]: perMinute([0, 20], [12, 30], [0, 30]),
        [calls("none", { provider: "anthropic", model: "embeddings" })]: perMinute([600, 80]),
      },
      firing: { 20: [], 24: [], 32: [anthropic], 50: [anthropic], 65: [] },
    },
    {
      title: "its fallback fails as well",
      series: {
        [calls("overloaded")]: perMinute([60, 40]),
        [calls("overloaded", sameProvider)]: perMinute([60, 40]),
        [calls("none", { provider: "anthropic", model: "embeddings" })]: perMinute([600, 40]),
        [fallbacks("failed")]: perMinute([60, 40]),
      },
      firing: { 20: [anthropic, sameProvider] },
    },
    {
      title: "all models of the provider fail: LLMProviderOutage says so",
      series: {
        [calls("overloaded")]: perMinute([60, 40]),
        [calls("overloaded", sameProvider)]: perMinute([60, 40]),
        [fallbacks("failed")]: perMinute([60, 40]),
      },
      firing: silent(10, 20, 40),
    },
    ...answeredAllTheSame,
    {
      title: "a third of its calls fail",
      series: { [calls("none")]: perMinute([60, 40]), [calls("timeout")]: perMinute([30, 40]) },
      firing: silent(20, 40),
    },
  ],
  LLMModelFailing: [
    {
      title: "a tenth of few among many others, and then none",
      series: {
        [calls("none")]: perMinute([60, 80]),
        [calls("server_error")]: perMinute([0, 20], [10, 30], [0, 30]),
        [calls("none", openai)]: perMinute([6000, 80]),
      },
      firing: { 20: [], 30: [], 40: [anthropic], 50: [anthropic], 65: [] },
    },
    {
      title: "a fallback answers all of them: somebody should know",
      series: workingFallback(otherProvider),
      firing: { 20: [], 40: [anthropic], 80: [anthropic] },
    },
    {
      title: "a twentieth of its calls",
      series: { [calls("none")]: perMinute([57, 40]), [calls("timeout")]: perMinute([3, 40]) },
      firing: silent(20, 40),
    },
    {
      title: "one failure, the only call",
      series: { [calls("timeout")]: perMinute([0, 10], [2, 0.5], [0, 30]) },
      firing: silent(12, 20, 30),
    },
  ],
  LLMCallsStopped: [
    {
      title: "no model is called any more, for hours, and then again",
      series: { [calls("none")]: perMinute([60, 60], [0, 200], [60, 30]), ...served(290) },
      firing: { 60: [], 70: [], 82: [{}], 150: [{}], 260: [{}], 270: [] },
    },
    {
      title: "models hang, and whoever waits gives up",
      series: {
        [calls("none")]: perMinute([60, 60], [0, 60]),
        [calls("none", { ...anthropic, status: "cancelled" })]: perMinute([1, 60], [60, 60]),
        ...served(120),
      },
      firing: { 60: [], 82: [{}], 120: [{}] },
    },
    {
      title: "at night few visitors make many calls each, and none comes for half an hour",
      series: {
        ...served(180),
        [calls("none")]: perMinute([12, 60], [24, 5], [0, 15], [24, 5], [0, 30], [24, 5], [0, 60]),
        [`agentpay_conversations_started_total{job="agentpay-api",instance="10.0.0.1:8000",channel="widget"}`]:
          perMinute([1, 60], [0.4, 5], [0, 15], [0.4, 5], [0, 30], [0.4, 5], [0, 60]),
      },
      firing: silent(95, 105, 112),
    },
    {
      title: "at night no model is called any more, though visitors come",
      series: {
        ...served(180),
        [calls("none")]: perMinute([3, 90], [0, 90]),
        [`agentpay_conversations_started_total{job="agentpay-api",instance="10.0.0.1:8000",channel="widget"}`]:
          perMinute([0.5, 180]),
      },
      firing: { 90: [], 112: [{}], 150: [{}] },
    },
    {
      title: "the series of the calls are gone",
      series: { [calls("none")]: perMinute([60, 60], ["gone", 60]), ...served(120) },
      firing: { 60: [], 82: [{}], 120: [{}] },
    },
    {
      title: "visitors go to bed",
      series: {
        [calls("none")]: perMinute(
          [60, 60],
          [40, 60],
          [20, 60],
          [10, 60],
          [5, 60],
          [2, 60],
          [1, 30],
          [0.5, 30],
          [0, 40],
        ),
        ...served(460),
      },
      firing: silent(130, 190, 250, 310, 370, 400, 430, 460),
    },
    {
      title: "no server is up that could call one",
      series: {
        [calls("none")]: perMinute([60, 60], [0, 60]),
        [series("up", api)]: level([1, 60], [0, 60]),
      },
      firing: silent(75, 90, 120),
    },
    {
      title: "few calls, and a pause",
      series: { [calls("none")]: perMinute([0.5, 60], [0, 60]), ...served(120) },
      firing: silent(80, 120),
    },
  ],
  LLMMostlySlow: [
    {
      title: "every reply begins after 10 s, and then none",
      series: slowReplies([0, 10], [20, 20], [0, 30]),
      firing: { 10: [], 14: [], 20: [{ model: small }], 30: [{ model: small }], 45: [] },
    },
    { title: "a third begins after 10 s", series: slowReplies([7, 60]), firing: silent(20, 40, 60) },
    { title: "no traffic", series: firstTokens([0, 0, 40]), firing: silent(20, 40) },
  ],
  LLMRequestFailures: [
    {
      title: "90 failures in 5 minutes, a small share of all",
      series: { [calls("none")]: perMinute([182, 40]), [calls("overloaded")]: perMinute([0, 5], [18, 35]) },
      firing: { 5: [], 15: [{}], 40: [{}] },
    },
    {
      title: "both models fail",
      series: {
        [calls("overloaded")]: perMinute([6, 40]),
        [calls("overloaded", sameProvider)]: perMinute([6, 40]),
        [fallbacks("failed")]: perMinute([6, 40]),
      },
      firing: { 20: [{}] },
    },
    ...answeredAllTheSame,
    {
      title: "20 calls fail in 5 minutes, and then none",
      series: {
        [calls("none")]: perMinute([6, 40]),
        [calls("overloaded")]: perMinute([0, 10], [4, 15], [0, 15]),
      },
      firing: { 10: [], 14: [], 20: [{}], 25: [{}], 38: [] },
    },
    {
      title: "both servers fail, each below the limit",
      series: {
        [calls("none")]: perMinute([6, 40]),
        [calls("timeout")]: perMinute([0, 10], [1.5, 30]),
        [calls("timeout", { ...anthropic, instance: "api-2" })]: perMinute([0, 10], [1.5, 30]),
      },
      firing: { 12: [], 25: [{}] },
    },
    {
      title: "9 failures in 5 minutes",
      series: { [calls("none")]: perMinute([6, 40]), [calls("overloaded")]: perMinute([1.8, 40]) },
      firing: silent(15, 25, 40),
    },
    {
      title: "a burst within a minute",
      series: {
        [calls("none")]: perMinute([6, 40]),
        [calls("overloaded")]: perMinute([0, 10], [20, 1], [0, 29]),
      },
      firing: silent(12, 15, 16, 17, 20),
    },
    { title: "no traffic", series: { [calls("none")]: perMinute([0, 30]) }, firing: silent(10, 30) },
    {
      title: "a restart in the middle of the fault",
      series: {
        [calls("none")]: perMinute([6, 18], "restart", [6, 20]),
        [calls("overloaded")]: perMinute([0, 10], [6, 8], "restart", [6, 20]),
      },
      firing: { 13: [], 22: [{}], 35: [{}] },
    },
  ],
  LLMProviderOutage: [
    ...answeredAllTheSame,
    {
      title: "all of very few fail, for half an hour: LLMAvailabilityBudgetBurn pages",
      series: {
        [calls("none")]: perMinute([0.6, 10], [0, 30]),
        [calls("timeout")]: perMinute([0, 10], [0.6, 30]),
      },
      firing: silent(20, 30, 40),
    },
    {
      title: "one provider fails 4 calls of 5, the other none; then both work",
      series: {
        [calls("none")]: perMinute([5, 10], [1, 15], [5, 25]),
        [calls("server_error")]: perMinute([0, 10], [4, 15], [0, 25]),
        [calls("none", openai)]: perMinute([5, 50]),
      },
      firing: { 10: [], 14: [], 21: [{ provider: "anthropic" }], 30: [{ provider: "anthropic" }], 36: [] },
    },
    {
      title: "a total outage at low traffic",
      series: {
        [calls("none")]: perMinute([1.5, 10], [0, 30]),
        [calls("connection")]: perMinute([0, 10], [1.5, 30]),
      },
      firing: { 12: [], 22: [{ provider: "anthropic" }] },
    },
    {
      title: "just below half of the calls fail",
      series: { [calls("none")]: perMinute([5, 40]), [calls("server_error")]: perMinute([4.8, 40]) },
      firing: silent(15, 25, 40),
    },
    {
      title: "one failure, the only call",
      series: {
        [calls("none")]: perMinute([0, 40]),
        [calls("timeout")]: perMinute([0, 10], [2, 0.5], [0, 29]),
      },
      firing: silent(11, 15, 17, 30),
    },
    { title: "no traffic", series: { [calls("none")]: perMinute([0, 30]) }, firing: silent(10, 30) },
  ],
  LLMFallbackExhausted: [
    {
      title: "a third model answers what the fallback fails",
      series: workingChain,
      firing: silent(25, 30, 45, 60, 80),
    },
    {
      title: "a third model answers half of what the fallback fails",
      series: {
        [calls("overloaded", sameProvider)]: perMinute([0, 20], [60, 40]),
        [fallbacks("failed")]: perMinute([0, 20], [60, 40]),
        [series(metrics.llmFallbacks.name, {
          from_model: large,
          to_model: third.model,
          outcome: "succeeded",
        })]: perMinute([0, 20], [30, 40]),
      },
      firing: { 20: [], 30: [{}], 60: [{}] },
    },
    {
      title: "both models fail twice a minute, and then work",
      series: { [fallbacks("failed")]: perMinute([0, 10], [2, 15], [0, 15]) },
      firing: { 10: [], 14: [], 20: [{}], 25: [{}], 32: [] },
    },
    {
      title: "4 failures in 5 minutes",
      series: { [fallbacks("failed")]: perMinute([0.8, 40]) },
      firing: silent(15, 25, 40),
    },
    {
      title: "one failed fallback",
      series: { [fallbacks("failed")]: perMinute([0, 10], [2, 0.5], [0, 20]) },
      firing: silent(11, 13, 16, 20),
    },
    {
      title: "a burst within a minute",
      series: { [fallbacks("failed")]: perMinute([0, 10], [20, 1], [0, 20]) },
      firing: silent(12, 15, 16, 17),
    },
    { title: "no traffic", series: { [fallbacks("failed")]: perMinute([0, 30]) }, firing: silent(10, 30) },
  ],
  LLMFallbackActive: [
    {
      title: "a fifth of few calls, for an hour",
      series: {
        [calls("none")]: perMinute([1, 80]),
        [fallbacks("succeeded")]: perMinute([0, 20], [0.2, 60]),
      },
      firing: silent(40, 60, 80),
    },
    {
      title: "a fifth of the calls falls back, and then none",
      series: {
        [calls("none")]: perMinute([10, 100]),
        [fallbacks("succeeded")]: perMinute([0, 20], [1, 40], [0, 40]),
        [fallbacks("succeeded", "api-2")]: perMinute([0, 20], [1, 40], [0, 40]),
      },
      firing: { 20: [], 35: [], 50: [{ from_model: small, to_model: large }], 72: [] },
    },
    {
      title: "just below a tenth",
      series: { [calls("none")]: perMinute([10, 80]), [fallbacks("succeeded")]: perMinute([0.98, 80]) },
      firing: silent(40, 60, 80),
    },
    {
      title: "one of few calls",
      series: {
        [calls("none")]: perMinute([0.1, 80]),
        [fallbacks("succeeded")]: perMinute([0, 20], [2, 0.5], [0, 59]),
      },
      firing: silent(22, 30, 36, 50),
    },
    {
      title: "a burst within a minute",
      series: {
        [calls("none")]: perMinute([1, 80]),
        [fallbacks("succeeded")]: perMinute([0, 20], [20, 1], [0, 59]),
      },
      firing: silent(22, 30, 35, 36, 50),
    },
    { title: "no traffic", series: { [calls("none")]: perMinute([0, 60]) }, firing: silent(30, 60) },
  ],
  LLMRateLimited: [
    {
      title: "a quarter of few calls, for an hour",
      series: { [calls("none")]: perMinute([1, 80]), [calls("rate_limit")]: perMinute([0, 20], [0.3, 60]) },
      firing: silent(40, 60, 80),
    },
    {
      title: "a tenth of the calls is refused, and then none",
      series: {
        [calls("none")]: perMinute([18, 90]),
        [calls("rate_limit")]: perMinute([0, 20], [2, 30], [0, 40]),
        [calls("none", openai)]: perMinute([18, 90]),
        [calls("rate_limit", openai)]: perMinute([0, 90]),
      },
      firing: { 20: [], 30: [], 42: [{ provider: "anthropic" }], 50: [{ provider: "anthropic" }], 62: [] },
    },
    {
      title: "just below 1 in 20",
      series: { [calls("none")]: perMinute([18, 60]), [calls("rate_limit")]: perMinute([0.9, 60]) },
      firing: silent(30, 45, 60),
    },
    {
      title: "calls fail for another reason",
      series: { [calls("none")]: perMinute([18, 60]), [calls("overloaded")]: perMinute([6, 60]) },
      firing: silent(30, 60),
    },
    {
      title: "a burst within a minute",
      series: {
        [calls("none")]: perMinute([18, 60]),
        [calls("rate_limit")]: perMinute([0, 20], [40, 1], [0, 39]),
      },
      firing: silent(22, 29, 30, 31, 40),
    },
    { title: "no traffic", series: { [calls("none")]: perMinute([0, 60]) }, firing: silent(30, 60) },
  ],
  LLMModelRejected: [
    {
      title: "a fallback answers all of them",
      series: {
        [calls("not_found")]: perMinute([0, 20], [60, 40]),
        [calls("none", otherProvider)]: perMinute([0, 20], [60, 40]),
        [fallbacks("succeeded")]: perMinute([0, 20], [60, 40]),
      },
      firing: silent(25, 40, 60),
    },
    {
      title: "a model is unknown to its provider, until it is replaced",
      series: {
        [calls("none", openai)]: perMinute([5, 40]),
        [calls("not_found")]: perMinute([0, 10], [1, 15], [0, 15]),
      },
      firing: { 12: [], 20: [anthropic], 25: [anthropic], 32: [] },
    },
    {
      title: "a key is revoked",
      series: { [calls("authentication", openai)]: perMinute([0, 10], [2, 20]) },
      firing: { 12: [], 18: [openai] },
    },
    {
      title: "3 rejections in 5 minutes",
      series: { [calls("permission")]: perMinute([0.58, 40]) },
      firing: silent(15, 25, 40),
    },
    {
      title: "a burst within a minute",
      series: { [calls("not_found")]: perMinute([0, 10], [6, 1], [0, 20]) },
      firing: silent(12, 15, 16, 17),
    },
    {
      title: "calls fail for another reason",
      series: { [calls("overloaded")]: perMinute([5, 40]) },
      firing: silent(20, 40),
    },
    { title: "no traffic", series: { [calls("not_found")]: perMinute([0, 30]) }, firing: silent(10, 30) },
  ],
  LLMTimeToFirstTokenHigh: [
    {
      title: "a fifth of the replies begins after 5 s, and then none",
      series: firstTokens([10, 10, 10], [8, 10, 20], [10, 10, 20]),
      firing: { 10: [], 15: [], 25: [{ model: small }], 30: [{ model: small }], 41: [] },
    },
    {
      title: "a little less than 1 in 20",
      series: firstTokens([10, 10, 10], [9.6, 10, 30]),
      firing: silent(20, 30, 40),
    },
    { title: "few replies, all of them late", series: firstTokens([0, 1, 40]), firing: silent(15, 25, 40) },
    {
      title: "late for three minutes",
      series: firstTokens([10, 10, 10], [2, 10, 3], [10, 10, 27]),
      firing: silent(15, 20, 23, 30),
    },
    { title: "no traffic", series: firstTokens([0, 0, 40]), firing: silent(20, 40) },
  ],
  LLMResponsesTruncated: [
    {
      title: "half of few replies, for two hours",
      series: {
        [responses("end_turn")]: perMinute([0.1, 150]),
        [responses("max_tokens")]: perMinute([0.1, 150]),
      },
      firing: silent(60, 100, 150),
    },
    {
      title: "a tenth of the replies is cut off, and then none",
      series: {
        [responses("end_turn")]: perMinute([9, 210]),
        [responses("max_tokens")]: perMinute([0, 40], [0.5, 80], [0, 90]),
        [responses("model_context_window_exceeded")]: perMinute([0, 40], [0.3, 80], [0, 90]),
        [responses("refusal")]: perMinute([0, 40], [0.2, 80], [0, 90]),
      },
      firing: { 40: [], 60: [], 100: [{ model: small }], 120: [{ model: small }], 155: [] },
    },
    {
      title: "just below 1 in 20",
      series: {
        [responses("end_turn")]: perMinute([19.5, 150]),
        [responses("max_tokens")]: perMinute([1, 150]),
      },
      firing: silent(60, 100, 150),
    },
    {
      title: "2 of few replies",
      series: {
        [responses("end_turn")]: perMinute([0.1, 150]),
        [responses("max_tokens")]: perMinute([0, 40], [2, 1], [0, 109]),
      },
      firing: silent(42, 60, 72, 100),
    },
    {
      title: "no traffic",
      series: { [responses("end_turn")]: perMinute([0, 100]) },
      firing: silent(50, 100),
    },
  ],
  LLMPromptCacheHitRatioLow: [
    {
      title: "the cache stops helping for five hours",
      series: {
        [tokens("input")]: perMinute([9000, 620]),
        [tokens("cache_read")]: perMinute([27_000, 120], [2250, 300], [27_000, 200]),
        [tokens("output")]: perMinute([9000, 620]),
      },
      firing: { 120: [], 250: [], 330: [{ model: small }], 420: [{ model: small }], 460: [] },
      scrapeInterval: "1m",
      evaluationInterval: "2m",
    },
    {
      title: "a third of the prompt is cached",
      series: { [tokens("input")]: perMinute([18_000, 400]), [tokens("cache_read")]: perMinute([9000, 400]) },
      firing: silent(200, 300, 400),
      scrapeInterval: "1m",
      evaluationInterval: "2m",
    },
    {
      title: "few prompts, so that the cache expires between them",
      series: { [tokens("input")]: perMinute([3000, 400]), [tokens("cache_read")]: perMinute([0, 400]) },
      firing: silent(200, 400),
      scrapeInterval: "1m",
      evaluationInterval: "2m",
    },
    {
      title: "half an hour without the cache",
      series: {
        [tokens("input")]: perMinute([9000, 400]),
        [tokens("cache_read")]: perMinute([27_000, 120], [0, 30], [27_000, 250]),
      },
      firing: silent(150, 200, 280, 400),
      scrapeInterval: "1m",
      evaluationInterval: "2m",
    },
    {
      title: "no traffic",
      series: { [tokens("input")]: perMinute([0, 300]) },
      firing: silent(200, 300),
      scrapeInterval: "1m",
      evaluationInterval: "2m",
    },
  ],
};
