/** The log of what happens to incidents, in the words of PagerDuty's REST API. */
import { type Incident, type LogEntry, newId, type State, type User } from "./model.ts";

type Happened = Omit<LogEntry, "id" | "created_at" | "incident">;

/** An incident is there, and the first ones on call are told. */
export function logOpened(state: State, incident: Incident, users: readonly User[]): void {
  const agent = serviceOf(incident);
  const add = (entry: Happened) => addTo(state, incident, incident.created_at, entry);
  add({ type: "trigger_log_entry", agent, channel: { type: "api" } });
  for (const user of users.map(referenceTo)) {
    add({ type: "assign_log_entry", agent, channel: { type: "auto" } });
    const notification = {
      type: incident.urgency === "high" ? "push_notification" : "email",
      status: "success",
    } as const;
    add({ type: "notify_log_entry", agent, user, channel: { type: "auto", notification } });
  }
}

/** @param by undefined where an event said so */
export function logChange(
  state: State,
  incident: Incident,
  status: "acknowledged" | "resolved",
  time: string,
  by: User | undefined,
): void {
  addTo(state, incident, time, {
    type: status === "resolved" ? "resolve_log_entry" : "acknowledge_log_entry",
    agent: by ? referenceTo(by) : serviceOf(incident),
    channel: { type: by ? "website" : "api" },
  });
}

function addTo({ log_entries }: State, { id }: Incident, time: string, entry: Happened): void {
  log_entries.push({
    id: newId(),
    created_at: time,
    incident: { id, type: "incident_reference" },
    ...entry,
  });
}

function referenceTo({ id, name }: User) {
  return { id, type: "user_reference", summary: name };
}

function serviceOf({ service }: Incident) {
  return { id: service.id, type: "service_reference", summary: service.summary };
}
