/** What keeps a container from being its host: no privilege, nothing of the host's, and nobody who is root. */
import { isIPv4, isIPv6 } from "node:net";
import type { ContainerArgs } from "@pulumi/docker/container.js";
import type { NetworkArgs } from "@pulumi/docker/network.js";
import type { ProviderArgs } from "@pulumi/docker/provider.js";
import type { VolumeArgs } from "@pulumi/docker/volume.js";
import { each, type Requirement, resourceRule, type Subject } from "../rule.ts";
import {
  BUILT_IMAGE,
  CONTAINER,
  DOCKER_PLUGIN,
  DOCKER_PROVIDER,
  NETWORK,
  SWARM_SERVICE,
  VOLUME,
} from "./types.ts";

type ContainerProps = Subject<ContainerArgs>["props"];
type Mount = NonNullable<ContainerProps["mounts"]>[number];

/** Namespaces of the host, and how a container asks for one: `host`, or that of another container. */
const NAMESPACES = ["networkMode", "pidMode", "ipcMode", "usernsMode", "cgroupnsMode"] as const;
const SHARED_NAMESPACE = /^(host|container:.*)$/i;

/**
 * The only options that keep what the kernel and Docker refuse. Any other may be a profile that refuses nothing, a label
 * of SELinux's for everything, or one of the ways to write false.
 */
const CONFINED = /^(no-new-privileges([:=]true)?|seccomp[:=]builtin|apparmor[:=]docker-default)$/;

/** Docker's own way to start a container: another may hand out what it likes. */
const RUNTIME = /^(|runc|io\.containerd\.runc\.v2)$/;

const hostAccess = resourceRule<ContainerArgs>({
  name: "docker-container-disallow-host-access",
  description: "A container has nothing of its host's: no privilege, namespace, device, folder or socket.",
  severity: "critical",
  remediation: "Start from `hardened` of components/docker/containers.ts, and mount named volumes only.",
  types: [CONTAINER],
  settings: {
    // Such as metrics.targetsFolder: each by its whole path, and to be read alone.
    hostFolders: { type: "array", items: { type: "string", pattern: "^(/[\\w.-]+){2,}$" }, default: [] },
  },
  *requirements({ props }, { hostFolders }) {
    yield { path: "privileged", must: "must not be on", holds: () => !props.privileged };
    yield* each("capabilities.adds", props.capabilities?.adds, "must not be given", () => false);
    yield* each("securityOpts", props.securityOpts, "must not leave it unconfined", (option) => {
      return CONFINED.test(option);
    });
    for (const path of NAMESPACES) {
      yield {
        ...{ path, must: "must not be shared with the host or another container" },
        holds: () => !SHARED_NAMESPACE.test(props[path] ?? ""),
      };
    }
    yield {
      ...{ path: "ipcMode", must: "must not be lent to other containers" },
      holds: () => props.ipcMode !== "shareable",
    };
    // By number, nobody sees which group owns the socket on a host.
    yield* each("groupAdds", props.groupAdds, "must not be given", () => false);
    yield* hostResources(props, hostFolders as readonly string[]);
  },
});

function* hostResources(props: ContainerProps, hostFolders: readonly string[]): Generator<Requirement> {
  for (const path of ["devices", "deviceCgroupRules", "deviceRequests"] as const) {
    yield { path, must: "must not be given", holds: () => (props[path]?.length ?? 0) === 0 };
  }
  yield { path: "gpus", must: "must not be given", holds: () => (props.gpus ?? "") === "" };
  yield {
    ...{ path: "sysctls", must: "must not be given" },
    holds: () => Object.keys(props.sysctls ?? {}).length === 0,
  };
  yield {
    ...{ path: "cgroupParent", must: "must be Docker's own" },
    holds: () => (props.cgroupParent ?? "") === "",
  };
  yield { path: "runtime", must: "must be Docker's own", holds: () => RUNTIME.test(props.runtime ?? "") };
  yield* each("networksAdvanced", props.networksAdvanced, "must not be the host's", ({ name }) => {
    return name !== "host";
  });
  yield* each("volumes", props.volumes, "must not be of the host or another container", (volume) => {
    const { hostPath, fromContainer, readOnly, volumeName } = volume;
    if (hostPath && !(readOnly === true && hostFolders.includes(hostPath))) return false;
    return !fromContainer && !isPath(volumeName);
  });
  yield* each("mounts", props.mounts, "must be a named volume, or memory", (mount) => {
    return (mount.type === "volume" && !isPath(mount.source) && isOfDocker(mount)) || mount.type === "tmpfs";
  });
  for (const folder of Object.keys(props.tmpfs ?? {})) {
    yield {
      ...{ path: `tmpfs["${folder}"]`, must: "must run nothing" },
      holds: () => !/(^|,)(exec|suid|dev)(,|$)/.test(props.tmpfs?.[folder] ?? ""),
    };
  }
  yield {
    ...{ path: "publishAllPorts", must: "must not be on" },
    holds: () => !props.publishAllPorts,
  };
  yield* each("ports", props.ports, "must have an ip that is not every address", ({ ip }) => {
    return ip !== undefined && !isEveryAddress(ip);
  });
}

