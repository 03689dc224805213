import { z } from "zod";
import type { RestClient } from "../../shared/rest/client.ts";
import { camelCaseKeys, snakeCaseKeys } from "../../shared/rest/text.ts";
import { assigned, description, id, oneOf, plainName, wholeNumber } from "./inputs.ts";
import { collectionResource, idOf, reference } from "./resource.ts";

const target = z.strictObject({
  id,
  type: oneOf("user_reference", "schedule_reference").default("user_reference"),
});

const rule = z.strictObject({
  id: assigned,
  escalationDelayInMinutes: wholeNumber(1),
  targets: z.array(target).min(1, "must have at least one target").max(10, "must have at most 10 targets"),
});

const inputs = z.strictObject({
  name: plainName,
  description,
  numLoops: wholeNumber(0, 9).optional(),
  rules: z.array(rule).min(1, "must have at least one rule"),
  /** One team, although its name is a plural. */
  teams: z.string("must be the id of one team, as a text").optional(),
});

export function escalationPolicy(client: RestClient) {
  return collectionResource(client, {
    inputs,
    plural: "escalation_policies",
    singular: "escalation_policy",
    computed: ["id"],
    unset: { numLoops: 0 },
    toBody: ({ description, numLoops = 0, rules, teams }) => ({
      description,
      num_loops: numLoops,
      escalation_rules: snakeCaseKeys(rules),
      teams: teams === undefined ? [] : [reference("team", teams)],
    }),
    toInputs: (live) => ({
      numLoops: live["num_loops"],
      rules: camelCaseKeys(live["escalation_rules"]),
      teams: idOf((live["teams"] as readonly object[])[0]),
    }),
    toOutputs: () => ({}),
  });
}
