/** Stack configuration -> one frozen, typed Settings. Every mistake is reported at once, by key, with what is expected. */
import { nothingAnnounced } from "../catalog/maintenance.ts";
import type { ReadAnnouncements } from "./announcements.ts";
import { explain, type Problem, problemsOf, SettingsError } from "./messages.ts";
import { crossFieldProblems } from "./rules/index.ts";
import { stackProblems } from "./rules/stack.ts";
import { type SecretKey, type Sections, type Settings, secretKeys, settingsSchema } from "./schema.ts";

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}

/** Each section by itself: what is wrong in one must not hide what others lack. */
function sectionsOf(configuration: Readonly<Record<string, unknown>>): Sections {
  const sections = Object.entries(settingsSchema.shape).flatMap(([name, rule]) => {
    const { success, data } = rule.safeParse(configuration[name]);
    return success ? [[name, data]] : [];
  });
  return Object.fromEntries(sections);
}

/** What is known of a stack beside its configuration. */
export interface Surroundings {
  /** What is in maintenance.yaml. @default nothing */
  readonly announced?: ReadAnnouncements;
  /** Secret keys whose values are not encrypted. @default none */
  readonly plainSecrets?: readonly SecretKey[];
  /** Names of the project's stacks. @default this one alone */
  readonly stacks?: readonly string[];
}

/**
 * @param environment the stack's name: `production`, `staging`, `local`, ...
 * @param configuration the project's configuration, its defaults included: `{ metrics: { retentionDays: 40 } }`
 * @throws SettingsError that lists every problem
 */
export function parseSettings(
  environment: string,
  configuration: Readonly<Record<string, unknown>>,
  {
    announced = { announcements: nothingAnnounced, problems: [] },
    plainSecrets = [],
    stacks = [],
  }: Surroundings = {},
): Settings {
  const result = settingsSchema.safeParse(configuration);
  const sections = result.success ? result.data : sectionsOf(configuration);
  const problems: Problem[] = [
    ...(result.success ? [] : problemsOf(result.error)),
    ...stackProblems(environment, stacks),
    ...crossFieldProblems(environment, sections, announced),
    ...plainSecretProblems(environment, plainSecrets),
    ...announced.problems.map((mistake) => ({ ...mistake, text: "file" as const })),
  ];
  if (!result.success || problems.length > 0) {
    throw new SettingsError(explain({ environment, configuration, secretKeys }, problems));
  }
  const isProduction = environment === "production";
  return deepFreeze({ ...result.data, environment, isProduction, announcements: announced.announcements });
}

/** The local stack's secrets open nothing but what runs on this machine. */
function plainSecretProblems(environment: string, plainSecrets: readonly SecretKey[]): Problem[] {
  if (environment === "local") return [];
  const expected = "a secret value, encrypted: whoever reads the stack's file has this one; replace it";
  return plainSecrets.map((key) => ({ key, expected, text: true }));
}
