/** What the program asks of AWS passes AWS's own rules, in every stack. */
import { expect, test } from "vitest";
import { resourceTypes } from "../../../../../local/platforms/aws/provider/index.ts";
import type { Properties } from "../../../../../toolkit/property-values.ts";
import { plain } from "../../../../support/mocks.ts";
import { runProgram, stacks } from "../../../../support/program.ts";
import { Connected } from "./connected.ts";

test.each([
  ...stacks.map((stack) => [stack, stack, {}] as const),
  ["production with logs in Datadog", "production", { "logs.platform": "datadog" }] as const,
])("%s", async (_what, stack, overrides) => {
  const run = await runProgram(stack, { overrides });
  const aws = run.resources.filter(({ type }) => type.startsWith("aws:"));
  const [provider] = run.resources.filter(({ type }) => type === "pulumi:providers:aws");
  const connected = await Connected.to("http://127.0.0.1:1", "/nowhere", {
    region: provider?.inputs["region"],
    allowedAccountIds: undefined,
    skipRequestingAccountId: true,
  });
  const mistakes = aws.flatMap(({ type, name, inputs }) =>
    connected
      .mistakes(type.replace("aws:", ""), plain(inputs) as Properties)
      .map((mistake) => `${name}: ${mistake}`),
  );
  expect(aws.length).toBeGreaterThan(0);
  expect(mistakes).toEqual([]);
});

test("an emulator's stack has an emulator's address for every AWS service that it uses", async () => {
  const { resources } = await runProgram("local");
  const [provider] = resources.filter(({ type }) => type === "pulumi:providers:aws");
  const [endpoints] = JSON.parse(String(provider?.inputs["endpoints"]));
  const used = resources.flatMap(({ type }) => resourceTypes[type]?.[0] ?? []);
  expect([...new Set(used)].filter((service) => endpoints[service] === undefined)).toEqual([]);
  expect(new Set(Object.values(endpoints))).toEqual(new Set(["http://127.0.0.1:8103"]));
});
