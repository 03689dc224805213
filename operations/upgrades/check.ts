/** Whether this version of the program would replace or delete anything of a stack that another version has made. */
import { join } from "node:path";
import { withTemporaryFolder } from "../../toolkit/temporary-folder.ts";
import type { Pulumi } from "../pulumi/cli.ts";
import { changedProperties, type EngineEvent, isReplacement, previewEvents } from "../pulumi/events.ts";

export interface Loss {
  readonly urn: string;
  readonly kind: "replaced" | "deleted";
  /** What it is replaced for. */
  readonly properties: readonly string[];
}

/**
 * What a preview says would be replaced or deleted. It touches neither the state nor a platform.
 * @throws StackError where the program can't be previewed
 */
export async function lossesOf(pulumi: Pulumi): Promise<readonly Loss[]> {
  return withTemporaryFolder("upgrade", async (folder) => {
    return lossesIn(await previewEvents(pulumi, join(folder, "events.json")));
  });
}

/** Of what the engine reports of a preview. A replacement is told in several steps, of which one counts. */
export function lossesIn(events: readonly EngineEvent[]): readonly Loss[] {
  const losses = new Map<string, Loss>();
  for (const { resourcePreEvent } of events) {
    const metadata = resourcePreEvent?.metadata;
    if (metadata === undefined || metadata.urn.includes("::pulumi:providers:")) continue;
    const { urn, op, keys } = metadata;
    const isReplaced = isReplacement(op);
    if (!isReplaced && op !== "delete") continue;
    const properties = keys ?? changedProperties(metadata);
    const known = losses.get(urn)?.properties ?? [];
    losses.set(urn, {
      urn,
      kind: isReplaced ? "replaced" : "deleted",
      properties: [...new Set([...known, ...properties])],
    });
  }
  return [...losses.values()];
}

/** For people. */
export function toldLosses(stack: string, losses: readonly Loss[]): string {
  if (losses.length === 0) return `${stack}: this version replaces and deletes nothing`;
  return [
    `${stack}: this version would replace or delete ${losses.length} resources:`,
    ...losses.map(({ urn, kind, properties }) => {
      const why = properties.length > 0 ? ` for its ${properties.join(", ")}` : "";
      return `  ${urn.split("::").slice(2).join(" ")}: ${kind}${why}`;
    }),
  ].join("\n");
}
