import { z } from "zod";
import type { FunctionHandler, StandInPackage } from "../../../host/resource.ts";
import type { RestClient } from "../../shared/rest/client.ts";
import { sentryClient } from "./client.ts";
import { key } from "./key.ts";
import { project } from "./project.ts";
import { team } from "./team.ts";

const configuration = z.strictObject({
  token: z.string("is required, but missing").min(1, "can't be blank"),
  baseUrl: z
    .url("must be an address such as https://sentry.io/api/")
    .endsWith("/api/", "must end in /api/")
    .default("https://sentry.io/api/"),
});

/** Stands in for @pulumiverse/sentry over Sentry's API. */
export const sentryPackage: StandInPackage<z.output<typeof configuration>> = {
  name: "sentry",
  version: "0.0.9",
  configuration,
  async connect({ token, baseUrl }) {
    const client = sentryClient(token, baseUrl);
    return {
      resources: {
        "sentry:index/sentryKey:SentryKey": key(client),
        "sentry:index/sentryProject:SentryProject": project(client),
        "sentry:index/sentryTeam:SentryTeam": team(client),
      },
      functions: {
        "sentry:index/getSentryOrganizationIntegration:getSentryOrganizationIntegration":
          getIntegration(client),
      },
    };
  },
};

const integrationArguments = z.strictObject({
  organization: z.string(),
  providerKey: z.string(),
  name: z.string(),
});

interface Integration {
  readonly id: string;
  readonly name: string;
}

function getIntegration(client: RestClient): FunctionHandler {
  return async (args) => {
    const { organization, providerKey, name } = integrationArguments.parse(args);
    const path = `organizations/${organization}/integrations/?provider_key=${encodeURIComponent(providerKey)}`;
    const integration = (await client.get<readonly Integration[]>(path)).find((found) => found.name === name);
    if (!integration)
      throw new Error(`Sentry has no ${providerKey} integration named ${name} in ${organization}`);
    return { id: integration.id, internalId: integration.id, organization, providerKey, name };
  };
}
