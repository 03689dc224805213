/** An event of the Events API v2, as senders write it. */
import { z } from "zod";

const required = z.string("is missing or blank").min(1, "is missing or blank");
const common = {
  routing_key: required.length(32, "is of the wrong length (should be 32 characters)"),
  client: z.string().optional(),
  client_url: z.string().optional(),
  links: z.array(z.object({ href: z.string(), text: z.string().optional() })).optional(),
  images: z.array(z.object({ src: z.string() })).optional(),
};

export const event = z.discriminatedUnion(
  "event_action",
  [
    z.object({
      ...common,
      event_action: z.literal("trigger"),
      dedup_key: z.string().max(255, "must be 255 characters or fewer").optional(),
      payload: z.object(
        {
          summary: required,
          source: required,
          severity: z.enum(
            ["critical", "error", "warning", "info"],
            "must be critical, error, warning or info",
          ),
          timestamp: z.string().optional(),
          component: z.string().optional(),
          group: z.string().optional(),
          class: z.string().optional(),
          custom_details: z.unknown().optional(),
        },
        "is missing or blank",
      ),
    }),
    z.object({ ...common, event_action: z.literal("acknowledge"), dedup_key: required }),
    z.object({ ...common, event_action: z.literal("resolve"), dedup_key: required }),
  ],
  "must be trigger, acknowledge or resolve",
);

export type Event = z.infer<typeof event>;
export type Trigger = Extract<Event, { event_action: "trigger" }>;
