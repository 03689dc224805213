/**
 * What a provider does with one resource, whatever its platform. Properties are in wire form here (secrets wrapped);
 * the handler only sees plain values.
 */

import { messageOf } from "../../toolkit/error-message.ts";
import type { Properties } from "../../toolkit/property-values.ts";
import {
  compact,
  redact,
  rewrapProperties,
  sealKnown,
  secret,
  secretTexts,
  unwrapProperties,
} from "../../toolkit/property-values.ts";
import { type Difference, differences } from "./difference.ts";
import { formatPath } from "./paths.ts";
import { IMPORT, type ResourceHandler } from "./resource.ts";
import { normalise } from "./validation.ts";

type Handler = ResourceHandler<never>;

/** What the engine remembers of a resource, in wire form. */
export interface State {
  readonly inputs: Properties;
  readonly outputs: Properties;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Top-level inputs whose change replaces the resource. */
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/** @param ignored - Paths that the program told the engine to ignore changes of. */
export function compare(
  handler: Handler,
  before: Properties,
  after: Properties,
  ignored: readonly string[] = [],
): Comparison {
  const old = normalise(handler.inputs, unwrapProperties(before));
  const wanted = normalise(handler.inputs, unwrapProperties(after));
  const hidden: readonly string[] = handler.hidden?.(old, wanted) ?? [];
  const left = [...ignored, ...hidden];
  const isFilledIn = ({ path, kind }: Difference) =>
    kind === "delete" && handler.computed?.includes(String(path.at(-1)));
  const counted = differences(old, wanted).filter(
    (each) =>
      !isFilledIn(each) &&
      !each.path.some((_, end) => left.includes(formatPath(each.path.slice(0, end + 1)))),
  );
  const changed = new Set(counted.map(({ path }) => String(path[0])));
  const replacing: readonly string[] = [...handler.replaceOn, ...(handler.replacing?.(old, wanted) ?? [])];
  const replaces = replacing.filter((name) => changed.has(name));
  return {
    differences: counted,
    replaces,
    deleteBeforeReplace: replaces.length > 0 && handler.deleteBeforeReplace === true,
  };
}

export async function create(handler: Handler, name: string, inputs: Properties) {
  return withoutSecrets([inputs], async () => {
    const made = await handler.create(plain(inputs), name);
    if (made.id === "") throw new Error("the platform gave the new resource no id");
    return { id: made.id, outputs: outputsOf(handler, made.id, inputs, made.outputs) };
  });
}

/** Undefined where the resource no longer exists. Without a last state it is an import, whose id may be of several parts. */
export async function read(
  handler: Handler,
  asked: string,
  last: State,
): Promise<(State & { readonly id: string }) | undefined> {
  const isImport = Object.keys(last.inputs).length === 0 && Object.keys(last.outputs).length === 0;
  return withoutSecrets([last], async () => {
    const { id, inputs = {}, outputs = {} } = (isImport && handler.taken?.(asked)) || { id: asked };
    const imported = { inputs: { ...inputs, [IMPORT]: new Set(handler.replaceOn) } as never, outputs };
    const live = await handler.read(id, isImport ? imported : plainState(last));
    if (live === undefined) return undefined;
    const kept = Object.fromEntries(
      (handler.writeOnly ?? []).map((name: string) => [name, unwrapProperties(last.inputs)[name]]),
    );
    const found = normalise(handler.inputs, { ...live.inputs, ...kept });
    const sealed = sealKnown(rewrapProperties(found, last.inputs), secretTexts(last)) as Properties;
    return { id, inputs: sealed, outputs: outputsOf(handler, id, sealed, live.outputs, last) };
  });
}

/** The new outputs. */
export async function update(
  handler: Handler,
  id: string,
  inputs: Properties,
  last: State,
): Promise<Properties> {
  return withoutSecrets([inputs, last], async () => {
    const computed = await handler.update(id, plain(inputs), plainState(last));
    return outputsOf(handler, id, inputs, computed, last);
  });
}

/** What `update` is expected to give: an update leaves what the platform assigned (ids, addresses) alone. */
export function previewUpdate(inputs: Properties, last: State): Properties {
  const assigned = Object.entries(last.outputs).filter(([name]) => !(name in last.inputs));
  return { ...Object.fromEntries(assigned), ...inputs };
}

export async function remove(handler: Handler, id: string, last: State): Promise<void> {
  await withoutSecrets([last], () => handler.delete(id, plainState(last)));
}

/**
 * Inputs and what the platform added to them, secret wherever they were or must be. The id is among them, as the official
 * plugins have it: some of them read it from there, also from a state that a stand-in has made.
 */
function outputsOf(
  handler: Handler,
  id: string,
  inputs: Properties,
  computed: Properties,
  last?: State,
): Properties {
  const marked = Object.entries(compact(computed)).map(([name, value]) => {
    return [name, handler.secretOutputs?.includes(name) ? secret(value) : value];
  });
  const secretLike = rewrapProperties(Object.fromEntries(marked), { ...last?.outputs, ...inputs });
  const sealed = sealKnown(secretLike, secretTexts(inputs, secretLike)) as Properties;
  return { ...inputs, ...sealed, id };
}

function plain(inputs: Properties): never {
  return unwrapProperties(inputs) as never;
}

function plainState(last: State): { inputs: never; outputs: Properties } {
  return { inputs: plain(last.inputs), outputs: unwrapProperties(last.outputs) };
}

/** Runs a handler. Its errors reach the user, but never with a secret of `known` in them. */
export async function withoutSecrets<Result>(
  known: readonly unknown[],
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw new Error(redact(messageOf(error), secretTexts(known)));
  }
}
