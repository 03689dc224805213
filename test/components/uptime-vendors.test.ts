import { describe, expect, test } from "vitest";
import { isSecretInput, plain } from "../support/mocks.ts";
import {
  type ComponentRun,
  componentOf,
  type Overrides,
  runProgram,
  type Stack,
} from "../support/program.ts";
import { leaks } from "../support/secrets.ts";

function withCheckers(stack: Stack, checkers: readonly string[], overrides: Overrides = {}) {
  return runProgram(stack, { overrides: { "uptime.checkers": checkers, ...overrides } });
}

type Attributes = Readonly<Record<string, unknown>>;

/** An object as its vendor gets it, without what is secret. */
function attributesOf(run: ComponentRun, name: string): Attributes {
  return run.inputs(name)["attributes"] as Attributes;
}

const production = () => withCheckers("production", ["uptimerobot", "blackbox", "gatus", "betterstack"]);

test("the keys are secrets of the providers, and no object has one", async () => {
  const run = await production();
  // Grafana's admin gets its password from its own inputs.
  const providers = run.resources.filter(
    ({ type, name }) => type === "pulumi:providers:pulumi-nodejs" && name !== "grafana-admin",
  );
  expect(providers.map(({ name }) => name)).toEqual(["sentry-settings", "uptimerobot", "betterstack"]);
  for (const { inputs } of providers) expect(isSecretInput(inputs["vendor:key"])).toBe(true);
  const objects = run.resources.filter(({ type }) => /dynamic\/(uptimerobot|betterstack):/.test(type));
  expect(objects.length).toBeGreaterThan(15);
  for (const { inputs, provider } of objects) {
    expect(provider).toMatch(/pulumi-nodejs::(uptimerobot|betterstack)$/);
    const { secretAttributes, ...shown } = inputs;
    expect(leaks(JSON.stringify(shown))).toBe(false);
    expect(secretAttributes === undefined || isSecretInput(secretAttributes)).toBe(true);
  }
});

/** Where objects of the uptime vendors may be already. */
function placesOf({ resources }: Awaited<ReturnType<typeof production>>): string[] {
  return (
    resources
      // What is on a status page is known by the page and the monitor, whose ids are the same in every run here.
      .filter(({ type }) => /dynamic\/(uptimerobot|betterstack):(?!StatusPage(Resource|Section))/.test(type))
      .map(({ inputs }) => JSON.stringify(plain(inputs["existing"])))
  );
}

test("each object says where it may be already; no two say the same, nor do two stacks of one account", async () => {
  const places = placesOf(await production());
  expect(places.length).toBeGreaterThan(15);
  expect(places).not.toContain(undefined);
  expect(new Set(places).size).toBe(places.length);
  const staging = await withCheckers("staging", ["uptimerobot", "blackbox", "gatus", "betterstack"], {
    "notifications.emails": ["oncall@agentpay.com"],
  });
  expect(placesOf(staging).filter((place) => places.includes(place))).toEqual([]);
});

describe("UptimeRobot, first of the checkers", () => {
  const uptimeRobot = async () => componentOf(await production(), "UptimeRobot");

  test("checks what it can: health, the port, the widget and the status page, at the guide's pace", async () => {
    const run = await uptimeRobot();
    const monitors = run.children.filter(({ type }) => type.endsWith(":Monitor"));
    expect(monitors.map(({ name }) => name).toSorted()).toEqual([
      "uptimerobot-api",
      "uptimerobot-status-page",
      "uptimerobot-websocket-port",
      "uptimerobot-widget",
    ]);
    expect(attributesOf(run, "uptimerobot-api")).toMatchObject({
      type: "HTTP",
      friendlyName: "API",
      url: "https://api.agentpay.com/healthz",
      successHttpResponseCodes: ["200"],
      checkSSLErrors: true,
      interval: 300,
    });
    expect(attributesOf(run, "uptimerobot-websocket-port")).toMatchObject({
      type: "PORT",
      friendlyName: "EndpointUnreachable websocket-port",
      url: "api.agentpay.com",
      port: 443,
    });
    expect(attributesOf(run, "uptimerobot-widget")).toMatchObject({
      type: "KEYWORD",
      keywordType: "ALERT_NOT_EXISTS",
      keywordValue: "AgentPay",
      interval: 1800,
    });
  });

  test("pages for criticals alone; warnings go to Slack and by email", async () => {
    const run = await uptimeRobot();
    const told = (name: string) =>
      (attributesOf(run, name)["assignedAlertContacts"] as { alertContactId: string }[]).map(
        ({ alertContactId }) => alertContactId,
      );
    expect(told("uptimerobot-api")).toEqual(["id-of-uptimerobot-pagerduty"]);
    expect(told("uptimerobot-widget")).toEqual(["id-of-uptimerobot-slack", "id-of-uptimerobot-email-1"]);
    const secret = plain(run.child("uptimerobot-pagerduty").inputs["secretAttributes"]);
    expect(secret).toEqual({ data: { integrationKey: expect.stringContaining("on-call-uptime") } });
    expect(attributesOf(run, "uptimerobot-slack")).toMatchObject({ data: { customValue: "#alerts" } });
  });

  test("shows customers what has a public name, without addresses", async () => {
    const page = attributesOf(await uptimeRobot(), "uptimerobot-page");
    expect(page).toMatchObject({ hideUrlLinks: true });
    expect(page["monitorIds"]).toHaveLength(2);
  });
});

