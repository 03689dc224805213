import { join } from "node:path";
import { listen, newApplication, plugin, type RunningServer } from "../http-server.ts";
import { JsonStore } from "../json-store.ts";
import { ApiError } from "./errors.ts";
import { ingest } from "./ingest.ts";
import { managementApi } from "./management-api.ts";
import { initialState, type State } from "./model.ts";
import { sentryPage } from "./page.ts";

export interface SentryOptions {
  readonly port: number;
  /** Folder of its own, made where missing. */
  readonly dataFolder: string;
}

/** The simulated Sentry: API at `/api/0/`, ingestion at `/api/<project>/`, a page at `/`, events at `/local/events`. */
export async function startSentry({ port, dataFolder }: SentryOptions): Promise<RunningServer> {
  const store = new JsonStore<State>(join(dataFolder, "sentry.json"), initialState);
  const app = newApplication();

  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof ApiError) return reply.code(error.status).send(error.body);
    return reply.send(error);
  });
  app.get("/", async (_request, reply) => reply.type("text/html").send(sentryPage(store.state, new Date())));
  app.get("/local/events", async () => ({ events: store.state.events }));
  await app.register(
    plugin((scope) => managementApi(scope, store)),
    { prefix: "/api/0" },
  );
  await app.register(
    plugin((scope) => ingest(scope, store)),
    { prefix: "/api" },
  );

  return listen(app, "Sentry", port);
}
