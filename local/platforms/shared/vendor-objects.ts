/** What the simulated uptime vendors have in common: collections of objects, checked and kept on disk. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { JsonStore } from "./json-store.ts";

type Attributes = Record<string, unknown>;

/** Objects of each collection by id; a collection's name is its path, such as `status-pages/3/resources`. */
export interface VendorState {
  lastId: number;
  collections: Record<string, Record<string, Attributes>>;
}

export const initialVendorState = (): VendorState => ({ lastId: 0, collections: {} });

/** One collection of a vendor's API. */
export interface Collection {
  /** Route, such as `/status-pages/:page/resources`. */
  readonly route: string;
  /** What a request must hold; the whole object is checked after a change as well. */
  readonly body: z.ZodType<Attributes>;
  /** Where it is listed, whole, as an array. Default: at its route, page by page. */
  readonly list?: string;
  /** Attributes that are given once: a change may not name them. Default: none. */
  readonly fixed?: readonly string[];
}

/** What an uptime vendor shows at once. */
const PAGE_SIZE = 50;

/** A refusal that the vendor words. */
export class Refusal extends Error {
  readonly status: number;
  readonly issues: readonly z.core.$ZodIssue[];

  constructor(status: number, issues: readonly z.core.$ZodIssue[] = []) {
    super(`refused with ${status}`);
    this.status = status;
    this.issues = issues;
  }
}

/** How a vendor answers. */
export interface Manners {
  /** An object as the vendor shows it. */
  readonly shown: (id: number, attributes: Attributes) => unknown;
  /** A page of such, and the address of the next one; null on the last. */
  readonly listed: (items: readonly unknown[], next: string | null) => unknown;
  /** The parameter of a page's address, which holds its number. */
  readonly pageParameter: string;
  readonly refused: (refusal: Refusal) => unknown;
}

/** Serves the collections. Every request needs a bearer token. */
export function serveCollections(
  app: FastifyInstance,
  store: JsonStore<VendorState>,
  collections: readonly Collection[],
  manners: Manners,
): void {
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof Refusal)) return reply.send(error);
    return reply.code(error.status).send(manners.refused(error));
  });
  app.addHook("onRequest", async ({ headers }) => {
    if (!/^Bearer \S+$/.test(headers.authorization ?? "")) throw new Refusal(401);
  });
  for (const collection of collections) serveCollection(app, store, collection, manners);
}

function serveCollection(
  app: FastifyInstance,
  store: JsonStore<VendorState>,
  { route, body, list, fixed = [] }: Collection,
  { shown, listed, pageParameter }: Manners,
): void {
  const objectsOf = (request: FastifyRequest) => {
    const { id: _, ...parents } = request.params as Record<string, string>;
    const path = Object.entries(parents).reduce(
      (filled, [name, value]) => filled.replace(`:${name}`, value),
      route,
    );
    store.state.collections[path] ??= {};
    return store.state.collections[path];
  };
  const found = (request: FastifyRequest): [number, Attributes] => {
    const { id = "" } = request.params as Record<string, string>;
    const attributes = objectsOf(request)[id];
    if (attributes === undefined) throw new Refusal(404);
    return [Number(id), attributes];
  };
  const keep = (request: FastifyRequest, id: number, given: unknown) => {
    const { data, error } = body.safeParse(given);
    if (error) throw new Refusal(422, error.issues);
    objectsOf(request)[id] = data;
    store.save();
    return shown(id, data);
  };

  const allOf = (request: FastifyRequest) =>
    Object.entries(objectsOf(request)).map(([id, attributes]) => shown(Number(id), attributes));

  if (list !== undefined) app.get(list, allOf);
  else
    app.get(route, (request) => {
      const page = Number((request.query as Record<string, string>)[pageParameter] ?? 1);
      const all = allOf(request);
      const address = `${request.protocol}://${request.host}${request.url.split("?")[0]}`;
      const next = page * PAGE_SIZE < all.length ? `${address}?${pageParameter}=${page + 1}` : null;
      return listed(all.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE), next);
    });
  app.post(route, (request, reply: FastifyReply) => {
    store.state.lastId += 1;
    return reply.code(201).send(keep(request, store.state.lastId, request.body));
  });
  app.get(`${route}/:id`, (request) => shown(...found(request)));
  app.patch(`${route}/:id`, (request) => {
    const [id, attributes] = found(request);
    const given = request.body as Attributes;
    const issues = fixed.filter((name) => name in given).map((name) => notGivenTwice(name, given[name]));
    if (issues.length > 0) throw new Refusal(422, issues);
    return keep(request, id, { ...attributes, ...given });
  });
  app.delete(`${route}/:id`, (request, reply: FastifyReply) => {
    const [id] = found(request);
    delete objectsOf(request)[id];
    store.save();
    return reply.code(204).send();
  });
}

const notGivenTwice = (name: string, input: unknown): z.core.$ZodIssue => ({
  code: "custom",
  path: [],
  message: `property ${name} should not exist`,
  input,
});

/** `body.field: what is wrong`, for each problem. */
export function wording({ path, message }: z.core.$ZodIssue): string {
  return [path.map(String).join("."), message].filter((part) => part !== "").join(" ");
}
