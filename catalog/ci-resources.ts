/** What CI's permissions are on: ARNs of what a stack has in AWS, and the conditions by which CI keeps to it. */

import { boundaryName } from "./ci-names.ts";
import { associationDocumentArns } from "./host-documents.ts";
import { logGroupName, loggingServices } from "./logs.ts";

/** Where the resources are, as parts of ARNs. */
export interface Scope {
  readonly accountId: string;
  readonly region: string;
  /** What names begin with, such as `agentpay-production`. */
  readonly namePrefix: string;
  readonly environment: string;
  /** What no role of the stack may go beyond. Default: the policy of `boundaryName`. */
  readonly permissionsBoundaryArn?: string | undefined;
}

/** What a job of CI may do with a kind of resource. */
export interface ResourcePermissions {
  /** Actions that find it, for which IAM knows no resource. Default: none. */
  readonly find?: readonly string[];
  /** Actions that read one. */
  readonly read: readonly string[];
  /** Actions that make, change and remove one. */
  readonly change: readonly string[];
  /** ARNs of those that the program makes. */
  readonly resources: (scope: Scope) => readonly string[];
  /** What a request to change one must be like. */
  readonly condition?: (scope: Scope) => object;
  /** What is asked otherwise. */
  readonly otherwise?: readonly OtherPermissions[];
}

/** Reads and changes of a kind that are on other resources, or under another condition. A condition is for both. */
interface OtherPermissions extends Pick<ResourcePermissions, "resources" | "condition"> {
  readonly read?: readonly string[];
  readonly change?: readonly string[];
}

export const everywhere = (service: string, account: string, resource: string) =>
  `arn:aws:${service}:*:${account}:${resource}`;

/** The services' and the functions' groups, and no other of the account. */
export function logGroups({ accountId, region, namePrefix }: Scope): string[] {
  return [...loggingServices.map(logGroupName), `/aws/lambda/${namePrefix}-*`].map(
    (name) => `arn:aws:logs:${region}:${accountId}:log-group:${name}`,
  );
}

/** Whether it is of the stack, by the tag that the provider puts on everything. */
export function hasTag({ environment }: Scope) {
  return { StringEquals: { "aws:ResourceTag/environment": environment } };
}

/** What is made gets the stack's tag. What another stack has made keeps its own. */
export function getsTag({ environment }: Scope) {
  return {
    StringEquals: { "aws:RequestTag/environment": environment },
    StringEqualsIfExists: { "aws:ResourceTag/environment": environment },
  };
}

/** Whether a role has the stack's boundary: CI makes no other, and gives no other more. */
export function isBound(scope: Scope) {
  return { StringEquals: { "iam:PermissionsBoundary": boundaryArn(scope) } };
}

export function boundaryArn(scope: Scope): string {
  return scope.permissionsBoundaryArn ?? `arn:aws:iam::${scope.accountId}:policy/${boundaryName(scope)}`;
}

/** ARNs of what the stack's roles work with. */
export function stackResources(scope: Scope) {
  const { accountId, region, namePrefix, environment } = scope;
  const parameters = [`AmazonCloudWatch-${namePrefix}`, `agentpay/${environment}/*`];
  return {
    logGroups: logGroups(scope),
    functions: functions(scope),
    queues: [`arn:aws:sqs:${region}:${accountId}:${namePrefix}-*`],
    parameters: parameters.map((name) => `arn:aws:ssm:${region}:${accountId}:parameter/${name}`),
    documents: [`arn:aws:ssm:${region}:${accountId}:document/${namePrefix}-*`],
  };
}

/** Their names are ids. */
export function associations({ accountId, region }: Scope): string[] {
  return [`arn:aws:ssm:${region}:${accountId}:association/*`];
}

/** What an association may run on hosts. */
export function runDocuments(scope: Scope): string[] {
  return [...stackResources(scope).documents, ...associationDocumentArns(scope.region)];
}

/** Of the stack. CI's own are named otherwise (`ciRoleName`), so that no job can give itself more. */
export function roles({ accountId, namePrefix }: Scope): string[] {
  return [`arn:aws:iam::${accountId}:role/${namePrefix}-*`];
}

export function functions({ accountId, region, namePrefix }: Scope): string[] {
  return [`arn:aws:lambda:${region}:${accountId}:function:${namePrefix}-*`];
}

export function topics({ accountId, namePrefix }: Scope): string[] {
  return [everywhere("sns", accountId, `${namePrefix}-*`)];
}
