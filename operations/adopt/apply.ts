/** Writing an adoption to the stack, and taking it back. Both replace the state as a whole, or not at all. */
import { isDeepStrictEqual } from "node:util";
import { Failure } from "../../toolkit/failure.ts";
import { isObject } from "../../toolkit/property-values.ts";
import { output, type Pulumi, StackError } from "../pulumi/cli.ts";
import { shownSecret } from "./passphrase.ts";
import { type Exported, exportOf, type Scratch } from "./scratch.ts";
import { adoptedBefore, forgetAdopted, keepAdopted, keepBackup } from "./stored.ts";

/**
 * A stack that never had an update does not say yet how it encrypts. A refresh of nothing makes it say so.
 */
export async function prepared(pulumi: Pulumi): Promise<Exported> {
  const before = await exportOf(pulumi);
  if (before.deployment?.secrets_providers !== undefined) return before;
  await output(pulumi, "refresh", "--yes", "--skip-preview", "--suppress-outputs");
  const prepared = await exportOf(pulumi);
  if (prepared.deployment?.secrets_providers !== undefined) return prepared;
  throw new Failure("The stack does not say how it encrypts secrets, so nothing is written to its state.");
}

/**
 * Replaces the stack's state by the copy's. Returns where the state before is kept.
 * @throws Failure where somebody has changed the state meanwhile
 */
export async function apply(
  stack: string,
  { pulumi, scratch, before, urns, secrets }: Application,
): Promise<string> {
  const [now, { deployment, ...rest }] = await Promise.all([exportOf(pulumi), scratch.exported()]);
  if (!isDeepStrictEqual(now.deployment?.resources, before.deployment?.resources))
    throw new Failure(`${stack} was changed while it was looked at. Nothing was written: run it again`);
  const file = await keepBackup(stack, before);
  const secrets_providers = before.deployment?.secrets_providers;
  const resources = deployment?.resources?.map((resource) =>
    sealed(resource, secrets.get(resource.urn) ?? []),
  );
  // Remembered first: of what was not adopted after all, there is nothing to let go of.
  await keepAdopted(stack, idsOf(resources ?? [], new Set(urns)));
  await replaceState(pulumi, { ...rest, deployment: { ...deployment, resources, secrets_providers } });
  return file;
}

export interface Application {
  readonly pulumi: Pulumi;
  readonly scratch: Scratch;
  /** The stack's state when the copy was made. */
  readonly before: Exported;
  /** What was adopted. */
  readonly urns: readonly string[];
  /** Inputs and outputs of it to keep secret. */
  readonly secrets: ReadonlyMap<string, readonly string[]>;
}

function idsOf(resources: readonly Resource[], urns: ReadonlySet<string>): ReadonlyMap<string, string> {
  return new Map(resources.filter(({ urn }) => urns.has(urn)).map(({ urn, id }) => [urn, String(id)]));
}

type Resource = NonNullable<NonNullable<Exported["deployment"]>["resources"]>[number];

function sealed(resource: Resource, names: readonly string[]): Resource {
  const seal = (properties: unknown) =>
    isObject(properties)
      ? Object.fromEntries(
          Object.entries(properties).map(([name, value]) => [
            name,
            names.includes(name) ? shownSecret(value) : value,
          ]),
        )
      : properties;
  return { ...resource, inputs: seal(resource["inputs"]), outputs: seal(resource["outputs"]) };
}

async function replaceState(pulumi: Pulumi, state: Exported): Promise<void> {
  const { code, stderr } = await pulumi(["stack", "import"], { input: JSON.stringify(state) });
  if (code !== 0) throw new StackError(`The state can't be written: ${stderr.trim()}`);
}

/** Lets go of what was adopted, and touches no platform. Returns what the state has let go of. */
export async function undo(stack: string, pulumi: Pulumi): Promise<readonly string[]> {
  const isAdopted = await adoptedBefore(stack);
  const before = await exportOf(pulumi);
  const resources = before.deployment?.resources ?? [];
  const gone = resources.filter(({ urn, id }) => isAdopted(urn, id)).map(({ urn }) => urn);
  const adopted = new Set(gone);
  const left = resources.filter(({ urn }) => !adopted.has(urn));
  const resting = left.filter((resource) => needs(resource).some((urn) => adopted.has(urn)));
  if (resting.length > 0) {
    throw new Failure(
      [
        `${stack}: an up has made since what rests on what was adopted:`,
        ...resting.map(({ urn }) => `  ${urn.split("::").at(-1)}`),
        "Remove it first, with pulumi destroy --target <urn>, then run this again.",
      ].join("\n"),
    );
  }
  if (gone.length === 0) return gone;
  await keepBackup(stack, before);
  await replaceState(pulumi, {
    ...before,
    deployment: { ...before.deployment, resources: [...withoutEmpty(left)] },
  });
  await forgetAdopted(stack);
  return gone;
}

function needs(resource: Resource): readonly string[] {
  const { parent, provider, dependencies, deletedWith } = resource as Readonly<Record<string, unknown>>;
  const providerUrn = typeof provider === "string" ? provider.slice(0, provider.lastIndexOf("::")) : "";
  return [
    String(parent ?? ""),
    providerUrn,
    String(deletedWith ?? ""),
    ...(Array.isArray(dependencies) ? dependencies.map(String) : []),
  ];
}

/** Without components and providers that nothing is in any more: an adoption brings them along. */
function withoutEmpty(resources: readonly Resource[]): readonly Resource[] {
  const needed = new Set(resources.flatMap(needs));
  const kept = resources.filter(
    (resource) => needed.has(resource.urn) || !/^(agentpay|pulumi:providers):/.test(String(resource["type"])),
  );
  return kept.length === resources.length ? kept : withoutEmpty(kept);
}
