/** The record of what plugins were seen to do, as docs/providers.md shows it. */
import type { Behaviour, Behaviours } from "./probe.ts";

export interface PluginRecord {
  readonly version: string;
  readonly types: Behaviours;
}

export type PluginRecords = Readonly<Record<string, PluginRecord>>;

/** A Markdown table, a row for each resource type. */
export function tableOf(records: PluginRecords): string {
  const rows = Object.entries(records).flatMap(([name, { version, types }]) =>
    Object.entries(types).map(([type, behaviour]) => row(type, `${name} ${version}`, behaviour)),
  );
  const head = [
    "Type",
    "Plugin",
    "Reads back, though nobody set it",
    "Reads back as another",
    "Replaces",
    "Updates",
    "Refuses",
  ];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function row(
  type: string,
  plugin: string,
  { readBack, readBackOfLeast, unusual, changes, mistakes }: Behaviour,
) {
  const which = (does: string) => Object.keys(changes).filter((name) => changes[name] === does);
  const other = Object.entries(unusual).flatMap(([what, names]) =>
    names.map((name) => `\`${name}\`: ${what}`),
  );
  const shown = Object.entries(mistakes).map(([what, where]) => `${what}: ${where}`);
  return [
    `\`${type.split(":").at(-1)}\``,
    plugin,
    list([...new Set([...readBack, ...readBackOfLeast])]),
    other.join("; ") || "-",
    list(which("replace")),
    list(which("update")),
    shown.join("; ") || "-",
  ];
}

const list = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ") || "-";
