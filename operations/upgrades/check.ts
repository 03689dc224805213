/** Whether this version of the program would replace or delete anything of a stack that another version has made. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { withTemporaryFolder } from "../../toolkit/temporary-folder.ts";
import type { Pulumi } from "../pulumi/cli.ts";
import { changedProperties, type EngineEvent, isReplacement, previewEvents } from "../pulumi/events.ts";
import { isRevision } from "../pulumi/revision.ts";
import { type NotedVersion, notedVersions, versionThatExplains } from "./changelog.ts";

export interface Loss {
  readonly urn: string;
  readonly kind: "replaced" | "deleted";
  /** What it is replaced for. */
  readonly properties: readonly string[];
}

/**
 * What keeps nothing, and is made again with each of its contents: containers, whose data is on volumes, the volumes of
 * their files, images.
 */
const REMADE = /docker:index\/(?:container:Container|remoteImage:RemoteImage)::|::[a-z-]+-files-volume$/;

/** Whether that is how the program works, and nothing is lost. */
const isUsual = ({ urn, kind }: Loss): boolean => (kind === "replaced" ? REMADE.test(urn) : isRevision(urn));

/** What CHANGELOG.md notes, newest version first. */
export async function changelog(): Promise<readonly NotedVersion[]> {
  return notedVersions(await readFile(join(REPOSITORY, "CHANGELOG.md"), "utf8"));
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
    const loss = lossIn(resourcePreEvent?.metadata);
    if (loss === undefined) continue;
    const properties = [...(losses.get(loss.urn)?.properties ?? []), ...loss.properties];
    losses.set(loss.urn, { ...loss, properties: [...new Set(properties)] });
  }
  return [...losses.values()].filter((loss) => !isUsual(loss));
}

type Metadata = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];

function lossIn(metadata: Metadata | undefined): Loss | undefined {
  if (metadata === undefined || metadata.urn.includes("::pulumi:providers:")) return undefined;
  const { urn, op, keys } = metadata;
  const isReplaced = isReplacement(op);
  if (!isReplaced && op !== "delete") return undefined;
  const properties = keys ?? changedProperties(metadata);
  return { urn, kind: isReplaced ? "replaced" : "deleted", properties };
}

/** For people. */
export function toldLosses(
  stack: string,
  losses: readonly Loss[],
  versions: readonly NotedVersion[] = [],
): string {
  if (losses.length === 0) return `${stack}: this version replaces and deletes nothing`;
  return [
    `${stack}: this version would replace or delete ${losses.length} resources:`,
    ...losses.map(({ urn, kind, properties }) => {
      const why = properties.length > 0 ? ` for its ${properties.join(", ")}` : "";
      const noted = versionThatExplains(urn, versions);
      const where = noted === undefined ? "" : ` (CHANGELOG.md, ${noted})`;
      return `  ${urn.split("::").slice(2).join(" ")}: ${kind}${why}${where}`;
    }),
  ].join("\n");
}
