/** What `npm run ops -- new alert` leaves to people is written before it lands. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { REPOSITORY } from "../../toolkit/repository.ts";

const folders = ["catalog", "runbooks", "test/rules/cases", "local/drills"];

test("nothing of an alert is still to be written", () => {
  const left = folders
    .flatMap((folder) =>
      readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => /\.(ts|md)$/.test(file))
        .map((file) => join(folder, file)),
    )
    .flatMap((file) =>
      readFileSync(join(REPOSITORY, file), "utf8")
        .split("\n")
        .flatMap((line, index) => {
          const todo = /\bTODO\b.*/.exec(line)?.[0];
          return todo === undefined ? [] : [`${file}:${index + 1} ${todo}`];
        }),
    );
  expect(left, left.join("\n")).toEqual([]);
});
