/** From traced requests to what monitors count, and to the issues of slow queries. */
import { monitorFingerprint, resolve, see } from "./issues.ts";
import type { DataSource, Detector, Project, Segment, State } from "./model.ts";

type Json = Readonly<Record<string, unknown>>;

/** More than any monitor's window. */
const KEPT_MILLISECONDS = 60 * 60_000;
const KEPT = 5000;
/** Sentry's own defaults: a query that takes this long, or the same one this often in a trace. */
const SLOW_MILLISECONDS = 1000;
const REPEATED = 5;
const MEDIUM = 50;

/** Takes a traced request. @param now milliseconds since the epoch */
export function takeTransaction(state: State, project: Project, event: Json, now: number): void {
  const trace = ((event["contexts"] as Json | undefined)?.["trace"] ?? {}) as Json;
  const { environment, transaction } = event;
  const attributes = {
    ...{ is_transaction: "true", "event.type": "transaction" },
    ...{ "span.op": String(trace["op"] ?? ""), "transaction.op": String(trace["op"] ?? "") },
    "trace.status": String(trace["status"] ?? "unknown"),
    ...{ environment: String(environment ?? ""), transaction: String(transaction ?? "") },
  };
  const { slug } = project;
  state.segments.push({
    project: slug,
    at: now,
    milliseconds: durationOf(event),
    attributes,
  } satisfies Segment);
  const old = state.segments.findIndex(({ at }) => at > now - KEPT_MILLISECONDS);
  state.segments.splice(0, Math.max(old, state.segments.length - KEPT));
  takeQueries(state, project, event, now);
  watch(state, now);
}

/** Texts are dates, numbers are seconds. */
const secondsOf = (value: unknown): number =>
  typeof value === "string" ? Date.parse(value) / 1000 : Number(value ?? 0);

function durationOf(of: Json): number {
  return (secondsOf(of["timestamp"]) - secondsOf(of["start_timestamp"])) * 1000;
}

function takeQueries(state: State, project: Project, event: Json, now: number): void {
  const spans = ((event["spans"] ?? []) as readonly Json[]).filter(({ op }) => String(op).startsWith("db"));
  const tags = new Map([["environment", String(event["environment"] ?? "")]]);
  for (const description of new Set(spans.map((span) => String(span["description"])))) {
    const same = spans.filter((span) => span["description"] === description);
    const isSlow = same.some((span) => durationOf(span) >= SLOW_MILLISECONDS);
    if (!isSlow && same.length < REPEATED) continue;
    const title = `${isSlow ? "Slow DB Query" : "N+1 Query"}: ${description}`;
    see(state, project, {
      ...{ category: "db_query", fingerprint: title, title, priority: MEDIUM, now },
      event: { level: "info", tags },
    });
  }
}

/** Looks at every monitor's window, which moves on also where nothing arrives. */
export function watch(state: State, now: number): void {
  for (const detector of Object.values(state.detectors)) {
    const { dataSource, conditionGroup, enabled } = detector;
    if (!enabled || !dataSource || !conditionGroup) continue;
    const value = measured(state, detector, dataSource, now);
    const results = conditionGroup.conditions
      .filter(({ type, comparison }) => passes(type, value, Number(comparison)))
      .map(({ conditionResult }) => Number(conditionResult));
    if (results.length > 0) conclude(state, detector, Math.max(...results), now);
  }
}

/** An open issue is left alone until it gets worse or ends. */
function conclude(state: State, { id, name, project: slug }: Detector, priority: number, now: number): void {
  const project = state.projects[slug];
  const fingerprint = monitorFingerprint(id);
  const issue = Object.values(state.issues).find((one) => one.fingerprint === fingerprint);
  const open = issue?.status === "unresolved" ? issue : undefined;
  if (priority === 0) {
    if (open) resolve(state, open, now);
  } else if (project && open?.priority !== priority) {
    const event = { level: "error", tags: new Map<string, string>() };
    see(state, project, { category: "metric", fingerprint, title: name, priority, now, event });
  }
}

function passes(type: string, value: number, limit: number): boolean {
  switch (type) {
    case "gt":
      return value > limit;
    case "gte":
      return value >= limit;
    case "lt":
      return value < limit;
    default:
      return value <= limit;
  }
}

function measured(state: State, { project }: Detector, source: DataSource, now: number): number {
  const counts = matcher(source.query);
  const inWindow = state.segments.filter(
    (segment) =>
      segment.project === project &&
      segment.at > now - source.timeWindow * 1000 &&
      (source.environment === null || segment.attributes["environment"] === source.environment) &&
      counts(segment),
  );
  if (source.aggregate.startsWith("failure_rate")) return failureRate(inWindow);
  const durations = inWindow.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  const percentile = /^p(\d+)\(/.exec(source.aggregate)?.[1];
  if (percentile === undefined) return inWindow.length;
  return durations[Math.ceil((Number(percentile) / 100) * durations.length) - 1] ?? 0;
}

/** As Sentry's own formula has it: an answer of 4xx is a failure. */
const SUCCESSES = ["ok", "cancelled", "unknown"];

function failureRate(segments: readonly Segment[]): number {
  const failed = segments.filter(({ attributes }) => !SUCCESSES.includes(attributes["trace.status"] ?? ""));
  return segments.length === 0 ? 0 : failed.length / segments.length;
}

/** Of `key:value !key:[one,other]`: all terms must hold. */
function matcher(query: string): (segment: Segment) => boolean {
  const terms = query.split(/\s+/).flatMap((term) => {
    const [, not = "", key = "", value = ""] = /^(!?)([^:]+):(.*)$/.exec(term) ?? [];
    return key === "" ? [] : [{ wanted: not === "", key, values: value.replace(/^\[|\]$/g, "").split(",") }];
  });
  return ({ attributes }) =>
    terms.every(({ wanted, key, values }) => values.includes(attributes[key] ?? "") === wanted);
}
