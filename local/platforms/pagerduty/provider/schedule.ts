import { z } from "zod";
import { isObject, type Properties } from "../../../../toolkit/property-values.ts";
import type { RestClient } from "../../shared/rest/client.ts";
import { camelCaseKeys, snakeCaseKeys } from "../../shared/rest/text.ts";
import { description, id, type Layer, layer, name, timeZone } from "./inputs.ts";
import { collectionResource, idOf, reference } from "./resource.ts";

const inputs = z.strictObject({
  name,
  description,
  timeZone,
  layers: z.array(layer).min(1, "must have at least one layer"),
  overflow: z.boolean().optional(),
  teams: z.array(id).optional(),
});

interface LiveLayer {
  readonly id: string;
  readonly name: string;
  readonly start: string;
  readonly end: string | null;
  readonly rotation_virtual_start: string;
  readonly rotation_turn_length_seconds: number;
  readonly users: readonly { readonly user: { readonly id: string } }[];
  readonly restrictions: readonly object[];
}

export function schedule(client: RestClient) {
  return collectionResource(client, {
    inputs,
    plural: "schedules",
    singular: "schedule",
    computed: ["id"],
    hidden: (before, after) =>
      startsOf(after)
        .map((start, index) => ({ start, last: startsOf(before)[index], path: `layers[${index}].start` }))
        .filter(({ start, last }) => hasBegun(start) && hasBegun(last))
        .map(({ path }) => path),
    // A parameter of the request, which the API never answers.
    writeOnly: ["overflow"],
    toBody: ({ description, timeZone, layers, teams = [] }) => ({
      description,
      time_zone: timeZone,
      schedule_layers: layers.map(({ users, ...rest }) => ({
        ...(snakeCaseKeys(rest) as object),
        users: users.map((user) => ({ user: reference("user", user) })),
      })),
      teams: teams.map((team) => reference("team", team)),
    }),
    // At an import there is nothing that was given last.
    toInputs: (live, last: Partial<z.output<typeof inputs>>) => {
      // The API answers from the topmost layer down, and keeps the ones that have ended.
      const layers = (live["schedule_layers"] as readonly LiveLayer[])
        .toReversed()
        .filter(({ end }) => end === null || !isPast(end));
      return {
        timeZone: live["time_zone"],
        layers: layers.map((found, index) => layerInputs(found, last.layers?.[index])),
        teams: (live["teams"] as readonly object[]).map(idOf),
      };
    },
  });
}

function layerInputs({ users, start, end, ...rest }: LiveLayer, last: Layer | undefined) {
  const converted = camelCaseKeys(rest) as Omit<Layer, "users" | "start" | "end">;
  // PagerDuty moves the start of a layer that has begun; the official provider hides that.
  const moved = last !== undefined && isPast(last.start) && isPast(start);
  return {
    ...converted,
    start: moved ? last.start : sameInstant(last?.start, start),
    end: end === null ? undefined : sameInstant(last?.end, end),
    rotationVirtualStart: sameInstant(last?.rotationVirtualStart, converted.rotationVirtualStart),
    users: users.map(({ user }) => user.id),
  };
}

/** Of layers that may have no start yet, before they are checked. */
function startsOf({ layers }: Properties): readonly unknown[] {
  return Array.isArray(layers) ? layers.map((layer) => (isObject(layer) ? layer["start"] : undefined)) : [];
}

/** When a layer that has begun did so is history, which the plugin hides. */
function hasBegun(start: unknown): boolean {
  return typeof start === "string" && isPast(start);
}

function isPast(time: string): boolean {
  return Date.parse(time) < Date.now();
}

/** The last text where it means the same moment. */
function sameInstant(last: string | undefined, live: string): string {
  return last !== undefined && Date.parse(last) === Date.parse(live) ? last : live;
}
