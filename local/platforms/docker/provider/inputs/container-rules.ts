/** What Docker or its official provider refuses about several inputs of a container together. */
import { isWithin } from "../container-path.ts";
import type { ContainerInputs } from "./container-shape.ts";

export interface Mistake {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export interface Rule {
  /** The rule runs where all of these are well-formed. */
  readonly needs: readonly (keyof ContainerInputs)[];
  readonly mistakes: (inputs: ContainerInputs) => readonly Mistake[];
}

/** Runs a rule for each element of a list: a text where that element is wrong. */
function each<T>(
  list: string,
  items: readonly T[] | undefined,
  check: (item: T, index: number) => string | undefined,
) {
  return (items ?? []).flatMap((item, index): readonly Mistake[] => {
    const message = check(item, index);
    return message === undefined ? [] : [{ path: [list, index], message }];
  });
}

function when(
  wrong: boolean | undefined,
  property: keyof ContainerInputs,
  message: string,
): readonly Mistake[] {
  return wrong ? [{ path: [property], message }] : [];
}

/** Positions after the first at which a key comes again. */
function repeated<T>(items: readonly T[], key: (item: T) => string): ReadonlySet<number> {
  const seen = new Set<string>();
  return new Set(items.flatMap((item, index) => (seen.size === seen.add(key(item)).size ? [index] : [])));
}

/** Where the container's file system is not its own image's. */
export interface MountPoint {
  readonly path: string;
  readonly kind: "volume" | "bind" | "tmpfs";
  readonly readOnly: boolean;
}

export function mountPoints(inputs: ContainerInputs): readonly MountPoint[] {
  return [
    ...(inputs.volumes ?? []).map((volume) => ({
      path: volume.containerPath,
      kind: volume.hostPath ? ("bind" as const) : ("volume" as const),
      readOnly: volume.readOnly ?? false,
    })),
    ...(inputs.mounts ?? []).map((mount) => ({
      path: mount.target,
      kind: mount.type,
      readOnly: mount.readOnly ?? false,
    })),
    ...Object.keys(inputs.tmpfs ?? {}).map((path) => ({ path, kind: "tmpfs" as const, readOnly: false })),
  ];
}

type Upload = NonNullable<ContainerInputs["uploads"]>[number];

function uploadTarget(upload: Upload, inputs: ContainerInputs): string | undefined {
  const mount = mountPoints(inputs)
    .filter(({ path }) => isWithin(upload.file, path))
    .sort((left, right) => right.path.length - left.path.length)[0];
  if (mount?.kind === "tmpfs")
    return `goes below the tmpfs ${mount.path}, which hides it once the container starts`;
  if (mount?.readOnly) return `goes below ${mount.path}, which is mounted read-only: Docker refuses that`;
  return undefined;
}

function uploadContent(upload: Upload): string | undefined {
  const given = [upload.content, upload.contentBase64, upload.source].filter(
    (text) => text !== undefined && text !== "",
  );
  // The official provider cannot tell an empty text from an absent one, and refuses both.
  if (given.length === 1) return undefined;
  return "needs exactly one of content, contentBase64 and source, and not empty";
}

const LOG_OPTIONS: Readonly<Record<string, ReadonlySet<string>>> = {
  "json-file": new Set(
    "max-size max-file compress labels labels-regex env env-regex tag mode max-buffer-size".split(" "),
  ),
  local: new Set("max-size max-file compress mode max-buffer-size".split(" ")),
  none: new Set(),
};

const LOG_VALUES: Readonly<Record<string, RegExp>> = {
  "max-size": /^(-1|\d+(\.\d+)?[kmg]?b?)$/i,
  "max-file": /^[1-9]\d*$/,
  compress: /^(true|false)$/,
  mode: /^(blocking|non-blocking)$/,
};

function logOptions({ logDriver = "json-file", logOpts = {} }: ContainerInputs): readonly Mistake[] {
  const known = LOG_OPTIONS[logDriver];
  return Object.entries(logOpts).flatMap(([name, value]): readonly Mistake[] => {
    const path = ["logOpts", name];
    if (known && !known.has(name))
      return [{ path, message: `is not an option of the log driver ${logDriver}` }];
    if (LOG_VALUES[name]?.test(value) === false)
      return [{ path, message: "has a value that Docker refuses" }];
    return [];
  });
}

export const containerRules: readonly Rule[] = [
  {
    needs: ["wait", "healthcheck"],
    mistakes: ({ wait, healthcheck }) =>
      when(
        wait && (healthcheck === undefined || healthcheck.tests?.[0] === "NONE"),
        "wait",
        "needs a healthcheck: without one the container never becomes healthy",
      ),
  },
  {
    needs: ["start", "mustRun"],
    mistakes: ({ start, mustRun }) =>
      when(
        start === false && mustRun !== false,
        "mustRun",
        "must be false where start is false: else the provider reports the stopped container as a change on every run",
      ),
  },
  {
    needs: ["restart", "maxRetryCount"],
    mistakes: ({ restart, maxRetryCount }) =>
      when(
        maxRetryCount !== undefined && maxRetryCount > 0 && restart !== "on-failure",
        "maxRetryCount",
        'only works with restart "on-failure"',
      ),
  },
  {
    needs: ["memory", "memorySwap"],
    mistakes: ({ memory = 0, memorySwap = 0 }) => [
      ...when(memorySwap > 0 && memory === 0, "memorySwap", "needs memory to be set as well"),
      ...when(
        memorySwap > 0 && memory > memorySwap,
        "memorySwap",
        "is memory and swap together: it can't be less than memory",
      ),
    ],
  },
  {
    needs: ["memory", "memoryReservation"],
    mistakes: ({ memory = 0, memoryReservation = 0 }) =>
      when(memory > 0 && memoryReservation > memory, "memoryReservation", "can't be more than memory"),
  },
  {
    needs: ["networkMode", "networksAdvanced"],
    mistakes: ({ networkMode = "bridge", networksAdvanced }) =>
      when(
        (networksAdvanced?.length ?? 0) > 0 && /^(host|none|container:)/.test(networkMode),
        "networksAdvanced",
        `can't be used with networkMode ${networkMode}`,
      ),
  },
  {
    needs: ["ports"],
    mistakes: ({ ports = [] }) => {
      const published = (port: (typeof ports)[number]) =>
        `${port.ip ?? "0.0.0.0"} ${port.external} ${port.protocol ?? "tcp"}`;
      const again = repeated(
        ports.filter(({ external }) => external),
        published,
      );
      const given = ports.filter(({ external }) => external);
      return each("ports", ports, (port) =>
        again.has(given.indexOf(port)) ? `publishes port ${port.external} a second time` : undefined,
      );
    },
  },
  {
    needs: ["volumes"],
    mistakes: ({ volumes }) =>
      each("volumes", volumes, ({ volumeName, hostPath }) =>
        volumeName && hostPath ? "has both volumeName and hostPath: only one can be mounted" : undefined,
      ),
  },
  {
    needs: ["mounts"],
    mistakes: ({ mounts }) =>
      each("mounts", mounts, (mount) => {
        if (mount.type === "bind" && !mount.source?.startsWith("/"))
          return "needs an absolute host path as source";
        if (mount.type === "tmpfs" && mount.source !== undefined) return "is a tmpfs, which has no source";
        const foreign = (["bind", "tmpfs", "volume"] as const).find(
          (kind) => kind !== mount.type && mount[`${kind}Options`],
        );
        return foreign ? `is a ${mount.type} mount and can't have ${foreign}Options` : undefined;
      }),
  },
  {
    needs: ["volumes", "mounts", "tmpfs"],
    mistakes: (inputs) => {
      const points = mountPoints(inputs);
      return [...repeated(points, ({ path }) => path.replace(/\/+$/, ""))].map((index) => ({
        path: ["volumes"],
        message: `mount something at ${points[index]?.path} twice`,
      }));
    },
  },
  {
    needs: ["ulimits"],
    mistakes: ({ ulimits }) =>
      each("ulimits", ulimits, ({ soft, hard }) =>
        soft > hard ? "has a soft limit above its hard limit" : undefined,
      ),
  },
  { needs: ["logDriver", "logOpts"], mistakes: logOptions },
  {
    needs: ["uploads", "readOnly"],
    mistakes: ({ uploads, readOnly }) =>
      when(
        readOnly && (uploads?.length ?? 0) > 0,
        "uploads",
        "can't be used with readOnly: Docker refuses them (container rootfs is marked read-only), also those into a " +
          "volume. Upload into a volume from a container that is created and never started, and mount that volume",
      ),
  },
  {
    needs: ["uploads", "volumes", "mounts", "tmpfs"],
    mistakes: (inputs) => {
      const again = repeated(inputs.uploads ?? [], ({ file }) => file);
      return each("uploads", inputs.uploads, (upload, index) =>
        again.has(index)
          ? "uploads the same file a second time"
          : (uploadContent(upload) ?? uploadTarget(upload, inputs)),
      );
    },
  },
];
