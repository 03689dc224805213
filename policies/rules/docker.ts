/** Containers: the same image everywhere, no secret in sight, little to attack, and data that outlives them. */
import type { ContainerArgs } from "@pulumi/docker/container.js";
import type { RemoteImageArgs } from "@pulumi/docker/remoteImage.js";
import { each, type Requirement, resourceRule, type Subject, some } from "../rule.ts";
import { CONTAINER, REMOTE_IMAGE } from "./types.ts";

const DIGEST = /(^|@)sha256:/;

const floatingImage = resourceRule<RemoteImageArgs & ContainerArgs>({
  name: "docker-container-disallow-floating-image",
  description: "An image is pinned by its digest: what was tested is what runs.",
  severity: "high",
  remediation: "Add the image with version and digest in catalog/images.ts, and use imageReference().",
  types: [REMOTE_IMAGE, CONTAINER],
  *requirements({ type, props }) {
    const path = type === REMOTE_IMAGE ? "name" : "image";
    yield { path, must: "must be pinned by a digest", holds: () => DIGEST.test(props[path] ?? "") };
  },
});

const CREDENTIAL = /(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|WEBHOOK|DSN)/i;

const environmentCredentials = resourceRule<ContainerArgs>({
  name: "docker-container-disallow-env-credentials",
  description:
    "A credential reaches a container as a file: environment variables show in docker inspect and in child processes.",
  severity: "critical",
  remediation:
    "Upload the secret as a file for the server's user alone, and name it by the variable's _FILE form.",
  types: [CONTAINER],
  *requirements({ props }) {
    yield* each("envs", props.envs, "must be a file (NAME_FILE=path)", (variable) => {
      const [name = ""] = variable.split("=", 1);
      return !CREDENTIAL.test(name) || name.endsWith("_FILE");
    });
  },
});

const EVERYWHERE = ["0.0.0.0", "::", "[::]"];

const hardening = resourceRule<ContainerArgs>({
  name: "docker-container-configure-hardening",
  description:
    "A server comes back after a crash, is watched and bounded, has no privileges, and listens where it was told to.",
  severity: "high",
  remediation: "Start from `hardened` of the containers' component; publish ports on metrics.bindAddress.",
  types: [CONTAINER],
  *requirements({ props }) {
    yield { path: "privileged", must: "must not be on", holds: () => props.privileged !== true };
    yield* each("ports", props.ports, "must have an ip that is not every address", ({ ip }) => {
      return ip !== undefined && !EVERYWHERE.includes(ip);
    });
    // A container that is created and never started runs nothing.
    if (props.start !== false) yield* runningServer(props);
  },
});

function* runningServer(props: Subject<ContainerArgs>["props"]): Generator<Requirement> {
  const restarts = ["always", "unless-stopped", "on-failure"];
  yield {
    path: "restart",
    must: "must bring it back",
    holds: () => restarts.includes(props.restart ?? "no"),
  };
  yield { path: "memory", must: "must be bounded", holds: () => (props.memory ?? 0) > 0 };
  yield { path: "healthcheck", must: "must be set", holds: () => props.healthcheck !== undefined };
  yield {
    ...{ path: 'logOpts["max-size"]', must: "must bound the log" },
    holds: () => props.logOpts?.["max-size"] !== undefined,
  };
  yield {
    ...{ path: "capabilities.drops", must: "must drop ALL" },
    holds: () =>
      some(props.capabilities?.drops, (capability) => capability === "ALL" || capability === "CAP_ALL"),
  };
  yield {
    ...{ path: "securityOpts", must: "must forbid new privileges" },
    holds: () => some(props.securityOpts, (option) => /^no-new-privileges(:true)?$/.test(option)),
  };
}

const persistence = resourceRule<ContainerArgs>({
  name: "docker-container-configure-persistence",
  description:
    "What a container writes is on a volume with a name: an anonymous one is lost with the container.",
  severity: "high",
  remediation: "Make a docker.Volume and mount it by volumeName.",
  types: [CONTAINER],
  *requirements({ props }) {
    yield* each("volumes", props.volumes, "must have a volumeName", (volume) => "volumeName" in volume);
  },
});

export const dockerRules = [floatingImage, environmentCredentials, hardening, persistence];
