/** What a provider does with one resource type: read back, replaced, refused. */
import type { Properties } from "../../../../toolkit/property-values.ts";
import type { Planned, Provider, Resource } from "./client.ts";

/** What is tried with one type. */
export interface Case {
  readonly type: string;
  /** As the program gives them; of what was made before, by type. */
  readonly inputs: (made: Readonly<Record<string, Resource>>) => Properties;
  /** Only what is required. What a provider then reads back by itself is a difference for ever. Default: `inputs`. */
  readonly least?: (made: Readonly<Record<string, Resource>>) => Properties;
  /** Other values, input by input. */
  readonly changes?: Properties;
  /** What is taken, and may be read back as something else: a difference for ever. In words. */
  readonly unusual?: Readonly<Record<string, Properties>>;
  /** What can't be taken, in words. */
  readonly mistakes?: Readonly<Record<string, Properties>>;
}

/** What was seen. */
export interface Behaviour {
  /** Whether the outputs have the id, as made and as read: a plugin may look for it there. */
  readonly idAmongOutputs: boolean;
  /** Inputs that differ after a read although nobody changed anything: as the program gives them. */
  readonly readBack: readonly string[];
  /** The same where only what is required is given. */
  readonly readBackOfLeast: readonly string[];
  /** The same for each unusual one. */
  readonly unusual: Readonly<Record<string, readonly string[]>>;
  /** Inputs by what their change does. */
  readonly changes: Readonly<Record<string, Planned["does"]>>;
  /** Where each mistake shows: at the preview, when it is made, or nowhere. */
  readonly mistakes: Readonly<Record<string, "preview" | "making" | "taken">>;
}

export type Behaviours = Readonly<Record<string, Behaviour>>;

/** Makes one resource of each type, tries everything with it, and removes them all. */
export async function probe(provider: Provider, cases: readonly Case[]): Promise<Behaviours> {
  const made: Record<string, Resource> = {};
  const seen: Record<string, Behaviour> = {};
  const doing = (type: string, what: string) => (error: unknown) => {
    throw new Error(`${type}: ${what}: ${error instanceof Error ? error.message : error}`);
  };
  try {
    for (const { type, inputs, least, changes = {}, unusual = {}, mistakes = {} } of cases) {
      const given = inputs(made);
      const short = least ? await lifeOf(provider, type, least(made)).catch(doing(type, "least")) : undefined;
      if (short) await provider.remove(type, short.resource).catch(doing(type, "removing"));
      const { resource, checked, readBack, idAmongOutputs } = await lifeOf(provider, type, given).catch(
        doing(type, "making"),
      );
      made[type] = resource;
      const does: Record<string, Planned["does"]> = {};
      for (const [name, value] of Object.entries(changes)) {
        const news = await provider.check(type, { ...given, [name]: value });
        does[name] = (await provider.diff(type, { ...resource, inputs: checked }, news)).does;
      }
      const found: Record<string, Behaviour["mistakes"][string]> = {};
      for (const [what, wrong] of Object.entries(mistakes)) {
        found[what] = await whereShown(provider, type, { ...given, ...wrong });
      }
      const readBackOfLeast = short?.readBack ?? readBack;
      seen[type] = {
        ...{ idAmongOutputs, readBack, readBackOfLeast },
        ...{ unusual: await readBacks(provider, type, given, unusual), changes: does, mistakes: found },
      };
    }
  } finally {
    for (const { type } of cases.toReversed()) {
      const resource = made[type];
      if (resource) await provider.remove(type, resource).catch(doing(type, "removing"));
    }
  }
  return seen;
}

/** What is read back of each of these as something else than was given. */
async function readBacks(
  provider: Provider,
  type: string,
  given: Properties,
  others: NonNullable<Case["unusual"]>,
) {
  const differs: Record<string, readonly string[]> = {};
  for (const [what, other] of Object.entries(others)) {
    const { resource, readBack } = await lifeOf(provider, type, { ...given, ...other });
    await provider.remove(type, resource);
    differs[what] = readBack;
  }
  return differs;
}

async function lifeOf(provider: Provider, type: string, given: Properties) {
  const checked = await provider.check(type, given);
  const resource = await provider.create(type, checked);
  const read = await provider.read(type, resource);
  // As a refresh and the next preview: the state has what was read, the program what it had.
  const { inputs } = await provider.diff(type, read, checked);
  const idAmongOutputs = [resource, read].every(({ outputs }) => outputs["id"] === resource.id);
  return { checked, resource: { ...resource, outputs: read.outputs }, readBack: inputs, idAmongOutputs };
}

async function whereShown(provider: Provider, type: string, given: Properties) {
  const checked = await provider.check(type, given).catch(() => undefined);
  if (checked === undefined) return "preview" as const;
  const resource = await provider.create(type, checked).catch(() => undefined);
  if (resource === undefined) return "making" as const;
  await provider.remove(type, resource);
  return "taken" as const;
}
