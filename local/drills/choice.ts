/** Names of alerts -> the drills that ring them. Pure. */
import { type AlertId, alertsById } from "./alert-id.ts";
import type { Drill } from "./drills/drill.ts";
import { drills } from "./drills/index.ts";
import { notDrilled } from "./drills/not-drilled.ts";

/**
 * A drill for each alert of these names; for those that share a name (burn rates), one for each of them. All drills
 * where no name is given.
 * @throws for names that no drill rings, all at once, each with the reason.
 */
export function chosenDrills(names: readonly string[]): readonly Drill[] {
  if (names.length === 0) return drills;
  const problems = names.flatMap(problemWith);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  const wanted = names.flatMap(idsOf).map(drillOf);
  return drills.filter((drill) => wanted.includes(drill));
}

/** `APIDown` is one alert, `SLOMetricMissing` several, `SLOMetricMissing api-latency` one of them. */
function idsOf(name: string): readonly AlertId[] {
  return [...alertsById.keys()].filter((id) => id === name || id.startsWith(`${name} `));
}

function drillOf(id: AlertId): Drill | undefined {
  return (
    drills.find(({ rings }) => rings.includes(id)) ??
    drills.find(({ mutes = [], ringsAfter = [] }) => [...mutes, ...ringsAfter].includes(id))
  );
}

function problemWith(name: string): string[] {
  const ids = idsOf(name);
  if (ids.some(drillOf)) return [];
  const reason = ids.map((id) => notDrilled[id])[0];
  if (reason !== undefined) return [`${name} is not drilled: ${reason}`];
  const known = [...new Set([...alertsById.values()].map((alert) => alert.name))];
  return [`no alert is called ${name}. There are: ${known.join(", ")}`];
}
