import { z } from "zod";
import type { StandInPackage } from "../../../host/resource.ts";
import { datadogClient } from "./client.ts";
import { logsCustomPipeline } from "./logs-custom-pipeline.ts";

const text = z.string().optional();
const number = z.number().optional();
const key = z.string("is required, but missing").min(1, "can't be blank");

/** Keys and address are required, unlike in the official provider, which looks for them in the environment. */
export const configuration = z.strictObject({
  apiKey: key,
  appKey: key,
  apiUrl: z.url("must be an address such as https://api.datadoghq.eu/"),
  awsAccessKeyId: text,
  awsSecretAccessKey: text,
  awsSessionToken: text,
  bearerToken: text,
  cloudProviderRegion: text,
  cloudProviderType: text,
  defaultTags: z.strictObject({ tags: z.record(z.string(), z.string()).optional() }).optional(),
  httpClientRetryBackoffBase: number,
  httpClientRetryBackoffMultiplier: number,
  httpClientRetryEnabled: text,
  httpClientRetryJitter: number,
  httpClientRetryMaxRetries: number,
  httpClientRetryTimeout: number,
  ignoreTagKeys: z.array(z.string()).optional(),
  orgUuid: text,
  validate: z.enum(["true", "false"], "must be true or false, as a text").default("true"),
});

/** Stands in for @pulumi/datadog over Datadog's API. */
export const datadogPackage: StandInPackage<z.output<typeof configuration>> = {
  name: "datadog",
  version: "5.11.0",
  configuration,
  async connect(access) {
    const client = datadogClient(access);
    if (access.validate === "true") await client.get("validate");
    return {
      resources: { "datadog:index/logsCustomPipeline:LogsCustomPipeline": logsCustomPipeline(client) },
    };
  },
};
