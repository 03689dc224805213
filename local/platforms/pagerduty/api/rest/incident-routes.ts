/** Incidents, their alerts and their log, as people and programs read and change them. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { urlOf } from "../../../shared/http-server.ts";
import { invalid, notFound, problems } from "../errors.ts";
import { changeStatus } from "../incidents.ts";
import type { Incident, State, Store } from "../model.ts";
import { enveloped, fail, idOf, listed } from "./request.ts";

export function incidentRoutes(app: FastifyInstance, store: Store, now: () => number): void {
  const { state } = store;
  const find = (request: FastifyRequest) => state.incidents[idOf(request)] ?? fail(notFound());
  const shown = (incident: Incident) => presented(incident, urlOf(app));

  app.get("/incidents", async (request) =>
    listed(request, "incidents", matching(state, request, now()).map(shown)),
  );
  app.get("/incidents/:id", async (request) => ({ incident: shown(find(request)) }));
  app.put("/incidents/:id", async (request) => {
    const incident = find(request);
    const body = change.safeParse(enveloped(request, "incident"));
    if (!body.success) throw invalid(problems(body.error));
    const by = Object.values(state.users).find(({ email }) => email === request.headers["from"]);
    if (by === undefined) throw invalid(["Requester User Not Found"]);
    // What is over stays over: nothing is opened again here.
    if (incident.status === "resolved") throw invalid(["Incident Already Resolved"]);
    changeStatus(state, incident, body.data.status, { at: now(), by });
    store.save();
    return { incident: shown(incident) };
  });
  app.get("/incidents/:id/alerts", async (request) => listed(request, "alerts", [alertOf(find(request))]));
  app.get("/incidents/:id/log_entries", async (request) => {
    const { id } = find(request);
    const entries = state.log_entries.filter(({ incident }) => incident.id === id);
    return listed(request, "log_entries", entries.toReversed());
  });
}

const change = z.object({
  type: z.enum(["incident", "incident_reference"]),
  status: z.enum(["acknowledged", "resolved"]),
});

const MONTH = 30 * 86_400_000;
const LONGEST_RANGE = 184 * 86_400_000;
const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const range = z.object({ since: time.optional(), until: time.optional(), date_range: z.string().optional() });

function matching(state: State, request: FastifyRequest, now: number): readonly Incident[] {
  const query = request.query as Record<string, unknown>;
  const asked = range.safeParse(query);
  if (!asked.success) throw invalid(problems(asked.error));
  const until = asked.data.until ?? now;
  const since = asked.data.since ?? until - MONTH;
  const any = asked.data.date_range === "all";
  if (!any && until - since > LONGEST_RANGE) throw invalid(["The time range must be 6 months or less"]);
  const statuses = [query["statuses[]"] ?? []].flat();
  const services = [query["service_ids[]"] ?? []].flat();
  const found = Object.values(state.incidents)
    .filter(({ created_at: at }) => any || (Date.parse(at) >= since && Date.parse(at) <= until))
    .filter(({ status }) => statuses.length === 0 || statuses.includes(status))
    .filter(({ service }) => services.length === 0 || services.includes(service.id));
  return query["sort_by"] === "created_at:desc" ? found.toReversed() : found;
}

/** Nobody is on what is over: PagerDuty shows who was in the log alone. */
function presented(incident: Incident, url: string): object {
  const isOver = incident.status === "resolved";
  return {
    ...incident,
    html_url: `${url}/#${incident.id}`,
    last_status_change_at: incident.updated_at,
    assignments: isOver ? [] : incident.assignments,
    acknowledgements: isOver ? [] : (incident.acknowledgements ?? []),
  };
}

const triggered = z.object({
  details: z.looseObject({
    class: z.string().optional(),
    component: z.string().optional(),
    custom_details: z.unknown(),
  }),
});

/** One alert an incident: nothing is grouped here. */
function alertOf({ id, title, incident_key, created_at, status, body }: Incident): object {
  const { details } = triggered.parse(body);
  return {
    id,
    type: "alert",
    summary: title,
    alert_key: incident_key,
    status: status === "resolved" ? "resolved" : "triggered",
    created_at,
    body: {
      type: "alert_body",
      contexts: [],
      details: details.custom_details ?? null,
      cef_details: { event_class: details.class ?? null, source_component: details.component ?? null },
    },
  };
}
