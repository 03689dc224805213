/**
 * The real engine against a host of one made-up package, whose platform is a map in the test's memory: what is put
 * into it or taken from it happens "behind Pulumi's back".
 */
import { type ChildProcess, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { placeBundledPlugins } from "../../local/host/bundled-plugins.ts";
import { engineEnvironment } from "../../local/host/environment.ts";
import { startEngineHost } from "../../local/host/host.ts";
import type { HostedPackage } from "../../local/host/provider-sessions.ts";
import type { ResourceHandler, StandInPackage } from "../../local/host/resource.ts";
import { statePaths } from "../../local/host/state-folder.ts";
import { tools } from "../../operations/tools/tools.ts";
import type { Properties } from "../../toolkit/property-values.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { ensureTool } from "../../toolkit/toolchain/find.ts";
import { endWhenSilent } from "./silence.ts";

const PROGRAM = path.join(import.meta.dirname, "engine-program");

export interface Declared {
  readonly name: string;
  readonly inputs: Properties;
  readonly options?: {
    readonly additionalSecretOutputs?: string[];
    readonly ignoreChanges?: string[];
    readonly import?: string;
  };
}

interface Thing extends Properties {
  readonly name: string;
  readonly size: number;
  readonly color?: string | undefined;
  readonly password?: string | undefined;
  readonly labels?: Record<string, string> | undefined;
  readonly steps: readonly { readonly order: number; readonly note?: string | undefined }[];
}

const COLOURS = ["red", "green"] as const;

const thingInputs: z.ZodType<Thing> = z
  .strictObject({
    name: z.string().min(3),
    size: z.number().min(1).max(10).default(1),
    color: z.enum(COLOURS).optional(),
    password: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    steps: z.array(z.strictObject({ order: z.number().int(), note: z.string().optional() })).default([]),
  })
  .refine(({ color, size }) => color !== "red" || size < 5, {
    path: ["color"],
    message: "red things are smaller than 5",
  });

export interface Platform {
  readonly things: Map<string, Thing>;
  /** Calls in order, such as `create one`. */
  readonly calls: string[];
  /** Name of the thing that a plugin crashes on when it reads it. Default: none. */
  unreadable?: string | undefined;
  /** Runs before each call takes effect, and may throw, or never end. Default: nothing. */
  before: (call: string) => void | Promise<void>;
  /** Runs before each call is answered, when it has taken effect. Default: nothing. */
  after: (call: string) => void | Promise<void>;
  /** Runs before a read of a thing is answered, given its id; may never end. Default: nothing. */
  reading: (id: string) => void | Promise<void>;
  /** Why the platform refuses the provider's token, where it does. */
  refusal: string | undefined;
}

/** The made-up package: `sentry:test/thing:Thing`. */
export function testPackage(platform: Platform): HostedPackage {
  const outputs = (id: string, thing: Thing) => ({
    address: `thing://${id}`,
    key: `made-key-of-${id}`,
    ...(thing.password ? { echo: `password is ${thing.password}` } : {}),
  });
  const perform = async <Answer>(call: string, effect: () => Answer): Promise<Answer> => {
    platform.calls.push(call);
    await platform.before(call);
    const answer = effect();
    await platform.after(call);
    return answer;
  };
  /** As platforms do, a second thing of the same name is another thing. */
  const freeId = (name: string, tries = 1): string => {
    const id = tries === 1 ? `id-${name}` : `id-${name}-${tries}`;
    return platform.things.has(id) ? freeId(name, tries + 1) : id;
  };
  const thing: ResourceHandler<Thing> = {
    inputs: thingInputs,
    replaceOn: ["name"],
    deleteBeforeReplace: true,
    writeOnly: ["password"],
    create: (inputs) =>
      perform(`create ${inputs.name}`, () => {
        const id = freeId(inputs.name);
        platform.things.set(id, inputs);
        return { id, outputs: outputs(id, inputs) };
      }),
    async read(id, last) {
      await platform.reading(id);
      const live = platform.things.get(id);
      if (!live) return undefined;
      // What the engine says of a plugin that crashed.
      if (live.name === platform.unreadable) throw new Error("error reading from server: EOF");
      const { password: _, ...readable } = live;
      return { inputs: readable, outputs: outputs(id, { ...live, password: last.inputs.password }) };
    },
    update: (id, inputs) =>
      perform(`update ${inputs.name}`, () => {
        platform.things.set(id, inputs);
        return outputs(id, inputs);
      }),
    delete: (id, last) =>
      perform(`delete ${last.inputs.name}`, () => {
        platform.things.delete(id);
      }),
  };
  const standIn: StandInPackage<{ token: string; retries?: number | undefined }> = {
    name: "sentry",
    version: "0.0.9",
    configuration: z.strictObject({ token: z.string(), retries: z.number().optional() }),
    connect: async () => {
      if (platform.refusal !== undefined) throw new Error(platform.refusal);
      return { resources: { "sentry:test/thing:Thing": thing as unknown as ResourceHandler<never> } };
    },
  };
  return standIn;
}

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, for messages whose stream does not matter. */
  readonly output: string;
}

