/** The integrations of a service: who sends it events, and with which key. */
import { randomBytes } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { parameter, urlOf } from "../../../shared/http-server.ts";
import { bodies } from "../bodies.ts";
import { invalid, notFound, problems } from "../errors.ts";
import { type Integration, newId, type Service, type State, type Store } from "../model.ts";
import { enveloped, fail, idOf, missing } from "./request.ts";

const INTEGRATION_TYPES = [
  "aws_cloudwatch_inbound_integration",
  "event_transformer_api_inbound_integration",
  "events_api_v2_inbound_integration",
  "generic_events_api_inbound_integration",
];

export function integrationRoutes(app: FastifyInstance, store: Store): void {
  const { integrations, services } = store.state;
  const service = (request: FastifyRequest) => services[parameter(request, "service")] ?? fail(notFound());
  const find = (request: FastifyRequest) => {
    const found = integrations[idOf(request)];
    return found && found.service.id === service(request).id ? found : fail(notFound());
  };
  const answer = (integration: Integration) => {
    const path = `services/${integration.service.id}/integrations/${integration.id}`;
    const html_url = `${urlOf(app)}/#${integration.id}`;
    return { integration: { ...integration, self: `${urlOf(app)}/${path}`, html_url } };
  };
  const keep = (integration: Integration) => {
    integrations[integration.id] = integration;
    store.save();
    return answer(integration);
  };

  app.get("/services/:service/integrations", async (request) => {
    const { id } = service(request);
    return {
      integrations: Object.values(integrations).filter((integration) => integration.service.id === id),
    };
  });
  app.get("/services/:service/integrations/:id", async (request) => answer(find(request)));
  app.post("/services/:service/integrations", async (request, reply) => {
    const made = {
      id: newId(),
      created_at: new Date().toISOString(),
      integration_key: randomBytes(16).toString("hex"),
    };
    return reply.code(201).send(keep(parseIntegration(store.state, request, service(request), made)));
  });
  app.put("/services/:service/integrations/:id", async (request) =>
    keep(parseIntegration(store.state, request, service(request), find(request))),
  );
  app.delete("/services/:service/integrations/:id", async (request, reply) => {
    delete integrations[find(request).id];
    store.save();
    return reply.code(204).send();
  });
}

type IntegrationBase = Pick<Integration, "id" | "created_at" | "integration_key">;

function parseIntegration(
  state: State,
  request: FastifyRequest,
  service: Service,
  base: IntegrationBase,
): Integration {
  const { success, data, error } = bodies.integration.safeParse({
    ...base,
    ...enveloped(request, "integration"),
  });
  if (!success) throw invalid(problems(error));
  const vendor = data.vendor ? state.vendors[data.vendor.id] : undefined;
  const type = vendor?.generic_service_type ?? data.type.replace(/_reference$/, "");
  const errors = [
    ...missing(state, data),
    ...(INTEGRATION_TYPES.includes(type) ? [] : [`type ${type} is not an integration type`]),
    ...(type === "events_api_v2_inbound_integration" && service.alert_creation === "create_incidents"
      ? [`type ${type} needs a service whose alert_creation is create_alerts_and_incidents`]
      : []),
  ];
  if (errors.length > 0) throw invalid(errors);
  const name = data.name ?? vendor?.name ?? "Events API V2";
  return {
    ...base,
    type,
    name,
    summary: name,
    service: { id: service.id, type: "service_reference" },
    vendor: data.vendor ?? null,
    integration_key: data.integration_key ?? base.integration_key,
  };
}
