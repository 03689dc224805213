/**
 * Where the local stack's messages to people arrive: an incoming webhook as Slack's, a mail server, a telephone network
 * (`POST /local/texts`, for what plays SNS's part), and a page that shows what came.
 */
import { join } from "node:path";
import { listen, newApplication, type RunningServer } from "../shared/http-server.ts";
import { JsonStore } from "../shared/json-store.ts";
import { startMailServer } from "./mail.ts";
import { type Inbox, keep, type SlackMessage } from "./model.ts";
import { inboxPage } from "./page.ts";

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
  /** 0 takes any free one. */
  readonly mailPort: number;
  readonly dataFolder: string;
  readonly now?: () => Date;
}

export interface RunningInbox extends RunningServer {
  /** `127.0.0.1:<port>` of the mail server. */
  readonly mailAddress: string;
}

/** @throws where a port is taken. */
export async function startInbox({
  port,
  mailPort,
  dataFolder,
  now = () => new Date(),
}: InboxOptions): Promise<RunningInbox> {
  const store = new JsonStore<Inbox>(join(dataFolder, "inbox.json"), () => ({
    messages: [],
    emails: [],
    texts: [],
  }));
  const app = newApplication();

  app.post<{ Body: SlackPayload }>("/services/*", (request, reply) => {
    const message = toMessage(request.body ?? {}, now());
    if (!message) return reply.code(400).type("text/plain").send("no_text");
    keep(store, "messages", message);
    return reply.type("text/plain").send("ok");
  });
  app.post<{ Body: { to: string; text: string } }>("/local/texts", (request, reply) => {
    const { to, text } = request.body;
    keep(store, "texts", { receivedAt: now().toISOString(), to, text });
    return reply.code(204).send();
  });
  app.get("/local/messages", () => store.state.messages);
  app.get("/local/emails", () => store.state.emails);
  app.get("/local/texts", () => store.state.texts);
  app.get("/", (_request, reply) => reply.type("text/html").send(inboxPage(store.state)));

  const server = await listen(app, "Inbox", port);
  try {
    const mail = await startMailServer(mailPort, store, now);
    return {
      url: server.url,
      mailAddress: mail.address,
      stop: async () => {
        await mail.stop();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
