/** Finders on PagerDuty's and Grafana's local services: what a person made, and how it is told from what is alike. */

import { once } from "node:events";
import { globSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import type { Planned, Search } from "../../../operations/adopt/finder.ts";
import { by, guess, isNamed, NOTHING } from "../../../operations/adopt/finder.ts";
import { finders, leftToUp } from "../../../operations/adopt/finders/index.ts";
import { UNKNOWN } from "../../../toolkit/property-values.ts";

const planned = (type: string, inputs: Planned["inputs"]): Planned => ({
  ...{ urn: "urn:pulumi:s::p::t::n", type, name: "n", parent: undefined, provider: undefined, secrets: [] },
  inputs,
});

const search = {
  settings: {
    pagerduty: { enabled: true, apiUrl: "http://pagerduty.test" },
    metrics: { enabled: true, grafanaUrl: "http://grafana.test" },
    sentry: { enabled: true, apiUrl: "http://sentry.test/api/" },
    aws: { enabled: true, region: "eu-central-1", accountId: "123456789012" },
  },
  secrets: { "pagerduty.token": "t", "sentry.token": "t", "metrics.grafanaAdminPassword": "p" },
  signal: AbortSignal.timeout(10_000),
} as unknown as Search;

function answers(...pages: readonly unknown[]) {
  const asked: string[] = [];
  const queue = [...pages];
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(String(url));
    return new Response(JSON.stringify(queue.shift()), { status: 200 });
  });
  return asked;
}
afterEach(() => vi.unstubAllGlobals());

const find = (type: string, inputs: Planned["inputs"]) => finders[type]?.(planned(type, inputs), search);

const IMPORT = /import \{ (?!get)(\w+)[^}]*\} from "@pulumi(?:verse)?\/(\w+)\/(?:(\w+)\/)?(\w+)\.js"/g;

/** Types of the official packages that components make: also those that no stack has today. */
function importedTypes(): string[] {
  const sources = globSync("components/**/*.ts").map((file) => readFileSync(file, "utf8"));
  return sources
    .flatMap((source) => [...source.matchAll(IMPORT)])
    .filter(([, name]) => name !== "Provider")
    .map(([, name, platform, module = "index", file]) => `${platform}:${module}/${file}:${name}`);
}

test("every type of resource that the program can make is found, or left to up", () => {
  const made = ["local", "production", "staging"]
    .flatMap((stack) =>
      readFileSync(`test/golden/${stack}.txt`, "utf8")
        .split("\n")
        .filter(Boolean)
        .map((urn) => urn.split("::")[2]?.split("$").at(-1) ?? ""),
    )
    .filter((type) => !/^(agentpay:|pulumi:)/.test(type));
  const imported = importedTypes().filter((type) => !type.startsWith("pulumi:"));
  expect(imported).toEqual(expect.arrayContaining(made.filter((type) => !type.startsWith("pulumi-nodejs:"))));
  const open = [...made, ...imported].filter((type) => !(type in finders) && leftToUp(type) === undefined);
  expect([...new Set(open)]).toEqual([]);
});

test("what the uptime vendors keep is left to up, whichever pager they tell", () => {
  for (const type of ["uptimerobot:Monitor", "betterstack:PagerDuty", "betterstack:Policy"])
    expect(leftToUp(`pulumi-nodejs:dynamic/${type}`)).toContain("taken over by its name or address");
  expect(leftToUp("pagerduty:index/service:Service")).toBeUndefined();
});

test("a name is the same in any case, and every page is read", async () => {
  const asked = answers(
    {
      schedules: [
        { id: "P1", name: "agentpay PRIMARY" },
        { id: "P2", name: "AgentPay primary 2" },
      ],
      more: true,
    },
    { schedules: [{ id: "P3", name: "AgentPay primary" }], more: false },
  );
  expect(await find("pagerduty:index/schedule:Schedule", { name: "AgentPay primary" })).toEqual({
    ids: ["P1", "P3"],
  });
  answers({ services: [{ id: "S1", name: "agentpay" }], more: false });
  expect(await find("pagerduty:index/service:Service", { name: "AgentPay" })).toEqual({
    ...{ ids: ["S1"], isOnly: true },
  });
  expect(asked[1]).toContain("offset=100");
});

test("an integration of another type is another one, and stays with its key", async () => {
  const integrations = [
    { id: "PI1", summary: "Prometheus" },
    { id: "PI2", summary: "prometheus" },
    { id: "PI3", summary: "CloudWatch" },
  ];
  answers(
    { service: { integrations } },
    { integration: { type: "events_api_v2_inbound_integration", vendor: null } },
    { integration: { type: "generic_events_api_inbound_integration", vendor: null } },
  );
  const inputs = { name: "Prometheus", service: "PS1", type: "events_api_v2_inbound_integration" };
  const seen = await find("pagerduty:index/serviceIntegration:ServiceIntegration", inputs);
  expect(seen).toEqual({ ids: ["PS1.PI1"], note: expect.stringContaining("PI2") });
});

