/** A replay as a page: a picture of each alert that fires, with its limit, pages, incidents and other thresholds. */
import type { Block, Line } from "../document/blocks.ts";
import { link, oneLine } from "../document/blocks.ts";
import { htmlOf } from "../document/html.ts";
import type { Curve, Lane, Mark, Stretch, Timeline } from "../document/timeline.ts";
import type { ComparedSummary } from "./comparison.ts";
import type { JudgedIncident } from "./judgement.ts";
import { changesOf, incidentLine, length, pagesLine, times, totalOf } from "./report.ts";
import type { AlertSummary, FiringSummary, Span, Summary } from "./summary.ts";
import type { ThresholdTable } from "./thresholds.ts";

export function pageOf(summary: ComparedSummary, stack: string): string {
  return htmlOf(`Replay of ${stack}`, blocksOf(summary, stack));
}

function blocksOf(summary: ComparedSummary, stack: string): readonly Block[] {
  const { alerts, judgement, comparison, gaps, problems } = summary;
  const fired = alerts.filter((alert) => alert.fired > 0 || alert.recorded.fired > 0);
  const quiet = alerts.filter((alert) => !fired.includes(alert)).map(({ alert }) => alert);
  return [
    { heading: `Replay of ${stack}`, level: 1 },
    {
      paragraph: [
        `${minute(summary.from, summary)} to ${minute(summary.to, summary)}, ${summary.timeZone}. ${totalOf(alerts)}`,
      ],
    },
    ...(summary.pages ? [{ paragraph: [pagesLine(summary.pages)] }] : []),
    ...(comparison ? section(`Compared with ${comparison.base}`, changesOf(comparison.changes)) : []),
    ...(gaps.length > 0
      ? section(
          "Times without a Prometheus, in which nobody knows what happened",
          gaps.map(({ from, to }) => `${minute(from, summary)} to ${minute(to, summary)}`),
        )
      : []),
    ...(judgement ? incidentBlocks(judgement) : []),
    ...(fired.length > 0
      ? [{ heading: "All that fires", level: 2 } as const, { timeline: overview(fired, summary) }]
      : []),
    ...fired.flatMap((alert) => alertBlocks(alert, summary)),
    ...(quiet.length > 0 ? section("Quiet", [quiet.toSorted().join(", ")]) : []),
    ...(problems.length > 0 ? section("Not played as Prometheus would", problems) : []),
  ];
}

function section(heading: string, lines: readonly string[]): readonly Block[] {
  return [
    { heading, level: 2 },
    {
      list: (lines.length > 0 ? lines : ["Every alert does the same."]).map((line) => [oneLine(line, LONG)]),
    },
  ];
}

/** A line of ours may be as long as it is: it names alerts and times. */
const LONG = 2000;

function incidentBlocks({ source, incidents }: NonNullable<Summary["judgement"]>): readonly Block[] {
  const missed = incidents.filter(({ caughtBy }) => caughtBy.length === 0).length;
  return [
    { heading: `Real incidents, by ${source}`, level: 2 },
    { paragraph: [`${incidents.length}, of which ${missed} are missed.`] },
    ...(incidents.length > 0 ? [{ list: incidents.map(lineOf) }] : []),
  ];
}

function lineOf(incident: JudgedIncident): Line {
  const { when, found } = incidentLine(incident);
  return [`${when}: `, link(oneLine(incident.title) || incident.id, incident.url), `: ${found}`];
}

function alertBlocks(alert: AlertSummary, summary: ComparedSummary): readonly Block[] {
  const { fired, seconds, recorded, pages, firings, severity } = alert;
  const [first] = firings;
  const table = summary.thresholds?.find((each) => each.alert === alert.alert);
  const facts = [
    severity,
    `fires ${times(fired)}, ${length(seconds)} in all`,
    ...(pages ? [`${pages.count} ${pages.count === 1 ? "page" : "pages"}`] : []),
    `really it fired ${times(recorded.fired)}, of which ${recorded.alike} alike`,
  ];
  return [
    { heading: alert.alert, level: 2 },
    {
      paragraph: [
        `${facts.join(", ")}. `,
        ...(first ? [link(`Its panel at ${minute(first.start, summary)}`, first.graph)] : []),
      ],
    },
    { timeline: pictureOf(alert, table, summary) },
    ...(table ? [thresholdTable(table)] : []),
  ];
}

