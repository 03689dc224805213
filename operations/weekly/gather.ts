/** Asks everybody who knows something of a week, side by side. One who can't be asked costs a section, not the review. */
import { executive } from "../../catalog/dashboards/executive.ts";
import { objectivesDashboard } from "../../catalog/dashboards/objectives.ts";
import { publicGrafanaUrl } from "../../components/shared/addresses.ts";
import type { Settings } from "../../settings/schema.ts";
import { messageOf } from "../../toolkit/error-message.ts";
import { repositoryFrom } from "../github/repository.ts";
import { incidentsOf } from "../incidents/incidents.ts";
import { accessOf } from "../replay/access.ts";
import { PrometheusApi } from "../replay/prometheus-api.ts";
import type { AlertingRule } from "../replay/rules.ts";
import { renderedRules } from "../replay/run.ts";
import type { Stack } from "../verify/stack.ts";
import { readingsOf } from "./books.ts";
import { budgetsOf } from "./budgets.ts";
import { driftIssues } from "./drift.ts";
import type { Drills } from "./drills.ts";
import { costReportsOf, costsOf, figuresOf, remarksOf } from "./figures.ts";
import { certificatesAt, countedIn, firingsIn, objectiveDaysAt, unseenIn, untriedAt } from "./history.ts";
import { mendOf } from "./mend.ts";
import { known, type Missing, mapped, type Part, type Review } from "./model.ts";
import { pagesOf } from "./pages.ts";
import { seenFirst, sentryIssues } from "./sentry.ts";
import { type Week, weekBefore } from "./week.ts";

export interface GatherOptions {
  readonly name: string;
  readonly stack: Stack;
  readonly week: Week;
  readonly drills: Drills | Missing;
  /** Of GitHub: `GITHUB_REPOSITORY`, `GITHUB_TOKEN`, `GITHUB_API_URL`. */
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (line: string) => void;
}

/** The stack's settings leave this out. */
class SwitchedOff extends Error {}

/** Sentry's whole list. */
const SENTRY_MILLISECONDS = 120_000;

export async function gather(options: GatherOptions): Promise<Review> {
  const { name, stack, week, drills } = options;
  const { settings } = stack;
  const before = weekBefore(week);
  const rules = alertingRules(settings);
  const panelOf = panelsIn(rules, week);
  const [[incidents, sentry, drift, readings], history] = await Promise.all([
    askOthers(options),
    askPrometheus(options, { panelOf, alerts: [...new Set(rules.map(({ alert }) => alert))], drills }),
  ]);
  const { counted, unseen, ...sections } = history;
  const budgetUsd = settings.cost.report.enabled ? settings.cost.report.monthlyBudgetUsd : 0;
  const reports = mapped(readings, (known) => costReportsOf(known, week, budgetUsd));
  const findings = {
    stack: name,
    week: {
      ...{ first: week.first, last: week.last, timeZone: week.timeZone },
      from: new Date(week.from).toISOString(),
      to: new Date(week.to).toISOString(),
    },
    pages: mapped(incidents, ({ all }) => pagesOf(all, { week, before, panelOf })),
    ...sections,
    figures: [...figuresOf(known(reports), counted, unseen, dashboardIn(settings, week, executive.uid))],
    remarks: [...remarksOf(known(reports), counted, unseen)],
    costs: "missing" in reports ? reports : costsOf(reports.now),
    drift,
    sentry: mapped(sentry, ({ all }) => seenFirst(all, known(incidents)?.all ?? [])),
  };
  return { ...findings, mend: mendOf(findings) };
}

function askOthers({ name, stack, week, environment, onProgress }: GatherOptions) {
  const { settings } = stack;
  const section = sections(onProgress);
  return Promise.all([
    section("the pager", async () => {
      const all = await incidentsOf(stack, { from: weekBefore(week).from, to: week.to });
      if (all === undefined) throw new SwitchedOff("the stack pages nobody");
      return { all };
    }),
    section("Sentry", async () => {
      if (!settings.sentry.enabled) throw new SwitchedOff("sentry.enabled is false");
      return { all: await sentryIssues(stack, week, AbortSignal.timeout(SENTRY_MILLISECONDS)) };
    }),
    section("GitHub", () => driftIssues(repositoryFrom(environment), name, week)),
    section("costs", () => readingsOf(stack, week, () => accessOf(stack, name))),
  ]);
}

