import { OpenIdConnectProvider } from "@pulumi/aws/iam/openIdConnectProvider.js";
import { Policy } from "@pulumi/aws/iam/policy.js";
import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment.js";
import * as pulumi from "@pulumi/pulumi";
import {
  boundaryName,
  type CiJob,
  ciChangesName,
  ciEnvironment,
  ciJobs,
  ciRoleName,
} from "../../catalog/ci-names.ts";
import type { Scope } from "../../catalog/ci-resources.ts";
import { assumedByJobs, type CiRepository, type CiState, ciChanges, ciPolicy } from "./ci-policy.ts";
import { roleBoundary } from "./role-boundary.ts";

export interface CiAccessArgs {
  /** The stack's resources, which the roles are about. */
  readonly scope: Scope;
  /** GitHub repository whose jobs may take the roles. */
  readonly repository: CiRepository;
  /** The account's OIDC provider for GitHub, of which it can have one. Default: it is made. */
  readonly oidcProviderArn?: string | undefined;
  readonly state: CiState;
}

/**
 * How CI gets into AWS with no key of its own: a job proves by GitHub's token which environment of which repository it
 * runs in, and gets the role of that one for an hour. Previews and drift checks only look.
 */
export class CiAccess extends pulumi.ComponentResource {
  readonly roleArns: Readonly<Record<CiJob, pulumi.Output<string>>>;
  /** ARN of the policy beyond which no role of the stack may go. */
  readonly boundaryArn: pulumi.Output<string>;

  constructor(name: string, args: CiAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:CiAccess", name, {}, opts);
    const providerArn = pulumi.output(args.oidcProviderArn ?? this.provider(name).arn);
    const arns = ciJobs.map((job) => [job, this.role(name, job, providerArn, args).arn] as const);
    this.roleArns = Object.fromEntries(arns) as Record<CiJob, pulumi.Output<string>>;
    this.boundaryArn = pulumi.output(
      args.scope.permissionsBoundaryArn ?? this.boundary(name, args.scope).arn,
    );
    this.registerOutputs({ roleArns: this.roleArns, boundaryArn: this.boundaryArn });
  }

  private boundary(name: string, scope: Scope): Policy {
    return new Policy(
      `${name}-boundary`,
      {
        name: boundaryName(scope),
        description: `What no role of ${scope.namePrefix} may go beyond: CI makes them`,
        policy: JSON.stringify(roleBoundary(scope)),
      },
      { parent: this },
    );
  }

  private provider(name: string): OpenIdConnectProvider {
    return new OpenIdConnectProvider(
      `${name}-github`,
      { url: "https://token.actions.githubusercontent.com", clientIdLists: ["sts.amazonaws.com"] },
      { parent: this },
    );
  }

  private role(name: string, job: CiJob, providerArn: pulumi.Output<string>, args: CiAccessArgs): Role {
    const { scope, repository, state } = args;
    const environment = ciEnvironment(scope.environment, job);
    const role = new Role(
      `${name}-${job}`,
      {
        name: ciRoleName(scope, job),
        description: `Jobs of ${repository.name} in the environment ${environment}`,
        assumeRolePolicy: pulumi.jsonStringify(
          providerArn.apply((arn) => assumedByJobs(arn, repository, environment)),
        ),
      },
      { parent: this },
    );
    new RolePolicy(
      `${name}-${job}-policy`,
      { name: job, role: role.name, policy: JSON.stringify(ciPolicy(job, scope, state)) },
      { parent: this },
    );
    if (job === "deploy") this.changes(name, role, scope);
    return role;
  }

  private changes(name: string, role: Role, scope: Scope): void {
    for (const [index, document] of ciChanges(scope).entries()) {
      const policy = new Policy(
        `${name}-changes-${index + 1}`,
        {
          name: ciChangesName(scope, index + 1),
          description: `What deployments of ${scope.namePrefix} change`,
          policy: JSON.stringify(document),
        },
        { parent: this },
      );
      new RolePolicyAttachment(
        `${name}-changes-${index + 1}-attachment`,
        { role: role.name, policyArn: policy.arn },
        { parent: this },
      );
    }
  }
}
