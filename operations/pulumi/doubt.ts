/** What an update or an import was doing when it was cut off. Whether it took effect, the state can't say. */
import { Failure } from "../../toolkit/failure.ts";
import type { Pulumi } from "./cli.ts";
import { readState, type State } from "./state.ts";

type Pending = State["pending"];

/** The next update forgets these and makes the objects again, a second time where they are there already. */
const MADE_AGAIN: readonly string[] = ["creating", "importing"];

/** Of what is pending, what the next update may make a second time. */
export function madeAgain({ pending }: Pick<State, "pending">): Pending {
  return pending.filter(({ type }) => MADE_AGAIN.includes(type));
}

/** For people: what is in doubt, and what to do. */
export function doubtTold(stack: string, pending: Pending): string {
  return [
    `${stack}: an update or an import was cut off; whether it took effect, the state can't say:`,
    ...pending.map(({ type, resource }) => `  ${type} ${resource.urn.split("::").at(-1)}`),
    'The next update would make again what is there already. See "Pending operations" in docs/recovery.md, then run this again.',
  ].join("\n");
}

/** @throws Failure where anything is in doubt */
export async function refuseInDoubt(pulumi: Pulumi, stack: string): Promise<void> {
  const { pending } = await readState(pulumi);
  if (pending.length > 0) throw new Failure(doubtTold(stack, pending));
}
