/**
 * How the local stack comes, is healed and goes. What it is made of is ../stack.e2e.ts. The tests build on one
 * another, in order.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkPorts } from "../../../local/cli/busy-ports.ts";
import { runningDaemon } from "../../../local/host/daemon-state.ts";
import type { PortName } from "../../../local/host/ports.ts";
import { type LocalStackUnderTest, localStack } from "../../support/local-stack.ts";
import { portOffsets } from "../../support/port-offsets.ts";

describe("the local stack, its servers as processes", () => {
  let stack: LocalStackUnderTest;
  beforeAll(async () => {
    stack = await localStack(portOffsets.cli, { AGENTPAY_LOCAL_DRIVER: "process" });
  });
  afterAll(() => stack?.remove());

  const ok = async (...args: readonly string[]) => {
    const result = await stack.local(...args);
    expect(result.output).not.toContain("[FAILED]");
    expect(result.code).toBe(0);
    return result;
  };
  const pulumi = (...args: readonly string[]) => stack.local("pulumi", "--", ...args);
  const get = async <Answer>(url: string, headers: Record<string, string> = {}): Promise<Answer> => {
    const response = await fetch(url, { headers });
    return (await response.json()) as Answer;
  };

  const killDaemon = async () => {
    const daemon = await runningDaemon(stack.paths);
    if (!daemon) throw new Error("the daemon should run");
    process.kill(daemon.pid, "SIGKILL");
    await expect.poll(() => runningDaemon(stack.paths)).toBeUndefined();
  };
  const expectNothingLeft = async () => {
    expect(existsSync(stack.paths.home)).toBe(false);
    await checkPorts(stack.ports, Object.keys(stack.ports) as PortName[]);
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
    const { grafana, prometheus, alertmanager, pagerduty, sentry, inbox, aws, agentpayApi } = stack.ports;
    for (const port of [grafana, prometheus, alertmanager, pagerduty, sentry, inbox, aws, agentpayApi]) {
      expect(stdout).toContain(`http://localhost:${port}`);
    }
    expect(stdout).toContain("make down");
  });

  it("finds nothing to do the second time, and no drift", async () => {
    expect((await ok("up")).stdout).toMatch(/Pulumi up: \d+ unchanged/);
    const drift = await pulumi("refresh", "--preview-only", "--expect-no-changes");
    expect(drift.output).not.toContain("warning:");
    expect(drift.code).toBe(0);
    expect((await ok("status")).stdout).not.toContain("does not answer");
  });

  it("is healed after the daemon was killed", async () => {
    await killDaemon();
    await ok("up");
    expect((await pulumi("refresh", "--preview-only", "--expect-no-changes")).code).toBe(0);
  });

  it("goes without leaving a file or a server", async () => {
    expect((await ok("down")).stdout).toMatch(/Pulumi destroy: - \d+ deleted/);
    await expectNothingLeft();
  });

  it("is healed after the engine was killed half-way", async () => {
    const up = stack.start("up");
    const log = `${stack.paths.logs}/pulumi.log`;
    const read = () => readFile(log, "utf8").catch(() => "");
    await expect.poll(read, { interval: 20 }).toContain("pagerduty:index:Service on-call-service created");
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

  it("goes after the daemon was killed, too", async () => {
    await killDaemon();
    await ok("down");
    await expectNothingLeft();
  });
});
