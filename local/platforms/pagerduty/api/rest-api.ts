/** The part of PagerDuty's REST API v2 that the program's resources and functions use. */
import { randomBytes } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { parameter, urlOf } from "../../shared/http-server.ts";
import { invalid, notFound, pathText, problems, unauthorized } from "./errors.ts";
import {
  bodies,
  type Entity,
  type Integration,
  lookUp,
  newId,
  type Reference,
  type Service,
  type State,
  type Store,
} from "./model.ts";
import { onCall } from "./on-call.ts";

type Item = Entity & Readonly<Record<string, unknown>>;

/** One kind of object, with everything that differs between kinds. */
interface Collection {
  readonly plural: keyof State;
  readonly singular: string;
  readonly body: z.ZodObject;
  /** Fields that the platform sets when it makes one. */
  readonly made?: () => object;
  /** Ids for the parts inside that have one. */
  readonly identify?: (body: Record<string, unknown>) => Record<string, unknown>;
  /** Order or names in which the API answers, where it is not what it was given. */
  readonly present?: (item: Item, state: State) => object;
  /** What uses it, in words: it can't be deleted then. */
  readonly usedBy?: (state: State, id: string) => readonly Entity[];
  /** What goes with it. */
  readonly onDelete?: (state: State, id: string) => void;
}

const COLLECTIONS: readonly Collection[] = [
  { plural: "users", singular: "user", body: bodies.user },
  {
    plural: "teams",
    singular: "team",
    body: bodies.team,
    usedBy: (state, id) =>
      [...Object.values(state.schedules), ...Object.values(state.escalation_policies)].filter(({ teams }) =>
        teams.some((team) => team.id === id),
      ),
  },
  {
    plural: "schedules",
    singular: "schedule",
    body: bodies.schedule,
    identify: (body) => ({ ...body, schedule_layers: identified(body["schedule_layers"], "Layer") }),
    // PagerDuty answers the layers from the topmost down.
    present: (item) => ({
      ...item,
      schedule_layers: (item["schedule_layers"] as unknown[]).toReversed(),
      ...UNRENDERED,
    }),
    usedBy: (state, id) =>
      Object.values(state.escalation_policies).filter(({ escalation_rules }) =>
        escalation_rules.some((rule) => rule.targets.some((target) => target.id === id)),
      ),
  },
  {
    plural: "escalation_policies",
    singular: "escalation_policy",
    body: bodies.escalation_policy,
    identify: (body) => ({ ...body, escalation_rules: identified(body["escalation_rules"]) }),
    usedBy: (state, id) =>
      Object.values(state.services).filter(({ escalation_policy }) => escalation_policy.id === id),
  },
  {
    plural: "services",
    singular: "service",
    body: bodies.service,
    made: () => ({ created_at: new Date().toISOString(), status: "active", last_incident_timestamp: null }),
    present: withIntegrations,
    onDelete: deleteParts,
  },
  {
    plural: "business_services",
    singular: "business_service",
    body: bodies.business_service,
    onDelete: deleteDependencies,
  },
];

/** Who is on call when is only worked out for a request that names a time. */
const UNRENDERED = {
  final_schedule: subSchedule("Final Schedule"),
  overrides_subschedule: subSchedule("Overrides"),
};

function subSchedule(name: string): object {
  return { name, rendered_schedule_entries: [], rendered_coverage_percentage: 0 };
}

function identified(parts: unknown, label?: string): object[] {
  return (parts as Record<string, unknown>[]).map((part, index) => ({
    ...part,
    id: part["id"] ?? newId(),
    ...(label && { name: part["name"] ?? `${label} ${index + 1}` }),
  }));
}

/** The API names a service's integrations; their keys are only with the integrations themselves. */
function withIntegrations(service: Item, { integrations }: State): object {
  const own = Object.values(integrations).filter(({ service: { id } }) => id === service.id);
  const references = own.map(({ id, type, name }) => ({ id, type: `${type}_reference`, summary: name }));
  return { ...service, integrations: references };
}

function deleteParts(state: State, serviceId: string): void {
  for (const integration of Object.values(state.integrations)) {
    if (integration.service.id === serviceId) delete state.integrations[integration.id];
  }
  deleteDependencies(state, serviceId);
}

