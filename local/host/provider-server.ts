/**
 * The engine's side of every stand-in package: one gRPC ResourceProvider for all of them. It translates messages;
 * what they ask for is done in operations.ts.
 */
import * as grpc from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import rpc from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import semver from "semver";
import type { z } from "zod";
import type { Properties } from "../../toolkit/property-values.ts";
import { unwrapProperties, withoutDefaults } from "../../toolkit/property-values.ts";
import { checkConfiguration, decodeConfiguration, readConfiguration } from "./configuration.ts";
import { type Difference, differences } from "./difference.ts";
import { fromStruct, serverStreaming, statusError, toStruct, unary } from "./grpc.ts";
import * as operations from "./operations.ts";
import { formatPath } from "./paths.ts";
import type { ConnectedPackage, ResourceHandler, StandInPackage } from "./resource.ts";
import { checkInputs } from "./validation.ts";

const { Empty } = empty;
/** Connections remembered at once. Each engine command opens one for each explicit provider. */
const SESSION_LIMIT = 100;

type Call = Pick<grpc.ServerUnaryCall<unknown, unknown>, "getPeer">;

interface Session {
  readonly packageName: string;
  /** The explicit provider's inputs, in wire form: its token is not to appear in an error either. */
  readonly configuration: Properties;
  readonly connected: ConnectedPackage;
}

/** A stand-in package, whatever its configuration. */
export type HostedPackage = Pick<StandInPackage, "name" | "version"> & {
  readonly configuration: z.ZodType;
  connect(configuration: never): Promise<ConnectedPackage>;
};

/** The stand-ins as one gRPC service. */
export function providerService(packages: readonly HostedPackage[]): IResourceProviderServer {
  const byName = new Map<string, HostedPackage>(packages.map((item) => [item.name, item]));
  /** By the engine's end of the connection: each explicit provider of a program has one of its own. */
  const sessions = new Map<string, Session>();

  const packageOf = (providerType: string): HostedPackage => {
    const name = providerType.split(":").at(-1) ?? "";
    const found = byName.get(name);
    if (found) return found;
    throw statusError(
      `there is no stand-in for provider "${name}"; there are: ${[...byName.keys()].join(", ")}`,
    );
  };

  const sessionOf = (call: Call): Session => {
    const session = sessions.get(call.getPeer());
    if (session) return session;
    throw statusError("this provider was not configured on this connection", grpc.status.FAILED_PRECONDITION);
  };

  const handlerOf = (call: Call, type: string): ResourceHandler<never> => {
    const { packageName, connected } = sessionOf(call);
    const handler = connected.resources[type];
    if (handler) return handler;
    throw statusError(
      `the stand-in for ${packageName} has no resource type ${type}; ` +
        `it has: ${Object.keys(connected.resources).toSorted().join(", ")}`,
    );
  };

  const remember = (peer: string, session: Session): void => {
    sessions.set(peer, session);
    const oldest = sessions.keys().next();
    if (sessions.size > SESSION_LIMIT && !oldest.done) sessions.delete(oldest.value);
  };

  // The engine warns of a plugin older than its SDK. It asks before it says which plugin it means.
  const newest = packages.map(({ version }) => version).toSorted(semver.rcompare)[0] ?? "0.0.0";

  const guarded = <Request, Response>(answer: (request: Request, call: Call) => Promise<Response>) =>
    unary((request: Request, call: grpc.ServerUnaryCall<Request, Response>) =>
      operations.withoutSecrets([sessions.get(call.getPeer())?.configuration], () => answer(request, call)),
    );

  return {
    handshake: unary(() => new rpc.ProviderHandshakeResponse().setAcceptSecrets(true)),
    attach: unary(() => new Empty()),
    cancel: unary(() => new Empty()),
    getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(newest)),
    getSchema: unary(() => new rpc.GetSchemaResponse().setSchema("{}")),

    checkConfig: unary((request: messages.CheckRequest) => {
      const given = fromStruct(request.getNews());
      const mistakes = checkConfiguration(packageOf(typeOf(request)).configuration, given);
      return checkResponse(request.getNews(), mistakes);
    }),

    diffConfig: unary((request: messages.DiffRequest) => {
      const { configuration } = packageOf(typeOf(request));
      const before = decodeConfiguration(configuration, fromStruct(request.getOldInputs()));
      const after = decodeConfiguration(configuration, fromStruct(request.getNews()));
      return diffResponse({
        differences: differences(before, after),
        replaces: [],
        deleteBeforeReplace: false,
      });
    }),

    configure: unary(async (request: messages.ConfigureRequest, call) => {
      const wanted = packageOf(request.getType() ?? "");
      const configuration = fromStruct(request.getArgs());
      await operations.withoutSecrets([configuration], async () => {
        const connected = await wanted.connect(
          readConfiguration(wanted.configuration, configuration) as never,
        );
        remember(call.getPeer(), { packageName: wanted.name, configuration, connected });
      });
      return new rpc.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),

    check: unary((request: messages.CheckRequest, call) => {
      const { inputs, mistakes } = checkInputs(
        handlerOf(call, typeOf(request)).inputs,
        fromStruct(request.getNews()),
      );
      return checkResponse(toStruct(inputs), mistakes);
    }),

    diff: unary((request: messages.DiffRequest, call) =>
      diffResponse(
        operations.compare(
          handlerOf(call, typeOf(request)),
          withoutDefaults(fromStruct(request.getOldInputs())),
          fromStruct(request.getNews()),
          request.getIgnorechangesList(),
        ),
      ),
    ),

    create: guarded(async (request: messages.CreateRequest, call) => {
      const inputs = fromStruct(request.getProperties());
      const handler = handlerOf(call, typeOf(request));
      const made = request.getPreview()
        ? { id: "", outputs: inputs }
        : await operations.create(handler, nameOf(request), inputs);
      return new rpc.CreateResponse().setId(made.id).setProperties(toStruct(made.outputs));
    }),

    read: guarded(async (request: messages.ReadRequest, call) => {
      const last = {
        inputs: withoutDefaults(fromStruct(request.getInputs())),
        outputs: fromStruct(request.getProperties()),
      };
      const found = await operations.read(handlerOf(call, typeOf(request)), request.getId(), last);
      if (found === undefined) return new rpc.ReadResponse();
      return new rpc.ReadResponse()
        .setId(found.id)
        .setInputs(toStruct(found.inputs))
        .setProperties(toStruct(found.outputs));
    }),

    update: guarded(async (request: messages.UpdateRequest, call) => {
      const inputs = fromStruct(request.getNews());
      const last = {
        inputs: withoutDefaults(fromStruct(request.getOldInputs())),
        outputs: fromStruct(request.getOlds()),
      };
      const handler = handlerOf(call, typeOf(request));
      const outputs = request.getPreview()
        ? operations.previewUpdate(inputs, last)
        : await operations.update(handler, request.getId(), inputs, last);
      return new rpc.UpdateResponse().setProperties(toStruct(outputs));
    }),

    delete: guarded(async (request: messages.DeleteRequest, call) => {
      const last = {
        inputs: withoutDefaults(fromStruct(request.getOldInputs())),
        outputs: fromStruct(request.getProperties()),
      };
      await operations.remove(handlerOf(call, typeOf(request)), request.getId(), last);
      return new Empty();
    }),

    invoke: guarded(async (request: messages.InvokeRequest, call) => {
      const { packageName, connected } = sessionOf(call);
      const invoked = connected.functions?.[request.getTok()];
      if (!invoked) throw statusError(`the stand-in for ${packageName} has no function ${request.getTok()}`);
      const given = fromStruct(request.getArgs());
      const result = await operations.withoutSecrets([given], () => invoked(unwrapProperties(given)));
      return new rpc.InvokeResponse().setReturn(toStruct(result));
    }),

    parameterize: unsupported("parameterize"),
    call: unsupported("call"),
    construct: unsupported("construct"),
    getMapping: unary(() => new rpc.GetMappingResponse()),
    getMappings: unary(() => new rpc.GetMappingsResponse()),
    list: serverStreaming(() => Promise.reject(unimplemented("list"))),
  };
}

