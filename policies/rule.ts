/**
 * What a rule is: data about it, and a pure function from resources to requirements. Nothing here knows the engine.
 *
 * A requirement is asked one by one, and reading a value that is still unknown (at preview) throws: such a requirement
 * is not decided, and all others still are. So a rule never has to think of unknown values.
 */
import { type Severity, UnknownValueError } from "@pulumi/policy";
import type { Unwrap } from "@pulumi/pulumi";
import { type Exemption, exemptionsOf, type ValueSchema } from "./exemption.ts";

/** A resource, with the inputs that its class takes. */
export interface Subject<Args = object> {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Partial<Unwrap<Args>>;
  readonly protect: boolean;
  readonly additionalSecretOutputs: readonly string[];
  /** URNs of the resources that a property's value comes from: known at preview, when the value is not. */
  readonly sources: Readonly<Record<string, readonly string[]>>;
}

/** Something that must be so. Its text never holds a value: policies see secrets in clear. */
export interface Requirement {
  /** Property that decides it, such as `ports[0].ip`. */
  readonly path: string;
  /** What is said of the property where it is not so, such as `must name who is told`. */
  readonly must: string;
  readonly holds: () => boolean;
}

/** A requirement of a rule about the whole stack, on one of its resources. */
export interface StackRequirement extends Requirement {
  readonly of: Subject;
}

interface About {
  /** `<vendor>-<thing>-<verb>-<what>`. */
  readonly name: string;
  /** A full sentence. */
  readonly description: string;
  readonly severity: Severity;
  /** What to do about a violation: a full sentence. */
  readonly remediation: string;
  /** Where no configuration says otherwise. @default "mandatory" */
  readonly level?: "mandatory" | "disabled";
  /** Its own configuration, by name; each must have a default. */
  readonly settings?: Readonly<Record<string, ValueSchema>>;
}

export type RuleSettings = Readonly<Record<string, unknown>>;

interface ResourceRuleDefinition<Args> extends About {
  /** Tokens of the resources that it is about. */
  readonly types: readonly string[];
  readonly requirements: (subject: Subject<Args>, settings: RuleSettings) => Iterable<Requirement>;
}

export interface ResourceRule extends ResourceRuleDefinition<object> {
  readonly kind: "resource";
}

export interface StackRule extends About {
  readonly kind: "stack";
  readonly requirements: (stack: Stack) => Iterable<StackRequirement>;
}

export type Rule = ResourceRule | StackRule;

/** @typeParam Args inputs of the resource class */
export function resourceRule<Args>(definition: ResourceRuleDefinition<Args>): ResourceRule {
  return { kind: "resource", ...definition } as ResourceRule;
}

export function stackRule(definition: Omit<StackRule, "kind">): StackRule {
  return { kind: "stack", ...definition };
}

/** All resources of a stack, for rules about what must be there, or go together. */
export class Stack {
  readonly resources: readonly Subject[];

  constructor(resources: readonly Subject[]) {
    this.resources = resources;
  }

  /** What says of the stack as a whole that something is missing. */
  get root(): Subject {
    const [first] = this.resources;
    const root = this.all("pulumi:pulumi:Stack")[0] ?? first;
    if (!root) throw new Error("a stack without any resource has nothing to check");
    return root;
  }

  all<Args>(...types: readonly string[]): readonly Subject<Args>[] {
    return this.resources.filter(({ type }) => types.includes(type)) as readonly Subject<Args>[];
  }

  /** The resources of some types that a property's value comes from. */
  sources<Args>(subject: Subject, property: string, ...types: readonly string[]): readonly Subject<Args>[] {
    const urns = subject.sources[property] ?? [];
    return this.all<Args>(...types).filter(({ urn }) => urns.includes(urn));
  }
}

/** One thing that a rule found. */
export interface Finding {
  readonly urn: string;
  readonly verdict: "violation" | "unchecked";
  /** For people, naming resource and property. */
  readonly message: string;
  /** Property and what must be so, by which an exemption names it. */
  readonly finding: string;
  /** What could not be read, where that is why it was not checked. */
  readonly cause?: UnknownValueError;
}

