/** What the emulator has taken and nobody has got yet: messages of topics, and emails. */
import { z } from "zod";

export interface PublishedMessage {
  readonly id: string;
  readonly message: string;
  /** "" where it has none. */
  readonly subject: string;
}

export interface EmulatedTopic {
  readonly arn: string;
  readonly name: string;
  readonly region: string;
  /** Oldest first. */
  readonly messages: readonly PublishedMessage[];
}

export interface TakenEmail {
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  /** The whole message, MIME. */
  readonly raw: string;
}

export interface Taken {
  readonly topics: readonly EmulatedTopic[];
  /** Oldest first. Only those that were sent whole: of others the emulator keeps but a part. */
  readonly emails: readonly TakenEmail[];
}

const data = z.object({
  ses: z
    .object({
      RawMessage: z
        .array(
          z.object({
            id: z.string(),
            source: z.string(),
            destinations: z.array(z.string()),
            raw_data: z.string(),
          }),
        )
        .default([]),
    })
    .optional(),
  sns: z
    .object({
      Topic: z
        .array(
          z.object({
            arn: z.string(),
            sent_notifications: z.array(
              z.tuple([z.string(), z.string(), z.string().nullish()]).rest(z.unknown()),
            ),
          }),
        )
        .default([]),
    })
    .optional(),
});

/** The listing fails now and then, where something changes meanwhile. */
const ATTEMPTS = 3;

/** The emulator lists topics that were deleted, too; one that was made again is there twice. */
export async function readTaken(url: string): Promise<Taken> {
  const { sns, ses } = data.parse(await listing(`${url}/moto-api/data.json`));
  const topics = (sns?.Topic ?? []).map(({ arn, sent_notifications }) => {
    const [, , , region = "", , name = ""] = arn.split(":");
    const messages = sent_notifications.map(([id, message, subject]) => ({
      id,
      message,
      subject: subject ?? "",
    }));
    return { arn, name, region, messages };
  });
  const emails = (ses?.RawMessage ?? []).map(({ id, source, destinations, raw_data }) => ({
    id,
    from: source,
    // Named by the caller and in the message's own headers.
    to: [...new Set(destinations)],
    raw: raw_data,
  }));
  return { topics, emails };
}

async function listing(url: string): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url);
    if (response.ok) return response.json();
    await response.arrayBuffer();
    if (attempt === ATTEMPTS) throw new Error(`the AWS emulator answered ${response.status} at ${url}`);
  }
}
