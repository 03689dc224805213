import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { create } from "../../../../../local/host/operations.ts";
import type { ConnectedPackage } from "../../../../../local/host/resource.ts";
import { startSentry } from "../../../../../local/platforms/sentry/api/server.ts";
import { sentryPackage } from "../../../../../local/platforms/sentry/provider/index.ts";
import type { RunningServer } from "../../../../../local/platforms/shared/http-server.ts";
import type { AnyHandler } from "../../../../../local/platforms/shared/rest/handler.ts";
import type { Properties } from "../../../../../toolkit/property-values.ts";
import { isSecret } from "../../../../../toolkit/property-values.ts";
import {
  change,
  deleteTwice,
  drift,
  handlerOf,
  type Made,
  make,
  mistakes,
  replaces,
} from "../../shared/rest/lifecycle.ts";
import { type Call, caller, temporaryFolder } from "../../support.ts";

const organization = "agentpay";
const dataFolder = temporaryFolder();
let server: RunningServer;
let behindPulumi: Call;
let connected: ConnectedPackage;
const of = (type: string): AnyHandler => handlerOf(connected, `sentry:index/sentry${type}:Sentry${type}`);
const integration = async (args: Properties) => {
  const token = "sentry:index/getSentryOrganizationIntegration:getSentryOrganizationIntegration";
  return (await connected.functions?.[token]?.({ organization, ...args })) ?? {};
};

afterAll(() => server?.stop());
beforeAll(async () => {
  server = await startSentry({ port: 0, dataFolder });
  behindPulumi = caller(server, { authorization: "Bearer t" });
  connected = await sentryPackage.connect({ token: "t", baseUrl: `${server.url}/api/` });
});

const team = (slug: string) => make(of("Team"), { organization, name: slug, slug });
const project = async (slug: string, more: object = {}): Promise<Made> => {
  const teams = [(await team(`${slug}-team`)).id];
  return make(of("Project"), { organization, name: slug, slug, teams, ...more });
};

test("the provider wants a token, and an address that ends in /api/", () => {
  const provider = { inputs: sentryPackage.configuration } as unknown as AnyHandler;
  expect(mistakes(provider, {})).toEqual(['"token": is required, but missing']);
  expect(mistakes(provider, { token: "t", baseUrl: "https://sentry.io" })).toEqual([
    '"baseUrl": must end in /api/',
  ]);
});

test("integrations are looked up by provider and name", async () => {
  const found = await integration({ providerKey: "pagerduty", name: "AgentPay" });
  expect(found).toMatchObject({ id: "102", internalId: "102" });
  await expect(integration({ providerKey: "pagerduty", name: "Other" })).rejects.toThrow(
    "Sentry has no pagerduty integration named Other in agentpay",
  );
});

describe("SentryTeam", () => {
  test("is made, read without drift, renamed, and deleted", async () => {
    const handler = of("Team");
    const made = await make(handler, { organization }, "platform");
    expect(made.outputs["slug"]).toMatch(/^platform-[0-9a-f]{7}$/);
    expect(await drift(handler, made)).toEqual([]);
    const renamed = await change(handler, made, { organization, name: "Platform", slug: "platform" });
    expect(renamed.outputs["internalId"]).toBe(made.outputs["internalId"]);
    expect(await drift(handler, renamed)).toEqual([]);
    await behindPulumi("PUT", "/api/0/teams/agentpay/platform/", { name: "Edited" });
    expect(await drift(handler, renamed)).toEqual(["name"]);
    await deleteTwice(handler, renamed);
  });

  test("refuses a bad slug, and Sentry one that is taken or another organization", async () => {
    const handler = of("Team");
    expect(mistakes(handler, { organization, slug: "Not A Slug" })).toEqual([
      expect.stringContaining('"slug": must be lower-case letters'),
    ]);
    await team("taken");
    await expect(team("taken")).rejects.toThrow("(409): A team with this slug already exists.");
    await expect(make(handler, { organization: "other", name: "x" })).rejects.toThrow("(404)");
    expect(replaces(handler, { organization: "a" }, { organization: "b" })).toEqual([]);
  });
});

