/** What a change makes of the rendered files, for people: routes, dashboards, recording rules, everything that is no alert. */
import { parse } from "yaml";
import { z } from "zod";
import { readJson } from "../../toolkit/json.ts";
import { isObject } from "../../toolkit/property-values.ts";
import { ALERTMANAGER_FILE, isRuleFile } from "./alerts.ts";
import { change, type Difference, differences, keysOf } from "./difference.ts";
import type { Side } from "./side.ts";

/** Lines for people, by what they are about; what did not change has none. */
export interface FileChanges {
  readonly routes: readonly string[];
  readonly dashboards: readonly string[];
  readonly others: readonly string[];
}

const DASHBOARDS = "grafana/dashboards/";

export function fileChanges(base: Side, head: Side): FileChanges {
  const changed = keysOf(base.files, head.files)
    .filter((path) => base.files[path] !== head.files[path])
    .map((path) => ({ path, before: base.files[path], after: head.files[path] }));
  const of = (wanted: (path: string) => boolean) => changed.filter(({ path }) => wanted(path));
  const isRoute = (path: string) => path === ALERTMANAGER_FILE;
  const isDashboard = (path: string) => path.startsWith(DASHBOARDS);
  return {
    routes: of(isRoute).flatMap(({ before, after }) => details(named(before), named(after))),
    dashboards: of(isDashboard).flatMap(({ path, before, after }) => dashboard(path, before, after)),
    others: of((path) => !isRoute(path) && !isDashboard(path)).flatMap(({ path, before, after }) =>
      isRuleFile(path) ? recordings(path, before, after) : whole(path, before, after),
    ),
  };
}

/** Lists whose items have names are compared by name: a new one does not make the others look changed. */
function named(content: string | undefined): unknown {
  return byName(content === undefined ? undefined : parse(content));
}

function byName(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(byName);
    const names = value.map((item) => (isObject(item) ? (item["name"] ?? item["receiver"]) : undefined));
    const unique = new Set(names).size === names.length && names.every((name) => typeof name === "string");
    return unique ? Object.fromEntries(names.map((name, index) => [String(name), items[index]])) : items;
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, byName(item)]));
}

function details(before: unknown, after: unknown): string[] {
  return differences(before, after).map(detail);
}

function detail({ path, before, after }: Difference): string {
  const place = `\`${path}\``;
  if (before === undefined)
    return `${place} is new${isObject(after) ? "" : `: ${change({ before, after })}`}`;
  if (after === undefined) return `${place} is gone`;
  return `${place}: ${change({ before, after })}`;
}

const dashboardFile = z.object({
  title: z.string(),
  panels: z.array(z.looseObject({ type: z.string(), title: z.string().default("") })),
});

/** By the titles of its panels; where they lie does not matter. */
function dashboard(path: string, before: string | undefined, after: string | undefined): string[] {
  const [old, now] = [before, after].map((json) =>
    json === undefined ? undefined : readJson(dashboardFile, json),
  );
  const title = `**${(now ?? old)?.title ?? path}**`;
  if (!now) return [`${title} is gone`];
  if (!old) return [`${title} is new: ${now.panels.length} panels`];
  const [panelsBefore, panelsNow] = [panels(old), panels(now)];
  const lines = keysOf(panelsBefore, panelsNow).flatMap((panel) => {
    if (!panelsNow[panel]) return [`${title}: panel "${panel}" is gone`];
    if (!panelsBefore[panel]) return [`${title}: panel "${panel}" is new`];
    return details(panelsBefore[panel], panelsNow[panel]).map(
      (line) => `${title}: panel "${panel}": ${line}`,
    );
  });
  return lines.length > 0 ? lines : [`${title}: its layout or settings changed`];
}

function panels({ panels: all }: z.output<typeof dashboardFile>): Record<string, object> {
  return Object.fromEntries(all.map(({ title, id: _, gridPos: _position, ...rest }) => [title, rest]));
}

const recordingFile = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          record: z.string().optional(),
          expr: z.string(),
          labels: z.record(z.string(), z.string()).default({}),
        }),
      ),
    }),
  ),
});

function recordings(path: string, before: string | undefined, after: string | undefined): string[] {
  return details(recordingsOf(before), recordingsOf(after)).map((line) => `${path}: ${line}`);
}

function recordingsOf(yaml: string | undefined): Record<string, string> {
  if (yaml === undefined) return {};
  const rules = recordingFile.parse(parse(yaml)).groups.flatMap((group) => group.rules);
  const entries = rules.flatMap(({ record, expr, labels }) =>
    record === undefined ? [] : [[[record, ...Object.values(labels)].join(" "), expr] as const],
  );
  return Object.fromEntries(entries);
}

function whole(path: string, before: string | undefined, after: string | undefined): string[] {
  if (after === undefined) return [`${path} is gone`];
  if (before === undefined) return [`${path} is new`];
  if (!/\.(ya?ml|json)$/.test(path)) return [`${path} changed`];
  return details(named(before), named(after)).map((line) => `${path}: ${line}`);
}
