/** How a stack's history is reached: its container's, Amazon's, any other's. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Access, accessOf } from "../../../operations/replay/access.ts";
import type { Stack } from "../../../operations/verify/stack.ts";
import { parseSettings } from "../../../settings/settings.ts";
import { configurationOf } from "../../support/program.ts";
import { remoteStack } from "../rulers/remote-stack.ts";

const PASSWORD = "SENTINEL-password";

function stack(overrides: Record<string, unknown>, outputs: Stack["outputs"]): Stack {
  const configuration = configurationOf("production", overrides);
  return { settings: parseSettings("production", configuration), secrets: {}, outputs };
}

const headersOf = (access: Access) => access.headersFor(new URL(`${access.url}/api/v1/query?query=up`));

test("the stack's own Prometheus asks for nothing", async () => {
  const access = accessOf(stack({}, { prometheusUrl: "http://127.0.0.1:9090" }), "production");
  expect(access).toMatchObject({ url: "http://127.0.0.1:9090", method: "POST" });
  expect(await headersOf(access)).toEqual({});
});

test("one whose address nobody knows is told", () => {
  expect(() => accessOf(stack({}, {}), "production")).toThrow("say so with --prometheus");
});

test("an engine elsewhere gets its tenant, user and password, and the password is known as a secret", async () => {
  const overrides = {
    "metrics.remoteWriteUrl": "https://mimir.example.com/api/v1/push",
    "metrics.remoteQueryUrl": "https://mimir.example.com/prometheus",
    "metrics.remoteUsername": "agentpay",
    "metrics.remotePassword": PASSWORD,
    "metrics.remoteTenant": "production",
  };
  const access = accessOf(remoteStack(overrides, { "metrics.remotePassword": PASSWORD }, ""), "production");
  expect(access.url).toBe("https://mimir.example.com/prometheus");
  expect(await headersOf(access)).toEqual({
    authorization: `Basic ${Buffer.from(`agentpay:${PASSWORD}`).toString("base64")}`,
    "X-Scope-OrgID": "production",
  });
  expect(access.secrets).toEqual([PASSWORD]);
  expect(JSON.stringify({ ...access, secrets: [] })).not.toContain("SENTINEL");
});

describe("Amazon's engine", () => {
  beforeEach(() => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "SENTINEL-key");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test("is asked at its workspace, with signed requests", async () => {
    const access = accessOf(
      stack({ "metrics.engine": "amp" }, { prometheusWorkspaceId: "ws-1234" }),
      "production",
    );
    expect(access).toMatchObject({
      url: "https://aps-workspaces.eu-central-1.amazonaws.com/workspaces/ws-1234",
      method: "GET",
    });
    const { authorization } = await headersOf(access);
    expect(authorization).toMatch(/Credential=AKIAEXAMPLE\/\d{8}\/eu-central-1\/aps\/aws4_request/);
    expect(authorization).not.toContain("SENTINEL");
  });
});
