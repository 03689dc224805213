/**
 * The two ways to have production's rules evaluated, with one load: a Prometheus that does it itself, and one that ships
 * its samples to a real Cortex, which does. Each tells the same pager through an Alertmanager.
 */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { parse, stringify } from "yaml";
import { TENANT_HEADER } from "../../../catalog/metrics/engine.ts";
import { engineRules } from "../../../components/prometheus/files.ts";
import { RulerApi } from "../../../operations/rulers/ruler-api.ts";
import { ruleFile } from "../../../operations/rulers/stack.ts";
import { cortex as cortexTool, tools } from "../../../operations/tools/tools.ts";
import type { Enabled, Settings } from "../../../settings/schema.ts";
import { readSettings } from "../../../settings/settings-file.ts";
import { freePort } from "../../../toolkit/free-port.ts";
import { REPOSITORY } from "../../../toolkit/repository.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import { LabServer } from "../../drills/lab-server.ts";
import type { Children } from "../../host/children.ts";
import { type RunningCortex, startCortex } from "../../platforms/cortex/server.ts";
import { SCRAPE_SECONDS } from "../load/server.ts";
import type { Pager } from "./pager.ts";

const TENANT = "bench";
/** As production's pager waits. */
const GROUP_WAIT = "10s";
export const TENANT_HEADERS = { [TENANT_HEADER]: TENANT };

/** By what it is: its job in the plain Prometheus, which looks at all of them. */
export type Program = "prometheus" | "shipper" | "cortex";

export interface Engines {
  readonly prometheusUrl: string;
  readonly cortexUrl: string;
}

interface Place {
  readonly folder: string;
  readonly children: Children;
}

/** @param target host:port of what is scraped */
export async function startEngines(place: Place, target: string, pager: Pager): Promise<Engines> {
  const settings = readSettings(REPOSITORY, "production");
  if (!settings.metrics.enabled) throw new Error("production has no metrics");
  const cortex = await cortexWithRules(place, settings, settings.metrics, pager);
  const addresses = { prometheus: await freeAddress(), shipper: await freeAddress() };
  const scraped: Record<Program, string> = { ...addresses, cortex: new URL(cortex.url).host };
  await startPrometheus(place, "shipper", addresses.shipper, {
    flags: ["--agent", `--storage.agent.path=${path.join(place.folder, "shipper")}`],
    configuration: {
      scrape_configs: [targetJob(target)],
      remote_write: [{ url: cortex.addresses.remoteWriteUrl, headers: TENANT_HEADERS }],
    },
  });
  const rules = await writeRules(place.folder, engineRules(settings, settings.metrics));
  await startPrometheus(place, "prometheus", addresses.prometheus, {
    flags: [`--storage.tsdb.path=${path.join(place.folder, "prometheus")}`],
    configuration: {
      rule_files: rules,
      scrape_configs: [targetJob(target), ...Object.entries(scraped).map(programJob)],
      alerting: {
        alertmanagers: [{ static_configs: [{ targets: [await startAlertmanager(place, pager)] }] }],
      },
    },
  });
  return { prometheusUrl: `http://${addresses.prometheus}`, cortexUrl: cortex.addresses.remoteQueryUrl };
}

const targetJob = (address: string) => ({
  job_name: "target",
  honor_labels: true,
  static_configs: [{ targets: [address] }],
});

const programJob = ([program, address]: [string, string]) => ({
  job_name: `bench-${program}`,
  static_configs: [{ targets: [address] }],
});

const freeAddress = async () => `127.0.0.1:${await freePort()}`;

/** The routes are no part of what is compared: each critical is told as production's pager is. */
function routes(pager: Pager, engine: "prometheus" | "cortex"): string {
  return stringify({
    route: { receiver: "pager", group_by: ["alertname"], group_wait: GROUP_WAIT },
    receivers: [{ name: "pager", webhook_configs: [{ url: pager.urlOf(engine) }] }],
  });
}

async function cortexWithRules(
  { folder, children }: Place,
  settings: Settings,
  platform: Enabled<"metrics">,
  pager: Pager,
): Promise<RunningCortex> {
  const cortex = await startCortex({
    folder: path.join(folder, "cortex"),
    tool: await ensureTool(cortexTool),
    startChild: (child) => children.start({ cwd: folder, ...child }),
  });
  const api = new RulerApi({
    rulesUrl: cortex.addresses.remoteRulesUrl,
    alertmanagerUrl: cortex.addresses.remoteAlertmanagerUrl,
    user: undefined,
    tenant: TENANT,
  });
  await api.setAlertmanager({ alertmanager_config: routes(pager, "cortex"), template_files: {} });
  const rules = engineRules(settings, { ...platform, engine: "remote" });
  for (const [file, text] of Object.entries(rules))
    for (const group of ruleFile.parse(parse(text)).groups)
      await api.setGroup(file.replace(".yml", ""), group);
  return cortex;
}

async function writeRules(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const rules = path.join(folder, "rules");
  await mkdir(rules);
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(rules, name), text);
  return Object.keys(files).map((name) => path.join(rules, name));
}

async function startPrometheus(
  { folder, children }: Place,
  name: "prometheus" | "shipper",
  address: string,
  { flags, configuration }: { readonly flags: readonly string[]; readonly configuration: object },
): Promise<void> {
  const file = path.join(folder, `${name}.yml`);
  const global = { scrape_interval: `${SCRAPE_SECONDS}s`, scrape_timeout: `${SCRAPE_SECONDS}s` };
  await writeFile(file, stringify({ global, ...configuration }));
  const { binaries } = await ensureTool(tools.prometheus);
  await startServer(children, {
    name,
    command: binaries["prometheus"] ?? "prometheus",
    args: [`--config.file=${file}`, `--web.listen-address=${address}`, "--log.level=warn", ...flags],
    cwd: folder,
    address,
  });
}

/** Returns host:port. */
async function startAlertmanager({ folder, children }: Place, pager: Pager): Promise<string> {
  const file = path.join(folder, "alertmanager.yml");
  await writeFile(file, routes(pager, "prometheus"));
  const { binaries } = await ensureTool(tools.alertmanager);
  const address = await freeAddress();
  await startServer(children, {
    name: "alertmanager",
    command: binaries["alertmanager"] ?? "alertmanager",
    args: [
      `--config.file=${file}`,
      `--storage.path=${path.join(folder, "alertmanager")}`,
      `--web.listen-address=${address}`,
      "--cluster.listen-address=",
      "--log.level=warn",
    ],
    cwd: folder,
    address,
  });
  return address;
}

async function startServer(
  children: Children,
  { address, ...specification }: ConstructorParameters<typeof LabServer>[1] & { readonly address: string },
): Promise<void> {
  const server = new LabServer(children, specification, `http://${address}`);
  await server.start();
  await server.ready();
}
