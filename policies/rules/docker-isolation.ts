/** What keeps a container from being its host: no privilege, nothing of the host's, and nobody who is root. */
import { isIPv4, isIPv6 } from "node:net";
import type { ContainerArgs } from "@pulumi/docker/container.js";
import type { ProviderArgs } from "@pulumi/docker/provider.js";
import type { VolumeArgs } from "@pulumi/docker/volume.js";
import { each, type Requirement, resourceRule, type Subject } from "../rule.ts";
import { CONTAINER, DOCKER_PROVIDER, VOLUME } from "./types.ts";

type ContainerProps = Subject<ContainerArgs>["props"];

/** Namespaces of the host, and how a container asks for one: `host`, or that of another container. */
const NAMESPACES = ["networkMode", "pidMode", "ipcMode", "usernsMode", "cgroupnsMode"] as const;
const SHARED_NAMESPACE = /^(host|container:.*)$/i;

/** Turns off what the kernel or Docker would refuse. */
const UNCONFINED =
  /^((seccomp|apparmor|systempaths)[=:]unconfined|label[=:]disable|no-new-privileges[=:]false)$/i;

/** Groups that own the Docker socket or the host's devices. */
const POWERFUL_GROUPS = /^(0|root|docker|disk|kmem|shadow|sudo|wheel)$/i;

const hostAccess = resourceRule<ContainerArgs>({
  name: "docker-container-disallow-host-access",
  description: "A container has nothing of its host's: no privilege, namespace, device, folder or socket.",
  severity: "critical",
  remediation: "Start from `hardened` of components/containers.ts, and mount named volumes only.",
  types: [CONTAINER],
  *requirements({ props }) {
    yield { path: "privileged", must: "must not be on", holds: () => props.privileged !== true };
    yield* each("capabilities.adds", props.capabilities?.adds, "must not be given", () => false);
    yield* each("securityOpts", props.securityOpts, "must not leave it unconfined", (option) => {
      return !UNCONFINED.test(option);
    });
    for (const path of NAMESPACES) {
      yield {
        ...{ path, must: "must not be shared with the host or another container" },
        holds: () => !SHARED_NAMESPACE.test(props[path] ?? ""),
      };
    }
    yield* each("groupAdds", props.groupAdds, "must not be a group that owns the host", (group) => {
      return !POWERFUL_GROUPS.test(group);
    });
    yield* hostResources(props);
  },
});

function* hostResources(props: ContainerProps): Generator<Requirement> {
  for (const path of ["devices", "deviceCgroupRules", "deviceRequests"] as const) {
    yield { path, must: "must not be given", holds: () => (props[path]?.length ?? 0) === 0 };
  }
  yield {
    ...{ path: "cgroupParent", must: "must be Docker's own" },
    holds: () => (props.cgroupParent ?? "") === "",
  };
  yield* each("volumes", props.volumes, "must not be of the host or another container", (volume) => {
    return !volume.hostPath && !volume.fromContainer && !isPath(volume.volumeName);
  });
  yield* each("mounts", props.mounts, "must be a named volume, or memory", ({ type, source }) => {
    return (type === "volume" && !isPath(source)) || type === "tmpfs";
  });
  yield {
    ...{ path: "publishAllPorts", must: "must not be on" },
    holds: () => props.publishAllPorts !== true,
  };
  yield* each("ports", props.ports, "must have an ip that is not every address", ({ ip }) => {
    return ip !== undefined && !isEveryAddress(ip);
  });
}

/** Docker takes a name that is a path for a folder of the host. */
function isPath(name: string | undefined): boolean {
  return name !== undefined && /[/\\~]|^\./.test(name);
}

/** Whether something that listens there can be reached at every address of the host. What is no address counts as it. */
function isEveryAddress(ip: string): boolean {
  if (isIPv4(ip)) return /^0+(\.0+)*$/.test(ip);
  if (!isIPv6(ip)) return true;
  // In its shortest form; an IPv4 address in it is its last part.
  return /^\[::(ffff:)?(0:0)?\]$/.test(new URL(`http://[${ip.split("%")[0]}]`).hostname);
}

/** Empty: the image decides, and most of them decide for root. */
const ROOT = /^\s*(|0+|root)\s*(:.*)?$/;

const rootUser = resourceRule<ContainerArgs>({
  name: "docker-container-disallow-root-user",
  description: "A server runs as a user of its own, which is not root.",
  severity: "high",
  remediation: "Name the image's user by its number (USERS of components/containers.ts).",
  types: [CONTAINER],
  *requirements({ props }) {
    // A container that is created and never started runs nothing.
    if (props.start === false) return;
    yield { path: "user", must: "must not be root", holds: () => !ROOT.test(props.user ?? "") };
  },
});

const boundVolume = resourceRule<VolumeArgs>({
  name: "docker-volume-disallow-host-path",
  description: "A volume is Docker's own, and no folder or device of the host under another name.",
  severity: "critical",
  remediation: "Leave driverOpts away, and let Docker keep the volume.",
  types: [VOLUME],
  *requirements({ props }) {
    for (const option of ["device", "o", "mountpoint"]) {
      yield {
        ...{ path: `driverOpts.${option}`, must: "must not be given" },
        holds: () => (props.driverOpts?.[option] ?? "") === "",
      };
    }
  },
});

const engineTls = resourceRule<ProviderArgs>({
  name: "docker-provider-enforce-tls",
  description:
    "A Docker Engine is reached by its socket, by SSH, or by TLS: whoever reaches it is root there.",
  severity: "critical",
  remediation: "Use ssh:// or unix:// as metrics.dockerHost and uptime.statusPageDockerHost.",
  types: [DOCKER_PROVIDER],
  *requirements({ props }) {
    yield {
      ...{ path: "host", must: "must not be plain TCP" },
      holds: () => {
        if (!/^(tcp|http):/i.test(props.host ?? "")) return true;
        return (
          Boolean(props.certPath) || Boolean(props.caMaterial && props.certMaterial && props.keyMaterial)
        );
      },
    };
  },
});

export const dockerIsolationRules = [hostAccess, rootUser, boundVolume, engineTls];
