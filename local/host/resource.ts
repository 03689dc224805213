/**
 * The contract between the provider server (which speaks gRPC with the real Pulumi engine) and the stand-in
 * packages (which know one platform each). The server owns everything that is the same for all of them:
 * secrets, unknown values, diffs, replacement and drift. A package only sees plain values.
 */
import type { z } from "zod";
import type { Properties } from "../../toolkit/property-values.ts";

/** What a platform made: its physical id and the outputs that were not inputs (arn, slug, url, ...). */
export interface Created {
  readonly id: string;
  readonly outputs: Properties;
}

/**
 * Marks the inputs that a read is given at an import, when nothing was given last: everything that tells the object apart
 * is to be read back. Its value is the inputs that replace.
 */
export const IMPORT = Symbol("import");

/** What an id says by itself at an import: some are of several parts. */
export interface Taken {
  /** The resource's own id from then on. */
  readonly id: string;
  readonly inputs?: Properties;
  readonly outputs?: Properties;
}

/** What is really there now. `inputs` are in the shape of the resource's inputs, so that drift can be seen. */
export interface Live {
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/**
 * One resource type of one platform.
 *
 * Errors thrown by any method reach the user as the resource's error: say what is wrong, which property, what to
 * do; never quote a value that may be secret.
 */
export interface ResourceHandler<Inputs extends Properties = Properties> {
  /**
   * Strict schema of the inputs (`z.strictObject`): unknown names, missing ones, enum strings, ranges and
   * cross-field rules are refused here, at preview, as the official provider or its API would. It may fill in the
   * official provider's defaults. Values that are still unknown at preview are not passed through it.
   */
  readonly inputs: z.ZodType<Inputs>;
  /** Top-level inputs whose change replaces the resource, as in the official provider. */
  readonly replaceOn: readonly (keyof Inputs & string)[];
  /**
   * Inputs, at any depth, that the platform fills in where the program gives none: read back, they are no difference to a
   * program that gives none. Default: none.
   */
  readonly computed?: readonly string[];
  /** Further top-level inputs that replace by what in them has changed. Default: none. */
  replacing?(before: Properties, after: Properties): readonly (keyof Inputs & string)[];
  /** Inputs whose difference the official provider hides, or paths in them such as `layers[0].start`. Default: none. */
  hidden?(before: Properties, after: Properties): readonly string[];
  /** Whether the old one must go before the new one comes (fixed names, ports). Default: false. */
  readonly deleteBeforeReplace?: boolean;
  /** Outputs that the official SDK or provider marks as secret in state. Default: none. */
  readonly secretOutputs?: readonly string[];
  /**
   * Inputs the official provider never reads back (write-only or hashed by the platform): they keep their last
   * value on read and never count as drift. Default: none.
   */
  readonly writeOnly?: readonly (keyof Inputs & string)[];

  /** Takes an import's id apart, as the official plugin does. Default: it is the resource's own. */
  taken?(id: string): Taken;

  create(inputs: Inputs, name: string): Promise<Created>;
  /** Undefined where the resource no longer exists. Throws where the platform can't be reached. */
  read(id: string, last: { inputs: Inputs; outputs: Properties }): Promise<Live | undefined>;
  /** Returns the new outputs. Never called for a change of a `replaceOn` property. */
  update(id: string, inputs: Inputs, last: { inputs: Inputs; outputs: Properties }): Promise<Properties>;
  /** Succeeds where the resource is gone already. */
  delete(id: string, last: { inputs: Inputs; outputs: Properties }): Promise<void>;
}

/** A provider function (`getVendor`, ...): plain arguments to plain result. */
export type FunctionHandler = (args: Properties) => Promise<Properties>;

/** A package after `Configure`: its resource types and functions by full token (`aws:sns/topic:Topic`). */
export interface ConnectedPackage {
  readonly resources: Readonly<Record<string, ResourceHandler<never>>>;
  readonly functions?: Readonly<Record<string, FunctionHandler>>;
}

/** A stand-in for one official provider plugin. */
export interface StandInPackage<Configuration extends Properties = Properties> {
  readonly name: "aws" | "datadog" | "docker" | "grafana" | "pagerduty" | "sentry";
  /** Version of the official package whose behaviour this follows. */
  readonly version: string;
  /** Strict schema of the explicit provider's inputs (`new aws.Provider(name, inputs)`), as the official one has. */
  readonly configuration: z.ZodType<Configuration>;
  /** Called once the provider's inputs are known. May throw: unreachable platform, refused credentials. */
  connect(configuration: Configuration): Promise<ConnectedPackage>;
}
