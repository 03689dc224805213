import { expect, test } from "vitest";
import { IMPORT } from "../../../../../local/host/resource.ts";
import { liveInputs } from "../../../../../local/platforms/shared/rest/live-inputs.ts";

test("a changed value shows, at any depth, and so does one that was added or taken away", () => {
  const last = { name: "a", rules: [{ delay: 15 }], tag: "x" };
  const live = { name: "b", rules: [{ delay: 5, extra: true }, { delay: 9 }], note: "new" };
  expect(liveInputs(live, last)).toEqual(live);
});

test("what the platform fills in only shows where the program gives it", () => {
  const computed = ["id", "slug"];
  const live = { slug: "made", rules: [{ id: "1" }, { id: "2" }] };
  expect(liveInputs(live, { rules: [{}, { id: "old" }] }, { computed })).toEqual({
    rules: [{}, { id: "2" }],
  });
  expect(liveInputs(live, { slug: "given", rules: [] }, { computed })).toMatchObject({ slug: "made" });
});

test("an import, for which nothing was given, knows what the platform fills in", () => {
  expect(
    liveInputs({ slug: "made", loops: 2 }, { [IMPORT]: new Set() } as never, { computed: ["slug"] }),
  ).toEqual({
    slug: "made",
    loops: 2,
  });
});

test("nothing, an empty list and the platform's own default are no additions", () => {
  const live = { note: null, tags: [], loops: 0, nested: { list: [] } };
  expect(liveInputs(live, { nested: {} }, { unset: { loops: 0 } })).toEqual({ nested: {} });
  expect(liveInputs({ tags: [], loops: 0 }, { tags: ["x"], loops: 2 }, { unset: { loops: 0 } })).toEqual({
    tags: [],
    loops: 0,
  });
});
