/** What was published to the emulator's topics. */
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

const data = z.object({
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
export async function readTopics(url: string): Promise<readonly EmulatedTopic[]> {
  const { sns } = data.parse(await listing(`${url}/moto-api/data.json`));
  return (sns?.Topic ?? []).map(({ arn, sent_notifications }) => {
    const [, , , region = "", , name = ""] = arn.split(":");
    const messages = sent_notifications.map(([id, message, subject]) => ({
      id,
      message,
      subject: subject ?? "",
    }));
    return { arn, name, region, messages };
  });
}

async function listing(url: string): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url);
    if (response.ok) return response.json();
    await response.arrayBuffer();
    if (attempt === ATTEMPTS) throw new Error(`the AWS emulator answered ${response.status} at ${url}`);
  }
}
