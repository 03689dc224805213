import { metrics } from "../../../catalog/metrics/index.ts";
import { type GroupCases, level, type Phase, type Shape, series, silent } from "../rule-case.ts";
import { up } from "./api.ts";

/** Two jobs on the first host. */
const both = (...phases: Phase[]) => ({
  [up("agentpay-api", "10.0.0.1:8000")]: level(...phases),
  [up("agentpay-worker", "10.0.0.1:10000")]: level(...phases),
});
const other = { [up("agentpay-api", "10.0.0.2:8000")]: level([1, 40]) };
const server = { job: "agentpay-api", instance: "10.0.0.1:8000" };
const at = (name: string, shape: Shape) => ({ [series(name, server)]: shape });
const down = [{ host: "10.0.0.1" }];

export const hostCases: GroupCases = {
  HostDown: [
    {
      title: "everything on one of two hosts stops answering, and comes back",
      series: { ...both([1, 5], [0, 10], [1, 10]), ...other },
      firing: { 5: [], 7: down, 14: down, 16: [] },
    },
    {
      title: "a process on it still answers",
      series: { ...both([1, 5], [0, 20]), [up("redis", "10.0.0.1:9121")]: level([1, 25]) },
      firing: silent(7, 15, 25),
    },
    {
      title: "the only process of a host stops answering: that is its own alert",
      series: {
        [up("agentpay-api", "10.0.0.1:8000")]: level([0, 20]),
        [up("agentpay-worker", "10.0.0.2:10000")]: level([0, 20]),
      },
      firing: silent(5, 15),
    },
    {
      title: "two servers of one job are one process that is down",
      series: {
        [up("agentpay-api", "10.0.0.1:8000")]: level([0, 20]),
        [up("agentpay-api", "10.0.0.1:8001")]: level([0, 20]),
      },
      firing: silent(5, 15),
    },
    { title: "a missed scrape", series: both([1, 5], [0, 0.5], [1, 10]), firing: silent(6, 8, 12) },
  ],
  FileDescriptorsHigh: [
    {
      title: "a process leaks nine tenths of them, and is restarted",
      series: {
        ...at(metrics.processOpenFds.name, level([100, 10], [900, 30], [100, 10])),
        ...at(metrics.processMaxFds.name, level([1000, 50])),
      },
      firing: { 10: [], 22: [], 28: [server], 40: [server], 42: [] },
    },
    {
      title: "exactly 80%",
      series: {
        ...at(metrics.processOpenFds.name, level([800, 50])),
        ...at(metrics.processMaxFds.name, level([1000, 50])),
      },
      firing: silent(25, 50),
    },
    {
      title: "a rush of ten minutes",
      series: {
        ...at(metrics.processOpenFds.name, level([100, 10], [900, 10], [100, 30])),
        ...at(metrics.processMaxFds.name, level([1000, 50])),
      },
      firing: silent(19, 25, 40),
    },
    {
      title: "no limit",
      series: {
        ...at(metrics.processOpenFds.name, level([900, 50])),
        ...at(metrics.processMaxFds.name, level([Number.MAX_SAFE_INTEGER, 50])),
      },
      firing: silent(25, 50),
    },
  ],
};
