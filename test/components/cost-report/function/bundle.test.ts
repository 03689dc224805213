import { appendFile, mkdtemp, readFile, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { makeBundle } from "../../../../components/cost-report/function/bundle.ts";

test("a bundle is made once for the same sources, and again where it or its record is not what it was", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "bundle-"));
  try {
    const file = await makeBundle(folder);
    const made = await readFile(file, "utf8");
    expect(made).toContain("handler");
    const longAgo = new Date("2020-01-01");
    await utimes(file, longAgo, longAgo);
    await makeBundle(folder);
    expect((await stat(file)).mtime).toEqual(longAgo);

    await appendFile(file, "// not ours");
    await makeBundle(folder);
    expect(await readFile(file, "utf8")).toBe(made);

    await utimes(file, longAgo, longAgo);
    const record = path.join(folder, "made-of.json");
    const text = await readFile(record, "utf8");
    expect(Object.keys(JSON.parse(text))).toContain(
      path.resolve("components/cost-report/function/handler.ts"),
    );
    await appendFile(record, "}");
    await makeBundle(folder);
    expect((await stat(file)).mtime).not.toEqual(longAgo);
    expect(await readFile(record, "utf8")).toBe(text);
  } finally {
    await rm(folder, { recursive: true });
  }
});
