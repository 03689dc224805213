/** What a container really is -> its inputs, so that whatever was changed behind Pulumi's back shows as drift. */
import { isDeepStrictEqual } from "node:util";
import type Docker from "dockerode";
import type { ContainerInputs } from "../inputs/container-shape.ts";
import { readBack } from "../inputs/read-back.ts";
import { createOptions, healthConfig } from "./container-options.ts";

const MEGABYTE = 1024 * 1024;

type Inspected = Docker.ContainerInspectInfo;

/**
 * One thing to look at: as the API is asked for it, as the container has it, and, where the two differ, as an input.
 * What was never given is the engine's own choice and no drift.
 */
interface Observation {
  readonly input: keyof ContainerInputs;
  readonly asked: (options: Docker.ContainerCreateOptions) => unknown;
  readonly found: (container: Inspected) => unknown;
  readonly asInput: (container: Inspected) => unknown;
  /** Whether it is looked at where the input is absent as well. */
  readonly always?: boolean;
}

const observations: readonly Observation[] = [
  {
    input: "memory",
    asked: (options) => options.HostConfig?.Memory,
    found: ({ HostConfig }) => HostConfig.Memory ?? 0,
    asInput: ({ HostConfig }) => Math.round((HostConfig.Memory ?? 0) / MEGABYTE),
    always: true,
  },
  {
    input: "memorySwap",
    asked: (options) => options.HostConfig?.MemorySwap,
    found: ({ HostConfig }) => HostConfig.MemorySwap,
    asInput: ({ HostConfig }) => Math.round((HostConfig.MemorySwap ?? 0) / MEGABYTE),
  },
  {
    input: "cpuShares",
    asked: (options) => options.HostConfig?.CpuShares,
    found: ({ HostConfig }) => HostConfig.CpuShares ?? 0,
    asInput: ({ HostConfig }) => HostConfig.CpuShares,
    always: true,
  },
  {
    input: "cpuSet",
    asked: (options) => options.HostConfig?.CpusetCpus,
    found: ({ HostConfig }) => HostConfig.CpusetCpus ?? "",
    asInput: ({ HostConfig }) => HostConfig.CpusetCpus,
    always: true,
  },
  {
    input: "restart",
    asked: (options) => options.HostConfig?.RestartPolicy?.Name,
    found: ({ HostConfig }) => HostConfig.RestartPolicy?.Name || "no",
    asInput: ({ HostConfig }) => HostConfig.RestartPolicy?.Name || "no",
    always: true,
  },
  {
    input: "maxRetryCount",
    asked: (options) => options.HostConfig?.RestartPolicy?.MaximumRetryCount,
    found: ({ HostConfig }) => HostConfig.RestartPolicy?.MaximumRetryCount ?? 0,
    asInput: ({ HostConfig }) => HostConfig.RestartPolicy?.MaximumRetryCount ?? 0,
  },
  {
    input: "image",
    asked: (options) => options.Image,
    // Asked for by name, the container still knows that name; by id, the id.
    found: (container) => container.Config.Image,
    asInput: ({ Image }) => Image,
  },
  {
    input: "command",
    asked: (options) => options.Cmd,
    found: ({ Config }) => Config.Cmd,
    asInput: ({ Config }) => Config.Cmd,
  },
  {
    input: "user",
    asked: (options) => options.User,
    found: ({ Config }) => Config.User,
    asInput: ({ Config }) => Config.User,
  },
  {
    input: "readOnly",
    asked: (options) => options.HostConfig?.ReadonlyRootfs,
    found: ({ HostConfig }) => HostConfig.ReadonlyRootfs ?? false,
    asInput: ({ HostConfig }) => HostConfig.ReadonlyRootfs ?? false,
    always: true,
  },
  {
    input: "logOpts",
    asked: (options) => options.HostConfig?.LogConfig?.Config,
    found: ({ HostConfig }) => HostConfig.LogConfig?.Config,
    asInput: ({ HostConfig }) => HostConfig.LogConfig?.Config,
  },
  {
    input: "healthcheck",
    asked: (options) => options.Healthcheck,
    found: ({ Config }) => withoutEmpty({ ...healthConfig({}), ...Config.Healthcheck }),
    asInput: ({ Config }) => healthInput(Config.Healthcheck),
  },
];

export function liveInputs(last: ContainerInputs, container: Inspected): ContainerInputs {
  const options = createOptions(last, "", {});
  const changed = observations
    .filter(({ input, always }) => always || last[input] !== undefined)
    .filter(
      ({ asked, found }) => !isDeepStrictEqual(withoutEmpty(asked(options)), withoutEmpty(found(container))),
    )
    .map(({ input, asInput }) => [input, asInput(container)]);
  const found = { ...last, ...Object.fromEntries(changed), ...stillAttached(last, container) };
  return readBack(found, container.State.Running);
}

/** Without the networks that the container was taken off. */
function stillAttached(
  { networksAdvanced }: ContainerInputs,
  { NetworkSettings }: Inspected,
): Partial<ContainerInputs> {
  if (networksAdvanced === undefined) return {};
  const attached = new Set(
    Object.entries(NetworkSettings.Networks).flatMap(([name, { NetworkID }]) => [name, NetworkID]),
  );
  return { networksAdvanced: networksAdvanced.filter(({ name }) => attached.has(name)) };
}

function withoutEmpty(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== undefined && member !== 0),
  );
}

function healthInput(health: Docker.HealthConfig | undefined): ContainerInputs["healthcheck"] {
  const seconds = (amount = 0) => `${amount / 1e9}s`;
  return {
    tests: health?.Test ?? ["NONE"],
    interval: seconds(health?.Interval),
    timeout: seconds(health?.Timeout),
    startPeriod: seconds(health?.StartPeriod),
    retries: health?.Retries ?? 0,
  };
}
