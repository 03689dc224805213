import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { parameter } from "../../shared/http-server.ts";
import { encrypt } from "./encryption.ts";
import { ApiError, found, parsed } from "./errors.ts";
import { type DataSource, newUid, nextId, ORGANIZATION, type State, type Store } from "./model.ts";
import { reachable } from "./reachable.ts";
import { senderFor } from "./send.ts";
import type { GrafanaSettings } from "./settings.ts";

const body = z.object({
  uid: z.string().optional(),
  name: z.string().min(1, "is required"),
  type: z.string().min(1, "is required"),
  access: z.enum(["proxy", "direct"]),
  url: z.string().default(""),
  user: z.string().default(""),
  database: z.string().default(""),
  basicAuth: z.boolean().default(false),
  basicAuthUser: z.string().default(""),
  isDefault: z.boolean().default(false),
  jsonData: z.record(z.string(), z.unknown()).default({}),
  secureJsonData: z.record(z.string(), z.string()).default({}),
});

export function dataSourceRoutes(app: FastifyInstance, store: Store, settings: GrafanaSettings): void {
  const { dataSources } = store.state;
  const { secretKey } = settings;
  const sealed = (secrets: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, encrypt(value, secretKey)]));
  const find = (request: FastifyRequest) =>
    found(dataSources[parameter(request, "uid")], "Data source not found");
  const keep = (source: DataSource, message: string) => {
    dataSources[source.uid] = source;
    if (source.isDefault) makeOnlyDefault(store.state, source.uid);
    store.save();
    return { datasource: present(source), id: source.id, uid: source.uid, name: source.name, message };
  };

  app.get("/datasources", async () => Object.values(dataSources).map(present));
  app.get("/datasources/uid/:uid", async (request) => present(find(request)));
  app.post("/datasources", async (request) => {
    const { uid = newUid(), ...given } = parsed(body, request.body);
    refuseSameName(store.state, given.name);
    if (dataSources[uid]) throw new ApiError(409, "data source with the same uid already exists");
    const secureJsonData = sealed(given.secureJsonData);
    const source = { ...given, secureJsonData, uid, id: nextId(store.state), version: 1 };
    return keep(source, "Datasource added");
  });
  app.put("/datasources/uid/:uid", async (request) => {
    const old = find(request);
    const { uid: _uid, ...given } = parsed(body, request.body);
    refuseSameName(store.state, given.name, old.uid);
    // A secret that is not sent again stays.
    const secureJsonData = { ...old.secureJsonData, ...sealed(given.secureJsonData) };
    return keep({ ...old, ...given, secureJsonData, version: old.version + 1 }, "Datasource updated");
  });
  app.delete("/datasources/uid/:uid", async (request) => {
    const { id, uid } = find(request);
    delete dataSources[uid];
    store.save();
    return { id, message: "Data source deleted" };
  });
}

/** What programs ask of a data source through Grafana, which has what it asks for. */
export function proxyRoutes(app: FastifyInstance, { state }: Store, settings: GrafanaSettings): void {
  app.get("/datasources/proxy/uid/:uid/*", async (request, reply) => {
    const source = found(state.dataSources[parameter(request, "uid")], "Unable to find datasource");
    const base = reachable(source.url, settings.hosts).replace(/\/+$/, "");
    const [, query] = request.url.split("?");
    const url = `${base}/${parameter(request, "*")}${query === undefined ? "" : `?${query}`}`;
    const signal = AbortSignal.timeout(PROXY_MILLISECONDS);
    const answer = await senderFor(source, settings)(url, { method: "GET", signal });
    const type = answer.headers.get("content-type");
    if (type !== null) reply.type(type);
    return reply.code(answer.status).send(Buffer.from(await answer.arrayBuffer()));
  });
}

const PROXY_MILLISECONDS = 30_000;

function refuseSameName({ dataSources }: State, name: string, uid?: string): void {
  if (Object.values(dataSources).some((other) => other.name === name && other.uid !== uid)) {
    throw new ApiError(409, "data source with the same name already exists");
  }
}

function makeOnlyDefault({ dataSources }: State, uid: string): void {
  for (const other of Object.values(dataSources)) {
    if (other.uid !== uid) dataSources[other.uid] = { ...other, isDefault: false };
  }
}

/** Secrets are never answered, only that they are set. */
function present({ secureJsonData, ...source }: DataSource): object {
  const secureJsonFields = Object.fromEntries(Object.keys(secureJsonData).map((name) => [name, true]));
  return {
    ...source,
    orgId: ORGANIZATION.id,
    typeLogoUrl: "",
    withCredentials: false,
    secureJsonFields,
    readOnly: false,
  };
}
