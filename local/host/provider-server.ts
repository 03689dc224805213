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
import { unwrapProperties, withoutDefaults } from "../../toolkit/property-values.ts";
import { checkConfiguration, decodeConfiguration, readConfiguration } from "./configuration.ts";
import { differences } from "./difference.ts";
import { fromStruct, serverStreaming, statusError, toStruct, unary } from "./grpc.ts";
import * as operations from "./operations.ts";
import { checkResponse, diffResponse, nameOf, typeOf } from "./provider-messages.ts";
import { type HostedPackage, ProviderSessions } from "./provider-sessions.ts";
import { checkInputs } from "./validation.ts";

const { Empty } = empty;

type Methods<Name extends keyof IResourceProviderServer> = Pick<IResourceProviderServer, Name>;

/** The stand-ins as one gRPC service. */
export function providerService(packages: readonly HostedPackage[]): IResourceProviderServer {
  const sessions = new ProviderSessions(packages);
  return {
    ...introduction(packages),
    ...configurationMethods(sessions),
    ...comparisonMethods(sessions),
    ...makingMethods(sessions),
    ...changingMethods(sessions),
    ...functionMethods(sessions),
    // What no program of ours asks for.
    parameterize: unsupported("parameterize"),
    call: unsupported("call"),
    construct: unsupported("construct"),
    getMapping: unary(() => new rpc.GetMappingResponse()),
    getMappings: unary(() => new rpc.GetMappingsResponse()),
    list: serverStreaming(() => Promise.reject(unimplemented("list"))),
  };
}

/** What the engine asks of any plugin. */
function introduction(
  packages: readonly HostedPackage[],
): Methods<"handshake" | "attach" | "cancel" | "getPluginInfo" | "getSchema"> {
  // The engine warns of a plugin older than its SDK. It asks before it says which plugin it means.
  const newest = packages.map(({ version }) => version).toSorted(semver.rcompare)[0] ?? "0.0.0";
  return {
    handshake: unary(() => new rpc.ProviderHandshakeResponse().setAcceptSecrets(true)),
    attach: unary(() => new Empty()),
    cancel: unary(() => new Empty()),
    getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(newest)),
    getSchema: unary(() => new rpc.GetSchemaResponse().setSchema("{}")),
  };
}

/** Checks the configuration of a package, and takes it for a connection. */
function configurationMethods(
  sessions: ProviderSessions,
): Methods<"checkConfig" | "diffConfig" | "configure"> {
  return {
    checkConfig: unary((request: messages.CheckRequest) => {
      const given = fromStruct(request.getNews());
      const mistakes = checkConfiguration(sessions.packageOf(typeOf(request)).configuration, given);
      return checkResponse(request.getNews(), mistakes);
    }),

    diffConfig: unary((request: messages.DiffRequest) => {
      const { configuration } = sessions.packageOf(typeOf(request));
      const before = decodeConfiguration(configuration, fromStruct(request.getOldInputs()));
      const after = decodeConfiguration(configuration, fromStruct(request.getNews()));
      return diffResponse({
        differences: differences(before, after),
        replaces: [],
        deleteBeforeReplace: false,
      });
    }),

    configure: unary(async (request: messages.ConfigureRequest, call) => {
      const wanted = sessions.packageOf(request.getType() ?? "");
      const configuration = fromStruct(request.getArgs());
      await operations.withoutSecrets([configuration], async () => {
        const connected = await wanted.connect(
          readConfiguration(wanted.configuration, configuration) as never,
        );
        sessions.remember(call, { packageName: wanted.name, configuration, connected });
      });
      return new rpc.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),
  };
}

/** What a preview asks: whether inputs are right, and what they would change. */
function comparisonMethods(sessions: ProviderSessions): Methods<"check" | "diff"> {
  return {
    check: unary((request: messages.CheckRequest, call) => {
      const { inputs, mistakes } = checkInputs(
        sessions.handlerOf(call, typeOf(request)).inputs,
        fromStruct(request.getNews()),
      );
      return checkResponse(toStruct(inputs), mistakes);
    }),

    diff: unary((request: messages.DiffRequest, call) =>
      diffResponse(
        operations.compare(
          sessions.handlerOf(call, typeOf(request)),
          withoutDefaults(fromStruct(request.getOldInputs())),
          fromStruct(request.getNews()),
          request.getIgnorechangesList(),
        ),
      ),
    ),
  };
}

/** Makes resources and reads them. */
function makingMethods(sessions: ProviderSessions): Methods<"create" | "read"> {
  return {
    create: sessions.guarded(async (request: messages.CreateRequest, call) => {
      const inputs = fromStruct(request.getProperties());
      const handler = sessions.handlerOf(call, typeOf(request));
      const made = request.getPreview()
        ? { id: "", outputs: inputs }
        : await operations.create(handler, nameOf(request), inputs);
      return new rpc.CreateResponse().setId(made.id).setProperties(toStruct(made.outputs));
    }),

    read: sessions.guarded(async (request: messages.ReadRequest, call) => {
      const last = {
        inputs: withoutDefaults(fromStruct(request.getInputs())),
        outputs: fromStruct(request.getProperties()),
      };
      const found = await operations.read(sessions.handlerOf(call, typeOf(request)), request.getId(), last);
      if (found === undefined) return new rpc.ReadResponse();
      return new rpc.ReadResponse()
        .setId(found.id)
        .setInputs(toStruct(found.inputs))
        .setProperties(toStruct(found.outputs));
    }),
  };
}

/** Changes resources and deletes them. */
function changingMethods(sessions: ProviderSessions): Methods<"update" | "delete"> {
  return {
    update: sessions.guarded(async (request: messages.UpdateRequest, call) => {
      const inputs = fromStruct(request.getNews());
      const last = {
        inputs: withoutDefaults(fromStruct(request.getOldInputs())),
        outputs: fromStruct(request.getOlds()),
      };
      const handler = sessions.handlerOf(call, typeOf(request));
      const outputs = request.getPreview()
        ? operations.previewUpdate(inputs, last)
        : await operations.update(handler, request.getId(), inputs, last);
      return new rpc.UpdateResponse().setProperties(toStruct(outputs));
    }),

    delete: sessions.guarded(async (request: messages.DeleteRequest, call) => {
      const last = {
        inputs: withoutDefaults(fromStruct(request.getOldInputs())),
        outputs: fromStruct(request.getProperties()),
      };
      await operations.remove(sessions.handlerOf(call, typeOf(request)), request.getId(), last);
      return new Empty();
    }),
  };
}

/** Calls the functions of a package. */
function functionMethods(sessions: ProviderSessions): Methods<"invoke"> {
  return {
    invoke: sessions.guarded(async (request: messages.InvokeRequest, call) => {
      const { packageName, connected } = sessions.of(call);
      const invoked = connected.functions?.[request.getTok()];
      if (!invoked) throw statusError(`the stand-in for ${packageName} has no function ${request.getTok()}`);
      const given = fromStruct(request.getArgs());
      const result = await operations.withoutSecrets([given], () => invoked(unwrapProperties(given)));
      return new rpc.InvokeResponse().setReturn(toStruct(result));
    }),
  };
}

function unimplemented(method: string): grpc.ServiceError {
  return statusError(`the stand-in providers do not answer "${method}"`, grpc.status.UNIMPLEMENTED);
}

function unsupported<Request, Response>(method: string) {
  return unary<Request, Response>(() => Promise.reject(unimplemented(method)));
}
