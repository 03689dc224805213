/** What a drill sees: which alerts fire in Prometheus, and what arrived where. */
import { inSeconds } from "../../catalog/duration.ts";
import type { Email, SlackMessage, TextMessage } from "../platforms/inbox/model.ts";
import { type AlertId, alertId, alertOf } from "./alert-id.ts";
import { askJson } from "./ask.ts";
import type { Lab } from "./lab.ts";
import { pagerDutyHeaders } from "./lab-pagerduty.ts";

export type Channel = "PagerDuty" | "SMS" | "Slack" | "Email";

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
  /** Since when each watched alert would be pending, and is held back; milliseconds since 1970. */
  readonly heldBackSince: Map<AlertId, number>;
  /** Watched alerts that were held back for longer than they have to hold: they would have fired. */
  readonly heldBack: Set<AlertId>;
  readonly arrivals: Arrival[];
}

export function newObservation(): Observation {
  return {
    fired: new Map(),
    firing: new Set(),
    heldBackSince: new Map(),
    heldBack: new Set(),
    arrivals: [],
  };
}

type LabelledAlerts = readonly { readonly labels: Record<string, string> }[];

/**
 * Adds what is new.
 * @param watched alerts that something is to hold back
 * @throws BrokenLab where a server does not answer
 */
export async function observe(
  lab: Lab,
  observation: Observation,
  watched: readonly AlertId[] = [],
): Promise<void> {
  const now = Date.now();
  const [prometheus, incidents, messages, emails, texts, holding] = await Promise.all([
    askJson<{ data: { alerts: (LabelledAlerts[number] & { state: string })[] } }>(
      "Prometheus",
      `${lab.urls.prometheus}/api/v1/alerts`,
    ),
    askJson<{ incidents: readonly Incident[] }>(
      "the simulated PagerDuty",
      `${lab.urls.pagerduty}/incidents?limit=100`,
      { headers: pagerDutyHeaders },
    ),
    askJson<readonly SlackMessage[]>("the inbox", `${lab.urls.inbox}/local/messages`),
    askJson<readonly Email[]>("the inbox", `${lab.urls.inbox}/local/emails`),
    askJson<readonly TextMessage[]>("the inbox", `${lab.urls.inbox}/local/texts`),
    whatHolds(lab, watched),
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
  const pending = new Set(prometheus.data.alerts.map(idOf));
  for (const id of watched) {
    if (holding.has(id) && !pending.has(id)) noteHeldBack(lab, observation, id, now);
    else observation.heldBackSince.delete(id);
  }
}

/** Those of the alerts whose own expression, without what holds them back, is true now. */
async function whatHolds(lab: Lab, watched: readonly AlertId[]): Promise<ReadonlySet<AlertId>> {
  const answers = await Promise.all(
    watched.map(async (id) => {
      const values = await query(lab, lab.expressionOf(alertOf(id)));
      return values.length > 0 ? [id] : [];
    }),
  );
  return new Set(answers.flat());
}

function noteHeldBack(lab: Lab, { heldBackSince, heldBack }: Observation, id: AlertId, now: number): void {
  const since = heldBackSince.get(id) ?? now;
  heldBackSince.set(id, since);
  if ((now - since) / 1000 > inSeconds(alertOf(id).holdFor) / lab.factor) heldBack.add(id);
}

function idOf({ labels }: LabelledAlerts[number]): AlertId {
  return alertId(labels["alertname"] ?? "", labels);
}

/** The values that an expression has now, in the Prometheus that evaluates the rules. */
export async function query(lab: Lab, expression: string): Promise<readonly number[]> {
  const url = `${lab.urls.prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`;
  const answer = await askJson<{ data: { result: readonly { value: readonly [number, string] }[] } }>(
    "Prometheus",
    url,
  );
  return answer.data.result.map(({ value }) => Number(value[1]));
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
