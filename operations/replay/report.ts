/** A replay in Markdown. */
import { HOURS, partsOfDay } from "./hours.ts";
import type { AlertSummary, FiringSummary, Summary } from "./summary.ts";

/** Firings of one alert that are shown; all are in the JSON. */
const SHOWN = 10;
/** A share of the period, from which on an alert's blindness is worth a word. */
const WORTH_TELLING = 0.01;

export function reportOf(summary: Summary, stack: string): string {
  const { from, to, timeZone, alerts } = summary;
  const fired = alerts.filter((alert) => alert.fired > 0 || alert.recorded.fired > 0);
  const sections = [
    `# Replay of \`${stack}\``,
    `${minute(from)} to ${minute(to)}, ${days(summary)} days. ${total(alerts)} Hours of ${timeZone}: ${HOURS}.`,
    gapsSection(summary),
    fired.length > 0 ? table(fired) : "",
    ...fired.map(firingsSection),
    quietSection(alerts.filter((alert) => !fired.includes(alert))),
    troubleSection(summary),
  ];
  return sections.filter((text) => text !== "").join("\n\n");
}

function total(alerts: readonly AlertSummary[]): string {
  const sum = (count: (alert: AlertSummary) => number) => alerts.reduce((all, each) => all + count(each), 0);
  return (
    `${alerts.length} alerts would have fired ${times(sum(({ fired }) => fired))}; ` +
    `really they fired ${times(sum(({ recorded }) => recorded.fired))}, ` +
    `of which the replay has ${sum(({ recorded }) => recorded.alike)} to the evaluation.`
  );
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
  const rows = alerts.map(({ alert, severity, fired, seconds, during, recorded, nearMisses }) =>
    row([
      alert,
      severity,
      String(fired),
      length(seconds),
      partsOfDay.map((part) => during[part]).join(" / "),
      `${recorded.fired}, ${length(recorded.seconds)}`,
      `${recorded.alike} of ${recorded.fired}`,
      nearMisses.count === 0 ? "" : `${nearMisses.count}, up to ${length(nearMisses.longestSeconds)}`,
    ]),
  );
  const head = [
    ...["Alert", "Severity", "Fires", "For", partsOfDay.join(" / ")],
    ...["Really fired", "Alike", "Held too briefly"],
  ];
  return ["## Alerts that fire", "", row(head), row(head.map(() => "---")), ...rows].join("\n");
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

const COMMON = ["alertname", "severity", "service", "team", "environment"];

function firingLine({ labels, start, seconds, at, openEnd, asRecorded, graph }: FiringSummary): string {
  const own = Object.entries(labels).filter(([name]) => !COMMON.includes(name));
  const whom = own.map(([name, value]) => `${name}=${value}`).join(" ");
  const facts = [
    `${length(seconds)}${openEnd ? ", its end is not known" : ""}`,
    at,
    ...(whom === "" ? [] : [`\`${whom.replaceAll("`", "'")}\``]),
    asRecorded ? "as it really was" : "not so in reality",
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

function times(count: number): string {
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
