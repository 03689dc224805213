import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { alone } from "../../../toolkit/toolchain/lock.ts";
import { temporaryFolder } from "./support.ts";

test("of two that want the same folder, one works, and the other waits for its end and says so", async () => {
  const folder = join(temporaryFolder(), "tool", "1.0.0");
  const events: string[] = [];
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const first = alone(
    folder,
    () => events.push("first waits"),
    async (waited) => {
      events.push(`first begins, waited: ${waited}`);
      await finished;
      events.push("first ends");
    },
  );
  while (events.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const second = alone(
    folder,
    () => {
      events.push("second waits");
      finish();
    },
    async (waited) => {
      events.push(`second begins, waited: ${waited}`);
    },
  );
  await Promise.all([first, second]);
  expect(events).toEqual([
    "first begins, waited: false",
    "second waits",
    "first ends",
    "second begins, waited: true",
  ]);
  expect(existsSync(`${folder}.lock`)).toBe(false);
});

test("what fails leaves no lock behind", async () => {
  const folder = join(temporaryFolder(), "tool");
  await expect(
    alone(
      folder,
      () => {},
      () => Promise.reject(new Error("no Go")),
    ),
  ).rejects.toThrow("no Go");
  expect(
    await alone(
      folder,
      () => {},
      async (waited) => waited,
    ),
  ).toBe(false);
});
