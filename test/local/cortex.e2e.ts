/**
 * `make up ENGINE=cortex`: what the program hands to Amazon, at work in a real Cortex, whose ruler looks at the samples that
 * the stack's Prometheus ships, and whose Alertmanager tells people. The tests build on one another, in order.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { TENANT_HEADER } from "../../catalog/metrics/engine.ts";
import { checkPorts } from "../../local/cli/busy-ports.ts";
import type { PortName } from "../../local/host/ports.ts";
import { cortex } from "../../operations/tools/tools.ts";
import { ensureTool, ToolUnavailableError } from "../../toolkit/toolchain/find.ts";
import { deployedStack } from "../support/deployed-stack.ts";
import { eventually } from "../support/eventually.ts";
import { portOffsets } from "../support/port-offsets.ts";

const isHere = await ensureTool(cortex).then(
  () => true,
  (error: unknown) => {
    if (error instanceof ToolUnavailableError) return false;
    throw error;
  },
);

/** Prometheus scrapes so often in the local stack. */
const SCRAPE_SECONDS = 5;
const CUT_SECONDS = 150;

const rules = z.object({
  data: z.object({
    groups: z.array(z.object({ rules: z.array(z.object({ name: z.string(), health: z.string() })) })),
  }),
});
const vector = z.object({
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        value: z.tuple([z.number(), z.string()]),
      }),
    ),
  }),
});
const pages = z.object({
  events: z.array(
    z.object({
      event_action: z.string(),
      dedup_key: z.string(),
      payload: z.looseObject({ summary: z.string() }).nullish(),
    }),
  ),
});

const topics = z.object({
  sns: z.object({
    Topic: z.array(z.object({ name: z.string(), sent_notifications: z.array(z.array(z.unknown())) })),
  }),
});

describe.skipIf(!isHere)("the local stack on a real Cortex", () => {
  const { stack, succeed, url, json } = deployedStack(portOffsets.cortex, {
    AGENTPAY_LOCAL_ENGINE: "cortex",
  });

  /** What Cortex has of the stack's only workspace. */
  async function ask(path: string): Promise<unknown> {
    const [tenant = ""] = await readdir(`${stack().paths.data}/cortex/data/tsdb`);
    const headers = { [TENANT_HEADER]: tenant };
    return json("cortex", `/prometheus/api/v1/${path}`, { headers });
  }
  const query = async (expression: string) =>
    vector.parse(await ask(`query?query=${encodeURIComponent(expression)}`)).data.result;

  /** Of Alertmanager alone: CloudWatch's alarms have keys of their own. */
  const alertPages = async () =>
    pages
      .parse(await json("pagerduty", "/local/events"))
      .events.filter(({ dedup_key }) => !dedup_key.startsWith("arn:"));
  const faults = async (method: "POST" | "DELETE", body?: object) => {
    const answer = await fetch(`${url("agentpayApi")}/faults`, {
      method,
      ...(body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
    });
    expect([answer.ok, await answer.text()]).toEqual([true, expect.any(String)]);
  };
  const sentTo = async (name: string) =>
    topics
      .parse(await json("aws", "/moto-api/data.json"))
      .sns.Topic.filter((topic) => topic.name === name)
      .flatMap(({ sent_notifications }) => sent_notifications.map(([, message]) => String(message)));
  const cut = (isCut: boolean) =>
    fetch(`${url("workspaces")}/local/way`, { method: "PUT", body: JSON.stringify({ isCut }) });

  test("says what is where, and a second run, which remembers the engine, changes nothing", async () => {
    const again = await stack().run("local/cli/main.ts", "up");
    expect(again.output).toMatch(/Pulumi up: \d+ unchanged/);
    expect(again.stdout).toContain(`http://localhost:${stack().ports.cortex}/prometheus`);
    expect((await stack().local("status")).stdout).toMatch(/Cortex +│ up/);
  });

  test("every rule is evaluated and well, and only what is signed is taken", async () => {
    await eventually("every rule to be evaluated", async () => {
      const states = rules
        .parse(await ask("rules"))
        .data.groups.flatMap((group) => group.rules.map(({ name, health }) => `${name} ${health}`));
      const others = states.filter((state) => !state.endsWith(" ok"));
      return others.length === 0 && states.length > 250 ? true : undefined;
    });
    expect((await fetch(`${url("workspaces")}/workspaces/ws-1/api/v1/query?query=up`)).status).toBe(403);
  });

  test("verify proves it, through Grafana, which signs", async () => {
    const { stdout } = await stack().command("verify", "--json");
    const { results } = JSON.parse(stdout) as {
      results: { id: string; status: string; detail: string }[];
    };
    expect(results.filter(({ status }) => status === "failed")).toEqual([]);
    const found = new Map(results.map(({ id, status }) => [id, status]));
    for (const id of ["prometheus-rules", "grafana-panels", "postgres-exporter", "redis-exporter"])
      expect([id, found.get(id)]).toEqual([id, "proven"]);
  });

  test("a cut of the way pages nobody, and loses no sample", async () => {
    const before = await alertPages();
    await cut(true);
    await sleep(CUT_SECONDS * 1000);
    await cut(false);
    const seconds = CUT_SECONDS + 60;
    await eventually("every sample of the cut", async () => {
      const [found] = await query(`min(count_over_time(up{job!="blackbox"}[${seconds}s]))`);
      // A scrape of the first or last moment may be outside.
      return Number(found?.value[1]) >= seconds / SCRAPE_SECONDS - 1 ? true : undefined;
    });
    expect(await alertPages()).toEqual(before);
  });

  test("the real PostgreSQL without a free connection pages once, by that name, reaches phones, and ends", async () => {
    const newPages = async () =>
      (await alertPages()).filter(({ event_action }) => event_action === "trigger");
    await faults("POST", { name: "postgres-full", errorRatio: 0.0001 });
    const page = await eventually("the page", async () => (await newPages())[0]);
    expect(page.payload?.summary).toContain("PostgresConnectionsUsedUp: ");
    await eventually("the message for phones", async () =>
      (await sentTo("agentpay-local-sms")).find((text) => text.startsWith("PostgresConnectionsUsedUp: ")),
    );
    await faults("DELETE");
    await eventually("its end", async () =>
      (await alertPages()).find(
        ({ event_action, dedup_key }) => event_action === "resolve" && dedup_key === page.dedup_key,
      ),
    );
    expect((await newPages()).map(({ payload }) => payload?.summary)).toEqual([page.payload?.summary]);
    // What that explains is muted by Cortex's own ruler.
    expect((await sentTo("agentpay-local-warning")).join()).not.toContain("DatabasePoolExhausted");
    expect(await sentTo("agentpay-local-heartbeat")).toContain("The alerting of local works.");
  });

  test("the key that it pages with is in no log, and not in what the stand-in keeps of secrets", async () => {
    const handedOver = await readFile(`${stack().paths.data}/cortex/handed-over.json`, "utf8");
    const [, key = ""] = /"routing_key\\":\\"(\w{20,})/.exec(handedOver) ?? [];
    expect(key).toMatch(/\w/);
    const found = await promisify(execFile)("grep", [
      ...["-rlF", key],
      stack().paths.logs,
      `${stack().paths.data}/aws`,
    ]).catch(({ stdout }: { stdout: string }) => ({ stdout }));
    expect(found.stdout).toBe("");
  });

  test("goes without leaving a file or a server", async () => {
    expect(await succeed("down")).toMatch(/Pulumi destroy: - \d+ deleted/);
    expect(existsSync(stack().paths.home)).toBe(false);
    await checkPorts(stack().ports, Object.keys(stack().ports) as PortName[]);
  });
});
