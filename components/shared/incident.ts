/** What a pager keeps of the times at which it called people: incidents, and what people did about them. */

/** Milliseconds since 1970, of which the end is not part. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Something that people were called for. All times are milliseconds since 1970. */
export interface Incident {
  /** The pager's own, such as `PT4KHLK`. */
  readonly id: string;
  /** For people, such as `1234`. */
  readonly number: number;
  readonly title: string;
  /** Where people see it. */
  readonly url: string;
  /** One of low urgency wakes nobody. */
  readonly urgency: "high" | "low";
  readonly opened: number;
  /** Undefined while it is open. */
  readonly ended: number | undefined;
  /** What was reported, in order of its first report: several, where the pager has put them together. */
  readonly alerts: readonly IncidentAlert[];
  /** What happened to it, in order. */
  readonly actions: readonly IncidentAction[];
}

/** A report that an incident is about. */
export interface IncidentAlert {
  /** The name of the alerting rule; undefined where another source reported it, such as CloudWatch or Sentry. */
  readonly name: string | undefined;
  /** Its label `service`, where it has one. */
  readonly service: string | undefined;
  readonly summary: string;
  /** The key that its source knows it by. */
  readonly key: string;
  readonly opened: number;
}

/** `notified`: a person was called. `handled`: a person did something else, such as a note or a reassignment. */
export type ActionKind = "notified" | "acknowledged" | "escalated" | "handled" | "resolved";

export interface IncidentAction {
  readonly kind: ActionKind;
  readonly at: number;
  /** Name of the person who was called, or who acted; undefined where monitoring or a timeout did it. */
  readonly who: string | undefined;
  /** Of a notification, how: such as `sms`, `phone`, `push_notification`. */
  readonly by?: string;
}

/** What people did themselves. A call is no action of theirs. */
export function actionsOfPeople({ actions }: Incident): readonly IncidentAction[] {
  return actions.filter(({ kind, who }) => who !== undefined && kind !== "notified");
}

/** When a person first said that they are on it; undefined where nobody did. Milliseconds since 1970. */
export function acknowledgedAt(incident: Incident): number | undefined {
  return actionsOfPeople(incident).find(({ kind }) => kind === "acknowledged")?.at;
}

/** Names of all who were called, each once, in order. */
export function peopleCalled({ actions }: Incident): readonly string[] {
  const called = actions.flatMap(({ kind, who }) => (kind === "notified" && who !== undefined ? [who] : []));
  return [...new Set(called)];
}
