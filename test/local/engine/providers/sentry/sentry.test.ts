import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { create } from "../../../../../local/engine/operations.ts";
import type { AnyHandler } from "../../../../../local/engine/providers/rest/handler.ts";
import { sentryPackage } from "../../../../../local/engine/providers/sentry/index.ts";
import type { ConnectedPackage, Properties } from "../../../../../local/engine/resource.ts";
import { isSecret } from "../../../../../local/engine/values.ts";
import type { RunningServer } from "../../../../../local/services/http-server.ts";
import { startSentry } from "../../../../../local/services/sentry/server.ts";
import { type Call, caller, temporaryFolder } from "../../../services/support.ts";
import {
  change,
  deleteTwice,
  drift,
  handlerOf,
  type Made,
  make,
  mistakes,
  replaces,
} from "../rest/lifecycle.ts";

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
    expect(replaces(handler, { organization: "a" }, { organization: "b" })).toEqual(["organization"]);
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
    expect(mistakes(handler, { organization, team: "a", platform: "python", digestsMinDelay: 5 })).toEqual([
      '"platform": the official plugin asks docs.sentry.io for it at every preview: set it by other means',
      '"digestsMinDelay": must be a whole number of seconds from 60 to 3600',
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

const FIRST_SEEN = { id: "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition" };
const FREQUENCY = {
  id: "sentry.rules.conditions.event_frequency.EventFrequencyCondition",
  value: "100",
  comparisonType: "count",
  interval: "1h",
};
const NOTIFY = {
  id: "sentry.mail.actions.NotifyEmailAction",
  targetType: "IssueOwners",
  targetIdentifier: "",
};
const issueAlert = {
  organization,
  name: "New issue",
  actionMatch: "any",
  filterMatch: "all",
  frequency: 30,
  conditions: [FIRST_SEEN, FREQUENCY],
  filters: [{ id: "sentry.rules.filters.level.LevelFilter", match: "gte", level: "40" }],
  actions: [NOTIFY],
};

describe("SentryIssueAlert", () => {
  test("is made, read without drift though Sentry adds to it, and shows an edit", async () => {
    const handler = of("IssueAlert");
    const { id: slug } = await project("issues");
    const made = await make(handler, { ...issueAlert, project: slug });
    expect(made.id).toBe(`agentpay/issues/${made.outputs["internalId"]}`);
    expect(await drift(handler, made)).toEqual([]);
    const path = `/api/0/projects/agentpay/issues/rules/${made.outputs["internalId"]}/`;
    const live = (await behindPulumi("GET", path)).body;
    expect(live.conditions[0]).toHaveProperty("name");
    await behindPulumi("PUT", path, {
      ...live,
      frequency: 60,
      conditions: [FIRST_SEEN, { ...FREQUENCY, value: "5" }],
    });
    expect(await drift(handler, made)).toEqual(["frequency", "conditions[1].value"]);
    await behindPulumi("PUT", path, { ...live, actions: [NOTIFY, NOTIFY] });
    expect(await drift(handler, made)).toEqual(["actions[1]"]);
    expect(await drift(handler, await change(handler, made, made.inputs))).toEqual([]);
    await deleteTwice(handler, made);
  });

  test("refuses what Sentry refuses and types don't see", async () => {
    const handler = of("IssueAlert");
    const { id: slug } = await project("strict-issues");
    const wrong = (more: object) => mistakes(handler, { ...issueAlert, project: slug, ...more });
    expect(wrong({ actionMatch: "ALL", frequency: 1 })).toEqual([
      '"actionMatch": must be one of all, any',
      '"frequency": must be a whole number of minutes from 5 to 43200',
    ]);
    expect(wrong({ conditions: [{ ...FREQUENCY, value: 100 }] })).toEqual([
      '"conditions[0].value": must be a text: all values are, numbers too',
    ]);
    expect(wrong({ conditions: [{ ...FIRST_SEEN, name: "seen" }, { value: "1" }] })).toEqual([
      '"conditions[0].name": must be left out: Sentry writes it',
      '"conditions[1].id": is required, but missing: it names the rule',
    ]);
    const refused = (more: object) => make(handler, { ...issueAlert, project: slug, ...more });
    await expect(refused({ conditions: [{ id: "sentry.rules.conditions.Nope" }] })).rejects.toThrow(
      "conditions: 0.id: Invalid node. Could not find 'sentry.rules.conditions.Nope'",
    );
    const slack = { id: "sentry.integrations.slack.notify_action.SlackNotifyServiceAction", channel: "#a" };
    await expect(refused({ actions: [{ ...slack, workspace: "7" }] })).rejects.toThrow(
      "actions: 0.workspace: the organization has no slack integration of this id",
    );
    expect(replaces(handler, issueAlert, { ...issueAlert, project: "b" })).toEqual(["project"]);
  });
});

const trigger = (label: string, alertThreshold: number) => ({ label, alertThreshold, thresholdType: 0 });
const metricAlert = {
  organization,
  name: "Many errors",
  dataset: "events",
  aggregate: "count()",
  query: "",
  timeWindow: 5,
  thresholdType: 0,
  triggers: [trigger("critical", 100), trigger("warning", 50)],
};

describe("SentryMetricAlert", () => {
  test("is made, read without drift, and shows an edit", async () => {
    const handler = of("MetricAlert");
    const { id: slug } = await project("metrics");
    const { outputs } = await team("called");
    const action = { type: "email", targetType: "team", targetIdentifier: outputs["internalId"] };
    const triggers = [{ ...trigger("critical", 100), actions: [action] }, trigger("warning", 50)];
    const made = await make(handler, { ...metricAlert, triggers, project: slug, resolveThreshold: 10 });
    expect(await drift(handler, made)).toEqual([]);
    const path = `/api/0/projects/agentpay/metrics/alert-rules/${made.outputs["internalId"]}/`;
    const edited = { ...metricAlert, timeWindow: 60, triggers: [trigger("critical", 7)] };
    expect((await behindPulumi("PUT", path, edited)).status).toBe(200);
    expect(await drift(handler, made)).toEqual([
      "timeWindow",
      "resolveThreshold",
      "triggers[0].alertThreshold",
      "triggers[0].actions[0]",
      "triggers[1]",
    ]);
    expect(await drift(handler, await change(handler, made, made.inputs))).toEqual([]);
    await deleteTwice(handler, made);
  });

  test("refuses what Sentry refuses and types don't see", async () => {
    const handler = of("MetricAlert");
    const { id: slug } = await project("strict-metrics");
    const wrong = (more: object) => mistakes(handler, { ...metricAlert, project: slug, ...more });
    expect(wrong({ timeWindow: 300, aggregate: "count" })).toEqual([
      '"aggregate": must be a function such as count() or p95(...)',
      '"timeWindow": must be one of 1, 5, 10, 15, 30, 60, 120, 240, 1440 minutes',
    ]);
    expect(wrong({ thresholdType: 2 })).toContain('"thresholdType": must be 0 (above) or 1 (below)');
    expect(wrong({ triggers: [trigger("warning", 50)] })).toEqual([
      '"triggers[0].label": must be critical: critical comes first',
    ]);
    expect(wrong({ thresholdType: 1 })).toHaveLength(2);
    const slack = { type: "slack", targetType: "specific", targetIdentifier: "#alerts" };
    expect(wrong({ triggers: [{ ...trigger("critical", 1), actions: [slack] }] })).toEqual([
      '"triggers[0].actions[0].integrationId": is required for type slack',
    ]);
    expect(
      wrong({ triggers: [{ ...trigger("critical", 1), actions: [{ ...slack, integrationId: "101" }] }] }),
    ).toEqual([
      '"triggers[0].actions[0].integrationId": must be a number, not the text that the look-up gives',
    ]);
    const page = { type: "pagerduty", targetType: "specific", targetIdentifier: "7", integrationId: 102 };
    expect(wrong({ triggers: [{ ...trigger("critical", 1), actions: [page] }] })).toEqual([
      "\"triggers[0].actions[0].type\": can't be pagerduty: the provider can't read what Sentry answers",
    ]);
    const action = { type: "email", targetType: "team", targetIdentifier: "7" };
    const refused = make(handler, {
      ...metricAlert,
      project: slug,
      triggers: [{ ...trigger("critical", 1), actions: [action] }],
    });
    await expect(refused).rejects.toThrow("triggers: 0.actions.0.targetIdentifier: Team does not exist");
    const upsideDown = [trigger("critical", 50), trigger("warning", 100)];
    await expect(make(handler, { ...metricAlert, project: slug, triggers: upsideDown })).rejects.toThrow(
      "Warning must be reached before critical",
    );
  });
});
