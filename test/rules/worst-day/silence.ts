import { metrics } from "../../../catalog/metrics/index.ts";
import { level, type Phase, perMinute } from "../rule-case.ts";
import {
  calls,
  healthy,
  jobsDone,
  of,
  type Platform,
  postgres,
  probe,
  products,
  redis,
  requests,
  server,
  up,
  worker,
} from "./healthy.ts";
import type { WorstDay } from "./worst-day.ts";

const ofApi = (name: string) => name.includes('job="agentpay-api"');
const ofWorker = (name: string) => name.includes('job="agentpay-worker"');
const queues = ["default", "high_priority"];
const both = (one: (index: number) => Platform): Platform => ({ ...one(0), ...one(1) });

/** A platform that is well for so many minutes, and what stops or vanishes for the rest of the day. */
function well(until: number, rest = 35) {
  const day = healthy({ minutes: until + rest });
  const chosenOf = (chosen: (name: string) => boolean) =>
    Object.entries(day).filter(([name]) => chosen(name));
  return {
    day,
    /** A counter that grows by so much a minute until then. */
    stops: (before: number) => perMinute([before, until], [0, rest]),
    begins: (after: number) => perMinute([0, until], [after, rest]),
    turns: (before: number, after: number) => level([before, until], [after, rest]),
    /** The counters that are chosen stand still. */
    standStill: (chosen: (name: string) => boolean): Platform =>
      Object.fromEntries(
        chosenOf(chosen)
          .filter(([, { type }]) => type === "counter")
          .map(([name, { phases }]) => [name, perMinute(...lasting(phases, until), [0, rest])]),
      ),
    /** The series that are chosen are no longer there. */
    gone: (chosen: (name: string) => boolean): Platform =>
      Object.fromEntries(
        chosenOf(chosen).map(([name, { type, phases }]) => [
          name,
          { type, phases: [...lasting(phases, until), ["gone", rest]] },
        ]),
      ),
  };
}

function lasting(phases: readonly Phase[], minutes: number): Phase[] {
  return phases.map((phase): Phase => (phase === "restart" ? phase : [phase[0], minutes]));
}

const { day, stops, begins, turns, standStill, gone } = well(45);
/** What went on for over an hour and a half. */
const steady = well(100);

const night = healthy({ minutes: 150 });

/** What else stops where nobody is answered any more. */
const nobodyAnswered = (status: string): Platform =>
  both((index) => ({
    [requests(index, "200")]: stops(30),
    [requests(index, "200", products)]: stops(60),
    [requests(index, status)]: begins(30),
    [requests(index, status, products)]: begins(60),
  }));

const redisGone = gone((name) => name.startsWith("redis_"));

