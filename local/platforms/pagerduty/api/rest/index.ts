/** The part of PagerDuty's REST API v2 that the program's resources and functions use. */
import type { FastifyInstance } from "fastify";
import { notFound, unauthorized } from "../errors.ts";
import type { State, Store } from "../model.ts";
import { onCall } from "../on-call.ts";
import { collectionRoutes } from "./collection-routes.ts";
import { COLLECTIONS } from "./collections.ts";
import { dependencyRoutes } from "./dependencies.ts";
import { incidentRoutes } from "./incident-routes.ts";
import { integrationRoutes } from "./integrations.ts";
import { fail, idOf, listed } from "./request.ts";

/** Every route of the REST API; all of them want `Authorization: Token token=...`. */
export function restApi(app: FastifyInstance, store: Store, now: () => number): void {
  app.addHook("onRequest", async ({ headers }) => {
    if (!/^Token token="?[^\s"]+"?$/.test(headers.authorization ?? "")) throw unauthorized();
  });
  app.get("/abilities", async () => ({ abilities: ["teams", "service_support_hours", "urgencies"] }));
  for (const collection of COLLECTIONS) collectionRoutes(app, store, collection);
  vendorRoutes(app, store);
  integrationRoutes(app, store);
  dependencyRoutes(app, store);
  incidentRoutes(app, store, now);
  app.get("/oncalls", async (request) => listed(request, "oncalls", onCalls(store.state, now())));
}

function vendorRoutes(app: FastifyInstance, { state }: Store): void {
  app.get("/vendors", async (request) => listed(request, "vendors", Object.values(state.vendors)));
  app.get("/vendors/:id", async (request) => ({ vendor: state.vendors[idOf(request)] ?? fail(notFound()) }));
}

function onCalls(state: State, at: number): object[] {
  return Object.values(state.escalation_policies).flatMap((policy) =>
    onCall(state, policy, at).map(({ level, schedule, user }) => ({
      escalation_policy: { id: policy.id, type: "escalation_policy_reference", summary: policy.name },
      escalation_level: level,
      schedule: schedule ? { id: schedule.id, type: "schedule_reference", summary: schedule.name } : null,
      user: { id: user.id, type: "user_reference", summary: user.name },
    })),
  );
}