describe("Better Stack, last of the checkers", () => {
  const betterStack = async () => componentOf(await production(), "BetterStack");

  test("records what others tell of, and keeps an eye on certificates", async () => {
    const run = await betterStack();
    expect(attributesOf(run, "betterstack-api")).toMatchObject({
      monitor_type: "expected_status_code",
      pronounceable_name: "EndpointUnreachable api (agentpay-production)",
      policy_id: "id-of-betterstack-policy-recorded",
      ssl_expiration: 3,
      check_frequency: 300,
      maintenance_days: [],
    });
    expect(attributesOf(run, "betterstack-policy-recorded")["steps"]).toEqual([]);
    expect(attributesOf(run, "betterstack-websocket-port")).toMatchObject({
      monitor_type: "tcp",
      port: "443",
    });
    expect(attributesOf(run, "betterstack-widget")).toMatchObject({ monitor_type: "keyword" });
  });

  test("tells where it is first: PagerDuty and phones for criticals, mail and Slack for warnings", async () => {
    const run = componentOf(await withCheckers("production", ["betterstack", "blackbox"]), "BetterStack");
    expect(attributesOf(run, "betterstack-api")["policy_id"]).toBe("id-of-betterstack-policy-critical");
    expect(attributesOf(run, "betterstack-widget")["policy_id"]).toBe("id-of-betterstack-policy-warning");
    const members = (policy: string) =>
      (attributesOf(run, policy)["steps"] as { step_members: { type: string }[] }[]).flatMap((step) =>
        step.step_members.map(({ type }) => type),
      );
    expect(members("betterstack-policy-critical")).toEqual(["pagerduty_integration", "current_on_call"]);
    expect(members("betterstack-policy-warning")).toEqual(["entire_team", "all_slack_integrations"]);
    expect(attributesOf(run, "betterstack-urgency-critical")).toMatchObject({ sms: true });
    expect(attributesOf(run, "betterstack-urgency-warning")).toMatchObject({ sms: false });
  });

  test("wakes nobody in staging, which has no pager", async () => {
    const run = componentOf(await withCheckers("staging", ["betterstack", "blackbox"]), "BetterStack");
    expect(attributesOf(run, "betterstack-api")["policy_id"]).toBe("id-of-betterstack-policy-warning");
    const names = run.children.map(({ name }) => name);
    expect(names).not.toContain("betterstack-urgency-critical");
    expect(names).not.toContain("betterstack-pagerduty");
  });
});

test("a pace of the stack's own holds for every check", async () => {
  const run = await withCheckers("production", ["uptimerobot", "gatus"], {
    "uptime.vendorIntervalSeconds": 60,
  });
  const component = componentOf(run, "UptimeRobot");
  for (const key of ["api", "widget"])
    expect(attributesOf(component, `uptimerobot-${key}`)["interval"]).toBe(60);
});

test("a stack whose checkers page through Alertmanager and CloudWatch has no key for others", async () => {
  const run = componentOf(await runProgram("production"), "OnCall");
  expect(run.children.map(({ name }) => name)).not.toContain("on-call-uptime");
});
