/** Containers as supervised local processes. */

import { mkdirSync, rmSync } from "node:fs";
import { join, posix } from "node:path";
import type { Properties } from "../../../../../toolkit/property-values.ts";
import { endProcess, identify, isAlive } from "../../../../host/process-identity.ts";
import type { Created, Live } from "../../../../host/resource.ts";
import { type Platform, physicalName } from "../driver.ts";
import type { ContainerInputs } from "../inputs/container-shape.ts";
import { readBack } from "../inputs/read-back.ts";
import { hostTable, withItself } from "./addresses.ts";
import { type ContainerRecord, newRecord, policyOf } from "./container-record.ts";
import { launch } from "./launch.ts";
import { logLimits } from "./log-file.ts";
import { type Ground, type Listen, pathMap, planServer } from "./plan.ts";
import { answers, claimPort } from "./ports.ts";
import type { LocalProgram } from "./programs.ts";
import type { ProcessState } from "./state.ts";
import { Supervisor } from "./supervisor.ts";
import { placeUploads } from "./uploads.ts";

const DEFAULT_WAIT_SECONDS = 60;
const POLL_MILLISECONDS = 100;
const PORT_RELEASE_MILLISECONDS = 5000;
/** A server that ended this often in a row while it was waited for will not come up by itself. */
const HOPELESS_FAILURES = 3;

export class ProcessContainers implements Platform<ContainerInputs> {
  readonly #state: ProcessState;
  readonly #supervisors = new Map<string, Supervisor>();

  constructor(state: ProcessState) {
    this.#state = state;
  }

  async create(inputs: ContainerInputs, resourceName: string): Promise<Created> {
    const name = physicalName(inputs.name, resourceName);
    if (this.#state.containers.get(name)) {
      throw new Error(
        `"name": the container name ${name} is already in use. Remove that container or choose another name.`,
      );
    }
    const program = this.#state.programOf(inputs.image);
    this.#state.requireNetworks(inputs);
    this.#state.requireVolumes(inputs);
    const listen = await this.#listen(inputs, program);
    const record = this.#record(inputs, name, program, listen);
    this.#state.containers.put(name, record);
    try {
      await this.#fill(inputs, record, program, listen);
      if (inputs.start !== false) await this.#start(record.name, inputs);
    } catch (error) {
      await this.#remove(name);
      throw error;
    }
    return { id: record.id, outputs: await this.#outputs(name) };
  }

  async read(id: string, last: { inputs: ContainerInputs }): Promise<Live | undefined> {
    const record = this.#byId(id);
    if (record === undefined) return undefined;
    const isRunning = await this.#isRunning(record);
    const { name, maxRetryCount } = record.policy;
    const found = {
      ...last.inputs,
      ...(last.inputs.restart !== undefined || name !== "no" ? { restart: name } : {}),
      ...(last.inputs.maxRetryCount !== undefined ? { maxRetryCount } : {}),
    };
    return { inputs: readBack(found, isRunning), outputs: await this.#outputs(record.name) };
  }

  async update(id: string, inputs: ContainerInputs): Promise<Properties> {
    const record = this.#byId(id);
    if (record === undefined) throw new Error(`No such container: ${id}. Run refresh to see what is there.`);
    this.#change(record.name, { policy: policyOf(inputs) });
    const mayStart = inputs.mustRun !== false && inputs.start !== false;
    if (mayStart && !(await this.#isRunning(record))) await this.#start(record.name, inputs);
    return this.#outputs(record.name);
  }

  async delete(id: string): Promise<void> {
    const record = this.#byId(id);
    if (record) await this.#remove(record.name);
  }

  /** Starts what was running when the daemon ended. What a killed daemon left behind is ended first. */
  async resume(): Promise<void> {
    const wanted = this.#state.containers
      .all()
      .filter(({ started, policy }) => started && policy.name !== "no");
    const results = await Promise.allSettled(
      wanted.map(async ({ name }) => {
        if (this.#supervisors.has(name)) return;
        const wasThere = await this.#endLeftBehind(name);
        // The last thread of a process lets go of the port a little after the process counts as ended.
        await this.#launch(name, wasThere ? PORT_RELEASE_MILLISECONDS : 0);
      }),
    );
    const failures = results.flatMap((result) =>
      result.status === "rejected" ? [result.reason as unknown] : [],
    );
    if (failures.length > 0)
      throw new AggregateError(
        failures,
        `${failures.length} container(s) could not be started again: ${failures.map(String).join("; ")}`,
      );
  }

  /** Stops every process. The next `resume` starts them again. */
  async stopAll(): Promise<void> {
    await Promise.all(
      this.#state.containers.all().map(async ({ name }) => {
        await this.#supervisors.get(name)?.stop();
        this.#supervisors.delete(name);
        await this.#endLeftBehind(name);
      }),
    );
  }

  #byId(id: string): ContainerRecord | undefined {
    return this.#state.containers.all().find((record) => record.id === id || record.name === id);
  }

  #change(name: string, change: Partial<ContainerRecord>): ContainerRecord {
    const record = this.#state.containers.get(name);
    if (record === undefined) throw new Error(`No such container: ${name}`);
    const changed = { ...record, ...change };
    this.#state.containers.put(name, changed);
    return changed;
  }

  async #listen(inputs: ContainerInputs, { image }: LocalProgram): Promise<Listen> {
    const main = inputs.ports?.find(({ internal }) => internal === image.port) ?? inputs.ports?.[0];
    if (main === undefined) return { ip: "127.0.0.1", port: image.port };
    const listen = { ip: main.ip ?? "0.0.0.0", port: main.external ?? 0 };
    return { ...listen, port: listen.port || (await claimPort(listen)) };
  }

