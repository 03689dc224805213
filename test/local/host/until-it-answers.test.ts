import { expect, test } from "vitest";
import type { Child } from "../../../local/host/service.ts";
import { untilItAnswers } from "../../../local/host/until-it-answers.ts";

/** A server that answers when it was asked so often, and what became of it. */
function server({ answersAt = Number.POSITIVE_INFINITY, endsAt = Number.POSITIVE_INFINITY } = {}) {
  const seen = { asked: 0, stopped: false };
  const child: Child = {
    pid: 1,
    exited: Promise.resolve("exit code 3"),
    isRunning: () => seen.asked < endsAt,
    stop: async () => {
      seen.stopped = true;
    },
    signal: () => {},
  };
  const answers = async () => {
    seen.asked += 1;
    return seen.asked >= answersAt;
  };
  return { seen, started: { child, name: "Valkey", where: "on port 1", log: "valkey", answers } };
}

test("it waits for the first answer, and leaves the server alone", async () => {
  const { seen, started } = server({ answersAt: 3 });
  await untilItAnswers({ ...started, milliseconds: 60_000 });
  expect(seen).toEqual({ asked: 3, stopped: false });
});

test("a server that ends says how, and where its log is", async () => {
  const { started } = server({ endsAt: 1 });
  await expect(untilItAnswers({ ...started, milliseconds: 60_000 })).rejects.toThrow(
    "Valkey ended with exit code 3; see logs/valkey.log",
  );
});

test("a server that says nothing for too long is stopped", async () => {
  const { seen, started } = server();
  await expect(untilItAnswers({ ...started, milliseconds: 1 })).rejects.toThrow(
    "Valkey does not answer on port 1; see logs/valkey.log",
  );
  expect(seen.stopped).toBe(true);
});
