/** A stack whose state is in an S3 bucket and whose secrets are under a KMS key, on the emulator of both. */
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Emulator, startMoto } from "./local/platforms/aws/emulator/start-moto.ts";
import { type EngineStack, startEngineStack } from "./support/engine.ts";
import { leaks, sentinel } from "./support/secrets.ts";

const REGION = "eu-central-1";
const BUCKET = "agentpay-pulumi-state";

let aws: Emulator;
let stack: EngineStack;

const keyOf = (alias: string) => `awskms://alias/${alias}?region=${REGION}`;

const STATE = ".pulumi/stacks/engine-test/local.json";
/** The emulator believes whoever says who they are. */
const SIGNED =
  "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=x";

/** The bucket, or an object of it. */
async function s3(method: string, object = "", body?: string): Promise<string> {
  const headers = { Authorization: SIGNED };
  const response = await fetch(`${aws.url}/${BUCKET}/${object}`, { method, headers, ...(body && { body }) });
  if (!response.ok) throw new Error(`${method} ${object} answered ${response.status}`);
  return response.text();
}

beforeAll(async () => {
  aws = await startMoto();
  const kms = new KMSClient({
    region: REGION,
    endpoint: aws.url,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  for (const alias of ["pulumi", "pulumi-next"]) {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    await kms.send(new CreateAliasCommand({ AliasName: `alias/${alias}`, TargetKeyId: KeyMetadata?.KeyId }));
  }
  await s3("PUT");
  stack = await startEngineStack({
    backend: {
      environment: {
        PULUMI_BACKEND_URL: `s3://${BUCKET}?region=${REGION}&endpoint=${aws.url}&s3ForcePathStyle=true`,
        PULUMI_CONFIG_PASSPHRASE: undefined,
        AWS_ENDPOINT_URL: aws.url,
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
      },
      secretsProvider: keyOf("pulumi"),
    },
  });
});
afterAll(async () => {
  await stack?.stop();
  await aws?.stop();
});

async function succeed(...args: readonly string[]): Promise<string> {
  const { code, stdout, output } = await stack.pulumi(...args);
  expect(code, output).toBe(0);
  return stdout;
}

test("the state is in the bucket, its secrets are encrypted by the key, and nobody needs a passphrase", async () => {
  await stack.declare({ name: "one", inputs: { name: "one", password: `secret:${sentinel("password")}` } });
  await succeed("up", "--yes", "--skip-preview");
  const state = await s3("GET", STATE);
  expect(state).toContain("test/thing:Thing::one");
  expect(state).toContain(keyOf("pulumi"));
  expect(leaks(state)).toBe(false);
});

test("the key can be changed for another, which then opens all of it; nothing of the stack changes", async () => {
  await succeed("stack", "change-secrets-provider", keyOf("pulumi-next"));
  const state = await s3("GET", STATE);
  expect(state).toContain(keyOf("pulumi-next"));
  expect(leaks(state)).toBe(false);
  expect(leaks(await succeed("stack", "export", "--show-secrets"))).toBe(true);
});

test("a state that was deleted is missed, and is whole again once its last version is put back", async () => {
  const version = await s3("GET", STATE);
  await s3("DELETE", STATE);
  expect((await stack.pulumi("preview")).code).not.toBe(0);
  await s3("PUT", STATE, version);
  await succeed("preview", "--expect-no-changes");
  expect([...stack.platform.things.keys()]).toEqual(["id-one"]);
});
