import { metrics } from "../../../catalog/metrics/index.ts";
import { level, type Phase } from "../rule-case.ts";
import { healthy, of, type Platform, probe, up } from "./healthy.ts";
import type { WorstDay } from "./worst-day.ts";

const minutes = 45;
const day = healthy({ minutes });
const later = (before: number, after: number): Phase[] => [
  [before, 20],
  [after, 25],
];

function answers(endpoint: string, status: number): Platform {
  return {
    [of(metrics.probeSuccess, probe(endpoint))]: level(...later(1, 0)),
    [of(metrics.probeHttpStatus, probe(endpoint))]: level(...later(200, status)),
  };
}

/** Seconds since 1970, which is where promtool's clock begins. */
const inDays = (days: number) => days * 86_400;
const certificate = (...phases: Phase[]) => ({
  [of(metrics.probeChainExpiry, probe("api"))]: level(...phases),
  // An intermediate that no client needs has ended long ago.
  [of(metrics.probeCertificateExpiry, probe("api"))]: level([inDays(1), minutes]),
});

const days: readonly Omit<WorstDay, "kind">[] = [
  {
    title: "the API's address answers with a redirect to somewhere else",
    series: { ...day, ...answers("api", 302) },
    told: { 20: {}, 30: { pages: ["EndpointWrongAnswer"] } },
  },
  {
    title: "the widget is an empty script",
    series: { ...day, ...answers("widget", 200) },
    told: { 20: {}, 30: { warnings: ["EndpointWrongAnswer"] } },
  },
  {
    title: "the API's address refuses the connection",
    series: { ...day, ...answers("api", 0) },
    told: { 20: {}, 30: { pages: ["EndpointUnreachable"] } },
  },
  {
    title: "the chat's handshake is answered without its key",
    series: { ...day, ...answers("websocket", 101) },
    told: { 20: {}, 30: { pages: ["EndpointUnreachable"] } },
  },
  {
    title: "every other check of the API fails: one address of two is dead",
    series: {
      ...day,
      [of(metrics.probeSuccess, probe("api"))]: level(
        [1, 20],
        ...Array.from({ length: 25 }, (): Phase[] => [
          [0, 0.5],
          [1, 0.5],
        ]).flat(),
      ),
    },
    told: { 20: {}, 30: { warnings: ["EndpointUnsteady"] } },
  },
  {
    title: "every endpoint answers after 9 seconds",
    series: { ...day, [of(metrics.probeDuration, probe("api"))]: level(...later(0.1, 9)) },
    told: { 20: {}, 44: { warnings: ["EndpointSlow"] } },
  },
  {
    title: "a chain that ends in 90 days, of which one certificate ended that no client needs",
    series: { ...day, ...certificate([inDays(90), minutes]) },
    told: { 20: {}, 44: {} },
  },
  {
    title: "the certificate has ended: probes fail, and say no more of it",
    series: {
      ...day,
      ...answers("api", 0),
      ...certificate([inDays(0.01), 20], ["gone", 25]),
      [of(metrics.probeCertificateExpiry, probe("api"))]: level([inDays(0.01), 20], ["gone", 25]),
      [up(probe("api"))]: level([1, minutes]),
    },
    told: {
      15: { pages: ["CertificateAboutToExpire"], warnings: ["CertificateExpiringSoon"] },
      44: {
        pages: ["CertificateAboutToExpire", "EndpointUnreachable"],
        warnings: ["CertificateExpiringSoon"],
      },
    },
  },
];

export const outsideDays: readonly WorstDay[] = days.map((each) => ({ kind: "outside", ...each }));