/** A command that runs. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Result>;
}

/** One stack in a private folder. */
export interface EngineStack {
  readonly platform: Platform;
  /** Runs the CLI with these arguments, non-interactively. */
  pulumi(...args: readonly string[]): Promise<Result>;
  /** Begins a command and does not wait: for a test that ends it in the middle, or begins another beside it. */
  start(...args: readonly string[]): Started;
  /** The same with more in its environment. */
  pulumiIn(environment: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Result>;
  /** The same beside a command that runs: one host serves one at a time. */
  pulumiElsewhere(...args: readonly string[]): Promise<Result>;
  /** The CLI, and what runs it by hand: its environment, the program's folder and the stack's configuration. */
  readonly binary: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly program: string;
  readonly configuration: string;
  /** Where the backend keeps the stack's state. */
  readonly stateFile: string;
  /** Sets what the program makes from now on. */
  declare(...things: readonly Declared[]): Promise<void>;
  /** The same for a program that reads something else. */
  declareAll(declared: unknown): Promise<void>;
  /** The exported state, as text. */
  state(): Promise<string>;
  stop(): Promise<void>;
}

export interface EngineStackOptions {
  /** Folder of the program. Default: one that makes the declared things. */
  readonly program?: string;
  /** Default: the made-up package. */
  readonly packages?: readonly HostedPackage[];
  /** Where the state is, and what encrypts the secrets in it. Default: a private folder, and a passphrase. */
  readonly backend?: { readonly environment: NodeJS.ProcessEnv; readonly secretsProvider: string };
}

export async function startEngineStack({
  program: source = PROGRAM,
  packages,
  backend,
}: EngineStackOptions = {}): Promise<EngineStack> {
  const { binaries } = await ensureTool(tools.pulumi);
  const binary = binaries["pulumi"] ?? "pulumi";
  const platform: Platform = {
    things: new Map(),
    calls: [],
    before: () => {},
    after: () => {},
    reading: () => {},
    refusal: undefined,
  };
  const hosted = packages ?? [testPackage(platform)];
  const host = await startEngineHost(hosted);
  const folder = await mkdtemp(path.join(tmpdir(), "engine-test-"));
  const paths = statePaths({ AGENTPAY_LOCAL_HOME: folder });
  const environment = { ...process.env, ...engineEnvironment(paths, host.port), ...backend?.environment };
  const resources = path.join(folder, "resources.json");
  // A key's secrets provider is written into the stack's own file, so there the program is a copy.
  const program = backend ? await copyOf(source, path.join(folder, "program")) : source;
  const configuration = backend
    ? path.join(program, "Pulumi.local.yaml")
    : path.join(folder, "Pulumi.test.yaml");
  await mkdir(paths.backend, { recursive: true });
  const { name } = parse(await readFile(path.join(program, "Pulumi.yaml"), "utf8"));
  await writeFile(configuration, `config:\n  ${name}:resources: ${resources}\n`);
  await placeBundledPlugins(paths.pulumiHome);

  const startIn = (own: NodeJS.ProcessEnv, ...args: readonly string[]): Started => {
    const configured = WITH_CONFIGURATION.includes(args[0] ?? "") ? ["--config-file", configuration] : [];
    return execute(program, binary, [...args, ...configured, "--non-interactive"], {
      ...environment,
      ...own,
    });
  };
  const pulumiIn = (own: NodeJS.ProcessEnv, ...args: readonly string[]) => startIn(own, ...args).ended;
  const start = (...args: readonly string[]) => startIn({}, ...args);
  const pulumiElsewhere = async (...args: readonly string[]): Promise<Result> => {
    const other = await startEngineHost(hosted);
    try {
      return await pulumiIn(engineEnvironment(paths, other.port), ...args);
    } finally {
      other.stop();
    }
  };
  const pulumi = (...args: readonly string[]) => pulumiIn({}, ...args);
  const declareAll = (declared: unknown) => writeFile(resources, JSON.stringify(declared));
  const declare = (...things: readonly Declared[]) => declareAll(things);
  const stop = async (): Promise<void> => {
    host.stop();
    await rm(folder, { recursive: true });
  };
  const provider = backend ? ["--secrets-provider", backend.secretsProvider] : [];
  const initialised = await pulumi("stack", "init", "local", ...provider);
  if (initialised.code !== 0) throw new Error(`stack init failed:\n${initialised.output}`);
  const stateFile = path.join(paths.backend, `.pulumi/stacks/${name}/local.json`);
  return {
    platform,
    pulumi,
    start,
    pulumiIn,
    pulumiElsewhere,
    ...{ binary, environment, program, configuration },
    stateFile,
    declare,
    declareAll,
    stop,
    state: async () => (await pulumi("stack", "export")).stdout,
  };
}

/** A program where it may be written to, with this repository's dependencies. */
async function copyOf(program: string, target: string): Promise<string> {
  await cp(program, target, { recursive: true });
  await writeFile(path.join(target, "package.json"), JSON.stringify({ type: "module" }));
  await symlink(path.join(REPOSITORY, "node_modules"), path.join(target, "node_modules"), "dir");
  return target;
}

const WITH_CONFIGURATION = ["preview", "up", "refresh", "destroy"];

function execute(cwd: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv): Started {
  const child = spawn(command, args, { cwd, env });
  endWhenSilent(child);
  const ended = new Promise<Result>((resolve, reject) => {
    const result = { stdout: "", stderr: "", output: "" };
    const collect = (name: "stdout" | "stderr") => (chunk: Buffer) => {
      result[name] += chunk.toString();
      result.output += chunk.toString();
    };
    child.stdout.on("data", collect("stdout"));
    child.stderr.on("data", collect("stderr"));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...result }));
  });
  return { child, ended };
}
