/** Alerts that no drill rings, with the reason. The rule tests (`test/rules/`) cover every one of them. */
import { objectives } from "../../../catalog/objectives.ts";
import { activities } from "../../../catalog/recording-rules/activities.ts";
import type { AlertId } from "../alert-id.ts";
import { burns } from "./expected.ts";

export const notDrilled: Readonly<Record<AlertId, string>> = {
  "EndpointWrongAnswer api": "the widget's drill shows the same rule",
  "EndpointWrongAnswer status-page": "the widget's drill shows the same rule",
  PrometheusTSDBReloadsFailing: "it takes a disk with errors",
  PrometheusTSDBCompactionsFailing: "it takes a disk that is full at the right moment, for hours",
  PrometheusScrapeSampleLimitHit:
    "a stray label that stays below the limit rings MetricCardinalityExplosion first",
  PrometheusSamplesRefused:
    "it takes two targets that expose the same series, and ours have labels of their own",
  PrometheusTargetSyncFailure:
    "it takes a configuration that finds targets which can't be scraped, and ours has no such part",
  PrometheusDiscoveryFailing:
    "it takes a name server, a file or an EC2 that fails: test/operations/render/discovery.e2e.ts shows what is found with real ones",
  TargetsVanished: "it takes several servers of a kind, and the simulated AgentPay has one",
  EndpointSlow: "the local endpoints answer within milliseconds",
  EndpointUnsteady: "what a drill breaks stays broken until the drill mends it",
  APIRouteSlow: "the simulated AgentPay's routes get slower together, which is SlowAPIResponses'",
  ...Object.fromEntries(
    [
      ...["APIInstanceRestarting", "APIInstanceFailing", "APIInstanceSlow", "APIInstanceIdle"],
      ...["WorkerInstanceRestarting", "WorkerInstanceFailing", "WorkerInstanceIdle"],
    ].map((name) => [name, "the simulated AgentPay has one server of each kind, and one of one is all"]),
  ),
  ...Object.fromEntries(
    objectives.map(({ name }) => [
      `SLOMetricMissing ${name}`,
      "its metric would have to vanish while people use AgentPay, which the simulation can't do",
    ]),
  ),
  ...Object.fromEntries(
    activities.map(({ name }) => [
      `ActivityStopped ${name}`,
      "it compares with more than an hour before, and a drill begins after a quarter",
    ]),
  ),
  ConversationsDropped: "it compares with a day ago, and no drill is that long",
  CheckoutConversionDropped: "it compares with the week up to yesterday, and no drill is that long",
  LLMCostAnomaly: "it compares with the week up to yesterday, and no drill is that long",
  LLMCostAbovePlan:
    "it adds up 6 hours: long even in a drill, and whatever is faster rings LLMCostRunaway, which holds it back",
  PrometheusErrorSendingAlerts: "it rings where the only Alertmanager is gone, so nothing of it can arrive",
  MetricsNotArriving: "it takes an engine elsewhere: the platform's fault engine-cut-off rings it",
  AlertmanagerMembersInconsistent: "it takes replicas: the platform's fault cluster-split rings it",
  PrometheusRemoteStorageFailures:
    "it takes an engine elsewhere that refuses some samples and takes the others, with those that tell of it",
  EngineDiscardsSamples: "it takes an engine elsewhere with a limit, whose rulers are scraped",
  SamplesDoubled: "it takes replicas, and an engine elsewhere that does not know them",
  PrometheusRemoteWriteBehind:
    "it takes an engine elsewhere that is slow, and not so slow that MetricsNotArriving rings",
  ...Object.fromEntries(
    objectives.flatMap(({ alertPrefix }) =>
      burns(alertPrefix, "3d").map((id) => [id, "its windows are 3 days and 6 hours: long even in a drill"]),
    ),
  ),
};
