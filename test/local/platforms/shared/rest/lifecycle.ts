/** Drives a handler the way the provider server does. */
import { expect } from "vitest";
import { compare, create, read, remove, update } from "../../../../../local/host/operations.ts";
import { formatPath } from "../../../../../local/host/paths.ts";
import type { ConnectedPackage } from "../../../../../local/host/resource.ts";
import { checkInputs } from "../../../../../local/host/validation.ts";
import type { AnyHandler } from "../../../../../local/platforms/shared/rest/handler.ts";
import type { Properties } from "../../../../../toolkit/property-values.ts";
import { unwrapProperties } from "../../../../../toolkit/property-values.ts";

export interface Made {
  readonly id: string;
  /** As checked: with the schema's defaults. */
  readonly inputs: Properties;
  /** Inputs and what the platform added, secrets in clear. */
  readonly outputs: Properties;
}

export function handlerOf(connected: ConnectedPackage, token: string): AnyHandler {
  const handler = connected.resources[token];
  if (!handler) throw new Error(`no handler for ${token}`);
  return handler;
}

/** What a preview says of inputs. */
export function mistakes(handler: AnyHandler, inputs: Properties): readonly string[] {
  return checkInputs(handler.inputs, inputs).mistakes;
}

function checked(handler: AnyHandler, given: Properties): Properties {
  const { inputs, mistakes } = checkInputs(handler.inputs, given);
  expect(mistakes).toEqual([]);
  return inputs;
}

export async function make(handler: AnyHandler, given: Properties, name = "resource"): Promise<Made> {
  const inputs = checked(handler, given);
  const { id, outputs } = await create(handler, name, inputs);
  return { id, inputs, outputs: unwrapProperties(outputs) };
}

export async function change(handler: AnyHandler, made: Made, given: Properties): Promise<Made> {
  const inputs = checked(handler, given);
  return { id: made.id, inputs, outputs: unwrapProperties(await update(handler, made.id, inputs, made)) };
}

/** The paths of the inputs that are not what they were made as; undefined where the resource is gone. */
export async function drift(handler: AnyHandler, made: Made): Promise<readonly string[] | undefined> {
  const live = await read(handler, made.id, made);
  return live && compare(handler, made.inputs, live.inputs).differences.map(({ path }) => formatPath(path));
}

/** The inputs whose change replaces the resource. */
export function replaces(handler: AnyHandler, before: Properties, after: Properties): readonly string[] {
  return compare(handler, before, after).replaces;
}

/** Twice: the second time it is gone already. */
export async function deleteTwice(handler: AnyHandler, made: Made): Promise<void> {
  await remove(handler, made.id, made);
  expect(await drift(handler, made)).toBeUndefined();
  await remove(handler, made.id, made);
}
