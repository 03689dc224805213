/** What was seen -> what a drill proved. Pure. */
import type { Alert } from "../../catalog/alerts/alert.ts";
import type { Severity } from "../../catalog/severity.ts";
import { type AlertId, alertOf } from "./alert-id.ts";
import { alertsOf, type Drill } from "./drills/drill.ts";
import type { Arrival, Channel, Observation } from "./observation.ts";

/** The heartbeat, which has no severity, rings by staying away: CloudWatch pages then. */
const CHANNELS: Readonly<Record<Severity, readonly Channel[]>> = {
  critical: ["PagerDuty"],
  warning: ["Slack", "Email"],
  info: ["Slack"],
  none: ["PagerDuty"],
};

/** Where an alert of a drill has to arrive: all of them. Phones are AWS's. */
function channelsOf({ aws }: Drill, id: AlertId): readonly Channel[] {
  const channels = CHANNELS[alertOf(id).severity];
  return aws && channels.includes("PagerDuty") ? [...channels, "SMS"] : channels;
}

/** When something was broken, and mended; milliseconds since 1970. */
export interface Times {
  readonly brokenAt: number;
  /** Undefined as long as it is broken. */
  readonly mendedAt: number | undefined;
}

/** What became of one alert that had to ring. */
export interface Ring {
  readonly id: AlertId;
  /** Where it had to arrive, or `held back`. */
  readonly channel: string;
  /** Undefined where it never arrived. */
  readonly secondsToArrive: number | undefined;
  /** From the fault's end. Undefined where its end did not arrive, or wasn't waited for. */
  readonly secondsToResolve: number | undefined;
  /** Why its end was not waited for; undefined where it was. */
  readonly outlasts: string | undefined;
  /** Everything that is wrong with what arrived. */
  readonly problems: readonly string[];
}

/** What is fixed in a description, in its longest piece: no number of the moment is in it. */
function fixedPart({ description }: Alert): string {
  const pieces = description.split(/\{\{.*?\}\}/).map((piece) => piece.trim());
  return pieces.toSorted((a, b) => b.length - a.length)[0] ?? "";
}

/** Whether a message is about the alert: it is named, or its description is there. */
export function tells(arrival: Arrival, id: AlertId): boolean {
  const alert = alertOf(id);
  const unescaped = arrival.text.replaceAll("\\n", "\n").replaceAll('\\"', '"').replaceAll("&#39;", "'");
  if (unescaped.includes(fixedPart(alert))) return true;
  // Rules that share a name are told apart by their descriptions, and in a short message by the labels in their titles.
  const titles = unescaped.split("\n").filter((line) => new RegExp(`\\b${alert.name}\\b`).test(line));
  const values = Object.values(alert.labels ?? {});
  return titles.some((title) => values.every((value) => new RegExp(`[(,] ?${value}[,)]`).test(title)));
}

/** The first message about the alert on the channel since the fault. */
function firstOn(
  channel: Channel,
  id: AlertId,
  { arrivals }: Observation,
  { brokenAt }: Times,
): Arrival | undefined {
  return arrivals.find(
    (arrival) =>
      arrival.channel === channel &&
      arrival.state === "firing" &&
      arrival.at >= brokenAt &&
      tells(arrival, id),
  );
}

/** The first message on each of the alert's channels; undefined where none came. */
function firstOnEach(drill: Drill, id: AlertId, observation: Observation, times: Times) {
  return channelsOf(drill, id).map((channel) => firstOn(channel, id, observation, times));
}

/** Its end: of the same incident in PagerDuty, of the same alert elsewhere, with nothing newer about it firing. */
function endOf(id: AlertId, first: Arrival, { arrivals }: Observation, times: Times): Arrival | undefined {
  const { mendedAt } = times;
  if (mendedAt === undefined) return undefined;
  const related = arrivals.filter(
    (arrival) =>
      arrival.channel === first.channel &&
      arrival.at >= first.at &&
      (arrival.channel === "PagerDuty" ? arrival.key === first.key : tells(arrival, id)),
  );
  const last = related.at(-1);
  return last?.state === "resolved" ? last : undefined;
}

/** Whether everything that has to ring while the fault lasts has arrived. */
export function allArrived(drill: Drill, observation: Observation, times: Times): boolean {
  return (
    drill.rings.every((id) => !firstOnEach(drill, id, observation, times).includes(undefined)) &&
    (drill.mutes ?? []).every((id) => observation.heldBack.has(id))
  );
}

/** Whether what has to arrive after the fault did, and the end of everything that arrived did too. */
export function allResolved(drill: Drill, observation: Observation, times: Times): boolean {
  const { rings, ringsAfter = [], outlast = {} } = drill;
  return [...rings, ...ringsAfter].every((id) => {
    return firstOnEach(drill, id, observation, times).every((first) => {
      if (!first) return !ringsAfter.includes(id);
      return outlast[id] !== undefined || endOf(id, first, observation, times) !== undefined;
    });
  });
}

export interface Expectations {
  /** Name of the PagerDuty service behind the routing key. */
  readonly pagerDutyService: string;
  /** A runbook is at `<runbookBaseUrl>/<AlertName>.md`. */
  readonly runbookBaseUrl: string;
  readonly grafanaUrl: string;
}

