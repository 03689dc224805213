/** Where the local stack's warnings arrive: an incoming webhook as Slack's, and a page that shows what came. */
import { join } from "node:path";
import { html, page, table } from "../html.ts";
import { listen, newApplication, type RunningServer } from "../http-server.ts";
import { JsonStore } from "../json-store.ts";

/** A message as Alertmanager and most tools send it to a Slack webhook. */
export interface SlackMessage {
  readonly receivedAt: string;
  readonly channel: string;
  readonly title: string;
  readonly text: string;
  /** As sent: `danger` and `good`, Alertmanager's for firing and resolved, or a hex code. "" where none was. */
  readonly color: string;
}

interface Inbox {
  messages: SlackMessage[];
}

/** Older messages are dropped. */
const MOST_MESSAGES = 500;

interface SlackPayload {
  readonly channel?: string;
  readonly text?: string;
  readonly attachments?: readonly {
    readonly title?: string;
    readonly text?: string;
    readonly fallback?: string;
    readonly color?: string;
  }[];
}

/** Slack's webhook refuses a payload that would show nothing. */
function toMessage({ channel, text, attachments = [] }: SlackPayload, now: Date): SlackMessage | undefined {
  const [first] = attachments;
  const title = first?.title ?? first?.fallback ?? text;
  if (!title) return undefined;
  return {
    receivedAt: now.toISOString(),
    channel: channel ?? "",
    title,
    text: first?.text ?? text ?? "",
    color: first?.color ?? "",
  };
}

export interface InboxOptions {
  /** 0 takes any free one. */
  readonly port: number;
  readonly dataFolder: string;
  readonly now?: () => Date;
}

/** @throws where the port is taken. */
export function startInbox({
  port,
  dataFolder,
  now = () => new Date(),
}: InboxOptions): Promise<RunningServer> {
  const store = new JsonStore<Inbox>(join(dataFolder, "inbox.json"), () => ({ messages: [] }));
  const app = newApplication();

  app.post<{ Body: SlackPayload }>("/services/*", (request, reply) => {
    const message = toMessage(request.body ?? {}, now());
    if (!message) return reply.code(400).type("text/plain").send("no_text");
    store.state.messages = [...store.state.messages, message].slice(-MOST_MESSAGES);
    store.save();
    return reply.type("text/plain").send("ok");
  });
  app.get("/local/messages", () => store.state.messages);
  app.get("/", (_request, reply) => reply.type("text/html").send(inboxPage(store.state.messages)));

  return listen(app, "Inbox", port);
}

function inboxPage(messages: readonly SlackMessage[]): string {
  return page({
    title: "Inbox",
    subtitle: "What the local stack sent to Slack, newest first",
    accent: "#611f69",
    refresh: 10,
    body: table(
      ["When", "Channel", "Message", ""],
      messages
        .toReversed()
        .map((message) => [
          message.receivedAt,
          message.channel,
          message.title,
          html`<small>${message.text}</small>`,
        ]),
      "Nothing yet.",
    ),
  });
}
