import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type RestartPolicy,
  restartDelay,
  SETTLED,
} from "../../../../../local/platforms/docker/provider/process/restart-policy.ts";
import { Supervisor } from "../../../../../local/platforms/docker/provider/process/supervisor.ts";

const unlessStopped: RestartPolicy = { name: "unless-stopped", maxRetryCount: 0 };

describe("restart policies", () => {
  it.each<[RestartPolicy["name"], number, number | undefined]>([
    ["no", 1, undefined],
    ["no", 0, undefined],
    ["on-failure", 0, undefined],
    ["on-failure", 1, 100],
    ["always", 0, 100],
    ["unless-stopped", 0, 100],
  ])("%s after exit code %d: %s", (name, exitCode, expected) => {
    expect(restartDelay({ name, maxRetryCount: 0 }, { exitCode, ranFor: 1, failures: 0 })).toBe(expected);
  });

  it("double the delay with each failure, up to a minute", () => {
    const delays = [0, 1, 2, 20].map((failures) =>
      restartDelay(unlessStopped, { exitCode: 1, ranFor: 1, failures }),
    );
    expect(delays).toEqual([100, 200, 400, 60_000]);
  });

  it("start over once the server had settled", () => {
    expect(restartDelay(unlessStopped, { exitCode: 1, ranFor: SETTLED, failures: 20 })).toBe(100);
  });

  it("give up after the given number of retries", () => {
    const policy: RestartPolicy = { name: "on-failure", maxRetryCount: 2 };
    expect(restartDelay(policy, { exitCode: 1, ranFor: 1, failures: 1 })).toBe(200);
    expect(restartDelay(policy, { exitCode: 1, ranFor: 1, failures: 2 })).toBeUndefined();
  });
});

/** A server whose end the test decides, and all that was asked of it. */
function fakeServers(policy: RestartPolicy) {
  const signals: string[] = [];
  const ends: ((exitCode: number) => void)[] = [];
  const exitCodes: number[] = [];
  const supervisor = new Supervisor({
    launch: () => {
      let end: (exitCode: number) => void = () => {};
      const ended = new Promise<number>((resolve) => {
        end = resolve;
      });
      ends.push(end);
      return { pid: 1000 + ends.length, ended, kill: (signal) => signals.push(signal) };
    },
    policy: () => policy,
    onStarted: () => {},
    onEnded: (exitCode) => exitCodes.push(exitCode),
    stopSignal: "SIGTERM",
    stopGrace: 10_000,
  });
  const endLast = async (exitCode: number) => {
    ends.at(-1)?.(exitCode);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { supervisor, signals, ends, exitCodes, endLast };
}

describe("supervisor", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("starts a crashed server again, later each time", async () => {
    const { supervisor, ends, endLast } = fakeServers(unlessStopped);
    supervisor.start();
    await endLast(1);
    expect(supervisor.state).toBe("restarting");
    await vi.advanceTimersByTimeAsync(99);
    expect(ends).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(ends).toHaveLength(2);
    await endLast(1);
    await vi.advanceTimersByTimeAsync(199);
    expect(ends).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(ends).toHaveLength(3);
    expect(supervisor.state).toBe("running");
  });

  it("leaves a server that its policy does not start again", async () => {
    const { supervisor, ends, exitCodes, endLast } = fakeServers({ name: "no", maxRetryCount: 0 });
    supervisor.start();
    await endLast(3);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(ends).toHaveLength(1);
    expect(exitCodes).toEqual([3]);
    expect(supervisor.state).toBe("stopped");
  });

  it("does not start a server again that was stopped", async () => {
    const { supervisor, ends, signals, endLast } = fakeServers(unlessStopped);
    supervisor.start();
    const stopped = supervisor.stop();
    expect(signals).toEqual(["SIGTERM"]);
    await endLast(143);
    await stopped;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(ends).toHaveLength(1);
  });

  it("stops the wait for the next start", async () => {
    const { supervisor, ends, endLast } = fakeServers(unlessStopped);
    supervisor.start();
    await endLast(1);
    await supervisor.stop();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(ends).toHaveLength(1);
    expect(supervisor.state).toBe("stopped");
  });

  it("insists where a server does not stop in time", async () => {
    const { supervisor, signals, endLast } = fakeServers(unlessStopped);
    supervisor.start();
    const stopped = supervisor.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(signals).toEqual(["SIGTERM", "SIGKILL"]);
    await endLast(137);
    await stopped;
  });
});
