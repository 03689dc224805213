import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { startWorkspaces } from "../../../../../local/platforms/aws/workspaces/api.ts";
import { WorkspaceEngine } from "../../../../../local/platforms/aws/workspaces/engine.ts";
import { signatureProblem } from "../../../../../local/platforms/aws/workspaces/signature.ts";
import type { RunningServer } from "../../../../../local/platforms/shared/http-server.ts";
import { signedHeaders } from "../../../../../local/platforms/shared/signing.ts";
import { temporaryFolder } from "../../support.ts";

interface Asked {
  readonly call: string;
  readonly tenant: string | undefined;
  readonly body: string;
}

/** Cortex, as far as it is asked here: it takes everything, and remembers it. */
const asked: Asked[] = [];
let cortex: Server;
let cortexUrl: string;
let workspaces: RunningServer;

beforeAll(async () => {
  cortex = createServer(async (request, response) => {
    const { method, url, headers } = request;
    asked.push({
      call: `${method} ${url}`,
      tenant: String(headers["x-scope-orgid"]),
      body: await text(request),
    });
    response.setHeader("content-type", "application/json").end("{}");
  });
  await new Promise<void>((resolve) => cortex.listen(0, "127.0.0.1", resolve));
  cortexUrl = `http://127.0.0.1:${(cortex.address() as AddressInfo).port}`;
  workspaces = await startWorkspaces({ port: 0, cortexUrl, hasWorkspace: (id) => id === "ws-1" });
});
afterAll(async () => {
  await workspaces.stop();
  cortex.close();
});
beforeEach(() => {
  asked.length = 0;
});

const signing = {
  service: "aps",
  region: "eu-central-1",
  credentials: { accessKeyId: "emulator", secretAccessKey: "emulator" },
};

interface Sent extends Partial<typeof signing> {
  readonly method?: string;
  readonly body?: string;
}

async function send(path: string, { method = "GET", body = "", ...given }: Sent) {
  const url = new URL(path, workspaces.url);
  const unsigned = { method, url, headers: { "content-type": "text/plain" }, body };
  const headers = await signedHeaders(unsigned, { ...signing, ...given });
  return fetch(url, { method, headers, ...(body && { body }) });
}

describe("a workspace takes what is signed, and hands it to its own tenant", () => {
  test.each([
    ["POST", "api/v1/remote_write", "POST /api/v1/push"],
    ["POST", "api/v1/query", "POST /prometheus/api/v1/query"],
    [
      "GET",
      "api/v1/label/job/values?match[]=up&match[]=a%20b",
      "GET /prometheus/api/v1/label/job/values?match[]=up&match[]=a%20b",
    ],
    ["GET", "api/v1/rules", "GET /prometheus/api/v1/rules"],
    ["POST", "alertmanager/api/v2/silences", "POST /alertmanager/api/v2/silences"],
  ])("%s %s", async (method, path, call) => {
    const body = method === "POST" ? "samples" : "";
    const { status } = await send(`/workspaces/ws-1/${path}`, { method, body });
    expect({ status, asked }).toEqual({ status: 200, asked: [{ call, tenant: "ws-1", body }] });
  });

  test.each([
    ["nothing of what Amazon lacks", "/workspaces/ws-1/api/v1/admin/tsdb/delete_series", {}, 404],
    ["no workspace that was not made", "/workspaces/ws-2/api/v1/query?query=up", {}, 404],
    ["no signature for another service", "/workspaces/ws-1/api/v1/query?query=up", { service: "s3" }, 403],
    [
      "no signature of somebody else",
      "/workspaces/ws-1/api/v1/query?query=up",
      { credentials: { accessKeyId: "emulator", secretAccessKey: "guessed" } },
      403,
    ],
  ])("%s", async (_title, path, change, expected) => {
    const { status } = await send(path, change);
    expect({ status, asked }).toEqual({ status: expected, asked: [] });
  });

  test("nothing that is not signed", async () => {
    const { status } = await fetch(`${workspaces.url}/workspaces/ws-1/api/v1/query?query=up`);
    expect({ status, asked }).toEqual({ status: 403, asked: [] });
  });
});

