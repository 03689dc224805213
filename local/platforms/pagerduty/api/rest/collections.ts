/** The kinds of object that are listed, made, changed and deleted in the same way, with what differs between them. */
import type { z } from "zod";
import { bodies } from "../bodies.ts";
import { type Entity, newId, type State } from "../model.ts";

export type Item = Entity & Readonly<Record<string, unknown>>;

/** One kind of object, with everything that differs between kinds. */
export interface Collection {
  readonly plural: keyof State;
  readonly singular: string;
  readonly body: z.ZodObject;
  /** Several may have one name. Default: a name is one's alone, in any case. */
  readonly sharesNames?: true;
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

export const COLLECTIONS: readonly Collection[] = [
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
    sharesNames: true,
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
