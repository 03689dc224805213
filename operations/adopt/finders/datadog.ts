/** Datadog: a pipeline by its name. */
import { z } from "zod";
import { datadogApiUrl } from "../../../components/datadog/agent-files.ts";
import { getJson } from "../../../components/shared/json-api.ts";
import { by, type Finders, isNamed } from "../finder.ts";

const pipelines = z.array(z.object({ id: z.string(), name: z.string() }));

export const datadogFinders: Finders = {
  "datadog:index/logsCustomPipeline:LogsCustomPipeline": by(
    ["name"],
    async ({ name }, _planned, { settings, secrets, signal }) => {
      const headers = {
        "DD-API-KEY": secrets["datadog.apiKey"] ?? "",
        "DD-APPLICATION-KEY": secrets["datadog.applicationKey"] ?? "",
      };
      const url = `${datadogApiUrl(settings.datadog)}api/v1/logs/config/pipelines`;
      const all = await getJson(pipelines, url, { headers, signal });
      return { ids: all.filter((pipeline) => isNamed(pipeline.name, name)).map(({ id }) => id) };
    },
  ),
};
