import { metrics } from "../../../catalog/metrics/index.ts";
import { type GroupCases, type Phase, perMinute, series, silent } from "../rule-case.ts";

const api = { job: "agentpay-api", instance: "api-1" };
const small = { model: "claude-haiku-4-5" };
const large = { model: "claude-sonnet-5-5" };

function cost(labels = small): string {
  return series(metrics.llmCost.name, { ...api, ...labels });
}

function unpriced(): string {
  return series(metrics.llmUnpricedRequests.name, { ...api, ...small });
}

function successes(): string {
  const labels = { provider: "anthropic", ...small, status: "success", error_type: "none" };
  return series(metrics.llmRequests.name, { ...api, ...labels });
}

function conversations(): string {
  return series(metrics.conversationsStarted.name, { ...api, channel: "widget" });
}

const DAY = 1440;

/** Time is in minutes: so many samples are enough. */
const scrapeInterval = "1m";

export const costCases: GroupCases = {
  HighDailyCost: [
    {
      title: "120 USD within an hour, of two models together; a day later it is past",
      series: {
        [cost()]: perMinute([0, 10], [1, 60], [0, 1500]),
        [cost(large)]: perMinute([0, 10], [1, 60], [0, 1500]),
      },
      firing: { 30: [], 65: [], 75: [{}], [DAY]: [{}], [DAY + 60]: [] },
      scrapeInterval,
      evaluationInterval: "5m",
    },
    {
      title: "just below 100 USD",
      series: { [cost()]: perMinute([0, 10], [1.6, 60], [0, 60]) },
      firing: silent(70, 90, 130),
      scrapeInterval,
    },
    {
      title: "a restart loses nothing of what was counted",
      series: { [cost()]: perMinute([0, 10], [2, 30], "restart", [2, 30], [0, 60]) },
      firing: { 40: [], 80: [{}] },
      scrapeInterval,
    },
    { title: "no calls", series: { [cost()]: perMinute([0, 120]) }, firing: silent(60, 120), scrapeInterval },
    {
      title: "no traffic: a counter that starts high was not spent today",
      series: { [cost()]: perMinute("restart", [0, 60]) },
      firing: silent(30, 60),
      scrapeInterval,
    },
  ],
  LLMCostRunaway: [
    {
      title: "5 USD a minute for half an hour",
      series: { [cost()]: perMinute([0.02, 60], [5, 30], [0.02, 60]) },
      firing: { 60: [], 64: [], 72: [{}], 90: [{}], 98: [], 140: [] },
      scrapeInterval,
    },
    {
      title: "500 USD a day, for an hour",
      series: { [cost()]: perMinute([0.02, 60], [0.35, 60], [0.02, 60]) },
      firing: { 60: [], 90: [], 105: [{}], 120: [{}], 130: [] },
      scrapeInterval,
    },
    {
      title: "just below 300 USD a day",
      series: { [cost()]: perMinute([0.205, 180]) },
      firing: silent(70, 120, 180),
      scrapeInterval,
    },
    {
      title: "one expensive batch within a minute",
      series: { [cost()]: perMinute([0.02, 60], [30, 1], [0.02, 60]) },
      firing: silent(62, 65, 66, 67, 80),
      scrapeInterval,
    },
    { title: "no calls", series: { [cost()]: perMinute([0, 120]) }, firing: silent(60, 120), scrapeInterval },
  ],
  LLMCostAbovePlan: [
    {
      title: "twice the plan for hours",
      series: { [cost()]: perMinute([0.02, 360], [0.19, 260], [0.02, 150]) },
      firing: { 360: [], 540: [], 570: [{}], 620: [{}], 670: [] },
      scrapeInterval,
    },
    {
      title: "so much that LLMCostRunaway tells it",
      series: { [cost()]: perMinute([0.02, 360], [0.3, 170], [0.02, 150]) },
      firing: silent(360, 490, 510, 530, 580),
      scrapeInterval,
    },
    {
      title: "just below 120 USD a day",
      series: { [cost()]: perMinute([0.082, 600]) },
      firing: silent(400, 600),
      scrapeInterval,
    },
    {
      title: "a busy quarter of an hour",
      series: { [cost()]: perMinute([0.02, 360], [3, 15], [0.02, 120]) },
      firing: silent(370, 380, 400, 410, 420),
      scrapeInterval,
    },
    { title: "no calls", series: { [cost()]: perMinute([0, 400]) }, firing: silent(400), scrapeInterval },
  ],
  LLMLedgerRowsDropped: [
    {
      title: "rows are lost for ten minutes",
      series: { [series(metrics.llmLedgerDropped.name, api)]: perMinute([0, 20], [1, 10], [0, 60]) },
      firing: { 20: [], 30: [{ job: "agentpay-api" }], 50: [{ job: "agentpay-api" }], 75: [] },
    },
    {
      title: "none is lost",
      series: { [series(metrics.llmLedgerDropped.name, api)]: perMinute([0, 60]) },
      firing: silent(30, 60),
    },
    {
      title: "the server restarts",
      series: {
        [series(metrics.llmLedgerDropped.name, api)]: perMinute([1, 5], [0, 60], "restart", [0, 30]),
      },
      firing: silent(60, 70, 90),
    },
  ],
  LLMMonthlyBudgetNearlySpent: [
    {
      // The test begins with 1970: this is 1 to 3 February.
      title: "a new calendar month, in which little was spent yet",
      series: { [cost()]: perMinute([0, 30 * DAY], [100, DAY], [0.006, 2 * DAY]) },
      firing: { [31 * DAY - 60]: [{}], [31 * DAY + 180]: [], [32 * DAY]: [], [33 * DAY]: [] },
      scrapeInterval: "2m",
      evaluationInterval: "1h",
    },
    {
      title: "3000 USD within an hour",
      series: { [cost()]: perMinute([0, 10], [50, 60], [0, 120]) },
      firing: { 60: [], 100: [], 130: [{}] },
      scrapeInterval,
    },
    {
      title: "just below 2000 USD",
      series: { [cost()]: perMinute([0, 10], [32, 60], [0, 120]) },
      firing: silent(100, 130, 190),
      scrapeInterval,
    },
    {
      // Evaluated rarely, since a month is long: each evaluation then stands for an hour, at a pace 60 times lower.
      title: "a month later it is past",
      series: { [cost()]: perMinute([0, 60], [60, 2 * DAY], [0, 31 * DAY]) },
      firing: { 60: [], [4 * DAY]: [{}], [33 * DAY]: [] },
      scrapeInterval: "2m",
      evaluationInterval: "1h",
    },
    { title: "no calls", series: { [cost()]: perMinute([0, 120]) }, firing: silent(120), scrapeInterval },
  ],
  LLMCostPerConversationHigh: [
    {
      title: "few conversations, all of them dear",
      series: { [conversations()]: perMinute([0.1, 200]), [cost()]: perMinute([0.1, 200]) },
      firing: silent(130, 200),
      scrapeInterval,
    },
    {
      title: "2 USD a conversation for an hour and a half",
      series: { [conversations()]: perMinute([1, 260]), [cost()]: perMinute([0.1, 60], [2, 90], [0.1, 110]) },
      firing: { 60: [], 120: [], 145: [{}], 220: [] },
      scrapeInterval,
    },
    {
      title: "more visitors at the same cost each",
      series: { [conversations()]: perMinute([1, 60], [20, 120]), [cost()]: perMinute([0.4, 60], [8, 120]) },
      firing: silent(100, 150, 180),
      scrapeInterval,
    },
    {
      title: "just below half a dollar",
      series: { [conversations()]: perMinute([1, 200]), [cost()]: perMinute([0.49, 200]) },
      firing: silent(130, 200),
      scrapeInterval,
    },
    {
      title: "few conversations, one of them dear",
      series: { [conversations()]: perMinute([0.1, 200]), [cost()]: perMinute([0, 60], [20, 1], [0, 139]) },
      firing: silent(70, 125, 200),
      scrapeInterval,
    },
    {
      title: "no conversations",
      series: { [conversations()]: perMinute([0, 200]), [cost()]: perMinute([1, 200]) },
      firing: silent(130, 200),
      scrapeInterval,
    },
  ],
  LLMCostAnomaly: [
    {
      title: "3 USD an hour from 9 to 17 on workdays, and nothing else",
      series: {
        [cost()]: perMinute(
          ...Array.from({ length: 9 }, (_, day): Phase[] => [
            [0, 540],
            [day % 7 < 5 ? 0.05 : 0, 480],
            [0, 420],
          ]).flat(),
        ),
      },
      firing: silent(DAY + 660, 4 * DAY + 660, 7 * DAY + 660, 8 * DAY + 660),
      scrapeInterval,
      evaluationInterval: "5m",
    },
    {
      title: "five times yesterday's cost for two hours",
      series: { [cost()]: perMinute([0.01, DAY + 600], [0.05, 120], [0.01, 120]) },
      firing: { [DAY + 600]: [], [DAY + 680]: [], [DAY + 710]: [{}], [DAY + 720]: [{}], [DAY + 790]: [] },
      scrapeInterval,
      evaluationInterval: "5m",
    },
    {
      title: "a bit less than three times",
      series: { [cost()]: perMinute([0.05, DAY + 600], [0.135, 240]) },
      firing: silent(DAY + 700, DAY + 840),
      scrapeInterval,
      evaluationInterval: "5m",
    },
    {
      title: "ten times next to nothing",
      series: { [cost()]: perMinute([0.001, DAY + 600], [0.01, 120]) },
      firing: silent(DAY + 680, DAY + 720),
      scrapeInterval,
      evaluationInterval: "5m",
    },
    {
      title: "one expensive call",
      series: { [cost()]: perMinute([0.01, DAY + 600], [1, 1], [0.01, 120]) },
      firing: silent(DAY + 620, DAY + 660, DAY + 700),
      scrapeInterval,
      evaluationInterval: "5m",
    },
    {
      title: "a day after the start, the same cost as in its first minutes",
      series: { [cost()]: perMinute([0.05, DAY + 120]) },
      firing: silent(DAY + 10, DAY + 40, DAY + 65, DAY + 90, DAY + 120),
      scrapeInterval,
      evaluationInterval: "5m",
    },
    {
      title: "the first day has nothing to compare with",
      series: { [cost()]: perMinute([0.01, 120], [1, 180]) },
      firing: silent(240, 300),
      scrapeInterval,
      evaluationInterval: "5m",
    },
    {
      title: "no calls",
      series: { [cost()]: perMinute([0, DAY + 200]) },
      firing: silent(DAY + 200),
      scrapeInterval,
      evaluationInterval: "5m",
    },
  ],
  LLMCostNotRecorded: [
    {
      title: "the counter stands still for a while",
      series: { [successes()]: perMinute([6, 80]), [cost()]: perMinute([0.1, 20], [0, 40], [0.1, 20]) },
      firing: { 20: [], 40: [], 55: [{}], 63: [] },
      scrapeInterval,
    },
    {
      title: "the counter is gone",
      series: { [successes()]: perMinute([6, 80]) },
      firing: { 10: [], 30: [{}] },
      scrapeInterval,
    },
    {
      title: "the models have no price: LLMModelWithoutPrice says so",
      series: {
        [successes()]: perMinute([6, 80]),
        [cost()]: perMinute([0.1, 20], [0, 60]),
        [unpriced()]: perMinute([0, 20], [6, 60]),
      },
      firing: silent(30, 55, 80),
      scrapeInterval,
    },
    {
      title: "a pause of ten minutes",
      series: { [successes()]: perMinute([6, 80]), [cost()]: perMinute([0.1, 20], [0, 10], [0.1, 50]) },
      firing: silent(30, 40, 50),
      scrapeInterval,
    },
    {
      title: "no traffic",
      series: { [successes()]: perMinute([0, 80]), [cost()]: perMinute([0, 80]) },
      firing: silent(40, 80),
      scrapeInterval,
    },
  ],
  LLMModelWithoutPrice: [
    {
      title: "a new model has no price until it gets one",
      series: { [unpriced()]: perMinute([0, 10], [0.3, 30], [0, 60]) },
      firing: { 10: [], 29: [], 36: [small], 40: [small], 65: [] },
      scrapeInterval,
    },
    {
      title: "somebody tries it out",
      series: { [unpriced()]: perMinute([0, 10], [1, 4], [0, 60]) },
      firing: silent(15, 25, 40),
      scrapeInterval,
    },
    {
      title: "no calls",
      series: { [unpriced()]: perMinute([0, 60]) },
      firing: silent(30, 60),
      scrapeInterval,
    },
  ],
};
