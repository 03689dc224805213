/**
 * Runs a Pulumi program, or a part of one, without an engine and records what it asks for.
 *
 * What this cannot show: a provider's own checks and defaults, replacement, and the effect of resource options.
 * Options are recorded as they are requested.
 */
import * as pulumi from "@pulumi/pulumi";
import { isUnknown } from "@pulumi/pulumi/output.js";
import type {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
} from "@pulumi/pulumi/proto/resource_pb.js";
import { deserializeProperties } from "@pulumi/pulumi/runtime/rpc.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { PROJECT } from "../../settings/stack-name.ts";
import { ARCHIVE } from "../../toolkit/archive.ts";
import { isSecret, mapChildren, SIGNATURE, UNKNOWN } from "../../toolkit/property-values.ts";

export type Properties = Readonly<Record<string, unknown>>;

/** What a program asked the engine to register. */
export interface Registration {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Whether a provider manages it; false for components. */
  readonly custom: boolean;
  /** URN of the parent; "" for none. */
  readonly parent: string;
  /** URN of the explicit provider; "" for none. */
  readonly provider: string;
  /** Of the plugin that is asked for; "" for a component. */
  readonly version: string;
  /** Secrets are still wrapped: see `plain` and `isSecretInput`. */
  readonly inputs: Properties;
  readonly protect: boolean;
  readonly deleteBeforeReplace: boolean;
  /** URNs of everything that must be there first. */
  readonly dependencies: readonly string[];
  /** URNs of what each input's value comes from. */
  readonly sources: Readonly<Record<string, readonly string[]>>;
  readonly additionalSecretOutputs: readonly string[];
}

/** A provider's function that a program called. */
export interface Invocation {
  readonly token: string;
  readonly inputs: Properties;
  readonly provider: string;
}

export interface Recording {
  readonly resources: readonly Registration[];
  readonly calls: readonly Invocation[];
  /** What components registered as their outputs, by URN; secrets are still wrapped. */
  readonly componentOutputs: ReadonlyMap<string, Properties>;
}

export interface RunOptions {
  readonly stack: string;
  /** As `pulumi preview`: ids and what only providers know stay unknown. Default false. */
  readonly preview?: boolean;
  /** Configuration with the project's prefix. Default: none. */
  readonly configuration?: Readonly<Record<string, string>>;
  /** What providers answer. */
  readonly mocks: pulumi.runtime.Mocks;
}

/** Runs `body` against mocks, until everything that it registers has been answered. */
export async function record<Result>(
  { stack, preview = false, configuration = {}, mocks }: RunOptions,
  body: () => Result | Promise<Result>,
): Promise<Recording & { readonly result: Result }> {
  const calls: Invocation[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => mocks.newResource(args),
      call: (args) => {
        calls.push({ token: args.token, inputs: args.inputs, provider: providerUrn(args.provider ?? "") });
        return mocks.call(args);
      },
    },
    PROJECT,
    stack,
    preview,
  );
  pulumi.runtime.setAllConfig({ ...configuration });
  const { resources, componentOutputs } = tapMonitor();
  const result = await withoutStackTraces(async () => {
    const made = await body();
    await pulumi.runtime.disconnect();
    return made;
  });
  return { resources, componentOutputs, calls, result };
}

/** The SDK takes a stack trace for each of its promises, which under a transpiler is most of the work. */
async function withoutStackTraces<Result>(body: () => Promise<Result>): Promise<Result> {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return await body();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

type Callback = (error: unknown, response: { getUrn(): string } | undefined) => void;
interface Monitor {
  registerResource(request: RegisterResourceRequest, callback: Callback): Promise<void>;
  registerResourceOutputs(request: RegisterResourceOutputsRequest, callback: Callback): void;
}

/** Mocks only see types, names and inputs. The requests hold the options as well. */
function tapMonitor() {
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const resources: Registration[] = [];
  const componentOutputs = new Map<string, Properties>();
  const registerResource = monitor.registerResource.bind(monitor);
  const registerResourceOutputs = monitor.registerResourceOutputs.bind(monitor);
  monitor.registerResource = (request, callback) =>
    registerResource(request, (error, response) => {
      if (response) resources.push(registration(request, response.getUrn()));
      callback(error, response);
    });
  monitor.registerResourceOutputs = (request, callback) => {
    componentOutputs.set(request.getUrn(), properties(request.getOutputs()));
    registerResourceOutputs(request, callback);
  };
  return { resources, componentOutputs };
}

function registration(request: RegisterResourceRequest, urn: string): Registration {
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    parent: request.getParent(),
    provider: providerUrn(request.getProvider()),
    version: request.getVersion(),
    inputs: properties(request.getObject()),
    protect: request.getProtect() ?? false,
    deleteBeforeReplace: request.getDeletebeforereplace(),
    dependencies: request.getDependenciesList(),
    sources: Object.fromEntries(
      request
        .getPropertydependenciesMap()
        .toArray()
        .map(([property]) => [
          property,
          request.getPropertydependenciesMap().get(property)?.getUrnsList() ?? [],
        ]),
    ),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
  };
}

/** Archives stay as they go over the wire: the SDK's own hide behind promises. */
function properties(message: Struct | undefined): Properties {
  if (!message) return {};
  const archives = Object.entries(message.toJavaScript()).filter(([, value]) => isArchive(value));
  return { ...deserializeProperties(message), ...Object.fromEntries(archives) };
}

function isArchive(value: unknown): boolean {
  return typeof value === "object" && value !== null && (value as Properties)[SIGNATURE] === ARCHIVE;
}

/** A provider reference is `<urn>::<id>`. */
function providerUrn(reference: string): string {
  return reference.split("::").slice(0, -1).join("::");
}

/** What a provider or policy would get for an input at preview: what is not known yet as the engine says it, secrets wrapped. */
export function onTheWire(value: unknown): unknown {
  return isUnknown(value) ? UNKNOWN : mapChildren(value, onTheWire);
}

/** An input with every secret in it masked. */
export function masked(value: unknown): unknown {
  return isSecret(value) ? "[secret]" : mapChildren(value, masked);
}