/** Docker takes a name that is a path for a folder of the host. */
function isPath(name: string | undefined): boolean {
  return name !== undefined && /[/\\~]|^\./.test(name);
}

/** A volume that a mount makes can be a folder of the host under a name of its own. */
function isOfDocker({ volumeOptions }: Readonly<Pick<Mount, "volumeOptions">>): boolean {
  return (
    Object.keys(volumeOptions?.driverOptions ?? {}).length === 0 &&
    LOCAL_DRIVER.test(volumeOptions?.driverName ?? "")
  );
}

/** Whether something that listens there can be reached at every address of the host. What is no address counts as it. */
function isEveryAddress(ip: string): boolean {
  if (isIPv4(ip)) return /^0+(\.0+)*$/.test(ip);
  if (!isIPv6(ip)) return true;
  // In its shortest form; an IPv4 address in it is its last part.
  return /^\[::(ffff:)?(0:0)?\]$/.test(new URL(`http://[${ip.split("%")[0]}]`).hostname);
}

/**
 * A user by number, and a group that is not root's. A name is what the image's own list makes of it; a number that is
 * written in another way, such as `+0`, is still a number to Docker.
 */
const OWN_USER = /^[1-9]\d*(:[1-9]\d*)?$/;

/** Docker's own; any other is a program that can hand out what it likes. */
const LOCAL_DRIVER = /^(|local)$/;

const rootUser = resourceRule<ContainerArgs>({
  name: "docker-container-disallow-root-user",
  description: "A server runs as a user of its own, which is not root.",
  severity: "high",
  remediation:
    "Name the image's user by its number, and no group 0 (USERS of components/docker/containers.ts).",
  types: [CONTAINER],
  *requirements({ props }) {
    // A container that is created and never started runs nothing.
    if (props.start === false) return;
    yield { path: "user", must: "must not be root", holds: () => OWN_USER.test(props.user ?? "") };
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
    yield {
      path: "driver",
      must: "must be Docker's own",
      holds: () => LOCAL_DRIVER.test(props.driver ?? ""),
    };
  },
});

/** What hands out a container's ports whether they are published or not. */
const OPEN_GATEWAY = /^(routed|nat-unprotected)$/i;

const ownNetwork = resourceRule<NetworkArgs>({
  name: "docker-network-disallow-host-network",
  description:
    "A network is the host's own and behind it: no container is a machine of the office's or cloud's network.",
  severity: "critical",
  remediation: "Leave driver and gateway mode away: Docker's bridge publishes what a container's ports say.",
  types: [NETWORK],
  *requirements({ props }) {
    yield {
      ...{ path: "driver", must: "must be a bridge" },
      holds: () => /^(|bridge)$/.test(props.driver ?? ""),
    };
    for (const version of ["ipv4", "ipv6"]) {
      const path = `com.docker.network.bridge.gateway_mode_${version}`;
      yield {
        ...{ path: `options["${path}"]`, must: "must not open every port" },
        holds: () => !OPEN_GATEWAY.test(props.options?.[path] ?? ""),
      };
    }
  },
});

const otherWays = resourceRule<object>({
  name: "docker-resource-disallow-other-container",
  description: "What runs is a Container: services and plugins have rights that no rule here looks at.",
  severity: "critical",
  remediation: "Make a docker.Container of a pinned image.",
  types: [SWARM_SERVICE, DOCKER_PLUGIN, BUILT_IMAGE],
  *requirements() {
    yield { path: "type", must: "must not be used: only containers are looked at", holds: () => false };
  },
});

/** Whoever answers at the address would be taken for the engine's host. */
const NO_HOST_KEY = /StrictHostKeyChecking[= ]"?(no|off|accept-new)\b|UserKnownHostsFile[= ]"?\/dev\/null/i;

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
    yield {
      ...{ path: "sshOpts", must: "must look at the host's key" },
      // The engine hands a provider its lists as text.
      holds: () => !NO_HOST_KEY.test(String(props.sshOpts ?? "")),
    };
  },
});

export const dockerIsolationRules = [hostAccess, rootUser, boundVolume, ownNetwork, otherWays, engineTls];
