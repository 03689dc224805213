/** Adoption on the emulator of AWS: Amazon's Prometheus is found, and read back by its id alone, with all that replaces. */
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cloudFormationStacks } from "../../../operations/adopt/cloudformation.ts";
import type { Planned, Search } from "../../../operations/adopt/finder.ts";
import { finders } from "../../../operations/adopt/finders/index.ts";
import type { Properties } from "../../../toolkit/property-values.ts";
import { type Emulator, startMoto } from "../../local/platforms/aws/emulator/start-moto.ts";
import { account, Connected, type State } from "../../local/platforms/aws/provider/connected.ts";

let emulator: Emulator;
let aws: Connected;
let search: Search;
beforeAll(async () => {
  emulator = await startMoto();
  aws = await Connected.to(emulator.url, emulator.folder);
  search = {
    settings: { aws: { enabled: true, region: "eu-west-1", accountId: account, endpointUrl: emulator.url } },
    secrets: {},
    signal: AbortSignal.timeout(600_000),
  } as unknown as Search;
});
afterAll(() => emulator?.stop());

const idsOf = async (type: string, inputs: Properties) =>
  (
    await finders[`aws:${type}`]?.(
      {
        ...{ urn: "u", type, name: "n", parent: undefined, provider: undefined, secrets: [] },
        inputs,
      } as Planned,
      search,
    )
  )?.ids;

/** As an import reads it: nothing was given last. */
const taken = (type: string, id: string) => aws.read(type, { id, inputs: {}, outputs: {} });

const statement = (principal: object, action: string, resource: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: principal, Action: action, Resource: resource }],
  });

test("a workspace, what is in it and the secret it reads are found, and read back by their ids", async () => {
  const made = new Map<string, { state: State; inputs: Properties }>();
  const make = async (type: string, inputs: Properties) => {
    const state = await aws.create(type, "name", inputs);
    made.set(type, { state, inputs });
    return state.id;
  };
  const workspaceId = await make("amp/workspace:Workspace", { alias: "agentpay-production" });
  // AWS lists by the beginning of an alias, and takes the same one twice.
  await aws.create("amp/workspace:Workspace", "other", { alias: "agentpay-production-old" });
  const data = "groups:\n  - name: api\n    rules:\n      - alert: Down\n        expr: up == 0\n";
  await make("amp/ruleGroupNamespace:RuleGroupNamespace", { workspaceId, name: "api", data });
  const definition = `alertmanager_config: |\n  route:\n    receiver: none\n  receivers:\n    - name: none\n`;
  await make("amp/alertManagerDefinition:AlertManagerDefinition", { workspaceId, definition });
  const arn = `arn:aws:aps:eu-west-1:${account}:workspace/${workspaceId}`;
  const role = { AWS: `arn:aws:iam::${account}:role/host` };
  const policyDocument = statement(role, "aps:RemoteWrite", arn);
  await make("amp/resourcePolicy:ResourcePolicy", { workspaceId, policyDocument });
  const key = {
    description: "the routing key's",
    policy: statement({ AWS: `arn:aws:iam::${account}:root` }, "kms:*", "*"),
  };
  const kmsKeyId = await make("kms/key:Key", key);
  const secretArn = await make("secretsmanager/secret:Secret", { name: "agentpay-production-key", kmsKeyId });
  const policy = statement({ Service: "aps.amazonaws.com" }, "secretsmanager:GetSecretValue", secretArn);
  await make("secretsmanager/secretPolicy:SecretPolicy", { secretArn, policy });

  for (const [type, { state, inputs }] of made) {
    expect(await idsOf(type, inputs), type).toEqual([state.id]);
    const found = await taken(type, state.id);
    expect(found?.id, type).toBe(state.id);
    for (const name of aws.handler(type).replaceOn.filter((each) => each in inputs))
      expect(found?.inputs[name], `${type} ${name}`).toEqual(inputs[name]);
  }
});

test("what CloudFormation has made is known by a tag of its own", async () => {
  const { url: endpoint } = emulator;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const sns = new SNSClient({ region: "eu-west-1", endpoint, credentials });
  const Tags = [{ Key: "aws:cloudformation:stack-name", Value: "api-prod" }];
  const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: "by-cdk", Tags }));
  await sns.send(new CreateTopicCommand({ Name: "by-hand" }));
  expect([...(await cloudFormationStacks(search))]).toEqual([[TopicArn, "api-prod"]]);
});

test("of two workspaces with one alias, a person has to choose; of none, there is none", async () => {
  await aws.create("amp/workspace:Workspace", "second", { alias: "agentpay-production" });
  expect(await idsOf("amp/workspace:Workspace", { alias: "agentpay-production" })).toHaveLength(2);
  expect(await idsOf("amp/workspace:Workspace", { alias: "agentpay-staging" })).toEqual([]);
  expect(await taken("amp/alertManagerDefinition:AlertManagerDefinition", "ws-none")).toBeUndefined();
});
