import { metrics } from "../../../catalog/metrics/index.ts";
import { type EndpointKey, endpoints } from "../../../catalog/uptime.ts";
import {
  type GroupCases,
  level,
  type Phase,
  type RuleCase,
  type Shape,
  series,
  silent,
} from "../rule-case.ts";
import { up } from "./api.ts";

const probe = (endpoint: EndpointKey) => ({
  job: "blackbox",
  endpoint,
  instance: `https://${endpoint}.test`,
});
const probed = (Object.keys(endpoints) as EndpointKey[]).filter(
  (key) => endpoints[key].kind !== "certificate",
);

const success = (endpoint: EndpointKey, shape: Shape) => ({
  [series(metrics.probeSuccess.name, probe(endpoint))]: shape,
});

const DAY = 86_400;
const probedAt = (endpoint: EndpointKey) => ({ endpoint, instance: `https://${endpoint}.test` });
/** When the chain that clients use ends, of a test that begins in 1970: so many days after. Probed all the while. */
const certificate = (
  endpoint: EndpointKey,
  ...phases: (readonly [days: number | "gone", minutes: number])[]
) => ({
  [series(metrics.probeChainExpiry.name, probe(endpoint))]: level(
    ...phases.map(([days, minutes]): Phase => [days === "gone" ? days : days * DAY, minutes]),
  ),
  ...success(endpoint, level([1, 200])),
});

function certificateCases(days: number): RuleCase[] {
  return [
    {
      title: "not renewed, and then renewed",
      series: certificate("api", [days + 30, 5], [days - 1, 25], [days + 30, 5]),
      firing: { 5: [], 14: [], 22: [probedAt("api")], 32: [] },
    },
    {
      title: "it has ended: no probe says so any more, until it is renewed",
      series: certificate("api", [days - 1, 25], ["gone", 120], [days + 30, 10]),
      firing: { 22: [probedAt("api")], 60: [probedAt("api")], 140: [probedAt("api")], 150: [] },
    },
    {
      title: "the endpoint is no longer probed",
      series: {
        ...certificate("api", [days - 1, 25], ["gone", 120]),
        ...success("api", level([1, 25], ["gone", 120])),
      },
      firing: { 22: [probedAt("api")], 45: [] },
    },
    {
      title: "a certificate that no client needs ends tomorrow",
      series: {
        ...certificate("api", [days + 30, 40]),
        [series(metrics.probeCertificateExpiry.name, probe("api"))]: level([DAY, 40]),
      },
      firing: silent(20, 40),
    },
    {
      title: "the prober verifies nothing: the first of those presented counts",
      series: {
        [series(metrics.probeChainExpiry.name, probe("api"))]: level([-62_135_596_800, 40]),
        [series(metrics.probeCertificateExpiry.name, probe("api"))]: level([(days - 1) * DAY, 40]),
        ...success("api", level([1, 40])),
      },
      firing: { 5: [], 15: [probedAt("api")] },
    },
    {
      title: "a day more than that",
      series: certificate("widget", [days + 1, 40]),
      firing: silent(20, 40),
    },
    {
      title: "an old one served for five minutes",
      series: certificate("api", [days + 30, 5], [days - 1, 5], [days + 30, 20]),
      firing: silent(9, 16, 30),
    },
    {
      title: "the handshake's is the API's, and told once",
      series: {
        ...certificate("api", [days + 30, 5], [days - 1, 25], [days + 30, 5]),
        ...certificate("websocket", [days + 30, 5], [days - 1, 25], [days + 30, 5]),
      },
      firing: { 5: [], 22: [probedAt("api")], 32: [] },
    },
  ];
}

const status = (endpoint: EndpointKey, shape: Shape) => ({
  [series(metrics.probeHttpStatus.name, probe(endpoint))]: shape,
});
const scraped = (endpoint: EndpointKey, shape: Shape) => ({ [series("up", probe(endpoint))]: shape });

/** A check that fails, and one that does not, again and again. */
const comesAndGoes = (times: number): Phase[] =>
  Array.from({ length: times }, (): Phase[] => [
    [0, 0.5],
    [1, 0.5],
  ]).flat();

