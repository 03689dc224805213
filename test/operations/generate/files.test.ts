/** Generated files are what their sources say. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generated, subjects } from "../../../operations/generate/files.ts";
import { REPOSITORY } from "../../../toolkit/repository.ts";

test.each(subjects)("npm run ops -- generate %s would change nothing", (subject) => {
  const stale = Object.entries(generated[subject]()).filter(
    ([path, content]) => readFileSync(join(REPOSITORY, path), "utf8") !== content,
  );
  expect(
    stale.map(([path]) => path),
    `edited by hand, or out of date: npm run ops -- generate ${subject}`,
  ).toEqual([]);
});
