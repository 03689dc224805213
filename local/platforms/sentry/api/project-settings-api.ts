/** A project's inbound filters and ownership rules: there from the project's first day, only ever changed. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { parameter } from "../../shared/http-server.ts";
import * as bodies from "./bodies.ts";
import { found, invalid, parsed } from "./errors.ts";
import { type ProjectSettings, type State, type Store, TOGGLES } from "./model.ts";

const PATH = "/projects/:organization/:project";

export function projectSettingsRoutes(app: FastifyInstance, store: Store): void {
  const { projects, projectSettings } = store.state;
  const of = (request: FastifyRequest): ProjectSettings => {
    const { id, slug } = found(projects[parameter(request, "project")]);
    return projectSettings[id] ?? { id, project: slug, filters: {}, ownership: UNOWNED };
  };
  const keep = (settings: ProjectSettings) => {
    projectSettings[settings.id] = settings;
    store.save();
  };

  app.get(`${PATH}/filters/`, async (request) => {
    const { filters } = of(request);
    return TOGGLES.map((id) => ({ id, active: filters[id] ?? false }));
  });
  app.put(`${PATH}/filters/:filter/`, async (request, reply) => {
    const settings = of(request);
    const filter = found(TOGGLES.find((id) => id === parameter(request, "filter")));
    const { active } = parsed(bodies.filter, request.body);
    keep({ ...settings, filters: { ...settings.filters, [filter]: active } });
    return reply.code(204).send();
  });
  app.get(`${PATH}/ownership/`, async (request) => of(request).ownership);
  app.put(`${PATH}/ownership/`, async (request) => {
    const settings = of(request);
    const ownership = { ...settings.ownership, ...parsed(bodies.ownership, request.body) };
    const problem = ownersProblem(store.state, settings.project, ownership.raw ?? "");
    if (problem) throw invalid({ raw: [problem] });
    keep({ ...settings, ownership: { ...ownership, lastUpdated: new Date().toISOString() } });
    return ownership;
  });
}

/** What a project that nobody has set answers. */
const UNOWNED = {
  raw: null,
  fallthrough: true,
  autoAssignment: "Auto Assign to Issue Owner",
  isActive: true,
};

/** A rule is `matcher:pattern owner ...`; a team is an owner once it works on the project. */
function ownersProblem({ projects }: State, project: string, raw: string): string | undefined {
  const rules = raw
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  for (const rule of rules) {
    const [matcher = "", ...owners] = rule.split(/\s+/);
    if (!/^(path|module|url|codeowners|tags\.[\w.]+):\S+$/.test(matcher) || owners.length === 0) {
      return `Parse error: "${rule}"`;
    }
    const strangers = owners.filter(
      (owner) => owner.startsWith("#") && !projects[project]?.teams.includes(owner.slice(1)),
    );
    if (strangers.length > 0) return `Invalid rule owners: ${strangers.join(", ")}`;
  }
  return undefined;
}
