/** The API: its servers, its errors, its traffic. How slowly it answers is in api-latency.ts. */
import { increase } from "../counting.ts";
import { metrics } from "../metrics/index.ts";
import {
  errorRatio,
  errorRatioByInstance,
  NOT_SERVED,
  requestsAnswered,
  requestsAnsweredBefore,
  routesRefused,
  STOPPED_SHARE,
  userEndpoints,
} from "../recording-rules/api.ts";
import { type Alert, type AlertGroup, MINIMUM_FAILURES, OUTAGE_INTERVAL } from "./alert.ts";
import { apiInstanceSlow, apiMostlySlow, apiRouteSlow, slowApiResponses } from "./api-latency.ts";
import { allDown, manyDown, RESTARTS, restarting, SPARE_SERVERS, someDown } from "./availability.ts";

const API = 'job="agentpay-api"';

const failures = (window: "5m" | "15m", by = "job") =>
  `sum by (${by}) (${increase(`${metrics.requests.name}{${API},${userEndpoints},status=~"5.."}`, window)})`;

const apiDown: Alert = {
  name: "APIDown",
  severity: "critical",
  service: "api",
  summary: "No API server answers.",
  description:
    "Every API server has been unreachable for 2 minutes, or none is known: the chat widget shows errors to every visitor.",
  expression: () => allDown("agentpay-api"),
  holdFor: "2m",
  evaluatedEach: OUTAGE_INTERVAL,
  panel: { dashboard: "agentpay-technical", panel: "serversUp" },
};

const apiServersDown: Alert = {
  name: "APIServersDown",
  severity: "critical",
  service: "api",
  summary: "Many API servers are down, or keep restarting.",
  description:
    "{{ $value | humanizePercentage }} of the API servers are unreachable or crash again and again: requests to them fail, and the others may not carry the load.",
  threshold: SPARE_SERVERS,
  expression: (threshold) => manyDown("agentpay-api", threshold),
  holdFor: "2m",
  panel: { dashboard: "agentpay-technical", panel: "serversDown" },
};

const apiInstanceDown: Alert = {
  name: "APIInstanceDown",
  severity: "warning",
  service: "api",
  summary: "An API server does not answer.",
  description:
    "API server {{ $labels.instance }} has been unreachable for 2 minutes. Others answer, with less room for more visitors.",
  expression: () => someDown("agentpay-api"),
  holdFor: "2m",
  panel: { dashboard: "agentpay-technical", panel: "serversUp" },
};

const apiInstanceRestarting: Alert = {
  name: "APIInstanceRestarting",
  severity: "warning",
  service: "api",
  summary: "An API server keeps restarting.",
  description:
    "API server {{ $labels.instance }} went away and came back {{ $value | humanize }} times in half an hour: whoever was connected to it lost the chat each time.",
  threshold: {
    default: RESTARTS,
    unit: "restarts in 30 minutes",
    source: "a starting point; deployments one after another stay below it",
  },
  expression: (threshold) => restarting("agentpay-api", threshold),
  holdFor: "0m",
  panel: { dashboard: "agentpay-technical", panel: "restarts" },
};

const highErrorRate: Alert = {
  name: "HighErrorRate",
  severity: "critical",
  service: "api",
  summary: "The API fails a large share of requests.",
  description:
    "{{ $value | humanizePercentage }} of the API's requests fail with a server error: visitors see errors in the chat.",
  threshold: {
    default: 0.05,
    unit: "share of requests",
    source: "the guide: error rate over 5% for 5 minutes",
  },
  expression: (threshold) =>
    `${errorRatio.record}{${API}} > ${threshold} and on (job) ${failures("5m")} > ${MINIMUM_FAILURES}`,
  holdFor: "5m",
  // A fault that comes and goes is one page, not one each time.
  keepFiringFor: "10m",
  panel: { dashboard: "agentpay-metrics", panel: "errorRatio" },
};

const elevatedErrorRate: Alert = {
  name: "ElevatedErrorRate",
  severity: "warning",
  service: "api",
  summary: "The API fails more requests than usual.",
  description:
    "{{ $value | humanizePercentage }} of the API's requests fail with a server error: some visitors have to try again.",
  threshold: {
    default: 0.01,
    unit: "share of requests",
    source: "the guide: error rate over 1% for 15 minutes",
  },
  expression: (threshold) =>
    `${errorRatio.record}{${API}} > ${threshold} and on (job) ${failures("15m")} > ${MINIMUM_FAILURES}`,
  holdFor: "15m",
  keepFiringFor: "10m",
  panel: { dashboard: "agentpay-metrics", panel: "errorRatio" },
};

const apiInstanceFailing: Alert = {
  name: "APIInstanceFailing",
  severity: "warning",
  service: "api",
  summary: "One API server fails requests that the others answer.",
  description:
    "API server {{ $labels.instance }} fails {{ $value | humanizePercentage }} of its requests while others fail few: visitors whom it serves see errors.",
  threshold: {
    default: 0.05,
    unit: "share of the server's requests",
    source: "HighErrorRate's limit, for one server: set it along with that one",
  },
  expression: (threshold) =>
    `${errorRatioByInstance.record}{${API}} > ${threshold}` +
    ` and on (job, instance) ${failures("5m", "job, instance")} > ${MINIMUM_FAILURES}` +
    // Where no server does better, it is not this one's fault.
    ` unless on (job) min by (job) (${errorRatioByInstance.record}{${API}}) > ${threshold}`,
  holdFor: "5m",
  keepFiringFor: "10m",
  panel: { dashboard: "agentpay-technical", panel: "errorsByInstance" },
};

/** Requests answered below which a pause of minutes is a coincidence. */
const MINIMUM_ANSWERED = 30;

