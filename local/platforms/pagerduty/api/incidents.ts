/** What events do to incidents. */
import { randomUUID } from "node:crypto";
import type { Event, Trigger } from "./event.ts";
import { logChange, logOpened } from "./log.ts";
import {
  type Incident,
  type IncidentStatus,
  type Integration,
  newId,
  type Service,
  type State,
  type User,
} from "./model.ts";
import { onCall } from "./on-call.ts";

/** How many events are kept. */
const KEPT_EVENTS = 500;

/**
 * Does to the service of the event's integration what the event says, and remembers the event.
 * @returns its dedup key, or undefined where no integration has its routing key
 */
export function takeEvent(state: State, event: Event, at: number): string | undefined {
  const integration = integrationOf(state, event.routing_key);
  const service = integration && state.services[integration.service.id];
  if (!integration || !service) return undefined;
  const dedupKey = event.dedup_key ?? randomUUID().replaceAll("-", "");
  const incident = apply(state, service, event, dedupKey, at);
  remember(state, { integration, service, event, dedupKey, incident, at });
  return dedupKey;
}

function integrationOf(state: State, routingKey: string): Integration | undefined {
  return Object.values(state.integrations).find((integration) => integration.integration_key === routingKey);
}

/** Opens, updates or ends the service's incident of that key. Undefined where there is none to update. */
function apply(
  state: State,
  service: Service,
  event: Event,
  dedupKey: string,
  at: number,
): Incident | undefined {
  const open = Object.values(state.incidents).find(
    (incident) =>
      incident.service.id === service.id &&
      incident.incident_key === dedupKey &&
      incident.status !== "resolved",
  );
  if (event.event_action === "trigger")
    return open ? again(open, event, at) : opened(state, service, event, dedupKey, at);
  if (open) changeStatus(state, open, event.event_action === "resolve" ? "resolved" : "acknowledged", { at });
  return open;
}

function opened(state: State, service: Service, event: Trigger, dedupKey: string, at: number): Incident {
  const policy = state.escalation_policies[service.escalation_policy.id];
  const time = new Date(at).toISOString();
  const first = policy ? onCall(state, policy, at).filter(({ level }) => level === 1) : [];
  const incident: Incident = {
    id: newId(),
    type: "incident",
    incident_number: Object.keys(state.incidents).length + 1,
    incident_key: dedupKey,
    created_at: time,
    updated_at: time,
    resolved_at: null,
    title: event.payload.summary,
    status: "triggered",
    urgency: urgencyOf(service, event.payload.severity),
    service: { id: service.id, type: "service_reference", summary: service.name },
    escalation_policy: { ...service.escalation_policy, summary: policy?.name ?? "" },
    assignments: first.map(({ user }) => ({
      at: time,
      assignee: { id: user.id, type: "user_reference", summary: user.name },
    })),
    alerts: 1,
    body: bodyOf(event),
  };
  state.incidents[incident.id] = incident;
  state.services[service.id] = { ...service, last_incident_timestamp: time };
  logOpened(
    state,
    incident,
    first.map(({ user }) => user),
  );
  return incident;
}

function again(incident: Incident, event: Trigger, at: number): Incident {
  incident.alerts += 1;
  incident.body = bodyOf(event);
  incident.updated_at = new Date(at).toISOString();
  return incident;
}

/** @param by who does it. Default: the service, as an event said so */
export function changeStatus(
  state: State,
  incident: Incident,
  status: Exclude<IncidentStatus, "triggered">,
  { at, by }: { readonly at: number; readonly by?: User },
): void {
  const time = new Date(at).toISOString();
  incident.status = status;
  incident.updated_at = time;
  if (status === "resolved") incident.resolved_at = time;
  if (status === "acknowledged" && by) {
    const acknowledger = { id: by.id, type: "user_reference", summary: by.name };
    incident.acknowledgements = [...(incident.acknowledgements ?? []), { at: time, acknowledger }];
  }
  logChange(state, incident, status, time, by);
}

function bodyOf({ payload, links, client, client_url }: Trigger): Incident["body"] {
  return { type: "incident_body", details: { ...payload, links, client, client_url } };
}

/** Support hours are left aside here: outside them a service counts as inside. */
function urgencyOf({ incident_urgency_rule: rule }: Service, severity: string): "high" | "low" {
  const urgency = rule.type === "constant" ? rule.urgency : rule.during_support_hours.urgency;
  if (urgency !== "severity_based") return urgency;
  return ["critical", "error"].includes(severity) ? "high" : "low";
}

interface Taken {
  readonly integration: Integration;
  readonly service: Service;
  readonly event: Event;
  readonly dedupKey: string;
  readonly incident: Incident | undefined;
  readonly at: number;
}

function remember({ events }: State, { integration, service, event, dedupKey, incident, at }: Taken): void {
  events.push({
    received_at: new Date(at).toISOString(),
    event_action: event.event_action,
    dedup_key: dedupKey,
    service: { id: service.id, name: service.name },
    integration: { id: integration.id, name: integration.name },
    incident: incident ? { id: incident.id, status: incident.status } : null,
    payload: event.event_action === "trigger" ? event.payload : null,
  });
  events.splice(0, Math.max(0, events.length - KEPT_EVENTS));
}
