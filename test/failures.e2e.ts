/**
 * Each command on the real CLI where what it needs is not there: no network, no stack of that name, a disk that is full, a
 * database that refuses or never answers. The rows of the table in docs/recovery.md.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureTools } from "../local/cli/tools.ts";
import { hasSmallDisks, onSmallDisk } from "../local/drills/small-disk.ts";
import { freePort } from "../toolkit/free-port.ts";
import { REPOSITORY } from "../toolkit/repository.ts";

const commands = {
  deploy: ["deploy"],
  drift: ["drift"],
  verify: ["verify"],
  "secrets scan": ["secrets", "scan"],
  review: ["review", "--base", "HEAD", "--no-rule-tests"],
} as const;
type Name = keyof typeof commands;

let folder: string;
let environment: NodeJS.ProcessEnv;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "failures-"));
  const { pulumi } = await ensureTools();
  const { binaries } = pulumi;
  const bin = join(binaries["pulumi"] ?? "", "..");
  environment = {
    ...process.env,
    PATH: [bin, process.env["PATH"]].join(delimiter),
    PULUMI_HOME: join(folder, "home"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_CONFIG_PASSPHRASE: "test",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "eu-central-1",
    AWS_MAX_ATTEMPTS: "1",
  };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a verb of the CLI. */
async function run(args: readonly string[], own: NodeJS.ProcessEnv): Promise<Ended> {
  const child = spawn(process.execPath, ["operations/cli.ts", ...args], {
    cwd: REPOSITORY,
    env: { ...environment, ...own },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  const [code] = await once(child, "close");
  return { code, output };
}

const stackOf = (name: Name) => [...commands[name], "--stack", "staging"];
const names = Object.keys(commands) as Name[];

describe("the backend refuses, as without a network", () => {
  test.each(names)("%s", async (name) => {
    const port = await freePort();
    const query = `endpoint=http://127.0.0.1:${port}&s3ForcePathStyle=true&region=eu-central-1`;
    const { code, output } = await run(stackOf(name), { PULUMI_BACKEND_URL: `s3://state?${query}` });
    expect(output).toMatch(/connection refused/);
    expect(output).not.toMatch(/^\s+at .*\.ts:/m);
    expect(code, output).toBe(1);
  });
});

describe("the backend has no stack of that name", () => {
  test.each(names)("%s", async (name) => {
    const backend = join(folder, `empty-${name.replace(" ", "-")}`);
    await mkdir(backend);
    const { code, output } = await run(stackOf(name), { PULUMI_BACKEND_URL: `file://${backend}` });
    expect(output).toMatch(/no stack named|there is no such stack/);
    expect(output).not.toMatch(/^\s+at .*\.ts:/m);
    expect(code, output).toBe(name === "drift" ? 6 : 1);
  });
});

/** A database that lets everybody in, where it says anything at all, and answers no statement. */
async function silentDatabase(
  isConnecting: boolean,
): Promise<{ url: string; asked: Promise<void>; server: Server }> {
  const authenticated = Buffer.from("5200000008000000005a0000000549", "hex");
  const server = createServer();
  const asked = new Promise<void>((resolve) => {
    server.on("connection", (socket) => {
      let messages = 0;
      socket.on("error", () => {});
      socket.on("data", () => {
        messages += 1;
        if (isConnecting && messages === 1) socket.write(authenticated);
        if (messages === (isConnecting ? 2 : 1)) resolve();
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `postgres://agentpay:hunter2hunter2@127.0.0.1:${port}/agentpay?sslmode=disable`,
    asked,
    server,
  };
}

describe("the database", () => {
  test("refuses, as without a network", async () => {
    const url = `postgres://agentpay:hunter2hunter2@127.0.0.1:${await freePort()}/agentpay`;
    const { code, output } = await run(["database", "verify"], { DATABASE_URL: url });
    expect(output).toMatch(/the database can't be reached: .*ECONNREFUSED/);
    expect(output).not.toContain("hunter2");
    expect(code).toBe(1);
  });

  test("has an sslmode that there is not", async () => {
    const url = "postgres://agentpay:hunter2hunter2@127.0.0.1:1/agentpay?sslmode=verify-ful";
    const { code, output } = await run(["database", "verify"], { DATABASE_URL: url });
    expect(output).toMatch(/an sslmode that there is not: expected one of disable, .*verify-full/);
    expect(output).not.toContain("hunter2");
    expect(code).toBe(1);
  });

  test.each([
    ["does not answer who connects", false, /the database can't be reached: .*timeout/],
    ["takes a statement, and never answers", true, /took a statement and has not answered/],
  ])("%s", async (_what, isConnecting, says) => {
    const { url, server } = await silentDatabase(isConnecting);
    const { code, output } = await run(["database", "verify"], { DATABASE_URL: url });
    server.close();
    expect(output).toMatch(says);
    expect(output).not.toMatch(/hunter2|^\s+at .*\.ts:/m);
    expect(code).toBe(1);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("does not answer, and %s ends it", async (signal) => {
    const { url, asked, server } = await silentDatabase(true);
    const args = ["operations/cli.ts", "database", "verify"];
    const env = { ...environment, DATABASE_URL: url };
    const child = spawn(process.execPath, args, { cwd: REPOSITORY, env, stdio: "ignore" });
    const closed = once(child, "close");
    await asked;
    child.kill(signal);
    expect(await closed).toEqual([null, signal]);
    server.close();
  });
});

test.skipIf(!hasSmallDisks())(
  "a full disk where the state is: deploy changes nothing, and says so",
  async () => {
    const checkout = join(folder, "checkout");
    const disk = join(folder, "disk");
    await mkdir(disk);
    const isCopied = (path: string) =>
      !/^(node_modules|\.git|\.local|test)(\/|$)/.test(relative(REPOSITORY, path));
    await cp(REPOSITORY, checkout, { recursive: true, filter: isCopied });
    await symlink(join(REPOSITORY, "node_modules"), join(checkout, "node_modules"), "dir");
    const state = ".pulumi/stacks/agentpay-monitoring/staging.json";
    const script = [
      "pulumi stack init staging >&2",
      `before=$(cksum < ${disk}/${state})`,
      `cat /dev/zero > ${disk}/filler 2> /dev/null`,
      `${process.execPath} operations/cli.ts deploy --stack staging; code=$?`,
      `[ "$before" = "$(cksum < ${disk}/${state})" ] && echo untouched`,
      "exit $code",
    ].join("\n");
    const { command, args = [] } = onSmallDisk({ name: "deploy", command: "sh", args: ["-c", script] }, disk);
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: checkout,
      env: { ...environment, PULUMI_BACKEND_URL: `file://${disk}` },
      encoding: "utf8",
    });
    expect(stdout + stderr).toMatch(/no space left on device/);
    expect(stdout).toMatch(/^untouched$/m);
    expect(status, stdout + stderr).toBe(1);
  },
);
