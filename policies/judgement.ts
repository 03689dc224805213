/** What the rules say of what a program asks for, with no engine: for tests, and for reviews where there is none. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Exemption } from "./exemption.ts";
import { type Finding, judgeResource, judgeStack, type Rule, Stack, type Subject } from "./rule.ts";
import { rules } from "./rules/index.ts";

type Level = "advisory" | "mandatory" | "disabled";

/** Levels, exemptions and settings by rule, as `policies/config/<stack>.json` has them. */
export type PolicyConfiguration = Readonly<Partial<Record<string, Level | OwnConfiguration>>>;

interface OwnConfiguration {
  readonly enforcementLevel?: Level;
  readonly exempt?: readonly Exemption[];
  readonly [setting: string]: unknown;
}

export interface Judgement extends Finding {
  readonly rule: Rule;
  readonly level: Exclude<Level, "disabled">;
}

/** The stack's own; none where it has no such file. */
export function policyConfiguration(stack: string): PolicyConfiguration {
  const file = join(import.meta.dirname, "config", `${stack}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
}

/** @param subjects everything that the program asks for, as the policy SDK would hand it on */
export function judgeProgram(
  subjects: readonly Subject[],
  configuration: PolicyConfiguration,
  today = new Date().toISOString().slice(0, 10),
): Judgement[] {
  if (subjects.length === 0) return [];
  return rules.flatMap((rule) => {
    const own = configuration[rule.name] ?? {};
    const { enforcementLevel, exempt, ...settings } =
      typeof own === "string" ? { enforcementLevel: own } : own;
    const level = enforcementLevel ?? rule.level ?? "mandatory";
    if (level === "disabled") return [];
    const circumstances = { today, settings, ...(exempt && { exempt }) };
    const findings =
      rule.kind === "stack"
        ? judgeStack(rule, new Stack(subjects), circumstances)
        : subjects.flatMap((subject) => judgeResource(rule, subject, circumstances));
    return findings.map((finding) => ({ ...finding, rule, level }));
  });
}
