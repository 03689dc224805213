/**
 * A resource's inputs against its schema: mistakes in words, and the inputs with the schema's defaults filled in.
 * Values that are unknown at preview neither cause mistakes nor hide those of the others.
 */
import { z } from "zod";
import type { Properties } from "../../toolkit/property-values.ts";
import {
  compact,
  isSecret,
  type Path,
  redact,
  rewrapProperties,
  secretTexts,
  unknownPaths,
  unwrapProperties,
  withoutUnknowns,
} from "../../toolkit/property-values.ts";
import { formatPath, isWithin, valueAt } from "./paths.ts";

type Issue = z.core.$ZodIssue;

/** What zod calls it when a value that it wants is not there at all. */
const ABSENCE: ReadonlySet<string | undefined> = new Set(["invalid_type", "invalid_value"]);

export interface Checked {
  /** As given, with the schema's defaults, and secret where the given ones were. */
  readonly inputs: Properties;
  /** One sentence for each mistake, naming the property and never quoting a secret. */
  readonly mistakes: readonly string[];
}

export function checkInputs(schema: z.ZodType, given: Properties): Checked {
  const plain = unwrapProperties(given);
  const { value, issues } = parse(schema, plain);
  return {
    inputs: rewrapProperties(value, given),
    mistakes: [...new Set(issues.flatMap((issue) => explain(issue, plain, given)))],
  };
}

/** Plain inputs in the form that `checkInputs` gives them, so that two of them compare. */
export function normalise(schema: z.ZodType, plain: Properties): Properties {
  return parse(schema, compact(plain)).value;
}

function parse(schema: z.ZodType, plain: Properties): { value: Properties; issues: readonly Issue[] } {
  const unknown = unknownPaths(plain);
  const whole = schema.safeParse(withoutUnknowns(plain));
  if (unknown.length === 0) {
    return whole.success
      ? { value: compact(whole.data as Properties), issues: [] }
      : { value: plain, issues: whole.error.issues };
  }
  const each = parseEach(schema, plain, unknown);
  const genuine = flatten(whole.error?.issues ?? []).filter((issue) => !mayComeFrom(unknown, issue));
  return { value: each.value, issues: [...genuine, ...each.issues] };
}

/** Every fully known top-level input by itself: finds what rules of their own refuse, whatever the others will be. */
function parseEach(schema: z.ZodType, plain: Properties, unknown: readonly Path[]) {
  const value = { ...plain };
  const issues: Issue[] = [];
  const shape = schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : {};
  for (const [name, rule] of Object.entries(shape)) {
    if (unknown.some(([first]) => first === name)) continue;
    const result = rule.safeParse(plain[name]);
    if (result.success && result.data !== undefined) value[name] = result.data;
    if (!result.success) issues.push(...flatten(result.error.issues, [name]));
  }
  return { value, issues };
}

/** Whether an issue could vanish once the unknown values are known. Rules across inputs are such. */
function mayComeFrom(unknown: readonly Path[], issue: Issue): boolean {
  if (issue.code === "unrecognized_keys") return false;
  if (issue.code === "custom") return true;
  return unknown.some((path) => isWithin(issue.path, path) || isWithin(path, issue.path));
}

/** Issues with the ones of the closest alternative in place of "matches no alternative". */
function flatten(issues: readonly Issue[], base: Path = []): readonly Issue[] {
  return issues.flatMap((issue): readonly Issue[] => {
    const path = [...base, ...issue.path];
    const alternatives =
      issue.code === "invalid_union" ? issue.errors.filter((branch) => branch.length > 0) : [];
    const closest = alternatives.toSorted(
      (left, right) => depth(right) - depth(left) || left.length - right.length,
    )[0];
    return closest ? flatten(closest, path) : [{ ...issue, path }];
  });
}

function depth(issues: readonly Issue[]): number {
  return Math.max(...issues.map((issue) => issue.path.length));
}

function explain(found: Issue, plain: Properties, given: Properties): readonly string[] {
  return flatten([found]).flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => `there is no input "${formatPath([...issue.path, key])}" (misspelt?)`);
    }
    const missing = ABSENCE.has(issue.code) && valueAt(plain, issue.path) === undefined;
    const text = missing ? "is required, but missing" : withoutSecrets(issue, given);
    return [issue.path.length === 0 ? text : `"${formatPath(issue.path)}": ${text}`];
  });
}

function withoutSecrets(issue: Issue, given: Properties): string {
  const below = issue.path.some((_, index) => isSecret(valueAt(given, issue.path.slice(0, index + 1))));
  return redact(issue.message, secretTexts(given), below ? 1 : undefined);
}
