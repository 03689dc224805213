/** PagerDuty's Events API v2: what Alertmanager and others send becomes incidents. */
import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { problems } from "./errors.ts";
import {
  type Incident,
  type IncidentStatus,
  type Integration,
  newId,
  type Service,
  type State,
  type Store,
} from "./model.ts";
import { onCall } from "./on-call.ts";

/** How many events are kept. */
const KEPT_EVENTS = 500;

const required = z.string("is missing or blank").min(1, "is missing or blank");
const common = {
  routing_key: required.length(32, "is of the wrong length (should be 32 characters)"),
  client: z.string().optional(),
  client_url: z.string().optional(),
  links: z.array(z.object({ href: z.string(), text: z.string().optional() })).optional(),
  images: z.array(z.object({ src: z.string() })).optional(),
};

const event = z.discriminatedUnion(
  "event_action",
  [
    z.object({
      ...common,
      event_action: z.literal("trigger"),
      dedup_key: z.string().max(255, "must be 255 characters or fewer").optional(),
      payload: z.object(
        {
          summary: required,
          source: required,
          severity: z.enum(
            ["critical", "error", "warning", "info"],
            "must be critical, error, warning or info",
          ),
          timestamp: z.string().optional(),
          component: z.string().optional(),
          group: z.string().optional(),
          class: z.string().optional(),
          custom_details: z.unknown().optional(),
        },
        "is missing or blank",
      ),
    }),
    z.object({ ...common, event_action: z.literal("acknowledge"), dedup_key: required }),
    z.object({ ...common, event_action: z.literal("resolve"), dedup_key: required }),
  ],
  "must be trigger, acknowledge or resolve",
);

type Event = z.infer<typeof event>;
type Trigger = Extract<Event, { event_action: "trigger" }>;

export function eventsApi(app: FastifyInstance, store: Store, now: () => number): void {
  app.post("/v2/enqueue", async (request, reply) => {
    const parsed = event.safeParse(request.body);
    if (!parsed.success) return reply.code(400).send(refusal(problems(parsed.error)));
    const integration = integrationOf(store.state, parsed.data.routing_key);
    const service = integration && store.state.services[integration.service.id];
    if (!integration || !service) return reply.code(400).send(refusal(["Invalid routing key"]));
    const dedupKey = parsed.data.dedup_key ?? randomUUID().replaceAll("-", "");
    const incident = apply(store.state, service, parsed.data, dedupKey, now());
    remember(store.state, integration, service, parsed.data, dedupKey, incident, now());
    store.save();
    return reply.code(202).send({ status: "success", message: "Event processed", dedup_key: dedupKey });
  });
}

function refusal(errors: readonly string[]): object {
  return { status: "invalid event", message: "Event object is invalid", errors };
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
  if (open) changeStatus(open, event.event_action === "resolve" ? "resolved" : "acknowledged", at);
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
  return incident;
}

function again(incident: Incident, event: Trigger, at: number): Incident {
  incident.alerts += 1;
  incident.body = bodyOf(event);
  incident.updated_at = new Date(at).toISOString();
  return incident;
}

function changeStatus(incident: Incident, status: IncidentStatus, at: number): void {
  const time = new Date(at).toISOString();
  incident.status = status;
  incident.updated_at = time;
  if (status === "resolved") incident.resolved_at = time;
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

function remember(
  state: State,
  integration: Integration,
  service: Service,
  event: Event,
  dedupKey: string,
  incident: Incident | undefined,
  at: number,
): void {
  state.events.push({
    received_at: new Date(at).toISOString(),
    event_action: event.event_action,
    dedup_key: dedupKey,
    service: { id: service.id, name: service.name },
    integration: { id: integration.id, name: integration.name },
    incident: incident ? { id: incident.id, status: incident.status } : null,
    payload: event.event_action === "trigger" ? event.payload : null,
  });
  state.events.splice(0, Math.max(0, state.events.length - KEPT_EVENTS));
}
