/** The page that shows what arrived. */
import { html, page, table } from "../shared/html.ts";
import type { Inbox } from "./model.ts";

interface Row {
  readonly receivedAt: string;
  readonly channel: string;
  readonly to: string;
  readonly title: string;
  readonly text: string;
}

export function inboxPage({ messages, emails, texts }: Inbox): string {
  const rows: Row[] = [
    ...messages.map(({ channel, ...message }) => ({ ...message, channel: "Slack", to: channel })),
    ...emails.map(({ to, subject, ...email }) => ({
      ...email,
      channel: "Email",
      to: to.join(", "),
      title: subject,
    })),
    ...texts.map((text) => ({ ...text, channel: "SMS", title: "" })),
  ];
  return page({
    title: "Inbox",
    subtitle: "What the local stack sent to Slack, by email and to phones, newest first",
    accent: "#611f69",
    refresh: 10,
    body: table(
      ["When", "Channel", "To", "Message", ""],
      rows
        .toSorted((a, b) => b.receivedAt.localeCompare(a.receivedAt))
        .map(({ receivedAt, channel, to, title, text }) => [
          receivedAt,
          channel,
          to,
          title,
          html`<small>${text}</small>`,
        ]),
      "Nothing yet.",
    ),
  });
}
