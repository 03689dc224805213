/** What a change makes of the resources that the program asks for: known with no engine, values included. */
import { isSecret, mapChildren } from "../../toolkit/property-values.ts";
import { change, differences, keysOf } from "./difference.ts";
import { masked, type Registration } from "./recording.ts";
import type { Side } from "./side.ts";

export interface ResourceChange {
  readonly component: string;
  readonly name: string;
  readonly kind: "deleted" | "new" | "changed";
  /** Such as `image: ... to ...`; none where it is new or deleted. */
  readonly what: readonly string[];
}

/** `MetricsPlatform` of a URN whose innermost component is that; `Stack` where it is in none. */
export function componentOf(urn: string): string {
  const types = (urn.split("::")[2] ?? "").split("$");
  return types.findLast((type) => type.startsWith("agentpay:"))?.split(":")[2] ?? "Stack";
}

/** `metrics-prometheus (docker:Container)`. */
export function nameOf(urn: string): string {
  const [, , types = "", ...name] = urn.split("::");
  const [vendor, , type] = (types.split("$").at(-1) ?? "").split(":");
  return `${name.join("::")} (${vendor}:${type})`;
}

/** Deletions first. */
export function resourceChanges(base: Side, head: Side): ResourceChange[] {
  const [before, after] = [byUrn(base), byUrn(head)];
  return keysOf(before, after)
    .flatMap((urn): ResourceChange[] => {
      const [old, now] = [before[urn], after[urn]];
      const about = { component: componentOf(urn), name: nameOf(urn) };
      if (!now) return [{ ...about, kind: "deleted", what: [] }];
      if (!old) return [{ ...about, kind: "new", what: [] }];
      const what = changed(old, now);
      return what.length === 0 ? [] : [{ ...about, kind: "changed", what }];
    })
    .toSorted((left, right) => KINDS.indexOf(left.kind) - KINDS.indexOf(right.kind));
}

const KINDS = ["deleted", "changed", "new"];

function byUrn({ resources }: Side): Record<string, Registration> {
  return Object.fromEntries(resources.map((resource) => [resource.urn, resource]));
}

/** Inputs by path, and whether it is protected. The content of files is told elsewhere. */
function changed(old: Registration, now: Registration): string[] {
  const view = ({ inputs, protect }: Registration) => ({ ...(masked(inputs) as object), protect });
  const visible = differences(view(old), view(now)).map(({ path, ...values }) =>
    FILE.test(path) ? "its rendered content" : `\`${path}\` ${change(values)}`,
  );
  if (visible.length > 0) return [...new Set(visible)];
  return sameButSecrets(old, now) ? [] : ["a secret"];
}

const FILE = /^uploads\[|^configJson/;

/** Secrets are compared, and never shown. */
function sameButSecrets(old: Registration, now: Registration): boolean {
  return differences(secretsOf(old.inputs), secretsOf(now.inputs)).length === 0;
}

function secretsOf(value: unknown): unknown[] {
  const found: unknown[] = [];
  const collect = (each: unknown): unknown => {
    if (isSecret(each)) found.push(each);
    else mapChildren(each, collect);
    return each;
  };
  collect(value);
  return found;
}
