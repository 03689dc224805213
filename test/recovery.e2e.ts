/**
 * What can go wrong around an update, on the real engine. Whatever happens, the state loads, the next `up` converges,
 * and the platform has nothing twice. Also what the drift check says of it.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { checkDrift } from "../operations/drift/check.ts";
import type { Pulumi } from "../operations/pulumi/cli.ts";
import { REPOSITORY } from "../toolkit/repository.ts";
import { type EngineStack, startEngineStack } from "./support/engine.ts";
import { leaks, sentinel } from "./support/secrets.ts";

let stack: EngineStack;
beforeAll(async () => {
  stack = await startEngineStack();
});
afterAll(() => stack?.stop());
beforeEach(() => {
  stack.platform.before = () => {};
  stack.platform.after = () => {};
  stack.platform.reading = () => {};
  stack.platform.refusal = undefined;
  stack.platform.unreadable = undefined;
  stack.platform.calls.length = 0;
});

const UPDATE = ["up", "--yes", "--skip-preview"] as const;
const thing = (name: string) => ({ name, inputs: { name } });
const declare = (...names: string[]) => stack.declare(...names.map(thing));
const urnOf = (name: string) => `urn:pulumi:local::engine-test::sentry:test/thing:Thing::${name}`;

interface State {
  readonly deployment: {
    readonly resources: readonly { readonly urn: string }[];
    readonly pending_operations?: readonly { readonly type: string; readonly resource: { urn: string } }[];
  };
}

/** URNs of what was being made. @throws where the state doesn't load */
async function pendingCreates(): Promise<readonly string[]> {
  const { deployment } = JSON.parse(await stack.state()) as State;
  return (deployment.pending_operations ?? []).map(({ resource }) => resource.urn).toSorted();
}

/** The next update succeeds, nothing is left to do or in doubt, and the platform has each of these once. */
async function expectConverged(...names: string[]): Promise<void> {
  const { code, output } = await stack.pulumi(...UPDATE);
  expect(code, output).toBe(0);
  expect(await pendingCreates()).toEqual([]);
  const live = [...stack.platform.things.values()].map(({ name }) => name);
  expect(live.toSorted()).toEqual(names.toSorted());
}

test("a call that fails, is limited or times out loses nothing else: its reason is shown, and a rerun makes it", async () => {
  await declare("one", "two", "three", "four");
  const reasons: Readonly<Record<string, string>> = {
    "create two": "Sentry refused POST /things (429): too many requests, retry after 60 s",
    "create three": "Sentry does not answer at https://sentry.example (timeout after 30 s)",
  };
  stack.platform.before = (call) => {
    const reason = reasons[call];
    if (reason !== undefined) throw new Error(reason);
  };
  const failed = await stack.pulumi(...UPDATE, "--continue-on-error");
  expect(failed.code).toBe(1);
  for (const reason of Object.values(reasons)) expect(failed.output).toContain(reason);
  const { deployment } = JSON.parse(await stack.state()) as State;
  const known = deployment.resources.map(({ urn }) => urn).filter((urn) => urn.includes("test/thing"));
  expect(known.toSorted()).toEqual([urnOf("four"), urnOf("one")]);
  expect(await pendingCreates()).toEqual([]);

  stack.platform.before = () => {};
  await expectConverged("one", "two", "three", "four");
});

test("the second of several calls fails, whichever it is, and a rerun makes the rest", async () => {
  const names = ["one", "two", "three", "four", "five", "six", "seven"];
  await declare(...names);
  stack.platform.before = () => {
    if (stack.platform.calls.length === 2)
      throw new Error("Sentry refused POST /things (500): internal error");
  };
  const failed = await stack.pulumi(...UPDATE);
  expect(failed.code).toBe(1);
  expect(failed.output).toContain("(500): internal error");
  stack.platform.before = () => {};
  await expectConverged(...names);
});

