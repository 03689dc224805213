import { z } from "zod";
import type { Properties } from "../../resource.ts";
import type { RestClient } from "../rest/client.ts";
import { handler } from "../rest/handler.ts";
import { liveInputs } from "../rest/live-inputs.ts";
import { nameOr } from "../rest/text.ts";
import { name, oneOf, slug } from "./inputs.ts";

const TIME_WINDOWS = [1, 5, 10, 15, 30, 60, 120, 240, 1440];
const thresholdType = z.number().refine((type) => type === 0 || type === 1, "must be 0 (above) or 1 (below)");

const action = z
  .strictObject({
    id: z.string().optional(),
    type: oneOf("email", "slack", "pagerduty", "msteams", "opsgenie", "sentry_app"),
    targetType: oneOf("user", "team", "specific", "sentry_app"),
    targetIdentifier: z.string().optional(),
    integrationId: z.int("must be a number, not the text that the look-up gives").optional(),
  })
  .superRefine(({ type, targetType, targetIdentifier, integrationId }, context) => {
    const refuse = (property: string, message: string) =>
      context.addIssue({ code: "custom", path: [property], message });
    if (type === "email" && targetType !== "user" && targetType !== "team") {
      refuse("targetType", "must be user or team for type email");
    }
    if (type === "email" && !targetIdentifier) refuse("targetIdentifier", "is required for type email");
    if (type === "slack" && integrationId === undefined) {
      refuse("integrationId", "is required for type slack");
    }
    // Sentry answers these with a number; the official provider only reads a text, and fails once they are made.
    if (type === "pagerduty" || type === "sentry_app") {
      refuse("type", `can't be ${type}: the provider can't read what Sentry answers`);
    }
  });

const trigger = z.strictObject({
  id: z.string().optional(),
  label: oneOf("critical", "warning"),
  thresholdType,
  alertThreshold: z.number(),
  resolveThreshold: z.number().optional(),
  actions: z.array(action).optional(),
});

const inputs = z
  .strictObject({
    organization: slug,
    project: slug,
    name: name(256),
    dataset: oneOf(
      "events",
      "transactions",
      "generic_metrics",
      "metrics",
      "sessions",
      "events_analytics_platform",
    ).optional(),
    eventTypes: z.array(oneOf("default", "error", "transaction")).optional(),
    query: z.string(),
    aggregate: z
      .string()
      .regex(/^[a-z_0-9]+\(.*\)( AS \w+)?$/, "must be a function such as count() or p95(...)"),
    timeWindow: z
      .number()
      .refine(
        (minutes) => TIME_WINDOWS.includes(minutes),
        `must be one of ${TIME_WINDOWS.join(", ")} minutes`,
      ),
    thresholdType,
    resolveThreshold: z.number().optional(),
    environment: z.string().optional(),
    owner: z.string().optional(),
    triggers: z.array(trigger).min(1, "must have 1 or 2 triggers").max(2, "must have 1 or 2 triggers"),
  })
  .superRefine(({ triggers, thresholdType }, context) => {
    const refuse = (path: (string | number)[], message: string) =>
      context.addIssue({ code: "custom", path: ["triggers", ...path], message });
    const labels = ["critical", "warning"];
    for (const [index, trigger] of triggers.entries()) {
      if (trigger.label !== labels[index])
        refuse([index, "label"], `must be ${labels[index]}: critical comes first`);
      if (trigger.thresholdType !== thresholdType)
        refuse([index, "thresholdType"], "must be the alert's thresholdType");
    }
  });

type Inputs = z.output<typeof inputs>;

interface LiveTrigger extends Properties {
  readonly actions: readonly Properties[];
}

interface MetricAlert {
  readonly id: string;
  readonly name: string;
  readonly dataset: string;
  readonly eventTypes: readonly string[];
  readonly query: string;
  readonly aggregate: string;
  readonly timeWindow: number;
  readonly thresholdType: number;
  readonly resolveThreshold: number | null;
  readonly environment: string | null;
  readonly owner: string | null;
  readonly projects: readonly string[];
  readonly triggers: readonly LiveTrigger[];
}

const COMPUTED = ["id", "name", "environment", "owner"];

export function metricAlert(client: RestClient) {
  return handler<typeof inputs>({
    inputs,
    replaceOn: ["organization", "project"],
    // The official provider sends them and never reads them.
    writeOnly: ["eventTypes"],
    async create(given, resourceName) {
      const made = await client.post<MetricAlert>(
        rules(given),
        body(given, nameOr(given.name, resourceName)),
      );
      return { id: `${given.organization}/${given.project}/${made.id}`, outputs: outputs(made) };
    },
    async read(_id, last) {
      const { organization } = last.inputs;
      const path = `organizations/${organization}/alert-rules/${last.outputs["internalId"]}/`;
      const live = await client.find<MetricAlert>(path);
      if (live === undefined) return undefined;
      const unset = { dataset: "events" };
      return {
        inputs: liveInputs(found(live, organization), last.inputs, { computed: COMPUTED, unset }),
        outputs: outputs(live),
      };
    },
    async update(_id, given, last) {
      const named = given.name ?? String(last.outputs["name"]);
      return outputs(await client.put<MetricAlert>(pathOf(last), body(given, named)));
    },
    async delete(_id, last) {
      await client.remove(pathOf(last));
    },
  });
}

function rules({ organization, project }: Inputs): string {
  return `projects/${organization}/${project}/alert-rules/`;
}

function pathOf({ inputs: last, outputs }: { inputs: Inputs; outputs: Properties }): string {
  return `${rules(last)}${outputs["internalId"]}/`;
}

function body({ organization: _organization, project, ...given }: Inputs, named: string): object {
  const triggers = given.triggers.map(({ actions = [], ...trigger }) => ({ ...trigger, actions }));
  return { ...given, triggers, name: named, projects: [project] };
}

function found(live: MetricAlert, organization: string): Properties {
  const { id: _id, projects, eventTypes: _eventTypes, triggers, ...rest } = live;
  const { name, dataset, query, aggregate, timeWindow, thresholdType, resolveThreshold, environment, owner } =
    rest;
  return {
    ...{ organization, project: projects[0], name, dataset, query, aggregate, timeWindow },
    ...{ thresholdType, resolveThreshold, environment, owner },
    triggers: triggers.map(({ id, label, thresholdType, alertThreshold, resolveThreshold, actions }) => ({
      ...{ id, label, thresholdType, alertThreshold, resolveThreshold },
      actions: actions.map(({ id, type, targetType, targetIdentifier, integrationId }) => ({
        ...{ id, type, targetType, targetIdentifier, integrationId },
      })),
    })),
  };
}

function outputs({ id, name, environment, owner }: MetricAlert): Properties {
  return { internalId: id, name, environment, owner };
}
