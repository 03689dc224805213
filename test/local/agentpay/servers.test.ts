import { afterEach, describe, expect, test } from "vitest";
import { faults } from "../../../local/agentpay/faults.ts";
import { recordedExporters } from "../../../local/agentpay/recorded-exporters.ts";
import { buildServer, targets } from "../../../local/agentpay/servers.ts";
import { Simulation } from "../../../local/agentpay/simulation.ts";
import { listen, type RunningServer } from "../../../local/platforms/shared/http-server.ts";
import { parseExposition } from "./parse-exposition.ts";

const START = Date.UTC(2026, 5, 1, 15) / 1000;
const running: RunningServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

function newAgentPay() {
  const simulation = new Simulation(1, START);
  let now = START;
  const build = (name: keyof typeof targets) => buildServer(targets[name], simulation, () => now);
  return {
    api: build("api"),
    build,
    pass(seconds: number) {
      now += seconds;
      simulation.advance(now);
    },
  };
}

async function serve(app: ReturnType<typeof buildServer>): Promise<string> {
  const server = await listen(app, "test", 0);
  running.push(server);
  return server.url;
}

test.each(Object.keys(targets) as (keyof typeof targets)[])("%s answers scrapes", async (name) => {
  const { build } = newAgentPay();
  const answer = await build(name).inject("/metrics");
  expect(answer.statusCode).toBe(200);
  expect(answer.headers["content-type"]).toContain("version=0.0.4");
  expect(parseExposition(answer.body).size).toBeGreaterThan(5);
});

test("the api says that it is healthy and ready", async () => {
  const { api } = newAgentPay();
  expect((await api.inject("/healthz")).json()).toEqual({ status: "ok" });
  expect((await api.inject("/readyz")).statusCode).toBe(200);
});

describe("faults over HTTP", () => {
  test("a label that holds ids shows in a scrape of the api", async () => {
    const { api, pass } = newAgentPay();
    await api.inject({ method: "POST", url: "/faults", payload: { name: "stray-label", values: 300 } });
    pass(1);
    expect((await api.inject("/metrics")).body.match(/conversation_id=/g)).toHaveLength(300);
    await api.inject({ method: "DELETE", url: "/faults/stray-label" });
    pass(1);
    expect((await api.inject("/metrics")).body).not.toContain("conversation_id=");
  });

  test("are started, listed and stopped", async () => {
    const { api } = newAgentPay();
    const payload = { name: "api-errors", ratio: 0.3, durationSeconds: 600 };
    const started = await api.inject({ method: "POST", url: "/faults", payload });
    expect(started.statusCode).toBe(201);
    expect(started.json()).toMatchObject({ name: "api-errors", startedAt: START, endsAt: START + 600 });
    const { active, available } = (await api.inject("/faults")).json();
    expect(active).toEqual([started.json()]);
    expect(available).toHaveLength(Object.keys(faults).length);
    expect(available).toContainEqual({
      name: "api-errors",
      title: faults["api-errors"].title,
      parameters: { ratio: 0.2 },
    });
    expect((await api.inject({ method: "DELETE", url: "/faults/api-errors" })).statusCode).toBe(204);
    expect((await api.inject("/faults")).json().active).toEqual([]);
  });

  test("can be stopped all at once", async () => {
    const { api } = newAgentPay();
    for (const name of ["api-slow", "rag-empty"]) {
      await api.inject({ method: "POST", url: "/faults", payload: { name } });
    }
    expect((await api.inject({ method: "DELETE", url: "/faults" })).statusCode).toBe(204);
    expect((await api.inject("/faults")).json().active).toEqual([]);
  });

  test("that make no sense are refused with every reason", async () => {
    const { api } = newAgentPay();
    const unknown = await api.inject({ method: "POST", url: "/faults", payload: { name: "earthquake" } });
    expect(unknown.statusCode).toBe(400);
    expect(unknown.json().error).toMatch(/name: .*"api-down"/);
    const wrong = await api.inject({
      method: "POST",
      url: "/faults",
      payload: { name: "api-errors", ratio: 7, speed: 1 },
    });
    expect(wrong.json().error).toMatch(/ratio: .*; .*speed/);
    expect((await api.inject({ method: "DELETE", url: "/faults/rag-empty" })).statusCode).toBe(404);
  });
});

describe("what is down", () => {
  test("the api drops connections, and still lets the fault be stopped", async () => {
    const { api, pass } = newAgentPay();
    const url = await serve(api);
    const body = JSON.stringify({ name: "api-down" });
    await fetch(`${url}/faults`, { method: "POST", headers: { "content-type": "application/json" }, body });
    pass(1);
    await expect(fetch(`${url}/metrics`)).rejects.toThrow();
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    expect((await fetch(`${url}/faults/api-down`, { method: "DELETE" })).status).toBe(204);
    pass(1);
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
  });

  test.each([
    ["worker-down", "worker"],
    ["postgres-exporter-down", "postgres"],
    ["redis-exporter-down", "redis"],
  ] as const)("%s drops the connections of one target alone", async (name, target) => {
    const { api, build, pass } = newAgentPay();
    const url = await serve(build(target));
    await api.inject({ method: "POST", url: "/faults", payload: { name } });
    pass(1);
    await expect(fetch(`${url}/metrics`)).rejects.toThrow();
    expect((await api.inject("/metrics")).statusCode).toBe(200);
  });

  test.each([
    ["postgres", undefined, "healthy"],
    ["postgres", "postgres-full", "healthy"],
    ["postgres", "postgres-login-refused", "loginRefused"],
    ["postgres", "postgres-down", "down"],
    ["redis", undefined, "healthy"],
    ["redis", "redis-down", "down"],
  ] as const)(
    "the exporter of %s with %s shows what was recorded of the real one",
    async (target, fault, state) => {
      const { api, build, pass } = newAgentPay();
      if (fault) await api.inject({ method: "POST", url: "/faults", payload: { name: fault } });
      pass(1);
      const families = parseExposition((await build(target).inject("/metrics")).body);
      const shown = [...families].filter(([name]) => !name.startsWith("process_"));
      const states: Readonly<Record<string, object>> = recordedExporters[target].states;
      expect(
        Object.fromEntries(
          shown.map(([name, { type, samples }]) => {
            const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels)));
            return [name, [type, ...[...labels].toSorted()].join(" ")];
          }),
        ),
      ).toEqual(states[state]);
    },
  );

  test.each([
    ["postgres-down", "postgres", "pg_up"],
    ["redis-down", "redis", "redis_up"],
  ] as const)("with %s the exporter knows only that, and the api is not ready", async (name, target, up) => {
    const { api, build, pass } = newAgentPay();
    await api.inject({ method: "POST", url: "/faults", payload: { name } });
    pass(1);
    const families = parseExposition((await build(target).inject("/metrics")).body);
    expect(families.get(up)?.samples[0]?.value).toBe(0);
    expect([...families.keys()].filter((metric) => !metric.startsWith("process_"))).toEqual([up]);
    expect((await api.inject("/readyz")).statusCode).toBe(503);
  });
});
