/** Resources as the policy SDK hands them to a rule: reading what is unknown throws. */
import { unknownCheckingProxy } from "@pulumi/policy";
import {
  type Circumstances,
  type Finding,
  judgeResource,
  judgeStack,
  type Rule,
  Stack,
  type Subject,
} from "../../policies/rule.ts";
import type { Sketch } from "./cases.ts";

export const TODAY = "2026-06-15";

export function urnOf(type: string, name: string): string {
  return `urn:pulumi:test::agentpay-monitoring::agentpay:monitoring:Some$${type}::${name}`;
}

export function subjectsOf(sketches: readonly Sketch[]): Subject[] {
  const named = sketches.map((sketch) => ({
    ...sketch,
    name: sketch.name ?? sketch.type.split(":").at(-1) ?? "",
  }));
  const urns = new Map(named.map(({ type, name }) => [name, urnOf(type, name)]));
  return named.map(
    ({ type, name, props = {}, protect = false, additionalSecretOutputs = [], sources = {} }) => ({
      ...{ type, name, urn: urnOf(type, name), protect, additionalSecretOutputs },
      props: unknownCheckingProxy(props),
      sources: Object.fromEntries(
        Object.entries(sources).map(([property, names]) => [
          property,
          names.map((each) => urns.get(each) ?? each),
        ]),
      ),
    }),
  );
}

/** What a rule says of these resources. */
export function judge(
  rule: Rule,
  subjects: readonly Subject[],
  circumstances: Partial<Circumstances> = {},
): Finding[] {
  const all = { today: TODAY, ...circumstances };
  return rule.kind === "stack"
    ? judgeStack(rule, new Stack(subjects), all)
    : subjects.flatMap((subject) => judgeResource(rule, subject, all));
}

/** The properties that were complained of. */
export function pathsOf(findings: readonly Finding[], verdict: Finding["verdict"] = "violation"): string[] {
  return findings
    .filter((finding) => finding.verdict === verdict)
    .map(({ message }) => message.match(/"(.*)" /)?.[1] ?? message);
}
