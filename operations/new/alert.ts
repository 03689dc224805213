/** A new alert with all that belongs to it, as a beginning that is evaluated and tested at once. What is for people to write says TODO. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Alert } from "../../catalog/alerts/alert.ts";
import { alertGroups, alerts, expressionOf } from "../../catalog/alerts/index.ts";
import { metrics } from "../../catalog/metrics/index.ts";
import type { Counter, Gauge } from "../../catalog/metrics/metric.ts";
import type { Severity } from "../../catalog/severity.ts";
import { Failure } from "../../toolkit/failure.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { runbookPage } from "./runbook-page.ts";
import { appended, before, withImport } from "./source-text.ts";

export interface NewAlert {
  readonly name: string;
  /** Of `groupFiles()`. */
  readonly group: string;
  readonly severity: Exclude<Severity, "none">;
  /** Key in the metric contract. Default: the first that an alert of the group reads. */
  readonly metric?: string;
  /** A fault of the simulated AgentPay that rings it. Default: no drill yet. */
  readonly fault?: string;
}

/** Metrics that a first expression can be made of. */
const simple: Readonly<Record<string, Counter | Gauge>> = Object.fromEntries(
  Object.entries(metrics).filter(
    (entry): entry is [string, Counter | Gauge] => entry[1].type !== "histogram",
  ),
);
export const metricKeys: readonly string[] = Object.keys(simple);