function thresholdTable({ rows, unit, counts }: ThresholdTable): Block {
  const judged = rows.some(({ worth }) => worth);
  return {
    head: [
      ...[`Threshold, in ${unit}`, "Fires", "Pages", `${counts === "pages" ? "Pages" : "Fires"} a week`],
      ...(judged ? ["Incidents caught", "Noise"] : []),
    ],
    rows: rows.map(({ value, isCurrent, fired, pages, perWeek, worth }): Line[] => [
      [isCurrent ? `${value}, as it is` : String(value)],
      ...[fired, pages].map((count): Line => [String(count)]),
      [perWeek.toFixed(1)],
      ...(judged ? [worth?.caught ?? "", worth?.noise ?? ""].map((count): Line => [String(count)]) : []),
    ]),
  };
}

function frameOf({
  from,
  to,
  timeZone,
  gaps,
}: Summary): Pick<Timeline, "from" | "to" | "timeZone" | "unknown"> {
  return {
    ...{ from: Date.parse(from), to: Date.parse(to), timeZone },
    unknown: gaps.map((gap) => ({ from: Date.parse(gap.from), to: Date.parse(gap.to) })),
  };
}

function overview(alerts: readonly AlertSummary[], summary: ComparedSummary): Timeline {
  return {
    ...frameOf(summary),
    label: `When ${alerts.length} alerts fire, and when there were real incidents`,
    lanes: [
      ...incidentLane(summary),
      ...alerts.map(({ alert, firings }) => ({
        name: alert,
        marks: firings.map((firing) => markOf(firing, summary)),
      })),
    ],
  };
}

function pictureOf(
  { alert, firings, recorded, pages, readings }: AlertSummary,
  table: ThresholdTable | undefined,
  summary: ComparedSummary,
): Timeline {
  const curve: Curve | undefined = readings && {
    name: "Measured",
    limit: readings.limit,
    points: withGaps(readings.points, readings.every),
  };
  const others = (table?.rows ?? []).filter(({ isCurrent }) => !isCurrent);
  return {
    ...frameOf(summary),
    label: `${alert}: when it fires and pages, beside what really fired and real incidents`,
    curve,
    lanes: [
      { name: "Fires", marks: firings.map((firing) => markOf(firing, summary)) },
      { name: "Really fired", marks: recorded.times.map((span) => plain(span, "really fired", summary)) },
      ...(pages
        ? [{ name: "Pages", marks: pages.at.map((at) => plain({ start: at, last: at }, "pages", summary)) }]
        : []),
      ...incidentLane(summary),
      ...others.map(({ value, times }) => ({
        name: `Fires at ${value}`,
        marks: times.map((span): Mark => ({ ...plain(span, "fires", summary), kind: "faint" })),
      })),
    ],
  };
}

/** A point that does not follow the one before it begins a line of its own. */
function withGaps(points: readonly (readonly [at: number, value: number])[], every: number): Curve["points"] {
  return points.flatMap(([at, value], index) => {
    const before = points[index - 1]?.[0] ?? at;
    const point = { at: at * 1000, value };
    return at - before > every * 1.5 ? [{ at: before * 1000, value: Number.NaN }, point] : [point];
  });
}

function incidentLane({ judgement, to }: ComparedSummary): readonly Lane[] {
  if (!judgement) return [];
  const marks = judgement.incidents.map(({ title, opened, ended, caughtBy }): Mark => {
    const missed = caughtBy.length === 0;
    return {
      ...stretch({ start: opened, last: ended ?? to }),
      kind: missed ? "bad" : "good",
      title: `${oneLine(title)}: ${missed ? "missed" : `caught by ${caughtBy[0]}`}`,
    };
  });
  return [{ name: "Real incidents", marks }];
}

const KINDS: Readonly<Record<NonNullable<FiringSummary["verdict"]>, Mark["kind"]>> = {
  caught: "good",
  noise: "bad",
  announced: "faint",
  unjudged: "plain",
};

function markOf(firing: FiringSummary, summary: ComparedSummary): Mark {
  const { verdict = "unjudged", seconds } = firing;
  const worth = verdict === "unjudged" ? "" : `, ${verdict}`;
  return {
    ...plain(firing, `fires for ${length(seconds)}${worth}`, summary),
    kind: KINDS[verdict],
  };
}

function plain(span: Span, what: string, summary: Summary): Mark {
  return { ...stretch(span), kind: "plain", title: `${minute(span.start, summary)}: ${what}` };
}

function stretch({ start, last }: Span): Stretch {
  return { from: Date.parse(start), to: Date.parse(last) };
}

/** On the clocks of the people who are called. */
function minute(time: string, { timeZone }: Summary): string {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
  return format.format(Date.parse(time));
}
