import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { reliances } from "../../../operations/vendors/reliances.ts";
import { REPOSITORY } from "../../../toolkit/repository.ts";

const read = (file: string) => readFileSync(join(REPOSITORY, file), "utf8");

test.each(reliances.map((each) => [`${each.vendor} ${each.what}`, each] as const))(
  "%s is relied on where it says",
  (_name, { file, mark, seen, source, ends }) => {
    expect(mark).not.toBe("");
    expect(read(file)).toContain(mark);
    expect(source).not.toBe("");
    for (const day of [seen, ...(ends ? [ends.on] : [])])
      expect(new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10)).toBe(day);
  },
);

test("every action that a workflow pins is among them", () => {
  const actions = reliances.filter(({ kind }) => kind === "action").map(({ vendor }) => vendor);
  expect(actions).toEqual(
    expect.arrayContaining(["actions/checkout", "actions/setup-node", "pulumi/actions"]),
  );
});
