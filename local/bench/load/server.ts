/** A real Prometheus with all of production's rules, that scrapes one target and itself. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { stringify } from "yaml";
import { engineRules } from "../../../components/prometheus/files.ts";
import { tools } from "../../../operations/tools/tools.ts";
import { readSettings } from "../../../settings/settings-file.ts";
import { freePort } from "../../../toolkit/free-port.ts";
import { REPOSITORY } from "../../../toolkit/repository.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import { LabServer } from "../../drills/lab-server.ts";
import type { Children } from "../../host/children.ts";

/** Production's. */
export const SCRAPE_SECONDS = 15;

export interface LoadedServer {
  readonly url: string;
  /** Of its own metrics: the target exposes a made-up Prometheus's too. */
  readonly instance: string;
}

/** @param target host:port */
export async function startLoadedServer(
  folder: string,
  children: Children,
  target: string,
): Promise<LoadedServer> {
  const instance = `127.0.0.1:${await freePort()}`;
  const configuration = path.join(folder, "prometheus.yml");
  await writeConfiguration(configuration, { target, instance });
  const { binaries } = await ensureTool(tools.prometheus);
  const server = new LabServer(
    children,
    {
      name: "prometheus",
      command: binaries["prometheus"] ?? "prometheus",
      args: [
        `--config.file=${configuration}`,
        `--storage.tsdb.path=${path.join(folder, "data")}`,
        `--web.listen-address=${instance}`,
        "--log.level=warn",
      ],
      cwd: folder,
    },
    `http://${instance}`,
  );
  await server.start();
  await server.ready();
  return { url: server.url, instance };
}

async function writeConfiguration(
  file: string,
  { target, instance }: { readonly target: string; readonly instance: string },
): Promise<void> {
  const settings = readSettings(REPOSITORY, "production");
  if (!settings.metrics.enabled) throw new Error("production has no metrics");
  const rules = path.join(path.dirname(file), "rules");
  await mkdir(rules);
  const files = engineRules(settings, settings.metrics);
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(rules, name), text);
  const job = (name: string, address: string) => ({
    job_name: name,
    honor_labels: name === "target",
    static_configs: [{ targets: [address] }],
  });
  const configuration = {
    global: { scrape_interval: `${SCRAPE_SECONDS}s`, scrape_timeout: `${SCRAPE_SECONDS}s` },
    rule_files: Object.keys(files).map((name) => `rules/${name}`),
    scrape_configs: [job("target", target), job("prometheus", instance)],
  };
  await writeFile(file, stringify(configuration));
}