test("nothing is looked for by what is not known yet", async () => {
  const asked = answers();
  const inputs = { name: "Prometheus", service: UNKNOWN, type: "events_api_v2_inbound_integration" };
  expect(await find("pagerduty:index/serviceIntegration:ServiceIntegration", inputs)).toEqual(NOTHING);
  expect(asked).toEqual([]);
  expect(await by(["name"], () => ({ ids: ["x"] }))(planned("t", { name: `a${UNKNOWN}` }), search)).toEqual(
    NOTHING,
  );
});

test("a data source's name that another has is a conflict; a dashboard's title is not", async () => {
  answers([{ uid: "other", name: "CloudWatch" }]);
  expect(
    await find("grafana:oss/dataSource:DataSource", { uid: "agentpay-cloudwatch", name: "CloudWatch" }),
  ).toEqual({
    ids: [],
    conflict: expect.stringContaining("other"),
  });
  answers([{ uid: "agentpay-cloudwatch", name: "CloudWatch", readOnly: true }]);
  const provisioned = { conflict: expect.stringContaining("provisioning") };
  const source = { uid: "agentpay-cloudwatch", name: "CloudWatch" };
  expect(await find("grafana:oss/dataSource:DataSource", source)).toMatchObject(provisioned);
  answers([{ uid: "agentpay-metrics", title: "AgentPay Metrics" }], { meta: { provisioned: true } });
  const model = JSON.stringify({ uid: "agentpay-metrics", title: "AgentPay Metrics" });
  expect(await find("grafana:oss/dashboard:Dashboard", { configJson: model })).toMatchObject(provisioned);
  answers([{ uid: "random", title: "agentpay metrics" }]);
  const configJson = JSON.stringify({ uid: "agentpay-metrics", title: "AgentPay Metrics" });
  expect(await find("grafana:oss/dashboard:Dashboard", { configJson })).toEqual({
    ids: [],
    note: expect.stringContaining("random"),
  });
});

test("a folder in another one, and a dashboard whose title another has beside it, are conflicts", async () => {
  const inputs = { uid: "agentpay", title: "AgentPay" };
  answers([{ uid: "agentpay", title: "AgentPay", folderUid: "old" }]);
  expect((await find("grafana:oss/folder:Folder", inputs))?.conflict).toContain("in the folder old");
  answers([{ uid: "agentpay", title: "AgentPay" }]);
  expect(await find("grafana:oss/folder:Folder", inputs)).toEqual({ ids: ["1:agentpay"] });
  const configJson = JSON.stringify({ uid: "agentpay-cost", title: "Cost" });
  answers([{ uid: "x", title: "Cost", folderUid: "agentpay" }]);
  const beside = await find("grafana:oss/dashboard:Dashboard", { configJson, folder: "1:agentpay" });
  expect(beside?.conflict).toContain("x has its title");
});

test("what Docker Compose has made, and a port that another container has, are conflicts", async () => {
  const compose = { "com.docker.compose.project": "monitoring" };
  const port = { PublicPort: 9090 };
  const engine: Readonly<Record<string, unknown>> = {
    "/networks": [{ Id: "n1", Name: "agentpay", Labels: compose }],
    "/containers/json?all=true": [
      { Id: "c1", Names: ["/agentpay-grafana"], Ports: [], Labels: {} },
      { Id: "c2", Names: ["/prometheus"], Ports: [port], Labels: compose },
    ],
  };
  const server = createServer((request, response) => {
    response.end(JSON.stringify(engine[request.url ?? ""]));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port: at } = server.address() as AddressInfo;
  const metrics = { enabled: true, dockerHost: `tcp://127.0.0.1:${at}` };
  const ask = (type: string, inputs: Planned["inputs"]) =>
    finders[type]?.(planned(type, inputs), {
      ...search,
      settings: { ...search.settings, metrics },
    } as Search);
  try {
    const container = "docker:index/container:Container";
    expect(await ask("docker:index/network:Network", { name: "agentpay" })).toEqual({
      ...{ ids: ["n1"], conflict: expect.stringContaining("Docker Compose's project monitoring") },
    });
    expect(await ask(container, { name: "agentpay-grafana", ports: [{ external: 3000 }] })).toEqual({
      ids: ["c1"],
    });
    expect(await ask(container, { name: "agentpay-prometheus", ports: [{ external: 9090 }] })).toEqual({
      ...{ ids: [], conflict: "the container prometheus has its port 9090: stop that one first" },
    });
  } finally {
    server.close();
  }
});

test("what is in another region carries it behind its id", async () => {
  const name = { name: "agentpay-critical" };
  expect(await find("aws:sns/topic:Topic", { ...name, region: "us-east-1" })).toEqual({
    ...guess("arn:aws:sns:us-east-1:123456789012:agentpay-critical@us-east-1"),
  });
  expect(await find("aws:sns/topic:Topic", { ...name, region: "eu-central-1" })).toEqual({
    ...guess("arn:aws:sns:eu-central-1:123456789012:agentpay-critical@eu-central-1"),
  });
  expect(await find("aws:iam/rolePolicy:RolePolicy", { role: "r", name: "p" })).toEqual(guess("r:p"));
});

test("spaces around a name and its case are no difference", () => {
  expect(isNamed(" AgentPay ", "agentpay")).toBe(true);
  expect(isNamed(undefined, "agentpay")).toBe(false);
});
