import { expect, test } from "vitest";
import { alreadyIn, managerOf } from "../../../operations/adopt/others.ts";

const resource = (name: string, more: object = {}) => ({
  ...{ urn: `urn:pulumi:s::p::pagerduty:index/schedule:Schedule::${name}`, id: "P1", provider: "one" },
  ...{ type: "pagerduty:index/schedule:Schedule", outputs: {} },
  ...more,
});
const marks = { environment: "production", cloudFormation: new Map([["arn:aws:logs:1", "api-prod"]]) };
const managed = (outputs: object) => managerOf(resource("on-call-primary", { outputs }), marks);

test("what the stack has under another name is not adopted a second time", () => {
  const found = resource("on-call-primary");
  expect(alreadyIn([found, resource("on-call-first")], found)).toContain("on-call-first of this stack");
  const others = [
    resource("of another id", { id: "P2" }),
    resource("of another type", { type: "pagerduty:index/team:Team" }),
    resource("in another region", { outputs: { region: "us-east-1" } }),
    resource("a component", { id: undefined }),
  ];
  expect(alreadyIn([found, ...others], found)).toBeUndefined();
  expect(alreadyIn([found], undefined)).toBeUndefined();
});

test("the marks of other tools, and of another environment's stack, make a conflict", () => {
  expect(managed({ description: "Managed by Terraform" })).toContain("Managed by Terraform");
  expect(managed({ arn: "arn:aws:logs:1" })).toContain("CloudFormation's stack api-prod");
  expect(managed({ tagsAll: { ManagedBy: "terraform" } })).toContain("ManagedBy is terraform");
  expect(managed({ tags: { "managed-by": "AWS CDK" } })).toContain("AWS CDK");
  const own = { application: "agentpay", "managed-by": "pulumi" };
  expect(managed({ tags: { ...own, environment: "staging" } })).toContain("it is staging's");
});

test("what people write, and the stack's own tags, are no mark", () => {
  expect(
    managed({ tags: { "managed-by": "pulumi", application: "agentpay", environment: "production" } }),
  ).toBe(undefined);
  expect(managed({ tags: { ManagedBy: "the platform team" }, description: "managed by ana" })).toBe(
    undefined,
  );
  expect(managed({ tags: { application: "agentpay", environment: "prod" } })).toBe(undefined);
  expect(managed({ arn: "arn:aws:logs:2" })).toBe(undefined);
  expect(managed({ tags: ["a"] })).toBe(undefined);
});
