import { metrics } from "../../../catalog/metrics/index.ts";
import {
  type GroupCases,
  type Labels,
  level,
  notANumber,
  type Phase,
  perMinute,
  type RuleCase,
  series,
  silent,
} from "../rule-case.ts";

const products = "/api/v1/products";

export function up(job: string, instance: string): string {
  return series("up", { job, instance });
}

function requests(status: string, more: Labels = {}): string {
  const labels = { job: "agentpay-api", instance: "api-1", method: "GET", endpoint: products, status };
  return series(metrics.requests.name, { ...labels, ...more });
}

/** Requests a minute that take less than 1, 2 and 3 seconds, and all of them. */
type Latencies = readonly [below1: number, below2: number, below3: number, all: number];

function latencies(
  phases: readonly (readonly [Latencies, number])[],
  endpoint = products,
  instance = "api-1",
) {
  const bounds = ["1.0", "2.0", "3.0", "+Inf"];
  return Object.fromEntries(
    bounds.map((le, index) => [
      series(metrics.requestLatency.bucket, {
        job: "agentpay-api",
        instance,
        method: "GET",
        endpoint,
        le,
      }),
      perMinute(...phases.map(([counts, minutes]): Phase => [counts[index] ?? 0, minutes])),
    ]),
  );
}

const fast: Latencies = [100, 100, 100, 100];
const slow: Latencies = [80, 90, 100, 100];
const barelyFastEnough: Latencies = [80, 96, 100, 100];

/** So many servers, of which these are down. */
function servers(count: number, phasesOf: (index: number) => readonly Phase[]) {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      up("agentpay-api", `api-${index}`),
      level(...phasesOf(index)),
    ]),
  );
}

/** Down for a minute and up for half of one, again and again. */
const crashLoop = (times: number): Phase[] =>
  Array.from({ length: times }, (): Phase[] => [
    [0, 1],
    [1, 0.5],
  ]).flat();

/** Requests to a route of which so many a minute take less than 1 s, and so many 10 to 30 s. */
function routeLatencies(
  endpoint: string,
  ...phases: readonly (readonly [quick: number, slow: number, minutes: number])[]
): RuleCase["series"] {
  const quick = perMinute(...phases.map(([count, , minutes]): Phase => [count, minutes]));
  const all = perMinute(...phases.map(([one, other, minutes]): Phase => [one + other, minutes]));
  const labels = { job: "agentpay-api", instance: "api-1", method: "GET", endpoint };
  const bucket = (le: string) => series(metrics.requestLatency.bucket, { ...labels, le });
  return { [bucket("1.0")]: quick, [bucket("10.0")]: quick, [bucket("30.0")]: all, [bucket("+Inf")]: all };
}

const verySlow: Latencies = [0, 0, 0, 100];

const fires = [{ job: "agentpay-api" }];

function pool(job: string, instance: string, ...phases: Phase[]) {
  return {
    [series(metrics.dbPoolConnections.name, { job, instance, state: "checked_out" })]: level(...phases),
    [series(metrics.dbPoolConnections.name, { job, instance, state: "checked_in" })]: level([5, 40]),
    [series(metrics.dbPoolLimit.name, { job, instance })]: level([20, 40]),
  };
}

/** Cases of alerts that APIDown holds back: without a server that is up they would be silent whatever they count. */
function ofServersThatAnswer(cases: readonly RuleCase[]): readonly RuleCase[] {
  return cases.map((each) => ({
    ...each,
    series: { [up("agentpay-api", "api-1")]: level([1, 120]), ...each.series },
  }));
}