export function judge(
  drill: Drill,
  observation: Observation,
  times: Times,
  expectations: Expectations,
): readonly Ring[] {
  const muted = (drill.mutes ?? []).map((id): Ring => {
    const problems = observation.heldBack.has(id) ? [] : ["it did not hold, or was not held back"];
    problems.push(...toldThough(id, observation, times));
    return { ...nothing(id, "held back"), outlasts: "it is held back", problems };
  });
  const rung = [...drill.rings, ...(drill.ringsAfter ?? [])].map((id) =>
    judgeOne(drill, id, observation, times, expectations),
  );
  return [...rung, ...muted, ...oftenPaged(drill, observation, times)];
}

/** Channels that an alert came by which was to be held back. What outlasts the mending may be told. */
function toldThough(
  id: AlertId,
  { arrivals }: Observation,
  { brokenAt, mendedAt = Infinity }: Times,
): string[] {
  const told = arrivals
    .filter(({ at }) => at >= brokenAt && at < mendedAt)
    .filter((arrival) => tells(arrival, id));
  return [...new Set(told.map(({ channel }) => `it came by ${channel}, though it is held back`))];
}

/** Where all that pages is to be one incident, and is not. */
function oftenPaged(drill: Drill, { arrivals }: Observation, { brokenAt }: Times): Ring[] {
  const paging = drill.rings.filter((id) => alertOf(id).severity === "critical");
  const [first] = paging;
  if (!drill.once || first === undefined) return [];
  const incidents = new Set(
    arrivals
      .filter(({ channel, at }) => channel === "PagerDuty" && at >= brokenAt)
      .filter((arrival) => paging.some((id) => tells(arrival, id)))
      .map(({ incident }) => incident),
  );
  if (incidents.size <= 1) return [];
  const problems = [`it paged ${incidents.size} times`];
  return [{ ...nothing(first, "PagerDuty"), outlasts: undefined, problems }];
}

function judgeOne(
  drill: Drill,
  id: AlertId,
  observation: Observation,
  times: Times,
  expectations: Expectations,
): Ring {
  const outlasts = drill.outlast?.[id];
  const channels = channelsOf(drill, id);
  const firsts = firstOnEach(drill, id, observation, times);
  const arrived = firsts.filter((first) => first !== undefined);
  const ends = arrived.map((first) =>
    outlasts === undefined ? endOf(id, first, observation, times) : undefined,
  );
  const ring = { id, channel: channels.join(", "), outlasts };
  if (arrived.length === 0) {
    const fired = observation.fired.has(id) ? "it fired, but nothing arrived" : "it did not fire";
    return { ...ring, secondsToArrive: undefined, secondsToResolve: undefined, problems: [fired] };
  }
  return {
    ...ring,
    secondsToArrive: latest(firsts, times.brokenAt),
    secondsToResolve: latest(ends, times.mendedAt),
    problems: [
      ...channels.filter((_, index) => !firsts[index]).map((channel) => `nothing came by ${channel}`),
      ...arrived.flatMap((first) => problemsOf(id, first, expectations)),
      ...(ends.includes(undefined) && outlasts === undefined ? ["its end did not arrive"] : []),
    ],
  };
}

/** Seconds until the last of them arrived; undefined where one didn't. */
function latest(arrivals: readonly (Arrival | undefined)[], since = 0): number | undefined {
  const times = arrivals.map((arrival) => arrival?.at ?? Number.POSITIVE_INFINITY);
  const seconds = Math.max(0, (Math.max(...times) - since) / 1000);
  return Number.isFinite(seconds) ? seconds : undefined;
}

function nothing(id: AlertId, channel: Ring["channel"]) {
  return { id, channel, secondsToArrive: undefined, secondsToResolve: undefined } as const;
}

/** What a message lacks that its reader needs. */
function problemsOf(id: AlertId, arrival: Arrival, expectations: Expectations): string[] {
  const { name, severity } = alertOf(id);
  const runbook = `${expectations.runbookBaseUrl}/${name}.md`;
  // CloudWatch's page has no links of its own.
  if (arrival.channel !== "PagerDuty" || severity === "none") {
    return arrival.text.includes(runbook) ? [] : [`no link to ${runbook} by ${arrival.channel}`];
  }
  const { links = [], service } = arrival;
  // A page may be about several alerts of one service: its links are those of one of them.
  return [
    ...(arrival.severity === severity ? [] : [`severity ${arrival.severity}`]),
    ...(service === expectations.pagerDutyService ? [] : [`service ${service}`]),
    ...(arrival.key === "" ? ["no dedup key"] : []),
    ...(links.some((link) => link.startsWith(`${expectations.runbookBaseUrl}/`))
      ? []
      : ["no link to a runbook"]),
    ...(links.some((link) => link.startsWith(`${expectations.grafanaUrl}/d/`))
      ? []
      : ["no link to a dashboard"]),
  ];
}

/** What fired although none of the drills says so. */
export function falseAlarms(
  drills: readonly Drill[],
  { fired }: Pick<Observation, "fired">,
): readonly AlertId[] {
  const allowed = new Set(["Watchdog", ...drills.flatMap(alertsOf)]);
  return [...fired.keys()].filter((id) => !allowed.has(id)).toSorted();
}
