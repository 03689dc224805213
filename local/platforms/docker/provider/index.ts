/**
 * The docker package of the local stack, after `@pulumi/docker` 5.2.0. Drives a real Docker Engine where one answers,
 * and otherwise runs the same servers as supervised local processes with the same configuration.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type Docker from "dockerode";
import { z } from "zod";
import type { Properties } from "../../../../toolkit/property-values.ts";
import type { ResourceHandler, StandInPackage } from "../../../host/resource.ts";
import type { ServiceContext } from "../../../host/service.ts";
import { buildStandInImage } from "../published/stand-in-image.ts";
import type { DockerDriver, Platform } from "./driver.ts";
import { type Engine, findEngine, selectDriver } from "./driver-choice.ts";
import { gatewayAddress } from "./engine/connection.ts";
import { EngineDriver, listOwned, removeOwned, startStopped } from "./engine-driver.ts";
import { unsupported } from "./inputs/common.ts";
import { containerReplaceOn } from "./inputs/container.ts";
import { imageInputs, networkInputs, volumeInputs } from "./inputs/resources.ts";
import { localPrograms } from "./process/programs.ts";
import { ProcessDriver } from "./process-driver.ts";
import { Register } from "./register.ts";

const configuration = z.strictObject({
  host: z.string().min(1).optional(),
  registryAuth: z
    .array(
      z.strictObject({
        address: z.string().min(1),
        username: z.string().optional(),
        password: z.string().optional(),
        authDisabled: z.boolean().optional(),
        configFile: unsupported,
        configFileContent: unsupported,
      }),
    )
    .optional(),
  disableDockerDaemonCheck: z.boolean().optional(),
  context: unsupported,
  sshOpts: unsupported,
  caMaterial: unsupported,
  certMaterial: unsupported,
  certPath: unsupported,
  keyMaterial: unsupported,
});
type Configuration = z.infer<typeof configuration>;

/** What the docker package needs of the daemon. */
export type DockerContext = Pick<ServiceContext, "stateFolder" | "ports" | "tools" | "logger">;

export interface DockerPackage extends StandInPackage<Configuration> {
  /**
   * Starts the containers that should run and don't: after a restart of the daemon, or because somebody stopped
   * them. @throws once all were tried, naming those that could not be started.
   */
  resume(): Promise<void>;
  /** Ends every process that stands for a container. The next `resume` starts them again. */
  stopAll(): Promise<void>;
  /** Which driver is used here, in words for people. */
  describe(): Promise<string>;
  /**
   * The addresses of this machine, besides loopback, at which what containers call as `host.docker.internal` must
   * listen. Empty for local processes.
   */
  hostAddresses(): Promise<readonly string[]>;
  /** What this stack's Docker Engine still holds of it, such as `volume agentpay-local-grafana-data`. */
  leftovers(): Promise<readonly string[]>;
  /**
   * Removes them: what an engine that was killed has made without knowing it. Without a Docker Engine, ends the
   * servers that a killed daemon has left running.
   */
  removeLeftovers(): Promise<void>;
}

export function dockerPackage(context: DockerContext): DockerPackage {
  const folder = join(context.stateFolder, "data", "docker");
  const register = new Register(join(folder, "register.json"));
  // One for the daemon's life: it holds the running processes.
  const processes = new ProcessDriver({
    folder,
    logsFolder: join(context.stateFolder, "logs"),
    programs: localPrograms(context.tools),
    expectedHosts: {
      "prometheus:9090": `127.0.0.1:${context.ports.prometheus}`,
      "alertmanager:9093": `127.0.0.1:${context.ports.alertmanager}`,
      "grafana:3000": `127.0.0.1:${context.ports.grafana}`,
      "blackbox:9115": `127.0.0.1:${context.ports.blackbox}`,
    },
  });
  const owner = createHash("sha256").update(context.stateFolder).digest("hex").slice(0, 12);
  const engineHere = () => findEngine({ inUse: register.driver });

  return {
    name: "docker",
    version: "5.2.0",
    configuration,
    connect: async ({ host, registryAuth = [] }) => {
      const choice = await selectDriver({ host, inUse: register.driver });
      context.logger("docker").info(inWords(choice.kind === "docker" ? choice.engine : undefined));
      const driver =
        choice.kind === "docker"
          ? engineDriver(choice.engine.client, owner, registryAuth, context)
          : processes;
      return { resources: resourcesOf(driver, register) };
    },
    resume: async () => {
      const engine = await engineHere();
      await (engine ? startStopped(engine.client, owner) : processes.resume());
    },
    stopAll: () => processes.stopAll(),
    describe: async () => inWords(await engineHere()),
    hostAddresses: async () => {
      const engine = await engineHere();
      const address = engine && (await gatewayAddress(engine.client));
      return address === undefined ? [] : [address];
    },
    leftovers: async () => {
      const engine = await engineHere();
      return engine ? listOwned(engine.client, owner) : [];
    },
    removeLeftovers: async () => {
      const engine = await engineHere();
      await (engine ? removeOwned(engine.client, owner) : processes.stopAll());
    },
  };
}

function engineDriver(
  engine: Docker,
  owner: string,
  credentials: NonNullable<Configuration["registryAuth"]>,
  context: DockerContext,
): EngineDriver {
  const sources = process.env["AGENTPAY_TOOL_SOURCES"]?.split(",").map((source) => source.trim());
  return new EngineDriver({
    engine,
    owner,
    credentials,
    // The same switch that keeps the toolchain from the vendors' download sites.
    mayPull: sources?.includes("download") ?? true,
    build: (published) => buildStandInImage(engine, published, context.tools),
  });
}

function inWords(engine: Engine | undefined): string {
  return engine
    ? `containers in the Docker Engine at ${engine.host}`
    : "no Docker Engine: servers run as local processes";
}

function resourcesOf(
  driver: DockerDriver,
  register: Register,
): Readonly<Record<string, ResourceHandler<never>>> {
  const handler = <Inputs extends Properties>(
    kind: string,
    platform: Platform<Inputs>,
    rules: Pick<ResourceHandler<Inputs>, "inputs" | "replaceOn">,
    // The table holds handlers of different inputs; the server only passes each what its own schema accepted.
  ) =>
    ({
      ...rules,
      ...register.keepingTrack(driver.kind, kind, platform),
    }) as unknown as ResourceHandler<never>;
  return {
    "docker:index/network:Network": handler("network", driver.networks, {
      inputs: networkInputs,
      replaceOn: namesOf(networkInputs.shape),
    }),
    "docker:index/volume:Volume": handler("volume", driver.volumes, {
      inputs: volumeInputs,
      replaceOn: namesOf(volumeInputs.shape),
    }),
    "docker:index/remoteImage:RemoteImage": handler("image", driver.images, {
      inputs: imageInputs,
      replaceOn: ["name", "platform", "pullTriggers", "triggers"],
    }),
    "docker:index/container:Container": handler("container", driver.containers, {
      inputs: driver.containerInputs,
      replaceOn: containerReplaceOn,
    }),
  };
}

function namesOf<Shape extends object>(shape: Shape): (keyof Shape & string)[] {
  return Object.keys(shape) as (keyof Shape & string)[];
}