function deleteDependencies(state: State, serviceId: string): void {
  for (const { id, supporting_service, dependent_service } of Object.values(state.service_dependencies)) {
    if ([supporting_service.id, dependent_service.id].includes(serviceId))
      delete state.service_dependencies[id];
  }
}

/** Every route of the REST API; all of them want `Authorization: Token token=...`. */
export function restApi(app: FastifyInstance, store: Store, now: () => number): void {
  app.addHook("onRequest", async ({ headers }) => {
    if (!/^Token token="?[^\s"]+"?$/.test(headers.authorization ?? "")) throw unauthorized();
  });
  app.get("/abilities", async () => ({ abilities: ["teams", "service_support_hours", "urgencies"] }));
  for (const collection of COLLECTIONS) collectionRoutes(app, store, collection);
  vendorRoutes(app, store);
  integrationRoutes(app, store);
  dependencyRoutes(app, store);
  incidentRoutes(app, store);
  app.get("/oncalls", async (request) => listed(request, "oncalls", onCalls(store.state, now())));
}

function collectionRoutes(app: FastifyInstance, store: Store, collection: Collection): void {
  const { plural, singular } = collection;
  const table = store.state[plural] as Record<string, Item>;
  const answer = (item: Item) => ({ [singular]: present(app, store.state, collection, item) });
  const find = (request: FastifyRequest) => table[idOf(request)] ?? fail(notFound());

  app.get(`/${plural}`, async (request) =>
    listed(
      request,
      plural,
      Object.values(table).map((item) => present(app, store.state, collection, item)),
    ),
  );
  app.get(`/${plural}/:id`, async (request) => answer(find(request)));
  app.post(`/${plural}`, async (request, reply) => {
    const item = parse(store.state, collection, request, {
      id: newId(),
      type: singular,
      ...collection.made?.(),
    });
    table[item.id] = item;
    store.save();
    return reply.code(201).send(answer(item));
  });
  app.put(`/${plural}/:id`, async (request) => {
    const item = parse(store.state, collection, request, find(request));
    table[item.id] = item;
    store.save();
    return answer(item);
  });
  app.delete(`/${plural}/:id`, async (request, reply) => {
    const { id, name } = find(request);
    const users = collection.usedBy?.(store.state, id) ?? [];
    if (users.length > 0) throw invalid(users.map((user) => `${name} is used by ${user.type} ${user.name}`));
    delete table[id];
    collection.onDelete?.(store.state, id);
    store.save();
    return reply.code(204).send();
  });
}

/** The whole new object: what the request says over what was there. */
function parse(
  state: State,
  collection: Collection,
  request: FastifyRequest,
  base: Pick<Item, "id" | "type">,
): Item {
  const given = enveloped(request, collection.singular);
  const { success, data, error } = collection.body.safeParse({ ...base, ...given });
  if (!success) throw invalid(problems(error));
  const errors = [...missing(state, data), ...duplicates(state, collection, base.id, String(data["name"]))];
  if (errors.length > 0) throw invalid(errors);
  const body = collection.identify?.(data) ?? data;
  return { ...base, ...body, summary: String(data["name"]) } as unknown as Item;
}

function enveloped(request: FastifyRequest, singular: string): Record<string, unknown> {
  const body = z.object({ [singular]: z.record(z.string(), z.unknown()) }).safeParse(request.body);
  return body.success ? (body.data[singular] ?? {}) : fail(invalid([`${singular} is missing`]));
}

/** A message for each reference, however deep, to what does not exist. */
function missing(state: State, value: unknown, path: readonly PropertyKey[] = []): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => missing(state, item, [...path, index]));
  if (typeof value !== "object" || value === null) return [];
  if ("id" in value && "type" in value && String(value.type).endsWith("_reference")) {
    const reference = value as Reference;
    const kind = reference.type.replace(/_reference$/, "");
    return lookUp(state, reference) ? [] : [`${pathText(path)}: ${kind} ${reference.id} does not exist`];
  }
  return Object.entries(value).flatMap(([key, item]) => missing(state, item, [...path, key]));
}

function duplicates(state: State, { plural }: Collection, id: string, name: string): string[] {
  const others = Object.values(state[plural] as Record<string, Entity>).filter((item) => item.id !== id);
  return others.some((item) => item.name.toLowerCase() === name.toLowerCase())
    ? [`name "${name}" has already been taken`]
    : [];
}

