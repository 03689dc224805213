import { z } from "zod";
import type { Properties } from "../../../../toolkit/property-values.ts";
import type { RestClient } from "../../shared/rest/client.ts";
import { camelCaseKeys, snakeCaseKeys } from "../../shared/rest/text.ts";
import {
  description,
  id,
  oneOf,
  printableName,
  secondsText,
  timeOfDay,
  timeZone,
  wholeNumber,
} from "./inputs.ts";
import { type ApiObject, collectionResource, idOf, reference } from "./resource.ts";

const urgency = oneOf("high", "low", "severity_based");
const urgencyByHours = z.strictObject({ type: oneOf("constant").optional(), urgency: urgency.optional() });

const incidentUrgencyRule = z
  .strictObject({
    type: oneOf("constant", "use_support_hours"),
    urgency: urgency.optional(),
    duringSupportHours: urgencyByHours.optional(),
    outsideSupportHours: urgencyByHours.optional(),
  })
  .superRefine(({ type, urgency, duringSupportHours, outsideSupportHours }, context) => {
    const refuse = (property: string, message: string) =>
      context.addIssue({ code: "custom", path: [property], message });
    const byHours = type === "use_support_hours";
    if (byHours && urgency !== undefined) refuse("urgency", "can't be set for type use_support_hours");
    if (byHours && !duringSupportHours)
      refuse("duringSupportHours", "is required for type use_support_hours");
    if (byHours && !outsideSupportHours)
      refuse("outsideSupportHours", "is required for type use_support_hours");
    if (!byHours && urgency === undefined) refuse("urgency", "is required for type constant");
  });

const alertGroupingParameters = z.strictObject({
  type: oneOf("time", "intelligent", "content_based").optional(),
  config: z
    .strictObject({
      timeout: wholeNumber(0).optional(),
      aggregate: oneOf("all", "any").optional(),
      fields: z.array(z.string()).optional(),
    })
    .optional(),
});

const inputs = z
  .strictObject({
    name: printableName,
    description,
    escalationPolicy: id,
    acknowledgementTimeout: secondsText.default("1800"),
    autoResolveTimeout: secondsText.default("14400"),
    alertCreation: oneOf("create_incidents", "create_alerts_and_incidents").default("create_incidents"),
    alertGrouping: oneOf("time", "intelligent", "rules").optional(),
    alertGroupingTimeout: secondsText.optional(),
    alertGroupingParameters: alertGroupingParameters.optional(),
    incidentUrgencyRule: incidentUrgencyRule.optional(),
    supportHours: z
      .strictObject({
        type: oneOf("fixed_time_per_day").optional(),
        timeZone: timeZone.optional(),
        startTime: timeOfDay.optional(),
        endTime: timeOfDay.optional(),
        daysOfWeeks: z.array(wholeNumber(1, 7)).max(7).optional(),
      })
      .optional(),
    scheduledActions: z
      .array(
        z.strictObject({
          type: oneOf("urgency_change").optional(),
          toUrgency: oneOf("high", "low").optional(),
          ats: z
            .array(z.strictObject({ type: oneOf("named_time").optional(), name: z.string().optional() }))
            .length(1, "must have one entry")
            .optional(),
        }),
      )
      .optional(),
  })
  .superRefine((service, context) => {
    for (const old of ["alertGrouping", "alertGroupingTimeout"] as const) {
      if (service.alertGroupingParameters && service[old] !== undefined) {
        context.addIssue({ code: "custom", path: [old], message: "conflicts with alertGroupingParameters" });
      }
    }
    if (service.incidentUrgencyRule?.type === "use_support_hours" && !service.supportHours) {
      const message = "is required where incidentUrgencyRule has type use_support_hours";
      context.addIssue({ code: "custom", path: ["supportHours"], message });
    }
  });

type Inputs = z.output<typeof inputs>;

export function service(client: RestClient) {
  return collectionResource(client, {
    inputs,
    plural: "services",
    singular: "service",
    computed: ["incidentUrgencyRule", "alertGrouping", "alertGroupingTimeout", "alertGroupingParameters"],
    toBody,
    toInputs,
    toOutputs: (live) => ({
      htmlUrl: live.html_url,
      status: live["status"],
      createdAt: live["created_at"],
      lastIncidentTimestamp: live["last_incident_timestamp"],
      type: live["type"],
    }),
  });
}

function toBody({ supportHours, scheduledActions = [], ...given }: Inputs): object {
  return {
    ...(snakeCaseKeys(given) as object),
    escalation_policy: reference("escalation_policy", given.escalationPolicy),
    acknowledgement_timeout: seconds(given.acknowledgementTimeout),
    auto_resolve_timeout: seconds(given.autoResolveTimeout),
    alert_grouping_timeout: seconds(given.alertGroupingTimeout),
    support_hours: supportHours ? supportHoursBody(supportHours) : null,
    scheduled_actions: scheduledActions.map(({ type, toUrgency, ats = [] }) => ({
      type,
      to_urgency: toUrgency,
      at: ats[0],
    })),
  };
}

function supportHoursBody({ daysOfWeeks, ...rest }: NonNullable<Inputs["supportHours"]>): object {
  return { ...(snakeCaseKeys(rest) as object), days_of_week: daysOfWeeks };
}

function toInputs(live: ApiObject): Properties {
  const { supportHours, scheduledActions, ...rest } = camelCaseKeys(live) as Properties;
  const { daysOfWeek, ...hours } = (supportHours ?? {}) as Properties;
  const actions = scheduledActions as readonly Properties[];
  return {
    escalationPolicy: idOf(rest["escalationPolicy"]),
    acknowledgementTimeout: secondsTextOf(rest["acknowledgementTimeout"]),
    autoResolveTimeout: secondsTextOf(rest["autoResolveTimeout"]),
    alertCreation: rest["alertCreation"],
    alertGrouping: rest["alertGrouping"],
    alertGroupingTimeout: secondsTextOf(rest["alertGroupingTimeout"]),
    alertGroupingParameters: rest["alertGroupingParameters"],
    incidentUrgencyRule: rest["incidentUrgencyRule"],
    supportHours: supportHours ? { ...hours, daysOfWeeks: daysOfWeek } : undefined,
    scheduledActions: actions.map(({ at, ...action }) => ({ ...action, ats: [at] })),
  };
}

function seconds(text: string | undefined): number | null {
  return text === undefined || text === "null" ? null : Number(text);
}

function secondsTextOf(value: unknown): string {
  return typeof value === "number" ? String(value) : "null";
}
