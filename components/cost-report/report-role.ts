/** The roles of the report's function and of its schedules, and the one policy that each has. */
import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import * as pulumi from "@pulumi/pulumi";
import { assumedBy } from "./daily-cost-report-policy.ts";

export interface ReportRoleArgs {
  accountId: string;
  /** ARN of the policy beyond which the report's roles may not go. Default: none. */
  permissionsBoundary?: pulumi.Input<string> | undefined;
}

export function reportRole(
  parent: pulumi.Resource,
  name: string,
  roleName: string,
  service: Parameters<typeof assumedBy>[0],
  { accountId, permissionsBoundary }: ReportRoleArgs,
): Role {
  return new Role(
    `${name}-role`,
    {
      name: roleName,
      description: "AgentPay's cost report",
      assumeRolePolicy: pulumi.jsonStringify(assumedBy(service, accountId)),
      ...(permissionsBoundary && { permissionsBoundary }),
    },
    { parent },
  );
}

export function reportPolicy(parent: pulumi.Resource, name: string, role: Role, policy: object): RolePolicy {
  return new RolePolicy(
    `${name}-policy`,
    { name: "cost-report", role: role.name, policy: pulumi.jsonStringify(policy) },
    { parent },
  );
}
