/** `status`: what runs. */
import { type DaemonState, runningDaemon } from "../host/daemon-state.ts";
import { metricsEngine } from "../host/metrics-engine.ts";
import { localPorts, type Ports } from "../host/ports.ts";
import { type StatePaths, statePaths } from "../host/state-folder.ts";
import { daemonStatus } from "./daemon-control.ts";
import { checksOf } from "./health.ts";
import { plainTable } from "./summary.ts";

interface Row {
  readonly name: string;
  readonly state: "up" | "down";
  readonly detail: string;
}

export interface Status {
  /** `partly`: something runs, but not all of it is well. */
  readonly state: "up" | "partly" | "down";
  readonly daemon: DaemonState | undefined;
  /** How Prometheus, Alertmanager and Grafana run, in words. Empty where the daemon does not say. */
  readonly servers: string;
  readonly parts: readonly Row[];
}

/** Prints what runs. Returns 1 where only a part of it does, else 0. */
export async function status({ json = false }: { readonly json?: boolean }): Promise<number> {
  const found = await currentStatus(statePaths(), localPorts());
  console.log(json ? JSON.stringify(found, null, 2) : inWords(found));
  return found.state === "partly" ? 1 : 0;
}

async function currentStatus(paths: StatePaths, ports: Ports): Promise<Status> {
  const daemon = await runningDaemon(paths);
  if (!daemon) return { state: "down", daemon, servers: "", parts: [] };
  const said = await daemonStatus(daemon);
  const services = said?.services ?? [{ name: "daemon", healthy: false }];
  const hosted = services.map(({ name, healthy }) => row(name, healthy ? undefined : "does not answer", ""));
  const servers = await Promise.all(
    checksOf(ports, await metricsEngine(paths, {})).map(async ({ name, address, problem }) =>
      row(name, await problem(), address),
    ),
  );
  const parts = [...hosted, ...servers];
  return {
    state: parts.every(({ state }) => state === "up") ? "up" : "partly",
    daemon,
    servers: said?.servers ?? "",
    parts,
  };
}

function row(name: string, problem: string | undefined, address: string): Row {
  return { name, state: problem === undefined ? "up" : "down", detail: problem ?? address };
}

function inWords({ state, daemon, servers, parts }: Status): string {
  if (!daemon) return "The local stack is down. Start it with: make up";
  const rows = parts.map((part) => [part.name, part.state, part.detail]);
  const since = `Daemon: process ${daemon.pid}, since ${daemon.startedAt}`;
  const advice = state === "up" ? [] : ["Something is not well. Heal it with: make up"];
  return [plainTable(["What", "State", "Where or why"], rows), `Servers: ${servers}`, since, ...advice].join(
    "\n",
  );
}
