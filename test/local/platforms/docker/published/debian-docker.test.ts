import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startEngine, stopEngine } from "../../../../../local/platforms/docker/published/debian-docker.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "debian-docker-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("uses an engine that answers already, and does not stop it", async () => {
  const engine = createServer((_request, response) => response.end("OK"));
  await new Promise<void>((resolve) => engine.listen(join(folder, "engine.sock"), resolve));
  const host = `unix://${folder}/engine.sock`;
  expect(await startEngine(join(folder, "own"), { DOCKER_HOST: host })).toBe(host);
  expect(existsSync(join(folder, "own"))).toBe(false);
  await stopEngine(join(folder, "own"));
  expect(engine.listening).toBe(true);
  engine.closeAllConnections();
  await new Promise((resolve) => engine.close(resolve));
});

it("never ends a process that only has the number of the engine it started", async () => {
  writeFileSync(
    join(folder, "dockerd.json"),
    JSON.stringify({ pid: process.ppid, startTime: "another start" }),
  );
  await stopEngine(folder);
  expect(existsSync(join(folder, "dockerd.json"))).toBe(false);
  expect(process.kill(process.ppid, 0)).toBe(true);
});

it("refuses a folder whose path is too long for a socket", async () => {
  const long = join(folder, "x".repeat(100));
  await expect(startEngine(long, { DOCKER_HOST: "tcp://127.0.0.1:1" })).rejects.toThrow(/too long a path/);
});
