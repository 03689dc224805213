/** What really happened in a period, as a replay is judged by it. */
import { readFile } from "node:fs/promises";
import { type Maintenance, minutesOf, weekdayNumber } from "../../catalog/maintenance.ts";
import { pagerProducts } from "../../components/pagers/list.ts";
import type { Incident, TimeRange } from "../../components/shared/incident.ts";
import type { Settings } from "../../settings/schema.ts";
import { messageOf } from "../../toolkit/error-message.ts";
import { Failure } from "../../toolkit/failure.ts";
import { type ReadDeliveries, readDeliveries, type ToldGroup, toldGroups } from "../incidents/deliveries.ts";
import { incidentsOf } from "../incidents/incidents.ts";
import type { Stack } from "../verify/stack.ts";
import type { Happened } from "./judgement.ts";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

/** By the stack's own pager. @throws Failure where it has none, or it can't be asked */
export async function happenedByPager(stack: Stack, range: TimeRange): Promise<Happened> {
  const { settings } = stack;
  const incidents = await incidentsOf(stack, range);
  if (incidents === undefined) {
    throw new Failure("The stack pages nobody, so that no incident says what its alerts were worth");
  }
  const source = pagerProducts.find(({ key }) => settings[key].enabled)?.name ?? "";
  return { source, incidents, work: workIn(settings.announcements.maintenance, range) };
}

/**
 * By what Alertmanager wrote down of its deliveries: when people were called, and nothing of what they did.
 * @param files written by its event recorder, of all instances
 * @throws Failure where one can't be read, or none has a delivery in it
 */
export async function happenedByRecord(
  files: readonly string[],
  settings: Settings,
  range: TimeRange,
): Promise<Happened> {
  const texts = await Promise.all(
    files.map((file) =>
      readFile(file, "utf8").catch((error: unknown) => {
        throw new Failure(`--deliveries: ${messageOf(error)}`);
      }),
    ),
  );
  const read: ReadDeliveries = readDeliveries(texts);
  if (read.deliveries.length === 0) {
    throw new Failure(
      `--deliveries: no delivery is in ${files.join(", ")}: it is what Alertmanager's event recorder writes, a line for each event`,
    );
  }
  return {
    source: "Alertmanager's record",
    incidents: incidentsIn(toldGroups(read.deliveries), range),
    work: workIn(settings.announcements.maintenance, range),
  };
}

/** Kinds of integrations whose groups are incidents of a pager. */
const PAGERS = pagerProducts.map(({ integration }) => integration.replace(/_configs$/, ""));

function incidentsIn(groups: readonly ToldGroup[], { from, to }: TimeRange): readonly Incident[] {
  return groups
    .filter(({ integration }) => PAGERS.includes(integration.name))
    .filter((group) => group.from < to && (group.to ?? to) > from)
    .map((group, index) => {
      const names = [...new Set(group.alerts.map(({ alertname = "" }) => alertname))];
      return {
        id: `${group.group.slice(0, 12)}-${new Date(group.from).toISOString()}`,
        number: index + 1,
        title: names.join(", "),
        url: "",
        urgency: "high",
        opened: group.from,
        ended: group.to,
        alerts: group.alerts.map(({ alertname, service }) => ({
          name: alertname,
          service,
          summary: alertname ?? "",
          key: group.group,
          opened: group.from,
        })),
        actions: [],
      };
    });
}

/** The times of announced work that a range has something of. Of work that is over, too: it was announced then. */
export function workIn(maintenance: readonly Maintenance[], { from, to }: TimeRange): readonly TimeRange[] {
  const days: number[] = [];
  for (let day = Math.floor(from / DAY) * DAY; day < to; day += DAY) days.push(day);
  return maintenance.flatMap(({ window, announced }) =>
    days
      .filter((day) =>
        "date" in window.day
          ? day === Date.parse(window.day.date)
          : day >= Date.parse(announced) &&
            (new Date(day).getUTCDay() || 7) === weekdayNumber(window.day.weekday),
      )
      .map((day) => ({
        from: day + minutesOf(window.from) * MINUTE,
        to: day + minutesOf(window.to) * MINUTE,
      }))
      .filter((work) => work.from < to && work.to > from),
  );
}
