/**
 * What Alertmanager really delivered, as its event recorder wrote it down: versions 0.33 to 0.35, of several instances
 * together. It tells a delivery only once it has succeeded.
 * @see https://prometheus.io/docs/alerting/latest/configuration/#event_recorder
 */
import { z } from "zod";
import { parseJson } from "../../toolkit/json.ts";

export type Labels = Readonly<Record<string, string>>;

/** A message that an integration took. */
export interface Delivery {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly receiver: string;
  /** Kind of the integration, such as `pagerduty` or `sns`, and which of its kind in the receiver. */
  readonly integration: { readonly name: string; readonly index: number };
  /** The group's hash: for PagerDuty, the key of the report in its incident. */
  readonly group: string;
  /** Labels of the alerts that it said fire. */
  readonly firing: readonly Labels[];
  /** Of those that it said, or would have said, are over: whether that is sent is the integration's setting. */
  readonly resolved: readonly Labels[];
}

export interface ReadDeliveries {
  /** In order. */
  readonly deliveries: readonly Delivery[];
  /** Lines that could not be read: the last one of a file may be half a line. */
  readonly unreadable: number;
}

const pairs = z.array(z.object({ key: z.string(), value: z.string().default("") }));
/** A map; in 0.33 a list of pairs. */
const labelSet = z.union([
  z
    .object({ labels: pairs })
    .transform(({ labels }): Labels => Object.fromEntries(labels.map(({ key, value }) => [key, value]))),
  z.record(z.string(), z.string()),
]);
/** Lists name an alert by its fingerprint, in 0.33 by its hash. */
const reference = z
  .looseObject({ fingerprint: z.string().optional(), hash: z.string().optional() })
  .transform(({ fingerprint, hash }) => fingerprint ?? hash ?? "");
const alert = z
  .looseObject({
    fingerprint: z.string().optional(),
    hash: z.string().optional(),
    details: z.looseObject({ labels: labelSet.default({}) }).optional(),
  })
  .transform(({ fingerprint, hash, details }) => ({
    name: fingerprint ?? hash ?? "",
    labels: details?.labels ?? {},
  }));
const line = z.looseObject({
  "@timestamp": z.iso.datetime({ offset: true }),
  data: z.looseObject({
    notification: z
      .looseObject({
        alerts: z.array(alert).default([]),
        firingAlerts: z.array(reference).default([]),
        resolvedAlerts: z.array(reference).default([]),
        groupInfo: z.looseObject({ groupId: z.string(), receiverName: z.string() }),
        // What is zero is left out.
        integration: z.looseObject({ name: z.string(), index: z.coerce.number().default(0) }),
      })
      .optional(),
  }),
});

/** @param texts what the recorders of all instances wrote, in any order */
export function readDeliveries(texts: readonly string[]): ReadDeliveries {
  const lines = texts.flatMap((text) => text.split("\n")).filter((each) => each.trim() !== "");
  const read = lines.map((each) => line.safeParse(parseJson(each)));
  return {
    deliveries: read
      .flatMap(({ data }) =>
        data?.data.notification ? [deliveryOf(data["@timestamp"], data.data.notification)] : [],
      )
      .toSorted((left, right) => left.at - right.at),
    unreadable: read.filter(({ success }) => !success).length,
  };
}

type Notification = NonNullable<z.output<typeof line>["data"]["notification"]>;

function deliveryOf(
  time: string,
  { alerts, firingAlerts, resolvedAlerts, groupInfo, integration }: Notification,
): Delivery {
  const labels = new Map(alerts.map((each) => [each.name, each.labels]));
  const named = (names: readonly string[]) => names.map((name) => labels.get(name) ?? {});
  return {
    at: Date.parse(time),
    receiver: groupInfo.receiverName,
    integration: { name: integration.name, index: integration.index },
    group: groupInfo.groupId,
    firing: named(firingAlerts),
    resolved: named(resolvedAlerts),
  };
}

/** A group that an integration was told of, from the first time that something in it fired until nothing did. */
export interface ToldGroup extends Pick<Delivery, "receiver" | "integration" | "group"> {
  /** Milliseconds since 1970. */
  readonly from: number;
  /** Undefined where its end was not told. */
  readonly to: number | undefined;
  /** Labels of all that fired in it. */
  readonly alerts: readonly Labels[];
}

/** @param deliveries in order */
export function toldGroups(deliveries: readonly Delivery[]): readonly ToldGroup[] {
  const open = new Map<string, ToldGroup>();
  const over: ToldGroup[] = [];
  for (const { at, receiver, integration, group, firing } of deliveries) {
    const key = [receiver, integration.name, integration.index, group].join(" ");
    const told = open.get(key);
    if (firing.length > 0) {
      const alerts = [...(told?.alerts ?? []), ...firing];
      open.set(key, {
        receiver,
        integration,
        group,
        from: told?.from ?? at,
        to: undefined,
        alerts: unique(alerts),
      });
    } else if (told) {
      over.push({ ...told, to: at });
      open.delete(key);
    }
  }
  return [...over, ...open.values()].toSorted((left, right) => left.from - right.from);
}

function unique(alerts: readonly Labels[]): readonly Labels[] {
  const byText = (labels: Labels) => JSON.stringify(Object.entries(labels).toSorted());
  return [...new Map(alerts.map((labels) => [byText(labels), labels])).values()];
}
