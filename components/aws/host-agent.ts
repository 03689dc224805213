import { createHash } from "node:crypto";
import { InstanceProfile } from "@pulumi/aws/iam/instanceProfile.js";
import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import { Association } from "@pulumi/aws/ssm/association.js";
import { Parameter } from "@pulumi/aws/ssm/parameter.js";
import * as pulumi from "@pulumi/pulumi";
import { associationDocuments } from "../../catalog/host-documents.ts";
import { assumedByInstances, hostPolicy } from "./host-policy.ts";

export interface HostAgentArgs {
  /** Prefix of names, such as `agentpay-production`. */
  namePrefix: string;
  /** The hosts' account, 12 digits, and region. */
  accountId: string;
  region: string;
  /** Tags that AgentPay's instances have, all of them, and no others: at most 5. */
  hostTags: Readonly<Record<string, string>>;
  /** The CloudWatch agent's configuration, JSON. */
  configuration: string;
  /** Log groups that the agent writes; none where another agent ships the logs. */
  logGroupArns: readonly pulumi.Input<string>[];
  /** ARN of the policy beyond which the hosts' role may not go. Default: none. */
  permissionsBoundary?: pulumi.Input<string> | undefined;
}

/** How often Systems Manager looks whether the hosts still are as they should be, beside at once for a new host. */
export const REPEATED = "rate(1 day)";

/** What a Standard parameter holds, bytes. */
const STANDARD_PARAMETER_BYTES = 4096;

/**
 * The CloudWatch agent on AgentPay's hosts: Systems Manager installs it on every instance with the stack's tags and
 * hands it its configuration. The instances run under `instanceProfileName`.
 */
export class HostAgent extends pulumi.ComponentResource {
  /** SSM parameter that holds the agent's configuration. */
  readonly parameterName: pulumi.Output<string>;
  /** For the hosts' launch template. */
  readonly instanceProfileName: pulumi.Output<string>;
  /** For what else the hosts may do. */
  readonly roleName: pulumi.Output<string>;
  /** Ids of the associations, by what they do. */
  readonly associationIds: Record<"install" | "configure", pulumi.Output<string>>;

  constructor(name: string, args: HostAgentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:HostAgent", name, {}, opts);
    const parameter = this.parameter(name, args);
    const role = this.role(name, parameter, args);
    const profile = new InstanceProfile(
      `${name}-profile`,
      { name: `${args.namePrefix}-host`, role: role.name },
      { parent: this },
    );
    const associations = this.associations(name, parameter, args);

    this.parameterName = parameter.name;
    this.instanceProfileName = profile.name;
    this.roleName = role.name;
    this.associationIds = associations;
    this.registerOutputs({
      parameterName: this.parameterName,
      instanceProfileName: this.instanceProfileName,
      roleName: this.roleName,
      associationIds: this.associationIds,
    });
  }

  private parameter(name: string, { namePrefix, configuration }: HostAgentArgs): Parameter {
    const advanced = Buffer.byteLength(configuration) > STANDARD_PARAMETER_BYTES;
    return new Parameter(
      `${name}-configuration`,
      {
        // CloudWatchAgentServerPolicy, which other hosts may have, only reads parameters with this prefix.
        name: `AmazonCloudWatch-${namePrefix}`,
        description: "CloudWatch agent configuration of AgentPay's hosts",
        type: "String",
        tier: advanced ? "Advanced" : "Standard",
        // Not `value`, which previews mask: a reviewer must see what changes. There is no secret in it.
        insecureValue: configuration,
      },
      { parent: this },
    );
  }

  private role(name: string, parameter: Parameter, args: HostAgentArgs): Role {
    const role = new Role(
      `${name}-role`,
      {
        name: `${args.namePrefix}-host`,
        description: "AgentPay's hosts: what the agents on them need to be managed and to report",
        assumeRolePolicy: pulumi.jsonStringify(assumedByInstances),
        ...(args.permissionsBoundary && { permissionsBoundary: args.permissionsBoundary }),
      },
      { parent: this },
    );
    new RolePolicy(
      `${name}-policy`,
      {
        name: "host-agents",
        role: role.name,
        policy: pulumi.jsonStringify(hostPolicy({ ...args, parameterArn: parameter.arn })),
      },
      { parent: this },
    );
    return role;
  }

  private associations(name: string, parameter: Parameter, args: HostAgentArgs) {
    const targets = hostTargets(args.hostTags);
    const install = new Association(
      `${name}-install`,
      {
        associationName: `${args.namePrefix}-agent-install`,
        name: associationDocuments.install,
        parameters: { action: "Install", name: "AmazonCloudWatchAgent" },
        targets,
        scheduleExpression: REPEATED,
      },
      { parent: this },
    );
    const configure = new Association(
      `${name}-configure`,
      {
        // A changed association runs at once, an edited parameter would wait for the next day: hence the hash.
        associationName: `${args.namePrefix}-agent-configure-${shortHash(args.configuration)}`,
        name: associationDocuments.configure,
        parameters: {
          action: "configure",
          mode: "ec2",
          optionalConfigurationSource: "ssm",
          optionalConfigurationLocation: parameter.name,
          optionalRestart: "yes",
        },
        targets,
        scheduleExpression: REPEATED,
      },
      { parent: this, dependsOn: [install, parameter] },
    );
    return { install: install.associationId, configure: configure.associationId };
  }
}

/** The instances that have all of these tags, as an association names them. */
export function hostTargets(tags: Readonly<Record<string, string>>) {
  return Object.entries(tags).map(([tag, value]) => ({ key: `tag:${tag}`, values: [value] }));
}

/** What tells one text from another in a name. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
