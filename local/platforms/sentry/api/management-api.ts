/** The part of Sentry's API (`/api/0/`) that the program's resources and functions use. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { parameter, urlOf } from "../../shared/http-server.ts";
import { addDefaultAlert, alertRoutes } from "./alerts-api.ts";
import * as bodies from "./bodies.ts";
import { ApiError, found, invalid, notFound, parsed, unauthorized } from "./errors.ts";
import { goneRoutes } from "./gone.ts";
import { issueRoutes } from "./issues-api.ts";
import {
  INTEGRATIONS,
  type Key,
  newKey,
  nextId,
  ORGANIZATION,
  type Project,
  type State,
  type Store,
  type Team,
} from "./model.ts";
import { addOwnMonitors, monitorRoutes, removeDetectors } from "./monitors-api.ts";
import { projectSettingsRoutes } from "./project-settings-api.ts";

/** Every route below `/api/0`; all of them want `Authorization: Bearer ...`. */
export function managementApi(app: FastifyInstance, store: Store, now: () => number): void {
  app.addHook("onRequest", async ({ headers }) => {
    if (!/^Bearer \S+$/.test(headers.authorization ?? "")) throw unauthorized();
  });
  app.addHook("preHandler", async ({ params }) => {
    const { organization } = params as { organization?: string };
    if (organization && organization !== ORGANIZATION.slug) throw notFound();
  });
  app.get("/organizations/:organization/", async () => ORGANIZATION);
  app.get("/organizations/:organization/integrations/", async (request) => {
    const { provider_key: provider } = request.query as Record<string, string | undefined>;
    return INTEGRATIONS.filter(({ provider: { key } }) => !provider || key === provider).map(
      (integration) => ({
        ...integration,
        status: "active",
        organizationId: Number(ORGANIZATION.id),
        organizationIntegrationStatus: "active",
      }),
    );
  });
  teamRoutes(app, store);
  projectRoutes(app, store);
  keyRoutes(app, store);
  monitorRoutes(app, store);
  alertRoutes(app, store);
  issueRoutes(app, store, now);
  goneRoutes(app);
  projectSettingsRoutes(app, store);
}

function teamRoutes(app: FastifyInstance, store: Store): void {
  const { teams } = store.state;
  const find = (request: FastifyRequest) => found(teams[parameter(request, "team")]);

  app.get("/organizations/:organization/teams/", async () => Object.values(teams).map(presentTeam));
  app.post("/organizations/:organization/teams/", async (request, reply) => {
    const body = parsed(bodies.team, request.body);
    const slug = body.slug ?? slugOf(body.name);
    if (teams[slug]) throw new ApiError(409, { detail: "A team with this slug already exists." });
    const team = { id: nextId(store.state), slug, name: body.name, dateCreated: new Date().toISOString() };
    teams[slug] = team;
    store.save();
    return reply.code(201).send(presentTeam(team));
  });
  app.get("/teams/:organization/:team/", async (request) => presentTeam(find(request)));
  app.put("/teams/:organization/:team/", async (request) => {
    const old = find(request);
    const team = { ...old, ...parsed(bodies.team.partial(), request.body) };
    if (team.slug !== old.slug && teams[team.slug])
      throw invalid({ slug: [`The slug "${team.slug}" is already in use.`] });
    delete teams[old.slug];
    teams[team.slug] = team;
    mapProjects(store.state, (slugs) => slugs.map((slug) => (slug === old.slug ? team.slug : slug)));
    store.save();
    return presentTeam(team);
  });
  app.delete("/teams/:organization/:team/", async (request, reply) => {
    const { slug } = find(request);
    delete teams[slug];
    mapProjects(store.state, (slugs) => slugs.filter((other) => other !== slug));
    store.save();
    return reply.code(204).send();
  });
}

function mapProjects({ projects }: State, change: (teams: readonly string[]) => readonly string[]): void {
  for (const project of Object.values(projects))
    projects[project.slug] = { ...project, teams: change(project.teams) };
}

