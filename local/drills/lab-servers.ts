/** How a lab starts the platform's own servers: as their containers do, at the lab's pace, on addresses of this machine. */

import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { pagerOf } from "../../components/pagers/index.ts";
import { SNAPSHOT_INTERVAL } from "../../components/prometheus/alertmanager.ts";
import { blackboxConfiguration } from "../../components/prometheus/blackbox.ts";
import { probeSettings } from "../../components/prometheus/files.ts";
import { REPLICA } from "../../components/prometheus/prometheus.ts";
import {
  internalAddresses,
  publicStatusPageUrl,
  replicaAddresses,
  replicaName,
} from "../../components/shared/addresses.ts";
import { GATUS_DATA, gatusConfiguration } from "../../components/uptime/gatus.ts";
import { statusPageSettings } from "../../components/uptime/gatus-settings.ts";
import type { Settings } from "../../settings/schema.ts";
import { freePort } from "../../toolkit/free-port.ts";
import type { FoundTool } from "../../toolkit/toolchain/find.ts";
import type { Children } from "../host/children.ts";
import { emulatorEnvironment } from "./lab-aws.ts";
import { LabServer } from "./lab-server.ts";
import { scaleDuration } from "./scale.ts";
import { onSmallDisk } from "./small-disk.ts";

/** One server, and its replicas. */
export type Servers = readonly [LabServer, ...LabServer[]];

/** host:port of each server: of Prometheus and Alertmanager one for each replica. */
export interface Addresses {
  readonly prometheus: readonly string[];
  readonly alertmanager: readonly string[];
  /** At which the Alertmanagers gossip. */
  readonly cluster: readonly string[];
  readonly blackbox: string;
  /** Of the engine elsewhere, where the lab has one. */
  readonly engine: string;
}

/** What the lab's servers have in common. */
export interface Ground {
  readonly children: Children;
  readonly folder: string;
  readonly factor: number;
  /** A server's own folder for its data. */
  readonly data: (name: string) => string;
}

export async function freeAddresses(replicas: number): Promise<Addresses> {
  const address = async () => `127.0.0.1:${await freePort()}`;
  const each = async () => {
    const found: string[] = [];
    while (found.length < replicas) found.push(await address());
    return found;
  };
  return {
    prometheus: await each(),
    alertmanager: await each(),
    cluster: await each(),
    blackbox: await address(),
    engine: await address(),
  };
}

/** A configuration with the addresses of containers in it, at which processes can be reached. */
export function withLabAddresses(configuration: string, addresses: Addresses): string {
  const { prometheus, alertmanager, blackbox } = addresses;
  const rows = [
    ...replicaAddresses("prometheus", prometheus.length).map((name, index) => [name, prometheus[index]]),
    ...replicaAddresses("alertmanager", alertmanager.length).map((name, index) => [
      name,
      alertmanager[index],
    ]),
    [internalAddresses.blackbox, blackbox],
    ["localhost:9090", prometheus[0]],
    // The lab's servers are processes: this machine is no host of theirs, but their own.
    ["host.docker.internal", "127.0.0.1"],
  ] as const;
  return rows.reduce((text, [name = "", local = ""]) => text.replaceAll(name, local), configuration);
}

export function alertmanagers(
  { children, folder, factor, data }: Ground,
  tool: FoundTool,
  { alertmanager, cluster }: Addresses,
  configurationFolder: string,
): Servers {
  return each(alertmanager, (address, index) => {
    const name = replicaName("alertmanager", index);
    const others = cluster.filter((other) => other !== cluster[index]);
    return new LabServer(
      children,
      {
        name,
        command: binary(tool, "alertmanager"),
        args: [
          `--config.file=${path.join(configurationFolder, "alertmanager.yml")}`,
          `--storage.path=${data(name)}`,
          `--data.maintenance-interval=${scaleDuration(SNAPSHOT_INTERVAL, factor)}`,
          `--web.listen-address=${address}`,
          ...(others.length === 0 ? ["--cluster.listen-address="] : clusterArguments(index, cluster, factor)),
        ],
        environment: emulatorEnvironment,
        cwd: folder,
      },
      `http://${address}`,
    );
  });
}

/** Alertmanager's own defaults are durations too. How it sees that another is gone is left to the real time. */
function clusterArguments(own: number, cluster: readonly string[], factor: number): readonly string[] {
  return [
    `--cluster.listen-address=${cluster[own]}`,
    ...cluster.filter((_, index) => index !== own).map((peer) => `--cluster.peer=${peer}`),
    `--cluster.peer-timeout=${scaleDuration("15s", factor)}`,
    `--cluster.gossip-interval=${scaleDuration("200ms", factor)}`,
    `--cluster.pushpull-interval=${scaleDuration("1m", factor)}`,
    `--cluster.reconnect-interval=${scaleDuration("10s", factor)}`,
  ];
}

