/** PagerDuty's REST API, as everything here asks it: one question at a time, as it recommends. */
import { setTimeout as delay } from "node:timers/promises";
import type { z } from "zod";
import type { Enabled } from "../../settings/schema.ts";
import { jsonOf } from "../shared/json-api.ts";
import { required } from "../shared/outcome.ts";
import type { PagerContext } from "../shared/pager.ts";

/** It lets an account ask so often a minute, and says with each answer in how many seconds the next minute begins. */
const RESET_HEADER = "ratelimit-reset";
const TOO_MANY_REQUESTS = 429;
/** How often one question is asked. */
const ATTEMPTS = 5;
const LONGEST_WAIT_SECONDS = 60;

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
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url, { headers, signal });
    if (response.status !== TOO_MANY_REQUESTS || attempt === ATTEMPTS) return jsonOf(schema, response, url);
    await response.body?.cancel();
    const wait = Number(response.headers.get(RESET_HEADER) ?? 1);
    await delay(1000 * Math.min(LONGEST_WAIT_SECONDS, Math.max(wait, 0.1) || 1), undefined, { signal });
  }
}

/** Of the service whose page is an output of the stack: the last part of the address. @throws where there is none */
export function serviceIdOf({ outputs }: Pick<PagerContext, "outputs">): string {
  const page = required(outputs.pagerUrl, "pagerUrl");
  return /\w+$/.exec(page)?.[0] ?? "";
}
