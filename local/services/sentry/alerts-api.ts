import type { FastifyInstance, FastifyRequest } from "fastify";
import type { z } from "zod";
import { parameter } from "../http-server.ts";
import * as bodies from "./bodies.ts";
import { found, invalid, parsed } from "./errors.ts";
import {
  INTEGRATIONS,
  type IssueAlert,
  type MetricAlert,
  nextId,
  ORGANIZATION,
  type RuleNode,
  type State,
  type Store,
} from "./model.ts";

/** Issue alerts (`rules`) and metric alerts (`alert-rules`). */
export function alertRoutes(app: FastifyInstance, store: Store): void {
  issueAlertRoutes(app, store);
  metricAlertRoutes(app, store);
}

function issueAlertRoutes(app: FastifyInstance, store: Store): void {
  const { issueAlerts } = store.state;
  const path = "/projects/:organization/:project/rules/";
  const find = (request: FastifyRequest) =>
    ofProject(request, store.state, issueAlerts[parameter(request, "alert")]);
  const keep = (request: FastifyRequest, base: Pick<IssueAlert, "id" | "project" | "dateCreated">) => {
    const body = parsed(bodies.issueAlert, request.body);
    checkIntegrations(body.actions);
    const alert: IssueAlert = { ...body, environment: body.environment ?? null, ...base };
    issueAlerts[alert.id] = alert;
    store.save();
    return presentIssueAlert(alert);
  };

  app.get(path, async (request) => {
    const { slug } = projectOf(request, store.state);
    return Object.values(issueAlerts)
      .filter(({ project }) => project === slug)
      .map(presentIssueAlert);
  });
  app.post(path, async (request, reply) =>
    reply.code(201).send(keep(request, newBase(request, store.state))),
  );
  app.get(`${path}:alert/`, async (request) => presentIssueAlert(find(request)));
  app.put(`${path}:alert/`, async (request) => {
    const { id, project, dateCreated } = find(request);
    return keep(request, { id, project, dateCreated });
  });
  app.delete(`${path}:alert/`, async (request, reply) => {
    delete issueAlerts[find(request).id];
    store.save();
    return reply.code(202).send();
  });
}

/** The integration that an action of an issue alert works through, by the setting that names it. */
const ACCOUNTS: Readonly<Record<string, { readonly setting: string; readonly provider: string }>> = {
  SlackNotifyServiceAction: { setting: "workspace", provider: "slack" },
  PagerDutyNotifyServiceAction: { setting: "account", provider: "pagerduty" },
};

function checkIntegrations(actions: readonly RuleNode[]): void {
  const problems = actions.flatMap((action, index) => {
    const account = ACCOUNTS[action.id.split(".").at(-1) ?? ""];
    if (!account || hasIntegration(account.provider, String(action[account.setting]))) return [];
    return [
      `${index}.${account.setting}: the organization has no ${account.provider} integration of this id`,
    ];
  });
  if (problems.length > 0) throw invalid({ actions: problems });
}

function hasIntegration(provider: string, id: string): boolean {
  return INTEGRATIONS.some((integration) => integration.provider.key === provider && integration.id === id);
}

/** Sentry adds to each node a sentence that says what it does. */
function presentIssueAlert(alert: IssueAlert): object {
  const described = (nodes: readonly RuleNode[]) =>
    nodes.map((node) => ({ ...node, name: node.id.split(".").at(-1) }));
  return {
    ...alert,
    conditions: described(alert.conditions),
    filters: described(alert.filters),
    actions: described(alert.actions),
    projects: [alert.project],
    status: "active",
  };
}

