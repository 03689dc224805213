/** The local stack's configuration: the project's own file, or a copy of it with the ports shifted. */
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { parse, stringify } from "yaml";
import { PROJECT } from "../engine/environment.ts";
import { localPorts, type Ports, portOffset, shiftAddresses } from "../ports.ts";
import { REPOSITORY, type StatePaths, writeAtomically } from "../state-folder.ts";

const SOURCE = path.join(REPOSITORY, "Pulumi.local.yaml");

/** Ports that the program itself publishes, by the setting that names each. */
const PUBLISHED = {
  metrics: {
    prometheusPort: "prometheus",
    alertmanagerPort: "alertmanager",
    blackboxPort: "blackbox",
    grafanaPort: "grafana",
  },
  uptime: { statusPagePort: "gatus" },
} as const satisfies Record<string, Record<string, keyof Ports>>;

interface StackFile {
  readonly config: Record<string, Record<string, unknown>>;
}

/**
 * Undefined where the project's own file holds as it is. A copy lasts until the project's own file changes, so that
 * `pulumi config set` has its effect on it.
 */
export async function stackConfiguration(paths: StatePaths): Promise<string | undefined> {
  const offset = portOffset();
  if (offset === 0) return undefined;
  const copy = path.join(paths.configurations, `Pulumi.local-${offset}.yaml`);
  if ((await changedAt(copy)) < (await changedAt(SOURCE))) {
    await writeAtomically(copy, shiftConfiguration(await readFile(SOURCE, "utf8"), offset));
  }
  return copy;
}

/** Milliseconds since 1970; 0 for a file that is not there. */
async function changedAt(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
}

/** A stack's configuration file with every port of the local stack moved by `offset`. */
export function shiftConfiguration(text: string, offset: number): string {
  const file: StackFile = parse(shiftAddresses(text, offset));
  const ports = localPorts(offset);
  for (const [section, settings] of Object.entries<Record<string, keyof Ports>>(PUBLISHED)) {
    const published = Object.entries(settings).map(([key, name]) => [key, ports[name]]);
    const name = `${PROJECT}:${section}`;
    file.config[name] = { ...file.config[name], ...Object.fromEntries(published) };
  }
  return stringify(file);
}

/** A plain value of the stack's configuration, such as `grafanaAdminPassword` of `metrics`. */
export async function configuredValue(section: string, key: string): Promise<string> {
  const file: StackFile = parse(await readFile(SOURCE, "utf8"));
  return String(file.config[`${PROJECT}:${section}`]?.[key] ?? "");
}
