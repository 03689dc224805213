/** Monitors (`detectors`). */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { z } from "zod";
import { parameter } from "../../shared/http-server.ts";
import { ApiError, found, invalid, parsed } from "./errors.ts";
import { type ConditionGroup, type Detector, nextId, ORGANIZATION, type State, type Store } from "./model.ts";
import * as bodies from "./monitor-bodies.ts";
import { checkedEnvironment, checkedOwner, teamOf } from "./owners.ts";
import { allOf, paged, projectsOf, searchOf } from "./pages.ts";

export function monitorRoutes(app: FastifyInstance, store: Store): void {
  const { state } = store;
  const collection = "/organizations/:organization/detectors/";
  const find = (request: FastifyRequest) => found(state.detectors[parameter(request, "detector")]);
  const keep = (detector: Detector) => {
    state.detectors[detector.id] = detector;
    store.save();
    return present(state, detector);
  };

  app.get(collection, async (request, reply) => {
    const projects = projectsOf(request, state);
    const ids = allOf(request, "id");
    const search = searchOf(request);
    const type = search.get("type");
    const wanted = Object.values(state.detectors).filter(
      (detector) =>
        (projects === undefined || projects.includes(detector.project)) &&
        (ids.length === 0 || ids.includes(detector.id)) &&
        (type === undefined || type === detector.type || (type === "metric" && detector.dataSource)) &&
        (search.get("name") ?? detector.name) === detector.name,
    );
    return paged(
      request,
      reply,
      wanted.map((detector) => present(state, detector)),
    );
  });
  app.post("/organizations/:organization/projects/:project/detectors/", async (request, reply) => {
    const { slug } = found(
      Object.values(state.projects).find(
        (project) =>
          parameter(request, "project") === project.slug || parameter(request, "project") === project.id,
      ),
    );
    const body = parsed(bodies.detector, request.body);
    const now = new Date().toISOString();
    const base = { id: nextId(state), project: slug, description: null, owner: null, enabled: true };
    const detector = changed(
      state,
      {
        ...base,
        ...{ name: "", type: "metric_issue", dataSource: null, conditionGroup: null, config: {} },
        ...{ dateCreated: now, dateUpdated: now },
      },
      body,
    );
    return reply.code(201).send(keep(detector));
  });
  app.get(`${collection}:detector/`, async (request) => present(state, find(request)));
  app.put(`${collection}:detector/`, async (request) => {
    const detector = find(request);
    if (detector.type !== "metric_issue") throw forbidden();
    return keep(changed(state, detector, parsed(bodies.detectorChange, request.body)));
  });
  app.delete(`${collection}:detector/`, async (request, reply) => {
    const { id, type } = find(request);
    if (type !== "metric_issue") throw forbidden();
    removeDetectors(state, (detector) => detector.id === id);
    store.save();
    return reply.code(204).send();
  });
}

/** What Sentry has made itself, only an administrator of the organization may change, and nobody remove. */
const forbidden = () => new ApiError(403, { detail: "You do not have permission to perform this action." });

/** Alerts stay, attached to what is left. */
export function removeDetectors(state: State, isGone: (detector: Detector) => boolean): void {
  for (const detector of Object.values(state.detectors).filter(isGone)) {
    delete state.detectors[detector.id];
    for (const workflow of Object.values(state.workflows)) {
      const detectorIds = workflow.detectorIds.filter((id) => id !== detector.id);
      state.workflows[workflow.id] = { ...workflow, detectorIds };
    }
  }
}

/** The two monitors of each project. */
export function addOwnMonitors(state: State, project: string, dateCreated: string): void {
  for (const [type, name] of [
    ["error", "Error Monitor"],
    ["issue_stream", "Issue Stream"],
  ] as const) {
    const id = nextId(state);
    state.detectors[id] = {
      ...{ id, project, name, type, description: null, owner: null, enabled: true, config: {} },
      ...{ dataSource: null, conditionGroup: null, dateCreated, dateUpdated: dateCreated },
    };
  }
}

type Body = z.output<typeof bodies.detectorChange>;

function changed(state: State, detector: Detector, body: Body): Detector {
  const [source] = body.dataSources ?? [];
  for (const workflowId of body.workflowIds ?? []) {
    const workflow = state.workflows[workflowId];
    if (!workflow) throw invalid({ workflowIds: [`Some workflows do not exist: {${workflowId}}`] });
    const detectorIds = [...new Set([...workflow.detectorIds, detector.id])];
    state.workflows[workflow.id] = { ...workflow, detectorIds };
  }
  return {
    ...detector,
    name: body.name ?? detector.name,
    description: body.description === undefined ? detector.description : body.description,
    owner: body.owner === undefined ? detector.owner : checkedOwner(state, body.owner),
    enabled: body.enabled ?? detector.enabled,
    config: body.config ?? detector.config,
    dataSource: source
      ? { ...source, environment: checkedEnvironment(state, source.environment) }
      : detector.dataSource,
    conditionGroup: body.conditionGroup ? withIds(state, body.conditionGroup) : detector.conditionGroup,
    dateUpdated: new Date().toISOString(),
  };
}

type GroupBody = Omit<ConditionGroup, "id" | "conditions"> & {
  readonly conditions: readonly Pick<
    ConditionGroup["conditions"][number],
    "type" | "comparison" | "conditionResult"
  >[];
};

/** As Sentry keeps it: each condition with an id of its own. */
export function withIds(state: State, { logicType, conditions }: GroupBody): ConditionGroup {
  const id = nextId(state);
  return {
    ...{ id, logicType },
    conditions: conditions.map(({ type, comparison, conditionResult }) => ({
      ...{ id: nextId(state), type, comparison, conditionResult },
    })),
  };
}

/** Sentry keeps no order: it gives the conditions as they come. Ours come last first. */
export function presentGroup<Group extends ConditionGroup>(group: Group): object {
  return { ...group, organizationId: ORGANIZATION.id, conditions: group.conditions.toReversed() };
}

function present(
  state: State,
  { project, owner, dataSource, conditionGroup, ...detector }: Detector,
): object {
  const [type, id] = owner?.split(":") ?? [];
  return {
    ...detector,
    projectId: state.projects[project]?.id ?? null,
    owner: owner && { type, id, name: teamOf(state, id)?.slug ?? "Somebody" },
    createdBy: null,
    latestGroup: null,
    workflowIds: Object.values(state.workflows)
      .filter(({ detectorIds }) => detectorIds.includes(detector.id))
      .map((workflow) => workflow.id),
    dataSources: dataSource && [presentSource(detector.id, dataSource)],
    conditionGroup: conditionGroup && { ...presentGroup(conditionGroup), actions: [] },
  };
}

/** The kind of query is not in the answer. */
function presentSource(id: string, { queryType: _, ...snubaQuery }: NonNullable<Detector["dataSource"]>) {
  const query = { id, status: 0, subscription: null, snubaQuery: { id, ...snubaQuery } };
  return {
    id,
    organizationId: ORGANIZATION.id,
    type: "snuba_query_subscription",
    sourceId: id,
    queryObj: query,
  };
}
