/** Labs that break under drills: they cost their own drills only, and those are tried again. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { REPOSITORY } from "../../../toolkit/repository.ts";
import { endWhenSilent } from "../../support/silence.ts";

const folder = mkdtempSync(path.join(tmpdir(), "agentpay-broken-lab-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The process of a lab's Prometheus. */
function prometheusOf(round: number, attempt: number): number {
  const [run = ""] = readdirSync(folder).filter((name) => name.startsWith("agentpay-drill-"));
  const record = path.join(folder, run, `round ${round}`, `attempt ${attempt}`, "children.json");
  const children = JSON.parse(readFileSync(record, "utf8")) as { name: string; pid: number }[];
  const pid = children.find(({ name }) => name === "prometheus")?.pid;
  if (pid === undefined) throw new Error(`no Prometheus in ${record}`);
  return pid;
}

/** Runs drills; `onBroken` is called once for each attempt of a round, as soon as things are broken in it. */
function drill(args: readonly string[], onBroken: (round: number, attempt: number) => void = () => {}) {
  return new Promise<{ code: number | null; output: string; json: string }>((resolve, reject) => {
    const child = spawn(process.execPath, ["local/drills/main.ts", ...args], {
      cwd: REPOSITORY,
      env: {
        ...process.env,
        TMPDIR: folder,
        AGENTPAY_LOCAL_HOME: path.join(folder, "home"),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    endWhenSilent(child);
    let output = "";
    let json = "";
    const attempts = new Map<string, number>();
    const take = (chunk: Buffer) => {
      for (const [, round = ""] of chunk.toString().matchAll(/round (\d+) +broken: /g)) {
        attempts.set(round, (attempts.get(round) ?? 0) + 1);
        onBroken(Number(round), attempts.get(round) ?? 0);
      }
      output += chunk.toString();
    };
    child.stdout.on("data", (chunk: Buffer) => {
      json += chunk.toString();
      take(chunk);
    });
    child.stderr.on("data", take);
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output, json }));
  });
}

test("a Prometheus that stands still is told apart from an alert that did not ring, and the drill is tried again, slower", async () => {
  const { code, output } = await drill(["--alert", "RedisClientsHigh"], (round, attempt) => {
    if (attempt === 1) process.kill(prometheusOf(round, attempt), "SIGSTOP");
  });
  expect(output).toMatch(
    /the lab broke \(Prometheus: GET http:\S+\/api\/v1\/\w+: gave no answer within 30 seconds\): Redis has nearly .+ once more, 1 second stands for (15|30)\b/,
  );
  expect(output).toMatch(/RedisClientsHigh +│ Slack, Email +│ \d/);
  expect(output).toContain("1 of 1 expected alerts rang as they should, 0 false alarms");
  expect(code).toBe(0);
});

test("a lab that breaks each time costs its own drill: the table has the others, and --resume tries only that one", async () => {
  const names = ["--alert", "RedisClientsHigh", "--alert", "RedisMemoryHigh"];
  const { code, output } = await drill(names, (round, attempt) => {
    if (round === 2) process.kill(prometheusOf(round, attempt), "SIGKILL");
  });
  expect(output).toMatch(/RedisClientsHigh +│ Slack, Email +│ \d/);
  expect(output).toMatch(/RedisMemoryHigh +│ not tried: the lab broke/);
  expect(output).toMatch(/not tried, for the lab broke each time: Prometheus: GET .+ECONNREFUSED/);
  expect(output).toContain("0 false alarms");
  expect(output).toContain("1 drills were not tried: their labs broke.");
  expect(output).toContain("npm run drill -- --resume tries the rest again");
  expect(code).toBe(2);
  expect(existsSync(path.join(folder, "home", "drills.json"))).toBe(true);

  const resumed = await drill([...names, "--resume", "--json"]);
  expect(resumed.output).toContain("1 drills in 1 rounds, ");
  expect(resumed.output).toContain("; 1 were proven before");
  const { rounds } = JSON.parse(resumed.json) as { rounds: { drills: { rings: { id: string }[] }[] }[] };
  expect(rounds.flatMap(({ drills }) => drills.flatMap(({ rings }) => rings.map(({ id }) => id)))).toEqual([
    "RedisClientsHigh",
    "RedisMemoryHigh",
  ]);
  expect(resumed.code).toBe(0);
});
