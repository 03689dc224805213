/** Issues, as far as people and tests resolve them. */
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { parameter } from "../../shared/http-server.ts";
import { found, parsed } from "./errors.ts";
import { resolve } from "./issues.ts";
import type { Issue, Store } from "./model.ts";
import { projectsOf } from "./pages.ts";

const change = z.object({ status: z.enum(["resolved", "unresolved"]) });

export function issueRoutes(app: FastifyInstance, store: Store, now: () => number): void {
  const { issues } = store.state;
  const collection = "/organizations/:organization/issues/";

  app.get(collection, async (request) => {
    const projects = projectsOf(request, store.state);
    return Object.values(issues)
      .filter(({ project }) => projects === undefined || projects.includes(project))
      .map(present);
  });
  app.put(`${collection}:issue/`, async (request) => {
    const issue = found(issues[parameter(request, "issue")]);
    const { status } = parsed(change, request.body);
    if (status === "unresolved") issues[issue.id] = { ...issue, status };
    else if (issue.status === "unresolved") resolve(store.state, issue, now());
    store.save();
    return present(found(issues[issue.id]));
  });
}

function present({ seen, category, ...issue }: Issue): object {
  return { ...issue, issueCategory: category, count: String(seen.length) };
}
