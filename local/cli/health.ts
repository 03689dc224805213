/** Whether the servers of the local stack answer, and Prometheus sees all that it should. */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { Failure } from "../../toolkit/failure.ts";
import { readJson } from "../../toolkit/json.ts";
import type { MetricsEngine } from "../host/metrics-engine.ts";
import type { Ports } from "../host/ports.ts";
import { STAND_IN_COMMIT } from "../platforms/grafana/api/model.ts";

const ANSWER_MILLISECONDS = 5000;
const POLL_MILLISECONDS = 250;
/** Grafana makes its database at the first start. */
const PATIENCE_MILLISECONDS = 120_000;

/** One thing that must be well, and why it is not. */
interface Check {
  readonly name: string;
  readonly address: string;
  /** Undefined where all is well. */
  problem(): Promise<string | undefined>;
}

const targetsSchema = z.object({
  data: z.object({
    activeTargets: z.array(z.object({ scrapePool: z.string(), health: z.string(), lastError: z.string() })),
  }),
});

export function checksOf(ports: Ports, engine: MetricsEngine): readonly Check[] {
  return [
    answers("Prometheus", ports.prometheus, "/-/ready"),
    {
      name: "Prometheus targets",
      address: `${at(ports.prometheus)}/targets`,
      problem: () => targetProblem(ports),
    },
    engine === "cortex"
      ? answers("Cortex", ports.cortex, "/ready")
      : answers("Alertmanager", ports.alertmanager, "/-/ready"),
    grafanaCheck(ports),
    answers("Status page", ports.gatus, "/health"),
    answers("AgentPay api", ports.agentpayApi, "/healthz"),
  ];
}

const at = (port: number) => `http://127.0.0.1:${port}`;

function answers(name: string, port: number, path: string): Check {
  return {
    name,
    address: at(port),
    problem: async () => answerProblem(await get(`${at(port)}${path}`)),
  };
}

const grafanaCheck = ({ grafana }: Ports) => answers("Grafana", grafana, "/api/health");

/** Whether the dashboards' port has the pages that this project draws, where no Grafana can run. */
export async function isGrafanaDrawn({ grafana }: Ports): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${grafana}/api/health`);
  const { commit } = (await response.json()) as { commit?: string };
  return commit === STAND_IN_COMMIT;
}

/** @throws Failure that names all that is still not well when patience ends. */
export async function waitUntilHealthy(
  ports: Ports,
  engine: MetricsEngine,
  onProgress: (message: string) => void,
): Promise<void> {
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    const problems = await problemsOf(ports, engine);
    if (problems.length === 0) return;
    if (Date.now() > deadline) throw new Failure(`Not everything is healthy:\n${problems.join("\n")}`);
    onProgress(`waiting: ${problems.join("; ")}`);
    await sleep(POLL_MILLISECONDS);
  }
}

/** Whether Grafana is well before the time is over. */
export async function isGrafanaWellWithin(ports: Ports, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  const check = grafanaCheck(ports);
  while (Date.now() < deadline) {
    if ((await check.problem()) === undefined) return true;
    await sleep(POLL_MILLISECONDS);
  }
  return false;
}

/** One line for each thing that is not well. */
export async function problemsOf(ports: Ports, engine: MetricsEngine): Promise<readonly string[]> {
  const found = await Promise.all(
    checksOf(ports, engine).map(async ({ name, problem }) => {
      const text = await problem();
      return text === undefined ? [] : [`${name} ${text}`];
    }),
  );
  return found.flat();
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Undefined where nothing answers. */
async function get(url: string): Promise<Answer | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MILLISECONDS) });
    return { status: response.status, text: await response.text() };
  } catch {
    return undefined;
  }
}

function answerProblem(answer: Answer | undefined): string | undefined {
  if (answer === undefined) return "does not answer";
  return answer.status === 200 ? undefined : `answers with status ${answer.status}`;
}

async function targetProblem(ports: Ports): Promise<string | undefined> {
  const answer = await get(`http://127.0.0.1:${ports.prometheus}/api/v1/targets?state=active`);
  if (answer?.status !== 200) return "can't be read";
  const { activeTargets } = readJson(targetsSchema, answer.text).data;
  if (activeTargets.length === 0) return "are not known yet";
  const down = activeTargets.filter(({ health }) => health !== "up");
  if (down.length === 0) return undefined;
  return down.map(({ scrapePool, health, lastError }) => `${scrapePool}: ${lastError || health}`).join(", ");
}
