import { z } from "zod";
import type { Properties } from "../../../../toolkit/property-values.ts";
import type { RestClient } from "../../shared/rest/client.ts";
import { handler } from "../../shared/rest/handler.ts";
import { liveInputs } from "../../shared/rest/live-inputs.ts";
import { nameOr } from "../../shared/rest/text.ts";
import { id, name, oneOf } from "./inputs.ts";
import { idOf, reference } from "./resource.ts";

const EMAIL = "generic_email_inbound_integration";

/** What only an integration by email has. The official provider takes it; the local PagerDuty has no email. */
const emailInputs = {
  integrationEmail: z.string().optional(),
  emailFilterMode: z.string().optional(),
  emailIncidentCreation: z.string().optional(),
  emailParsingFallback: z.string().optional(),
  emailFilters: z.array(z.record(z.string(), z.unknown())).optional(),
  emailParsers: z.array(z.record(z.string(), z.unknown())).optional(),
};

const inputs = z
  .strictObject({
    service: id,
    name,
    type: oneOf(
      "aws_cloudwatch_inbound_integration",
      "cloudkick_inbound_integration",
      "event_transformer_api_inbound_integration",
      "events_api_v2_inbound_integration",
      EMAIL,
      "generic_events_api_inbound_integration",
      "keynote_inbound_integration",
      "nagios_inbound_integration",
      "pingdom_inbound_integration",
      "sql_monitor_inbound_integration",
    ).optional(),
    vendor: id.optional(),
    integrationKey: z.string().optional(),
    ...emailInputs,
  })
  .superRefine((given, context) => {
    const refuse = (property: string, message: string) =>
      context.addIssue({ code: "custom", path: [property], message });
    if (given.type !== undefined && given.vendor !== undefined)
      refuse("type", "conflicts with vendor: give one of them");
    if (given.type === undefined && given.vendor === undefined)
      refuse("type", "is required where vendor is not given");
    if (given.type === EMAIL && !given.integrationEmail)
      refuse("integrationEmail", `is required for type ${EMAIL}`);
    const email = Object.keys(emailInputs).find((property) => property in given);
    if (given.type === EMAIL || email)
      refuse(email ?? "type", "the local PagerDuty has no integrations by email");
  });

type Inputs = z.output<typeof inputs>;

interface LiveIntegration {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly html_url: string;
  readonly integration_key: string;
  readonly service: object;
  readonly vendor: object | null;
}

type Answer = { readonly integration: LiveIntegration };

export function serviceIntegration(client: RestClient) {
  return handler<typeof inputs>({
    inputs,
    replaceOn: ["service", "type", "vendor", "emailFilters"],
    computed: ["type", "vendor", "integrationKey"],
    async create(given, resourceName) {
      const path = `services/${given.service}/integrations`;
      const { integration } = await client.post<Answer>(path, body(given, nameOr(given.name, resourceName)));
      return { id: integration.id, outputs: outputs(integration) };
    },
    // Its id at an import is of two parts.
    taken(id) {
      const [service = "", integration = ""] = id.split(".");
      return { id: integration, inputs: { service } };
    },
    async read(integrationId, last) {
      const answer = await client.find<Answer>(path(last.inputs, integrationId));
      if (answer === undefined) return undefined;
      const { name, type, integration_key: integrationKey, service, vendor } = answer.integration;
      const itsVendor = idOf(vendor);
      // A vendor's has a type as well, which the program leaves to PagerDuty: it conflicts with the vendor.
      const itsType = itsVendor === undefined ? { type } : {};
      const found = { name, ...itsType, integrationKey, service: idOf(service), vendor: itsVendor };
      const computed = ["name", "type", "vendor", "integrationKey"];
      return { inputs: liveInputs(found, last.inputs, { computed }), outputs: outputs(answer.integration) };
    },
    async update(integrationId, given, last) {
      const named = given.name ?? String(last.outputs["name"]);
      const { integration } = await client.put<Answer>(path(given, integrationId), body(given, named));
      return outputs(integration);
    },
    async delete(integrationId, last) {
      await client.remove(path(last.inputs, integrationId));
    },
  });
}

function path({ service }: Inputs, integrationId: string): string {
  return `services/${service}/integrations/${integrationId}`;
}

function body({ type, vendor, integrationKey }: Inputs, named: string): object {
  return {
    integration: { name: named, type, vendor: reference("vendor", vendor), integration_key: integrationKey },
  };
}

function outputs({
  name,
  type,
  vendor,
  integration_key: integrationKey,
  html_url: htmlUrl,
}: LiveIntegration): Properties {
  return { name, type, vendor: idOf(vendor), integrationKey, htmlUrl };
}