test("a wrong passphrase and an expired token are named, and nothing changes", async () => {
  const before = await readFile(stack.stateFile);
  const locked = await stack.pulumiIn({ PULUMI_CONFIG_PASSPHRASE: "wrong" }, "up", "--yes");
  expect(locked.code).toBe(1);
  expect(locked.output).toContain("incorrect passphrase");
  expect((await readFile(stack.stateFile)).equals(before)).toBe(true);

  const names = ["one", "two", "three", "four", "five", "six", "seven"];
  await declare(...names, "eight");
  stack.platform.refusal = "Sentry refused (401): the token has expired";
  const expired = await stack.pulumi(...UPDATE);
  expect(expired.code).toBe(1);
  expect(expired.output).toContain("(401): the token has expired");
  expect(stack.platform.calls).toEqual([]);

  stack.platform.refusal = undefined;
  await expectConverged(...names, "eight");
});

test("a corrupted state is refused, and its backup with a refresh brings it back", async () => {
  const names = ["one", "two", "three", "four", "five", "six", "seven", "eight"];
  const whole = await readFile(stack.stateFile, "utf8");
  await writeFile(stack.stateFile, whole.slice(0, whole.length / 2));
  const refused = await stack.pulumi(...UPDATE);
  expect(refused.code).not.toBe(0);
  expect(stack.platform.calls).toEqual([]);

  await copyFile(`${stack.stateFile}.bak`, stack.stateFile);
  expect((await stack.pulumi("refresh", "--yes", "--skip-preview")).code).toBe(0);
  await expectConverged(...names);
});

const NAMES = ["one", "two", "three", "four", "five", "six", "seven", "eight"];

/** Starts an update, and waits until each of these calls hangs: before it took effect, or before it was answered. */
async function updateThatHangs(calls: Readonly<Record<string, "before" | "after">>) {
  const hanging = new Set<string>();
  const { platform } = stack;
  const reached = new Promise<void>((resolve) => {
    for (const when of ["before", "after"] as const) {
      platform[when] = (call) => {
        if (calls[call] !== when) return;
        hanging.add(call);
        if (hanging.size === Object.keys(calls).length) resolve();
        return released;
      };
    }
  });
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const update = stack.start(...UPDATE);
  const early = update.ended.then(({ output }) =>
    Promise.reject(new Error(`it ended before it hung:\n${output}`)),
  );
  await Promise.race([reached, early]);
  early.catch(() => {});
  return { ...update, release };
}

test("of two updates at once the second is refused, says who has the lock, and does nothing", async () => {
  await declare(...NAMES, "nine");
  const first = await updateThatHangs({ "create nine": "before" });
  const second = await stack.pulumiElsewhere(...UPDATE);
  expect(second.code).not.toBe(0);
  expect(second.output).toContain("the stack is currently locked by 1 lock(s)");
  expect(second.output).toMatch(/created by .+@.+ \(pid \d+\) at /);
  expect(stack.platform.calls).toEqual(["create nine"]);
  // Looking needs no lock.
  expect((await stack.pulumiElsewhere("refresh", "--preview-only")).code).toBe(0);
  first.release();
  expect((await first.ended).code).toBe(0);
  await expectConverged(...NAMES, "nine");
});

test("a killed update: the lock is told, and what was being made is forgotten, imported where it is there, and made where not", async () => {
  await declare(...NAMES, "nine", "made", "unmade");
  const update = await updateThatHangs({ "create made": "after", "create unmade": "before" });
  update.child.kill("SIGKILL");
  await update.ended;
  const locked = await stack.pulumiElsewhere(...UPDATE);
  expect(locked.code).not.toBe(0);
  expect(locked.output).toContain("locked by 1 lock(s)");
  stack.platform.before = () => {};
  stack.platform.after = () => {};

  const succeed = async (...args: readonly string[]) => {
    const { code, output } = await stack.pulumi(...args);
    expect(code, output).toBe(0);
  };
  await succeed("cancel", "--yes");
  expect(await pendingCreates()).toEqual([urnOf("made"), urnOf("unmade")]);
  await succeed("refresh", "--yes", "--skip-preview", "--clear-pending-creates");
  expect(await pendingCreates()).toEqual([]);
  const provider = "explicit=urn:pulumi:local::engine-test::pulumi:providers:sentry::explicit";
  const options = [
    "--provider",
    provider,
    "--yes",
    "--skip-preview",
    "--protect=false",
    "--generate-code=false",
  ];
  await succeed("import", "sentry:test/thing:Thing", "made", "id-made", ...options);
  stack.platform.calls.length = 0;
  await expectConverged(...NAMES, "nine", "made", "unmade");
  expect(stack.platform.calls).toEqual(["create unmade"]);
});

