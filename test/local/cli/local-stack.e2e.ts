import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { CloudWatchLogsClient, PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { runningDaemon } from "../../../local/daemon-state.ts";
import { type LocalStackUnderTest, localStack } from "../../support/local-stack.ts";

const PACKAGES = ["aws", "docker", "grafana", "pagerduty", "sentry"];

interface ExportedState {
  readonly deployment: { readonly resources: readonly { readonly type: string; readonly urn: string }[] };
}

interface Targets {
  readonly data: {
    readonly activeTargets: readonly { readonly health: string; readonly lastError: string }[];
  };
}

/** Processes that have this stack's state folder on their command line. */
async function processesOf({ paths }: LocalStackUnderTest): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)("ps", ["-eo", "args"]);
  return stdout.split("\n").filter((line) => line.includes(paths.home));
}

describe("the local stack, its servers as processes", () => {
  let stack: LocalStackUnderTest;
  beforeAll(async () => {
    stack = await localStack(21_000, { AGENTPAY_LOCAL_DRIVER: "process" });
  });
  afterAll(() => stack?.remove());

  const ok = async (...args: readonly string[]) => {
    const result = await stack.local(...args);
    expect(result.output).not.toContain("failed");
    expect(result.code).toBe(0);
    return result;
  };
  const pulumi = (...args: readonly string[]) => stack.local("pulumi", "--", ...args);
  const get = async <Answer>(url: string, headers: Record<string, string> = {}): Promise<Answer> => {
    const response = await fetch(url, { headers });
    return (await response.json()) as Answer;
  };

  it("is not there at first, and says so", async () => {
    expect((await ok("status")).stdout).toContain("down");
    expect((await ok("down")).stdout).toContain("Nothing to do");
    const preview = await pulumi("preview");
    expect(preview.code).toBe(1);
    expect(preview.output).toContain("make up");
  });

  it("comes up from nothing, and says what is where", async () => {
    const { stdout } = await ok("up");
    for (const port of Object.values(stack.ports).filter((port) => port !== stack.ports.control)) {
      if (port === stack.ports.postgresExporter || port === stack.ports.redisExporter) continue;
      expect(stdout).toContain(`http://localhost:${port}`);
    }
    expect(stdout).toContain("make down");
  });

  it("holds resources of all five packages, below the components", async () => {
    const { deployment }: ExportedState = JSON.parse((await pulumi("stack", "export")).stdout);
    const packages = new Set(deployment.resources.map(({ type }) => type.split(":")[0] ?? ""));
    expect([...packages]).toEqual(expect.arrayContaining([...PACKAGES, "agentpay", "pulumi"]));
  });

  it("has every target of Prometheus up", async () => {
    const { data } = await get<Targets>(
      `http://127.0.0.1:${stack.ports.prometheus}/api/v1/targets?state=active`,
    );
    expect(data.activeTargets.length).toBeGreaterThanOrEqual(6);
    for (const { health, lastError } of data.activeTargets)
      expect({ health, lastError }).toEqual({ health: "up", lastError: "" });
  });

  it("keeps the configured secrets out of state, outputs and logs", async () => {
    const { config } = parse(await readFile("Pulumi.local.yaml", "utf8"));
    const secrets: string[] = [
      config["agentpay-monitoring:metrics"].grafanaAdminPassword,
      config["agentpay-monitoring:sentry"].token,
      config["agentpay-monitoring:pagerduty"].token,
    ];
    const shown = [
      (await pulumi("stack", "export")).output,
      (await pulumi("stack", "output", "--json")).output,
    ];
    for (const log of ["pulumi", "daemon", "daemon-output"])
      shown.push(await readFile(`${stack.paths.logs}/${log}.log`, "utf8"));
    for (const text of shown) for (const secret of secrets) expect(text).not.toContain(secret);
  });

  it("finds nothing to do the second time, and no drift", async () => {
    expect((await ok("up")).stdout).toMatch(/Pulumi up: \d+ unchanged/);
    const drift = await pulumi("refresh", "--preview-only", "--expect-no-changes");
    expect(drift.output).not.toContain("warning:");
    expect(drift.code).toBe(0);
    expect((await ok("status")).stdout).not.toContain("does not answer");
  });

  it("reports what was changed behind its back, and heals it", async () => {
    const logs = new CloudWatchLogsClient({
      endpoint: `http://127.0.0.1:${stack.ports.aws}`,
      region: "eu-central-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
    await logs.send(new PutRetentionPolicyCommand({ logGroupName: "/agentpay/api", retentionInDays: 3 }));
    const drift = await pulumi("refresh", "--preview-only", "--expect-no-changes", "--diff");
    expect(drift.output).toMatch(/retentionInDays *: 30 => 3/);
    expect(drift.code).toBe(7);
    const healed = await pulumi("up", "--yes", "--refresh", "--skip-preview");
    expect(healed.output).toContain("1 updated");
    expect((await pulumi("refresh", "--preview-only", "--expect-no-changes")).code).toBe(0);
  });

  it("changes a threshold without replacing a server, and Prometheus evaluates the new one", async () => {
    await pulumi("config", "set", "--path", "--type", "float", "alertThresholds.HighErrorRate", "0.123");
    const up = await ok("up");
    // The revision of Prometheus's configuration that holds the new threshold, in place of the last one.
    expect(up.stdout).toMatch(/Pulumi up: \+ 1 created, - 1 deleted, 2 changes\. \d+ unchanged/);
    await expect
      .poll(() => get(`http://127.0.0.1:${stack.ports.prometheus}/api/v1/rules`).then(JSON.stringify), {
        timeout: 60_000,
      })
      .toContain("0.123");
  });

  it("is healed after the daemon was killed", async () => {
    const daemon = await runningDaemon(stack.paths);
    if (!daemon) throw new Error("the daemon should run");
    process.kill(daemon.pid, "SIGKILL");
    await expect.poll(() => runningDaemon(stack.paths)).toBeUndefined();
    await ok("up");
    expect((await pulumi("refresh", "--preview-only", "--expect-no-changes")).code).toBe(0);
  });

  it("goes without leaving a process or a file", async () => {
    expect((await ok("down")).stdout).toMatch(/Pulumi destroy: - \d+ deleted/);
    expect(existsSync(stack.paths.home)).toBe(false);
    expect(await processesOf(stack)).toEqual([]);
  });

  it("is healed after the engine was killed half-way", async () => {
    const up = stack.start("up");
    const log = `${stack.paths.logs}/pulumi.log`;
    const read = () => readFile(log, "utf8").catch(() => "");
    await expect
      .poll(read, { timeout: 120_000, interval: 20 })
      .toContain("pagerduty:index:Service on-call-service created");
    const { stdout } = await promisify(execFile)("ps", ["-o", "pid=,comm=", "--ppid", String(up.pid)]);
    const [, engine] = stdout.match(/(\d+) pulumi/) ?? [];
    process.kill(Number(engine), "SIGKILL");
    await new Promise((resolve) => up.once("close", resolve));
    await ok("up");
    const services = await get<{ services: unknown[] }>(
      `http://127.0.0.1:${stack.ports.pagerduty}/services`,
      {
        authorization: "Token token=local-pagerduty-token",
      },
    );
    expect(services.services).toHaveLength(1);
    expect((await pulumi("refresh", "--preview-only", "--expect-no-changes")).code).toBe(0);
  });
});
