/** SNS's and SES's deliveries to people: the emulator calls http subscribers itself, and forgets email and SMS. */
import { ListSubscriptionsByTopicCommand, type SNSClient, type Subscription } from "@aws-sdk/client-sns";
import { createTransport } from "nodemailer";
import type { EmulatedTopic, PublishedMessage, TakenEmail } from "./taken.ts";

/** Where email and SMS go. */
export interface PeoplesInbox {
  /** `http://127.0.0.1:<port>` of the inbox. */
  readonly url: string;
  /** `127.0.0.1:<port>` of its mail server. */
  readonly mailAddress: string;
}

export async function deliver(
  sns: SNSClient,
  topic: EmulatedTopic,
  message: PublishedMessage,
  inbox: PeoplesInbox,
): Promise<void> {
  const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topic.arn }));
  for (const subscription of Subscriptions) await send(subscription, topic, message, inbox);
}

/** What SES took, as it is. */
export async function deliverEmail(
  { from, to, raw }: TakenEmail,
  { mailAddress }: PeoplesInbox,
): Promise<void> {
  await createTransport(`smtp://${mailAddress}`).sendMail({ envelope: { from, to: [...to] }, raw });
}

async function send(
  { Protocol, Endpoint = "" }: Subscription,
  { name }: EmulatedTopic,
  { message, subject }: PublishedMessage,
  { url, mailAddress }: PeoplesInbox,
): Promise<void> {
  if (Protocol === "sms") {
    // SNS puts the topic's display name, here its name, in front.
    const body = JSON.stringify({ to: Endpoint, text: `${name}> ${message}` });
    const headers = { "Content-Type": "application/json" };
    await fetch(`${url}/local/texts`, { method: "POST", headers, body });
  }
  if (Protocol === "email") {
    await createTransport(`smtp://${mailAddress}`).sendMail({
      from: "AWS Notifications <no-reply@sns.amazonaws.com>",
      to: Endpoint,
      subject: subject || "AWS Notification Message",
      text: message,
    });
  }
}
