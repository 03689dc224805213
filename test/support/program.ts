/** The whole program under mocks, with the configuration of a real stack file. */
import { join } from "node:path";
import { secretKeys } from "../../settings/schema.ts";
import { type Configuration, readConfiguration, setPath } from "../../settings/settings-file.ts";
import { withoutClosures } from "./closures.ts";
import { PROJECT, plain, type Recording, type Registration, record } from "./mocks.ts";
import { secretSetting } from "./secrets.ts";

withoutClosures();

export const REPOSITORY = join(import.meta.dirname, "../..");

export const stacks = ["production", "staging", "local"] as const;
export type Stack = (typeof stacks)[number];

/** Values by path, such as `{ "metrics.enabled": false }`. */
export type Overrides = Readonly<Record<string, unknown>>;

const files = new Map<Stack, Configuration>(
  stacks.map((stack) => [stack, readConfiguration(REPOSITORY, stack)]),
);

/** Configuration of a stack as its file and Pulumi.yaml give it, with a sentinel for each secret. */
export function configurationOf(stack: Stack, overrides: Overrides = {}): Configuration {
  const secrets = Object.fromEntries(secretKeys.map((key) => [key, secretSetting(key)]));
  return Object.entries({ ...secrets, ...overrides }).reduce(
    (configuration, [path, value]) => setPath(configuration, path, value),
    files.get(stack) ?? {},
  );
}

export interface ProgramOptions {
  readonly preview?: boolean;
  readonly overrides?: Overrides;
}

export interface ProgramRun extends Recording {
  readonly stack: Stack;
  readonly outputs: Readonly<Record<string, unknown>>;
}

const runs = new Map<string, Promise<ProgramRun>>();

/**
 * Runs index.ts afresh, once for the same arguments: it alone, as what it imports keeps nothing of a run, and takes most
 * of the time to load. One run at a time: the Pulumi SDK's state is global.
 */
export function runProgram(stack: Stack, options: ProgramOptions = {}): Promise<ProgramRun> {
  const key = JSON.stringify([stack, options]);
  const run = runs.get(key) ?? runOnce(stack, options);
  runs.set(key, run);
  return run;
}

async function runOnce(
  stack: Stack,
  { preview = false, overrides = {} }: ProgramOptions,
): Promise<ProgramRun> {
  const configuration = Object.fromEntries(
    Object.entries(configurationOf(stack, overrides)).map(([key, value]) => [
      `${PROJECT}:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
  const { result: outputs, ...recording } = await record({ stack, preview, configuration }, async () => ({
    ...(await import(/* @vite-ignore */ `../../index.ts?run=${runs.size}`)),
  }));
  return { ...recording, stack, outputs };
}

/** The resources of one component of a run, which tests ask for by type and name. */
export interface ComponentRun {
  readonly component: Registration;
  readonly children: readonly Registration[];
  /** What the component registered as its outputs; secrets are still wrapped. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Number of children by type. */
  readonly counts: Readonly<Record<string, number>>;
  /** @throws where there is no child of that name */
  child(name: string): Registration;
  /** A child's inputs, its secrets unwrapped. @throws where there is no child of that name */
  inputs(name: string): Readonly<Record<string, unknown>>;
}

/** @param type such as `OnCall` @throws where the run has none */
export function componentOf(run: Recording, type: string): ComponentRun {
  const component = run.resources.find((resource) => resource.type === `agentpay:monitoring:${type}`);
  if (!component) throw new Error(`the program made no ${type}`);
  const children = run.resources.filter((resource) => resource.parent === component.urn);
  const child = (name: string) => {
    const found = children.find((resource) => resource.name === name);
    if (!found)
      throw new Error(`${type} has no ${name}, only ${children.map((each) => each.name).join(", ")}`);
    return found;
  };
  return {
    component,
    children,
    outputs: run.componentOutputs.get(component.urn) ?? {},
    counts: countByType(children),
    child,
    inputs: (name) => plain(child(name).inputs) as Readonly<Record<string, unknown>>,
  };
}

export function countByType(resources: readonly Registration[]): Record<string, number> {
  const types = resources.map((resource) => resource.type).toSorted();
  return Object.fromEntries(types.map((type) => [type, types.filter((each) => each === type).length]));
}
