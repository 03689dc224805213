/** The public status page: it answers, shows every public endpoint, and what it shows is new. */
import { z } from "zod";
import { pagerOf } from "../../components/pagers/index.ts";
import { getJson } from "../../components/shared/json-api.ts";
import { failed, notConfigured, proven, required, some } from "../../components/shared/outcome.ts";
import { statusPageSettings } from "../../components/uptime/gatus-settings.ts";
import type { Check, Context } from "./check.ts";

const statuses = z.array(
  z.object({
    name: z.string(),
    results: z.array(z.object({ success: z.boolean(), timestamp: z.iso.datetime({ offset: true }) })),
  }),
);

/** So many checks may be missing before what the page shows counts as old. */
const MISSED_CHECKS = 5;

async function answers({ settings, outputs, signal }: Context) {
  const page = statusPageSettings(settings, pagerOf(settings));
  if (page === undefined) return notConfigured("gatus is none of the stack's checkers");
  const url = required(outputs.statusPageUrl, "statusPageUrl");
  const shown = await getJson(statuses, `${url}/api/v1/endpoints/statuses`, { signal });
  const oldest = Date.now() - MISSED_CHECKS * page.intervalSeconds * 1000;
  const problems = page.checks.flatMap(({ public: entry }) => {
    if (entry === undefined) return [];
    const last = shown.find(({ name }) => name === entry.name)?.results.at(-1);
    if (last === undefined) return [`${entry.name} is not shown`];
    if (Date.parse(last.timestamp) < oldest) return [`${entry.name} was last checked at ${last.timestamp}`];
    return last.success ? [] : [`${entry.name} is down`];
  });
  return problems.length > 0
    ? failed(some(problems))
    : proven(`${url} shows ${shown.map(({ name }) => name).join(", ")}`);
}

export const statusPageChecks: readonly Check[] = [
  {
    id: "status-page",
    section: "Uptime Monitoring",
    title: "Status page answers",
    platform: "uptime",
    advice:
      "docker logs <stack>-gatus on its host; pulumi up makes it anew. Endpoints that are down: runbooks/EndpointUnreachable.md.",
    run: answers,
  },
];
