import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { Secret } from "../../settings/secret.ts";
import { pulumiSecret } from "../../settings/stack-settings.ts";
import { leaks, sentinel } from "../support/secrets.ts";

const secret = new Secret(sentinel("sentry.token"));

test.each([
  ["text", () => `${secret}`],
  ["JSON", () => JSON.stringify({ secret })],
  ["a log", () => inspect({ secret }, { depth: null, showHidden: true })],
  ["its parts", () => JSON.stringify([Object.entries(secret), Reflect.ownKeys(secret).map(String)])],
  ["a copy", () => JSON.stringify(structuredClone(secret))],
])("as %s it shows nothing", (_, show) => {
  expect(leaks(show())).toBe(false);
});

test("Pulumi keeps its value as a secret, and as one what is made of it", async () => {
  const kept = pulumiSecret(secret);
  expect(await pulumi.isSecret(kept.apply((value) => `Bearer ${value}`))).toBe(true);
  const value = await new Promise((resolve) => kept.apply(resolve));
  expect(value).toBe(sentinel("sentry.token"));
});
