import { badge, html, page, table } from "../html.ts";
import { ORGANIZATION, type State } from "./model.ts";

const SHOWN_EVENTS = 50;

/** Projects, their alerts and the last events. Secrets of keys are not shown. */
export function sentryPage(state: State, now: Date): string {
  return page({
    title: "Sentry (simulated)",
    subtitle: `Local stack, organization ${ORGANIZATION.name}. ${now.toISOString()}`,
    accent: "#6a5fc1",
    refresh: 10,
    body: html`
<h2>Last events</h2>${eventTable(state)}
<h2>Projects</h2>${projectTable(state)}
<h2>Alerts</h2>${alertTable(state)}`,
  });
}

function eventTable(state: State) {
  const rows = state.events
    .slice(-SHOWN_EVENTS)
    .toReversed()
    .map((event) => [
      event.receivedAt,
      badge(event.level ?? event.type),
      event.title,
      event.project,
      event.environment,
    ]);
  return table(["Received", "", "Title", "Project", "Environment"], rows, "No event so far.");
}

function projectTable(state: State) {
  const rows = Object.values(state.projects).map((project) => [
    html`<span id="${project.slug}">${project.name}</span> <small>${project.slug}</small>`,
    project.platform,
    project.teams.join(", "),
    Object.values(state.keys)
      .filter((key) => key.project === project.slug)
      .map((key) => html`<div>${key.name} <code>${key.id}</code></div>`),
  ]);
  return table(["Project", "Platform", "Teams", "Keys (public part)"], rows, "No project yet.");
}

function alertTable(state: State) {
  const issues = Object.values(state.issueAlerts).map((alert) => [
    alert.name,
    "issue",
    alert.project,
    `${alert.conditions.length} conditions, ${alert.filters.length} filters, ${alert.actions.length} actions`,
  ]);
  const metrics = Object.values(state.metricAlerts).map((alert) => [
    alert.name,
    "metric",
    alert.project,
    html`<code>${alert.aggregate}</code> over ${alert.timeWindow} min: ${alert.triggers.map(
      (trigger) => html`${badge(trigger.label)} ${trigger.alertThreshold} `,
    )}`,
  ]);
  return table(["Alert", "Kind", "Project", "What"], [...issues, ...metrics], "No alert yet.");
}
