import { metrics } from "../../../catalog/metrics.ts";
import { type GroupCases, level, perMinute, type Shape, series, silent } from "../rule-case.ts";
import { up } from "./api.ts";

const exporter = { job: "redis", instance: "redis-exporter:9121" };
const { instance } = exporter;

const at = (name: string, shape: Shape) => ({ [series(name, exporter)]: shape });

export const redisCases: GroupCases = {
  RedisDown: [
    {
      title: "Redis stops answering, and comes back",
      series: at(metrics.redisUp.name, level([1, 5], [0, 5], [1, 5])),
      firing: { 6: [], 7: [exporter], 10: [exporter], 11: [] },
    },
    {
      title: "the exporter is gone: RedisExporterDown says so",
      series: at(metrics.redisUp.name, level([1, 5], ["gone", 10])),
      firing: silent(7, 15),
    },
    {
      title: "one failed attempt",
      series: at(metrics.redisUp.name, level([1, 5], [0, 0.5], [1, 9])),
      firing: silent(6, 7, 10),
    },
  ],
  RedisExporterDown: [
    {
      title: "the exporter stops answering, and comes back",
      series: { [up("redis", instance)]: level([1, 5], [0, 10], [1, 5]) },
      firing: { 9: [], 12: [exporter], 16: [] },
    },
    {
      title: "the exporter leaves discovery",
      series: { [up("redis", instance)]: level([1, 5], ["gone", 15]) },
      firing: { 9: [], 12: [{ job: "redis" }] },
    },
    {
      title: "two missed minutes",
      series: { [up("redis", instance)]: level([1, 5], [0, 2], [1, 10]) },
      firing: silent(7, 11, 15),
    },
  ],
  RedisMemoryHigh: [
    {
      title: "90% of the memory is in use, and then half",
      series: {
        ...at(metrics.redisMemoryUsed.name, level([500, 10], [900, 20], [500, 10])),
        ...at(metrics.redisMemoryMax.name, level([1000, 40])),
      },
      firing: { 10: [], 18: [], 22: [{ instance }], 31: [] },
    },
    {
      title: "exactly 80%",
      series: {
        ...at(metrics.redisMemoryUsed.name, level([800, 40])),
        ...at(metrics.redisMemoryMax.name, level([1000, 40])),
      },
      firing: silent(20, 40),
    },
    {
      title: "no limit to compare with: RedisMaxmemoryUnset says so",
      series: {
        ...at(metrics.redisMemoryUsed.name, level([900, 40])),
        ...at(metrics.redisMemoryMax.name, level([0, 40])),
      },
      firing: silent(20, 40),
    },
    {
      title: "a peak of five minutes",
      series: {
        ...at(metrics.redisMemoryUsed.name, level([500, 10], [900, 5], [500, 20])),
        ...at(metrics.redisMemoryMax.name, level([1000, 35])),
      },
      firing: silent(14, 21, 30),
    },
  ],
  RedisEvictingKeys: [
    {
      title: "keys are evicted for a quarter of an hour",
      series: at(metrics.redisEvictedKeys.name, perMinute([0, 10], [5, 15], [0, 15])),
      firing: { 10: [], 14: [], 17: [exporter], 25: [exporter], 31: [] },
    },
    {
      title: "a burst within a minute",
      series: at(metrics.redisEvictedKeys.name, perMinute([0, 10], [50, 1], [0, 20])),
      firing: silent(12, 15, 16, 17, 20),
    },
    {
      title: "Redis restarts and counts from 0",
      series: at(metrics.redisEvictedKeys.name, perMinute([5, 1], [0, 20], "restart", [0, 20])),
      firing: silent(20, 22, 30),
    },
    { title: "none", series: at(metrics.redisEvictedKeys.name, perMinute([0, 30])), firing: silent(30) },
  ],
  RedisMaxmemoryUnset: [
    {
      title: "the limit is missing for two hours",
      series: at(metrics.redisMemoryMax.name, level([1000, 10], [0, 120], [1000, 10])),
      firing: { 10: [], 60: [], 75: [exporter], 131: [] },
    },
    {
      title: "there is a limit",
      series: at(metrics.redisMemoryMax.name, level([1, 120])),
      firing: silent(60, 120),
    },
    {
      title: "missing for ten minutes",
      series: at(metrics.redisMemoryMax.name, level([1000, 10], [0, 10], [1000, 90])),
      firing: silent(20, 75, 100),
    },
  ],
  RedisRejectedConnections: [
    {
      title: "two connections a minute are refused, and then none",
      series: at(metrics.redisRejectedConnections.name, perMinute([0, 10], [2, 15], [0, 15])),
      firing: { 10: [], 14: [], 17: [exporter], 25: [exporter], 31: [] },
    },
    {
      title: "5 in 5 minutes",
      series: at(metrics.redisRejectedConnections.name, perMinute([0.98, 30])),
      firing: silent(15, 30),
    },
    {
      title: "a single one",
      series: at(metrics.redisRejectedConnections.name, perMinute([0, 10], [2, 0.5], [0, 20])),
      firing: silent(11, 13, 20),
    },
  ],
};
