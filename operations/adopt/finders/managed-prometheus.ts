/**
 * Amazon's Prometheus: the workspace by its alias, of which AWS allows several; what is in it by the workspace. The secret
 * that its Alertmanager reads goes by its name, and the key of that secret by what it says of itself.
 */
import { AmpClient, paginateListWorkspaces } from "@aws-sdk/client-amp";
import { DescribeKeyCommand, KMSClient, paginateListKeys } from "@aws-sdk/client-kms";
import { paginateListSecrets, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { by, type Finders, guess, known } from "../finder.ts";
import { account, client, home, regional } from "./aws-account.ts";

const workspace = by(["alias"], async ({ alias }, planned, search) => {
  const amp = new AmpClient(client(search, known(planned, "region")));
  const ids: string[] = [];
  // AWS takes the alias for the beginning of one.
  for await (const { workspaces = [] } of paginateListWorkspaces({ client: amp }, { alias }))
    for (const { workspaceId, alias: its, status } of workspaces)
      if (its === alias && workspaceId !== undefined && status?.statusCode !== "DELETING")
        ids.push(regional(workspaceId, planned));
  return { ids };
});

/** What a workspace has one of at most. */
const ofWorkspace = by(["workspaceId"], ({ workspaceId }, planned) => guess(regional(workspaceId, planned)));

const ruleGroups = by(["workspaceId", "name"], ({ workspaceId, name }, planned, search) => {
  const place = known(planned, "region") ?? home(search);
  const arn = `arn:aws:aps:${place}:${account(search)}:rulegroupsnamespace/${workspaceId}/${name}`;
  return guess(regional(arn, planned));
});

const beingDeleted = (arn: string) =>
  `its name is that of a secret that AWS is about to delete: aws secretsmanager restore-secret --secret-id ${arn}`;

const secret = by(["name"], async ({ name }, planned, search) => {
  const secrets = new SecretsManagerClient(client(search, known(planned, "region")));
  const ids: string[] = [];
  const filters = {
    Filters: [{ Key: "name" as const, Values: [name] }],
    IncludePlannedDeletion: true,
  };
  for await (const { SecretList = [] } of paginateListSecrets({ client: secrets }, filters))
    for (const { Name, ARN, DeletedDate } of SecretList) {
      if (Name !== name || ARN === undefined) continue;
      if (DeletedDate !== undefined) return { ids: [], conflict: beingDeleted(ARN) };
      ids.push(regional(ARN, planned));
    }
  return { ids };
});

/** A key has no name of its own. */
const key = by(["description"], async ({ description }, planned, search) => {
  const kms = new KMSClient(client(search, known(planned, "region")));
  const ids: string[] = [];
  for await (const { Keys = [] } of paginateListKeys({ client: kms }, {}))
    for (const { KeyId } of Keys) {
      const { KeyMetadata: its } = await kms.send(new DescribeKeyCommand({ KeyId }));
      if (its?.Description === description && its.KeyState !== "PendingDeletion" && KeyId !== undefined)
        ids.push(regional(KeyId, planned));
    }
  return { ids };
});

export const managedPrometheusFinders: Finders = {
  "aws:amp/alertManagerDefinition:AlertManagerDefinition": ofWorkspace,
  "aws:amp/resourcePolicy:ResourcePolicy": ofWorkspace,
  "aws:amp/ruleGroupNamespace:RuleGroupNamespace": ruleGroups,
  "aws:amp/workspace:Workspace": workspace,
  "aws:kms/key:Key": key,
  "aws:secretsmanager/secret:Secret": secret,
  "aws:secretsmanager/secretPolicy:SecretPolicy": by(["secretArn"], ({ secretArn }, planned) =>
    guess(regional(secretArn, planned)),
  ),
};
