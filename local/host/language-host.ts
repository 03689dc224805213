/**
 * The language host: the engine's way to run our TypeScript. It starts the Pulumi program (`Run`) and policy packs
 * (`RunPlugin`) as Node processes. It serves commands that run at the same time, since everything is kept
 * by connection.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import type { ILanguageRuntimeServer } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import type * as messages from "@pulumi/pulumi/proto/language_pb.js";
import rpc from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { serverStreaming, statusError, unary } from "./grpc.ts";

const { Empty } = empty;

/** What `cmd/run` exits with when it has told the user itself what went wrong. */
const ALREADY_REPORTED = 32;

const RUN = fileURLToPath(import.meta.resolve("@pulumi/pulumi/cmd/run/index.js"));

/** Connections whose engine address is remembered. */
const CONNECTION_LIMIT = 100;

type OutputChild = ChildProcessByStdio<null, Readable, Readable>;

/** The language host as a gRPC service. */
export function languageService(): ILanguageRuntimeServer {
  /** The engine only says in the handshake where it listens. */
  const engines = new Map<string, string>();

  return {
    handshake: unary((request: messages.LanguageHandshakeRequest, call) => {
      engines.set(call.getPeer(), request.getEngineAddress());
      const oldest = engines.keys().next();
      if (engines.size > CONNECTION_LIMIT && !oldest.done) engines.delete(oldest.value);
      return new rpc.LanguageHandshakeResponse();
    }),
    cancel: unary(() => new Empty()),
    getPluginInfo: unary(() => new plugin.PluginInfo().setVersion("1.0.0")),
    getRequiredPlugins: unary(() => new rpc.GetRequiredPluginsResponse()),
    getRequiredPackages: unary(() => new rpc.GetRequiredPackagesResponse()),
    getProgramDependencies: unary(() => new rpc.GetProgramDependenciesResponse()),
    about: unary(() => new rpc.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
    installDependencies: serverStreaming(async () => {}),
    run: unary((request: messages.RunRequest, call) => run(request, engines.get(call.getPeer()) ?? "", call)),
    runPlugin: serverStreaming(runPlugin),

    runtimeOptionsPrompts: unary(() => new rpc.RuntimeOptionsResponse()),
    template: unsupported("template"),
    generateProgram: unsupported("generateProgram"),
    generateProject: unsupported("generateProject"),
    generatePackage: unsupported("generatePackage"),
    pack: unsupported("pack"),
    link: unsupported("link"),
  };
}

async function run(
  request: messages.RunRequest,
  engine: string,
  call: grpc.ServerUnaryCall<messages.RunRequest, messages.RunResponse>,
): Promise<messages.RunResponse> {
  const child = spawn(process.execPath, [...nodeArguments(request), RUN, ...runArguments(request, engine)], {
    cwd: request.getPwd(),
    env: { ...process.env, ...runEnvironment(request) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  call.on("cancelled", () => child.kill("SIGKILL"));
  const log = engineLog(engine);
  const output = Promise.all([forward(child.stdout, log.write), forward(child.stderr, log.write)]);
  const [code, signal] = await ended(child);
  await output;
  await log.close();
  if (code === ALREADY_REPORTED) return new rpc.RunResponse().setBail(true);
  if (code === 0) return new rpc.RunResponse();
  return new rpc.RunResponse().setError(`the program ended with ${signal ?? `exit code ${code}`}`);
}

/** Those of the project's own `nodeargs`. */
function nodeArguments(request: messages.RunRequest): string[] {
  const text = request.getInfo()?.getOptions()?.toJavaScript()["nodeargs"];
  return typeof text === "string" ? text.split(/\s+/) : [];
}

function runArguments(request: messages.RunRequest, engine: string): string[] {
  const flags = {
    monitor: request.getMonitorAddress(),
    engine,
    project: request.getProject(),
    stack: request.getStack(),
    organization: request.getOrganization(),
    "root-directory": request.getInfo()?.getRootDirectory() ?? request.getPwd(),
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
  };
  const given = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  const dryRun = request.getDryrun() ? ["--dry-run"] : [];
  return [...given, ...dryRun, entryPoint(request)];
}

function entryPoint(request: messages.RunRequest): string {
  return request.getInfo()?.getEntryPoint() || ".";
}

/** The configuration, in the program's environment as the SDK expects it: secrets are not on the command line. */
function runEnvironment(request: messages.RunRequest): NodeJS.ProcessEnv {
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().getEntryList())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    PULUMI_NODEJS_TYPESCRIPT: "false",
  };
}

/** A policy pack: its process serves on a port that its first line of output names. */
async function runPlugin(
  call: grpc.ServerWritableStream<messages.RunPluginRequest, messages.RunPluginResponse>,
): Promise<void> {
  const { request } = call;
  const pack = request.getInfo()?.getProgramDirectory() || request.getPwd();
  const entry = path.join(pack, request.getInfo()?.getEntryPoint() || ".", "index.ts");
  const child = spawn(process.execPath, [entry, ...request.getArgsList()], {
    cwd: pack,
    env: { ...process.env, ...parseEnvironment(request.getEnvList()) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  call.on("cancelled", () => child.kill("SIGTERM"));
  child.stdout.on("data", (chunk: Buffer) => call.write(new rpc.RunPluginResponse().setStdout(chunk)));
  child.stderr.on("data", (chunk: Buffer) => call.write(new rpc.RunPluginResponse().setStderr(chunk)));
  const [code] = await ended(child);
  call.write(new rpc.RunPluginResponse().setExitcode(code ?? 1));
}

function parseEnvironment(entries: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    entries.map((entry) => [entry.split("=", 1)[0], entry.slice(entry.indexOf("=") + 1)]),
  );
}

function ended(child: OutputChild): Promise<[code: number | null, signal: NodeJS.Signals | null]> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve([code, signal]));
  });
}

async function forward(stream: Readable, write: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream })) write(line);
}

/** Shows the program's own output to the user, as the official host does. */
function engineLog(address: string): { write: (line: string) => void; close: () => Promise<void> } {
  const client = new engineGrpc.EngineClient(address, grpc.credentials.createInsecure());
  const sent: Promise<void>[] = [];
  const write = (line: string): void => {
    const entry = new engineMessages.LogRequest()
      .setSeverity(engineMessages.LogSeverity.INFO)
      .setMessage(`${line}\n`);
    // A line that can't be delivered is no reason to fail the command: the engine has gone away then.
    sent.push(new Promise((resolve) => client.log(entry, () => resolve())));
  };
  const close = async (): Promise<void> => {
    await Promise.all(sent);
    client.close();
  };
  return { write, close };
}

function unsupported<Request, Response>(method: string) {
  const error = statusError(`the language host does not answer "${method}"`, grpc.status.UNIMPLEMENTED);
  return unary<Request, Response>(() => Promise.reject(error));
}
