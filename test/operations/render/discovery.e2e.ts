/** Targets that come and go, as the real Prometheus finds them: by a file and by DNS. */
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { discovery, TARGETS_FOLDER } from "../../../components/prometheus/targets.ts";
import { tools } from "../../../operations/tools/tools.ts";
import { freePort } from "../../../toolkit/free-port.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import { patient } from "../../support/eventually.ts";

/** Prometheus always asks port 53, of the server in /etc/resolv.conf: only root may give it another file. */
const canServeNames = process.platform === "linux" && process.getuid?.() === 0;
const NAME_SERVER = "127.0.53.53";

const folder = mkdtempSync(join(tmpdir(), "agentpay-discovery-"));
const targetsFolder = join(folder, "targets-mount");
const cleanUps: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
const addresses = ["127.0.0.2", "127.0.0.3"];
let url = "";

afterAll(async () => {
  for (const cleanUp of cleanUps.toReversed()) await cleanUp();
});

beforeAll(async () => {
  mkdirSync(targetsFolder);
  if (canServeNames) await serveNames();
  const prometheus = (await ensureTool(tools.prometheus)).binaries["prometheus"];
  if (!prometheus) throw new Error("the tool lacks a program");
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  writeFileSync(join(folder, "prometheus.yml"), configuration());
  writeFileSync(join(folder, "resolv.conf"), `nameserver ${NAME_SERVER}\noptions timeout:1 attempts:1\n`);
  const server = [
    prometheus,
    `--config.file=${join(folder, "prometheus.yml")}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const [program = "", ...args] = canServeNames
    ? [
        ...["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"'],
        ...[join(folder, "resolv.conf"), ...server],
      ]
    : server;
  const child = spawn(program, args, { stdio: "ignore" });
  cleanUps.push(async () => {
    child.kill();
    if (child.exitCode === null) await once(child, "exit");
  });
});

/** What is rendered, asking each second. */
function configuration(): string {
  const jobs = {
    file: discovery(["file+api.json"], undefined),
    dns: discovery(["dns+api.internal.example:8000"], undefined),
  };
  const text = stringify({
    global: { scrape_interval: "1s" },
    scrape_configs: Object.entries(jobs).map(([job_name, job]) => ({ job_name, ...job })),
  });
  return text
    .replaceAll(TARGETS_FOLDER, targetsFolder)
    .replace("type: A", "type: A\n        refresh_interval: 1s");
}

/** Answers every question for an A record with the addresses; nobody where there are none. */
async function serveNames(): Promise<void> {
  const socket = createSocket("udp4");
  socket.on("message", (question, { port, address }) => {
    const end = question.indexOf(0, 12) + 5;
    const found = addresses.map((each) =>
      Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...each.split(".").map(Number)]),
    );
    const head = Buffer.from([
      question[0] ?? 0,
      question[1] ?? 0,
      0x81,
      0x80,
      0,
      1,
      0,
      found.length,
      0,
      0,
      0,
      0,
    ]);
    socket.send(Buffer.concat([head, question.subarray(12, end), ...found]), port, address);
  });
  socket.bind(53, NAME_SERVER);
  await once(socket, "listening");
  cleanUps.push(() => void socket.close());
}

/** The series `up` of a job now. */
async function seen(job: string): Promise<string[]> {
  const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(`up{job="${job}"}`)}`);
  const { data } = (await answer.json()) as { data: { result: { metric: { instance: string } }[] } };
  return data.result.map(({ metric }) => metric.instance).toSorted();
}

/** As whatever writes such files should: never half a file. */
function writeTargets(...targets: string[]): void {
  const draft = join(folder, "draft.json");
  writeFileSync(draft, JSON.stringify([{ targets }]));
  renameSync(draft, join(targetsFolder, "api.json"));
}

test("a file's targets are scraped once they are in it, and not missed once they are out of it", async () => {
  writeTargets("127.0.0.1:1", "127.0.0.1:2");
  await vi.waitFor(async () => expect(await seen("file")).toEqual(["127.0.0.1:1", "127.0.0.1:2"]), patient);
  writeTargets("127.0.0.1:2", "127.0.0.1:3");
  // One that left has no `up` any more, rather than one of 0.
  await vi.waitFor(async () => expect(await seen("file")).toEqual(["127.0.0.1:2", "127.0.0.1:3"]), patient);
});

test.skipIf(!canServeNames)("every address of a name is scraped, as they come and go", async () => {
  await vi.waitFor(
    async () => expect(await seen("dns")).toEqual(["127.0.0.2:8000", "127.0.0.3:8000"]),
    patient,
  );
  addresses.splice(0, 1, "127.0.0.4");
  await vi.waitFor(
    async () => expect(await seen("dns")).toEqual(["127.0.0.3:8000", "127.0.0.4:8000"]),
    patient,
  );
});
