/** What a drill sees: which alerts fire in Prometheus, and what arrived where. */

import type { Email, SlackMessage, TextMessage } from "../services/inbox/model.ts";
import { type AlertId, alertId } from "./alert-id.ts";
import { type Lab, pagerDutyHeaders } from "./lab.ts";

/** Where alerts of a severity are looked for: info reaches nobody, and is to be seen in the last. */
export type Channel = "PagerDuty" | "SMS" | "Slack" | "Email" | "Alertmanager";

/** A message as it arrived. */
export interface Arrival {
  readonly channel: Channel;
  /** Of one incident or group: a later message of it has the same. */
  readonly key: string;
  /** PagerDuty's number of it: an incident that came back has another. */
  readonly incident?: string;
  readonly state: "firing" | "resolved";
  /** Milliseconds since 1970. */
  readonly at: number;
  /** All that it says. */
  readonly text: string;
  /** As the receiver understood it; undefined where it has no such field. */
  readonly severity?: string;
  readonly service?: string;
  readonly links?: readonly string[];
}

/** What was seen of a lab so far. */
export interface Observation {
  /** When each alert fired first, milliseconds since 1970. */
  readonly fired: Map<AlertId, number>;
  /** Alerts that fire now. */
  firing: ReadonlySet<AlertId>;
  /** Alerts that were seen muted by another. */
  readonly muted: Set<AlertId>;
  readonly arrivals: Arrival[];
}

export function newObservation(): Observation {
  return { fired: new Map(), firing: new Set(), muted: new Set(), arrivals: [] };
}

type LabelledAlerts = readonly { readonly labels: Record<string, string> }[];

/** As Alertmanager has it in a group: only there it says what a time interval mutes. */
type KnownAlert = LabelledAlerts[number] & {
  readonly status: { readonly inhibitedBy: readonly string[]; readonly mutedBy?: readonly string[] };
};

/** Adds what is new. @throws where a server does not answer. */
export async function observe(lab: Lab, observation: Observation): Promise<void> {
  const now = Date.now();
  const [prometheus, incidents, messages, emails, texts, alertmanager] = await Promise.all([
    get<{ data: { alerts: (LabelledAlerts[number] & { state: string })[] } }>(
      `${lab.urls.prometheus}/api/v1/alerts`,
    ),
    get<{ incidents: readonly Incident[] }>(`${lab.urls.pagerduty}/incidents?limit=100`, pagerDutyHeaders),
    get<readonly SlackMessage[]>(`${lab.urls.inbox}/local/messages`),
    get<readonly Email[]>(`${lab.urls.inbox}/local/emails`),
    get<readonly TextMessage[]>(`${lab.urls.inbox}/local/texts`),
    get<readonly { readonly alerts: readonly KnownAlert[] }[]>(
      `${lab.urls.alertmanager}/api/v2/alerts/groups`,
    ).then((groups) => groups.flatMap(({ alerts }) => alerts)),
  ]);
  const firing = prometheus.data.alerts.filter(({ state }) => state === "firing");
  observation.firing = new Set(firing.map(idOf));
  for (const id of observation.firing) if (!observation.fired.has(id)) observation.fired.set(id, now);
  const known = new Set(observation.arrivals.map(fingerprint));
  const arrived = [
    ...incidents.incidents.flatMap(ofIncident),
    ...messages.map(ofMessage),
    ...emails.map(ofEmail),
    ...texts.map(ofText),
  ];
  observation.arrivals.push(...arrived.filter((arrival) => !known.has(fingerprint(arrival))));
  for (const alert of alertmanager) {
    const { inhibitedBy, mutedBy = [] } = alert.status;
    if (inhibitedBy.length + mutedBy.length > 0) observation.muted.add(idOf(alert));
  }
  observation.arrivals.push(
    ...changesInAlertmanager(observation.arrivals, new Set(alertmanager.map(idOf)), now),
  );
}

function idOf({ labels }: LabelledAlerts[number]): AlertId {
  return alertId(labels["alertname"] ?? "", labels);
}

async function get<Answer>(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as Answer;
}

function fingerprint({ channel, key, state, at, text }: Arrival): string {
  return JSON.stringify([channel, key, state, at, text]);
}

interface Incident {
  readonly id: string;
  readonly incident_key: string;
  readonly updated_at: string;
  readonly resolved_at: string | null;
  readonly service: { readonly summary: string };
  readonly body: {
    readonly details: { readonly severity?: string; readonly links?: readonly { readonly href: string }[] };
  };
}

/** An incident as it is now; what it said before was seen before. */
function ofIncident({ id, incident_key, updated_at, resolved_at, service, body }: Incident): Arrival[] {
  const { severity, links = [] } = body.details;
  return [
    {
      channel: "PagerDuty",
      key: incident_key,
      incident: id,
      state: resolved_at === null ? "firing" : "resolved",
      at: Date.parse(resolved_at ?? updated_at),
      text: JSON.stringify(body.details),
      service: service.summary,
      links: links.map(({ href }) => href),
      ...(severity !== undefined && { severity }),
    },
  ];
}

function ofMessage({ receivedAt, title, text, color }: SlackMessage): Arrival {
  return {
    channel: "Slack",
    key: title,
    state: color === "good" ? "resolved" : stateIn(title),
    at: Date.parse(receivedAt),
    text: `${title}\n${text}`,
  };
}

function ofEmail({ receivedAt, subject, text, html }: Email): Arrival {
  const at = Date.parse(receivedAt);
  return {
    channel: "Email",
    key: subject,
    state: stateIn(subject),
    at,
    text: `${subject}\n${text}\n${html}`,
  };
}

function ofText({ receivedAt, to, text }: TextMessage): Arrival {
  return { channel: "SMS", key: to, state: stateIn(text), at: Date.parse(receivedAt), text };
}

/** As Alertmanager's templates and CloudWatch's messages say it. */
function stateIn(text: string): Arrival["state"] {
  return /\bresolved\b|"NewStateValue":"OK"/i.test(text) ? "resolved" : "firing";
}

/** Alertmanager shows what is active; its coming and going are the messages. */
function changesInAlertmanager(
  before: readonly Arrival[],
  active: ReadonlySet<AlertId>,
  at: number,
): Arrival[] {
  const last = new Map(
    before.flatMap(({ channel, key, state }) => (channel === "Alertmanager" ? [[key, state] as const] : [])),
  );
  const arrival = (key: AlertId, state: Arrival["state"]): Arrival => ({
    channel: "Alertmanager",
    key,
    state,
    at,
    text: key,
  });
  return [
    ...[...active].filter((id) => last.get(id) !== "firing").map((id) => arrival(id, "firing")),
    ...[...last]
      .filter(([id, state]) => state === "firing" && !active.has(id))
      .map(([id]) => arrival(id, "resolved")),
  ];
}
