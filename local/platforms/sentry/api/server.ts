import { join } from "node:path";
import { listen, newApplication, plugin, type RunningServer } from "../../shared/http-server.ts";
import { JsonStore } from "../../shared/json-store.ts";
import { convertRules } from "./conversion.ts";
import { ApiError } from "./errors.ts";
import { ingest } from "./ingest.ts";
import { managementApi } from "./management-api.ts";
import { initialState, type State } from "./model.ts";
import { sentryPage } from "./page.ts";
import { watch } from "./traces.ts";

export interface SentryOptions {
  readonly port: number;
  /** Folder of its own, made where missing. */
  readonly dataFolder: string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** How often monitors look, in milliseconds: their windows move on also where nothing arrives. */
const LOOK_EVERY = 10_000;

/**
 * The simulated Sentry: API at `/api/0/`, ingestion at `/api/<project>/`, a page at `/`. What arrived is at `/local/events`, who
 * was told at `/local/notifications`. `POST /local/watch` looks at all monitors at once, and `PUT /local/deprecation` sets the
 * headers that every answer of the API has from then on.
 */
export async function startSentry({
  port,
  dataFolder,
  now = Date.now,
}: SentryOptions): Promise<RunningServer> {
  const store = new JsonStore<State>(join(dataFolder, "sentry.json"), initialState);
  convertRules(store.state);
  const app = newApplication();
  const look = () => {
    const told = store.state.notifications.length;
    watch(store.state, now());
    if (store.state.notifications.length !== told) store.save();
  };
  const timer = setInterval(look, LOOK_EVERY);
  app.addHook("onClose", async () => clearInterval(timer));

  let deprecation: Record<string, string> = {};
  app.put("/local/deprecation", async (request, reply) => {
    deprecation = request.body as Record<string, string>;
    return reply.code(204).send();
  });
  app.addHook("onSend", async (request, reply) => {
    if (request.url.startsWith("/api/0/")) reply.headers(deprecation);
  });

  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof ApiError) return reply.code(error.status).send(error.body);
    return reply.send(error);
  });
  app.get("/", async (_request, reply) => reply.type("text/html").send(sentryPage(store.state, new Date())));
  app.get("/local/events", async () => ({ events: store.state.events }));
  app.get("/local/notifications", async () => store.state.notifications);
  app.post("/local/watch", async (_request, reply) => {
    look();
    return reply.code(204).send();
  });
  await app.register(
    plugin((scope) => managementApi(scope, store, now)),
    { prefix: "/api/0" },
  );
  await app.register(
    plugin((scope) => ingest(scope, store, now)),
    { prefix: "/api" },
  );

  return listen(app, "Sentry", port);
}