const answered = `${metrics.requests.name}{${API},${userEndpoints},status!~"${NOT_SERVED}|5.."}`;
const connected = `${metrics.websocketConnects.name}{${API},result="ok"}`;

/** A server has fewer than 1 in 20 of its peers' events in 10 minutes, though those are no few. */
function idle(events: string): string {
  const by = (labels: string) => `sum by (${labels}) (${increase(events, "10m")})`;
  return (
    `${by("job, instance")} < on (job) group_left () 0.05 * avg by (job) (${by("job, instance")})` +
    ` and on (job) avg by (job) (${by("job, instance")}) > ${MINIMUM_ANSWERED}`
  );
}

const apiInstanceIdle: Alert = {
  name: "APIInstanceIdle",
  severity: "warning",
  service: "api",
  summary: "One API server answers hardly anybody, the others do.",
  description:
    "API server {{ $labels.instance }} is up and answered {{ $value | humanize }} requests well, or opened as many chat connections, in 10 minutes: fewer than 1 in 20 of what its peers do. It hangs, refuses everybody, or nothing reaches it. Whom it serves gets nothing.",
  expression: () =>
    `(${idle(answered)} or ${idle(connected)}) and on (job, instance) ${metrics.up.name}{${API}} == 1`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-technical", panel: "answeredByInstance" },
};

/** Failures in 10 minutes below which a route's share means nothing: one person tries again a few times. */
const MINIMUM_ROUTE_FAILURES = 10;
const routeIncrease = (status: string) =>
  `sum by (job, endpoint) (${increase(`${metrics.requests.name}{${API},${userEndpoints}${status}}`, "10m")})`;

const apiRouteFailing: Alert = {
  name: "APIRouteFailing",
  severity: "critical",
  service: "api",
  summary: "One route of the API fails most of its requests.",
  description:
    "{{ $labels.endpoint }} fails {{ $value | humanizePercentage }} of its requests with a server error: what it does for users does not happen, however well the other routes do.",
  threshold: {
    default: 0.5,
    unit: "share of the route's requests",
    source: "a starting point; ten times what HighErrorRate allows all of them together",
  },
  expression: (threshold) =>
    `${routeIncrease(',status=~"5.."')} / ${routeIncrease("")} > ${threshold}` +
    ` and on (job, endpoint) ${routeIncrease(',status=~"5.."')} > ${MINIMUM_ROUTE_FAILURES}`,
  // After HighErrorRate, which holds it back where all of the API fails.
  holdFor: "7m",
  keepFiringFor: "10m",
  panel: { dashboard: "agentpay-technical", panel: "errorsByRoute" },
};

/** Refusals in 10 minutes below which a share of routes means nothing. */
const MINIMUM_REFUSED = 20;

const apiTrafficStopped: Alert = {
  name: "APITrafficStopped",
  severity: "critical",
  service: "api",
  summary: "The API answers no request any more, though its servers are up.",
  description:
    "All at once nobody got a good answer any more, for 10 minutes: the servers hang, refuse everybody, or nothing reaches them. Nothing else shows it, for nothing fails.",
  expression: () =>
    `${requestsAnswered.record} <= ${STOPPED_SHARE} * ${requestsAnsweredBefore.record}` +
    ` and ${requestsAnsweredBefore.record} * 1800 > ${MINIMUM_ANSWERED}` +
    ` and on (job) sum by (job) (${metrics.up.name}{${API}}) > 0`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-technical", panel: "requestsAnswered" },
};

const refused = increase(`${metrics.requests.name}{${API},${userEndpoints},status=~"${NOT_SERVED}"}`, "10m");

const apiRequestsRefused: Alert = {
  name: "APIRequestsRefused",
  severity: "critical",
  service: "api",
  summary: "The API refuses nearly everybody.",
  description:
    "{{ $value | humanizePercentage }} of the API's routes refuse nearly all requests, send them elsewhere, or their callers give up: a changed key, a wrong permission, a redirect or a hang, and no error of ours.",
  threshold: {
    default: 0.5,
    unit: "share of routes that refuse 9 of 10 requests",
    source: "a starting point: somebody who guesses passwords only hits a route or two",
  },
  expression: (threshold) =>
    `${routesRefused.record} > ${threshold} and on (job) sum by (job) (${refused}) > ${MINIMUM_REFUSED}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-technical", panel: "routesRefused" },
};

const databaseAppPoolSaturated: Alert = {
  name: "DatabaseAppPoolSaturated",
  severity: "warning",
  service: "postgres",
  summary: "A server's own database pool is nearly used up.",
  description:
    "{{ $labels.instance }} ({{ $labels.job }}) has {{ $value | humanizePercentage }} of its database connections in use: its requests queue for one, and users wait.",
  threshold: {
    default: 0.9,
    unit: "share of the pool",
    source: "a starting point; a pool that is this full for minutes makes requests wait",
  },
  expression: (threshold) =>
    `sum by (job, instance) (${metrics.dbPoolConnections.name}{state="checked_out"} >= 0)` +
    ` / sum by (job, instance) (${metrics.dbPoolLimit.name}) > ${threshold}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-data", panel: "applicationPool" },
};

export const apiAlerts: AlertGroup = {
  name: "agentpay-api",
  interval: "30s",
  alerts: [
    apiDown,
    apiServersDown,
    apiInstanceDown,
    apiInstanceRestarting,
    highErrorRate,
    elevatedErrorRate,
    apiRouteFailing,
    apiInstanceFailing,
    apiInstanceIdle,
    slowApiResponses,
    apiMostlySlow,
    apiInstanceSlow,
    apiRouteSlow,
    apiTrafficStopped,
    apiRequestsRefused,
    databaseAppPoolSaturated,
  ],
};