interface OfRules {
  readonly panelOf: (alert: string) => string | undefined;
  /** Names of all that the stack has. */
  readonly alerts: readonly string[];
  readonly drills: Drills | Missing;
}

async function askPrometheus(
  { name, stack, week, onProgress }: GatherOptions,
  { panelOf, alerts, drills }: OfRules,
) {
  let opened: PrometheusApi | undefined;
  const dashboardOf = (slo: string) =>
    dashboardIn(stack.settings, week, `${objectivesDashboard.uid}?var-slo=${slo}`);
  const api = () => {
    if (!stack.settings.metrics.enabled) throw new SwitchedOff("metrics.enabled is false");
    opened ??= new PrometheusApi(accessOf(stack, name));
    return opened;
  };
  const section = sections(onProgress);
  const pair = async <Value>(ask: (of: Week) => Promise<Value>) => ({
    now: await ask(week),
    before: await ask(weekBefore(week)),
  });
  const [firings, untried, budgets, certificates, counted, unseen] = await Promise.all([
    section("what fired", async () => firingsIn(api(), week, panelOf)),
    section("what has not rung", async () => untriedAt(api(), week.to, alerts, drills)),
    section("error budgets", async () =>
      budgetsOf(await objectiveDaysAt(api(), week.to), week.last, dashboardOf),
    ),
    section("certificates", async () => {
      const { uptime } = stack.settings;
      if (!uptime.enabled || !uptime.checkers.includes("blackbox")) {
        throw new SwitchedOff("uptime.checkers has no blackbox, which reads them for Prometheus");
      }
      return certificatesAt(api(), Date.now());
    }),
    section("counters", async () => pair((of) => countedIn(api(), of))),
    section("gaps", async () => pair((of) => unseenIn(api(), of))),
  ]);
  return { firings, untried, budgets, certificates, counted, unseen };
}

/** A function that asks one source: what it answers, or why it does not, in words. */
function sections(onProgress: GatherOptions["onProgress"]) {
  return async <Value extends object>(what: string, ask: () => Promise<Value>): Promise<Part<Value>> => {
    try {
      const found = await ask();
      onProgress(`${what}: asked`);
      return found;
    } catch (error) {
      const missing = messageOf(error);
      onProgress(`${what}: ${missing}`);
      return { missing, ...(error instanceof SwitchedOff && { switchedOff: true }) };
    }
  };
}

/** Those that are about something: the heartbeat always fires. */
function alertingRules(settings: Settings): readonly AlertingRule[] {
  if (!settings.metrics.enabled) return [];
  const { groups } = renderedRules(settings, settings.metrics, {});
  return groups.flatMap(({ rules }) => rules).filter(({ labels }) => labels["severity"] !== "none");
}

/** A function that finds the panel of an alert, at the time of the week. */
function panelsIn(rules: readonly AlertingRule[], week: Week): (alert: string) => string | undefined {
  const panels = new Map(rules.map(({ alert, annotations }) => [alert, annotations["dashboard_url"]]));
  return (alert) => {
    const panel = panels.get(alert);
    return panel && duringWeek(panel, week);
  };
}

/** @param page a dashboard's uid, with what is chosen on it. Undefined where there is no Grafana */
function dashboardIn(settings: Settings, week: Week, page: string): string | undefined {
  const { metrics } = settings;
  return metrics.enabled ? duringWeek(`${publicGrafanaUrl(settings, metrics)}/d/${page}`, week) : undefined;
}

function duringWeek(dashboard: string, { from, to }: Week): string {
  const url = new URL(dashboard);
  url.searchParams.set("from", String(from));
  url.searchParams.set("to", String(to));
  return url.href;
}