const days: readonly Omit<WorstDay, "kind">[] = [
  {
    title: "every counter of the API stands still, though its servers are up",
    series: { ...day, ...standStill(ofApi) },
    told: { 45: {}, 60: { pages: ["APITrafficStopped"] }, 78: { pages: ["APITrafficStopped"] } },
  },
  {
    title: "the agent calls no model any more",
    series: {
      ...day,
      ...standStill((name) => /agentpay_(llm|rag|tool)/.test(name)),
    },
    told: { 45: {}, 62: { pages: ["LLMCallsStopped"] } },
  },
  {
    title: "every request is refused with 401",
    series: { ...day, ...nobodyAnswered("401") },
    told: { 45: {}, 65: { pages: ["APIRequestsRefused", "APITrafficStopped"] } },
  },
  {
    title: "every caller gives up (499)",
    series: { ...day, ...nobodyAnswered("499") },
    told: { 45: {}, 65: { pages: ["APIRequestsRefused", "APITrafficStopped"] } },
  },
  {
    title: "every request is sent to HTTPS, where it already was (307)",
    series: { ...day, ...nobodyAnswered("307") },
    told: { 45: {}, 65: { pages: ["APIRequestsRefused", "APITrafficStopped"] } },
  },
  {
    title: "models take calls and answer none: whoever waits gives up",
    series: {
      ...day,
      ...both((index) => ({
        [calls({}, index)]: stops(30),
        [calls({ status: "cancelled" }, index)]: begins(30),
      })),
    },
    told: { 45: {}, 62: { pages: ["LLMCallsStopped"] } },
  },
  {
    title: "every chat connection breaks as soon as it is open",
    series: {
      ...steady.day,
      ...both((index) => ({
        [of(metrics.websocketDisconnects, { ...server(index), reason: "normal" })]: steady.stops(10),
        [of(metrics.websocketDisconnects, { ...server(index), reason: "error" })]: steady.begins(10),
        [of(metrics.websocketConnections, server(index))]: steady.turns(40, 0),
      })),
    },
    told: {
      100: {},
      134: {
        pages: ["ActivityStopped"],
        warnings: ["WebSocketAbnormalCloses", "WebSocketConnectionsDropped"],
      },
    },
  },
  {
    title: "every conversation fails, and nothing else says so",
    series: {
      ...steady.day,
      ...both((index) => ({
        [of(metrics.conversations, { ...server(index), outcome: "completed" })]: steady.stops(6),
        [of(metrics.conversations, { ...server(index), outcome: "failed" })]: steady.begins(6),
      })),
    },
    told: { 100: {}, 134: { pages: ["ActivityStopped"] } },
  },
  {
    title: "the widget is gone from the merchants' pages, and their own programs go on",
    series: {
      ...steady.day,
      ...both((index) => ({
        [of(metrics.conversationsStarted, { ...server(index), channel: "widget" })]: steady.stops(6),
        [of(metrics.conversationsStarted, { ...server(index), channel: "api" })]: perMinute([2, 135]),
      })),
    },
    told: { 100: {}, 134: { pages: ["ActivityStopped"] } },
  },
  {
    title: "the application rejects every chat connection",
    series: {
      ...day,
      ...both((index) => ({
        [of(metrics.websocketConnects, { ...server(index), result: "ok" })]: stops(10),
        [of(metrics.websocketConnects, { ...server(index), result: "rejected" })]: begins(10),
      })),
    },
    told: { 45: {}, 75: { pages: ["WebSocketHandshakesRejected"] } },
  },
  {
    title: "nobody tries to open a chat connection any more: the load balancer lost its rule",
    series: {
      ...steady.day,
      ...both((index) => ({
        [of(metrics.websocketConnects, { ...server(index), result: "ok" })]: steady.stops(10),
      })),
    },
    told: { 100: {}, 134: { pages: ["ActivityStopped"] } },
  },
  {
    title: "the widget is gone from the merchants' pages: no conversation begins",
    series: {
      ...steady.day,
      ...both((index) => ({
        [of(metrics.conversationsStarted, { ...server(index), channel: "widget" })]: steady.stops(6),
      })),
    },
    told: { 100: {}, 134: { pages: ["ActivityStopped"] } },
  },
  {
    title: "nobody gets as far as a checkout",
    series: {
      ...steady.day,
      ...both((index) => ({
        [of(metrics.checkouts, { ...server(index), status: "completed" })]: steady.stops(1),
      })),
    },
    told: { 100: {}, 134: { pages: ["ActivityStopped"] } },
  },
  {
    title: "nothing is queued any more: no job is done, and none waits",
    series: {
      ...steady.day,
      ...steady.standStill(ofWorker),
      ...both((index) =>
        Object.fromEntries(
          queues.map((queue) => [
            of(metrics.workerQueueDepth, { ...worker(index), queue }),
            steady.turns(2, 0),
          ]),
        ),
      ),
    },
    told: { 100: {}, 134: { pages: ["ActivityStopped"] } },
  },
  {
    title: "both workers hang, and jobs pile up",
    series: {
      ...day,
      ...standStill(ofWorker),
      ...both((index) =>
        Object.fromEntries(
          queues.map((queue) => [of(metrics.workerQueueDepth, { ...worker(index), queue }), turns(2, 40)]),
        ),
      ),
    },
    told: { 45: {}, 75: { pages: ["WorkerQueueStalled"] } },
  },
  {
    title: "the agent looks nothing up any more",
    series: {
      ...steady.day,
      ...both((index) => ({
        [of(metrics.ragQueries, { ...server(index), status: "ok" })]: steady.stops(20),
      })),
    },
    told: { 100: {}, 134: { warnings: ["ActivityStopped"] } },
  },
  {
    title: "the series of the chat connections vanish while the server is up",
    series: { ...steady.day, ...steady.gone((name) => name.includes("websocket")) },
    told: { 100: {}, 134: { pages: ["ActivityStopped"], warnings: ["SubjectMissing"] } },
  },
  {
    title: "the series of the requests vanish while the server is up",
    series: { ...day, ...gone((name) => name.startsWith("agentpay_requests_total")) },
    told: { 45: {}, 75: { pages: ["APITrafficStopped"] } },
  },
  {
    title: "Redis behind a network that swallows packets: its exporter gives no answer, and jobs stop",
    series: {
      ...day,
      ...redisGone,
      ...standStill(ofWorker),
      [up(redis)]: turns(1, 0),
    },
    told: { 45: {}, 59: { pages: ["RedisStateUnknown"] } },
  },
  {
    title: "the exporter of Redis answers, and says nothing of Redis",
    series: { ...day, ...redisGone },
    told: { 45: {}, 60: { warnings: ["SubjectMissing"] } },
  },
  {
    title: "it says nothing of Redis, and no job is done",
    series: { ...day, ...redisGone, ...standStill(ofWorker) },
    told: {
      45: {},
      59: { pages: ["RedisStateUnknown"], warnings: ["SubjectMissing"] },
    },
  },
  {
    title: "the exporter of PostgreSQL answers, and says nothing of PostgreSQL",
    series: { ...day, ...gone((name) => name.startsWith("pg_")) },
    told: { 45: {}, 60: { warnings: ["SubjectMissing"] } },
  },
  {
    title: "PostgreSQL hangs: its exporter gives no answer, and nothing moves",
    series: {
      ...day,
      ...gone((name) => name.startsWith("pg_")),
      ...standStill((name) => ofWorker(name) || ofApi(name)),
      [up(postgres)]: turns(1, 0),
    },
    told: {
      45: {},
      65: { pages: ["APITrafficStopped", "PostgresStateUnknown"] },
    },
  },
  {
    title: "the queues' series vanish while the workers are up",
    series: { ...day, ...gone((name) => name.startsWith("agentpay_worker_queue_depth")) },
    told: { 45: {}, 60: { warnings: ["WorkerQueueUnknown"] } },
  },
  {
    title: "the probes of one endpoint hang: they bring no result",
    series: {
      ...day,
      [up(probe("widget"))]: turns(1, 0),
      ...gone((name) => name.startsWith("probe_") && name.includes('endpoint="widget"')),
    },
    told: { 45: {}, 55: { warnings: ["EndpointUnreachable", "UptimeProberDown"] } },
  },
  {
    title: "the prober answers, and probes nothing",
    series: { ...day, ...gone((name) => name.startsWith("probe_")) },
    told: { 45: {}, 60: { warnings: ["SubjectMissing"] } },
  },
  {
    title: "visitors go to bed: everything falls to a tenth within an hour and a half",
    series: {
      ...night,
      ...Object.fromEntries(
        Object.entries(night)
          .filter(([name, { type }]) => type === "counter" && (ofApi(name) || ofWorker(name)))
          .map(([name, { phases }]) => {
            const [first] = phases;
            const value = Array.isArray(first) && typeof first[0] === "number" ? first[0] : 0;
            const share = (of: number, forMinutes: number): Phase => [value * of, forMinutes];
            return [
              name,
              perMinute(share(1, 60), share(0.7, 20), share(0.4, 20), share(0.2, 20), share(0.1, 30)),
            ];
          }),
      ),
    },
    told: { 60: {}, 80: {}, 100: {}, 110: {}, 120: {}, 135: {}, 149: {} },
  },
  {
    title: "a batch of jobs of 40 minutes comes to its end",
    series: {
      ...night,
      ...both((index) => ({
        [jobsDone(index, "succeeded", "batch")]: perMinute([0, 60], [600, 40], [0, 50]),
        [of(metrics.workerQueueDepth, { ...worker(index), queue: "batch" })]: level(
          [0, 60],
          [500, 40],
          [0, 50],
        ),
      })),
    },
    told: { 100: {}, 110: {}, 120: {}, 135: {}, 149: {} },
  },
];

export const silentDays: readonly WorstDay[] = days.map((day) => ({ kind: "silence", ...day }));
