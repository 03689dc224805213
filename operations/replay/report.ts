/** A replay in Markdown. */
import { thresholdChange } from "../review/alerts.ts";
import type { AlertComparison, ComparedSummary } from "./comparison.ts";
import { HOURS, partsOfDay } from "./hours.ts";
import type { AlertJudgement, JudgedIncident } from "./judgement.ts";
import type { AlertSummary, FiringSummary, PageSummary, Summary } from "./summary.ts";
import type { ThresholdTable } from "./thresholds.ts";

/** Firings of one alert that are shown; all are in the JSON. */
const SHOWN = 10;
/** A share of the period, from which on an alert's blindness is worth a word. */
const WORTH_TELLING = 0.01;

export function reportOf(summary: ComparedSummary, stack: string): string {
  const { from, to, timeZone, alerts } = summary;
  const fired = alerts.filter((alert) => alert.fired > 0 || alert.recorded.fired > 0);
  const sections = [
    `# Replay of \`${stack}\``,
    `${minute(from)} to ${minute(to)}, ${days(summary)} days. ${totalOf(alerts)} Hours of ${timeZone}: ${HOURS}.`,
    pagesSection(summary),
    incidentsSection(summary),
    comparisonSection(summary),
    gapsSection(summary),
    fired.length > 0 ? table(fired) : "",
    ...(summary.thresholds ?? []).map(thresholdSection),
    ...fired.map(firingsSection),
    quietSection(alerts.filter((alert) => !fired.includes(alert))),
    troubleSection(summary),
  ];
  return sections.filter((text) => text !== "").join("\n\n");
}

export function totalOf(alerts: readonly AlertSummary[]): string {
  const sum = (count: (alert: AlertSummary) => number) => alerts.reduce((all, each) => all + count(each), 0);
  return (
    `${alerts.length} alerts would have fired ${times(sum(({ fired }) => fired))}; ` +
    `really they fired ${times(sum(({ recorded }) => recorded.fired))}, ` +
    `of which the replay has ${sum(({ recorded }) => recorded.alike)} to the evaluation.`
  );
}

function pagesSection({ pages }: Summary): string {
  return pages ? pagesLine(pages).replace(/^\d+ pages/, "**$&**") : "";
}

export function pagesLine({ count, perWeek, during, messages }: PageSummary): string {
  const channels = Object.entries(messages).map(([channel, number]) => `${channel} ${number}`);
  return (
    `${count} pages, ${perWeek.toFixed(1)} a week (${partsOfDay.map((part) => `${part} ${during[part]}`).join(", ")}), ` +
    `as a real Alertmanager tells them with the stack's routes. Messages: ${channels.join(", ") || "none"}.`
  );
}

function incidentsSection({ judgement }: Summary): string {
  if (judgement === undefined) return "";
  const { source, incidents } = judgement;
  const missed = incidents.filter(({ caughtBy }) => caughtBy.length === 0);
  const lines = incidents.map((incident) => {
    const { title, url } = incident;
    const name = url === "" ? title : `[${title.replaceAll(/[[\]]/g, "")}](${url})`;
    const { when, found } = incidentLine(incident);
    return `- ${when}: ${name}: ${found === MISSED ? `**${found}**` : found}`;
  });
  return [
    `## Real incidents, by ${source}`,
    "",
    `${incidents.length}, of which ${missed.length} are missed. Real is what somebody did something about, or what lasted half an hour.`,
    ...(lines.length > 0 ? ["", ...lines] : []),
  ].join("\n");
}

const MISSED = "missed";

/** When an incident was, for how long, and which alert finds it. */
export function incidentLine({ opened, ended, caughtBy, secondsUntilCaught = 0 }: JudgedIncident) {
  const lasted = ended === undefined ? "still open" : length(between(opened, ended));
  const [first, ...others] = caughtBy;
  const late = secondsUntilCaught < 0 ? "earlier" : "later";
  const more = others.length > 0 ? `, and ${others.length} more` : "";
  return {
    when: `${minute(opened)}, ${lasted}`,
    found: first === undefined ? MISSED : `${first} ${length(Math.abs(secondsUntilCaught))} ${late}${more}`,
  };
}

