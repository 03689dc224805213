import { metrics } from "../../../catalog/metrics/index.ts";
import { type GroupCases, level, type Phase, perMinute, series, silent } from "../rule-case.ts";

const api = { job: "agentpay-api", instance: "api-1" };

function closes(reason: string): string {
  return series(metrics.websocketDisconnects.name, { ...api, reason });
}

function connects(result: string): string {
  return series(metrics.websocketConnects.name, { ...api, result });
}

function connections(instance: string, ...phases: Phase[]) {
  return { [series(metrics.websocketConnections.name, { ...api, instance })]: level(...phases) };
}

const fires = [{ job: "agentpay-api" }];

export const websocketCases: GroupCases = {
  WebSocketAbnormalCloses: [
    {
      title: "half of very few break, for an hour",
      series: { [closes("normal")]: perMinute([0.3, 60]), [closes("error")]: perMinute([0.3, 60]) },
      firing: silent(20, 40, 60),
    },
    {
      title: "more than a third of the connections break, and then none",
      series: {
        [closes("normal")]: perMinute([5, 90]),
        [closes("error")]: perMinute([0, 20], [2, 30], [0, 40]),
        [closes("timeout")]: perMinute([0, 20], [1, 30], [0, 40]),
      },
      firing: { 20: [], 30: [], 40: [{}], 50: [{}], 65: [] },
    },
    {
      title: "a sixth breaks",
      series: { [closes("normal")]: perMinute([5, 60]), [closes("error")]: perMinute([1, 60]) },
      firing: silent(20, 40, 60),
    },
    {
      title: "all of few break",
      series: { [closes("normal")]: perMinute([0, 60]), [closes("error")]: perMinute([0, 20], [0.8, 40]) },
      firing: { 20: [], 45: [{}] },
    },
    {
      title: "a single one breaks",
      series: {
        [closes("normal")]: perMinute([0, 60]),
        [closes("error")]: perMinute([0, 20], [2, 0.5], [0, 39]),
      },
      firing: silent(21, 25, 30, 40),
    },
    {
      title: "everybody is cut off within a minute",
      series: {
        [closes("normal")]: perMinute([1, 60]),
        [closes("error")]: perMinute([0, 20], [50, 1], [0, 39]),
      },
      firing: silent(22, 30, 31, 32, 40),
    },
    {
      title: "no traffic, and a shutdown that was meant",
      series: {
        [closes("error")]: perMinute([0, 60]),
        [closes("shutdown")]: perMinute([0, 20], [50, 1], [0, 39]),
      },
      firing: silent(10, 25, 40),
    },
  ],
  WebSocketHandshakesRejected: [
    {
      title: "every handshake is rejected, and then none",
      series: {
        [connects("ok")]: perMinute([10, 20], [0, 30], [10, 40]),
        [connects("rejected")]: perMinute([0, 20], [10, 30], [0, 40]),
      },
      firing: { 20: [], 26: [], 40: [{}], 50: [{}], 65: [] },
    },
    {
      title: "half of them are rejected",
      series: { [connects("ok")]: perMinute([10, 40]), [connects("rejected")]: perMinute([10, 40]) },
      firing: silent(20, 40),
    },
    {
      title: "they fail: that is the objective's",
      series: { [connects("ok")]: perMinute([0, 40]), [connects("error")]: perMinute([10, 40]) },
      firing: silent(20, 40),
    },
    {
      title: "a single one, at night",
      series: {
        [connects("ok")]: perMinute([0, 40]),
        [connects("rejected")]: perMinute([0, 10], [2, 0.5], [0, 29]),
      },
      firing: silent(12, 20, 40),
    },
  ],
  WebSocketConnectionsDropped: [
    {
      title: "nobody is connected, for three hours",
      series: connections("api-1", [100, 60], [0, 180], [100, 30]),
      firing: { 60: [], 67: fires, 130: fires, 240: fires, 245: [] },
    },
    {
      title: "the evening: half within two hours",
      series: connections("api-1", [100, 60], [90, 20], [80, 20], [70, 20], [60, 20], [50, 20], [40, 40]),
      firing: silent(90, 110, 140, 160, 190, 200),
    },
    {
      title: "more than half of the visitors are cut off, and come back",
      series: connections("api-1", [50, 60], [10, 15], [50, 30]),
      firing: { 60: [], 64: [], 67: fires, 75: fires, 77: [], 90: [] },
    },
    {
      title: "a bit more than half of the visitors stay",
      series: connections("api-1", [50, 60], [28, 30]),
      firing: silent(66, 70, 80),
    },
    {
      title: "few visitors leave",
      series: connections("api-1", [35, 60], [10, 30]),
      firing: silent(66, 70, 80),
    },
    {
      title: "visitors move to another server",
      series: {
        ...connections("api-1", [50, 60], ["gone", 40]),
        ...connections("api-2", ["gone", 60], [50, 40]),
      },
      firing: silent(61, 66, 70, 80, 100),
    },
    {
      title: "two minutes of few",
      series: connections("api-1", [50, 60], [10, 2], [50, 30]),
      firing: silent(62, 65, 67, 70),
    },
    { title: "no visitors", series: connections("api-1", [0, 90]), firing: silent(40, 90) },
  ],
};