export interface Circumstances {
  readonly exempt?: readonly Exemption[];
  /** Such as `2026-11-24`. */
  readonly today: string;
  readonly settings?: RuleSettings;
}

/** What a rule says of a resource; nothing where it is not about such resources. */
export function judgeResource(rule: ResourceRule, subject: Subject, circumstances: Circumstances): Finding[] {
  if (!rule.types.includes(subject.type)) return [];
  const settings = { ...defaultsOf(rule), ...circumstances.settings };
  return judge(() => rule.requirements(subject, settings), subject, circumstances);
}

/** What a rule says of a whole stack. */
export function judgeStack(rule: StackRule, stack: Stack, circumstances: Circumstances): Finding[] {
  return judge(() => rule.requirements(stack), stack.root, circumstances);
}

function defaultsOf({ settings = {} }: About): RuleSettings {
  return Object.fromEntries(Object.entries(settings).map(([name, schema]) => [name, schema.default]));
}

function judge(
  ask: () => Iterable<Requirement | StackRequirement>,
  whole: Subject,
  { exempt = [], today }: Circumstances,
): Finding[] {
  const findings: Finding[] = [];
  const subjects = new Set<Subject>([whole]);
  const attempt = (subject: Subject, what: string, finding: string, decide: () => void) => {
    try {
      decide();
    } catch (error) {
      if (!(error instanceof UnknownValueError)) throw error;
      const message = `${subject.name}: ${what} is not known yet`;
      findings.push({ urn: subject.urn, verdict: "unchecked", message, finding, cause: error });
    }
  };
  attempt(whole, "something that decides what must be so", "", () => {
    for (const requirement of ask()) {
      const subject = "of" in requirement ? requirement.of : whole;
      subjects.add(subject);
      const { path, must } = requirement;
      const finding = `${path} ${must}`;
      attempt(subject, `"${path}"`, finding, () => {
        if (requirement.holds()) return;
        const message = `${subject.name}: "${path}" ${must}`;
        findings.push({ urn: subject.urn, verdict: "violation", message, finding });
      });
    }
  });
  const isExcused = ({ urn, finding }: Finding) =>
    exemptionsOf(urn, exempt).some((each) => each.finding === finding && today <= each.expires);
  const expired = [...subjects].flatMap(({ urn, name }) =>
    exemptionsOf(urn, exempt)
      .filter(({ expires }) => today > expires)
      .map(({ ticket, finding, expires }): Finding => {
        const message = `${name}: its exemption (${ticket}) expired on ${expires}`;
        return { urn, verdict: "violation", message, finding };
      }),
  );
  return [...findings.filter((each) => !isExcused(each)), ...expired];
}

/**
 * Whether one of a list is so. A known one that is decides it; where none is but one could not be read, it is unknown.
 * @throws UnknownValueError where it is not known yet
 */
export function some<Item>(items: ArrayLike<Item> | undefined, isSo: (item: Item) => boolean): boolean {
  let unknown: unknown;
  for (let index = 0; index < (items?.length ?? 0); index++) {
    try {
      const item = items?.[index];
      if (item !== undefined && isSo(item)) return true;
    } catch (error) {
      if (!(error instanceof UnknownValueError)) throw error;
      unknown = error;
    }
  }
  if (unknown) throw unknown;
  return false;
}

/** Requirements on each element of a list, read one by one: an unknown element leaves the others decided. */
export function* each<Item>(
  path: string,
  items: ArrayLike<Item> | undefined,
  must: string,
  isSo: (item: Item) => boolean,
): Generator<Requirement> {
  for (let index = 0; index < (items?.length ?? 0); index++) {
    const holds = () => {
      const item = items?.[index];
      return item !== undefined && isSo(item);
    };
    yield { path: `${path}[${index}]`, must, holds };
  }
}
