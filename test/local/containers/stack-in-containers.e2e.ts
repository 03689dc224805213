/** The whole local stack in real containers. Skipped where no Docker Engine answers. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findEngine } from "../../../local/engine/providers/docker/driver-choice.ts";
import { eventually } from "../../support/eventually.ts";
import { type LocalStackUnderTest, localStack } from "../../support/local-stack.ts";

const engine = await findEngine({});

describe.skipIf(engine === undefined)("the local stack in containers", () => {
  let stack: LocalStackUnderTest;
  beforeAll(async () => {
    stack = await localStack(17_000, { AGENTPAY_LOCAL_DRIVER: "docker" });
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
      blackbox: "running",
      gatus: "running",
      grafana: "running",
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

  test("finds no drift, and leaves no container behind", async () => {
    const drift = await stack.local("pulumi", "--", "refresh", "--preview-only", "--expect-no-changes");
    expect({ code: drift.code, output: drift.output }).toMatchObject({ code: 0 });
    expect((await stack.local("down")).code).toBe(0);
    expect(await ours()).toEqual([]);
  });
});