/** Groups that are a list of alerts in a file of their own, and that file's name, such as `api.ts`. */
export function groupFiles(): ReadonlyMap<string, string> {
  const folder = join(REPOSITORY, "catalog/alerts");
  return new Map(
    readdirSync(folder).flatMap((file) => {
      const text = readFileSync(join(folder, file), "utf8");
      const group = /: AlertGroup = \{\n {2}name: "agentpay-([\w-]+)"[^}]*\n {2}alerts: \[/.exec(text)?.[1];
      return group === undefined ? [] : [[group, file] as const];
    }),
  );
}

/**
 * The files that a new alert touches, by path, with the new alert in them.
 * @param read a file of the repository; undefined where there is none
 * @throws Failure where there is such an alert already
 */
export function filesOf(alert: NewAlert, read: (path: string) => string | undefined): Record<string, string> {
  const page = `runbooks/${alert.name}.md`;
  if (alerts.some(({ name }) => name === alert.name) || read(page) !== undefined) {
    throw new Failure(`There is an alert ${alert.name} already: ${page}`);
  }
  const file = groupFiles().get(alert.group) ?? "";
  const example = exampleOf(alert);
  const edited: Readonly<Record<string, (text: string) => string>> = {
    [`catalog/alerts/${file}`]: (text) => withAlert(text, alert, example),
    [`test/rules/cases/${file}`]: (text) => withCases(text, alert, example),
    [drillFile(alert, file, read)]: (text) => withDrill(text, alert),
  };
  const files = Object.entries(edited).flatMap(([path, edit]) => {
    const text = read(path);
    // Whoever has deleted the local stack or the tests goes without.
    return text === undefined ? [] : [[path, edit(text)] as const];
  });
  return { ...Object.fromEntries(files), [page]: runbookPage(alert) };
}

/** What the alert looks like before anybody has written it. */
interface Example {
  readonly metric: string;
  readonly counter: boolean;
  readonly job: string;
  readonly like: Alert;
}

function exampleOf({ group, metric }: NewAlert): Example {
  const members = alertGroups.find(({ name }) => name === `agentpay-${group}`)?.alerts ?? [];
  const [like] = members;
  if (like === undefined)
    throw new Failure(`There is no group ${group}: ${[...groupFiles().keys()].join(", ")}`);
  const read = (key: string) =>
    members.some((each) => new RegExp(`\\b${simple[key]?.name}\\b`).test(expressionOf(each, {})));
  const key = metric ?? metricKeys.find(read) ?? "requests";
  const declared = simple[key];
  if (declared === undefined)
    throw new Failure(`There is no counter or gauge ${key}: ${metricKeys.join(", ")}`);
  return { metric: key, counter: declared.type === "counter", job: declared.jobs[0] ?? "agentpay-api", like };
}

function withAlert(text: string, { name, severity }: NewAlert, { metric, counter, like }: Example): string {
  const variable = variableOf(name);
  const series = `metrics.${metric}.name`;
  const value = counter ? `sum(\${rate(${series}, "5m")})` : `max(\${${series}})`;
  const [declaration = ""] = /^export const \w+: AlertGroup = /m.exec(text) ?? [];
  const written = before(
    text,
    declaration,
    `const ${variable}: Alert = {
  name: "${name}",
  severity: "${severity}",
  service: "${like.service}",
  summary: "TODO: What is wrong, in one sentence.",
  description: "TODO: What users feel, and what was measured: {{ $value | humanize }}.",
  threshold: { default: 1, unit: "${counter ? "a second" : "at most"} (TODO: of what)", source: "a starting point" },
  expression: (threshold) => \`${value} > \${threshold}\`,
  holdFor: "5m",
  panel: ${JSON.stringify(like.panel)},
};

`,
  );
  const listed = appended(written, "alerts: [", `    ${variable}`);
  const imported = withImport(
    withImport(listed, "type Alert", "./alert.ts"),
    "metrics",
    "../metrics/index.ts",
  );
  return counter ? withImport(imported, "rate", "../counting.ts") : imported;
}

/** Below the threshold, above it, and below it again; and never far enough. */
function withCases(text: string, { name }: NewAlert, { metric, counter, job }: Example): string {
  const shape = counter ? "perMinute" : "level";
  const [low, high, near] = counter ? [30, 120, 50] : [0, 2, 1];
  const [declaration = ""] = /^export const \w+: GroupCases = \{/m.exec(text) ?? [];
  const at = `[series(metrics.${metric}.name, { job: "${job}", instance: "1" })]`;
  const written = appended(
    text,
    declaration,
    `  ${name}: [
    {
      title: "too much for a quarter of an hour",
      series: { ${at}: ${shape}([${low}, 30], [${high}, 15], [${low}, 30]) },
      firing: { 30: [], 34: [], 44: [{}], 70: [] },
    },
    {
      title: "nearly too much",
      series: { ${at}: ${shape}([${near}, 60]) },
      firing: silent(30, 59),
    },
  ]`,
  );
  const names = ["series", "silent", shape].reduce(
    (edited, each) => withImport(edited, each, "../rule-case.ts"),
    written,
  );
  return withImport(names, "metrics", "../../../catalog/metrics/index.ts");
}

/** A drill goes into the file named after its alert's group, or, where there is none, to the end of the whole list. */
function drillFile({ fault }: NewAlert, file: string, read: (path: string) => string | undefined): string {
  const folder = "local/drills/drills";
  if (fault === undefined) return `${folder}/not-drilled.ts`;
  const own = `${folder}/${file}`;
  return read(own) === undefined ? `${folder}/index.ts` : own;
}

function withDrill(text: string, { name, fault }: NewAlert): string {
  if (fault === undefined) {
    return appended(
      text,
      "export const notDrilled: Readonly<Record<AlertId, string>> = {",
      `  ${name}: "TODO: break it in a drill, or say here why that can't be done"`,
    );
  }
  const [declaration = ""] = /^export const \w+: readonly Drill\[\] = \[/m.exec(text) ?? [];
  return appended(
    text,
    declaration,
    `  {
    title: "TODO: What breaks, for ${name}",
    faults: { "${fault}": {} },
    rings: ["${name}"],
  }`,
  );
}

/** `apiDown` of APIDown. */
function variableOf(name: string): string {
  return name.replace(/^[A-Z]+(?![a-z])|^[A-Z]/, (start) => start.toLowerCase());
}
