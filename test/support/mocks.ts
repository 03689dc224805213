/**
 * Runs a Pulumi program, or a part of one, without an engine and records what it asks for.
 *
 * What this cannot show: a provider's own checks and defaults, replacement, and the effect of resource options.
 * Options are recorded as they are requested: `additionalSecretOutputs`, for one, does nothing here, so secretness is
 * asserted where components expose a value. The tests on the real engine show the rest.
 */
import * as pulumi from "@pulumi/pulumi";
import { isUnknown } from "@pulumi/pulumi/output.js";
import type {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
} from "@pulumi/pulumi/proto/resource_pb.js";
import { deserializeProperties } from "@pulumi/pulumi/runtime/rpc.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { ARCHIVE, SIGNATURE } from "../../local/engine/providers/aws/archive.ts";
import { UNKNOWN } from "../../local/engine/values.ts";
import { sentinel } from "./secrets.ts";

export const PROJECT = "agentpay-monitoring";

type Properties = Readonly<Record<string, unknown>>;

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
}

/** Runs `body` against mocks, until everything that it registers has been answered. */
export async function record<Result>(
  { stack, preview = false, configuration = {} }: RunOptions,
  body: () => Result | Promise<Result>,
): Promise<Recording & { readonly result: Result }> {
  const calls: Invocation[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => newResource(args, preview),
      call: (args) => {
        calls.push({ token: args.token, inputs: args.inputs, provider: providerUrn(args.provider ?? "") });
        return answer(args);
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

/** The SDK takes a stack trace for each of its promises, which under vitest is most of the work. */
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

function newResource(args: pulumi.runtime.MockResourceArgs, preview: boolean) {
  if (!args.custom) return { id: undefined, state: {} };
  if (preview) return { id: undefined, state: args.inputs };
  return { id: `id-of-${args.name}`, state: { ...args.inputs, ...computed[args.type]?.(args) } };
}

const awsArn =
  (service: string) =>
  ({ inputs }: pulumi.runtime.MockResourceArgs) => ({
    arn: `arn:aws:${service}:${inputs.region ?? "eu-central-1"}:111122223333:${inputs.name}`,
  });

const costArn =
  (kind: string) =>
  ({ name }: pulumi.runtime.MockResourceArgs) => ({ arn: `arn:aws:ce::111122223333:${kind}/${name}` });

/** Outputs that only a provider knows. */
const computed: Readonly<Record<string, (args: pulumi.runtime.MockResourceArgs) => Properties>> = {
  "aws:sns/topic:Topic": awsArn("sns"),
  "aws:cloudwatch/logGroup:LogGroup": ({ inputs }) => ({
    arn: `arn:aws:logs:eu-central-1:111122223333:log-group:${inputs.name}`,
  }),
  "aws:cloudwatch/metricAlarm:MetricAlarm": awsArn("cloudwatch"),
  "aws:costexplorer/anomalyMonitor:AnomalyMonitor": costArn("anomalymonitor"),
  "aws:costexplorer/anomalySubscription:AnomalySubscription": costArn("anomalysubscription"),
  "aws:iam/role:Role": ({ inputs }) => ({ arn: `arn:aws:iam::111122223333:role/${inputs.name}` }),
  "aws:lambda/function:Function": ({ inputs }) => ({
    arn: `arn:aws:lambda:eu-central-1:111122223333:function:${inputs.name}`,
  }),
  "aws:ses/emailIdentity:EmailIdentity": ({ inputs }) => ({
    arn: `arn:aws:ses:eu-central-1:111122223333:identity/${inputs.email}`,
  }),
  "aws:sqs/queue:Queue": awsArn("sqs"),
  "aws:ssm/document:Document": ({ inputs }) => ({
    arn: `arn:aws:ssm:eu-central-1:111122223333:document/${inputs.name}`,
  }),
  "aws:ssm/association:Association": ({ name }) => ({ associationId: `id-of-${name}` }),
  "aws:ssm/parameter:Parameter": ({ inputs }) => ({
    arn: `arn:aws:ssm:eu-central-1:111122223333:parameter/${inputs.name}`,
  }),
  "docker:index/remoteImage:RemoteImage": ({ name }) => ({ imageId: `sha256:${name}` }),
  "grafana:oss/dashboard:Dashboard": ({ inputs }) => ({ uid: JSON.parse(inputs.configJson).uid }),
  "pagerduty:index/service:Service": ({ name }) => ({
    htmlUrl: `https://agentpay.pagerduty.com/service-directory/${name}`,
  }),
  "pagerduty:index/serviceIntegration:ServiceIntegration": ({ name }) => ({
    integrationKey: sentinel(`integration-key-of-${name}`),
  }),
  "sentry:index/sentryKey:SentryKey": () => ({
    dsnPublic: sentinel("dsn-public"),
    dsnSecret: sentinel("dsn-secret"),
    secret: sentinel("sentry-key-secret"),
  }),
  "sentry:index/sentryTeam:SentryTeam": () => ({ internalId: "4711" }),
};

/** @throws for a lookup that nobody expects */
function answer({ token, inputs }: pulumi.runtime.MockCallArgs): Properties {
  switch (token) {
    case "pagerduty:index/getUser:getUser":
      return { id: `user:${inputs.email}`, email: inputs.email };
    case "pagerduty:index/getVendor:getVendor":
      return { id: `vendor:${inputs.name}`, name: inputs.name };
    case "sentry:index/getSentryOrganizationIntegration:getSentryOrganizationIntegration":
      return { internalId: inputs.providerKey === "slack" ? "101" : "102" };
    default:
      throw new Error(`Mock call not implemented: ${token}`);
  }
}

const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Whether an input, itself and not just something in it, is a secret. */
export function isSecretInput(value: unknown): value is { readonly value: unknown } {
  return typeof value === "object" && value !== null && (value as Properties)[SIGNATURE] === SECRET;
}

/** An input with every secret in it unwrapped. */
export function plain(value: unknown): unknown {
  return mapInput(value, plain);
}

/** What a provider or policy would get for an input at preview: secrets unwrapped, what is not known yet as the engine says it. */
export function onTheWire(value: unknown): unknown {
  return isUnknown(value) ? UNKNOWN : mapInput(value, onTheWire, onTheWire);
}

/** An input with every secret in it masked. */
export function masked(value: unknown): unknown {
  return mapInput(value, () => "[secret]");
}

function mapInput(
  value: unknown,
  ofSecret: (secret: unknown) => unknown,
  ofItem = (item: unknown) => mapInput(item, ofSecret),
): unknown {
  if (isSecretInput(value)) return ofSecret(value.value);
  if (Array.isArray(value)) return value.map(ofItem);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, ofItem(item)]));
}

/** The value of an output, and whether it is a secret. */
export async function settled<T>(output: pulumi.Output<T>): Promise<{ value: T; secret: boolean }> {
  const secret = await pulumi.isSecret(output);
  const value = await new Promise<T>((resolve) => pulumi.unsecret(output).apply(resolve as never));
  return { value, secret };
}
