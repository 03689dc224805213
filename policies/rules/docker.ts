/** Containers: the same image everywhere, no secret in sight, bounded, and with data that outlives them. */

import type { ContainerArgs } from "@pulumi/docker/container.js";
import type { RemoteImageArgs } from "@pulumi/docker/remoteImage.js";
import { secretNames } from "../../catalog/secret-shapes.ts";
import { isSecretName, keysIn } from "../../settings/known-keys.ts";
import { each, type Requirement, resourceRule, type Subject, some } from "../rule.ts";
import { CONTAINER, REMOTE_IMAGE } from "./types.ts";

/** By id, or by a name with a whole digest. */
const DIGEST = /^sha256:|@sha256:[0-9a-f]{64}$/;

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

const CREDENTIAL =
  /(KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|WEBHOOK|DSN|_(PASS|PWD|PW)$|BASIC_AUTH)/i;
/** Options whose argument is one, with it or before it: `--web.password=x`, `--token x`. Not `--token-file x`. */
const CREDENTIAL_OPTION = new RegExp(`^-{1,2}[\\w.-]*${secretNames}(=.+)?$`, "i");

const credentials = resourceRule<ContainerArgs>({
  name: "docker-container-disallow-visible-credentials",
  description:
    "A credential reaches a container as a file: variables, arguments and labels show in docker inspect and ps.",
  severity: "critical",
  remediation:
    "Upload the secret as a file for the server's user alone, and name it by the variable's _FILE form or the option for a file.",
  types: [CONTAINER],
  *requirements({ props }) {
    yield* each("envs", props.envs, "must be a file (NAME_FILE=path)", (variable) => {
      const [, name = variable, value = ""] = /^([^=]*)=(.*)$/s.exec(variable) ?? [];
      const isNamed = CREDENTIAL.test(name) && !(name.endsWith("_FILE") && value.startsWith("/"));
      return !isNamed && !holdsKey(variable);
    });
    yield* each("command", props.command, "must not hold a credential", isHarmless);
    yield* each("entrypoints", props.entrypoints, "must not hold a credential", isHarmless);
    yield* each("healthcheck.tests", props.healthcheck?.tests, "must not hold a credential", isHarmless);
    yield* each("labels", props.labels, "must not hold a credential", ({ label, value }) => {
      return !(isSecretName(label) && value) && !holdsKey(value ?? "");
    });
  },
});

function isHarmless(argument: string): boolean {
  return !CREDENTIAL_OPTION.test(argument) && !holdsKey(argument);
}

/** By its shape, or after a name in a script: `sh -c 'PASSWORD=... exec server'`. */
function holdsKey(text: string): boolean {
  return keysIn(text).length > 0 || ASSIGNED.test(text) || LOGIN.test(text);
}

/** `curl -u user:password`. */
const LOGIN = /(^|\s)(-u|--user)[\s=]+[^\s:]+:[^\s$]{3,}/;

const ASSIGNED = new RegExp(`(?:^|[\\s;&'"?])[\\w.-]*${secretNames}=(?![$"' ]|/)[^\\s;&]{3,}`, "i");

const hardening = resourceRule<ContainerArgs>({
  name: "docker-container-configure-hardening",
  description:
    "A server comes back after a crash, is watched and bounded, writes to its volumes alone, and gains no privileges.",
  severity: "high",
  remediation:
    "Start from `hardened` of components/docker/containers.ts, and give it memory, CPUs and a health check.",
  types: [CONTAINER],
  *requirements({ props }) {
    if (props.start !== false) return yield* runningServer(props);
    // It runs nothing, unless Docker itself starts it again.
    yield {
      ...{ path: "restart", must: "must leave alone what is not started" },
      holds: () => ["", "no"].includes(props.restart ?? ""),
    };
  },
});

/** A check by name only. */
const NEVER_FAILS = /^((\/usr)?\/bin\/)?(true|:|echo\b.*|exit 0|sh -c (true|exit 0))$|\|\| *(true|:|exit 0)$/;

function* runningServer(props: Subject<ContainerArgs>["props"]): Generator<Requirement> {
  const restarts = ["always", "unless-stopped", "on-failure"];
  yield {
    path: "restart",
    must: "must bring it back",
    holds: () => restarts.includes(props.restart ?? "no"),
  };
  yield {
    ...{ path: "maxRetryCount", must: "must not end the tries" },
    holds: () => props.restart !== "on-failure" || (props.maxRetryCount ?? 0) === 0,
  };
  yield { path: "memory", must: "must be bounded", holds: () => (props.memory ?? 0) > 0 };
  // -1 is swap without a bound, whatever the bound of memory.
  yield { path: "memorySwap", must: "must be bounded", holds: () => (props.memorySwap ?? 0) >= 0 };
  yield { path: "cpus", must: "must be bounded", holds: () => Number(props.cpus) > 0 };
  yield { path: "readOnly", must: "must be on", holds: () => props.readOnly === true };
  yield {
    ...{ path: "healthcheck", must: "must be set" },
    // NONE switches off the image's own, and so does what Docker does not know.
    holds: () =>
      /^CMD(-SHELL)?$/.test(props.healthcheck?.tests?.[0] ?? "") && Boolean(props.healthcheck?.tests?.[1]),
  };
  yield {
    ...{ path: "healthcheck.tests", must: "must be able to fail" },
    holds: () => !NEVER_FAILS.test(props.healthcheck?.tests?.slice(1).join(" ") ?? ""),
  };
  yield {
    ...{ path: "logDriver", must: "must keep the log where docker logs finds it" },
    holds: () => /^(|json-file|local|journald)$/.test(props.logDriver ?? ""),
  };
  yield {
    ...{ path: 'logOpts["max-size"]', must: "must bound the log" },
    holds: () => /^[1-9]\d*[kmg]?b?$/i.test(props.logOpts?.["max-size"] ?? ""),
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
    // A folder of the host outlives it too; another rule asks for its reason.
    yield* each(
      "volumes",
      props.volumes,
      "must have a volumeName",
      (volume) => "volumeName" in volume || "hostPath" in volume,
    );
  },
});

export const dockerRules = [floatingImage, credentials, hardening, persistence];
