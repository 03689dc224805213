import { expect, test } from "vitest";
import { checkInputs } from "../../../../../local/host/validation.ts";
import { configuration } from "../../../../../local/platforms/aws/provider/configuration.ts";
import type { Properties } from "../../../../../toolkit/property-values.ts";
import { Connected, configurationFor } from "./connected.ts";

const url = "http://127.0.0.1:8103";

function mistakes(change: Properties): readonly string[] {
  return checkInputs(configuration, configurationFor(url, change)).mistakes;
}

test("takes what the program gives", () => {
  expect(mistakes({ skipMetadataApiCheck: true, profile: "agentpay" })).toEqual([]);
  expect(mistakes({ assumeRoles: [{ roleArn: "arn:aws:iam::123456789012:role/deploy" }] })).toEqual([]);
});

test.each([
  "https://sns.eu-west-1.amazonaws.com",
  "http://10.0.0.1:8103",
  "http://127.0.0.1.example.com",
  "http://localhost.example.com",
  "http://127.0.0.1@example.com",
  "ftp://127.0.0.1",
  "sns",
])("never talks to %s", (endpoint) => {
  expect(mistakes({ endpoints: [{ sns: endpoint, sts: url }] })).toEqual([
    expect.stringContaining("the stand-in never talks to AWS itself"),
  ]);
});

test.each<[Properties, string]>([
  [{ region: undefined }, '"region": is required'],
  [{ region: "europe" }, '"region": must be a region such as eu-west-1'],
  [{ endpoints: undefined }, '"endpoints": is required'],
  [{ endpoints: [] }, '"endpoints": must name the emulator\'s address'],
  [{ endpoints: [{ sns: url }] }, '"endpoints": must name sts'],
  [{ accessKey: undefined }, '"accessKey": is required'],
  [{ secretKey: "" }, '"secretKey": must not be empty'],
  [{ allowedAccountIds: ["42"] }, '"allowedAccountIds[0]": must be a 12-digit account id'],
  [{ forbiddenAccountIds: ["210987654321"] }, '"forbiddenAccountIds": conflicts with allowedAccountIds'],
  [{ defaultTags: { tag: {} } }, 'there is no input "defaultTags.tag"'],
  [{ defaultTags: { tags: { "aws:x": "y" } } }, "which AWS keeps for itself"],
  [{ regoin: "eu-west-1" }, 'there is no input "regoin"'],
  [{ assumeRoles: [{ role: "x" }] }, 'there is no input "assumeRoles[0].role"'],
])("refuses %j", (change, mistake) => {
  expect(mistakes(change).join("\n")).toContain(mistake);
});

test("a resource whose service has no endpoint is refused at preview", async () => {
  const aws = await Connected.to(url, "/nowhere", {
    endpoints: [{ sts: url, cloudwatchlogs: url }],
    allowedAccountIds: undefined,
    skipRequestingAccountId: true,
  });
  expect(aws.mistakes("cloudwatch/logGroup:LogGroup", { name: "x" })).toEqual([]);
  expect(aws.mistakes("sns/topic:Topic", { name: "x" })).toEqual([
    "the provider's endpoints name no address for sns: add it, or this would have to go to AWS itself",
  ]);
});

test("default tags are part of every taggable resource, and its own tags win", async () => {
  const aws = await Connected.to(url, "/nowhere", {
    allowedAccountIds: undefined,
    skipRequestingAccountId: true,
  });
  const { inputs } = aws.handler("sns/topic:Topic");
  expect(checkInputs(inputs, { name: "x", tags: { service: "api" } }).inputs["tags"]).toEqual({
    owner: "platform",
    service: "api",
  });
  expect(checkInputs(inputs, { name: "x", tags: { owner: "me" } }).inputs["tags"]).toEqual({ owner: "me" });
});
