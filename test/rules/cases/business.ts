import { metrics } from "../../../catalog/metrics/index.ts";
import { type GroupCases, type Phase, perMinute, series, silent } from "../rule-case.ts";

const api = { job: "agentpay-api", instance: "api-1" };

function started(...phases: Phase[]) {
  return { [series(metrics.conversationsStarted.name, { ...api, channel: "widget" })]: perMinute(...phases) };
}

function completed(...phases: Phase[]) {
  return { [series(metrics.checkouts.name, { ...api, status: "completed" })]: perMinute(...phases) };
}

const DAY = 1440;
const WEEK = 7 * DAY;
/** Weeks are long. */
const scrapeInterval = "2m";
const evaluationInterval = "5m";

export const businessCases: GroupCases = {
  ConversationsDropped: [
    {
      title: "an outage at the same time each week",
      series: started([2, DAY + 120], [0, 240], [2, WEEK - 240], [0, 240]),
      firing: {
        [DAY + 120]: [],
        [DAY + 200]: [{}],
        [WEEK + DAY + 120]: [],
        [WEEK + DAY + 240]: [{}],
        [WEEK + DAY + 330]: [{}],
      },
      scrapeInterval,
      evaluationInterval,
    },
    {
      title: "a tenth of last week's, although yesterday was as bad",
      series: started([2, 6 * DAY], [0.2, DAY + 240]),
      firing: { [6 * DAY]: [], [WEEK + 120]: [{}] },
      scrapeInterval,
      evaluationInterval,
    },
    {
      title: "a fifth of the number a week ago, and then as usual",
      series: started([2, WEEK + 120], [0.4, 60], [2, 120]),
      firing: { [WEEK + 120]: [], [WEEK + 130]: [], [WEEK + 170]: [{}], [WEEK + 240]: [] },
      scrapeInterval,
      evaluationInterval,
    },
    {
      title: "in the first week, a tenth of the number a day ago",
      series: started([2, DAY + 120], [0.2, 60], [2, 120]),
      firing: { [DAY + 120]: [], [DAY + 145]: [], [DAY + 170]: [{}], [DAY + 240]: [] },
      scrapeInterval,
      evaluationInterval,
    },
    {
      title: "in the first week, a third of the number a day ago: it is a Saturday, and few are chance",
      series: started([2, DAY + 120], [0.66, 120]),
      firing: silent(DAY + 170, DAY + 240),
      scrapeInterval,
      evaluationInterval,
    },
    {
      title: "none, where there are few anyway",
      series: started([0.5, DAY + 120], [0, 120]),
      firing: silent(DAY + 170, DAY + 240),
      scrapeInterval,
      evaluationInterval,
    },
    {
      title: "ten minutes without",
      series: started([2, DAY + 120], [0, 10], [2, 120]),
      firing: silent(DAY + 132, DAY + 150, DAY + 180),
      scrapeInterval,
      evaluationInterval,
    },
    {
      title: "conversations are no longer counted",
      series: started([2, DAY + 120], ["gone", 120]),
      firing: { [DAY + 125]: [], [DAY + 180]: [{}] },
      scrapeInterval,
      evaluationInterval,
    },
    {
      title: "the first day has nothing to compare with",
      series: started([2, 120], [0, 120]),
      firing: silent(180, 240),
      scrapeInterval,
      evaluationInterval,
    },
  ],
  CheckoutConversionDropped: [
    {
      title: "a quarter of the usual sales for most of a day",
      series: { ...started([2, 5 * DAY]), ...completed([0.2, 2 * DAY], [0.05, 1000], [0.2, 2 * DAY]) },
      firing: {
        [2 * DAY]: [],
        [2 * DAY + 700]: [],
        [2 * DAY + 850]: [],
        [2 * DAY + 950]: [{}],
        [4 * DAY]: [],
      },
      scrapeInterval,
      evaluationInterval,
    },
    {
      title: "two thirds of the usual sales",
      series: { ...started([2, 4 * DAY]), ...completed([0.2, 2 * DAY], [0.132, 2 * DAY]) },
      firing: silent(3 * DAY, 4 * DAY),
      scrapeInterval,
      evaluationInterval,
    },
    {
      title: "few conversations in a day",
      series: { ...started([0.05, 4 * DAY]), ...completed([0.01, 2 * DAY], [0, 2 * DAY]) },
      firing: silent(3 * DAY, 4 * DAY),
      scrapeInterval,
      evaluationInterval,
    },
    {
      title: "an hour without sales",
      series: { ...started([2, 3 * DAY]), ...completed([0.2, 2 * DAY], [0, 60], [0.2, DAY - 60]) },
      firing: silent(2 * DAY + 60, 2 * DAY + 300, 3 * DAY),
      scrapeInterval,
      evaluationInterval,
    },
    {
      title: "no traffic",
      series: { ...started([0, 3 * DAY]), ...completed([0, 3 * DAY]) },
      firing: silent(2 * DAY, 3 * DAY),
      scrapeInterval,
      evaluationInterval,
    },
  ],
};
