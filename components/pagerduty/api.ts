/** PagerDuty's REST API, as everything here asks it: one question at a time, as it recommends. */
import type { z } from "zod";
import type { Enabled } from "../../settings/schema.ts";
import { getJson, type Patience } from "../shared/json-api.ts";
import { required } from "../shared/outcome.ts";
import type { PagerContext } from "../shared/pager.ts";

/** It lets an account ask so often a minute, and says with each answer in how many seconds the next minute begins. */
const UNTIL_THE_NEXT_MINUTE: Patience = { attempts: 5, longestWaitSeconds: 60 };

/** The most that it gives at once. */
export const PAGE_SIZE = 100;

/** @throws where nothing answers, it refuses, or it answers something else than expected */
export async function ask<Schema extends z.ZodType>(
  { settings, secrets, signal }: Pick<PagerContext, "settings" | "secrets" | "signal">,
  schema: Schema,
  path: string,
): Promise<z.output<Schema>> {
  const { apiUrl } = settings.pagerduty as Enabled<"pagerduty">;
  const url = `${apiUrl ?? "https://api.pagerduty.com"}/${path}`;
  const headers = {
    Accept: "application/vnd.pagerduty+json;version=2",
    Authorization: `Token token=${secrets["pagerduty.token"] ?? ""}`,
  };
  return getJson(schema, url, { headers, signal, patience: UNTIL_THE_NEXT_MINUTE });
}

/** Of the service whose page is an output of the stack: the last part of the address. @throws where there is none */
export function serviceIdOf({ outputs }: Pick<PagerContext, "outputs">): string {
  const page = required(outputs.pagerUrl, "pagerUrl");
  return /\w+$/.exec(page)?.[0] ?? "";
}