test("where the way is cut nothing is answered, and all is well after it", async () => {
  const cut = (isCut: boolean) =>
    fetch(`${workspaces.url}/local/way`, { method: "PUT", body: JSON.stringify({ isCut }) });
  const query = "/workspaces/ws-1/api/v1/query?query=up";
  await cut(true);
  await expect(send(query, {})).rejects.toThrow("fetch failed");
  await cut(false);
  expect((await send(query, {})).status).toBe(200);
});

test("a signature is of one body, and of one time", async () => {
  const url = new URL("http://127.0.0.1:8111/workspaces/ws-1/api/v1/remote_write");
  const signingDate = new Date("2026-11-30T12:00:00Z");
  const headers = await signedHeaders(
    { method: "POST", url, headers: {}, body: "samples" },
    { ...signing, signingDate },
  );
  const problem = (body: string, minutes: number) =>
    signatureProblem(
      { method: "POST", target: url.pathname, headers, body: Buffer.from(body) },
      signingDate.getTime() + minutes * 60_000,
    );
  expect(await problem("samples", 1)).toBeUndefined();
  expect(await problem("others", 1)).toContain("does not match");
  expect(await problem("samples", 10)).toContain("expired");
});

describe("what is handed to Amazon works in Cortex", () => {
  const ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:key";
  const definition = `template_files: {a.tmpl: hello}
alertmanager_config: |
  route: {receiver: all}
  receivers:
    - name: all
      pagerduty_configs:
        - routing_key: {aws_secrets_manager: {secret_arn: "${ARN}", secret_key: routing_key}}
          description: "21:00"
      sns_configs:
        - topic_arn: arn:aws:sns:us-east-1:123456789012:heartbeat
          sigv4: {region: us-east-1}
`;
  const engineIn = (folder: string) =>
    new WorkspaceEngine({
      cortexUrl,
      workspacesUrl: "http://host.docker.internal:8111",
      folder,
      world: { pagerDutyUrl: "http://pager.local/v2/enqueue", snsUrl: "http://aws.local" },
    });
  const given = () => parse(parse(asked.at(-1)?.body ?? "").alertmanager_config);

  test("its Alertmanager reads the secret, and anew when that changes, by another process too", async () => {
    const folder = temporaryFolder();
    const engine = engineIn(folder);
    await engine.setSecret(ARN, '{"routing_key": "first"}');
    expect(asked).toEqual([]);
    await engine.setDefinition("ws-1", definition);
    expect(asked.map(({ call, tenant }) => [call, tenant])).toEqual([["POST /api/v1/alerts", "ws-1"]]);
    expect(given()).toEqual({
      route: { receiver: "all" },
      receivers: [
        {
          name: "all",
          pagerduty_configs: [{ routing_key: "first", description: "21:00" }],
          sns_configs: [
            {
              topic_arn: "arn:aws:sns:us-east-1:123456789012:heartbeat",
              sigv4: { region: "us-east-1" },
              api_url: "http://aws.local",
            },
          ],
        },
      ],
      global: { pagerduty_url: "http://pager.local/v2/enqueue" },
    });
    // As it was written: a reader of YAML 1.1 would make a number of it.
    expect(asked.at(-1)?.body).toContain('"21:00"');
    await engineIn(folder).setSecret(ARN, '{"routing_key": "second"}');
    expect(given().receivers[0].pagerduty_configs[0].routing_key).toBe("second");
  });

  test("a definition that names a secret which is not there is refused", async () => {
    await expect(engineIn(temporaryFolder()).setDefinition("ws-1", definition)).rejects.toThrow(
      `The secret ${ARN} has no value of the key routing_key`,
    );
    expect(asked).toEqual([]);
  });
});
