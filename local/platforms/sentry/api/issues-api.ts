/** Issues, as far as people and tests resolve them. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { parameter, urlOf } from "../../shared/http-server.ts";
import { found, invalid, parsed } from "./errors.ts";
import { resolve } from "./issues.ts";
import type { Issue, Store } from "./model.ts";
import { allOf, paged, projectsOf } from "./pages.ts";

const change = z.object({ status: z.enum(["resolved", "unresolved"]) });

export function issueRoutes(app: FastifyInstance, store: Store, now: () => number): void {
  const { issues } = store.state;
  const collection = "/organizations/:organization/issues/";

  app.get(collection, async (request, reply) => {
    const projects = projectsOf(request, store.state);
    const isAsked = queryOf(request);
    const found = Object.values(issues)
      .filter(({ project }) => projects === undefined || projects.includes(project))
      .filter((issue) => isAsked(issue) && isInRange(issue, request))
      .toSorted((one, other) => (other.seen.at(-1) ?? 0) - (one.seen.at(-1) ?? 0));
    const base = urlOf(app);
    return paged(request, reply, found, "limit").map((issue) => present(issue, base));
  });
  app.put(`${collection}:issue/`, async (request) => {
    const issue = found(issues[parameter(request, "issue")]);
    const { status } = parsed(change, request.body);
    if (status === "unresolved") issues[issue.id] = { ...issue, status };
    else if (issue.status === "unresolved") resolve(store.state, issue, now());
    store.save();
    return present(found(issues[issue.id]), urlOf(app));
  });
}

function present(
  { seen, category, times, firstSeen, priority, fingerprint: _, ...issue }: Issue,
  url: string,
): object {
  return {
    ...issue,
    shortId: `${issue.project.toUpperCase()}-${issue.id}`,
    permalink: `${url}/#issue-${issue.id}`,
    priority: priority >= HIGH ? "high" : "medium",
    issueCategory: category,
    count: String(times),
    firstSeen: new Date(firstSeen).toISOString(),
    lastSeen: new Date(seen.at(-1) ?? firstSeen).toISOString(),
  };
}

const HIGH = 75;

/** Of Sentry's search, what is asked here: a status, and when an issue was first seen. Without one, what is unresolved. */
function queryOf(request: FastifyRequest): (issue: Issue) => boolean {
  const [query = "is:unresolved"] = allOf(request, "query");
  const checks = query
    .split(" ")
    .filter((term) => term !== "")
    .map(checkOf);
  return (issue) => checks.every((check) => check(issue));
}

function checkOf(term: string): (issue: Issue) => boolean {
  const [, status] = /^is:(resolved|unresolved)$/.exec(term) ?? [];
  if (status !== undefined) return (issue) => issue.status === status;
  const [, operator, time = ""] =
    /^firstSeen:(>=|<|>|<=)(\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d)?)$/.exec(term) ?? [];
  if (operator === undefined) throw invalid({ detail: `Error parsing search query: ${term}` });
  const asked = Date.parse(time.length === 10 ? time : `${time}Z`);
  return ({ firstSeen }) => {
    if (firstSeen === asked) return operator.endsWith("=");
    return firstSeen > asked === operator.startsWith(">");
  };
}

/** Of the issues that were seen in the time that is asked for: without one, in 90 days. */
function isInRange({ seen }: Issue, request: FastifyRequest): boolean {
  const [start, end] = [allOf(request, "start")[0], allOf(request, "end")[0]];
  if ((start === undefined) !== (end === undefined))
    throw invalid({ detail: "start and end are both required" });
  if (start === undefined || end === undefined) return true;
  return seen.some((time) => time >= Date.parse(`${start}Z`) && time < Date.parse(`${end}Z`));
}
