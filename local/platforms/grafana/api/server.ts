import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { listen, newApplication, plugin, type RunningServer } from "../../shared/http-server.ts";
import { JsonStore } from "../../shared/json-store.ts";
import { adminRoutes, ensureAdmin, opens } from "./admin.ts";
import { dashboardRoutes, preferenceRoutes, searchRoutes } from "./dashboards-api.ts";
import { dataSourceRoutes, proxyRoutes } from "./data-sources-api.ts";
import { ApiError } from "./errors.ts";
import { folderRoutes, permissionRoutes } from "./folders-api.ts";
import { initialState, ORGANIZATION, STAND_IN_COMMIT, type Store, VERSION } from "./model.ts";
import { pageRoutes } from "./page.ts";
import type { GrafanaSettings } from "./settings.ts";

/** The stand-in of Grafana: its HTTP API below `/api`, pages with the panels' values everywhere else. */
export async function startGrafana(settings: GrafanaSettings): Promise<RunningServer> {
  const store: Store = new JsonStore(join(settings.dataFolder, "grafana.json"), initialState);
  ensureAdmin(store, settings.adminPassword);
  const app = newApplication();
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof ApiError) return reply.code(error.status).send(error.toJSON());
    return reply.send(error);
  });
  app.get("/api/health", async () => ({ commit: STAND_IN_COMMIT, database: "ok", version: VERSION }));
  await app.register(plugin((scope) => pageRoutes(scope, store, settings)));
  await app.register(
    plugin((scope) => api(scope, store, settings)),
    { prefix: "/api" },
  );
  return listen(app, "Grafana", settings.port, settings.host);
}

function api(app: FastifyInstance, store: Store, settings: GrafanaSettings): void {
  app.addHook("onRequest", async ({ headers }) =>
    authenticate(headers.authorization, store, settings.adminUser),
  );
  app.get("/org", async () => ORGANIZATION);
  adminRoutes(app, store, settings.adminUser);
  preferenceRoutes(app, store);
  folderRoutes(app, store);
  permissionRoutes(app, store);
  dataSourceRoutes(app, store, settings);
  proxyRoutes(app, store, settings);
  dashboardRoutes(app, store);
  searchRoutes(app, store);
}

/** @throws 401 where the request does not carry the administrator's name and password. */
function authenticate(authorization: string | undefined, store: Store, adminUser: string): void {
  const [scheme, credentials = ""] = authorization?.split(" ") ?? [];
  if (scheme?.toLowerCase() !== "basic") {
    throw new ApiError(401, "Unauthorized", { messageId: "auth.unauthorized", statusCode: 401, traceID: "" });
  }
  const [, name, password = ""] = /^([^:]*):(.*)$/s.exec(Buffer.from(credentials, "base64").toString()) ?? [];
  if (name !== adminUser || !opens(store.state.admin, password)) {
    const messageId = "password-auth.failed";
    throw new ApiError(401, "Invalid username or password", { messageId, statusCode: 401, traceID: "" });
  }
}
