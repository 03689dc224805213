/** What Amazon's engine would refuse of what is rendered for it. */
import { parse } from "yaml";
import { z } from "zod";
import { type Duration, inSeconds } from "../../catalog/duration.ts";
import { engineQuotas } from "../../catalog/engine-quotas.ts";

const ruleFile = z.object({
  groups: z.array(z.object({ name: z.string(), interval: z.string(), rules: z.array(z.unknown()) })),
});
interface Route {
  readonly routes?: readonly Route[] | undefined;
}
const route: z.ZodType<Route> = z.lazy(() => z.object({ routes: z.array(route).optional() }));
const definitionFile = z.object({
  template_files: z.record(z.string(), z.unknown()).default({}),
  alertmanager_config: z
    .string()
    .transform((text) => parse(text))
    .pipe(z.object({ route, inhibit_rules: z.array(z.unknown()).default([]) })),
});

/**
 * @param rules files of rules by name
 * @param definition of its Alertmanager
 * @returns a sentence for each quota that is exceeded
 */
export function quotaProblems(rules: Readonly<Record<string, string>>, definition: string): string[] {
  const { template_files, alertmanager_config } = definitionFile.parse(parse(definition));
  const groups = Object.values(rules).flatMap((text) => ruleFile.parse(parse(text)).groups);
  const files = Object.entries({ ...rules, "the Alertmanager definition": definition });
  const counts = [
    ["rules", groups.flatMap((group) => group.rules).length, engineQuotas.rules],
    ["routes", nodesOf(alertmanager_config.route), engineQuotas.routes],
    ["inhibitions", alertmanager_config.inhibit_rules.length, engineQuotas.inhibitions],
    ["templates", Object.keys(template_files).length, engineQuotas.templates],
    ...files.map(
      ([name, text]) => [`bytes of ${name}`, Buffer.byteLength(text), engineQuotas.fileBytes] as const,
    ),
  ] as const;
  const fast = groups.filter(
    ({ interval }) => inSeconds(interval as Duration) < engineQuotas.evaluationIntervalSeconds,
  );
  return [
    ...counts.flatMap(([what, count, most]) =>
      count > most ? [`${count} ${what}, and a workspace may have ${most}`] : [],
    ),
    ...fast.map(
      ({ name, interval }) =>
        `group ${name} each ${interval}, and the shortest interval is ${engineQuotas.evaluationIntervalSeconds}s`,
    ),
  ];
}

function nodesOf({ routes = [] }: Route): number {
  return 1 + routes.reduce((sum, child) => sum + nodesOf(child), 0);
}