function metricAlertRoutes(app: FastifyInstance, store: Store): void {
  const { metricAlerts } = store.state;
  const path = "/projects/:organization/:project/alert-rules/";
  const find = (request: FastifyRequest) =>
    ofProject(request, store.state, metricAlerts[parameter(request, "alert")]);
  const keep = (request: FastifyRequest, base: Pick<MetricAlert, "id" | "project" | "dateCreated">) => {
    const alert = metricAlert(store.state, parsed(bodies.metricAlert, request.body), base);
    metricAlerts[alert.id] = alert;
    store.save();
    return presentMetricAlert(alert);
  };

  app.get(path, async (request) => {
    const { slug } = projectOf(request, store.state);
    return Object.values(metricAlerts)
      .filter(({ project }) => project === slug)
      .map(presentMetricAlert);
  });
  app.post(path, async (request, reply) =>
    reply.code(201).send(keep(request, newBase(request, store.state))),
  );
  app.get("/organizations/:organization/alert-rules/:alert/", async (request) =>
    presentMetricAlert(found(metricAlerts[parameter(request, "alert")])),
  );
  app.put(`${path}:alert/`, async (request) => {
    const { id, project, dateCreated } = find(request);
    return keep(request, { id, project, dateCreated });
  });
  app.delete(`${path}:alert/`, async (request, reply) => {
    delete metricAlerts[find(request).id];
    store.save();
    return reply.code(204).send();
  });
}

function metricAlert(
  state: State,
  { projects: _, ...body }: z.infer<typeof bodies.metricAlert>,
  base: Pick<MetricAlert, "id" | "project" | "dateCreated">,
): MetricAlert {
  const problems: string[] = [];
  const triggers = body.triggers.map((trigger, index) => ({
    ...trigger,
    id: trigger.id ?? nextId(state),
    resolveThreshold: trigger.resolveThreshold ?? null,
    actions: trigger.actions.map((action, position) => {
      const problem = actionProblem(state, action);
      if (problem) problems.push(`${index}.actions.${position}.${problem}`);
      return {
        ...action,
        id: action.id ?? nextId(state),
        targetIdentifier: action.targetIdentifier ?? null,
        integrationId: action.integrationId ?? null,
      };
    }),
  }));
  if (problems.length > 0) throw invalid({ triggers: problems });
  return {
    ...body,
    eventTypes: body.eventTypes ?? (body.dataset === "events" ? ["default", "error"] : ["transaction"]),
    resolveThreshold: body.resolveThreshold ?? null,
    environment: body.environment ?? null,
    owner: body.owner ?? null,
    triggers,
    ...base,
  };
}

type Action = z.infer<typeof bodies.metricAlert>["triggers"][number]["actions"][number];

function actionProblem(
  state: State,
  { type, targetType, targetIdentifier, integrationId }: Action,
): string | undefined {
  if (type === "email") {
    if (targetType !== "user" && targetType !== "team")
      return "targetType: an email goes to a user or a team";
    const team = Object.values(state.teams).find(({ id }) => id === targetIdentifier);
    return targetType === "team" && !team ? "targetIdentifier: Team does not exist" : undefined;
  }
  if (type !== "slack" && type !== "pagerduty") return undefined;
  if (!integrationId) return "integrationId: Integration must be provided for this action";
  return hasIntegration(type, String(integrationId))
    ? undefined
    : "integrationId: Integration does not exist";
}

function presentMetricAlert(alert: MetricAlert): object {
  const triggers = alert.triggers.map((trigger) => ({
    ...trigger,
    alertRuleId: alert.id,
    actions: trigger.actions.map((action) => ({
      ...action,
      alertRuleTriggerId: trigger.id,
      sentryAppId: null,
    })),
  }));
  return { ...alert, triggers, projects: [alert.project], organizationId: ORGANIZATION.id, status: 0 };
}

function projectOf(request: FastifyRequest, { projects }: State) {
  return found(projects[parameter(request, "project")]);
}

function ofProject<T extends { project: string }>(
  request: FastifyRequest,
  state: State,
  alert: T | undefined,
): T {
  return found(alert?.project === projectOf(request, state).slug ? alert : undefined);
}

function newBase(request: FastifyRequest, state: State) {
  const { slug: project } = projectOf(request, state);
  return { id: nextId(state), project, dateCreated: new Date().toISOString() };
}
