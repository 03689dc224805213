/** The whole local stack in real containers. Skipped where no Docker Engine answers. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findEngine } from "../../../../../local/platforms/docker/provider/driver-choice.ts";
import { eventually } from "../../../../support/eventually.ts";
import { type LocalStackUnderTest, localStack } from "../../../../support/local-stack.ts";
import { portOffsets } from "../../../../support/port-offsets.ts";

const engine = await findEngine({});

describe.skipIf(engine === undefined)("the local stack in containers", () => {
  let stack: LocalStackUnderTest;
  beforeAll(async () => {
    stack = await localStack(portOffsets.containers, { AGENTPAY_LOCAL_DRIVER: "docker" });
    const { code, output } = await stack.local("up");
    if (code !== 0) throw new Error(output);
  });
  afterAll(() => stack?.remove());

  const ours = async () => {
    const containers = (await engine?.client.listContainers({ all: true })) ?? [];
    return containers.filter(({ Names }) => Names.some((name) => name.startsWith("/agentpay-local-")));
  };

  test("runs each server in a healthy container, and keeps the configuration's one unstarted", async () => {
    const states = (await ours()).map(({ Names, State }) => [
      Names[0]?.replace("/agentpay-local-", "").replace(/-[0-9a-f]{12}$/, ""),
      State,
    ]);
    expect(Object.fromEntries(states)).toEqual({
      alertmanager: "running",
      "alertmanager-files": "created",
      blackbox: "running",
      "blackbox-files": "created",
      gatus: "running",
      "gatus-files": "created",
      grafana: "running",
      "grafana-files": "created",
      prometheus: "running",
      "prometheus-configuration": "created",
    });
  });

  test("scrapes the simulated AgentPay from Prometheus's container", async () => {
    const answer = await fetch(`http://127.0.0.1:${stack.ports.prometheus}/api/v1/targets`);
    const { data } = (await answer.json()) as {
      data: { activeTargets: { scrapeUrl: string; health: string }[] };
    };
    const scraped = Object.fromEntries(
      data.activeTargets.map(({ scrapeUrl, health }) => [scrapeUrl, health]),
    );
    expect(scraped[`http://host.docker.internal:${stack.ports.agentpayApi}/metrics`]).toBe("up");
    expect(Object.values(scraped).every((health) => health === "up")).toBe(true);
  });

  test("hears the heartbeat of Alertmanager's container at the AWS emulator", async () => {
    await eventually("a heartbeat", async () => {
      const answer = await fetch(`http://127.0.0.1:${stack.ports.aws}/moto-api/data.json`);
      return (await answer.text()).includes("The alerting of local works.") || undefined;
    });
  });

  test("has a second Prometheus and a second Alertmanager where it is told so, and they find each other", async () => {
    const configured = await stack.local("pulumi", "--", "config", "set", "--path", "metrics.replicas", "2");
    expect(configured.code).toBe(0);
    const { code, output } = await stack.local("pulumi", "--", "up", "--yes", "--skip-preview");
    expect({ code, output }).toMatchObject({ code: 0 });
    // Published one after the other: the second of each has the port that its own setting says.
    const [prometheus, alertmanager] = [stack.ports.prometheus + 1, stack.ports.alertmanager + 2];
    const status = async (port: number) => {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v2/status`);
      return ((await answer.json()) as { cluster: { status: string; peers: unknown[] } }).cluster;
    };
    for (const port of [stack.ports.alertmanager, alertmanager]) {
      await eventually("two peers that are settled", async () => {
        const { peers, status: settled } = await status(port);
        return (peers.length === 2 && settled === "ready") || undefined;
      });
    }
    for (const port of [stack.ports.prometheus, prometheus]) {
      await eventually("both Alertmanagers are told by each Prometheus", async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/api/v1/alertmanagers`);
        const { data } = (await answer.json()) as { data: { activeAlertmanagers: unknown[] } };
        return data.activeAlertmanagers.length === 2 || undefined;
      });
    }
  });

  test("finds no drift, and leaves no container behind", async () => {
    const drift = await stack.local("pulumi", "--", "refresh", "--preview-only", "--expect-no-changes");
    expect({ code: drift.code, output: drift.output }).toMatchObject({ code: 0 });
    expect((await stack.local("down")).code).toBe(0);
    expect(await ours()).toEqual([]);
  });
});
