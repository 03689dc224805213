/** What all routes read from a request, and what is wrong with it. */
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { parameter } from "../../../shared/http-server.ts";
import type { Reference } from "../bodies.ts";
import { invalid, pathText, problems } from "../errors.ts";
import { lookUp, type State } from "../model.ts";

export function enveloped(request: FastifyRequest, singular: string): Record<string, unknown> {
  const body = z.object({ [singular]: z.record(z.string(), z.unknown()) }).safeParse(request.body);
  return body.success ? (body.data[singular] ?? {}) : fail(invalid([`${singular} is missing`]));
}

/** A message for each reference, however deep, to what does not exist. */
export function missing(state: State, value: unknown, path: readonly PropertyKey[] = []): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => missing(state, item, [...path, index]));
  if (typeof value !== "object" || value === null) return [];
  if ("id" in value && "type" in value && String(value.type).endsWith("_reference")) {
    const reference = value as Reference;
    const kind = reference.type.replace(/_reference$/, "");
    return lookUp(state, reference) ? [] : [`${pathText(path)}: ${kind} ${reference.id} does not exist`];
  }
  return Object.entries(value).flatMap(([key, item]) => missing(state, item, [...path, key]));
}

const listQuery = z.object({
  query: z.string().default(""),
  limit: z.coerce.number().int().min(1).max(100).default(25),
  offset: z.coerce.number().int().min(0).default(0),
});

/** One page of a list, of those whose name or email holds the `query`. */
export function listed(request: FastifyRequest, plural: string, items: readonly object[]): object {
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

export function idOf(request: FastifyRequest): string {
  return parameter(request, "id");
}

export function fail(error: Error): never {
  throw error;
}
