/** Lists as Sentry gives them: a page, and the address of the next one in the header `Link`. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { invalid } from "./errors.ts";
import type { Project, State } from "./model.ts";

const MOST = 100;

/**
 * The items of the page that was asked for.
 * @param field of the query that says how many. Default: that of most lists
 */
export function paged<Item>(
  request: FastifyRequest,
  reply: FastifyReply,
  items: readonly Item[],
  field: "per_page" | "limit" = "per_page",
): readonly Item[] {
  const { [field]: wanted = MOST, cursor = "0:0:0" } = request.query as Record<string, string>;
  const size = Math.min(Number(wanted), MOST);
  const offset = Number(cursor.split(":")[1]);
  const link = (start: number, rel: string, more: boolean) => {
    const url = new URL(request.url, `${request.protocol}://${request.host}`);
    url.searchParams.set("cursor", `0:${start}:0`);
    return `<${url}>; rel="${rel}"; results="${more}"; cursor="0:${start}:0"`;
  };
  const next = offset + size;
  reply.header(
    "link",
    [link(Math.max(offset - size, 0), "previous", offset > 0), link(next, "next", next < items.length)].join(
      ", ",
    ),
  );
  return items.slice(offset, next);
}

/** The values of a query's field that may be there more than once. */
export function allOf(request: FastifyRequest, field: string): readonly string[] {
  const value = (request.query as Record<string, string | string[] | undefined>)[field];
  return value === undefined ? [] : [value].flat();
}

/** Slugs of the projects that the list is about; undefined for all of them. */
export function projectsOf(request: FastifyRequest, { projects }: State): readonly string[] | undefined {
  const asked = allOf(request, "project").filter((project) => project !== "-1");
  if (asked.length === 0) return undefined;
  const all = Object.values(projects);
  return asked.flatMap((one) => all.filter(({ id, slug }) => id === one || slug === one).map(slugOf));
}

const slugOf = ({ slug }: Project) => slug;

/** Of `name:"..." type:error some words`: what it says of each field, words under "". */
export function searchOf(request: FastifyRequest): ReadonlyMap<string, string> {
  const [query = ""] = allOf(request, "query");
  const terms = [...query.matchAll(/(?:(\w+):)?(?:"([^"]*)"|(\S+))/g)];
  const known = ["name", "type", "action", "assignee"];
  for (const [, field] of terms) {
    if (field && !known.includes(field)) throw invalid({ query: [`Invalid key for this search: ${field}`] });
  }
  return new Map(terms.map(([, field = "", quoted, bare = ""]) => [field, quoted ?? bare]));
}