function present(
  app: FastifyInstance,
  state: State,
  { plural, present: shape }: Collection,
  item: Item,
): object {
  const url = urlOf(app);
  return {
    ...(shape?.(item, state) ?? item),
    self: `${url}/${plural}/${item.id}`,
    html_url: `${url}/#${item.id}`,
  };
}

function vendorRoutes(app: FastifyInstance, { state }: Store): void {
  app.get("/vendors", async (request) => listed(request, "vendors", Object.values(state.vendors)));
  app.get("/vendors/:id", async (request) => ({ vendor: state.vendors[idOf(request)] ?? fail(notFound()) }));
}

const INTEGRATION_TYPES = [
  "aws_cloudwatch_inbound_integration",
  "event_transformer_api_inbound_integration",
  "events_api_v2_inbound_integration",
  "generic_events_api_inbound_integration",
];

function integrationRoutes(app: FastifyInstance, store: Store): void {
  const { integrations, services } = store.state;
  const service = (request: FastifyRequest) => services[parameter(request, "service")] ?? fail(notFound());
  const find = (request: FastifyRequest) => {
    const found = integrations[idOf(request)];
    return found && found.service.id === service(request).id ? found : fail(notFound());
  };
  const answer = (integration: Integration) => {
    const path = `services/${integration.service.id}/integrations/${integration.id}`;
    const html_url = `${urlOf(app)}/#${integration.id}`;
    return { integration: { ...integration, self: `${urlOf(app)}/${path}`, html_url } };
  };
  const keep = (integration: Integration) => {
    integrations[integration.id] = integration;
    store.save();
    return answer(integration);
  };

  app.get("/services/:service/integrations", async (request) => {
    const { id } = service(request);
    return {
      integrations: Object.values(integrations).filter((integration) => integration.service.id === id),
    };
  });
  app.get("/services/:service/integrations/:id", async (request) => answer(find(request)));
  app.post("/services/:service/integrations", async (request, reply) => {
    const made = {
      id: newId(),
      created_at: new Date().toISOString(),
      integration_key: randomBytes(16).toString("hex"),
    };
    return reply.code(201).send(keep(parseIntegration(store.state, request, service(request), made)));
  });
  app.put("/services/:service/integrations/:id", async (request) =>
    keep(parseIntegration(store.state, request, service(request), find(request))),
  );
  app.delete("/services/:service/integrations/:id", async (request, reply) => {
    delete integrations[find(request).id];
    store.save();
    return reply.code(204).send();
  });
}

type IntegrationBase = Pick<Integration, "id" | "created_at" | "integration_key">;

function parseIntegration(
  state: State,
  request: FastifyRequest,
  service: Service,
  base: IntegrationBase,
): Integration {
  const { success, data, error } = bodies.integration.safeParse({
    ...base,
    ...enveloped(request, "integration"),
  });
  if (!success) throw invalid(problems(error));
  const vendor = data.vendor ? state.vendors[data.vendor.id] : undefined;
  const type = vendor?.generic_service_type ?? data.type.replace(/_reference$/, "");
  const errors = [
    ...missing(state, data),
    ...(INTEGRATION_TYPES.includes(type) ? [] : [`type ${type} is not an integration type`]),
    ...(type === "events_api_v2_inbound_integration" && service.alert_creation === "create_incidents"
      ? [`type ${type} needs a service whose alert_creation is create_alerts_and_incidents`]
      : []),
  ];
  if (errors.length > 0) throw invalid(errors);
  const name = data.name ?? vendor?.name ?? "Events API V2";
  return {
    ...base,
    type,
    name,
    summary: name,
    service: { id: service.id, type: "service_reference" },
    vendor: data.vendor ?? null,
    integration_key: data.integration_key ?? base.integration_key,
  };
}

const relationships = z.object({
  relationships: z.array(
    z.object({
      supporting_service: z.object({ id: z.string(), type: z.string() }),
      dependent_service: z.object({ id: z.string(), type: z.string() }),
    }),
  ),
});