describe("SentryProject", () => {
  test("is made with its teams, read without drift, and shows an edit", async () => {
    const handler = of("Project");
    const second = await team("second-team");
    const made = await project("api", { teams: [second.id, (await team("first-team")).id], resolveAge: 72 });
    expect(made.id).toBe("api");
    expect(await drift(handler, made)).toEqual([]);
    await behindPulumi("PUT", "/api/0/projects/agentpay/api/", { platform: "node", resolveAge: 1 });
    await behindPulumi("DELETE", "/api/0/projects/agentpay/api/teams/second-team/");
    expect(await drift(handler, made)).toEqual(expect.arrayContaining(["resolveAge", "teams[1]"]));
    const healed = await change(handler, made, made.inputs);
    expect(await drift(handler, healed)).toEqual([]);
    const fewer = await change(handler, healed, { ...made.inputs, teams: ["first-team"] });
    expect(await drift(handler, fewer)).toEqual([]);
    await deleteTwice(handler, fewer);
  });

  test("what was not given is Sentry's to choose", async () => {
    const { id } = await team("chooser");
    const made = await make(of("Project"), { organization, team: id }, "chosen");
    expect(made.outputs).toMatchObject({ digestsMinDelay: 300, internalId: expect.stringMatching(/^\d+$/) });
    await behindPulumi("PUT", `/api/0/projects/agentpay/${made.id}/`, {
      digestsMinDelay: 600,
      platform: "go",
    });
    expect(await drift(of("Project"), made)).toEqual([]);
  });

  test("refuses what Sentry refuses and types don't see", async () => {
    const handler = of("Project");
    expect(mistakes(handler, { organization })).toEqual(['"teams": is required, but missing']);
    expect(mistakes(handler, { organization, team: "a", teams: ["b"] })).toEqual([
      '"teams": conflicts with team: give one of them',
    ]);
    expect(mistakes(handler, { organization, team: "a", platform: "python" })).toEqual([
      '"platform": the official plugin asks docs.sentry.io for it at every preview: set it by other means',
    ]);
    const unknownTeam = make(handler, { organization, name: "x", teams: ["nobody"] });
    await expect(unknownTeam).rejects.toThrow("teams/agentpay/nobody/projects/ (404)");
  });
});

describe("SentryKey", () => {
  test("gives DSNs of the local server, two of its outputs secret", async () => {
    const handler = of("Key");
    const { id } = await project("keyed");
    const made = await make(handler, { organization, project: id, name: "server" });
    const { public: key, projectId } = made.outputs;
    const host = new URL(server.url).host;
    expect([made.id, made.outputs["id"]], "as the plugin has it").toEqual([key, key]);
    expect(made.outputs["dsnPublic"]).toBe(`http://${key}@${host}/${projectId}`);
    expect(await drift(handler, made)).toEqual([]);

    const { outputs } = await create(handler, "key", { organization, project: id });
    const secrets = Object.entries(outputs).filter(([, value]) => isSecret(value));
    expect(secrets.map(([name]) => name).toSorted()).toEqual(["dsnSecret", "secret"]);
    await deleteTwice(handler, made);
  });

  test("a rate limit that was lifted is drift, and setting it again heals it", async () => {
    const handler = of("Key");
    const { id } = await project("limited");
    const limit = { rateLimitCount: 100, rateLimitWindow: 60 };
    const made = await make(handler, { organization, project: id, name: "server", ...limit });
    expect(await drift(handler, made)).toEqual([]);
    await behindPulumi("PUT", `/api/0/projects/agentpay/limited/keys/${made.id}/`, { rateLimit: null });
    expect(await drift(handler, made)).toEqual(["rateLimitCount", "rateLimitWindow"]);
    expect(await drift(handler, await change(handler, made, made.inputs))).toEqual([]);
    expect(mistakes(handler, { organization, project: id, rateLimitWindow: 86_401 })).toHaveLength(1);
    await expect(make(handler, { organization, project: "nothing" })).rejects.toThrow("(404)");
  });
});
