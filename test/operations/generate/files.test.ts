/** Generated files are what their sources say. The command that writes them again is in the test's name. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generated, subjects } from "../../../operations/generate/files.ts";
import { REPOSITORY } from "../../../toolkit/repository.ts";

const files = subjects.flatMap((subject) =>
  Object.entries(generated[subject]()).map(([path, content]) => ({ subject, path, content })),
);

test.each(files)("$path is current; write it with: npm run ops -- generate $subject", ({ path, content }) => {
  expect(readFileSync(join(REPOSITORY, path), "utf8")).toBe(content);
});