test("a platform that hangs: the update can be interrupted, and says what is in doubt; nothing of it is lost", async () => {
  const all = [...NAMES, "nine", "made", "unmade"];
  await declare(...all, "ten");
  const update = await updateThatHangs({ "create ten": "before" });
  update.child.kill("SIGINT");
  await new Promise((resolve) => setTimeout(resolve, 1000));
  update.child.kill("SIGINT");
  const { code, output } = await update.ended;
  expect(code, output).not.toBe(0);
  stack.platform.before = () => {};
  await stack.pulumi("cancel", "--yes");
  expect(await pendingCreates()).toEqual([urnOf("ten")]);
  await stack.pulumi("refresh", "--yes", "--skip-preview", "--clear-pending-creates");
  await expectConverged(...all, "ten");
});

/**
 * Starts a command of the project on this stack as a terminal does, in a process group of its own. The `pulumi` that it
 * finds is the real one, on the made-up program.
 */
async function startCommand(script: string) {
  const bin = await mkdtemp(path.join(tmpdir(), "recovery-bin-"));
  const { binary, program, configuration } = stack;
  const engine = `exec ${binary} "$@" --cwd ${program}`;
  const shim = `#!/bin/sh
for argument; do shift; case $argument in
  staging) set -- "$@" local ;;
  *) set -- "$@" "$argument" ;;
esac; done
case $1 in up|preview|refresh) ${engine} --config-file ${configuration} ;; *) ${engine} ;; esac
`;
  await writeFile(path.join(bin, "pulumi"), shim, { mode: 0o700 });
  const child = spawn("npm", ["run", "-s", script, "--", "--stack", "staging"], {
    cwd: REPOSITORY,
    env: { ...stack.environment, PATH: `${bin}:${process.env["PATH"]}` },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  const ended = once(child, "close").then(async ([code, signal]) => {
    await rm(bin, { recursive: true });
    return { code, signal, output };
  });
  return { child, ended };
}

test.each([
  ["Ctrl-C at a terminal, which reaches everything that runs", "SIGINT", true],
  ["the signal that ends a job of CI", "SIGTERM", false],
] as const)(
  "npm run deploy and %s: the engine ends in order, leaves no lock, and the next deployment goes on",
  async (_what, signal, group) => {
    const all = [...NAMES, "nine", "made", "unmade", "ten"];
    const last = `last-${signal.toLowerCase()}`;
    const begun = signal === "SIGINT" ? [] : ["last-sigint"];
    await declare(...all, ...begun, last);
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const reached = new Promise<void>((resolve) => {
      stack.platform.before = (call) => {
        if (call !== `create ${last}`) return;
        resolve();
        return released;
      };
    });
    const { child, ended } = await startCommand("deploy");
    const early = ended.then(({ output }) =>
      Promise.reject(new Error(`it ended before it hung:\n${output}`)),
    );
    await Promise.race([reached, early]);
    early.catch(() => {});
    process.kill(group ? -Number(child.pid) : Number(child.pid), signal);
    await sleep(1500);
    release();
    const { output, ...end } = await ended;
    expect(output).toContain(`Interrupted (${signal}): the engine finished what it had begun`);
    // npm ends by the signal that it got, as a shell wants it; a shell says 128 and its number.
    expect([end.signal, end.code]).toContain(
      signal === end.signal ? signal : signal === "SIGINT" ? 130 : 143,
    );
    expect(await pendingCreates()).toEqual([]);
    await expectConverged(...all, ...begun, last);
  },
);

test("a secret that is replaced is one update; the state holds neither in clear", async () => {
  const names = [...NAMES, "nine", "made", "unmade", "ten", "last-sigint", "last-sigterm"];
  const all = names.map(thing);
  const declareWith = (password: string) =>
    stack.declare(...all, { name: "guarded", inputs: { name: "guarded", password: `secret:${password}` } });
  const passwords = [sentinel("old"), sentinel("new")] as const;
  for (const password of passwords) {
    await declareWith(password);
    expect((await stack.pulumi(...UPDATE)).code).toBe(0);
    expect(stack.platform.things.get("id-guarded")?.password).toBe(password);
    expect(leaks(await stack.state())).toBe(false);
  }
  expect(stack.platform.calls).toEqual(["create guarded", "update guarded"]);
});

const pulumi: Pulumi = async (args, { environment = {} } = {}) => {
  const { code, ...said } = await stack.pulumiIn(environment, ...args);
  return { code: code ?? 1, ...said };
};

test("a thing that can't be read breaks the drift check by name, and is made anew without being read", async () => {
  const name = "unreadable";
  await declare(name, "readable");
  await expectConverged(name, "readable");
  stack.platform.unreadable = name;
  expect(await checkDrift("local", pulumi)).toMatchObject({ status: "broken", unread: [urnOf(name)] });
  expect((await stack.pulumi(...UPDATE, "--refresh")).code).not.toBe(0);
  stack.platform.calls.length = 0;
  const { code, output } = await stack.pulumi(...UPDATE, "--replace", urnOf(name));
  expect(code, output).toBe(0);
  // The new one first: where a platform wants names to be unique, the old one is removed there by hand before.
  expect(stack.platform.calls).toEqual([`create ${name}`, `delete ${name}`]);
  stack.platform.unreadable = undefined;
  expect(await checkDrift("local", pulumi)).toMatchObject({ status: "clean" });
});

test("the drift check tells clean, drifted and broken apart, and leaves the state as it was", async () => {
  const before = await readFile(stack.stateFile);
  expect(await checkDrift("local", pulumi)).toMatchObject({ status: "clean" });

  const { things } = stack.platform;
  const [id = "", live] = [...things][0] ?? [];
  things.delete(id);
  const drift = await checkDrift("local", pulumi);
  expect(drift).toMatchObject({ status: "drifted", drifted: [{ change: "deleted", properties: [] }] });
  if (live) things.set(id, live);

  stack.platform.refusal = "Sentry refused (401): the token has expired";
  const broken = await checkDrift("local", pulumi);
  expect(broken).toMatchObject({
    status: "broken",
    reason: expect.stringContaining("the token has expired"),
  });
  expect((await readFile(stack.stateFile)).equals(before)).toBe(true);
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "npm run drift, ended by %s while a platform hangs: it says so, and leaves the state as it was",
  async (signal) => {
    const before = await readFile(stack.stateFile);
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const reached = new Promise<void>((resolve) => {
      stack.platform.reading = () => {
        resolve();
        return released;
      };
    });
    const { child, ended } = await startCommand("drift");
    const early = ended.then(({ output }) =>
      Promise.reject(new Error(`it ended before it hung:\n${output}`)),
    );
    await Promise.race([reached, early]);
    early.catch(() => {});
    process.kill(Number(child.pid), signal);
    await sleep(1500);
    release();
    const { output, ...end } = await ended;
    expect(output).toContain(`Interrupted (${signal})`);
    expect([end.signal, end.code]).toContain(
      signal === end.signal ? signal : signal === "SIGINT" ? 130 : 143,
    );
    expect((await readFile(stack.stateFile)).equals(before)).toBe(true);
    expect((await stack.pulumi("refresh", "--preview-only")).code).toBe(0);
  },
);
