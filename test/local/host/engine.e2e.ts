import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EngineStack, startEngineStack } from "../../support/engine.ts";

/** Planted secrets: none may ever be seen in clear. */
const PASSWORD = "sentinel-password-71b3";
const PROVIDER_TOKEN = "provider-token-1234";

describe("language host and provider server on the real engine", () => {
  let stack: EngineStack;
  beforeAll(async () => {
    stack = await startEngineStack();
  });
  afterAll(() => stack?.stop());

  const one = { name: "one", inputs: { name: "one", color: "green", password: `secret:${PASSWORD}` } };
  const two = { name: "two", inputs: { name: "two", labels: { of: "@one.address" } } };

  it("previews without making anything, with the outputs of what is not made yet unknown", async () => {
    await stack.declare(one, two);
    const preview = await stack.pulumi("preview", "--diff");
    expect(preview.output).toContain("declared 2 things");
    expect(preview.code).toBe(0);
    expect(preview.output).toContain("[unknown]");
    expect(stack.platform.calls).toEqual([]);
  });

  it("makes the resources, fills in defaults and hands outputs on", async () => {
    const up = await stack.pulumi("up", "--yes", "--skip-preview");
    expect(up.output).toContain("4 created");
    expect(up.code).toBe(0);
    expect(stack.platform.calls).toEqual(["create one", "create two"]);
    expect(stack.platform.things.get("id-one")).toMatchObject({
      size: 1,
      color: "green",
      password: PASSWORD,
    });
    expect(stack.platform.things.get("id-two")).toMatchObject({ labels: { of: "thing://id-one" } });
  });

  it("keeps secrets out of the state, also where the platform echoes them", async () => {
    const state = await stack.state();
    expect(state).toContain("thing://id-one");
    expect(state).not.toContain(PASSWORD);
    expect(state).not.toContain(PROVIDER_TOKEN);
  });

  it("finds nothing to do the second time, and no drift", async () => {
    expect((await stack.pulumi("preview", "--expect-no-changes")).code).toBe(0);
    expect((await stack.pulumi("refresh", "--preview-only", "--expect-no-changes")).code).toBe(0);
  });

  it("updates in place, also when an input was removed", async () => {
    await stack.declare(one, { name: "two", inputs: { name: "two", size: 3 } });
    stack.platform.calls.length = 0;
    const up = await stack.pulumi("up", "--yes");
    expect(up.output).toContain("1 updated");
    expect(stack.platform.calls).toEqual(["update two"]);
    expect(stack.platform.things.get("id-two")).toMatchObject({ size: 3 });
    expect(stack.platform.things.get("id-two")?.labels).toBeUndefined();
  });

  it("replaces, the old one first, where the platform can only replace", async () => {
    await stack.declare(one, { name: "two", inputs: { name: "second", size: 3 } });
    stack.platform.calls.length = 0;
    const up = await stack.pulumi("up", "--yes");
    expect(up.output).toContain("1 replaced");
    expect(stack.platform.calls).toEqual(["delete two", "create second"]);
  });

  it("sees what changed behind its back, and heals it", async () => {
    const live = stack.platform.things.get("id-second");
    if (!live) throw new Error("the thing should exist");
    stack.platform.things.set("id-second", { ...live, size: 9 });
    const before = await stack.state();
    const drift = await stack.pulumi("refresh", "--preview-only", "--expect-no-changes", "--diff");
    expect(drift.code).toBe(7);
    expect(drift.output).toMatch(/size *: 3 => 9/);
    expect(await stack.state()).toBe(before);
    expect((await stack.pulumi("up", "--yes", "--refresh")).code).toBe(0);
    expect(stack.platform.things.get("id-second")).toMatchObject({ size: 3 });
  });

  it("sees what was deleted behind its back, and makes it again", async () => {
    stack.platform.things.delete("id-second");
    expect((await stack.pulumi("refresh", "--preview-only", "--expect-no-changes")).code).toBe(7);
    const up = await stack.pulumi("up", "--yes", "--refresh");
    expect(up.code).toBe(0);
    expect(stack.platform.things.has("id-second")).toBe(true);
    expect(await stack.state()).not.toContain(PASSWORD);
  });

  it("refuses bad inputs at preview, all at once, without quoting a secret", async () => {
    const inputs = {
      name: "one",
      color: "blue",
      colour: "red",
      password: [`secret:${PASSWORD}`],
      steps: [{ order: 1 }, { order: "last", note: "@two.address" }],
    };
    await stack.declare({ name: "two", inputs: { name: "second", size: 99 } }, { name: "one", inputs });
    const preview = await stack.pulumi("preview");
    expect(preview.code).not.toBe(0);
    expect(preview.output).toContain('"size": Too big');
    expect(preview.output).not.toContain(PASSWORD);
  });

  it("names every property that is wrong", async () => {
    const inputs = {
      color: "blue",
      colour: "red",
      password: [`secret:${PASSWORD}`],
      steps: [{ order: "last" }],
    };
    await stack.declare({ name: "one", inputs });
    const { code, output } = await stack.pulumi("preview");
    expect(code).not.toBe(0);
    expect(output).toContain('"name": is required, but missing');
    expect(output).toContain('"color": Invalid option');
    expect(output).toContain('there is no input "colour"');
    expect(output).toContain('"password": Invalid input: expected string');
    expect(output).toContain('"steps[0].order": Invalid input');
    expect(output).not.toContain(PASSWORD);
  });

  it("shows the platform's errors without the secrets in them", async () => {
    stack.platform.before = () => {
      throw new Error(`token ${PROVIDER_TOKEN} may not set password ${PASSWORD}; ask for a wider scope`);
    };
    await stack.declare(one, { ...one, name: "three", inputs: { ...one.inputs, name: "three" } });
    const up = await stack.pulumi("up", "--yes", "--skip-preview", "--continue-on-error");
    stack.platform.before = () => {};
    expect(up.code).not.toBe(0);
    expect(up.output).toContain("token [secret] may not set password [secret]; ask for a wider scope");
    expect(up.output).not.toContain(PASSWORD);
    expect(up.output).not.toContain(PROVIDER_TOKEN);
  });

  it("keeps outputs secret that the program calls so, also through a refresh", async () => {
    await stack.declare({ ...one, options: { additionalSecretOutputs: ["key"] } });
    expect((await stack.pulumi("up", "--yes")).code).toBe(0);
    expect((await stack.pulumi("refresh", "--yes")).code).toBe(0);
    expect(await stack.state()).not.toContain("made-key-of-id-one");
  });

  it("leaves alone what the program ignores", async () => {
    const live = stack.platform.things.get("id-one");
    if (!live) throw new Error("the thing should exist");
    stack.platform.things.set("id-one", { ...live, size: 2 });
    await stack.declare({ ...one, options: { ignoreChanges: ["size"] } });
    expect((await stack.pulumi("up", "--yes")).code).toBe(0);
    expect((await stack.pulumi("refresh", "--preview-only", "--expect-no-changes")).code).toBe(0);
  });

  it("adopts what exists already", async () => {
    stack.platform.things.set("id-old", { name: "old", size: 5, steps: [] });
    await stack.declare(one, {
      name: "old",
      inputs: { name: "old", size: 5 },
      options: { import: "id-old" },
    });
    stack.platform.calls.length = 0;
    const up = await stack.pulumi("up", "--yes");
    expect(up.output).toContain("1 imported");
    expect(stack.platform.calls).toEqual([]);
  });

  it("serves two commands at the same time", async () => {
    const previews = await Promise.all([stack.pulumi("preview"), stack.pulumi("preview")]);
    expect(previews.map(({ code }) => code)).toEqual([0, 0]);
    for (const { output } of previews) expect(output).toContain("declared 2 things");
  });

  it("destroys everything", async () => {
    const destroyed = await stack.pulumi("destroy", "--yes");
    expect(destroyed.output).toContain("deleted");
    expect(destroyed.code).toBe(0);
    expect(stack.platform.things.size).toBe(0);
  });
});