function comparisonSection(summary: ComparedSummary): string {
  const { comparison } = summary;
  if (comparison === undefined) return "";
  const { base, changes } = comparison;
  const lines = changesOf(changes).map((line) => `- ${line.replace(/^\w+/, "**$&**")}`);
  return [
    `## Compared with \`${base}\`, in ${days(summary)} days`,
    "",
    ...(lines.length > 0 ? lines : ["Every alert does the same."]),
  ].join("\n");
}

/** One for each alert that does not the same in both versions. */
export function changesOf(changes: readonly AlertComparison[]): readonly string[] {
  return changes.map((change) => `${change.alert}${otherThreshold(change)}: ${changeOf(change)}`);
}

function otherThreshold({ threshold }: AlertComparison): string {
  if (threshold === undefined) return "";
  const { before, after, unit } = threshold;
  return ` (${thresholdChange({ value: before, unit }, { value: after, unit })})`;
}

/** Such as `1 page, fires once, 20m → 3 pages, fires 3 times, 1h 2m`. */
function changeOf({ before, after }: AlertComparison): string {
  const told = (figures: AlertComparison["before"]) => {
    if (figures === undefined) return "not there";
    const { fired, pages, seconds } = figures;
    const paged = pages === undefined ? "" : `${pages} ${pages === 1 ? "page" : "pages"}, `;
    return paged + (fired === 0 ? "never fires" : `fires ${times(fired)}, ${length(seconds)}`);
  };
  return `${told(before)} → ${told(after)}`;
}

function gapsSection({ gaps }: Summary): string {
  if (gaps.length === 0) return "";
  const lines = gaps.map(
    ({ from, to }) => `- ${minute(from)} to ${minute(to)} (${length(between(from, to))})`,
  );
  return [
    "## Times without a Prometheus",
    "",
    "No sample was written, so nobody knows what happened. No alert is evaluated in these times, as none was.",
    "",
    ...lines,
  ].join("\n");
}

function table(alerts: readonly AlertSummary[]): string {
  const rows = alerts.map(
    ({ alert, severity, fired, seconds, during, recorded, nearMisses, pages, judgement }) =>
      row([
        alert,
        severity,
        String(fired),
        ...(pages ? [String(pages.count)] : []),
        ...(judgement ? [worthOf(judgement)] : []),
        length(seconds),
        partsOfDay.map((part) => during[part]).join(" / "),
        `${recorded.fired}, ${length(recorded.seconds)}`,
        `${recorded.alike} of ${recorded.fired}`,
        nearMisses.count === 0 ? "" : `${nearMisses.count}, up to ${length(nearMisses.longestSeconds)}`,
      ]),
  );
  const head = [
    ...["Alert", "Severity", "Fires", ...(alerts.some(({ pages }) => pages) ? ["Pages"] : [])],
    ...(alerts.some(({ judgement }) => judgement) ? ["Incidents caught / missed, noise"] : []),
    ...["For", partsOfDay.join(" / ")],
    ...["Really fired", "Alike", "Held too briefly"],
  ];
  return ["## Alerts that fire", "", row(head), row(head.map(() => "---")), ...rows].join("\n");
}

/** Such as `2 / 0, 1 noise, 1 announced, nearly 1`. */
function worthOf({ caught, missed, firings, nearMisses }: AlertJudgement): string {
  return [
    `${caught.length} / ${missed.length}`,
    `${firings.noise} noise`,
    ...(firings.announced > 0 ? [`${firings.announced} announced`] : []),
    ...(nearMisses.length > 0 ? [`nearly ${nearMisses.length}`] : []),
  ].join(", ");
}

function firingsSection({ alert, firings }: AlertSummary): string {
  if (firings.length === 0) return "";
  const more = firings.length - SHOWN;
  return [
    `### ${alert}`,
    "",
    ...firings.slice(0, SHOWN).map(firingLine),
    ...(more > 0 ? [`- and ${more} more: \`--json\` has all of them`] : []),
  ].join("\n");
}

