/**
 * What AWS's actions on Amazon's engine are: its workspace, and the secret with the key that lets its Alertmanager page.
 * Workspaces and keys have ids for names, so the stack's tag says which ones are its own.
 */

import { getsTag, hasTag, type ResourcePermissions, type Scope } from "./ci-resources.ts";

const workspaces = ({ accountId, region }: Scope) => [`arn:aws:aps:${region}:${accountId}:workspace/*`];
const namespaces = ({ accountId, region }: Scope) => [
  `arn:aws:aps:${region}:${accountId}:rulegroupsnamespace/*/*`,
];
const keys = ({ accountId, region }: Scope) => [`arn:aws:kms:${region}:${accountId}:key/*`];
const secrets = ({ accountId, region, namePrefix }: Scope) => [
  `arn:aws:secretsmanager:${region}:${accountId}:secret:${namePrefix}-*`,
];

/** The stack's own key, and only as Secrets Manager uses it. */
function throughSecrets(scope: Scope) {
  const viaService = { "kms:ViaService": `secretsmanager.${scope.region}.amazonaws.com` };
  return { StringEquals: { ...hasTag(scope).StringEquals, ...viaService } };
}

/** By the token of the resource. */
export const enginePermissions: Readonly<Record<string, ResourcePermissions>> = {
  "aws:amp/alertManagerDefinition:AlertManagerDefinition": {
    read: ["aps:DescribeAlertManagerDefinition"],
    change: [
      "aps:CreateAlertManagerDefinition",
      "aps:DeleteAlertManagerDefinition",
      "aps:PutAlertManagerDefinition",
    ],
    resources: workspaces,
    condition: hasTag,
  },
  "aws:amp/resourcePolicy:ResourcePolicy": {
    read: ["aps:DescribeResourcePolicy"],
    change: ["aps:DeleteResourcePolicy", "aps:PutResourcePolicy"],
    resources: workspaces,
    condition: hasTag,
  },
  "aws:amp/ruleGroupNamespace:RuleGroupNamespace": {
    read: ["aps:DescribeRuleGroupsNamespace", "aps:ListTagsForResource"],
    change: ["aps:DeleteRuleGroupsNamespace", "aps:PutRuleGroupsNamespace", "aps:UntagResource"],
    resources: namespaces,
    condition: hasTag,
    otherwise: [
      {
        change: ["aps:CreateRuleGroupsNamespace", "aps:TagResource"],
        resources: namespaces,
        condition: getsTag,
      },
    ],
  },
  "aws:amp/workspace:Workspace": {
    // The provider asks for the logging of a workspace that has none, too.
    read: ["aps:DescribeLoggingConfiguration", "aps:DescribeWorkspace", "aps:ListTagsForResource"],
    change: ["aps:DeleteWorkspace", "aps:UntagResource", "aps:UpdateWorkspaceAlias"],
    resources: workspaces,
    condition: hasTag,
    otherwise: [
      { change: ["aps:TagResource"], resources: workspaces, condition: getsTag },
      { change: ["aps:CreateWorkspace"], resources: () => ["*"], condition: getsTag },
    ],
  },
  "aws:kms/key:Key": {
    read: ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"],
    // People make the key and change it. Who may make one with a tag may put that tag on any key that has none, the state's
    // too, and AWS knows no condition that keeps the two apart.
    change: [],
    resources: keys,
  },
  "aws:secretsmanager/secret:Secret": {
    read: ["secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"],
    change: [
      "secretsmanager:CreateSecret",
      "secretsmanager:DeleteSecret",
      "secretsmanager:TagResource",
      "secretsmanager:UntagResource",
      "secretsmanager:UpdateSecret",
    ],
    resources: secrets,
  },
  "aws:secretsmanager/secretPolicy:SecretPolicy": {
    read: ["secretsmanager:GetResourcePolicy"],
    change: ["secretsmanager:DeleteResourcePolicy", "secretsmanager:PutResourcePolicy"],
    resources: secrets,
  },
  "aws:secretsmanager/secretVersion:SecretVersion": {
    // The value is part of the state, whose secrets every job opens.
    read: ["secretsmanager:GetSecretValue"],
    change: ["secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"],
    resources: secrets,
    otherwise: [
      { read: ["kms:Decrypt"], resources: keys, condition: throughSecrets },
      { change: ["kms:GenerateDataKey"], resources: keys, condition: throughSecrets },
    ],
  },
};