  #record(inputs: ContainerInputs, name: string, program: LocalProgram, listen: Listen): ContainerRecord {
    const volumes = this.#state.volumeNames(inputs);
    const plan = planServer(inputs, program.image, listen, this.#ground(name, inputs, program, listen));
    return newRecord(inputs, { name, image: program.image, listen, volumes, plan });
  }

  #ground(name: string, inputs: ContainerInputs, { image }: LocalProgram, listen: Listen): Ground {
    const known = this.#state.containers.all().map((record) => ({
      names: [record.name, ...record.aliases],
      ports: record.ports,
    }));
    const hosts = { ...this.#state.expectedHosts, ...hostTable(known) };
    // A container that publishes nothing may hold the files of the server that will: both call it localhost.
    const served = hosts[`${posix.basename(image.repository)}:${image.port}`];
    const itself = inputs.ports || served === undefined ? `127.0.0.1:${listen.port}` : served;
    return {
      rootFolder: this.#rootFolder(name),
      volumeFolder: (volume) => this.#state.volumeFolder(volume),
      hosts: withItself(hosts, image.port, itself),
    };
  }

  #rootFolder(name: string): string {
    return join(this.#state.folder, "containers", name);
  }

  async #fill(
    inputs: ContainerInputs,
    record: ContainerRecord,
    program: LocalProgram,
    listen: Listen,
  ): Promise<void> {
    const { image } = program;
    const ground = this.#ground(record.name, inputs, program, listen);
    const paths = pathMap(inputs, image, ground);
    for (const folder of [...image.folders, inputs.workingDir ?? image.workingDirectory]) {
      mkdirSync(paths.file(folder), { recursive: true });
    }
    await placeUploads(inputs.uploads ?? [], paths, ground.hosts);
  }

  async #start(name: string, inputs: ContainerInputs): Promise<void> {
    await this.#launch(name);
    if (inputs.wait) await this.#becomeReady(name, (inputs.waitTimeout ?? DEFAULT_WAIT_SECONDS) * 1000);
  }

  async #launch(name: string, portPatience = 0): Promise<void> {
    const record = this.#change(name, { started: true });
    const prefix = await this.#state.programs[record.repository]?.start();
    if (prefix === undefined) throw new Error(`No program stands for the image of ${name} any more.`);
    await claimPort(record.plan.listen, portPatience);
    const supervisor = new Supervisor({
      launch: () =>
        launch({
          command: [...prefix, ...record.plan.arguments],
          environment: record.plan.environment,
          workingDirectory: record.plan.workingDirectory,
          logFile: this.#logFile(name),
          logLimits: logLimits(record.logOptions),
        }),
      policy: () => this.#state.containers.get(name)?.policy ?? { name: "no", maxRetryCount: 0 },
      onStarted: (pid) => void this.#remember(name, pid),
      onEnded: (exitCode) => this.#hasEnded(name, exitCode),
      stopSignal: record.stopSignal,
      stopGrace: record.stopGrace,
    });
    this.#supervisors.set(name, supervisor);
    supervisor.start();
  }

  #logFile(name: string): string {
    return join(this.#state.logsFolder, `${name}.log`);
  }

  async #remember(name: string, pid: number): Promise<void> {
    const identity = await identify(pid);
    if (identity && this.#state.containers.get(name)) this.#change(name, { process: identity });
  }

  #hasEnded(name: string, exitCode: number): void {
    const record = this.#state.containers.get(name);
    if (record === undefined) return;
    const { process: _gone, ...rest } = record;
    this.#state.containers.put(name, { ...rest, exitCode });
  }

  /** A published port that answers stands for the health check, whose commands only exist inside the image. */
  async #becomeReady(name: string, timeout: number): Promise<void> {
    const { listen } = this.#change(name, {}).plan;
    const deadline = Date.now() + timeout;
    while (!(await answers(listen))) {
      const failures = this.#supervisors.get(name)?.failures ?? 0;
      const isStopped = this.#supervisors.get(name)?.state === "stopped";
      if (isStopped || failures >= HOPELESS_FAILURES) {
        const { exitCode } = this.#change(name, {});
        throw new Error(
          `container ${name} exited with code ${exitCode}${failures > 1 ? ` (${failures} times)` : ""}. See ${this.#logFile(name)}`,
        );
      }
      if (Date.now() >= deadline) {
        throw new Error(
          `container ${name} did not answer on port ${listen.port} within ${timeout / 1000} s. See ${this.#logFile(name)}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
    }
  }

  async #isRunning(record: ContainerRecord): Promise<boolean> {
    const supervisor = this.#supervisors.get(record.name);
    if (supervisor) return supervisor.state !== "stopped";
    return record.process !== undefined && (await isAlive(record.process));
  }

  /** Whether a process of a killed daemon was still there. */
  async #endLeftBehind(name: string): Promise<boolean> {
    const record = this.#state.containers.get(name);
    return record?.process ? endProcess(record.process, record.stopGrace) : false;
  }

  async #remove(name: string): Promise<void> {
    await this.#supervisors.get(name)?.stop();
    this.#supervisors.delete(name);
    await this.#endLeftBehind(name);
    this.#state.containers.remove(name);
    rmSync(this.#rootFolder(name), { recursive: true, force: true });
  }

  async #outputs(name: string): Promise<Properties> {
    const record = this.#change(name, {});
    return {
      name,
      hostname: record.id.slice(0, 12),
      bridge: "",
      exitCode: record.exitCode ?? 0,
      networkDatas: record.networks.map((networkName) => ({
        networkName,
        ipAddress: "127.0.0.1",
        ipPrefixLength: 8,
        gateway: "127.0.0.1",
        globalIpv6Address: "",
        globalIpv6PrefixLength: 0,
        ipv6Gateway: "",
        macAddress: "",
      })),
    };
  }
}
