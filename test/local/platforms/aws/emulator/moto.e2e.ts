import { GetPolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Emulator, startMoto } from "./start-moto.ts";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startMoto();
});
afterAll(() => emulator?.stop());

test("answers, with the policies that AWS owns, and runs no containers", async () => {
  const request = (path: string, body?: string) =>
    fetch(`${emulator.url}${path}`, body === undefined ? {} : { method: "POST", body });
  const iam = new IAMClient({ region: "us-east-1", endpoint: emulator.url, credentials });
  const PolicyArn = "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy";
  expect((await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy?.PolicyName).toBeDefined();
  const config = (await (await request("/moto-api/config")).json()) as { lambda: unknown };
  expect(config.lambda).toEqual({ use_docker: false });
});

test("lists what was made, and none of the thousands of policies that AWS owns", async () => {
  const sns = new SNSClient({ region: "eu-central-1", endpoint: emulator.url, credentials });
  await sns.send(new CreateTopicCommand({ Name: "made" }));
  const answer = await fetch(`${emulator.url}/moto-api/data.json`);
  const { iam, sns: made } = (await answer.json()) as Record<string, Record<string, unknown[]>>;
  expect(made?.["Topic"]).toHaveLength(1);
  expect(Object.keys(iam ?? {})).not.toContain("AWSManagedPolicy");
});

test("is healthy until it is stopped", async () => {
  const other = await startMoto();
  expect(await other.isHealthy?.()).toBe(true);
  await other.stop();
  expect(await other.isHealthy?.()).toBe(false);
  await expect(fetch(other.url)).rejects.toThrow();
});
