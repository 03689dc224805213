import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Docker from "dockerode";
import { afterEach, beforeEach, expect, it } from "vitest";
import { EngineImages } from "../../../../../local/platforms/docker/provider/engine/images.ts";

const published = `prom/prometheus:v3.13.4@sha256:${"a".repeat(64)}`;

/** An engine with one image, that no registry answers. */
let engine: Server;
let client: Docker;
let calls: string[];

beforeEach(async () => {
  calls = [];
  engine = createServer((request, response) => {
    const call = `${request.method} ${request.url?.split("?")[0]}`;
    calls.push(call);
    const answers: Record<string, [number, object]> = {
      "GET /images/sha256:built/json": [200, { Id: "sha256:built", RepoDigests: [] }],
      "GET /images/present:1/json": [200, { Id: "sha256:present", RepoDigests: ["present@sha256:1"] }],
      "GET /images/sha256:present/json": [200, { Id: "sha256:present", RepoDigests: ["present@sha256:1"] }],
      "POST /images/create": [500, { message: "registry does not answer" }],
    };
    const [status, body] = answers[call] ?? [404, { message: "No such image" }];
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => engine.listen(0, "127.0.0.1", resolve));
  client = new Docker({ protocol: "http", host: "127.0.0.1", port: (engine.address() as AddressInfo).port });
});
afterEach(async () => {
  engine.closeAllConnections();
  await new Promise((resolve) => engine.close(resolve));
});

async function built(name: string): Promise<string> {
  calls.push(`build ${name}`);
  return "sha256:built";
}

function images(mayPull: boolean, build = built): EngineImages {
  return new EngineImages(client, { mayPull, credentials: [], build });
}

it("takes the local image", async () => {
  const { outputs } = await images(true).create({ name: "present:1" });
  expect(outputs).toEqual({ imageId: "sha256:present", repoDigest: "present@sha256:1" });
  expect(calls).not.toContain("POST /images/create");
});

it("builds one that stands for it where the registry does not answer", async () => {
  const { id, outputs } = await images(true).create({ name: published });
  expect(calls).toEqual(expect.arrayContaining(["POST /images/create", "build prom/prometheus:v3.13.4"]));
  expect(id).toBe(`sha256:built${published}`);
  expect(outputs).toEqual({ imageId: "sha256:built", repoDigest: published });
});

it("asks no registry where that is not allowed", async () => {
  await images(false).create({ name: published });
  expect(calls).not.toContain("POST /images/create");
});

it("says why where the image can be had in no way", async () => {
  const impossible = images(true, async () => {
    throw new Error("nothing on this machine can stand for it");
  });
  await expect(impossible.create({ name: "redis:7" })).rejects.toThrow(
    /redis:7 can't be pulled: registry does not answer; and nothing on this machine can stand for it/,
  );
});

it("reads an image by its id, and sees that it is gone", async () => {
  const last = { inputs: { name: published }, outputs: {} };
  expect(await images(false).read(`sha256:built${published}`, last)).toMatchObject({ inputs: last.inputs });
  expect(await images(false).read(`sha256:gone${published}`, last)).toBeUndefined();
});
