/** Who owns a monitor or an alert, and what both of them refer to. */
import { invalid } from "./errors.ts";
import type { ReceivedEvent, State } from "./model.ts";

/** @throws a 400 where `team:1` is no team of the organization */
export function checkedOwner(state: State, owner: string | null | undefined): string | null {
  if (owner == null) return null;
  const [kind, id] = owner.split(":");
  if (kind === "user") return owner;
  if (kind === "team" && teamOf(state, id)) return owner;
  throw invalid({ owner: [kind === "team" ? "Team does not exist" : "Could not parse actor."] });
}

export function teamOf({ teams }: State, id: string | undefined) {
  return Object.values(teams).find((team) => team.id === id);
}

/** @throws a 400 for an environment from which no event has arrived: Sentry knows no other */
export function checkedEnvironment({ events }: State, environment: string | null | undefined): string | null {
  if (environment == null) return null;
  if (events.some((event: ReceivedEvent) => event.environment === environment)) return environment;
  throw invalid({ environment: ["This environment has not been created."] });
}