export const apiCases: GroupCases = {
  APIDown: [
    {
      title: "every server stops answering, and comes back",
      series: {
        [up("agentpay-api", "api-1")]: level([1, 5], [0, 10], [1, 5]),
        [up("agentpay-api", "api-2")]: level([1, 5], [0, 10], [1, 5]),
      },
      firing: { 5: [], 7: [], 8: fires, 15: fires, 16: [], 20: [] },
    },
    {
      title: "one of two servers still answers",
      series: {
        [up("agentpay-api", "api-1")]: level([0, 20]),
        [up("agentpay-api", "api-2")]: level([1, 20]),
      },
      firing: silent(3, 10, 20),
    },
    {
      title: "the only target leaves discovery",
      series: { [up("agentpay-api", "api-1")]: level([1, 5], ["gone", 10]) },
      firing: { 5: [], 7: [], 8: fires, 15: fires },
    },
    {
      title: "no target was ever known",
      series: { [up("agentpay-worker", "worker-1")]: level([1, 10]) },
      firing: { 1: [], 3: fires },
    },
    {
      title: "a missed scrape",
      series: { [up("agentpay-api", "api-1")]: level([1, 5], [0, 1], [1, 10]) },
      firing: silent(6, 7, 8, 10),
    },
  ],
  APIInstanceDown: [
    {
      title: "one of two servers stops answering, and comes back",
      series: {
        [up("agentpay-api", "api-1")]: level([1, 5], [0, 10], [1, 5]),
        [up("agentpay-api", "api-2")]: level([1, 20]),
      },
      firing: { 7: [], 8: [{ job: "agentpay-api", instance: "api-1" }], 16: [] },
    },
    {
      title: "all are down: that is APIDown's",
      series: {
        [up("agentpay-api", "api-1")]: level([0, 20]),
        [up("agentpay-api", "api-2")]: level([0, 20]),
      },
      firing: silent(3, 10, 20),
    },
    {
      title: "a missed scrape",
      series: {
        [up("agentpay-api", "api-1")]: level([1, 5], [0, 1], [1, 10]),
        [up("agentpay-api", "api-2")]: level([1, 16]),
      },
      firing: silent(6, 8, 10),
    },
  ],
  APIServersDown: [
    {
      title: "19 of 20 servers are down, and come back",
      series: servers(20, (index) =>
        index === 0
          ? [[1, 40]]
          : [
              [1, 5],
              [0, 10],
              [1, 25],
            ],
      ),
      firing: { 5: [], 6: [], 8: fires, 15: fires, 16: [] },
    },
    {
      title: "one of two servers is down",
      series: servers(2, (index) => [[index, 10]]),
      firing: { 1: [], 3: fires },
    },
    {
      title: "every server is in a crash loop",
      series: servers(3, () => [[1, 10], ...crashLoop(40)]),
      firing: { 10: [], 25: fires, 40: fires, 60: fires },
    },
    {
      title: "all are down: APIDown says so",
      series: servers(3, () => [
        [1, 5],
        [0, 30],
      ]),
      firing: silent(8, 15, 35),
    },
    {
      title: "5 of 20 servers are down: each by its name",
      series: servers(20, (index) => [[index < 5 ? 0 : 1, 30]]),
      firing: silent(5, 15, 30),
    },
    {
      title: "a deployment restarts one server after another",
      series: servers(4, (index) => [
        [1, 5 + 2 * index],
        [0, 1],
        [1, 20],
      ]),
      firing: silent(6, 8, 10, 12, 20),
    },
    {
      title: "two deployments within half an hour",
      series: servers(2, (index) => [
        [1, 5 + 2 * index],
        [0, 1],
        [1, 10],
        [0, 1],
        [1, 20],
      ]),
      firing: silent(6, 8, 18, 20, 30),
    },
  ],
  APIInstanceRestarting: [
    {
      title: "one server in a crash loop, until it is mended",
      series: {
        [up("agentpay-api", "api-1")]: level([1, 10], ...crashLoop(10), [1, 60]),
        [up("agentpay-api", "api-2")]: level([1, 85]),
      },
      firing: {
        10: [],
        20: [{ job: "agentpay-api", instance: "api-1" }],
        25: [{ job: "agentpay-api", instance: "api-1" }],
        70: [],
      },
    },
    {
      title: "it restarts between two scrapes: its counters begin anew",
      series: {
        [up("agentpay-api", "api-1")]: level([1, 40]),
        [requests("200")]: perMinute(
          [60, 10],
          ...Array.from({ length: 8 }, (): Phase[] => ["restart", [60, 1]]).flat(),
          [60, 22],
        ),
      },
      firing: { 10: [], 18: [{ job: "agentpay-api", instance: "api-1" }] },
    },
    {
      title: "it restarts between two scrapes: its process is younger",
      series: {
        [up("agentpay-api", "api-1")]: level([1, 40]),
        [series(metrics.processStartTime.name, { job: "agentpay-api", instance: "api-1" })]: level(
          [0, 10],
          ...Array.from({ length: 8 }, (_, index): Phase => [600 + 60 * index, 1]),
          [1080, 22],
        ),
      },
      firing: { 10: [], 18: [{ job: "agentpay-api", instance: "api-1" }] },
    },
    {
      title: "three deployments within half an hour",
      series: {
        [up("agentpay-api", "api-1")]: level([1, 5], [0, 1], [1, 5], [0, 1], [1, 5], [0, 1], [1, 20]),
      },
      firing: silent(6, 12, 18, 30),
    },
  ],
  APIInstanceFailing: [
    {
      title: "one of twenty servers fails everything, and then nothing",
      series: {
        [requests("200")]: perMinute([60, 10], [0, 20], [60, 30]),
        [requests("500")]: perMinute([0, 10], [60, 20], [0, 30]),
        [requests("200", { instance: "the other 19" })]: perMinute([2400, 60]),
      },
      firing: {
        10: [],
        14: [],
        20: [{ job: "agentpay-api", instance: "api-1" }],
        30: [{ job: "agentpay-api", instance: "api-1" }],
        50: [],
      },
    },
    {
      title: "all servers fail: that is HighErrorRate's",
      series: {
        [requests("500")]: perMinute([60, 40]),
        [requests("500", { instance: "api-2" })]: perMinute([60, 40]),
      },
      firing: silent(15, 30, 40),
    },
    {
      title: "a few failures of one server",
      series: {
        [requests("200")]: perMinute([60, 40]),
        [requests("500")]: perMinute([0, 10], [5, 1], [0, 29]),
        [requests("200", { instance: "api-2" })]: perMinute([600, 40]),
      },
      firing: silent(12, 17, 30),
    },
  ],
  APIInstanceIdle: [
    {
      title: "one of five servers hangs, the others answer; it is replaced",
      series: Object.assign(
        {},
        ...Array.from({ length: 5 }, (_, index) => ({
          [up("agentpay-api", `api-${index}`)]: level([1, 100]),
          [requests("200", { instance: `api-${index}` })]:
            index === 3 ? perMinute([30, 20], [0, 50], [30, 30]) : perMinute([30, 100]),
        })),
      ),
      firing: {
        20: [],
        28: [],
        43: [{ job: "agentpay-api", instance: "api-3" }],
        70: [{ job: "agentpay-api", instance: "api-3" }],
        75: [],
      },
    },
    {
      title: "one of two refuses everybody, since its clock is wrong",
      series: {
        [up("agentpay-api", "api-0")]: level([1, 60]),
        [up("agentpay-api", "api-1")]: level([1, 60]),
        [requests("200", { instance: "api-0" })]: perMinute([30, 60]),
        [requests("200", { instance: "api-1" })]: perMinute([30, 20], [0, 40]),
        [requests("401", { instance: "api-1" })]: perMinute([0, 20], [30, 40]),
      },
      firing: { 20: [], 45: [{ job: "agentpay-api", instance: "api-1" }] },
    },
    {
      title: "one is down: APIInstanceDown says so",
      series: {
        [up("agentpay-api", "api-0")]: level([1, 60]),
        [up("agentpay-api", "api-1")]: level([1, 20], [0, 40]),
        [requests("200", { instance: "api-0" })]: perMinute([30, 60]),
        [requests("200", { instance: "api-1" })]: perMinute([30, 20], [0, 40]),
      },
      firing: silent(25, 45, 60),
    },
    {
      title: "it gets a tenth of what the others get",
      series: {
        [up("agentpay-api", "api-0")]: level([1, 60]),
        [up("agentpay-api", "api-1")]: level([1, 60]),
        [requests("200", { instance: "api-0" })]: perMinute([30, 60]),
        [requests("200", { instance: "api-1" })]: perMinute([30, 20], [3, 40]),
      },
      firing: silent(25, 45, 60),
    },
    {
      title: "few requests, all of which one server got",
      series: {
        [up("agentpay-api", "api-0")]: level([1, 60]),
        [up("agentpay-api", "api-1")]: level([1, 60]),
        [requests("200", { instance: "api-0" })]: perMinute([2, 60]),
        [requests("200", { instance: "api-1" })]: perMinute([0, 60]),
      },
      firing: silent(25, 45, 60),
    },
  ],
  APIRouteFailing: ofServersThatAnswer([
    {
      title: "a route of 1 request in 300 is dead, until it is mended",
      series: {
        [requests("200")]: perMinute([600, 90]),
        [requests("200", { endpoint: "/api/v1/refunds" })]: perMinute([2, 20], [0, 40], [2, 30]),
        [requests("500", { endpoint: "/api/v1/refunds" })]: perMinute([0, 20], [2, 40], [0, 30]),
      },
      firing: {
        20: [],
        38: [{ job: "agentpay-api", endpoint: "/api/v1/refunds" }],
        60: [{ job: "agentpay-api", endpoint: "/api/v1/refunds" }],
        85: [],
      },
    },
    {
      title: "it fails a third",
      series: {
        [requests("200")]: perMinute([600, 60]),
        [requests("200", { endpoint: "/api/v1/refunds" })]: perMinute([4, 60]),
        [requests("500", { endpoint: "/api/v1/refunds" })]: perMinute([2, 60]),
      },
      firing: silent(20, 40, 60),
    },
    {
      title: "one person tries six times",
      series: {
        [requests("200")]: perMinute([600, 60]),
        [requests("500", { endpoint: "/api/v1/refunds" })]: perMinute([0, 20], [3, 2], [0, 38]),
      },
      firing: silent(25, 30, 40),
    },
  ]),
  APIMostlySlow: [
    {
      title: "every request takes 29 s, and then none",
      series: latencies([
        [fast, 10],
        [verySlow, 30],
        [fast, 20],
      ]),
      firing: { 10: [], 15: [], 20: fires, 35: fires, 50: [] },
    },
    {
      title: "a third of the requests is slow",
      series: latencies([[[66, 66, 66, 100], 40]]),
      firing: silent(15, 30, 40),
    },
    {
      title: "a stream that lasts as long as people talk",
      series: latencies([[verySlow, 40]], "/api/v1/agent/conversations/{conversation_id}/ws"),
      firing: silent(20, 40),
    },
    {
      title: "slow for two minutes",
      series: latencies([
        [fast, 10],
        [verySlow, 2],
        [fast, 30],
      ]),
      firing: silent(12, 15, 20),
    },
    { title: "no traffic", series: latencies([[[0, 0, 0, 0], 40]]), firing: silent(20, 40) },
  ],
  APIInstanceSlow: [
    {
      title: "one of 20 servers answers everything in 29 s for hours, and is replaced",
      series: {
        ...latencies([
          [fast, 10],
          [verySlow, 180],
          [fast, 30],
        ]),
        ...latencies([[[2900, 2900, 2900, 2900], 220]], products, "the other 19"),
      },
      firing: {
        10: [],
        30: [{ job: "agentpay-api", instance: "api-1" }],
        180: [{ job: "agentpay-api", instance: "api-1" }],
        205: [],
      },
    },
    {
      title: "all are slow: that is SlowAPIResponses'",
      series: {
        ...latencies([[verySlow, 40]]),
        ...latencies([[verySlow, 40]], products, "api-2"),
      },
      firing: silent(20, 40),
    },
  ],
  APIRouteSlow: [
    {
      title: "a route of 1 request in 300 takes 29 s, until it is mended",
      series: {
        ...routeLatencies("/api/v1/chat", [1200, 0, 100]),
        ...routeLatencies(products, [4, 0, 10], [0, 4, 40], [4, 0, 50]),
      },
      firing: { 10: [], 30: [{ endpoint: products }], 50: [{ endpoint: products }], 70: [] },
    },
    {
      title: "a third of its requests are slow",
      series: {
        ...routeLatencies("/api/v1/chat", [1200, 0, 60]),
        ...routeLatencies(products, [4, 2, 60]),
      },
      firing: silent(20, 40, 60),
    },
    {
      title: "one person waits for one export",
      series: {
        ...routeLatencies("/api/v1/chat", [1200, 0, 60]),
        ...routeLatencies(products, [0, 0.5, 60]),
      },
      firing: silent(20, 40, 60),
    },
    {
      title: "all routes are slow: that is SlowAPIResponses'",
      series: {
        ...routeLatencies("/api/v1/chat", [0, 1200, 60]),
        ...routeLatencies(products, [0, 4, 60]),
      },
      firing: silent(20, 40, 60),
    },
  ],
  APITrafficStopped: [
    {
      title: "every counter stands still while the servers are up, for hours, until somebody restarts them",
      series: {
        [up("agentpay-api", "api-1")]: level([1, 400]),
        [requests("200")]: perMinute([60, 60], [0, 240], [60, 100]),
      },
      firing: { 60: [], 64: [], 75: fires, 160: fires, 300: fires, 310: [] },
    },
    {
      title: "everybody is refused, all at once",
      series: {
        [up("agentpay-api", "api-1")]: level([1, 120]),
        [requests("200")]: perMinute([60, 60], [0, 60]),
        [requests("401")]: perMinute([0, 60], [60, 60]),
      },
      firing: { 60: [], 75: fires, 120: fires },
    },
    {
      title: "every client gives up waiting",
      series: {
        [up("agentpay-api", "api-1")]: level([1, 120]),
        [requests("200")]: perMinute([60, 60], [0, 60]),
        [requests("499")]: perMinute([0, 60], [60, 60]),
      },
      firing: { 60: [], 75: fires, 120: fires },
    },
    {
      title: "visitors go to bed",
      series: {
        [up("agentpay-api", "api-1")]: level([1, 460]),
        [requests("200")]: perMinute(
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
      },
      firing: silent(130, 190, 250, 310, 370, 400, 430, 460),
    },
    {
      title: "the servers are down: that is APIDown's",
      series: {
        [up("agentpay-api", "api-1")]: level([1, 60], [0, 60]),
        [requests("200")]: perMinute([60, 60], ["gone", 60]),
      },
      firing: silent(70, 90, 120),
    },
    {
      title: "a deployment of three minutes",
      series: {
        [up("agentpay-api", "api-1")]: level([1, 60], [0, 3], [1, 60]),
        [requests("200")]: perMinute([60, 60], ["gone", 3], [60, 60]),
      },
      firing: silent(62, 65, 70, 80, 120),
    },
    {
      title: "few requests, and a pause",
      series: {
        [up("agentpay-api", "api-1")]: level([1, 120]),
        [requests("200")]: perMinute([0.5, 60], [0, 60]),
      },
      firing: silent(75, 90, 120),
    },
  ],
  APIRequestsRefused: [
    {
      title: "every request is refused, and then none",
      series: {
        [requests("200")]: perMinute([60, 10], [0, 30], [60, 40]),
        [requests("401")]: perMinute([0, 10], [60, 30], [0, 40]),
      },
      firing: { 10: [], 15: [], 30: fires, 40: fires, 60: [] },
    },
    {
      title: "every request is refused from the start",
      series: { [requests("403")]: perMinute([10, 40]) },
      firing: { 20: fires, 40: fires },
    },
    {
      title: "somebody guesses passwords",
      series: {
        [requests("200")]: perMinute([60, 40]),
        [requests("200", { endpoint: "/api/v1/orders" })]: perMinute([60, 40]),
        [requests("401", { endpoint: "/api/v1/login" })]: perMinute([6000, 40]),
      },
      firing: silent(20, 40),
    },
    {
      title: "a scanner asks for pages that there never were",
      series: {
        [requests("200")]: perMinute([60, 40]),
        [requests("404", { endpoint: "<unmatched>" })]: perMinute([6000, 40]),
      },
      firing: silent(20, 40),
    },
    { title: "no traffic", series: { [requests("401")]: perMinute([0, 40]) }, firing: silent(20, 40) },
  ],
  HighErrorRate: ofServersThatAnswer([
    {
      title: "one series is not a number for ever",
      series: {
        [requests("200")]: perMinute([60, 40]),
        [requests("500")]: perMinute([0, 10], [6, 30]),
        [requests("200", { instance: "api-2" })]: notANumber(40),
        [requests("500", { instance: "api-2" })]: notANumber(40),
      },
      firing: { 9: [], 14: [], 25: fires, 40: fires },
    },
    {
      title: "errors for 7 minutes and none for 6, five times: one page",
      series: {
        [requests("200")]: perMinute([60, 120]),
        [requests("500")]: perMinute(
          [0, 10],
          ...Array.from({ length: 5 }, (): Phase[] => [
            [30, 7],
            [0, 6],
          ]).flat(),
          [0, 45],
        ),
      },
      firing: {
        10: [],
        18: fires,
        23: fires,
        29: fires,
        36: fires,
        43: fires,
        50: fires,
        62: fires,
        75: fires,
        100: [],
      },
    },
    {
      title: "9% of requests fail, and then none",
      series: {
        [requests("200")]: perMinute([60, 40]),
        [requests("500")]: perMinute([0, 10], [6, 15], [0, 15]),
      },
      firing: { 9: [], 14: [], 20: fires, 25: fires, 33: fires, 40: [] },
    },
    {
      title: "just below 5%",
      series: { [requests("200")]: perMinute([60, 40]), [requests("500")]: perMinute([0, 10], [3, 30]) },
      firing: silent(15, 25, 40),
    },
    {
      title: "a total outage at low traffic",
      series: {
        [requests("200")]: perMinute([2, 10], [0, 30]),
        [requests("503")]: perMinute([0, 10], [2, 20], [0, 10]),
      },
      firing: { 10: [], 14: [], 25: fires, 38: fires },
    },
    {
      title: "no traffic",
      series: { [requests("200")]: perMinute([0, 30]), [requests("500")]: perMinute([0, 30]) },
      firing: silent(10, 20, 30),
    },
    {
      title: "requests that no request counter counts",
      series: { [up("agentpay-api", "api-1")]: level([1, 30]) },
      firing: silent(10, 30),
    },
    {
      title: "a burst of failures within a minute",
      series: {
        [requests("200")]: perMinute([60, 40]),
        [requests("500")]: perMinute([0, 10], [30, 1], [0, 29]),
      },
      firing: silent(11, 13, 15, 16, 17, 20),
    },
    {
      title: "two failures while hardly anybody is there",
      series: {
        [requests("200")]: perMinute([0.2, 60]),
        [requests("500")]: perMinute([0, 10], [0.2, 10], [0, 40]),
      },
      firing: silent(15, 20, 25, 40),
    },
    {
      title: "a restart in the middle of the fault",
      series: {
        [requests("200")]: perMinute([60, 20], "restart", [60, 20]),
        [requests("500")]: perMinute([0, 10], [6, 10], "restart", [6, 20]),
      },
      firing: { 14: [], 22: fires, 35: fires },
    },
    {
      title: "a restart while all is well",
      series: {
        [requests("200")]: perMinute([600, 20], "restart", [600, 20]),
        [requests("500")]: perMinute([1, 20], "restart", [1, 20]),
      },
      firing: silent(19, 22, 26, 40),
    },
    {
      title: "one replica of two fails an eighth of its requests",
      series: {
        [requests("200")]: perMinute([60, 40]),
        [requests("500")]: perMinute([0, 10], [8.6, 30]),
        [requests("200", { instance: "api-2" })]: perMinute([60, 40]),
        [requests("500", { instance: "api-2" })]: perMinute([0, 40]),
      },
      firing: { 13: [], 25: fires },
    },
    {
      title: "health checks don't dilute the share",
      series: {
        [requests("200", { endpoint: "/healthz" })]: perMinute([1000, 40]),
        [requests("200")]: perMinute([60, 40]),
        [requests("500")]: perMinute([0, 10], [6, 30]),
      },
      firing: { 14: [], 25: fires },
    },
  ]),
  ElevatedErrorRate: ofServersThatAnswer([
    {
      title: "a third of few fails, for an hour",
      series: { [requests("200")]: perMinute([0.2, 70]), [requests("500")]: perMinute([0, 10], [0.1, 60]) },
      firing: silent(30, 50, 70),
    },
    {
      title: "2% of requests fail, and then none",
      series: {
        [requests("200")]: perMinute([60, 90]),
        [requests("500")]: perMinute([0, 10], [1.2, 40], [0, 40]),
      },
      firing: { 10: [], 25: [], 35: fires, 50: fires, 75: [] },
    },
    {
      title: "just below 1%",
      series: { [requests("200")]: perMinute([60, 90]), [requests("500")]: perMinute([0, 10], [0.58, 80]) },
      firing: silent(30, 60, 90),
    },
    {
      title: "a burst of failures within a minute",
      series: {
        [requests("200")]: perMinute([60, 60]),
        [requests("500")]: perMinute([0, 10], [30, 1], [0, 49]),
      },
      firing: silent(12, 16, 26, 40),
    },
    {
      title: "no traffic",
      series: { [requests("200")]: perMinute([0, 60]), [requests("500")]: perMinute([0, 60]) },
      firing: silent(20, 40, 60),
    },
  ]),
  SlowAPIResponses: ofServersThatAnswer([
    {
      title: "a tenth of the requests takes over 2 s, and then none",
      series: latencies([
        [fast, 10],
        [slow, 20],
        [fast, 20],
      ]),
      firing: { 10: [], 15: [], 25: fires, 30: fires, 40: [] },
    },
    {
      title: "a little less than 1 in 20 takes over 2 s",
      series: latencies([
        [fast, 10],
        [barelyFastEnough, 30],
      ]),
      firing: silent(20, 30, 40),
    },
    {
      title: "1 slow request a minute is too few to tell",
      series: latencies([[[0, 0, 1, 1], 40]]),
      firing: silent(20, 30, 40),
    },
    { title: "no traffic", series: latencies([[[0, 0, 0, 0], 40]]), firing: silent(20, 40) },
    {
      title: "slow for three minutes",
      series: latencies([
        [fast, 10],
        [slow, 3],
        [fast, 27],
      ]),
      firing: silent(12, 15, 20, 25, 30),
    },
    {
      title: "a stream that lasts as long as people talk",
      series: latencies([[slow, 40]], "/api/v1/agent/conversations/{conversation_id}/stream"),
      firing: silent(20, 30, 40),
    },
  ]),
  DatabaseAppPoolSaturated: [
    {
      title: "one server has every connection in use, and then few",
      series: {
        ...pool("agentpay-api", "api-1", [5, 10], [20, 10], [5, 20]),
        ...pool("agentpay-worker", "worker-1", [5, 40]),
      },
      firing: { 12: [], 16: [{ job: "agentpay-api", instance: "api-1" }], 22: [] },
    },
    {
      title: "one of its pools counts what is not a number",
      series: {
        ...pool("agentpay-api", "api-1", [19, 40]),
        [series(metrics.dbPoolConnections.name, {
          job: "agentpay-api",
          instance: "api-1",
          state: "checked_out",
          pool: "reports",
        })]: notANumber(40),
      },
      firing: { 20: [{ job: "agentpay-api", instance: "api-1" }] },
    },
    {
      title: "exactly 90% in use",
      series: pool("agentpay-api", "api-1", [18, 40]),
      firing: silent(10, 30),
    },
    {
      title: "a rush of two minutes",
      series: pool("agentpay-api", "api-1", [5, 10], [20, 2], [5, 28]),
      firing: silent(11, 13, 16, 30),
    },
  ],
};
