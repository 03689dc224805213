/** Reads a stack's configuration as Pulumi would, with no engine and no passphrase: for rendering and for tests. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readAnnouncements } from "./announcements.ts";
import { SettingsError } from "./messages.ts";
import { type SecretKey, type Settings, secretKeys } from "./schema.ts";
import { SECRET_PLACEHOLDER } from "./secrets.ts";
import { parseSettings } from "./settings.ts";
import { stackFile, stacksIn } from "./stack-files.ts";
import { readYamlMap } from "./yaml-file.ts";

export { SECRET_PLACEHOLDER } from "./secrets.ts";

/** A stack's configuration without the project's prefix: `{ metrics: { retentionDays: 40 } }`. */
export type Configuration = Record<string, unknown>;

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
  const before: Configuration = isMap(defaults) ? defaults : {};
  const merged = Object.entries(own).map(([key, value]) => [key, merge(before[key], value)]);
  return { ...before, ...Object.fromEntries(merged) };
}

const projectFile = z.object({
  name: z.string(),
  config: z.record(z.string(), z.object({ default: z.unknown() })),
});

function readProject(folder: string): z.output<typeof projectFile> {
  const path = join(folder, "Pulumi.yaml");
  const { data, error } = projectFile.safeParse(readYamlMap(path));
  if (data) return data;
  const wrong = [...new Set(error.issues.map((issue) => z.core.toDotPath(issue.path)))].join(", ");
  throw new SettingsError(
    `${path} is no project file: expected a name, and the type and default of each key below "config:" (see ${wrong})`,
  );
}

/**
 * Configuration of a stack: the project's defaults, then the stack's own values.
 * @param folder where Pulumi.yaml is
 * @throws SettingsError where the stack has no file, or it is none
 */
export function readConfiguration(folder: string, stack: string): Configuration {
  const { name, config } = readProject(folder);
  const defaults = Object.entries(config).reduce<Configuration>(
    (configuration, [path, { default: value }]) => setPath(configuration, path, value),
    {},
  );
  return merge(defaults, ownConfiguration(folder, stack, name)) as Configuration;
}

/** What the stack's file alone says, without the project's prefix. */
function ownConfiguration(folder: string, stack: string, project: string): Configuration {
  const path = stackFile(folder, stack);
  if (!existsSync(path)) throw new SettingsError(`There is no stack "${stack}": ${path} can't be read`);
  const { config = {} } = readYamlMap(path);
  if (config !== null && !isMap(config)) {
    throw new SettingsError(`${path} is no stack file: expected a map below "config:"`);
  }
  const prefix = `${project}:`;
  const own = Object.entries(config ?? {})
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value]);
  return Object.fromEntries(own);
}

/** Secret keys that stand in plain text in a stack's file; none where the stack has no file here. */
export function plainSecretsIn(folder: string, stack: string): readonly SecretKey[] {
  if (!existsSync(stackFile(folder, stack))) return [];
  const { name } = readProject(folder);
  const own = ownConfiguration(folder, stack, name);
  return secretKeys.filter((key) => {
    const value = key.split(".").reduce<unknown>((at, part) => (isMap(at) ? at[part] : undefined), own);
    return typeof value === "string" && value !== "";
  });
}

/** Secrets that a stack may well be without: only its file says whether it has them. */
const CHOSEN: readonly SecretKey[] = ["uptime.statusPageCertificate", "uptime.statusPagePrivateKey"];

/** Settings of a stack in which a placeholder stands for every secret that it has, or still needs. */
export function readSettings(folder: string, stack: string): Settings {
  const needed = secretKeys.filter((key) => !CHOSEN.includes(key));
  const configuration = needed.reduce(
    (filled, key) => setPath(filled, key, SECRET_PLACEHOLDER),
    readConfiguration(folder, stack),
  );
  const stacks = stacksIn(folder);
  return parseSettings(stack, configuration, {
    announced: readAnnouncements(folder, stack, stacks),
    plainSecrets: plainSecretsIn(folder, stack),
    stacks,
  });
}
