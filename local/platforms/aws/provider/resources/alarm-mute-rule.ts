import { z } from "zod";
import { MUTE_RULES, parseSchedule } from "../../emulator/mute-rules.ts";
import type { Connection } from "../connection.ts";
import { refused, region, tags, text } from "../schema.ts";
import { keptResource } from "./kept.ts";

function schema(connection: Connection) {
  return z.strictObject({
    name: text(1, 255).optional(),
    description: text(0, 1024).optional(),
    rule: z.strictObject({
      schedule: z
        .strictObject({
          expression: text(1, 256),
          duration: text(1, 50),
          timezone: z.literal("UTC", "must be UTC, the only one that the stand-in knows").optional(),
        })
        .refine((schedule) => parseSchedule(schedule) !== undefined, {
          message: "must be at(YYYY-MM-DDThh:mm) or cron(M H * * DAY), and last from PT1M to P15D",
        }),
    }),
    muteTargets: z
      .strictObject({ alarmNames: z.array(text(1, 255)).min(1).max(100, "must name at most 100") })
      .optional(),
    startDate: refused("its driver plays a rule from the day it is made"),
    expireDate: refused("its driver plays a rule until it is removed"),
    region: region().optional(),
    tags: tags(connection.defaultTags),
  });
}

export function alarmMuteRule(connection: Connection) {
  return keptResource(connection, {
    kind: MUTE_RULES,
    inputs: schema(connection),
    replaceOn: ["name", "region"],
    makeId: async ({ name }) => `${name}`,
    async outputs(id, given) {
      const place = given.region ?? connection.region;
      const { accountId } = await connection.caller();
      return { arn: `arn:aws:cloudwatch:${place}:${accountId}:alarm-mute-rule:${id}`, region: place };
    },
  });
}
