/** What an account of UptimeRobot or Better Stack holds already is taken over, against their simulated services. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as dynamic from "@pulumi/pulumi/dynamic/index.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { betterStackProvider } from "../../../components/uptime/betterstack.ts";
import { uptimeRobotProvider } from "../../../components/uptime/uptimerobot.ts";
import { startBetterStack } from "../../../local/platforms/betterstack/api/server.ts";
import type { RunningServer } from "../../../local/platforms/shared/http-server.ts";
import { startUptimeRobot } from "../../../local/platforms/uptimerobot/api/server.ts";

type Json = Record<string, unknown>;

const vendors = {
  uptimerobot: { start: startUptimeRobot, provider: uptimeRobotProvider, base: "/v3" },
  betterstack: { start: startBetterStack, provider: betterStackProvider, base: "/api" },
};
type Vendor = keyof typeof vendors;

let folder: string;
const running = new Map<Vendor, RunningServer>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "taken-over-"));
  for (const vendor of Object.keys(vendors) as Vendor[])
    running.set(vendor, await vendors[vendor].start({ port: 0, dataFolder: join(folder, vendor) }));
});
afterAll(async () => {
  for (const server of running.values()) await server.stop();
  await rm(folder, { recursive: true });
});

const address = (vendor: Vendor) => `${running.get(vendor)?.url}${vendors[vendor].base}`;

async function call(vendor: Vendor, method: string, path: string, body?: object): Promise<Json> {
  const response = await fetch(`${address(vendor)}/${path}`, {
    method,
    headers: { authorization: "Bearer key", ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === "" ? {} : (JSON.parse(text) as Json);
}

/** The id of an object that people made. */
async function madeByHand(vendor: Vendor, path: string, attributes: object): Promise<string> {
  const made = await call(vendor, "POST", path, attributes);
  return String(made["id"] ?? (made["data"] as Json)["id"]);
}

async function methods(vendor: Vendor) {
  const provider: dynamic.ResourceProvider = vendors[vendor].provider;
  const settings: Record<string, string> = { "vendor:url": address(vendor), "vendor:key": "key" };
  await provider.configure?.({
    config: { get: (name: string) => settings[name], require: (name: string) => settings[name] ?? "" },
  } as dynamic.ConfigureRequest);
  const { create, diff, update, read } = provider;
  if (!create || !diff || !update || !read) throw new Error("a method is missing");
  return { create, diff, update, read };
}

describe("UptimeRobot", () => {
  const url = "https://api.agentpay.example/healthz";
  const http = (friendlyName: string, at: string) => ({ type: "HTTP", friendlyName, url: at, interval: 300 });

  test("a monitor of the same address is ours from then on, on whatever page of the list it is", async () => {
    for (let other = 0; other < 60; other += 1)
      await madeByHand("uptimerobot", "monitors", http(`other ${other}`, `https://other-${other}.example/`));
    const id = await madeByHand("uptimerobot", "monitors", http("api health", url));
    const { create, read } = await methods("uptimerobot");
    const state = {
      path: "monitors",
      existing: { list: "monitors", where: { type: "HTTP", url } },
      attributes: { ...http("API", url), tagNames: ["agentpay-production"] },
    };
    expect((await create(state)).id).toBe(id);
    expect((await read(id, state)).props).toEqual(state);
    expect(
      (await create({ ...state, existing: { list: "monitors", where: { type: "PORT", url } } })).id,
    ).not.toBe(id);
  });

  test("an alert contact is listed elsewhere, and keeps its address: another one is another contact", async () => {
    const value = "oncall@agentpay.example";
    const attributes = { type: "Email", value, friendlyName: "agentpay-production" };
    const id = await madeByHand("uptimerobot", "alert-contacts", attributes);
    const { create, update, diff } = await methods("uptimerobot");
    const contact = (email: string) => ({
      path: "alert-contacts",
      existing: { list: "user/alert-contacts", where: { type: "Email", value: email } },
      fixed: ["type", "value"],
      attributes: { type: "Email", value: email, friendlyName: "agentpay-production" },
    });
    expect((await create(contact(value))).id).toBe(id);
    expect(await call("uptimerobot", "GET", `alert-contacts/${id}`)).toMatchObject({
      friendlyName: "agentpay-production",
      value,
    });
    await update(id, contact(value), contact(value));
    const other = contact("others@agentpay.example");
    expect(await diff(id, contact(value), other)).toMatchObject({ changes: true, replaces: ["attributes"] });
    await expect(update(id, contact(value), { ...other, fixed: [] })).rejects.toThrow(
      "property value should not exist",
    );
  });
});

describe("Better Stack", () => {
  test("a policy of that name is ours from then on, on whatever page of the list it is", async () => {
    const policy = (name: string) => ({ name, repeat_count: 0, repeat_delay: 0, steps: [] });
    const shouted = await madeByHand("betterstack", "v3/policies", policy("AGENTPAY Critical"));
    for (let other = 0; other < 60; other += 1)
      await madeByHand("betterstack", "v3/policies", policy(`other ${other}`));
    const id = await madeByHand("betterstack", "v3/policies", {
      ...policy("agentpay critical"),
      repeat_count: 3,
    });
    const { create, read } = await methods("betterstack");
    const state = {
      path: "v3/policies",
      existing: { list: "v3/policies", where: { name: "agentpay critical" } },
      attributes: policy("agentpay critical"),
    };
    expect((await create(state)).id).toBe(id);
    expect((await read(id, state)).props).toEqual(state);
    // Without the exact name, that in another case: a second one would page as well.
    const only = { ...state, existing: { list: "v3/policies", where: { name: "Agentpay CRITICAL" } } };
    expect((await create(only)).id).toBe(shouted);
  });

  test("a status page with our subdomain, which no two can have, is ours from then on", async () => {
    const page = {
      company_name: "Acme",
      company_url: "https://acme.example",
      subdomain: "agentpay",
      timezone: "UTC",
    };
    const id = await madeByHand("betterstack", "v2/status-pages", page);
    const { create } = await methods("betterstack");
    const state = {
      path: "v2/status-pages",
      existing: { list: "v2/status-pages", where: { subdomain: "agentpay" } },
      attributes: { ...page, company_name: "AgentPay" },
    };
    expect((await create(state)).id).toBe(id);
  });
});
