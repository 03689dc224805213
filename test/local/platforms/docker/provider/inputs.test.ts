import { describe, expect, it } from "vitest";
import {
  containerInputs,
  containerReplaceOn,
} from "../../../../../local/platforms/docker/provider/inputs/container.ts";
import type { ContainerInputs } from "../../../../../local/platforms/docker/provider/inputs/container-shape.ts";
import { nanoseconds } from "../../../../../local/platforms/docker/provider/inputs/duration.ts";
import {
  imageInputs,
  networkInputs,
  volumeInputs,
} from "../../../../../local/platforms/docker/provider/inputs/resources.ts";

const minimal = { image: "sha256:1234" };
const upload = { file: "/etc/app/key", content: "text" };

function mistakes(inputs: object): readonly string[] {
  const result = containerInputs.safeParse(inputs);
  return (result.error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("container inputs", () => {
  it("accept what the program gives a hardened server", () => {
    const server: ContainerInputs = {
      image: "sha256:1234",
      name: "agentpay-local-prometheus",
      command: ["--config.file=/etc/prometheus/prometheus.yml"],
      user: "65534",
      memory: 2048,
      readOnly: true,
      restart: "unless-stopped",
      init: true,
      capabilities: { drops: ["ALL"] },
      securityOpts: ["no-new-privileges:true"],
      logDriver: "json-file",
      logOpts: { "max-size": "10m", "max-file": "3" },
      wait: true,
      waitTimeout: 120,
      healthcheck: { tests: ["CMD", "wget", "http://127.0.0.1:9090/-/ready"], interval: "10s", retries: 3 },
      ports: [{ internal: 9090, external: 9090, ip: "127.0.0.1" }],
      networksAdvanced: [{ name: "monitoring", aliases: ["prometheus"] }],
      hosts: [{ host: "host.docker.internal", ip: "host-gateway" }],
      volumes: [{ volumeName: "configuration", containerPath: "/etc/prometheus", readOnly: true }],
    };
    expect(mistakes(server)).toEqual([]);
  });

  it.each<[string, object, string]>([
    ["a misspelt name", { imgae: "x" }, "imgae"],
    ["an unknown restart policy", { restart: "sometimes" }, "restart: must be one of no, on-failure"],
    ["a name that Docker refuses", { name: "-x y" }, "name: must be two or more"],
    ["too little memory", { memory: 5 }, "memory: must be 6 (MB) or more"],
    [
      "more memory than memory and swap",
      { memory: 512, memorySwap: 256 },
      "memorySwap: is memory and swap together",
    ],
    ["swap without memory", { memorySwap: 256 }, "memorySwap: needs memory"],
    [
      "a reservation above the limit",
      { memory: 64, memoryReservation: 128 },
      "memoryReservation: can't be more",
    ],
    ["a port out of range", { ports: [{ internal: 70_000 }] }, "ports.0.internal: must be from 1 to 65535"],
    [
      "an unknown protocol",
      { ports: [{ internal: 1, protocol: "http" }] },
      "ports.0.protocol: must be one of tcp, udp, sctp",
    ],
    [
      "a port published twice",
      {
        ports: [
          { internal: 1, external: 80 },
          { internal: 2, external: 80 },
        ],
      },
      "ports.1: publishes port 80 a second time",
    ],
    [
      "an unknown capability",
      { capabilities: { drops: ["EVERYTHING"] } },
      "capabilities.drops.0: is not a Linux capability",
    ],
    ["wait without a health check", { wait: true }, "wait: needs a healthcheck"],
    [
      "wait with a disabled health check",
      { wait: true, healthcheck: { tests: ["NONE"] } },
      "wait: needs a healthcheck",
    ],
    [
      "a health check without a kind",
      { healthcheck: { tests: ["wget"] } },
      'healthcheck.tests: must be ["CMD"',
    ],
    [
      "a number for a duration",
      { healthcheck: { interval: "10" } },
      "healthcheck.interval: must be a duration",
    ],
    ["an unknown log driver", { logDriver: "paper" }, "logDriver: must be one of none, json-file"],
    [
      "an unknown log option",
      { logOpts: { size: "1m" } },
      "logOpts.size: is not an option of the log driver json-file",
    ],
    [
      "a log size without a number",
      { logOpts: { "max-size": "big" } },
      "logOpts.max-size: has a value that Docker refuses",
    ],
    [
      "retries for a policy without",
      { restart: "always", maxRetryCount: 3 },
      "maxRetryCount: only works with",
    ],
    ["a started container that may not run", { start: false }, "mustRun: must be false where start is false"],
    ["a variable without a value", { envs: ["NAME"] }, "envs.0: must have the form NAME=value"],
    ["an upload without content", { uploads: [{ file: "/a" }] }, "uploads.0: needs exactly one of content"],
    [
      "an upload with an empty content",
      { uploads: [{ file: "/a", content: "" }] },
      "uploads.0: needs exactly one of content",
    ],
    [
      "an upload with two contents",
      { uploads: [{ ...upload, contentBase64: "aGk=" }] },
      "uploads.0: needs exactly one of content",
    ],
    [
      "an upload that is not Base64",
      { uploads: [{ file: "/a", contentBase64: "%" }] },
      "uploads.0.contentBase64: must be Base64",
    ],
    [
      "an upload by an owner's name",
      { uploads: [{ ...upload, owner: "nobody" }] },
      "uploads.0.owner: must be a numeric id",
    ],
    [
      "two uploads of one file",
      { uploads: [upload, upload] },
      "uploads.1: uploads the same file a second time",
    ],
    [
      "uploads into a read-only root",
      { readOnly: true, uploads: [upload] },
      "uploads: can't be used with readOnly",
    ],
    [
      "uploads into a volume below a read-only root",
      { readOnly: true, uploads: [upload], volumes: [{ volumeName: "data", containerPath: "/etc/app" }] },
      "uploads: can't be used with readOnly",
    ],
    [
      "uploads into a read-only volume",
      { uploads: [upload], volumes: [{ volumeName: "data", containerPath: "/etc/app", readOnly: true }] },
      "uploads.0: goes below /etc/app, which is mounted read-only",
    ],
    [
      "uploads that a tmpfs would hide",
      { uploads: [upload], tmpfs: { "/etc": "" } },
      "uploads.0: goes below the tmpfs /etc",
    ],
    [
      "a volume with two sources",
      { volumes: [{ volumeName: "data", hostPath: "/srv", containerPath: "/data" }] },
      "volumes.0: has both volumeName and hostPath",
    ],
    [
      "two mounts at one place",
      { volumes: [{ volumeName: "data", containerPath: "/data" }], tmpfs: { "/data": "" } },
      "volumes: mount something at /data twice",
    ],
    [
      "a relative bind mount",
      { mounts: [{ target: "/a", type: "bind", source: "srv" }] },
      "mounts.0: needs an absolute host path",
    ],
    [
      "networks on the host's network",
      { networkMode: "host", networksAdvanced: [{ name: "x1" }] },
      "networksAdvanced: can't be used",
    ],
    [
      "what the stand-in doesn't do",
      { gpus: "all" },
      "gpus: is not supported by the local stack's Docker provider",
    ],
  ])("refuse %s", (_what, inputs, expected) => {
    const found = mistakes({ ...minimal, ...inputs });
    expect(found).toHaveLength(1);
    const unknown = containerInputs.safeParse({ ...minimal, ...inputs }).error?.issues[0];
    const text = unknown?.code === "unrecognized_keys" ? unknown.keys.join() : (found[0] ?? "");
    expect(text.startsWith(expected), `${text} should start with ${expected}`).toBe(true);
  });

  it("refuse a missing image", () => {
    expect(mistakes({})).toEqual([expect.stringContaining("image")]);
  });

  it("report mistakes of one input and rules across others together", () => {
    expect(mistakes({ ...minimal, memory: 1, wait: true, restart: "never" })).toHaveLength(3);
  });

  it("never quote an environment variable or an upload", () => {
    const secret = "hunter2-hunter2";
    const found = mistakes({
      ...minimal,
      envs: [secret],
      uploads: [{ file: "/a", content: secret, source: secret }],
    });
    expect(found).toHaveLength(2);
    expect(found.join()).not.toContain(secret);
  });
});

describe("replacement of a container", () => {
  it("follows the official provider: a living container only gets new limits and a new restart policy", () => {
    expect(containerReplaceOn).toEqual(
      expect.arrayContaining(["image", "name", "envs", "uploads", "ports", "volumes"]),
    );
    for (const changeable of ["memory", "memorySwap", "restart", "cpuShares", "cpuSet", "mustRun", "wait"]) {
      expect(containerReplaceOn).not.toContain(changeable);
    }
  });
});

describe("inputs of the other resources", () => {
  it("accept plain ones", () => {
    expect(networkInputs.safeParse({ name: "monitoring" }).success).toBe(true);
    expect(volumeInputs.safeParse({ name: "data" }).success).toBe(true);
    const pinned = `prom/prometheus:v3.13.4@sha256:${"a".repeat(64)}`;
    expect(imageInputs.safeParse({ name: pinned, keepLocally: true }).success).toBe(true);
  });

  it.each([
    ["an input of an older major version", networkInputs, { checkDuplicate: true }],
    ["an unknown network driver", networkInputs, { driver: "bridged" }],
    ["a subnet that is none", networkInputs, { ipamConfigs: [{ subnet: "172.30.0.0" }] }],
    ["a volume plugin", volumeInputs, { driver: "s3" }],
    ["an image with a short digest", imageInputs, { name: "prom/prometheus@sha256:12" }],
    ["an image in capitals", imageInputs, { name: "Prom/Prometheus" }],
  ])("refuse %s", (_what, schema, inputs) => {
    expect(schema.safeParse(inputs).success).toBe(false);
  });
});

describe("what the plugin reads back in another spelling is refused", () => {
  const healthcheck = (interval: string) => ({ healthcheck: { tests: ["NONE"], interval } });
  it.each([
    [healthcheck("0"), 'must be spelled "0s"'],
    [healthcheck("60s"), 'must be spelled "1m0s"'],
    [healthcheck("1h"), 'must be spelled "1h0m0s"'],
    [healthcheck("0.5s"), 'must be spelled "500ms"'],
    [{ capabilities: { drops: ["all"] } }, "must be in capital letters"],
    [{ capabilities: { drops: [] } }, "must name one"],
  ])("%j", (changes, message) => {
    expect(mistakes({ image: "sha256:1", ...changes } as ContainerInputs).join()).toContain(message);
  });
  it.each(["0s", "1.5s", "250ms", "1m30s", "1h0m5s"])("%s is as it is read back", (interval) => {
    expect(mistakes({ image: "sha256:1", ...healthcheck(interval) } as ContainerInputs)).toEqual([]);
  });
});

describe("durations", () => {
  it.each([
    ["0", 0],
    ["10s", 10e9],
    ["1m30s", 90e9],
    ["1.5s", 1.5e9],
    ["250ms", 250e6],
  ])("%s", (text, expected) => {
    expect(nanoseconds(text)).toBe(expected);
  });
});
