/** Whose it is already: the stack's own under another name, or another tool's. */
import { isObject, type Properties } from "../../toolkit/property-values.ts";
import type { Exported } from "./scratch.ts";

type Resource = NonNullable<NonNullable<Exported["deployment"]>["resources"]>[number];

/**
 * Why what was found can't be adopted as that resource: another one of the stack is the same. An update would delete it
 * by the other's name, as after a renaming without an alias.
 */
export function alreadyIn(all: Iterable<Resource>, found: Resource | undefined): string | undefined {
  if (found === undefined) return undefined;
  const same = [...all].find((other) => other.urn !== found.urn && isSame(other, found));
  return same && `it is ${nameOf(same)} of this stack already: it can't be two`;
}

function isSame(one: Resource, other: Resource): boolean {
  const keys = [one, other].map(({ type, id, provider, outputs }) =>
    id === undefined || isComputed(type)
      ? undefined
      : JSON.stringify([type, id, provider, isObject(outputs) ? outputs["region"] : undefined]),
  );
  return keys[0] !== undefined && keys[0] === keys[1];
}

/** Of dynamic resources and providers, an id says little. */
function isComputed(type: unknown): boolean {
  return /^(pulumi|pulumi-nodejs):/.test(String(type));
}

const nameOf = ({ urn }: Resource) => urn.split("::").at(-1);

/** Tags and labels by which tools know their own. Pulumi has none: the program's are given by it. */
const MANAGED_BY = /^managed[-_]?by$/i;
const TOOLS =
  /terraform|tofu|cloudformation|\bcdk\b|crossplane|ansible|serverless|\bsst\b|helm|argo|compose/i;
/** What Terraform's providers write where nobody says anything. */
const BY_TERRAFORM = "Managed by Terraform";

export interface Marks {
  /** That of the stack. */
  readonly environment: string;
  /** Names of CloudFormation's stacks by the ARNs of what they have made. */
  readonly cloudFormation: ReadonlyMap<string, string>;
}

/** Why it is another's: a tool that goes on changing it, or a stack of another environment. Undefined: nobody says so. */
export function managerOf(
  found: Resource | undefined,
  { environment, cloudFormation }: Marks,
): string | undefined {
  const outputs: Properties = isObject(found?.["outputs"]) ? found["outputs"] : {};
  const instead = "let it go there first, or take it with --choose <name>=<id>";
  const stack = cloudFormation.get(String(outputs["arn"]));
  if (stack !== undefined) return `CloudFormation's stack ${stack} has made it: ${instead}`;
  if (outputs["description"] === BY_TERRAFORM) return `its description is "${BY_TERRAFORM}": ${instead}`;
  const tags = { ...textsOf(outputs["tags"]), ...textsOf(outputs["tagsAll"]) };
  const tool = Object.entries(tags).find(([tag, value]) => MANAGED_BY.test(tag) && TOOLS.test(value));
  if (tool !== undefined) return `its tag ${tool[0]} is ${tool[1]}: ${instead}`;
  const { application, environment: its } = tags;
  const isOfAnother = application === "agentpay" && its !== undefined && its !== environment;
  return isOfAnother && isOwn(tags) ? `it is ${its}'s, by its tags: ${instead}` : undefined;
}

const isOwn = (tags: Readonly<Record<string, string>>) => tags["managed-by"] === "pulumi";

function textsOf(value: unknown): Record<string, string> {
  const texts = isObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(texts.filter((each): each is [string, string] => typeof each[1] === "string"));
}
