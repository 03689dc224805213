import { join } from "node:path";
import { listen, newApplication, plugin, type RunningServer } from "../../shared/http-server.ts";
import { JsonStore } from "../../shared/json-store.ts";
import { ApiError } from "./errors.ts";
import { eventsApi } from "./events-api.ts";
import { initialState, type State } from "./model.ts";
import { pagerDutyPage } from "./page.ts";
import { restApi } from "./rest/index.ts";

export interface PagerDutyOptions {
  readonly port: number;
  /** Folder of its own, made where missing. */
  readonly dataFolder: string;
  /** Milliseconds since 1970: who is on call depends on it. Default: the clock. */
  readonly now?: () => number;
}

/** The simulated PagerDuty: REST API and Events API on one address, a page at `/`, received events at `/local/events`. */
export async function startPagerDuty({
  port,
  dataFolder,
  now = Date.now,
}: PagerDutyOptions): Promise<RunningServer> {
  const store = new JsonStore<State>(join(dataFolder, "pagerduty.json"), initialState);
  const app = newApplication();

  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof ApiError) return reply.code(error.status).send(error.toJSON());
    return reply.send(error);
  });
  app.get("/", async (_request, reply) => reply.type("text/html").send(pagerDutyPage(store.state, now())));
  app.get("/local/events", async () => ({ events: store.state.events }));
  eventsApi(app, store, now);
  await app.register(plugin((scope) => restApi(scope, store, now)));

  return listen(app, "PagerDuty", port);
}
