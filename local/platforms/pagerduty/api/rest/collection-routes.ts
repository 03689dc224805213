/** The routes of one kind of object. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { urlOf } from "../../../shared/http-server.ts";
import { invalid, notFound, problems } from "../errors.ts";
import { type Entity, newId, type State, type Store } from "../model.ts";
import type { Collection, Item } from "./collections.ts";
import { enveloped, fail, idOf, listed, missing } from "./request.ts";

export function collectionRoutes(app: FastifyInstance, store: Store, collection: Collection): void {
  const { plural, singular } = collection;
  const table = store.state[plural] as Record<string, Item>;
  const answer = (item: Item) => ({ [singular]: present(app, store.state, collection, item) });
  const find = (request: FastifyRequest) => table[idOf(request)] ?? fail(notFound());

  app.get(`/${plural}`, async (request) =>
    listed(
      request,
      plural,
      Object.values(table).map((item) => present(app, store.state, collection, item)),
    ),
  );
  app.get(`/${plural}/:id`, async (request) => answer(find(request)));
  app.post(`/${plural}`, async (request, reply) => {
    const item = parse(store.state, collection, request, {
      id: newId(),
      type: singular,
      ...collection.made?.(),
    });
    table[item.id] = item;
    store.save();
    return reply.code(201).send(answer(item));
  });
  app.put(`/${plural}/:id`, async (request) => {
    const item = parse(store.state, collection, request, find(request));
    table[item.id] = item;
    store.save();
    return answer(item);
  });
  app.delete(`/${plural}/:id`, async (request, reply) => {
    const { id, name } = find(request);
    const users = collection.usedBy?.(store.state, id) ?? [];
    if (users.length > 0) throw invalid(users.map((user) => `${name} is used by ${user.type} ${user.name}`));
    delete table[id];
    collection.onDelete?.(store.state, id);
    store.save();
    return reply.code(204).send();
  });
}

/** The whole new object: what the request says over what was there. */
function parse(
  state: State,
  collection: Collection,
  request: FastifyRequest,
  base: Pick<Item, "id" | "type">,
): Item {
  const given = enveloped(request, collection.singular);
  const { success, data, error } = collection.body.safeParse({ ...base, ...given });
  if (!success) throw invalid(problems(error));
  const errors = [...missing(state, data), ...duplicates(state, collection, base.id, String(data["name"]))];
  if (errors.length > 0) throw invalid(errors);
  const body = collection.identify?.(data) ?? data;
  return { ...base, ...body, summary: String(data["name"]) } as unknown as Item;
}

function duplicates(state: State, { plural, sharesNames }: Collection, id: string, name: string): string[] {
  if (sharesNames) return [];
  const others = Object.values(state[plural] as Record<string, Entity>).filter((item) => item.id !== id);
  return others.some((item) => item.name.toLowerCase() === name.toLowerCase())
    ? [`name "${name}" has already been taken`]
    : [];
}

function present(
  app: FastifyInstance,
  state: State,
  { plural, present: shape }: Collection,
  item: Item,
): object {
  const url = urlOf(app);
  return {
    ...(shape?.(item, state) ?? item),
    self: `${url}/${plural}/${item.id}`,
    html_url: `${url}/#${item.id}`,
  };
}
