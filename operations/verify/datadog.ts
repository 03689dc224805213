/** Datadog: whether it reads the lines, where a stack's logs go there. */
import { z } from "zod";
import { datadogApiUrl } from "../../components/datadog/agent-files.ts";
import { getJson } from "../../components/shared/json-api.ts";
import { namePrefix } from "../../components/shared/names.ts";
import { failed, notConfigured, proven, required } from "../../components/shared/outcome.ts";
import type { Check, Context } from "./check.ts";

const pipelineSchema = z.object({ name: z.string(), is_enabled: z.boolean() });

async function pipeline({ settings, secrets, outputs, signal }: Context) {
  if (settings.logs.platform !== "datadog") return notConfigured("logs.platform is cloudwatch");
  const id = required(outputs.datadogPipelineId, "datadogPipelineId");
  const headers = {
    "DD-API-KEY": secrets["datadog.apiKey"] ?? "",
    "DD-APPLICATION-KEY": secrets["datadog.applicationKey"] ?? "",
  };
  const url = `${datadogApiUrl(settings.datadog)}api/v1/logs/config/pipelines/${id}`;
  const { name, is_enabled } = await getJson(pipelineSchema, url, { headers, signal });
  if (name !== namePrefix(settings)) return failed(`the pipeline is called ${name}`);
  return is_enabled ? proven(name) : failed(`${name} is switched off`);
}

export const datadogChecks: readonly Check[] = [
  {
    id: "datadog-pipeline",
    section: "Logs",
    title: "Datadog reads the lines",
    platform: "aws",
    advice: "Run pulumi up --refresh: it puts back what somebody has changed in Datadog.",
    run: pipeline,
  },
];
