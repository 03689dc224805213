/** Reads a stack's configuration as Pulumi would, with no engine and no passphrase: for rendering and for tests. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { readAnnouncements } from "./announcements.ts";
import { parseSettings, type Settings, secretKeys } from "./settings.ts";

/** Stands where a secret would be. */
export const SECRET_PLACEHOLDER = "[secret]";

/** A stack's configuration without the project's prefix: `{ metrics: { retentionDays: 40 } }`. */
export type Configuration = Record<string, unknown>;

const projectFile = z.object({
  name: z.string(),
  config: z.record(z.string(), z.object({ default: z.unknown() })),
});
const stackFile = z.object({ config: z.record(z.string(), z.unknown()) });

function isMap(value: unknown): value is Configuration {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Sets a dotted path, as `pulumi config set --path` does. A parent that is no map is replaced. */
export function setPath(configuration: Configuration, path: string, value: unknown): Configuration {
  const [key = path, ...rest] = path.split(".");
  if (rest.length === 0) return { ...configuration, [key]: value };
  const parent = configuration[key];
  return { ...configuration, [key]: setPath(isMap(parent) ? parent : {}, rest.join("."), value) };
}

/** A stack's values over the project's defaults; `{ secure: ... }` is what `config set --secret` leaves in a file. */
function merge(defaults: unknown, own: unknown): unknown {
  if (!isMap(own)) return own;
  if ("secure" in own) return SECRET_PLACEHOLDER;
  const merged: Configuration = isMap(defaults) ? { ...defaults } : {};
  for (const [key, value] of Object.entries(own)) merged[key] = merge(merged[key], value);
  return merged;
}

/**
 * Configuration of a stack: the project's defaults, then the stack's own values.
 * @param folder where Pulumi.yaml is
 * @throws where the stack has no file
 */
export function readConfiguration(folder: string, stack: string): Configuration {
  const project = projectFile.parse(parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")));
  const prefix = `${project.name}:`;
  const defaults = Object.entries(project.config).reduce<Configuration>(
    (configuration, [path, { default: value }]) => setPath(configuration, path, value),
    {},
  );
  const own = Object.entries(stackFile.parse(parse(readStackFile(folder, stack))).config)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value]);
  return merge(defaults, Object.fromEntries(own)) as Configuration;
}

function readStackFile(folder: string, stack: string): string {
  const path = join(folder, `Pulumi.${stack}.yaml`);
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`There is no stack "${stack}": ${path} can't be read`, { cause: error });
  }
}

/** Secrets that a stack may well be without: only its file says whether it has them. */
const CHOSEN: readonly string[] = ["uptime.statusPageCertificate", "uptime.statusPagePrivateKey"];

/** Settings of a stack in which a placeholder stands for every secret that it has, or still needs. */
export function readSettings(folder: string, stack: string): Settings {
  const needed = secretKeys.filter((key) => !CHOSEN.includes(key));
  const configuration = needed.reduce(
    (filled, key) => setPath(filled, key, SECRET_PLACEHOLDER),
    readConfiguration(folder, stack),
  );
  return parseSettings(stack, configuration, readAnnouncements(folder, stack));
}
