import { metrics } from "../../../catalog/metrics/index.ts";
import { type GroupCases, type Phase, perMinute, series, silent } from "../rule-case.ts";

const api = { job: "agentpay-api", instance: "api-1" };

/** Retrievals a minute whose search takes less than 1 second and less than 2, which are all. */
function searches(...phases: (readonly [within1: number, all: number, minutes: number])[]) {
  const all = perMinute(...phases.map(([, count, minutes]): Phase => [count, minutes]));
  const stage = { ...api, stage: "search" };
  return {
    [series(metrics.ragQueryDuration.bucket, { ...stage, le: "1.0" })]: perMinute(
      ...phases.map(([count, , minutes]): Phase => [count, minutes]),
    ),
    [series(metrics.ragQueryDuration.bucket, { ...stage, le: "2.0" })]: all,
    [series(metrics.ragQueryDuration.bucket, { ...stage, le: "+Inf" })]: all,
    [series(metrics.ragQueryDuration.count, stage)]: all,
  };
}

function queries(status: string): string {
  return series(metrics.ragQueries.name, { ...api, status });
}

function toolCalls(tool: string, status: string): string {
  return series(metrics.toolCalls.name, { ...api, tool, status });
}

const search = [{ stage: "search" }];
const checkout = [{ tool: "create_checkout" }];

export const agentCases: GroupCases = {
  RAGLatencyHigh: [
    {
      title: "a fifth of the searches takes over 1 s, and then none",
      series: searches([10, 10, 10], [8, 10, 20], [10, 10, 20]),
      firing: { 10: [], 15: [], 25: search, 30: search, 41: [] },
    },
    { title: "a little less than 1 in 20", series: searches([9.6, 10, 40]), firing: silent(20, 30, 40) },
    { title: "few searches, all of them slow", series: searches([0, 1, 40]), firing: silent(20, 40) },
    {
      title: "slow for three minutes",
      series: searches([10, 10, 10], [2, 10, 3], [10, 10, 27]),
      firing: silent(15, 20, 23, 30),
    },
    { title: "no traffic", series: searches([0, 0, 40]), firing: silent(20, 40) },
  ],
  RAGQueryFailures: [
    {
      title: "half of few fail, for half an hour",
      series: { [queries("ok")]: perMinute([0.6, 40]), [queries("error")]: perMinute([0, 10], [0.6, 30]) },
      firing: silent(20, 30, 40),
    },
    {
      title: "1 retrieval in 12 fails, and then none",
      series: {
        [queries("ok")]: perMinute([22, 40]),
        [queries("error")]: perMinute([0, 10], [2, 15], [0, 15]),
      },
      firing: { 10: [], 14: [], 20: [{}], 25: [{}], 33: [] },
    },
    {
      title: "all of few fail",
      series: {
        [queries("ok")]: perMinute([1.5, 10], [0, 30]),
        [queries("error")]: perMinute([0, 10], [1.5, 30]),
      },
      firing: { 12: [], 22: [{}] },
    },
    {
      title: "just below 1 in 20",
      series: { [queries("ok")]: perMinute([39, 40]), [queries("error")]: perMinute([2, 40]) },
      firing: silent(15, 30, 40),
    },
    {
      title: "a single failure",
      series: {
        [queries("ok")]: perMinute([0.2, 40]),
        [queries("error")]: perMinute([0, 10], [2, 0.5], [0, 29]),
      },
      firing: silent(11, 15, 17, 30),
    },
    { title: "no traffic", series: { [queries("ok")]: perMinute([0, 40]) }, firing: silent(20, 40) },
  ],
  RAGEmptyResultsHigh: [
    {
      title: "half of the retrievals find nothing for three hours",
      series: {
        [queries("ok")]: perMinute([2, 420]),
        [queries("empty")]: perMinute([0, 60], [2, 180], [0, 180]),
      },
      firing: { 60: [], 120: [], 170: [{}], 240: [{}], 290: [] },
      scrapeInterval: "1m",
    },
    {
      title: "a bit less than a third",
      series: { [queries("ok")]: perMinute([2, 300]), [queries("empty")]: perMinute([0.84, 300]) },
      firing: silent(150, 300),
      scrapeInterval: "1m",
    },
    {
      title: "few retrievals, all empty",
      series: { [queries("ok")]: perMinute([0, 300]), [queries("empty")]: perMinute([0.3, 300]) },
      firing: silent(150, 300),
      scrapeInterval: "1m",
    },
    {
      title: "ten minutes of nothing",
      series: {
        [queries("ok")]: perMinute([2, 300]),
        [queries("empty")]: perMinute([0, 60], [9, 10], [0, 230]),
      },
      firing: silent(75, 100, 130, 200),
      scrapeInterval: "1m",
    },
    {
      title: "no traffic",
      series: { [queries("ok")]: perMinute([0, 200]) },
      firing: silent(100, 200),
      scrapeInterval: "1m",
    },
  ],
  ToolCallFailures: [
    {
      title: "two thirds of few calls, for an hour",
      series: {
        [toolCalls("create_checkout", "success")]: perMinute([0.1, 80]),
        [toolCalls("create_checkout", "error")]: perMinute([0, 20], [0.2, 60]),
      },
      firing: silent(40, 60, 80),
    },
    {
      title: "a third of one tool's calls fails, and then none",
      series: {
        [toolCalls("create_checkout", "success")]: perMinute([2, 120]),
        [toolCalls("create_checkout", "error")]: perMinute([0, 20], [1, 40], [0, 60]),
        [toolCalls("search_products", "success")]: perMinute([1, 120]),
        [toolCalls("search_products", "error")]: perMinute([0, 120]),
      },
      firing: { 20: [], 35: [], 50: checkout, 60: checkout, 78: [] },
    },
    {
      title: "just below a fifth",
      series: {
        [toolCalls("create_checkout", "success")]: perMinute([4.1, 80]),
        [toolCalls("create_checkout", "error")]: perMinute([1, 80]),
      },
      firing: silent(40, 80),
    },
    {
      title: "a single failure of few calls",
      series: {
        [toolCalls("create_checkout", "success")]: perMinute([0, 80]),
        [toolCalls("create_checkout", "error")]: perMinute([0, 20], [2, 0.5], [0, 59]),
      },
      firing: silent(22, 30, 36, 60),
    },
    {
      title: "a burst within a minute",
      series: {
        [toolCalls("create_checkout", "success")]: perMinute([1, 80]),
        [toolCalls("create_checkout", "error")]: perMinute([0, 20], [30, 1], [0, 59]),
      },
      firing: silent(22, 30, 35, 36, 60),
    },
    {
      title: "no traffic",
      series: { [toolCalls("create_checkout", "success")]: perMinute([0, 60]) },
      firing: silent(30, 60),
    },
  ],
};
