/** Reads a stack's configuration as Pulumi would, with no engine and no passphrase: for rendering and for tests. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { parseSettings, type Settings, secretKeys } from "./settings.ts";

/** Stands where a secret would be. */
export const SECRET_PLACEHOLDER = "[secret]";

const projectFile = z.object({
  name: z.string(),
  config: z.record(z.string(), z.object({ default: z.unknown() })),
});
const stackFile = z.object({ config: z.record(z.string(), z.unknown()) });

/** Pulumi hands every value to the program as text; lists and maps as JSON. */
function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** `{ secure: ... }` is what `pulumi config set --secret` leaves in a stack file. */
function isEncrypted(value: unknown): boolean {
  return typeof value === "object" && value !== null && "secure" in value;
}

/**
 * Configuration of a stack by key, without the project's prefix: the project's defaults, then the stack's values.
 * @param folder where Pulumi.yaml is
 * @throws where the stack has no file
 */
export function readConfiguration(folder: string, stack: string): Record<string, string> {
  const project = projectFile.parse(parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")));
  const prefix = `${project.name}:`;
  const defaults = Object.entries(project.config).map(([key, { default: value }]) => [key, asText(value)]);
  const own = Object.entries(stackFile.parse(parse(readStackFile(folder, stack))).config)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [
      key.slice(prefix.length),
      isEncrypted(value) ? SECRET_PLACEHOLDER : asText(value),
    ]);
  return Object.fromEntries([...defaults, ...own]);
}

function readStackFile(folder: string, stack: string): string {
  const path = join(folder, `Pulumi.${stack}.yaml`);
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`There is no stack "${stack}": ${path} can't be read`, { cause: error });
  }
}

/** Settings of a stack in which a placeholder stands for every secret, set or not. */
export function readSettings(folder: string, stack: string): Settings {
  const placeholders = Object.fromEntries(secretKeys.map((key) => [key, SECRET_PLACEHOLDER]));
  return parseSettings(stack, { ...readConfiguration(folder, stack), ...placeholders });
}
