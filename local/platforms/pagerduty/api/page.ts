import { badge, html, page, table } from "../../shared/html.ts";
import type { Incident, State } from "./model.ts";
import { onCall } from "./on-call.ts";

const SHOWN_INCIDENTS = 50;

/** What a person on call wants to see: who is it now, what is open, what can ring. */
export function pagerDutyPage(state: State, at: number): string {
  return page({
    title: "PagerDuty (simulated)",
    subtitle: `Local stack, no one is really paged. ${new Date(at).toISOString()}`,
    accent: "#06ac38",
    refresh: 10,
    body: html`
<h2>On call now</h2>${onCallTable(state, at)}
<h2>Incidents</h2>${incidentTable(state)}
<h2>Services</h2>${serviceTable(state)}`,
  });
}

function onCallTable(state: State, at: number) {
  const rows = Object.values(state.escalation_policies).flatMap((policy) =>
    onCall(state, policy, at).map(({ level, schedule, user }) => [
      html`<span id="${policy.id}">${policy.name}</span>`,
      level,
      html`${user.name} <small>${user.email}</small>`,
      schedule ? html`<span id="${schedule.id}">${schedule.name}</span>` : "named directly",
    ]),
  );
  return table(["Escalation policy", "Level", "Who", "By"], rows, "No escalation policy yet.");
}

function incidentTable(state: State) {
  const openFirst = Object.values(state.incidents)
    .toSorted(
      (a, b) => Number(isResolved(a)) - Number(isResolved(b)) || b.incident_number - a.incident_number,
    )
    .slice(0, SHOWN_INCIDENTS);
  const rows = openFirst.map((incident) => [
    html`<span id="${incident.id}">#${incident.incident_number}</span>`,
    badge(incident.status),
    html`${incident.title}<br><small>${incident.alerts} events, key <code>${incident.incident_key}</code></small>`,
    incident.service.summary,
    incident.urgency,
    incident.assignments.map(({ assignee }) => assignee.summary).join(", "),
    html`${incident.created_at}${incident.resolved_at && html`<br><small>resolved ${incident.resolved_at}</small>`}`,
  ]);
  return table(
    ["", "Status", "Title", "Service", "Urgency", "Assigned to", "Opened"],
    rows,
    "No incident so far.",
  );
}

function isResolved(incident: Incident): boolean {
  return incident.status === "resolved";
}

function serviceTable(state: State) {
  const rows = Object.values(state.services).map((service) => [
    html`<span id="${service.id}">${service.name}</span><br><small>${service.description}</small>`,
    state.escalation_policies[service.escalation_policy.id]?.name,
    Object.values(state.integrations)
      .filter((integration) => integration.service.id === service.id)
      .map((integration) => html`<div id="${integration.id}">${integration.name}</div>`),
    service.last_incident_timestamp ?? "never",
  ]);
  return table(["Service", "Escalation policy", "Integrations", "Last incident"], rows, "No service yet.");
}
