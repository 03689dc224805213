import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { json, oneOf, problem, tags, text } from "../schema.ts";
import { keptResource } from "./kept.ts";

const kind = "anomaly-monitor";

function schema(connection: Connection) {
  return z
    .strictObject({
      name: text(1, 1024).optional(),
      monitorType: oneOf(["DIMENSIONAL", "CUSTOM"]),
      monitorDimension: oneOf(["SERVICE", "LINKED_ACCOUNT", "TAG", "COST_CATEGORY"]).optional(),
      monitorSpecification: json.optional(),
      tags: tags(connection.defaultTags),
    })
    .superRefine((inputs, context) => {
      const dimensional = inputs.monitorType === "DIMENSIONAL";
      const [needed, other] = dimensional
        ? (["monitorDimension", "monitorSpecification"] as const)
        : (["monitorSpecification", "monitorDimension"] as const);
      if (inputs[needed] === undefined) {
        problem(context, needed, `is required for monitorType ${inputs.monitorType}`);
      }
      if (inputs[other] !== undefined)
        problem(context, other, `is not for monitorType ${inputs.monitorType}`);
    });
}

/** Whether a monitor of that ARN is there. */
export function anomalyMonitorExists(connection: Connection, arn: string): boolean {
  return connection.store.get(kind, arn) !== undefined;
}

export function anomalyMonitor(connection: Connection) {
  return keptResource(connection, {
    kind,
    inputs: schema(connection),
    replaceOn: ["monitorType", "monitorDimension", "monitorSpecification"],

    async makeId({ monitorType, monitorDimension }) {
      const { accountId } = await connection.caller();
      const own = connection.store.keys(kind).filter((arn) => arn.split(":")[4] === accountId);
      if (
        monitorType === "DIMENSIONAL" &&
        own.some((arn) => connection.store.get(kind, arn)?.["monitorDimension"] === monitorDimension)
      ) {
        throw new Error(
          "Limit exceeded on dimensional spend monitor creation: an account has one for each dimension",
        );
      }
      return `arn:aws:ce::${accountId}:anomalymonitor/${randomUUID()}`;
    },

    outputs: (id, inputs) => ({ arn: id, tagsAll: inputs.tags ?? {} }),
  });
}
