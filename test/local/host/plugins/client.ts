/** The engine's side of a provider, whether a stand-in or an official plugin: what both are asked is the same. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import rpc from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { fromStruct, unary } from "../../../../local/host/grpc.ts";
import type { Properties } from "../../../../toolkit/property-values.ts";
import { unwrapProperties } from "../../../../toolkit/property-values.ts";

export interface Resource {
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** What a difference means: nothing to do, an update, or a new resource. */
export interface Planned {
  readonly does: "nothing" | "update" | "replace";
  /** Top-level inputs that differ. */
  readonly inputs: readonly string[];
}

export interface Provider {
  /** @throws with the provider's refusals */
  check(type: string, inputs: Properties): Promise<Properties>;
  create(type: string, inputs: Properties): Promise<Resource>;
  read(type: string, last: Resource): Promise<Resource>;
  diff(type: string, last: Resource, inputs: Properties): Promise<Planned>;
  remove(type: string, last: Resource): Promise<void>;
  stop(): void;
}

/** As it is, nulls too: a plugin that gave a secret of nothing wants it back like that. */
const toStruct = (properties: Properties) =>
  struct.Struct.fromJavaScript(
    JSON.parse(JSON.stringify(properties)) as Parameters<typeof struct.Struct.fromJavaScript>[0],
  );

const NAME = "probe";
const urnOf = (type: string) => `urn:pulumi:local::probe::${type}::${NAME}`;

function asked<Response>(
  call: (done: (error: grpc.ServiceError | null, response: Response) => void) => unknown,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    call((error, response) => (error ? reject(new Error(error.details)) : resolve(response)));
  });
}

/** A provider that listens on a port, configured as a program's explicit one. */
export async function providerAt(
  port: number,
  packageName: string,
  configuration: Properties,
  stop: () => void,
): Promise<Provider> {
  const client = new providerGrpc.ResourceProviderClient(
    `127.0.0.1:${port}`,
    grpc.credentials.createInsecure(),
  );
  const providerUrn = `urn:pulumi:local::probe::pulumi:providers:${packageName}::${NAME}`;
  const providerType = `pulumi:providers:${packageName}`;
  const checkConfig = new rpc.CheckRequest()
    .setUrn(providerUrn)
    .setName(NAME)
    .setType(providerType)
    .setNews(toStruct(configuration));
  const checked = await asked<messages.CheckResponse>((done) => client.checkConfig(checkConfig, done));
  const refusals = checked.getFailuresList().map((failure) => failure.getReason());
  if (refusals.length > 0) throw new Error(refusals.join("; "));
  const configure = new rpc.ConfigureRequest()
    .setArgs(checked.getInputs())
    .setAcceptsecrets(true)
    .setAcceptresources(true)
    .setSendsOldInputs(true)
    .setSendsOldInputsToDelete(true)
    .setUrn(providerUrn)
    .setName(NAME)
    .setType(providerType);
  for (const [key, value] of Object.entries(configuration)) {
    configure.getVariablesMap().set(`${packageName}:config:${key}`, String(value));
  }
  const ready = await asked<messages.ConfigureResponse>((done) => client.configure(configure, done));
  /** As the engine sends what it keeps: secrets as such only to a provider that says it takes them. */
  const sent = (properties: Properties) =>
    toStruct(ready.getAcceptsecrets() ? properties : unwrapProperties(properties));
  return {
    async check(type, inputs) {
      const request = new rpc.CheckRequest()
        .setUrn(urnOf(type))
        .setName(NAME)
        .setType(type)
        .setOlds(sent({}))
        .setNews(sent(inputs))
        .setRandomseed(new Uint8Array(32).fill(7));
      const answer = await asked<messages.CheckResponse>((done) => client.check(request, done));
      const failures = answer.getFailuresList().map((failure) => failure.getReason());
      if (failures.length > 0) throw new Error(failures.join("; "));
      return fromStruct(answer.getInputs());
    },
    async create(type, inputs) {
      const request = new rpc.CreateRequest()
        .setUrn(urnOf(type))
        .setName(NAME)
        .setType(type)
        .setProperties(sent(inputs))
        .setTimeout(60);
      const answer = await asked<messages.CreateResponse>((done) => client.create(request, done));
      return { id: answer.getId(), inputs, outputs: fromStruct(answer.getProperties()) };
    },
    async read(type, { id, inputs, outputs }) {
      const request = new rpc.ReadRequest()
        .setId(id)
        .setUrn(urnOf(type))
        .setName(NAME)
        .setType(type)
        .setInputs(sent(inputs))
        .setProperties(sent(outputs));
      const answer = await asked<messages.ReadResponse>((done) => client.read(request, done));
      return {
        id: answer.getId(),
        inputs: fromStruct(answer.getInputs()),
        outputs: fromStruct(answer.getProperties()),
      };
    },
    async diff(type, { id, inputs: before, outputs }, inputs) {
      const request = new rpc.DiffRequest()
        .setId(id)
        .setUrn(urnOf(type))
        .setName(NAME)
        .setType(type)
        .setOldInputs(sent(before))
        .setOlds(sent(outputs))
        .setNews(sent(inputs));
      const answer = await asked<messages.DiffResponse>((done) => client.diff(request, done));
      const changed = answer.getDiffsList();
      const replaced = answer.getReplacesList();
      if (answer.getChanges() !== rpc.DiffResponse.DiffChanges.DIFF_SOME)
        return { does: "nothing", inputs: [] };
      const names = [...new Set([...changed, ...replaced].map(topLevel))].toSorted();
      return { does: replaced.length > 0 ? "replace" : "update", inputs: names };
    },
    async remove(type, { id, inputs, outputs }) {
      const request = new rpc.DeleteRequest()
        .setId(id)
        .setUrn(urnOf(type))
        .setName(NAME)
        .setType(type)
        .setProperties(sent(outputs))
        .setOldInputs(sent(inputs))
        .setTimeout(60);
      await asked<unknown>((done) => client.delete(request, done));
    },
    stop: () => {
      client.close();
      stop();
    },
  };
}

function topLevel(path: string): string {
  return path.split(/[.[]/)[0] ?? path;
}

/** Starts an official plugin as the engine does. Its requests to the outside end at a proxy that refuses. */
export async function startPlugin(binary: string, packageName: string, configuration: Properties) {
  const engine = new grpc.Server();
  engine.addService(engineGrpc.EngineService, {
    log: unary(() => new empty.Empty()),
    getRootResource: unary(() => new empty.Empty()),
    setRootResource: unary(() => new empty.Empty()),
    startDebugging: unary(() => new empty.Empty()),
    requirePulumiVersion: unary(() => new empty.Empty()),
  } as never);
  const enginePort = await new Promise<number>((resolve, reject) => {
    engine.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
  const child = spawn(binary, [`127.0.0.1:${enginePort}`], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, HTTPS_PROXY: "http://127.0.0.1:9", NO_PROXY: "127.0.0.1,localhost" },
  });
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", (line) => resolve(Number(line)));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${binary} ended with ${code}`)));
  });
  return providerAt(port, packageName, configuration, () => {
    child.removeAllListeners("exit");
    child.kill();
    engine.forceShutdown();
  });
}