export const uptimeCases: GroupCases = {
  EndpointUnreachable: probed.flatMap((endpoint): RuleCase[] => [
    {
      title: `${endpoint} fails, and comes back`,
      series: success(endpoint, level([1, 5], [0, 5], [1, 5])),
      firing: { 5: [], 7: [], 8: [probe(endpoint)], 11: [] },
    },
    {
      title: `the probe of ${endpoint} hangs, others do not`,
      series: {
        ...success(endpoint, level([1, 5], ["gone", 10], [1, 5])),
        ...scraped(endpoint, level([1, 5], [0, 10], [1, 5])),
        [series("up", { job: "blackbox", endpoint: "other", instance: "https://other.test" })]: level([
          1, 20,
        ]),
      },
      firing: { 5: [], 7: [], 8: [probe(endpoint)], 15: [probe(endpoint)], 16: [] },
    },
    {
      title: `the prober of ${endpoint} is dead: UptimeProberDown says so`,
      series: {
        ...success(endpoint, level([1, 5], ["gone", 10])),
        ...scraped(endpoint, level([1, 5], [0, 10])),
      },
      firing: silent(8, 15),
    },
    {
      title: `${endpoint} fails a single check`,
      series: success(endpoint, level([1, 5], [0, 1], [1, 5])),
      firing: silent(6, 8, 10),
    },
    {
      title: `${endpoint} is not probed: UptimeProberDown says so`,
      series: success(endpoint, level([1, 5], ["gone", 10])),
      firing: silent(8, 15),
    },
  ]),
  EndpointWrongAnswer: (["api", "widget", "status-page"] as const).flatMap((endpoint): RuleCase[] => [
    {
      title: `${endpoint} answers with a redirect, and then well`,
      series: {
        ...success(endpoint, level([1, 5], [0, 10], [1, 5])),
        ...status(endpoint, level([200, 5], [302, 10], [200, 5])),
      },
      firing: { 5: [], 7: [], 8: [probe(endpoint)], 16: [] },
    },
    {
      title: `${endpoint} answers 200, and not with what it must bring`,
      series: { ...success(endpoint, level([0, 10])), ...status(endpoint, level([200, 10])) },
      firing: { 5: [probe(endpoint)] },
    },
    {
      title: `${endpoint} fails: that is EndpointUnreachable's`,
      series: { ...success(endpoint, level([0, 10])), ...status(endpoint, level([503, 10])) },
      firing: silent(5, 10),
    },
  ]),
  EndpointUnsteady: [
    {
      title: "every other check fails, until somebody takes the dead address out",
      series: success("api", level([1, 30], ...comesAndGoes(20), [1, 60])),
      firing: { 30: [], 45: [probe("api")], 50: [probe("api")], 90: [] },
    },
    {
      title: "three deployments within half an hour",
      series: success("api", level([1, 30], ...comesAndGoes(3), [1, 60])),
      firing: silent(30, 36, 45, 60),
    },
    {
      title: "it fails for good: EndpointUnreachable says so",
      series: success("api", level([1, 30], [0, 60])),
      firing: silent(30, 45, 60, 90),
    },
  ],
  EndpointSlow: [
    {
      title: "an endpoint takes 4 s for half an hour",
      series: {
        ...success("api", level([1, 70])),
        [series(metrics.probeDuration.name, probe("api"))]: level([0.2, 10], [4, 30], [0.2, 30]),
      },
      firing: { 10: [], 30: [probe("api")], 40: [probe("api")], 60: [] },
    },
    {
      title: "it fails after 9 s: EndpointUnreachable says so",
      series: {
        ...success("api", level([0, 40])),
        [series(metrics.probeDuration.name, probe("api"))]: level([9, 40]),
      },
      firing: silent(20, 40),
    },
    {
      title: "slow for two minutes",
      series: {
        ...success("api", level([1, 40])),
        [series(metrics.probeDuration.name, probe("api"))]: level([0.2, 10], [4, 2], [0.2, 30]),
      },
      firing: silent(12, 20, 30),
    },
  ],
  CertificateExpiringSoon: certificateCases(14),
  CertificateAboutToExpire: certificateCases(3),
  UptimeProberDown: [
    {
      title: "the exporter stops answering, and comes back",
      series: { [up("blackbox", "https://api.test")]: level([1, 5], [0, 10], [1, 5]) },
      firing: { 9: [], 12: [{ job: "blackbox", instance: "https://api.test" }], 16: [] },
    },
    {
      title: "its targets leave the configuration",
      series: { [up("blackbox", "https://api.test")]: level([1, 5], ["gone", 15]) },
      firing: { 9: [], 12: [{ job: "blackbox" }] },
    },
    {
      title: "two missed minutes",
      series: { [up("blackbox", "https://api.test")]: level([1, 5], [0, 2], [1, 10]) },
      firing: silent(7, 11, 15),
    },
  ],
};
