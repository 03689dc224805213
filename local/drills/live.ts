/**
 * A test page on a real environment: through its own Alertmanager, to its PagerDuty, and back. Nothing is broken; the
 * page says that it is a test. Its `service` is its own, and with it its group and de-duplication key, so that it meets
 * no other page.
 */

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { TEST_PAGE } from "../../catalog/test-page.ts";
import { getJson, textOf } from "../../components/shared/json-api.ts";

export interface LiveTarget {
  readonly environment: string;
  readonly alertmanagerUrl: string;
  readonly pagerDuty: { readonly url: string; readonly token: string; readonly serviceId: string };
  readonly runbookUrl: string;
  readonly dashboardUrl: string;
}

export interface LiveResult {
  /** Part of the page's title, to find it by. */
  readonly id: string;
  /** Undefined where it did not arrive, or did not end, in time. */
  readonly secondsToArrive: number | undefined;
  readonly secondsToResolve: number | undefined;
}

/** Alertmanager does not wait; the time is the way. */
const ARRIVE_SECONDS = 120;
/** Alertmanager tells the end with the group's next message, 5 minutes after the first. */
const RESOLVE_SECONDS = 480;
const POLL_MILLISECONDS = 2000;
/** Alertmanager forgets a test that nobody could end. */
const MOST_SECONDS = 900;

const incidents = z.object({ incidents: z.array(z.object({ id: z.string() })) });
const alerts = z.object({
  alerts: z.array(z.object({ summary: z.string().nullish(), status: z.string() })),
});

/**
 * @param report one line for people about what happens
 * @throws where Alertmanager or PagerDuty refuses
 */
export async function sendTestPage(
  target: LiveTarget,
  signal: AbortSignal,
  report: (line: string) => void,
): Promise<LiveResult> {
  const id = `drill-${randomUUID().slice(0, 8)}`;
  const startsAt = new Date();
  report(`sending the test page ${id} through ${target.alertmanagerUrl}`);
  let secondsToArrive: number | undefined;
  try {
    await send(target, id, startsAt, new Date(startsAt.getTime() + MOST_SECONDS * 1000), signal);
    secondsToArrive = await until(
      ARRIVE_SECONDS,
      signal,
      async () => (await find(target, id, signal)) !== undefined,
    );
  } finally {
    // Whatever happened: nobody is to be left with a page that is none.
    await send(target, id, startsAt, new Date(), AbortSignal.timeout(10_000));
  }
  if (secondsToArrive === undefined) return { id, secondsToArrive, secondsToResolve: undefined };
  report(`arrived at PagerDuty after ${secondsToArrive.toFixed(0)} s; waiting for its end`);
  const secondsToResolve = await until(
    RESOLVE_SECONDS,
    signal,
    async () => (await find(target, id, signal)) === "resolved",
  );
  return { id, secondsToArrive, secondsToResolve };
}

async function send(
  { alertmanagerUrl, environment, runbookUrl, dashboardUrl }: LiveTarget,
  id: string,
  startsAt: Date,
  endsAt: Date,
  signal: AbortSignal,
): Promise<void> {
  const alert = {
    labels: { alertname: TEST_PAGE, severity: "critical", service: id, team: "platform", environment },
    annotations: {
      summary: `This is a test (${id}): nothing is broken.`,
      description: `Somebody ran npm run drill -- --live --stack ${environment}. It ends by itself; do nothing.`,
      runbook_url: runbookUrl,
      dashboard_url: dashboardUrl,
    },
    startsAt,
    endsAt,
  };
  const url = `${alertmanagerUrl}/api/v2/alerts`;
  const headers = { "Content-Type": "application/json" };
  await textOf(await fetch(url, { method: "POST", headers, body: JSON.stringify([alert]), signal }), url);
}

/** Status of the page's alert, in whichever incident of the service PagerDuty has put it; undefined where there is none. */
async function find({ pagerDuty }: LiveTarget, id: string, signal: AbortSignal): Promise<string | undefined> {
  const { url, token, serviceId } = pagerDuty;
  const headers = {
    Accept: "application/vnd.pagerduty+json;version=2",
    Authorization: `Token token=${token}`,
  };
  const newest = `service_ids[]=${serviceId}&sort_by=created_at:desc&limit=25`;
  const found = await getJson(incidents, `${url}/incidents?${newest}`, { headers, signal });
  for (const incident of found.incidents) {
    const own = await getJson(alerts, `${url}/incidents/${incident.id}/alerts`, { headers, signal });
    const alert = own.alerts.find(({ summary }) => summary?.includes(id));
    if (alert) return alert.status;
  }
  return undefined;
}

/** Seconds until it was so; undefined where it wasn't in time. */
async function until(
  limit: number,
  signal: AbortSignal,
  isSo: () => Promise<boolean>,
): Promise<number | undefined> {
  const startedAt = Date.now();
  const passed = () => (Date.now() - startedAt) / 1000;
  while (passed() < limit) {
    if (await isSo()) return passed();
    await sleep(POLL_MILLISECONDS, undefined, { signal });
  }
  return undefined;
}
