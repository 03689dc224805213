/** Sentry: what is seen has an owner and an end, and somebody is told. */
import { each, resourceRule, some } from "../rule.ts";
import { SENTRY_ALERT, SENTRY_MONITOR } from "./types.ts";

/** What components/sentry/objects.ts gives each of them. */
interface Monitor {
  attributes: {
    owner: string;
    conditionGroup: { conditions: { conditionResult: number }[] };
  };
}

interface Alert {
  attributes: {
    actionFilters: { conditions: object[]; actions: object[] }[];
  };
}

const monitor = resourceRule<Monitor>({
  name: "sentry-monitor-missing-owner-and-end",
  description: "A monitor has an owner, and a condition that ends what it has opened.",
  severity: "high",
  remediation: "Set owner to the team, and keep a condition whose result is 0 (components/sentry/alerts.ts).",
  types: [SENTRY_MONITOR],
  *requirements({ props }) {
    // The owner's number is known only once the team is made: that one is given is enough.
    yield {
      ...{ path: "attributes.owner", must: "must be a team" },
      holds: () => props.attributes !== undefined && "owner" in props.attributes,
    };
    yield {
      ...{ path: "attributes.conditionGroup", must: "must have a condition that ends it" },
      holds: () =>
        some(props.attributes?.conditionGroup?.conditions, ({ conditionResult }) => conditionResult === 0),
    };
  },
});

const alert = resourceRule<Alert>({
  name: "sentry-alert-missing-action",
  description: "An alert tells somebody, and only of what it has chosen, such as its own environment.",
  severity: "high",
  remediation:
    "Give the alert its actions, and the condition of its environment or urgency (components/sentry/alerts.ts).",
  types: [SENTRY_ALERT],
  *requirements({ props }) {
    const path = "attributes.actionFilters";
    yield {
      ...{ path, must: "must not be empty" },
      holds: () => (props.attributes?.actionFilters?.length ?? 0) > 0,
    };
    const filters = props.attributes?.actionFilters;
    yield* each(path, filters, "must have actions", ({ actions }) => (actions?.length ?? 0) > 0);
    yield* each(path, filters, "must have conditions", ({ conditions }) => (conditions?.length ?? 0) > 0);
  },
});

export const sentryRules = [monitor, alert];
