import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exclusively } from "../../../local/cli/exclusive.ts";
import { isHalfMade, stateFile } from "../../../local/cli/half-made.ts";
import { checkLocks, judge } from "../../../local/cli/locks.ts";
import { runningDaemon } from "../../../local/host/daemon-state.ts";
import { identify } from "../../../local/host/process-identity.ts";
import { type StatePaths, statePaths } from "../../../local/host/state-folder.ts";
import { writeAtomically } from "../../../toolkit/files.ts";

/** A number that no process has: above the highest that Linux and macOS give. */
const NO_PROCESS = 99_999_999;

let paths: StatePaths;
beforeEach(async () => {
  paths = statePaths({ AGENTPAY_LOCAL_HOME: await mkdtemp(path.join(tmpdir(), "leftovers-")) });
});
afterEach(() => rm(paths.home, { recursive: true }));

describe("an engine's lock", () => {
  const lock = { pid: 4711, hostname: "here", username: "ana", timestamp: "2026-01-05T09:00:00Z" };

  it("is held while a pulumi of that number runs", () => {
    expect(judge(lock, "here", "pulumi")).toBe("held");
    expect(judge(lock, "here", "/opt/bin/pulumi")).toBe("held");
  });

  it("is abandoned once it is gone, or its number belongs to something else", () => {
    expect(judge(lock, "here", undefined)).toBe("abandoned");
    expect(judge(lock, "here", "nginx")).toBe("abandoned");
  });

  it("of another machine is never ours to judge", () => {
    expect(judge(lock, "there", undefined)).toBe("held");
  });

  it("is found beside its attributes, and named where it is held", async () => {
    const folder = path.join(paths.backend, ".pulumi/locks/organization/agentpay-monitoring/local");
    const write = (content: object) => writeFile(path.join(folder, "one.json"), JSON.stringify(content));
    expect(await checkLocks(paths)).toBe(false);
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, "one.json.attrs"), "{}");
    await write({ ...lock, hostname: hostname(), pid: NO_PROCESS });
    expect(await checkLocks(paths)).toBe(true);
    await write({ ...lock, hostname: "elsewhere" });
    await expect(checkLocks(paths)).rejects.toThrow("ana's pulumi (process 4711 on elsewhere");
  });
});

describe("a state with interrupted operations", () => {
  const withPending = (...pending: object[]) =>
    writeAtomically(
      stateFile(paths),
      JSON.stringify({ checkpoint: { latest: { pending_operations: pending } } }),
    );
  const resource = (custom: boolean) => ({ urn: "urn:pulumi:local::p::t::n", custom });

  it("is half made where a platform may hold what the engine does not know", async () => {
    await withPending(
      { type: "updating", resource: resource(true) },
      { type: "creating", resource: resource(true) },
    );
    expect(await isHalfMade(paths)).toBe(true);
  });

  it("is not where only components were being made, or something changed", async () => {
    await withPending(
      { type: "creating", resource: resource(false) },
      { type: "updating", resource: resource(true) },
    );
    expect(await isHalfMade(paths)).toBe(false);
    await writeAtomically(stateFile(paths), JSON.stringify({ checkpoint: { latest: null } }));
    expect(await isHalfMade(paths)).toBe(false);
  });
});

describe("daemon.json", () => {
  const daemon = async (changes: object) => {
    const state = {
      ...(await identify(process.pid)),
      startedAt: "2026-01-05T09:00:00Z",
      enginePort: 1,
      controlPort: 2,
      code: "",
      versions: {},
    };
    await writeAtomically(paths.daemon, JSON.stringify({ ...state, ...changes }));
    return runningDaemon(paths);
  };

  it("names the daemon while that very process lives", async () => {
    expect(await daemon({})).toMatchObject({ pid: process.pid, enginePort: 1 });
  });

  it("counts for nothing once it is stale, reused or unreadable", async () => {
    expect(await daemon({ pid: NO_PROCESS })).toBeUndefined();
    expect(await daemon({ startTime: "earlier" })).toBeUndefined();
    expect(await daemon({ enginePort: "x" })).toBeUndefined();
    await writeFile(paths.daemon, "{");
    expect(await runningDaemon(paths)).toBeUndefined();
  });
});

describe("two commands at the same time", () => {
  it("are refused, naming the first", async () => {
    await exclusively(paths, "up", async () => {
      await expect(exclusively(paths, "down", async () => {})).rejects.toThrow(
        "`up` is running already, as process",
      );
    });
    await expect(exclusively(paths, "down", async () => "done")).resolves.toBe("done");
  });

  it("are not mistaken for one that was killed", async () => {
    const file = path.join(paths.home, "running.json");
    await writeFile(file, JSON.stringify({ pid: NO_PROCESS, startTime: "x", command: "up" }));
    await expect(exclusively(paths, "down", async () => "done")).resolves.toBe("done");
  });
});