function thresholdSection({ alert, unit, source, rows, counts, atMost }: ThresholdTable): string {
  const judged = rows.some(({ worth }) => worth);
  const head = [
    ...["Threshold", "Fires", "Pages", `${counts === "pages" ? "Pages" : "Fires"} a week`],
    ...(judged ? ["Incidents caught", "Noise"] : []),
  ];
  const lines = rows.map(({ value, isCurrent, fired, pages, perWeek, worth }) =>
    row([
      ...[isCurrent ? `**${value}**` : String(value), String(fired), String(pages), perWeek.toFixed(1)],
      ...(worth ? [String(worth.caught), String(worth.noise)] : []),
    ]),
  );
  const now = rows.findIndex(({ isCurrent }) => isCurrent);
  const steps = [rows[now - 1], rows[now + 1]].flatMap((next) =>
    next && rows[now] ? [`${next.value}: ${difference(next.perWeek - rows[now].perWeek)} a week`] : [],
  );
  const most = `At most ${atMost.perWeek} a week: ${atMost.value ?? "none of these values"}`;
  return [
    `### Thresholds of ${alert}`,
    "",
    `In ${unit}. The default is from: ${source}`,
    "",
    ...[row(head), row(head.map(() => "---")), ...lines],
    "",
    `${most}. One step: ${steps.join(", ")}.`,
  ].join("\n");
}

function difference(count: number): string {
  return `${count < 0 ? "-" : "+"}${Math.abs(count).toFixed(1)}`;
}

const COMMON = ["alertname", "severity", "service", "team", "environment"];

function firingLine({
  labels,
  start,
  seconds,
  at,
  openEnd,
  asRecorded,
  verdict,
  graph,
}: FiringSummary): string {
  const own = Object.entries(labels).filter(([name]) => !COMMON.includes(name));
  const whom = own.map(([name, value]) => `${name}=${value}`).join(" ");
  const facts = [
    `${length(seconds)}${openEnd ? ", its end is not known" : ""}`,
    at,
    ...(whom === "" ? [] : [`\`${whom.replaceAll("`", "'")}\``]),
    asRecorded ? "as it really was" : "not so in reality",
    ...(verdict === undefined || verdict === "unjudged" ? [] : [verdict]),
  ];
  return `- [${minute(start)}](${graph}): ${facts.join(", ")}`;
}

function quietSection(alerts: readonly AlertSummary[]): string {
  if (alerts.length === 0) return "";
  const seeing = alerts.filter(({ blind }) => blind < WORTH_TELLING).map(({ alert }) => alert);
  const blind = alerts
    .filter((alert) => alert.blind >= WORTH_TELLING)
    .toSorted((left, right) => right.blind - left.blind)
    .map(({ alert, blind: share, unseen }) => {
      const series = unseen.map((each) => `\`${each.series}\``).join(", ");
      return `- ${alert}: no sample of ${series} in ${Math.round(share * 100)}% of the time`;
    });
  return [
    ...(seeing.length > 0 ? [`## Quiet\n\n${seeing.toSorted().join(", ")}.`] : []),
    ...(blind.length > 0
      ? [`## Quiet, and blind\n\nTheir silence says nothing of health.\n\n${blind.join("\n")}`]
      : []),
  ].join("\n\n");
}

function troubleSection({ alerts, computed, problems }: Summary): string {
  const own = alerts.flatMap(({ alert, failedEvaluations: { count, reason }, remarks }) => [
    ...(count > 0 ? [`- ${alert}: ${count} evaluations fail: ${reason}`] : []),
    ...remarks.map((remark) => `- ${alert}: ${remark}`),
  ]);
  const lines = [
    ...problems.map((problem) => `- ${problem}`),
    ...(computed.length > 0
      ? [
          `- computed, since the engine does not record them by these rules: ${computed.map((name) => `\`${name}\``).join(", ")}`,
        ]
      : []),
    ...own,
  ];
  return lines.length === 0 ? "" : ["## Not played as Prometheus would", "", ...lines].join("\n");
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function days({ from, to }: Summary): string {
  return String(Number((between(from, to) / 86_400).toFixed(1)));
}

function between(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}

function minute(time: string): string {
  return `${time.slice(0, 16).replace("T", " ")} UTC`;
}

export function times(count: number): string {
  if (count === 0) return "never";
  return count === 1 ? "once" : `${count} times`;
}

/** Such as `45s`, `12m`, `3h 20m`, `4d 6h`. */
export function length(seconds: number): string {
  const [days, hours, minutes] = [86_400, 3600, 60].map((unit) => Math.floor(seconds / unit));
  if (days) return `${days}d ${Math.floor((seconds % 86_400) / 3600)}h`;
  if (hours) return `${hours}h ${Math.floor((seconds % 3600) / 60)}m`;
  return minutes ? `${minutes}m` : `${Math.round(seconds)}s`;
}
