/** What the inbox keeps: everything that the local stack sends to people, but for pages. */
import type { JsonStore } from "../shared/json-store.ts";

/** A message as Alertmanager and most tools send it to a Slack webhook. */
export interface SlackMessage {
  readonly receivedAt: string;
  readonly channel: string;
  readonly title: string;
  readonly text: string;
  /** As sent: `danger` and `good`, Alertmanager's for firing and resolved, or a hex code. "" where none was. */
  readonly color: string;
}

export interface Email {
  readonly receivedAt: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  /** Its plain part. */
  readonly text: string;
  /** "" where it has none. */
  readonly html: string;
}

export interface TextMessage {
  readonly receivedAt: string;
  /** E.164. */
  readonly to: string;
  readonly text: string;
}

export interface Inbox {
  messages: SlackMessage[];
  emails: Email[];
  texts: TextMessage[];
}

export type InboxStore = JsonStore<Inbox>;

/** Older ones are dropped, of each kind. */
const MOST = 500;

/** Adds a message and saves. */
export function keep<Kind extends keyof Inbox>(
  store: InboxStore,
  kind: Kind,
  message: Inbox[Kind][number],
): void {
  const all: Inbox[Kind][number][] = store.state[kind];
  all.push(message);
  all.splice(0, all.length - MOST);
  store.save();
}
