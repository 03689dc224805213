/**
 * What a stack's pager called people for, and what they did: `Incident` of components/shared/incident.ts, whichever product
 * it comes from. Replays are judged by it, and reviews of a week count it.
 */
import { pagerOf } from "../../components/pagers/index.ts";
import { pagerProducts } from "../../components/pagers/list.ts";
import type { Incident, TimeRange } from "../../components/shared/incident.ts";
import { messageOf } from "../../toolkit/error-message.ts";
import { Failure } from "../../toolkit/failure.ts";
import type { Stack } from "../verify/stack.ts";

/** For all questions together, which are asked one by one: two for each incident, of which a bad month has hundreds. */
const LONGEST_MILLISECONDS = 900_000;

/**
 * All incidents that were open at any time in the range, in order; undefined where the stack pages nobody.
 * @throws Failure where the pager can't be asked
 */
export async function incidentsOf(
  { settings, secrets, outputs }: Stack,
  range: TimeRange,
): Promise<readonly Incident[] | undefined> {
  const key = pagerOf(settings)?.key;
  const product = pagerProducts.find((each) => each.key === key);
  if (product === undefined) return undefined;
  const signal = AbortSignal.timeout(LONGEST_MILLISECONDS);
  try {
    return await product.incidents({ settings, secrets, outputs, signal }, range);
  } catch (error) {
    throw new Failure(`The incidents can't be read from ${product.name}: ${messageOf(error)}`);
  }
}