function projectRoutes(app: FastifyInstance, store: Store): void {
  const { projects, teams } = store.state;
  const find = (request: FastifyRequest) => found(projects[parameter(request, "project")]);
  const answer = (project: Project) => presentProject(store.state, project);
  const keep = (project: Project) => {
    projects[project.slug] = project;
    store.save();
    return answer(project);
  };

  app.post("/teams/:organization/:team/projects/", async (request, reply) => {
    const team = found(teams[parameter(request, "team")]);
    const body = parsed(bodies.newProject, request.body);
    const slug = body.slug ?? slugOf(body.name);
    if (projects[slug]) throw new ApiError(409, { detail: "A project with this slug already exists." });
    // As on sentry.io, a new project starts with a key named Default.
    const key = newKey(slug, "Default");
    store.state.keys[key.id] = key;
    const dateCreated = new Date().toISOString();
    addOwnMonitors(store.state, slug, dateCreated);
    if (body.default_rules) addDefaultAlert(store.state, slug, dateCreated);
    const project = keep({
      id: nextId(store.state),
      slug,
      name: body.name,
      platform: body.platform ?? null,
      dateCreated,
      resolveAge: body.resolveAge ?? 0,
      digestsMinDelay: body.digestsMinDelay ?? 300,
      digestsMaxDelay: body.digestsMaxDelay ?? 1800,
      teams: [team.slug],
    });
    return reply.code(201).send(project);
  });
  app.get("/projects/:organization/:project/", async (request) => answer(find(request)));
  app.put("/projects/:organization/:project/", async (request) => {
    const old = find(request);
    const body = parsed(bodies.project.partial(), request.body);
    const { slug = old.slug } = body;
    if (slug !== old.slug && projects[slug]) {
      throw invalid({ slug: [`Another project (${slug}) is already using that slug`] });
    }
    delete projects[old.slug];
    renameParts(store.state, old.slug, slug);
    return keep({ ...old, ...body, slug, platform: body.platform ?? old.platform });
  });
  app.delete("/projects/:organization/:project/", async (request, reply) => {
    const { slug } = find(request);
    delete projects[slug];
    removeDetectors(store.state, ({ project }) => project === slug);
    for (const table of partTables(store.state)) {
      for (const { id, project } of Object.values(table)) if (project === slug) delete table[id];
    }
    store.save();
    return reply.code(204).send();
  });
  app.post("/projects/:organization/:project/teams/:team/", async (request, reply) => {
    const project = find(request);
    const { slug } = found(teams[parameter(request, "team")]);
    return reply.code(201).send(keep({ ...project, teams: [...new Set([...project.teams, slug])] }));
  });
  app.delete("/projects/:organization/:project/teams/:team/", async (request) => {
    const project = find(request);
    return keep({ ...project, teams: project.teams.filter((slug) => slug !== parameter(request, "team")) });
  });
}

type Part = { readonly id: string; readonly project: string };

function partTables(state: State): Record<string, Part>[] {
  return [state.keys, state.detectors, state.issues, state.projectSettings];
}

function renameParts(state: State, from: string, to: string): void {
  for (const table of partTables(state)) {
    for (const part of Object.values(table))
      if (part.project === from) table[part.id] = { ...part, project: to };
  }
}

function keyRoutes(app: FastifyInstance, store: Store): void {
  const { keys, projects } = store.state;
  const project = (request: FastifyRequest) => found(projects[parameter(request, "project")]);
  const find = (request: FastifyRequest) => {
    const key = found(keys[parameter(request, "key")]);
    if (key.project !== project(request).slug) throw notFound();
    return key;
  };
  const answer = (key: Key) => presentKey(urlOf(app), found(projects[key.project]), key);
  const keep = (key: Key) => {
    keys[key.id] = key;
    store.save();
    return answer(key);
  };

  app.get("/projects/:organization/:project/keys/", async (request) => {
    const { slug } = project(request);
    return Object.values(keys)
      .filter((key) => key.project === slug)
      .map(answer);
  });
  app.post("/projects/:organization/:project/keys/", async (request, reply) => {
    const { name = "Default", rateLimit } = parsed(bodies.key, request.body);
    return reply.code(201).send(keep(newKey(project(request).slug, name, effective(rateLimit))));
  });
  app.get("/projects/:organization/:project/keys/:key/", async (request) => answer(find(request)));
  app.put("/projects/:organization/:project/keys/:key/", async (request) => {
    const key = find(request);
    const { name = key.name, rateLimit } = parsed(bodies.key, request.body);
    return keep({ ...key, name, rateLimit: rateLimit === undefined ? key.rateLimit : effective(rateLimit) });
  });
  app.delete("/projects/:organization/:project/keys/:key/", async (request, reply) => {
    delete keys[find(request).id];
    store.save();
    return reply.code(204).send();
  });
}

/** A limit of nothing is no limit. */
function effective(rateLimit: Key["rateLimit"] | undefined): Key["rateLimit"] {
  return rateLimit && rateLimit.count > 0 && rateLimit.window > 0 ? rateLimit : null;
}

function presentTeam(team: Team): object {
  return { ...team, isMember: true, hasAccess: true, isPending: false, organization: ORGANIZATION };
}

function presentProject(state: State, project: Project): object {
  const teams = project.teams
    .flatMap((slug) => state.teams[slug] ?? [])
    .map(({ id, slug, name }) => ({ id, slug, name }));
  return {
    ...project,
    teams,
    team: teams[0] ?? null,
    organization: ORGANIZATION,
    status: "active",
    isPublic: false,
    isBookmarked: false,
    color: "#3fa9f5",
    features: ["alert-filters", "releases"],
  };
}

function presentKey(url: string, { id: projectId }: Project, key: Key): object {
  const { host } = new URL(url);
  return {
    ...key,
    label: key.name,
    public: key.id,
    projectId: Number(projectId),
    dsn: {
      public: `http://${key.id}@${host}/${projectId}`,
      secret: `http://${key.id}:${key.secret}@${host}/${projectId}`,
      csp: `${url}/api/${projectId}/csp-report/?sentry_key=${key.id}`,
    },
  };
}

function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return slug.slice(0, 50);
}