interface ResourceRequest {
  getUrn(): string;
  getType(): string;
  getName(): string;
}

/** A URN is `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>`. */
function typeOf(request: ResourceRequest): string {
  return request.getType() || (request.getUrn().split("::")[2]?.split("$").at(-1) ?? "");
}

function nameOf(request: ResourceRequest): string {
  return request.getName() || request.getUrn().split("::").slice(3).join("::");
}

function checkResponse(inputs: ReturnType<typeof toStruct> | undefined, mistakes: readonly string[]) {
  const response = new rpc.CheckResponse().setInputs(inputs);
  // Without a property name: the engine would print that property's value, which may be a secret.
  response.setFailuresList(mistakes.map((mistake) => new rpc.CheckFailure().setReason(mistake)));
  return response;
}

const KINDS = {
  add: { change: rpc.PropertyDiff.Kind.ADD, replace: rpc.PropertyDiff.Kind.ADD_REPLACE },
  delete: { change: rpc.PropertyDiff.Kind.DELETE, replace: rpc.PropertyDiff.Kind.DELETE_REPLACE },
  update: { change: rpc.PropertyDiff.Kind.UPDATE, replace: rpc.PropertyDiff.Kind.UPDATE_REPLACE },
} as const;

function diffResponse(comparison: operations.Comparison): messages.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = rpc.DiffResponse.DiffChanges;
  const found = comparison.differences;
  const response = new rpc.DiffResponse()
    .setChanges(found.length > 0 ? DIFF_SOME : DIFF_NONE)
    .setDiffsList([...new Set(found.map(({ path }) => String(path[0])))])
    .setReplacesList([...comparison.replaces])
    .setDeletebeforereplace(comparison.deleteBeforeReplace)
    .setHasdetaileddiff(true);
  for (const difference of found) {
    response.getDetaileddiffMap().set(formatPath(difference.path), detail(difference, comparison.replaces));
  }
  return response;
}

function detail({ path, kind }: Difference, replaces: readonly string[]): messages.PropertyDiff {
  const replacing = replaces.includes(String(path[0])) ? "replace" : "change";
  return new rpc.PropertyDiff().setKind(KINDS[kind][replacing]).setInputdiff(true);
}

function unimplemented(method: string): grpc.ServiceError {
  return statusError(`the stand-in providers do not answer "${method}"`, grpc.status.UNIMPLEMENTED);
}

function unsupported<Request, Response>(method: string) {
  return unary<Request, Response>(() => Promise.reject(unimplemented(method)));
}
