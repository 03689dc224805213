/** Alerts (`workflows`). */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { parameter } from "../../shared/http-server.ts";
import * as bodies from "./alert-bodies.ts";
import { found, invalid, parsed } from "./errors.ts";
import {
  type Action,
  INTEGRATIONS,
  nextId,
  ORGANIZATION,
  PAGERDUTY_SERVICE,
  type State,
  type Store,
  type Workflow,
} from "./model.ts";
import { presentGroup, withIds } from "./monitors-api.ts";
import { checkedEnvironment, checkedOwner, teamOf } from "./owners.ts";
import { allOf, paged, projectsOf, searchOf } from "./pages.ts";

export function alertRoutes(app: FastifyInstance, store: Store): void {
  const { state } = store;
  const collection = "/organizations/:organization/workflows/";
  const find = (request: FastifyRequest) => found(state.workflows[parameter(request, "workflow")]);
  const keep = (workflow: Workflow) => {
    state.workflows[workflow.id] = workflow;
    store.save();
    return present(workflow);
  };

  app.get(collection, async (request, reply) => {
    const projects = projectsOf(request, state);
    const [ids, detectors] = [allOf(request, "id"), allOf(request, "detector")];
    const search = searchOf(request);
    const wanted = Object.values(state.workflows).filter(
      (workflow) =>
        (projects === undefined || isOf(state, workflow, projects)) &&
        (ids.length === 0 || ids.includes(workflow.id)) &&
        (detectors.length === 0 || workflow.detectorIds.some((id) => detectors.includes(id))) &&
        (search.get("name") ?? workflow.name) === workflow.name,
    );
    return paged(request, reply, wanted.map(present));
  });
  app.post(collection, async (request, reply) => {
    const body = parsed(bodies.workflow.required({ triggers: true, actionFilters: true }), request.body);
    const now = new Date().toISOString();
    const triggers = { id: "", logicType: "any-short", conditions: [] } as const;
    const empty: Workflow = {
      ...{ id: nextId(state), name: "", enabled: true, environment: null, owner: null, config: {} },
      ...{ detectorIds: [], triggers, actionFilters: [] },
      ...{ dateCreated: now, dateUpdated: now, lastTriggered: null },
    };
    return reply.code(201).send(keep(changed(state, empty, body)));
  });
  app.get(`${collection}:workflow/`, async (request) => present(find(request)));
  app.put(`${collection}:workflow/`, async (request) =>
    keep(changed(state, find(request), parsed(bodies.workflow, request.body))),
  );
  app.delete(`${collection}:workflow/`, async (request, reply) => {
    delete state.workflows[find(request).id];
    store.save();
    return reply.code(204).send();
  });
}

/** Also where it is attached to nothing: so does Sentry list it for every project. */
function isOf({ detectors }: State, { detectorIds }: Workflow, projects: readonly string[]): boolean {
  return (
    detectorIds.length === 0 || detectorIds.some((id) => projects.includes(detectors[id]?.project ?? ""))
  );
}

function changed(state: State, workflow: Workflow, body: bodies.WorkflowBody): Workflow {
  const detectorIds = body.detectorIds?.map(String) ?? workflow.detectorIds;
  const missing = detectorIds.filter((id) => state.detectors[id] === undefined);
  if (missing.length > 0)
    throw invalid({ detectorIds: [`Some detectors do not exist: {${missing.join(", ")}}`] });
  const { config } = body;
  return {
    ...workflow,
    name: body.name,
    enabled: body.enabled ?? workflow.enabled,
    environment:
      body.environment === undefined ? workflow.environment : checkedEnvironment(state, body.environment),
    owner: body.owner === undefined ? workflow.owner : checkedOwner(state, body.owner),
    config: config
      ? config.frequency === undefined
        ? {}
        : { frequency: config.frequency }
      : workflow.config,
    detectorIds,
    triggers: body.triggers ? withIds(state, body.triggers) : workflow.triggers,
    actionFilters:
      body.actionFilters?.map((filter) => ({
        ...withIds(state, filter),
        actions: filter.actions.map((action) => kept(state, action)),
      })) ?? workflow.actionFilters,
    dateUpdated: new Date().toISOString(),
  };
}

/** As Sentry keeps an action: what it is told to find, it has found. */
function kept(state: State, { type, integrationId, config, data }: bodies.ActionBody): Action {
  const problem = problemOf(state, { type, integrationId, config });
  if (problem) throw invalid({ actionFilters: [problem] });
  const { targetType, targetIdentifier = null, targetDisplay = null } = config;
  const channel = targetDisplay?.replace(/^#/, "") ?? null;
  return {
    ...{ id: nextId(state), type, data, status: "active" },
    integrationId: integrationId == null ? null : String(integrationId),
    config:
      type === "slack"
        ? { targetType, targetIdentifier: `C0${channel?.toUpperCase()}`, targetDisplay: channel }
        : { targetType, targetIdentifier, targetDisplay },
  };
}

function problemOf(
  state: State,
  { type, integrationId, config }: Omit<bodies.ActionBody, "data">,
): string | undefined {
  if (type === "email") {
    const isKnown = config.targetType !== "team" || teamOf(state, config.targetIdentifier ?? "");
    return isKnown ? undefined : "Team does not exist";
  }
  const known = INTEGRATIONS.some(
    ({ id, provider }) => provider.key === type && id === String(integrationId),
  );
  if (!known) return `The organization has no ${type} integration of this id.`;
  if (type === "pagerduty" && config.targetIdentifier !== PAGERDUTY_SERVICE.id)
    return "The service has no access to the PagerDuty account.";
  return undefined;
}

function present({ triggers, actionFilters, ...workflow }: Workflow): object {
  return {
    ...workflow,
    organizationId: ORGANIZATION.id,
    createdBy: null,
    triggers: { ...presentGroup(triggers), actions: [] },
    actionFilters: actionFilters.map((filter) => ({
      ...presentGroup(filter),
      actions: filter.actions.toReversed(),
    })),
  };
}

const DEFAULT_ALERT = "Send a notification for high priority issues";

/** Sentry's own alert of a new project, to whoever Sentry takes for the owner of an issue. */
export function addDefaultAlert(state: State, project: string, dateCreated: string): void {
  const stream = Object.values(state.detectors).find(
    (detector) => detector.project === project && detector.type === "issue_stream",
  );
  const condition = (type: string) => ({ type, comparison: true, conditionResult: true });
  const triggers = ["new_high_priority_issue", "existing_high_priority_issue"].map(condition);
  const id = nextId(state);
  const action: Action = {
    ...{ id: nextId(state), type: "email", integrationId: null, status: "active" },
    config: { targetType: "issue_owners", targetIdentifier: null, targetDisplay: null },
    data: { fallthroughType: "ActiveMembers" },
  };
  state.workflows[id] = {
    ...{ id, name: DEFAULT_ALERT, enabled: true, environment: null, owner: null, config: { frequency: 30 } },
    detectorIds: stream ? [stream.id] : [],
    triggers: withIds(state, { logicType: "any-short", conditions: triggers }),
    actionFilters: [{ ...withIds(state, { logicType: "all", conditions: [] }), actions: [action] }],
    ...{ dateCreated, dateUpdated: dateCreated, lastTriggered: null },
  };
}
