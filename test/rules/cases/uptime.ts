import { metrics } from "../../../catalog/metrics.ts";
import { type EndpointKey, endpoints } from "../../../catalog/uptime.ts";
import { type GroupCases, level, type RuleCase, type Shape, series, silent } from "../rule-case.ts";
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
/** When the certificate ends, of a test that begins in 1970: so many days after. */
const certificate = (endpoint: EndpointKey, ...phases: [days: number, minutes: number][]) => ({
  [series(metrics.probeCertificateExpiry.name, probe(endpoint))]: level(
    ...phases.map(([days, minutes]) => [days * DAY, minutes] as const),
  ),
});

function certificateCases(days: number): RuleCase[] {
  return [
    {
      title: "not renewed, and then renewed",
      series: certificate("api", [days + 30, 5], [days - 1, 25], [days + 30, 5]),
      firing: { 5: [], 18: [], 22: [probe("api")], 32: [] },
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
      firing: { 5: [], 22: [probe("api")], 32: [] },
    },
  ];
}

export const uptimeCases: GroupCases = {
  EndpointUnreachable: probed.flatMap((endpoint): RuleCase[] => [
    {
      title: `${endpoint} fails, and comes back`,
      series: success(endpoint, level([1, 5], [0, 5], [1, 5])),
      firing: { 5: [], 7: [], 8: [probe(endpoint)], 11: [] },
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
  CertificateExpiringSoon: certificateCases(14),
  CertificateAboutToExpire: certificateCases(3),
  UptimeProberDown: [
    {
      title: "the exporter stops answering, and comes back",
      series: { [up("blackbox", "https://api.test")]: level([1, 5], [0, 10], [1, 5]) },
      firing: { 9: [], 12: [{ job: "blackbox" }], 16: [] },
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
