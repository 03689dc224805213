/**
 * A lab's history, replayed as `npm run ops -- replay` does it with production's: what fires beside what its Prometheus
 * recorded, and what pages beside the incidents that its pager opened.
 */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { openAccess } from "../../operations/replay/access.ts";
import { pagesOf } from "../../operations/replay/pages.ts";
import { type Played, play } from "../../operations/replay/play.ts";
import { PrometheusApi } from "../../operations/replay/prometheus-api.ts";
import { rulesFrom } from "../../operations/replay/rules.ts";
import { handedOver, sentOf } from "../../operations/replay/schedule.ts";
import { summaryOf } from "../../operations/replay/summary.ts";
import { askJson } from "./ask.ts";
import { hastyRule, noAlertmanager } from "./breakages.ts";
import type { Drill } from "./drills/drill.ts";
import type { Lab } from "./lab.ts";
import { pagerDutyHeaders } from "./lab-pagerduty.ts";
import { SCRAPE_INTERVAL_SECONDS } from "./lab-settings.ts";

/** What a replay found of a lab's history. */
export interface Replayed {
  /** Names of the alerts that fired. */
  readonly alerts: readonly string[];
  readonly firings: number;
  /** Undefined where Alertmanager did not hear of what fired. */
  readonly pages: number | undefined;
  /** What is not as it was, a line each. */
  readonly differences: readonly string[];
}

export function differencesIn(found: Replayed | string | undefined): readonly string[] {
  return typeof found === "object" ? found.differences : [];
}

/** Of the catalogue's time in a second, as where production's pages are played: shorter waits are not kept. */
const PACE_OF_PAGES = 600;
const ENVIRONMENT = "local";

/** Why a replay finds something else by its nature; undefined where it has to find the same. */
function notComparable(drills: readonly Drill[]): string | undefined {
  if (drills.some(({ alertmanager }) => alertmanager === "announced work on the API"))
    return "the rules are other ones while work is announced, and a replay plays those of the end";
  if (drills.some(({ prometheus }) => prometheus === hastyRule))
    return "Prometheus misses evaluations on purpose, and a replay has them";
  return undefined;
}

/**
 * @returns why there is nothing to compare, where that is so
 * @param folder the lab's
 * @param since when the lab began, milliseconds since 1970
 * @throws Failure where the history can't be read
 */
export async function replayed(
  lab: Lab,
  drills: readonly Drill[],
  folder: string,
  since: number,
): Promise<Replayed | string> {
  const reason = notComparable(drills);
  if (reason !== undefined) return reason;
  const interval = (SCRAPE_INTERVAL_SECONDS * 1000) / lab.factor;
  const played = await play({
    api: new PrometheusApi(openAccess(lab.ruler.url)),
    rules: rulesFrom(await textsIn(path.join(folder, "prometheus/rules")), interval),
    period: { from: since, to: Date.now() },
    cache: path.join(folder, "replay"),
  });
  const { alerts } = summaryOf(played, { timeZone: "Etc/UTC", prometheusUrl: lab.ruler.url });
  const firing = alerts.filter(({ recorded }) => recorded.fired > 0);
  const told = !drills.some(({ prometheus }) => prometheus === noAlertmanager);
  const pages = told ? await pagedKeys(played, lab, folder) : undefined;
  return {
    alerts: firing.map(({ alert }) => alert).toSorted(),
    firings: firing.reduce((sum, { recorded }) => sum + recorded.fired, 0),
    pages: pages?.length,
    differences: [
      ...played.computed.map((name) => `${name} is computed, though it was recorded`),
      ...played.problems,
      ...alerts
        .filter(({ fired, recorded }) => fired !== recorded.fired || recorded.alike < fired)
        .map(
          ({ alert, fired, recorded }) =>
            `${alert} fires ${fired} times in the replay and ${recorded.fired} times in the lab, ${recorded.alike} of them alike`,
        ),
      ...(pages ? differencesOf(pages, await incidentKeys(lab)) : []),
    ],
  };
}

/** The incidents' keys, each as often as it pages. */
async function pagedKeys({ alerts }: Played, lab: Lab, folder: string): Promise<readonly string[]> {
  const sent = alerts.flatMap(({ firings, interval }) => firings.map((firing) => sentOf(firing, interval)));
  const { messages } = await pagesOf({
    configuration: await readFile(path.join(folder, "alertmanager/alertmanager.yml"), "utf8"),
    sent: handedOver(sent, ENVIRONMENT),
    factor: PACE_OF_PAGES / lab.factor,
    onProgress: () => {},
  });
  return messages.filter(({ isPage }) => isPage).map(({ key }) => key);
}

/** Of those that Alertmanager opened: CloudWatch's keys are names of alarms. */
async function incidentKeys(lab: Lab): Promise<readonly string[]> {
  const { incidents } = await askJson<{ incidents: readonly { readonly incident_key: string }[] }>(
    "the simulated PagerDuty",
    `${lab.urls.pagerduty}/incidents?limit=100`,
    { headers: pagerDutyHeaders },
  );
  return incidents.map(({ incident_key }) => incident_key).filter((key) => /^[0-9a-f]{64}$/.test(key));
}

function differencesOf(pages: readonly string[], incidents: readonly string[]): readonly string[] {
  const count = (keys: readonly string[], key: string) => keys.filter((each) => each === key).length;
  return [...new Set([...pages, ...incidents])]
    .filter((key) => count(pages, key) !== count(incidents, key))
    .map(
      (key) =>
        `the group ${key.slice(0, 12)} pages ${count(pages, key)} times in the replay, and opened ${count(incidents, key)} incidents`,
    );
}

async function textsIn(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map(async (name) => [name, await readFile(path.join(folder, name), "utf8")] as const),
  );
  return Object.fromEntries(files);
}
