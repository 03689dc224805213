import { badge, html, page, table } from "../../shared/html.ts";
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
<h2>Who was told</h2>${notificationTable(state)}
<h2>Last events</h2>${eventTable(state)}
<h2>Projects</h2>${projectTable(state)}
<h2>Monitors and alerts</h2>${alertTable(state)}`,
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

function alertTable({ detectors, workflows }: State) {
  const monitors = Object.values(detectors).flatMap(({ name, project, dataSource, conditionGroup }) => {
    const limits = (conditionGroup?.conditions ?? []).map(
      ({ conditionResult, comparison }) =>
        html`${badge(conditionResult === 0 ? "ends" : conditionResult === 75 ? "critical" : "warning")} ${String(comparison)} `,
    );
    if (!dataSource) return [];
    const minutes = dataSource.timeWindow / 60;
    return [
      [name, "monitor", project, html`<code>${dataSource.aggregate}</code> over ${minutes} min: ${limits}`],
    ];
  });
  const alerts = Object.values(workflows).map(
    ({ name, detectorIds, triggers, actionFilters, lastTriggered }) => [
      name,
      "alert",
      [...new Set(detectorIds.map((id) => detectors[id]?.project ?? "?"))].join(", "),
      `${triggers.conditions.map(({ type }) => type).join(", ") || "any event"}; tells ${actionFilters
        .flatMap(({ actions }) => actions.map(({ type }) => type))
        .join(", ")}${lastTriggered ? `; last rang ${lastTriggered}` : ""}`,
    ],
  );
  return table(["Name", "Kind", "Project", "What"], [...monitors, ...alerts], "No alert yet.");
}

function notificationTable({ notifications }: State) {
  const rows = notifications
    .slice(-SHOWN_EVENTS)
    .toReversed()
    .map(({ at, state, alert, issue, action, to }) => [at, badge(state), alert, issue, `${action}: ${to}`]);
  return table(["At", "", "Alert", "Issue", "Told"], rows, "Nobody was told of anything.");
}
