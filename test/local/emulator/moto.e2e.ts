import { afterAll, beforeAll, expect, test } from "vitest";
import { type Emulator, startMoto } from "./start-moto.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startMoto();
});
afterAll(() => emulator?.stop());

test("answers, with the policies that AWS owns, and runs no containers", async () => {
  const request = (path: string, body?: string) =>
    fetch(`${emulator.url}${path}`, body === undefined ? {} : { method: "POST", body });
  expect((await request("/moto-api/data.json")).status).toBe(200);
  const config = (await (await request("/moto-api/config")).json()) as { lambda: unknown };
  expect(config.lambda).toEqual({ use_docker: false });
});

test("is healthy until it is stopped", async () => {
  const other = await startMoto();
  expect(await other.isHealthy?.()).toBe(true);
  await other.stop();
  expect(await other.isHealthy?.()).toBe(false);
  await expect(fetch(other.url)).rejects.toThrow();
});