export async function prometheuses(
  { children, folder, factor, data }: Ground,
  tool: FoundTool,
  { prometheus }: Addresses,
  configurationFolder: string,
  { smallDisk, shipsOnly }: { readonly smallDisk: boolean; readonly shipsOnly: boolean },
): Promise<Servers> {
  if (smallDisk) await mkdir(data("prometheus"), { recursive: true });
  return each(prometheus, (address, index) => {
    const name = replicaName("prometheus", index);
    const program = {
      name,
      command: binary(tool, "prometheus"),
      args: [
        `--config.file=${path.join(configurationFolder, "prometheus.yml")}`,
        `--web.listen-address=${address}`,
        "--web.enable-lifecycle",
        // Prometheus's own defaults, which are durations too.
        `--scrape.discovery-reload-interval=${scaleDuration("5s", factor)}`,
        ...(shipsOnly
          ? ["--agent", `--storage.agent.path=${data(name)}`]
          : [`--storage.tsdb.path=${data(name)}`, ...ruleArguments(factor)]),
      ],
      environment: { [REPLICA.variable]: name },
      cwd: folder,
    };
    return new LabServer(
      children,
      smallDisk ? onSmallDisk(program, data(name)) : program,
      `http://${address}`,
    );
  });
}

/** Starts the prober of the endpoints. @throws where the settings have none */
export async function startBlackbox(
  { children, folder }: Ground,
  tool: FoundTool,
  { blackbox }: Addresses,
  settings: Settings,
): Promise<void> {
  const probes = probeSettings(settings);
  if (probes === undefined)
    throw new Error("Pulumi.local.yaml must have the checker blackbox: drills need it");
  const configuration = path.join(folder, "blackbox.yml");
  await writeFile(configuration, blackboxConfiguration(probes), { mode: 0o600 });
  await children.start({
    name: "blackbox",
    command: binary(tool, "blackbox_exporter"),
    args: [
      `--config.file=${configuration}`,
      `--web.listen-address=${blackbox}`,
      // What it keeps back of a scrape's time, in seconds: its own half second would be all there is.
      "--timeout-offset=0.05",
    ],
    cwd: folder,
  });
}

/** The status page, for which the prober looks. It lives by the real time, so it tells nobody. */
export async function gatus(
  { children, folder, data }: Ground,
  tool: FoundTool,
  settings: Settings,
): Promise<LabServer> {
  const page = statusPageSettings(settings, pagerOf(settings));
  if (page === undefined || !settings.uptime.enabled) throw new Error("a lab's settings have a status page");
  const configuration = path.join(folder, "gatus.yaml");
  await mkdir(data("gatus"), { recursive: true });
  await writeFile(configuration, gatusConfiguration(page).replaceAll(GATUS_DATA, data("gatus")));
  return new LabServer(
    children,
    {
      name: "gatus",
      command: binary(tool, "gatus"),
      args: [],
      environment: {
        GATUS_CONFIG_PATH: configuration,
        GATUS_ADDRESS: "127.0.0.1",
        GATUS_PORT: String(settings.uptime.statusPagePort),
      },
      cwd: folder,
    },
    publicStatusPageUrl(settings.uptime),
  );
}

/** Of a Prometheus that evaluates rules. */
function ruleArguments(factor: number): readonly string[] {
  return [
    `--query.lookback-delta=${scaleDuration("5m", factor)}`,
    `--rules.alert.resend-delay=${scaleDuration("1m", factor)}`,
  ];
}

/** A second Prometheus, which takes what another one ships, and has the rules. */
export function engine(
  { children, folder, factor, data }: Ground,
  tool: FoundTool,
  address: string,
  configurationFolder: string,
): LabServer {
  return new LabServer(
    children,
    {
      name: "engine",
      command: binary(tool, "prometheus"),
      args: [
        `--config.file=${path.join(configurationFolder, "engine.yml")}`,
        `--storage.tsdb.path=${data("engine")}`,
        `--web.listen-address=${address}`,
        "--web.enable-remote-write-receiver",
        ...ruleArguments(factor),
      ],
      cwd: folder,
    },
    `http://${address}`,
  );
}

function each(addresses: readonly string[], make: (address: string, index: number) => LabServer): Servers {
  const [first, ...others] = addresses.map(make);
  if (first === undefined) throw new Error("a lab has at least one of each server");
  return [first, ...others];
}

export function binary({ binaries, name }: FoundTool, wanted: string): string {
  const found = binaries[wanted];
  if (found === undefined) throw new Error(`${name} has no ${wanted}`);
  return found;
}
