/** A container's inputs -> what the Docker API is asked for. */
import type Docker from "dockerode";
import { labelMap } from "../inputs/common.ts";
import type { ContainerInputs } from "../inputs/container-shape.ts";
import { nanoseconds } from "../inputs/duration.ts";

const MEGABYTE = 1024 * 1024;

export function createOptions(
  inputs: ContainerInputs,
  name: string,
  ownLabels: Readonly<Record<string, string>>,
): Docker.ContainerCreateOptions {
  const mountPoints = (inputs.volumes ?? []).map(({ containerPath }) => [containerPath, {}]);
  return {
    name,
    Image: inputs.image,
    Labels: { ...labelMap(inputs.labels), ...ownLabels },
    ExposedPorts: Object.fromEntries((inputs.ports ?? []).map((port) => [portKey(port), {}])),
    Volumes: Object.fromEntries(mountPoints),
    OpenStdin: inputs.stdinOpen ?? false,
    Tty: inputs.tty ?? false,
    ...present({
      Cmd: inputs.command,
      Domainname: inputs.domainname,
      Entrypoint: inputs.entrypoints,
      Env: inputs.envs,
      Healthcheck: inputs.healthcheck && healthConfig(inputs.healthcheck),
      Hostname: inputs.hostname,
      StopSignal: inputs.stopSignal,
      StopTimeout: inputs.stopTimeout,
      User: inputs.user,
      WorkingDir: inputs.workingDir,
      platform: inputs.platform,
    }),
    HostConfig: hostConfig(inputs),
  };
}

function hostConfig(inputs: ContainerInputs): Docker.HostConfig {
  return {
    ...resources(inputs),
    NetworkMode: inputs.networkMode ?? "bridge",
    PortBindings: portBindings(inputs.ports ?? []),
    Privileged: inputs.privileged ?? false,
    ReadonlyRootfs: inputs.readOnly ?? false,
    RestartPolicy: restartPolicy(inputs),
    LogConfig: { Type: inputs.logDriver ?? "", Config: inputs.logOpts ?? {} },
    Binds: (inputs.volumes ?? []).flatMap(bind),
    Mounts: (inputs.mounts ?? []).map(mountSettings),
    ...present({
      CapAdd: inputs.capabilities?.adds,
      CapDrop: inputs.capabilities?.drops,
      Dns: inputs.dns,
      DnsOptions: inputs.dnsOpts,
      DnsSearch: inputs.dnsSearches,
      ExtraHosts: inputs.hosts?.map(({ host, ip }) => `${host}:${ip}`),
      GroupAdd: inputs.groupAdds,
      Init: inputs.init,
      IpcMode: inputs.ipcMode,
      PidMode: inputs.pidMode,
      SecurityOpt: inputs.securityOpts,
      ShmSize: inputs.shmSize && inputs.shmSize * MEGABYTE,
      Sysctls: inputs.sysctls,
      Tmpfs: inputs.tmpfs,
      Ulimits: inputs.ulimits?.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
      UsernsMode: inputs.usernsMode,
    }),
  };
}

/** What Docker can change on a living container. */
export function updateOptions(inputs: ContainerInputs): Record<string, unknown> {
  return { ...resources(inputs), RestartPolicy: restartPolicy(inputs) };
}

function resources(inputs: ContainerInputs) {
  return {
    CpuShares: inputs.cpuShares ?? 0,
    CpusetCpus: inputs.cpuSet ?? "",
    Memory: (inputs.memory ?? 0) * MEGABYTE,
    ...present({
      CpuPeriod: inputs.cpuPeriod,
      CpuQuota: inputs.cpuQuota,
      NanoCpus: inputs.cpus && Number(inputs.cpus) * 1e9,
      MemoryReservation: inputs.memoryReservation && inputs.memoryReservation * MEGABYTE,
      MemorySwap:
        inputs.memorySwap && (inputs.memorySwap > 0 ? inputs.memorySwap * MEGABYTE : inputs.memorySwap),
    }),
  };
}

function restartPolicy({ restart, maxRetryCount }: ContainerInputs): Docker.HostRestartPolicy {
  return { Name: restart ?? "no", MaximumRetryCount: maxRetryCount ?? 0 };
}

export function healthConfig(health: NonNullable<ContainerInputs["healthcheck"]>): Docker.HealthConfig {
  return {
    Interval: nanoseconds(health.interval ?? "0"),
    Timeout: nanoseconds(health.timeout ?? "0"),
    StartPeriod: nanoseconds(health.startPeriod ?? "0"),
    Retries: health.retries ?? 0,
    ...present({
      Test: health.tests,
      StartInterval: health.startInterval && nanoseconds(health.startInterval),
    }),
  };
}

type Port = NonNullable<ContainerInputs["ports"]>[number];

function portKey({ internal, protocol }: Port): string {
  return `${internal}/${protocol ?? "tcp"}`;
}

function portBindings(ports: readonly Port[]): Record<string, { HostIp: string; HostPort: string }[]> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const port of ports) {
    const binding = { HostIp: port.ip ?? "0.0.0.0", HostPort: port.external ? String(port.external) : "" };
    bindings[portKey(port)] = [...(bindings[portKey(port)] ?? []), binding];
  }
  return bindings;
}

function bind(volume: NonNullable<ContainerInputs["volumes"]>[number]): readonly string[] {
  const source = volume.hostPath ?? volume.volumeName;
  const mode = [
    volume.readOnly ? "ro" : "rw",
    ...(volume.selinuxRelabel ? [volume.selinuxRelabel] : []),
  ].join(",");
  return source === undefined ? [] : [`${source}:${volume.containerPath}:${mode}`];
}

function mountSettings(mount: NonNullable<ContainerInputs["mounts"]>[number]): Docker.MountSettings {
  return {
    Type: mount.type,
    Target: mount.target,
    Source: mount.source ?? "",
    ReadOnly: mount.readOnly ?? false,
    ...present({
      BindOptions: mount.bindOptions?.propagation && { Propagation: mount.bindOptions.propagation },
      TmpfsOptions: mount.tmpfsOptions && {
        SizeBytes: mount.tmpfsOptions.sizeBytes ?? 0,
        Mode: mount.tmpfsOptions.mode ?? 0,
      },
      VolumeOptions: mount.volumeOptions && {
        NoCopy: mount.volumeOptions.noCopy ?? false,
        Labels: labelMap(mount.volumeOptions.labels),
        DriverConfig: { Name: "", Options: {} },
      },
    }),
  };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined | "" | 0> };

/** Without the members that were not given, so that the engine's own defaults hold. */
function present<T extends object>(members: T): Present<T> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && value !== "" && value !== 0),
  ) as Present<T>;
}
