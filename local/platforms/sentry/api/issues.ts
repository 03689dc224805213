/** From events to issues, and from issues to the people whom alerts tell of them. */

import { holds, type Sight } from "./conditions.ts";
import { type Action, type Issue, nextId, type Project, type State, type Workflow } from "./model.ts";
import { teamOf } from "./owners.ts";

type Json = Readonly<Record<string, unknown>>;

/** How many of an issue's events are counted. */
const COUNTED = 2000;
const KEPT_NOTIFICATIONS = 300;
const HIGH = 75;
const MEDIUM = 50;

/** Takes an event of an error into its issue, and tells of it. */
export function takeError(state: State, project: Project, event: Json, now: number): void {
  const level = String(event["level"] ?? "error");
  const exception = (event["exception"] as { values?: readonly Json[] } | undefined)?.values?.at(-1);
  const title = titleOf(event, exception);
  const given = event["fingerprint"] as readonly string[] | undefined;
  const own = given && !given.includes("{{ default }}") ? given.join("|") : undefined;
  see(state, project, {
    category: "error",
    fingerprint:
      own ?? (exception ? `${String(exception["type"])} in ${culpritOf(event, exception)}` : title),
    ...{ title, priority: level === "fatal" || level === "error" ? HIGH : MEDIUM, now },
    event: { level, tags: tagsOf(event) },
  });
}

interface Seen {
  readonly category: Issue["category"];
  readonly fingerprint: string;
  readonly title: string;
  readonly priority: number;
  readonly now: number;
  /** Of what was seen, as far as conditions ask. */
  readonly event: { readonly level: string; readonly tags: ReadonlyMap<string, string> };
}

/** Something was seen: of an issue that is new, known or back. */
export function see(state: State, project: Project, seen: Seen): void {
  const known = Object.values(state.issues).find(
    (issue) => issue.project === project.slug && issue.fingerprint === seen.fingerprint,
  );
  const { category, fingerprint, title, priority, now } = seen;
  const issue: Issue = {
    ...(known ?? { id: nextId(state), project: project.slug, category, fingerprint, firstSeen: now }),
    ...{ title, priority, status: "unresolved", level: seen.event.level },
    times: (known?.times ?? 0) + 1,
    seen: [...(known?.seen ?? []), now].slice(-COUNTED),
  };
  state.issues[issue.id] = issue;
  const happened = !known ? "new" : known.status === "resolved" ? "back" : "again";
  tell(state, { issue, happened, now, ...seen.event });
}

/** Its end is told as well, where an alert asks for that. */
export function resolve(state: State, known: Issue, now: number): void {
  const issue: Issue = { ...known, status: "resolved" };
  state.issues[issue.id] = issue;
  tell(state, { issue, happened: "resolved", now, level: "info", tags: new Map() });
}

function tell(state: State, sight: Sight): void {
  for (const workflow of Object.values(state.workflows)) {
    if (!concerns(state, workflow, sight)) continue;
    const actions = workflow.actionFilters
      .filter((filter) => holds(filter, sight))
      .flatMap((filter) => filter.actions);
    if (actions.length === 0 || isTooEarly(state, workflow, sight)) continue;
    state.told[`${workflow.id}/${sight.issue.id}`] = sight.now;
    state.workflows[workflow.id] = { ...workflow, lastTriggered: new Date(sight.now).toISOString() };
    for (const action of actions) {
      state.notifications.push({
        at: new Date(sight.now).toISOString(),
        ...{ alert: workflow.name, issue: sight.issue.title, action: action.type },
        state: sight.happened === "resolved" ? "resolved" : "open",
        to: destination(state, action),
      });
    }
  }
  state.notifications.splice(0, Math.max(0, state.notifications.length - KEPT_NOTIFICATIONS));
}

function concerns(state: State, workflow: Workflow, sight: Sight): boolean {
  const { enabled, environment, triggers } = workflow;
  return (
    enabled &&
    watches(state, workflow, sight.issue) &&
    (environment === null || environment === sight.tags.get("environment")) &&
    holds(triggers, sight)
  );
}

/** A monitor's own alerts tell of its issue; those on the project's own monitors tell of all. */
function watches(state: State, { detectorIds }: Workflow, issue: Issue): boolean {
  return detectorIds
    .flatMap((id) => state.detectors[id] ?? [])
    .some(({ id, type, project }) => {
      if (project !== issue.project) return false;
      if (type === "issue_stream") return true;
      return type === "error" ? issue.category === "error" : issue.fingerprint === monitorFingerprint(id);
    });
}

/** What the issue of a monitor is known by. */
export const monitorFingerprint = (detector: string) => `monitor ${detector}`;

function isTooEarly({ told }: State, { id, config }: Workflow, { issue, now }: Sight): boolean {
  const last = told[`${id}/${issue.id}`];
  return last !== undefined && now - last < (config.frequency ?? 0) * 60_000;
}

function destination(state: State, { type, config }: Action): string {
  const { targetType, targetIdentifier, targetDisplay } = config;
  if (type === "email") return teamOf(state, targetIdentifier ?? undefined)?.slug ?? targetType;
  return type === "slack" ? `#${targetDisplay}` : `service ${targetIdentifier}`;
}

function titleOf(event: Json, exception: Json | undefined): string {
  if (exception) return `${String(exception["type"])}: ${String(exception["value"])}`;
  const message = event["message"] ?? (event["logentry"] as Json | undefined)?.["formatted"];
  return String(message ?? "(untitled)");
}

/** The innermost function of the stack: errors of one place are one issue. */
function culpritOf(event: Json, exception: Json): string {
  const stack = exception["stacktrace"] as { frames?: readonly Json[] } | undefined;
  return String(stack?.frames?.at(-1)?.["function"] ?? event["transaction"] ?? "");
}

/** The environment and the level are tags too. */
function tagsOf(event: Json): ReadonlyMap<string, string> {
  const given = (event["tags"] ?? {}) as Json | readonly (readonly [string, unknown])[];
  const pairs = Array.isArray(given) ? given : Object.entries(given);
  const { environment, level } = event;
  return new Map([
    ...pairs.map(([key, value]) => [String(key), String(value)] as const),
    ...(typeof environment === "string" ? [["environment", environment] as const] : []),
    ...(typeof level === "string" ? [["level", level] as const] : []),
  ]);
}
