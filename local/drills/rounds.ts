/** Drills -> rounds of drills that run side by side in one lab. Pure. */
import { alertOf } from "./alert-id.ts";
import { alertsOf, type Drill } from "./drills/drill.ts";

/** Drills that share a round disturb different areas, and no alert or page could be of either. */
export function inRounds(drills: readonly Drill[]): readonly (readonly Drill[])[] {
  const rounds: Drill[][] = [];
  for (const drill of drills) {
    const round = rounds.find((others) => others.every((other) => goTogether(drill, other)));
    if (round) round.push(drill);
    else rounds.push([drill]);
  }
  return rounds;
}

export function goTogether(one: Drill, other: Drill): boolean {
  if (one.areas === undefined || other.areas === undefined) return false;
  return (
    disjoint(one.areas, other.areas) &&
    disjoint(alertsOf(one), alertsOf(other)) &&
    disjoint(pagedServices(one), pagedServices(other))
  );
}

/** Criticals of one service are one page: it would end with the last of them. */
function pagedServices(drill: Drill): readonly string[] {
  return alertsOf(drill)
    .map(alertOf)
    .filter(({ severity }) => severity === "critical")
    .map(({ service }) => service);
}

function disjoint(one: readonly string[], other: readonly string[]): boolean {
  return one.every((item) => !other.includes(item));
}