function dependencyRoutes(app: FastifyInstance, store: Store): void {
  const { service_dependencies: table } = store.state;
  const given = (request: FastifyRequest) => {
    const { success, data, error } = relationships.safeParse(request.body);
    return success ? data.relationships : fail(invalid(problems(error)));
  };
  app.post("/service_dependencies/associate", async (request) => {
    const made = given(request).map(({ supporting_service, dependent_service }) => ({
      id: newId(),
      type: "service_dependency" as const,
      supporting_service: asReference(supporting_service),
      dependent_service: asReference(dependent_service),
    }));
    const errors = missing(store.state, made);
    if (errors.length > 0) throw invalid(errors);
    for (const dependency of made) table[dependency.id] = dependency;
    store.save();
    return { relationships: made };
  });
  app.post("/service_dependencies/disassociate", async (request) => {
    const pairs = given(request).map((pair) => `${pair.supporting_service.id} ${pair.dependent_service.id}`);
    const gone = Object.values(table).filter((dependency) =>
      pairs.includes(`${dependency.supporting_service.id} ${dependency.dependent_service.id}`),
    );
    for (const { id } of gone) delete table[id];
    store.save();
    return { relationships: gone };
  });
  app.get("/service_dependencies/:kind/:id", async (request) => ({
    relationships: Object.values(table).filter((dependency) =>
      [dependency.supporting_service.id, dependency.dependent_service.id].includes(idOf(request)),
    ),
  }));
}

/** Requests name a technical service `service`, answers `technical_service_reference`; kept is `service_reference`. */
function asReference({ id, type }: { id: string; type: string }): Reference {
  const kind = type.replace(/_reference$/, "").replace("technical_", "");
  return { id, type: `${kind}_reference` };
}

function incidentRoutes(app: FastifyInstance, { state }: Store): void {
  app.get("/incidents", async (request) => {
    const query = request.query as Record<string, unknown>;
    const statuses = [query["statuses[]"] ?? []].flat();
    const services = [query["service_ids[]"] ?? []].flat();
    const matching = Object.values(state.incidents)
      .filter(({ status }) => statuses.length === 0 || statuses.includes(status))
      .filter(({ service }) => services.length === 0 || services.includes(service.id));
    return listed(request, "incidents", matching);
  });
  app.get("/incidents/:id", async (request) => ({
    incident: state.incidents[idOf(request)] ?? fail(notFound()),
  }));
  // One alert an incident: nothing is grouped here.
  app.get("/incidents/:id/alerts", async (request) => {
    const incident = state.incidents[idOf(request)] ?? fail(notFound());
    const { id, title, incident_key, created_at } = incident;
    const status = incident.status === "resolved" ? "resolved" : "triggered";
    return { alerts: [{ id, type: "alert", summary: title, alert_key: incident_key, status, created_at }] };
  });
}

function onCalls(state: State, at: number): object[] {
  return Object.values(state.escalation_policies).flatMap((policy) =>
    onCall(state, policy, at).map(({ level, schedule, user }) => ({
      escalation_policy: { id: policy.id, type: "escalation_policy_reference", summary: policy.name },
      escalation_level: level,
      schedule: schedule ? { id: schedule.id, type: "schedule_reference", summary: schedule.name } : null,
      user: { id: user.id, type: "user_reference", summary: user.name },
    })),
  );
}

const listQuery = z.object({
  query: z.string().default(""),
  limit: z.coerce.number().int().min(1).max(100).default(25),
  offset: z.coerce.number().int().min(0).default(0),
});

/** One page of a list, of those whose name or email holds the `query`. */
function listed(request: FastifyRequest, plural: string, items: readonly object[]): object {
  const parsed = listQuery.safeParse(request.query);
  if (!parsed.success) throw invalid(problems(parsed.error));
  const { query, limit, offset } = parsed.data;
  const matching = items.filter((item) => searchText(item).includes(query.toLowerCase()));
  const shown = matching.slice(offset, offset + limit);
  return { [plural]: shown, limit, offset, total: null, more: offset + limit < matching.length };
}

function searchText(item: object): string {
  const { name, email } = { name: "", email: "", ...item };
  return `${name} ${email}`.toLowerCase();
}

function idOf(request: FastifyRequest): string {
  return parameter(request, "id");
}

function fail(error: Error): never {
  throw error;
}
