/** Where senders send: the Events API v2, and the address that a CloudWatch integration has for SNS messages. */
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { parameter } from "../../shared/http-server.ts";
import { problems } from "./errors.ts";
import { type Event, event } from "./event.ts";
import { takeEvent } from "./incidents.ts";
import type { Store } from "./model.ts";

export function eventsApi(app: FastifyInstance, store: Store, now: () => number): void {
  const take = (taken: Event): object | undefined => {
    const dedupKey = takeEvent(store.state, taken, now());
    if (dedupKey === undefined) return undefined;
    store.save();
    return { status: "success", message: "Event processed", dedup_key: dedupKey };
  };

  app.post("/v2/enqueue", async (request, reply) => {
    const parsed = event.safeParse(request.body);
    if (!parsed.success) return reply.code(400).send(refusal(problems(parsed.error)));
    const answer = take(parsed.data);
    return answer ? reply.code(202).send(answer) : reply.code(400).send(refusal(["Invalid routing key"]));
  });

  app.post("/integration/:key/enqueue", async (request, reply) => {
    const body = typeof request.body === "string" ? json(request.body) : request.body;
    const message = snsMessage.safeParse(body);
    if (!message.success) return reply.code(400).send(refusal(problems(message.error)));
    // SNS asks once whether messages may come.
    if (message.data.Type !== "Notification") return { status: "success" };
    const answer = take(eventOf(message.data, parameter(request, "key")));
    return answer ? reply.code(202).send(answer) : reply.code(400).send(refusal(["Invalid integration key"]));
  });
}

function refusal(errors: readonly string[]): object {
  return { status: "invalid event", message: "Event object is invalid", errors };
}

const snsMessage = z.object({
  Type: z.enum(["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"]),
  MessageId: z.string().optional(),
  TopicArn: z.string().default("sns"),
  Subject: z.string().nullish(),
  Message: z.string().default(""),
});

const cloudWatchAlarm = z.looseObject({
  AlarmName: z.string(),
  AlarmArn: z.string().optional(),
  NewStateValue: z.enum(["ALARM", "OK", "INSUFFICIENT_DATA"]),
  NewStateReason: z.string().default(""),
});

/** An alarm opens the incident of its name and ends it when it is OK again; any other message opens one of its own. */
function eventOf(
  { MessageId, TopicArn, Subject, Message }: z.infer<typeof snsMessage>,
  routing_key: string,
): Event {
  const alarm = cloudWatchAlarm.safeParse(json(Message)).data;
  const dedup_key = alarm?.AlarmArn ?? alarm?.AlarmName ?? MessageId;
  if (alarm?.NewStateValue === "OK" && dedup_key) return { event_action: "resolve", routing_key, dedup_key };
  return {
    event_action: "trigger",
    routing_key,
    dedup_key,
    payload: {
      summary: alarm ? `${alarm.AlarmName}: ${alarm.NewStateReason}` : (Subject ?? Message).slice(0, 1024),
      source: TopicArn,
      severity: "critical",
      custom_details: alarm ?? Message,
    },
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
