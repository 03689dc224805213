/**
 * What PagerDuty called people for, and what they did, as its REST API tells it.
 * @see https://developer.pagerduty.com/api-reference/9d0b4b12e36f9-list-incidents
 */
import { z } from "zod";
import type { ActionKind, Incident, IncidentAction, IncidentAlert, TimeRange } from "../shared/incident.ts";
import type { PagerContext } from "../shared/pager.ts";
import { ask, PAGE_SIZE, serviceIdOf } from "./api.ts";
import { DETAILS } from "./receivers.ts";

const DAY = 86_400_000;
/** The service ends an incident by itself after so long: one that was open in a range began no longer before it. */
const LONGEST_OPEN = DAY;
/** What is asked for at once. It gives half a year at most, and of a list the first 10,000. */
const LONGEST_RANGE = 30 * DAY;

const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const incidentSchema = z.object({
  id: z.string(),
  incident_number: z.number(),
  title: z.string().nullish(),
  html_url: z.string().nullish(),
  urgency: z.enum(["high", "low"]).catch("high"),
  status: z.string(),
  created_at: time,
  resolved_at: time.nullish(),
  last_status_change_at: time.nullish(),
});
const event = z.looseObject({ event_class: z.string().nullish(), source_component: z.string().nullish() });
const alertSchema = z.object({
  summary: z.string().nullish(),
  alert_key: z.string().nullish(),
  created_at: time,
  // `details` is what the sender wrote. `cef_details` is in every answer, and in no document.
  body: z.looseObject({ details: z.unknown(), cef_details: event.nullish().catch(undefined) }).nullish(),
});
const person = z.object({ type: z.string(), summary: z.string().nullish() });
const entrySchema = z.object({
  type: z.string(),
  created_at: time,
  agent: person.nullish(),
  user: person.nullish(),
  channel: z.looseObject({ notification: z.looseObject({ type: z.string().nullish() }).nullish() }).nullish(),
});

export async function pagerDutyIncidents(
  context: PagerContext,
  { from, to }: TimeRange,
): Promise<readonly Incident[]> {
  const service = serviceIdOf(context);
  const found = new Map<string, z.output<typeof incidentSchema>>();
  for (let start = from - LONGEST_OPEN; start < to; start += LONGEST_RANGE) {
    const end = Math.min(to, start + LONGEST_RANGE);
    const query = new URLSearchParams([
      ["since", new Date(start).toISOString()],
      ["until", new Date(end).toISOString()],
      ["service_ids[]", service],
      ["sort_by", "created_at:asc"],
      ["time_zone", "UTC"],
    ]);
    for (const each of await all(context, "incidents", incidentSchema, "incidents", query))
      found.set(each.id, each);
  }
  const incidents: Incident[] = [];
  for (const each of found.values()) {
    const ended = each.status === "resolved" ? (each.resolved_at ?? each.last_status_change_at) : undefined;
    if (ended != null && ended <= from) continue;
    const alerts = await all(context, "alerts", alertSchema, `incidents/${each.id}/alerts`);
    const entries = await all(context, "log_entries", entrySchema, `incidents/${each.id}/log_entries`);
    incidents.push({
      id: each.id,
      number: each.incident_number,
      title: each.title ?? "",
      url: each.html_url ?? "",
      urgency: each.urgency,
      opened: each.created_at,
      ended: ended ?? undefined,
      alerts: alerts.map(alertOf).toSorted((left, right) => left.opened - right.opened),
      actions: entries.flatMap(actionOf).toSorted((left, right) => left.at - right.at),
    });
  }
  return incidents.toSorted((left, right) => left.opened - right.opened);
}

/** A whole list, page by page. */
async function all<Item extends z.ZodType>(
  context: PagerContext,
  name: string,
  item: Item,
  path: string,
  query = new URLSearchParams(),
): Promise<z.output<Item>[]> {
  const page = z.object({ [name]: z.array(item), more: z.boolean().nullish() });
  const items: z.output<Item>[] = [];
  for (;;) {
    query.set("limit", String(PAGE_SIZE));
    query.set("offset", String(items.length));
    const answer = await ask(context, page, `${path}?${query}`);
    const next = answer[name] as z.output<Item>[];
    items.push(...next);
    if (!answer["more"] || next.length === 0) return items;
  }
}

function alertOf({ summary, alert_key, created_at, body }: z.output<typeof alertSchema>): IncidentAlert {
  const details = z.record(z.string(), z.unknown()).safeParse(body?.details).data ?? {};
  const text = (name: string) => {
    const value = details[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  return {
    name: text(DETAILS.name) ?? (body?.cef_details?.event_class || undefined),
    service: text(DETAILS.service) ?? (body?.cef_details?.source_component || undefined),
    summary: summary ?? "",
    key: alert_key ?? "",
    opened: created_at,
  };
}

/** Kinds of log entries. Of another kind is what PagerDuty does by itself, such as a trigger. */
const KINDS: Readonly<Record<string, ActionKind>> = {
  notify_log_entry: "notified",
  acknowledge_log_entry: "acknowledged",
  escalate_log_entry: "escalated",
  resolve_log_entry: "resolved",
  annotate_log_entry: "handled",
  assign_log_entry: "handled",
  delegate_log_entry: "handled",
  snooze_log_entry: "handled",
};

function actionOf({
  type,
  created_at,
  agent,
  user,
  channel,
}: z.output<typeof entrySchema>): IncidentAction[] {
  const kind = KINDS[type];
  const by = channel?.notification?.type;
  const whom = kind === "notified" ? user : agent?.type === "user_reference" ? agent : undefined;
  // What a service or an integration does to an incident is nobody's work.
  if (kind === undefined || (kind === "handled" && !whom)) return [];
  return [{ kind, at: created_at, who: whom?.summary ?? undefined, ...(by && { by }) }];
}
