/** For each rule: resources that it lets pass, that it refuses, and that it can't judge yet. */

import { awsToken } from "../../policies/rules/resource-policies.ts";
import * as types from "../../policies/rules/types.ts";
import { UNKNOWN } from "../../toolkit/property-values.ts";

/** A resource, by what a rule looks at. */
export interface Sketch {
  readonly type: string;
  /** Default: the type's last part. */
  readonly name?: string;
  readonly props?: object;
  readonly protect?: boolean;
  readonly additionalSecretOutputs?: readonly string[];
  /** Names of the resources that a property's value comes from. */
  readonly sources?: Readonly<Record<string, readonly string[]>>;
}

export interface RuleCases {
  readonly pass: readonly (readonly Sketch[])[];
  /** With the property that is complained of, in the last resource or the stack. */
  readonly fail: readonly (readonly [path: string, ...stack: Sketch[]])[];
  /** Something the rule needs is not known yet. Undefined where the rule looks at no value that could be unknown. */
  readonly unknown: readonly (readonly Sketch[])[] | undefined;
  /** The bare resource, with no property at all: what is complained of. */
  readonly missing: readonly [resource: Sketch, ...paths: string[]];
}

const alarm = (props: object, sources: Sketch["sources"] = {}): Sketch => ({
  type: types.METRIC_ALARM,
  name: "alarm",
  props,
  sources,
});
const topic: Sketch = { type: types.TOPIC, name: "topic", props: { region: "us-east-1" } };
const subscription: Sketch = { type: types.TOPIC_SUBSCRIPTION, sources: { topic: ["topic"] } };
const of = (type: string, props: object, rest: Partial<Sketch> = {}): Sketch => ({ type, props, ...rest });
const container = (props: object) => of(types.CONTAINER, props);
const document = (...statements: object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allowed = (
  Action: unknown,
  more: object = { Resource: "arn:aws:sns:eu-central-1:111122223333:one" },
) => ({
  ...{ Effect: "Allow", Action },
  ...more,
});
const stagingsTag = { "aws:ResourceTag/environment": "staging" };
const onKeys = (Action: string, Condition?: object) =>
  allowed(Action, {
    Resource: "arn:aws:kms:eu-central-1:111122223333:key/*",
    ...(Condition && { Condition }),
  });
const ofAws = (path: string, props: object) => of(awsToken(path), props);
const opened = (path: string) => ["publiclyAccessible", ofAws(path, { publiclyAccessible: true })] as const;
/** Of S3's own groups. */
const EVERYBODY = "http://acs.amazonaws.com/groups/global/";
const assumed = (Principal: unknown, Condition?: object) =>
  allowed("sts:AssumeRole", { Principal, ...(Condition && { Condition }) });
const bound: Sketch = of(types.ROLE, { permissionsBoundary: UNKNOWN }, { name: "bound" });
const AWS_POLICY = "arn:aws:iam::aws:policy/";
const toTopic = { alarmActions: ["topic"] };

const hardened = {
  restart: "unless-stopped",
  memory: 256,
  memorySwap: 512,
  cpus: "0.5",
  readOnly: true,
  healthcheck: { tests: ["CMD", "wget", "http://localhost/ready"] },
  logOpts: { "max-size": "10m" },
  capabilities: { drops: ["ALL"] },
  securityOpts: ["no-new-privileges:true"],
  ports: [{ internal: 80, external: 8080, ip: "127.0.0.1" }],
};
const heartbeat = {
  namespace: "AWS/SNS",
  metricName: "NumberOfMessagesPublished",
  treatMissingData: "breaching",
};
const aws: Sketch = { type: types.AWS_PROVIDER, name: "aws" };
const level = { escalationDelayInMinutes: 15, targets: [{ id: "A" }] };
const twoLevels = { numLoops: 1, rules: [level, level] };
const ends = { conditionGroup: { conditions: [{ conditionResult: 0 }] } };
const monitor = (attributes: object, more: Partial<Sketch> = {}) =>
  of(types.SENTRY_MONITOR, { attributes }, more);
const watching = (window: string, more: Partial<Sketch> = {}) =>
  monitor({ owner: "team:1", dataSources: [{ window }], ...ends }, more);
const sentryAlert = (...actionFilters: readonly unknown[]) =>
  of(types.SENTRY_ALERT, { attributes: { actionFilters } });

export const cases: Readonly<Record<string, RuleCases>> = {
  "aws-cloudwatch-metricalarm-missing-action": {
    pass: [
      [alarm({ alarmActions: ["arn"] })],
      [alarm({ alarmActions: [UNKNOWN] })],
      [alarm({ alarmActions: [], tags: { "told-by": "blackbox" } })],
      [
        alarm({}),
        of(types.COMPOSITE_ALARM, { alarmActions: ["arn"] }, { sources: { alarmRule: ["alarm"] } }),
      ],
    ],
    fail: [
      ["alarmActions", alarm({ alarmActions: [] })],
      ["actionsEnabled", alarm({ alarmActions: ["arn"], actionsEnabled: false })],
      ["alarmActions", of(types.COMPOSITE_ALARM, {})],
    ],
    unknown: [
      [alarm({ alarmActions: UNKNOWN })],
      [alarm({ alarmActions: ["arn"], actionsEnabled: UNKNOWN })],
    ],
    missing: [alarm({}), "alarmActions"],
  },
  "aws-cloudwatch-metricalarm-enforce-paging-target": {
    pass: [
      [
        ...[topic, subscription],
        { type: types.TOPIC_POLICY, name: "policy", sources: { arn: ["topic"] } },
        alarm({ alarmActions: [UNKNOWN], region: "us-east-1" }, { alarmActions: ["policy"] }),
      ],
      [topic, subscription, alarm({ alarmActions: [UNKNOWN], region: "us-east-1" }, toTopic)],
      [
        of(types.AWS_PROVIDER, { region: "us-east-1" }),
        ...[topic, subscription, alarm({ alarmActions: [UNKNOWN] }, toTopic)],
      ],
      [alarm({})],
    ],
    fail: [
      ["alarmActions", alarm({ alarmActions: ["arn"] })],
      ["alarmActions", topic, alarm({ alarmActions: [UNKNOWN], region: "us-east-1" }, toTopic)],
      ["alarmActions", topic, subscription, alarm({ alarmActions: [UNKNOWN], region: "eu-west-1" }, toTopic)],
    ],
    unknown: [[topic, subscription, alarm({ alarmActions: [UNKNOWN], region: UNKNOWN }, toTopic)]],
    missing: [alarm({})],
  },
  "aws-cloudwatch-metricalarm-configure-missing-data": {
    pass: [
      [alarm({ treatMissingData: "missing", comparisonOperator: "GreaterThanThreshold", threshold: 1 })],
      [alarm({ treatMissingData: "breaching", comparisonOperator: "LessThanThreshold", threshold: 1 })],
      [alarm({ treatMissingData: "missing", comparisonOperator: "LessThanThreshold", threshold: 20 })],
    ],
    fail: [
      ["treatMissingData", alarm({ comparisonOperator: "GreaterThanThreshold", threshold: 1 })],
      [
        "treatMissingData",
        alarm({ treatMissingData: "missing", comparisonOperator: "LessThanThreshold", threshold: 1 }),
      ],
    ],
    unknown: [
      [alarm({ treatMissingData: UNKNOWN })],
      [alarm({ treatMissingData: "missing", comparisonOperator: "LessThanThreshold", threshold: UNKNOWN })],
    ],
    missing: [alarm({}), "treatMissingData"],
  },
  "aws-cloudwatch-metricalarm-missing-runbook": {
    pass: [[alarm({ alarmDescription: "It is down. Runbook: https://runbooks.example/It.md" })]],
    fail: [["alarmDescription", alarm({ alarmDescription: "It is down. Runbook: http://wiki/It" })]],
    unknown: [[alarm({ alarmDescription: UNKNOWN })]],
    missing: [alarm({}), "alarmDescription"],
  },
  "aws-cloudwatch-loggroup-configure-retention": {
    pass: [[of(types.LOG_GROUP, { retentionInDays: 30 })]],
    fail: [
      ["retentionInDays", of(types.LOG_GROUP, { retentionInDays: 0 })],
      ["retentionInDays", of(types.LOG_GROUP, { retentionInDays: 0.5 })],
      ["retentionInDays", of(types.LOG_GROUP, { retentionInDays: 3653 })],
    ],
    unknown: [[of(types.LOG_GROUP, { retentionInDays: UNKNOWN })]],
    missing: [of(types.LOG_GROUP, {}), "retentionInDays"],
  },
  "aws-route53-healthcheck-missing-alarm": {
    pass: [
      [of(types.HEALTH_CHECK, {}, { name: "check" }), alarm({}, { dimensions: ["check"] })],
      [
        of(types.HEALTH_CHECK, {}, { name: "part" }),
        of(types.HEALTH_CHECK, {}, { name: "all", sources: { childHealthchecks: ["part"] } }),
        alarm({}, { dimensions: ["all"] }),
      ],
    ],
    fail: [["id", alarm({}), of(types.HEALTH_CHECK, {})]],
    unknown: undefined,
    missing: [of(types.HEALTH_CHECK, {}), "id"],
  },
  "aws-sns-topic-disallow-public-policy": {
    pass: [
      [
        of(types.TOPIC_POLICY, {
          policy: document(
            allowed("sns:Publish", {
              Principal: { Service: "budgets.amazonaws.com" },
              Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
            }),
          ),
        }),
      ],
      [of(types.TOPIC_POLICY, { policy: document({ Effect: "Deny", Principal: "*" }) })],
      [
        of(types.TOPIC, {
          policy: document({
            Effect: "Allow",
            Principal: { AWS: ["*"] },
            Condition: { StringEquals: { "AWS:SourceOwner": "111122223333" } },
          }),
        }),
      ],
    ],
    fail: [
      ["policy", of(types.TOPIC_POLICY, { policy: document({ Effect: "Allow", Principal: "*" }) })],
      ["policy", of(types.TOPIC, { policy: document({ Effect: "Allow", Principal: { AWS: ["x", "*"] } }) })],
      [
        "policy",
        of(types.TOPIC, { policy: document(allowed("sns:Publish", { Principal: { Service: "a" } })) }),
      ],
      [
        "policy",
        of(types.TOPIC_POLICY, {
          policy: document({
            Effect: "Allow",
            Principal: "*",
            Condition: { Bool: { "aws:SecureTransport": true } },
          }),
        }),
      ],
      ["policy", of(types.TOPIC_POLICY, { policy: "{" })],
    ],
    unknown: [[of(types.TOPIC_POLICY, { policy: UNKNOWN })]],
    missing: [of(types.TOPIC_POLICY, {})],
  },
  "aws-sns-topicsubscription-enforce-tls": {
    pass: [
      ...["https", "email", "sms", "sqs", "lambda"].map((protocol) => [
        of(types.TOPIC_SUBSCRIPTION, { protocol }),
      ]),
      ...["http://127.0.0.1:8102/x", "http://localhost", "http://[::1]/x"].map((endpoint) => [
        of(types.TOPIC_SUBSCRIPTION, { protocol: "http", endpoint }),
      ]),
    ],
    fail: [
      "http://events.example/x",
      "http://127.0.0.1.example/x",
      "http://localhost@events.example",
      undefined,
    ].map((endpoint) => ["protocol", of(types.TOPIC_SUBSCRIPTION, { protocol: "http", endpoint })] as const),
    unknown: [
      [of(types.TOPIC_SUBSCRIPTION, { protocol: UNKNOWN })],
      [of(types.TOPIC_SUBSCRIPTION, { protocol: "http", endpoint: UNKNOWN })],
    ],
    missing: [of(types.TOPIC_SUBSCRIPTION, {})],
  },
  "aws-sqs-queue-enable-encryption": {
    pass: [
      [of(types.QUEUE, { sqsManagedSseEnabled: true })],
      [of(types.QUEUE, { sqsManagedSseEnabled: false, kmsMasterKeyId: UNKNOWN })],
    ],
    fail: [["sqsManagedSseEnabled", of(types.QUEUE, { sqsManagedSseEnabled: false })]],
    unknown: [[of(types.QUEUE, { sqsManagedSseEnabled: UNKNOWN })]],
    missing: [of(types.QUEUE, {})],
  },
  "aws-budgets-budget-missing-subscriber": {
    pass: [
      [of(types.BUDGET, { notifications: [{ subscriberSnsTopicArns: [UNKNOWN] }] })],
      [of(types.BUDGET, { notifications: [{ subscriberEmailAddresses: ["a@b.example"] }] })],
    ],
    fail: [
      ["notifications", of(types.BUDGET, { notifications: [] })],
      ["notifications[1]", of(types.BUDGET, { notifications: [{ subscriberSnsTopicArns: ["a"] }, {}] })],
    ],
    unknown: [[of(types.BUDGET, { notifications: [UNKNOWN] })]],
    missing: [of(types.BUDGET, {}), "notifications"],
  },
  "aws-resource-disallow-public-policy": {
    pass: [
      [
        of(types.QUEUE_POLICY, {
          policy: document(allowed("sqs:SendMessage", { Principal: { AWS: "arn:a" } })),
        }),
      ],
      [of(types.KEY, {})],
      [
        of(types.SECRET_POLICY, {
          policy: document(
            allowed("x:y", {
              Principal: "*",
              Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
            }),
          ),
        }),
      ],
    ],
    fail: [
      ["policy", of(types.BUCKET_POLICY, { policy: document(allowed("s3:GetObject", { Principal: "*" })) })],
      [
        "policy",
        of(types.KEY_POLICY, { policy: document(allowed("kms:Decrypt", { NotPrincipal: { AWS: "a" } })) }),
      ],
      [
        "policy",
        of(types.QUEUE, {
          policy: document(
            allowed("sqs:*", {
              Principal: "*",
              Condition: { StringNotEquals: { "aws:SourceAccount": "1" } },
            }),
          ),
        }),
      ],
      [
        "policy",
        of(types.QUEUE, {
          policy: document(
            allowed("sqs:*", { Principal: "*", Condition: { StringLike: { "aws:SourceAccount": "*" } } }),
          ),
        }),
      ],
      [
        "policy",
        of(types.QUEUE, {
          policy: document(
            allowed("sqs:*", {
              Principal: "*",
              Condition: { ArnLike: { "aws:SourceArn": "arn:aws:sns:*:*:*" } },
            }),
          ),
        }),
      ],
      ["policy", of(types.SECRET, { policy: "none" })],
      [
        "policy",
        of(types.KEY, {
          policy: document(
            allowed("kms:Decrypt", {
              Principal: { Service: "logs.amazonaws.com" },
              Condition: { StringEqualsIfExists: { "aws:SourceAccount": "111122223333" } },
            }),
          ),
        }),
      ],
    ],
    unknown: [[of(types.QUEUE_POLICY, { policy: UNKNOWN })]],
    missing: [of(types.QUEUE, {})],
  },
  "aws-s3-bucket-disallow-public-access": {
    pass: [
      [of(types.BUCKET, { bucket: "state" })],
      [of(types.BUCKET_ACL, { acl: "private" })],
      [
        of(types.PUBLIC_ACCESS_BLOCK, {
          ...{ blockPublicAcls: true, blockPublicPolicy: true },
          ...{ ignorePublicAcls: true, restrictPublicBuckets: true },
        }),
      ],
    ],
    fail: [
      ["acl", of(types.BUCKET, { acl: "public-read" })],
      ["acl", of(types.BUCKET_ACL, { acl: "authenticated-read" })],
      ["restrictPublicBuckets", of(types.PUBLIC_ACCESS_BLOCK, { blockPublicAcls: true })],
    ],
    unknown: [[of(types.BUCKET_ACL, { acl: UNKNOWN })]],
    missing: [
      of(types.PUBLIC_ACCESS_BLOCK, {}),
      ...["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"],
    ],
  },
  "aws-ec2-securitygroup-disallow-open-ingress": {
    pass: [
      [of(types.SECURITY_GROUP, { ingress: [{ cidrBlocks: ["10.0.0.0/8"], ipv6CidrBlocks: ["fc00::/7"] }] })],
      [of(types.SECURITY_GROUP_RULE, { type: "egress", cidrBlocks: ["0.0.0.0/0"] })],
      [of(types.INGRESS_RULE, { referencedSecurityGroupId: UNKNOWN })],
    ],
    fail: [
      [
        "ingress[1].cidrBlocks[0]",
        of(types.SECURITY_GROUP, {
          ingress: [{ cidrBlocks: ["10.0.0.0/16"] }, { cidrBlocks: ["0.0.0.0/0"] }],
        }),
      ],
      ["ingress[0].ipv6CidrBlocks[0]", of(types.SECURITY_GROUP, { ingress: [{ ipv6CidrBlocks: ["::/0"] }] })],
      [
        "cidrBlocks[1]",
        of(types.SECURITY_GROUP_RULE, { type: "ingress", cidrBlocks: ["10.0.0.1/32", "128.0.0.0/1"] }),
      ],
      ["ipv6CidrBlocks[0]", of(types.SECURITY_GROUP_RULE, { ipv6CidrBlocks: ["2000::/3"] })],
      ["cidrIpv4", of(types.INGRESS_RULE, { cidrIpv4: "0.0.0.0/0" })],
      ["cidrIpv6", of(types.INGRESS_RULE, { cidrIpv6: "::/0" })],
    ],
    unknown: [[of(types.INGRESS_RULE, { cidrIpv4: UNKNOWN })]],
    missing: [of(types.SECURITY_GROUP, {})],
  },
  "aws-resource-disallow-visible-credentials": {
    pass: [
      [of(types.FUNCTION, { environment: { variables: { REGION: "eu-central-1" } } })],
      [of(types.PARAMETER, { type: "SecureString", value: "postgres://a:hunter2@db/agentpay" })],
      [of(types.PARAMETER, { type: "String", value: "{}" })],
    ],
    fail: [
      [
        "environment.variables.DATABASE_URL",
        of(types.FUNCTION, {
          environment: { variables: { DATABASE_URL: "postgres://agentpay:hunter2@db/agentpay" } },
        }),
      ],
      [
        "environment.variables.DB_PASSWORD",
        of(types.FUNCTION, { environment: { variables: { DB_PASSWORD: "hunter2" } } }),
      ],
      ["type", of(types.PARAMETER, { type: "String", value: "postgres://agentpay:hunter2@db/agentpay" })],
    ],
    unknown: [[of(types.PARAMETER, { type: "String", value: UNKNOWN })]],
    missing: [of(types.FUNCTION, {})],
  },
  "aws-resource-disallow-public-access": {
    pass: [
      [ofAws("rds/instance", {})],
      [ofAws("rds/snapshot", { sharedAccounts: ["111122223333"] })],
      [ofAws("eks/cluster", { vpcConfig: { endpointPublicAccess: false } })],
      [ofAws("lambda/layerVersionPermission", { principal: "*", organizationId: "o-1" })],
      [ofAws("s3/bucketAcl", { accessControlPolicy: { grants: [{ grantee: { id: "a" } }] } })],
      [ofAws("s3/accessPoint", {})],
      [ofAws("opensearch/serverlessSecurityPolicy", { policy: '[{"AllowFromPublic":false}]' })],
    ],
    fail: [
      ...["dms/instanceProfile", "dms/replicationInstance", "lightsail/database", "m2/environment"].map(
        opened,
      ),
      ...["mq/broker", "neptune/clusterInstance", "rds/clusterInstance", "rds/instance"].map(opened),
      ...["rds/shardGroup", "redshift/cluster", "redshiftserverless/workgroup"].map(opened),
      ...["timestreaminfluxdb/dbCluster", "timestreaminfluxdb/dbInstance"].map(opened),
      ["publicConnectivity", ofAws("neptunegraph/graph", { publicConnectivity: true })],
      ["createPublicIp", ofAws("drs/replicationConfigurationTemplate", { createPublicIp: true })],
      ...["ec2/instance", "ec2/launchConfiguration", "ec2/spotInstanceRequest"].map(
        (path) => ["associatePublicIpAddress", ofAws(path, { associatePublicIpAddress: true })] as const,
      ),
      ...["ec2/subnet", "ec2/defaultSubnet"].map(
        (path) => ["mapPublicIpOnLaunch", ofAws(path, { mapPublicIpOnLaunch: true })] as const,
      ),
      [
        "networkConfiguration.assignPublicIp",
        ofAws("ecs/service", { networkConfiguration: { assignPublicIp: true } }),
      ],
      ...["alb/loadBalancer", "lb/loadBalancer", "elb/loadBalancer"].map(
        (path) => ["internal", ofAws(path, {})] as const,
      ),
      ["networkConfiguration.ingressConfiguration.isPubliclyAccessible", ofAws("apprunner/service", {})],
      ["vpcConfig.endpointPublicAccess", ofAws("eks/cluster", { vpcConfig: { subnetIds: ["a"] } })],
      ["publicEndpoint", ofAws("lightsail/containerServiceDeploymentVersion", { publicEndpoint: {} })],
      [
        "brokerNodeGroupInfo.connectivityInfo.publicAccess.type",
        ofAws("msk/cluster", {
          brokerNodeGroupInfo: { connectivityInfo: { publicAccess: { type: "SERVICE_PROVIDED_EIPS" } } },
        }),
      ],
      ["endpointType", ofAws("transfer/server", {})],
      ["vpcOptions", ofAws("opensearch/domain", {})],
      ["vpcOptions", ofAws("elasticsearch/domain", {})],
      ["policy", ofAws("opensearch/serverlessSecurityPolicy", { policy: '[{"AllowFromPublic" : true}]' })],
      ["authorization", ofAws("apigateway/method", { authorization: "NONE" })],
      ["authorizationType", ofAws("apigatewayv2/route", {})],
      ["authenticationType", ofAws("appsync/graphQLApi", { authenticationType: "API_KEY" })],
      [
        "allowUnauthenticatedIdentities",
        ofAws("cognito/identityPool", { allowUnauthenticatedIdentities: true }),
      ],
      ["authType", ofAws("vpclattice/service", {})],
      ["authType", ofAws("vpclattice/serviceNetwork", { authType: "NONE" })],
      ["principal", ofAws("lambda/layerVersionPermission", { principal: "*" })],
      ["projectVisibility", ofAws("codebuild/project", { projectVisibility: "PUBLIC_READ" })],
      ["group", ofAws("ec2/amiLaunchPermission", { group: "all" })],
      ...["rds/clusterSnapshot", "rds/clusterSnapshotCopy", "rds/snapshot", "rds/snapshotCopy"].map(
        (path) => ["sharedAccounts", ofAws(path, { sharedAccounts: ["111122223333", "all"] })] as const,
      ),
      [
        "permissions.account_ids",
        ofAws("ssm/document", { permissions: { type: "Share", account_ids: "All" } }),
      ],
      ...["s3/bucketObject", "s3/bucketObjectv2", "s3/objectCopy"].map(
        (path) => ["acl", ofAws(path, { acl: "public-read" })] as const,
      ),
      ...["s3/bucket", "s3/bucketV2"].map(
        (path) => ["grants", ofAws(path, { grants: [{ uri: `${EVERYBODY}AllUsers` }] })] as const,
      ),
      ...["s3/bucketAcl", "s3/bucketAclV2"].map(
        (path) =>
          [
            "accessControlPolicy.grants",
            ofAws(path, {
              accessControlPolicy: { grants: [{ grantee: { uri: `${EVERYBODY}AuthenticatedUsers` } }] },
            }),
          ] as const,
      ),
      ["state", ofAws("ebs/snapshotBlockPublicAccess", { state: "unblocked" })],
      ["state", ofAws("ec2/imageBlockPublicAccess", { state: "unblocked" })],
      [
        "internetGatewayBlockMode",
        ofAws("ec2/vpcBlockPublicAccessOptions", { internetGatewayBlockMode: "off" }),
      ],
      ["blockPublicSecurityGroupRules", ofAws("emr/blockPublicAccessConfiguration", {})],
      ...["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].flatMap(
        (name) => [
          [name, ofAws("s3/accountPublicAccessBlock", { [name]: false })] as const,
          [
            `publicAccessBlockConfiguration.${name}`,
            ofAws("s3/accessPoint", { publicAccessBlockConfiguration: { [name]: false } }),
          ] as const,
        ],
      ),
      ["type", ofAws("ecrpublic/repository", {})],
      ["type", ofAws("lightsail/instancePublicPorts", {})],
    ],
    unknown: [
      [ofAws("rds/instance", { publiclyAccessible: UNKNOWN })],
      [ofAws("eks/cluster", { vpcConfig: UNKNOWN })],
    ],
    missing: [ofAws("rds/instance", {})],
  },
  "aws-lambda-function-disallow-public-access": {
    pass: [
      [of(types.FUNCTION_URL, { authorizationType: "AWS_IAM" })],
      [of(types.FUNCTION_PERMISSION, { principal: "sns.amazonaws.com", sourceArn: UNKNOWN })],
      [of(types.FUNCTION_PERMISSION, { principal: "111122223333" })],
    ],
    fail: [
      ["authorizationType", of(types.FUNCTION_URL, { authorizationType: "NONE" })],
      ["principal", of(types.FUNCTION_PERMISSION, { principal: "*" })],
      ["sourceArn", of(types.FUNCTION_PERMISSION, { principal: "s3.amazonaws.com" })],
    ],
    unknown: [[of(types.FUNCTION_PERMISSION, { principal: UNKNOWN })]],
    missing: [of(types.FUNCTION_URL, {}), "authorizationType"],
  },
  "aws-iam-policy-disallow-wildcard": {
    pass: [
      [of(types.POLICY, { policy: document(allowed(["sns:Get*", "sns:Publish"], { Resource: "*" })) })],
      [of(types.POLICY, { policy: document(allowed("s3:GetObject", { Resource: "arn:aws:s3:::state/*" })) })],
      [
        of(types.ROLE, {
          inlinePolicies: [{ policy: document(allowed("iam:ListRoles", { Resource: "*" })) }],
        }),
      ],
      [of(types.POLICY, { policy: document({ Effect: "Deny", NotAction: "iam:*", Resource: "*" }) })],
      [
        of(types.POLICY, {
          policy: document(
            allowed("iam:CreateRole", {
              Resource: "arn:aws:iam::111122223333:role/agentpay-*",
              Condition: {
                StringEquals: { "iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/b" },
              },
            }),
          ),
        }),
      ],
      [
        of(types.POLICY, {
          policy: document(
            allowed("iam:PassRole", {
              Resource: "arn:aws:iam::111122223333:role/agentpay-*",
              Condition: { StringEquals: { "iam:PassedToService": ["lambda.amazonaws.com"] } },
            }),
          ),
        }),
      ],
      [
        of(types.POLICY, {
          policy: document(
            allowed("ce:DeleteAnomalyMonitor", {
              Resource: "arn:aws:ce::111122223333:anomalymonitor/*",
              Condition: { StringEquals: { "aws:ResourceTag/environment": "staging" } },
            }),
          ),
        }),
      ],
      [of(types.POLICY, { policy: document(onKeys("kms:Decrypt", { StringEquals: stagingsTag })) })],
      [
        of(types.POLICY, {
          policy: document(onKeys("kms:TagResource", { StringEqualsIfExists: stagingsTag })),
        }),
      ],
    ],
    fail: [
      ["policy", of(types.POLICY, { policy: document(allowed(["sns:Get*", "*"])) })],
      // A tag that is not there, one that whoever asks may choose, and one that anybody may put on.
      ...[
        onKeys("kms:Decrypt", { StringEqualsIfExists: stagingsTag }),
        onKeys("kms:Decrypt", { "ForAllValues:StringEquals": stagingsTag }),
        onKeys("kms:PutKeyPolicy", { StringNotEquals: { "aws:ResourceTag/environment": "production" } }),
        onKeys("kms:Decrypt", { StringEquals: { "aws:RequestTag/environment": "staging" } }),
        onKeys("kms:Decrypt", {
          StringEquals: { "aws:ResourceTag/environment": "${aws:ResourceTag/environment}" },
        }),
        onKeys("kms:Decrypt", { StringLike: { "aws:ResourceTag/environment": "*" } }),
        onKeys("kms:TagResource"),
        onKeys("kms:TagResource", { StringEquals: { "aws:RequestTag/environment": "staging" } }),
        allowed("ec2:*Tags", { Resource: "*" }),
        allowed("ssm:AddTagsToResource", { Resource: "arn:aws:ssm:eu-central-1:111122223333:association/*" }),
        allowed("iam:CreateRole", {
          Resource: "arn:aws:iam::111122223333:role/agentpay-*",
          Condition: { StringEquals: { "iam:PermissionsBoundary": "${iam:PermissionsBoundary}" } },
        }),
        // What AWS does not read is no policy: nobody knows what it was to say.
        { Effect: "allow", Action: "*", Resource: "*" },
        { Effect: "Allow", action: "*", resource: "*" },
      ].map((statement) => ["policy", of(types.ROLE_POLICY, { policy: document(statement) })] as const),
      ["policy", of(types.ROLE_POLICY, { policy: { Statement: allowed("*:*") } })],
      ["policy", of(types.IOT_POLICY, { policy: document(allowed("iot:*")) })],
      ["inlinePolicy", of(types.PERMISSION_SET_POLICY, { inlinePolicy: document(allowed("*")) })],
      ["policy", of(types.USER_POLICY, { policy: document(allowed("iam:*")) })],
      ["policy", of(types.GROUP_POLICY, { policy: document(allowed("S3:**")) })],
      ["policy", of(types.ROLE_POLICY, { policy: document(allowed("s?s:Publish")) })],
      ["policy", of(types.ROLE_POLICY, { policy: document(allowed("iam:Create*")) })],
      ["policy", of(types.ROLE_POLICY, { policy: document(allowed("KMS:*Decrypt")) })],
      ["policy", of(types.ROLE_POLICY, { policy: document(allowed("iam:PassRole", { Resource: "*" })) })],
      ...["sns:AddPermission", "sqs:SetQueueAttributes", "ec2:ModifySnapshotAttribute", "sqs:Set*"].map(
        (action) =>
          [
            "policy",
            of(types.ROLE_POLICY, { policy: document(allowed(action, { Resource: "*" })) }),
          ] as const,
      ),
      ...["s3:Get*", "ssm:Send*", "lambda:*Code", "ec2:Run?nstances", "cloudformation:*Stack"].map(
        (action) =>
          [
            "policy",
            of(types.ROLE_POLICY, { policy: document(allowed(action, { Resource: "*" })) }),
          ] as const,
      ),
      ...["arn:aws:iam::*:role/agentpay-*", "arn:aws:kms:*:111122223333:key/????????-*", "*:role/a"].map(
        (Resource) =>
          [
            "policy",
            of(types.ROLE_POLICY, { policy: document(allowed("sts:AssumeRole", { Resource })) }),
          ] as const,
      ),
      [
        "policy",
        of(types.ROLE_POLICY, {
          policy: document(
            allowed("kms:Decrypt", { Resource: ["arn:aws:kms:eu-central-1:111122223333:key/*"] }),
          ),
        }),
      ],
      [
        "policy",
        of(types.ROLE_POLICY, { policy: document(allowed("s3:GetObject", { Resource: "arn:aws:s3:::*" })) }),
      ],
      [
        "policy",
        of(types.ROLE_POLICY, { policy: document({ Effect: "Allow", NotAction: "iam:*", Resource: "a" }) }),
      ],
      [
        "policy",
        of(types.ROLE_POLICY, { policy: document({ Effect: "Allow", Action: "a:B", NotResource: "a" }) }),
      ],
      ["policy", of(types.ROLE_POLICY, { policy: "none" })],
      ...[
        ...["rds:DeleteDBInstance", "ec2:TerminateInstances", "cloudtrail:StopLogging", "logs:Del*", "rds:*"],
        ...["dynamodb:De*", "ssm:CreateAssociation"],
      ].map(
        (action) =>
          [
            "policy",
            of(types.ROLE_POLICY, { policy: document(allowed(action, { Resource: "*" })) }),
          ] as const,
      ),
      ...[
        ...["iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PassRole"],
        ...["iam:CreatePolicyVersion", "iam:DeleteRolePermissionsBoundary", "iam:CreateAccessKey"],
      ].flatMap((action) =>
        [
          {},
          { Condition: { StringLike: { "iam:PermissionsBoundary": "*", "iam:PassedToService": "*" } } },
        ].map(
          (condition) =>
            [
              "policy",
              of(types.ROLE_POLICY, {
                policy: document(
                  allowed(action, { Resource: "arn:aws:iam::111122223333:role/agentpay-x", ...condition }),
                ),
              }),
            ] as const,
        ),
      ),
      [
        "inlinePolicies[1].policy",
        of(types.ROLE, {
          inlinePolicies: [{ policy: document(allowed("a:B")) }, { policy: document(allowed("*")) }],
        }),
      ],
    ],
    unknown: [[of(types.ROLE_POLICY, { policy: UNKNOWN })], [of(types.ROLE, { inlinePolicies: UNKNOWN })]],
    missing: [of(types.ROLE_POLICY, {}), "policy"],
  },
  "aws-iam-role-disallow-open-trust": {
    pass: [
      [of(types.ROLE, { assumeRolePolicy: document(assumed({ Service: "lambda.amazonaws.com" })) })],
      [of(types.ROLE, { assumeRolePolicy: document(assumed({ AWS: "arn:aws:iam::999988887777:role/a" })) })],
      [
        of(types.ROLE, {
          assumeRolePolicy: document(
            assumed({ AWS: "999988887777" }, { StringEquals: { "sts:ExternalId": "agentpay" } }),
          ),
        }),
      ],
      [
        of(types.ROLE, {
          assumeRolePolicy: document(
            assumed(
              { Federated: "arn" },
              { StringEquals: { "g:aud": "sts", "g:sub": "repo:a/b:environment:c" } },
            ),
          ),
        }),
      ],
    ],
    fail: [
      ["assumeRolePolicy", of(types.ROLE, { assumeRolePolicy: document(assumed("*")) })],
      ["assumeRolePolicy", of(types.ROLE, { assumeRolePolicy: document(assumed({ AWS: ["a", "*"] })) })],
      [
        "assumeRolePolicy",
        of(types.ROLE, { assumeRolePolicy: document(assumed({ AWS: "arn:aws:iam::*:root" })) }),
      ],
      ...["arn:aws:iam::999988887777:root", "999988887777"].map(
        (AWS) =>
          ["assumeRolePolicy", of(types.ROLE, { assumeRolePolicy: document(assumed({ AWS })) })] as const,
      ),
      [
        "assumeRolePolicy",
        of(types.ROLE, {
          assumeRolePolicy: document(
            assumed({ AWS: "999988887777" }, { StringLike: { "sts:ExternalId": "*" } }),
          ),
        }),
      ],
      ["assumeRolePolicy", of(types.ROLE, { assumeRolePolicy: document(assumed({ Federated: "arn" })) })],
      ...[
        assumed({ AWS: "999988887777" }, { StringEquals: { "sts:ExternalId": "${sts:ExternalId}" } }),
        assumed({ AWS: "999988887777" }, { StringEqualsIfExists: { "sts:ExternalId": "agentpay" } }),
        assumed({ AWS: "999988887777" }, { "ForAllValues:StringEquals": { "sts:ExternalId": "agentpay" } }),
        assumed({ AWS: "999988887777" }, { Null: { "sts:ExternalId": "true" } }),
        allowed("sts:AssumeRole", { NotPrincipal: { AWS: "arn:aws:iam::111122223333:role/a" } }),
        assumed({ AWS: "arn:aws:iam::*:role/a" }),
        assumed(
          { Federated: "arn" },
          { "ForAllValues:StringEquals": { "g:aud": "sts", "g:sub": "repo:a/b:environment:c" } },
        ),
        assumed(
          { Federated: "arn" },
          { StringEqualsIfExists: { "g:aud": "sts", "g:sub": "repo:a/b:environment:c" } },
        ),
        assumed({ Federated: "arn" }, { StringEquals: { "g:aud": "sts", "g:sub": "${g:sub}" } }),
      ].map(
        (statement) =>
          ["assumeRolePolicy", of(types.ROLE, { assumeRolePolicy: document(statement) })] as const,
      ),
      [
        "assumeRolePolicy",
        of(types.ROLE, {
          assumeRolePolicy: document(
            assumed({ Federated: "arn" }, { StringLike: { "g:aud": "sts", "g:sub": "repo:a/b:*" } }),
          ),
        }),
      ],
      [
        "assumeRolePolicy",
        of(types.ROLE, {
          assumeRolePolicy: document(
            assumed({ Federated: "arn" }, { StringEqualsIfExists: { "g:aud": "sts", "g:sub": "repo:a/b" } }),
          ),
        }),
      ],
      [
        "assumeRolePolicy",
        of(types.ROLE, {
          assumeRolePolicy: document(
            assumed({ AWS: "999988887777" }, { StringLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/x" } }),
          ),
        }),
      ],
      [
        "assumeRolePolicy",
        of(types.ROLE, {
          assumeRolePolicy: document(
            assumed(
              { Federated: "arn" },
              { StringEquals: { "g:aud": "sts", "g:sub": "repo:a/b:pull_request" } },
            ),
          ),
        }),
      ],
      ["assumeRolePolicy", of(types.ROLE, { assumeRolePolicy: "none" })],
    ],
    unknown: [[of(types.ROLE, { assumeRolePolicy: UNKNOWN })]],
    missing: [of(types.ROLE, {}), "assumeRolePolicy"],
  },
  "aws-iam-identity-disallow-broad-managed-policy": {
    pass: [
      [of(types.ROLE, { managedPolicyArns: ["arn:aws:iam::111122223333:policy/own"] })],
      [
        of(types.ROLE_POLICY_ATTACHMENT, {
          policyArn: `${AWS_POLICY}service-role/AWSLambdaBasicExecutionRole`,
        }),
      ],
      [of(types.ROLE, { permissionsBoundary: "arn:aws:iam::111122223333:policy/boundary" })],
    ],
    fail: [
      ["managedPolicyArns[0]", of(types.ROLE, { managedPolicyArns: [`${AWS_POLICY}AdministratorAccess`] })],
      ["policyArn", of(types.ROLE_POLICY_ATTACHMENT, { policyArn: `${AWS_POLICY}PowerUserAccess` })],
      ["policyArn", of(types.USER_POLICY_ATTACHMENT, { policyArn: `${AWS_POLICY}IAMFullAccess` })],
      [
        "policyArn",
        of(types.GROUP_POLICY_ATTACHMENT, { policyArn: `${AWS_POLICY}job-function/SystemAdministrator` }),
      ],
      [
        "policyArn",
        of(types.POLICY_ATTACHMENT, { policyArn: "arn:aws-cn:iam::aws:policy/AdministratorAccess" }),
      ],
      [
        "policyArn",
        of(types.ROLE_POLICY_ATTACHMENT, { policyArn: `${AWS_POLICY}service-role/AmazonEC2RoleforSSM` }),
      ],
      [
        "policyArns[0]",
        of(types.ROLE_POLICY_ATTACHMENTS, { policyArns: [`${AWS_POLICY}AdministratorAccess`] }),
      ],
      ...[types.USER_POLICY_ATTACHMENTS, types.GROUP_POLICY_ATTACHMENTS].map(
        (type) => ["policyArns[0]", of(type, { policyArns: [`${AWS_POLICY}AdministratorAccess`] })] as const,
      ),
      [
        "managedPolicyArn",
        of(types.PERMISSION_SET_ATTACHMENT, { managedPolicyArn: `${AWS_POLICY}AdministratorAccess` }),
      ],
      [
        "managedPolicyArns[0]",
        of(types.ROLES_ANYWHERE_PROFILE, { managedPolicyArns: [`${AWS_POLICY}PowerUserAccess`] }),
      ],
      ["permissionsBoundary", of(types.USER, { permissionsBoundary: `${AWS_POLICY}AdministratorAccess` })],
    ],
    unknown: [[of(types.ROLE_POLICY_ATTACHMENT, { policyArn: UNKNOWN })]],
    missing: [of(types.ROLE, {})],
  },
  "aws-iam-user-disallow-long-lived-credential": {
    pass: [[of(types.USER, {})]],
    fail: [
      ...[types.ACCESS_KEY, types.USER_LOGIN_PROFILE, types.SERVICE_CREDENTIAL],
      ...[types.SSH_KEY, types.SIGNING_CERTIFICATE],
    ].map((type) => ["type", of(type, {})] as const),
    unknown: undefined,
    missing: [of(types.ACCESS_KEY, {}), "type"],
  },
  "aws-iam-role-missing-boundary": {
    pass: [
      [of(types.ROLE, { assumeRolePolicy: document(assumed({ Service: "ec2.amazonaws.com" })) })],
      [
        bound,
        of(types.ROLE, { assumeRolePolicy: document(assumed({ Federated: "arn" })) }, { name: "of jobs" }),
      ],
    ],
    fail: [
      [
        "permissionsBoundary",
        bound,
        of(
          types.ROLE,
          { assumeRolePolicy: document(assumed({ Service: "ec2.amazonaws.com" })) },
          { name: "unbound" },
        ),
      ],
    ],
    unknown: [[bound, of(types.ROLE, { assumeRolePolicy: UNKNOWN }, { name: "unbound" })]],
    missing: [of(types.ROLE, {})],
  },
  "aws-lambda-function-missing-failure-destination": {
    pass: [
      [of(types.FUNCTION, { deadLetterConfig: { targetArn: UNKNOWN } })],
      [
        of(types.FUNCTION, {}, { name: "function" }),
        of(
          types.FUNCTION_EVENT_INVOKE_CONFIG,
          { destinationConfig: { onFailure: { destination: UNKNOWN } } },
          { sources: { functionName: ["function"] } },
        ),
      ],
    ],
    fail: [
      [
        "deadLetterConfig",
        of(
          types.FUNCTION_EVENT_INVOKE_CONFIG,
          { maximumRetryAttempts: 0 },
          { sources: { functionName: ["Function"] } },
        ),
        of(types.FUNCTION, {}),
      ],
    ],
    unknown: [[of(types.FUNCTION, { deadLetterConfig: UNKNOWN })]],
    missing: [of(types.FUNCTION, {}), "deadLetterConfig"],
  },
  "pagerduty-escalationpolicy-enforce-depth": {
    pass: [[of(types.ESCALATION_POLICY, twoLevels)]],
    fail: [
      ["rules", of(types.ESCALATION_POLICY, { numLoops: 1, rules: [level] })],
      ["numLoops", of(types.ESCALATION_POLICY, { ...twoLevels, numLoops: 0 })],
      ["rules[1]", of(types.ESCALATION_POLICY, { numLoops: 1, rules: [level, { ...level, targets: [] }] })],
      [
        "rules[0]",
        of(types.ESCALATION_POLICY, {
          numLoops: 1,
          rules: [{ ...level, escalationDelayInMinutes: 31 }, level],
        }),
      ],
    ],
    unknown: [
      [of(types.ESCALATION_POLICY, { numLoops: UNKNOWN, rules: [level, level] })],
      [
        of(types.ESCALATION_POLICY, {
          numLoops: 1,
          rules: [level, { ...level, escalationDelayInMinutes: UNKNOWN }],
        }),
      ],
    ],
    missing: [of(types.ESCALATION_POLICY, {}), "rules", "numLoops"],
  },
  "pagerduty-service-enforce-escalation": {
    pass: [
      [
        of(types.SERVICE, {
          acknowledgementTimeout: "1800",
          autoResolveTimeout: "null",
          incidentUrgencyRule: { type: "constant" },
        }),
      ],
    ],
    fail: [
      [
        "acknowledgementTimeout",
        of(types.SERVICE, {
          acknowledgementTimeout: "null",
          autoResolveTimeout: "1",
          incidentUrgencyRule: {},
        }),
      ],
    ],
    unknown: [
      [
        of(types.SERVICE, {
          acknowledgementTimeout: UNKNOWN,
          autoResolveTimeout: "1",
          incidentUrgencyRule: {},
        }),
      ],
    ],
    missing: [of(types.SERVICE, {}), "acknowledgementTimeout", "autoResolveTimeout", "incidentUrgencyRule"],
  },
  "pagerduty-serviceintegration-enforce-secret-key": {
    pass: [[{ type: types.SERVICE_INTEGRATION, additionalSecretOutputs: ["integrationKey"] }]],
    fail: [
      ["additionalSecretOutputs", { type: types.SERVICE_INTEGRATION, additionalSecretOutputs: ["name"] }],
    ],
    unknown: undefined,
    missing: [{ type: types.SERVICE_INTEGRATION }, "additionalSecretOutputs"],
  },
  "sentry-monitor-missing-owner-and-end": {
    pass: [[monitor({ owner: "team:1", ...ends })], [monitor({ owner: UNKNOWN, ...ends })]],
    fail: [
      ["attributes.owner", monitor(ends)],
      [
        "attributes.conditionGroup",
        monitor({ owner: "team:1", conditionGroup: { conditions: [{ conditionResult: 75 }] } }),
      ],
    ],
    unknown: [[monitor({ owner: "team:1", conditionGroup: UNKNOWN })]],
    missing: [of(types.SENTRY_MONITOR, {}), "attributes.owner", "attributes.conditionGroup"],
  },
  "sentry-alert-missing-action": {
    pass: [
      [sentryAlert({ conditions: [{ type: "level" }], actions: [{ type: "email" }] })],
      [sentryAlert({ conditions: [{ comparison: UNKNOWN }], actions: [{ integrationId: UNKNOWN }] })],
    ],
    fail: [
      ["attributes.actionFilters", sentryAlert()],
      ["attributes.actionFilters[0]", sentryAlert({ conditions: [{ type: "level" }], actions: [] })],
      ["attributes.actionFilters[0]", sentryAlert({ conditions: [], actions: [{ type: "email" }] })],
    ],
    unknown: [[sentryAlert({ conditions: [{ type: "level" }], actions: UNKNOWN })]],
    missing: [of(types.SENTRY_ALERT, {}), "attributes.actionFilters"],
  },
  "grafana-alerting-disallow-second-alerter": {
    pass: [[of("grafana:oss/dashboard:Dashboard", {})]],
    fail: [
      ["type", of(types.GRAFANA_RULE_GROUP, {})],
      ["type", of(types.GRAFANA_NOTIFICATION_POLICY, {})],
    ],
    unknown: undefined,
    missing: [of(types.GRAFANA_CONTACT_POINT, {}), "type"],
  },
  "docker-container-disallow-floating-image": {
    pass: [
      [of(types.REMOTE_IMAGE, { name: `prom/prometheus:v3@sha256:${"0".repeat(64)}` })],
      [container({ image: `sha256:${"a".repeat(64)}` })],
    ],
    fail: [
      ["name", of(types.REMOTE_IMAGE, { name: "prom/prometheus:latest" })],
      ["image", container({ image: "prom/prometheus:v3.13.4" })],
      ["image", container({ image: "prom/prometheus@sha256:abc" })],
    ],
    unknown: [[of(types.REMOTE_IMAGE, { name: UNKNOWN })], [container({ image: UNKNOWN })]],
    missing: [container({}), "image"],
  },
  "docker-container-disallow-visible-credentials": {
    pass: [
      [container({ envs: ["GF_SECURITY_ADMIN_PASSWORD__FILE=/run/secrets/password", "MODE=TOKEN"] })],
      [container({ command: ["--config.file=/etc/x.yml", "--web.token-file", "/run/secrets/token"] })],
      [container({ labels: [{ label: "application", value: "agentpay" }] })],
      [container({ envs: [] })],
    ],
    fail: [
      ["envs[1]", container({ envs: ["MODE=x", "GF_SECURITY_ADMIN_PASSWORD=hunter2"] })],
      ["envs[1]", container({ envs: [UNKNOWN, "API_KEY"] })],
      ...["DB_PASS=hunter2", "DB_PWD=hunter2", "BASIC_AUTH=admin:hunter2", "PASSWORD_FILE=hunter2"].map(
        (variable) => ["envs[0]", container({ envs: [variable] })] as const,
      ),
      ["command[2]", container({ command: ["sh", "-c", "curl -u admin:hunter2 http://a"] })],
      ["envs[0]", container({ envs: ["DATA_SOURCE=postgres://monitoring:hunter2@db/agentpay"] })],
      ["command[1]", container({ command: ["serve", "--admin-password=hunter2"] })],
      ["command[0]", container({ command: ["--api.token", "hunter2"] })],
      ["command[2]", container({ command: ["sh", "-c", "DB_PASSWORD=hunter2 exec server"] })],
      ["entrypoints[1]", container({ entrypoints: ["server", `--remote=https://a:hunter2@b.example`] })],
      ["healthcheck.tests[1]", container({ healthcheck: { tests: ["CMD", "--password=hunter2"] } })],
      ["labels[0]", container({ labels: [{ label: "registry.token", value: "hunter2" }] })],
    ],
    unknown: [
      [container({ envs: [UNKNOWN] })],
      [container({ envs: UNKNOWN })],
      [container({ command: [UNKNOWN] })],
    ],
    missing: [container({})],
  },
  "docker-container-configure-hardening": {
    pass: [
      [container(hardened)],
      [container({ start: false })],
      [container({ start: false, restart: "no" })],
    ],
    fail: [
      ["restart", container({ ...hardened, restart: "no" })],
      ["restart", container({ start: false, restart: "always" })],
      ["memorySwap", container({ ...hardened, memorySwap: -1 })],
      ...["0", "0.0", "a", ""].map((cpus) => ["cpus", container({ ...hardened, cpus })] as const),
      ["readOnly", container({ ...hardened, readOnly: false })],
      ["maxRetryCount", container({ ...hardened, restart: "on-failure", maxRetryCount: 1 })],
      ...["none", "syslog", "gelf"].map(
        (logDriver) => ["logDriver", container({ ...hardened, logDriver })] as const,
      ),
      ...[
        ["CMD", "true"],
        ["CMD-SHELL", "exit 0"],
        ["CMD-SHELL", "wget http://localhost/ready || true"],
        ["CMD", "sh", "-c", "true"],
      ].map((tests) => ["healthcheck.tests", container({ ...hardened, healthcheck: { tests } })] as const),
      ...[["NONE"], [], ["none"], ["CMD"], ["true"]].map(
        (tests) => ["healthcheck", container({ ...hardened, healthcheck: { tests } })] as const,
      ),
      ...["-1", "0", ""].map(
        (size) => ['logOpts["max-size"]', container({ ...hardened, logOpts: { "max-size": size } })] as const,
      ),
      ["capabilities.drops", container({ ...hardened, capabilities: { drops: ["NET_RAW"] } })],
      ["securityOpts", container({ ...hardened, securityOpts: ["seccomp=unconfined", UNKNOWN].slice(0, 1) })],
    ],
    unknown: [
      [container({ ...hardened, restart: UNKNOWN })],
      [container({ ...hardened, securityOpts: [UNKNOWN] })],
    ],
    missing: [
      container({}),
      ...["restart", "memory", "cpus", "readOnly", "healthcheck", 'logOpts["max-size"]'],
      ...["capabilities.drops", "securityOpts"],
    ],
  },
  "docker-container-configure-persistence": {
    pass: [[container({ volumes: [{ volumeName: UNKNOWN, containerPath: "/data" }] })]],
    fail: [["volumes[0]", container({ volumes: [{ containerPath: "/data" }] })]],
    unknown: [[container({ volumes: UNKNOWN })]],
    missing: [container({})],
  },
  "docker-container-disallow-host-access": {
    pass: [
      [
        container({
          ...hardened,
          networkMode: "bridge",
          ipcMode: "private",
          mounts: [{ type: "tmpfs", target: "/tmp" }],
        }),
      ],
      [container({ tmpfs: { "/tmp": "rw,noexec,nosuid,size=64m" } })],
      [container({ volumes: [{ volumeName: UNKNOWN, containerPath: "/data" }].slice(1), privileged: false })],
      [
        container({
          ports: [{ ip: "::1" }, { ip: "10.0.0.5" }, { ip: "fd00::5" }],
          networksAdvanced: [{ name: "agentpay" }],
          securityOpts: ["no-new-privileges", "seccomp=builtin"],
          ...{ runtime: "runc", sysctls: {}, gpus: "" },
          mounts: [{ type: "volume", source: "data", target: "/data", volumeOptions: { noCopy: true } }],
        }),
      ],
    ],
    fail: [
      ["ipcMode", container({ ipcMode: "shareable" })],
      ...["rw,exec", "exec", "size=64m,suid"].map(
        (options) => ['tmpfs["/tmp"]', container({ tmpfs: { "/tmp": options } })] as const,
      ),
      ["privileged", container({ start: false, privileged: true })],
      ["privileged", container({ privileged: "true" })],
      [
        "capabilities.adds[1]",
        container({ capabilities: { drops: ["ALL"], adds: [UNKNOWN, "ALL"].slice(0, 2) } }),
      ],
      ["securityOpts[1]", container({ securityOpts: ["no-new-privileges:true", "seccomp=unconfined"] })],
      ...[
        ...[
          "AppArmor:unconfined",
          "apparmor=own",
          "label=disable",
          "label=type:spc_t",
          "systempaths=unconfined",
        ],
        ...["no-new-privileges:false", "no-new-privileges=0", "no-new-privileges:F"],
        ...["seccomp=/own.json", 'seccomp={"defaultAction":"SCMP_ACT_ALLOW"}'],
      ].map((option) => ["securityOpts[0]", container({ securityOpts: [option] })] as const),
      ...(["networkMode", "pidMode", "ipcMode", "usernsMode", "cgroupnsMode"] as const).map(
        (mode) => [mode, container({ [mode]: "host" })] as const,
      ),
      ["networkMode", container({ networkMode: "container:other" })],
      ...["docker", "998", "00"].map((group) => ["groupAdds[0]", container({ groupAdds: [group] })] as const),
      ["devices", container({ devices: [{ hostPath: "/dev/kmsg" }] })],
      ["deviceCgroupRules", container({ deviceCgroupRules: [{ rule: "a *:* rwm" }] })],
      ["deviceRequests", container({ deviceRequests: [{}] })],
      ["gpus", container({ gpus: "all" })],
      ["sysctls", container({ sysctls: { "net.ipv4.ip_forward": "1" } })],
      ["runtime", container({ runtime: "own" })],
      ["networksAdvanced[1]", container({ networksAdvanced: [{ name: "agentpay" }, { name: "host" }] })],
      ["cgroupParent", container({ cgroupParent: "/" })],
      ["volumes[0]", container({ volumes: [{ hostPath: "/etc", containerPath: "/etc" }] })],
      ["volumes[0]", container({ volumes: [{ volumeName: "/var/run/docker.sock", containerPath: "/s" }] })],
      ["volumes[0]", container({ volumes: [{ fromContainer: "other" }] })],
      ["mounts[0]", container({ mounts: [{ type: "bind", source: "/var/run/docker.sock", target: "/s" }] })],
      [
        "mounts[0]",
        container({
          mounts: [
            {
              ...{ type: "volume", source: "host", target: "/host" },
              volumeOptions: { driverOptions: { type: "none", o: "bind", device: "/" } },
            },
          ],
        }),
      ],
      [
        "mounts[0]",
        container({
          mounts: [
            { type: "volume", source: "a", target: "/a", volumeOptions: { driverName: "vieux/sshfs" } },
          ],
        }),
      ],
      ["publishAllPorts", container({ publishAllPorts: true })],
      ["ports[0]", container({ ports: [{ internal: 80 }] })],
      ...["0.0.0.0", "::", "[::]", "0:0:0:0:0:0:0:0", "::0", "::ffff:0.0.0.0", "", "0", "*"].map(
        (ip) => ["ports[0]", container({ ports: [{ internal: 80, ip }] })] as const,
      ),
    ],
    unknown: [
      [container({ privileged: UNKNOWN })],
      [container({ ports: [{ internal: 80, ip: UNKNOWN }] })],
      [container({ volumes: UNKNOWN })],
    ],
    missing: [container({})],
  },
  "docker-container-disallow-root-user": {
    pass: [[container({ user: "65534" })], [container({ user: "472:472" })], [container({ start: false })]],
    fail: ["0", "root", "0:0", "root:root", "", "00", " 0", "+0", "-0", "toor", "472:0", "472:root"].map(
      (user) => ["user", container({ user })] as const,
    ),
    unknown: [[container({ user: UNKNOWN })]],
    missing: [container({}), "user"],
  },
  "docker-volume-disallow-host-path": {
    pass: [[of(types.VOLUME, { name: "data" })], [of(types.VOLUME, { driverOpts: { size: "1g" } })]],
    fail: [
      ["driverOpts.device", of(types.VOLUME, { driverOpts: { type: "none", o: "bind", device: "/" } })],
      ["driverOpts.o", of(types.VOLUME, { driverOpts: { o: "addr=10.0.0.1,rw" } })],
      ["driverOpts.mountpoint", of(types.VOLUME, { driverOpts: { mountpoint: "/etc" } })],
      ["driver", of(types.VOLUME, { driver: "vieux/sshfs" })],
    ],
    unknown: [[of(types.VOLUME, { driverOpts: UNKNOWN })]],
    missing: [of(types.VOLUME, {})],
  },
  "docker-network-disallow-host-network": {
    pass: [
      [of(types.NETWORK, { name: "agentpay" })],
      [of(types.NETWORK, { driver: "bridge", options: { "com.docker.network.bridge.name": "br0" } })],
    ],
    fail: [
      ...["host", "macvlan", "ipvlan", "overlay", "none"].map(
        (driver) => ["driver", of(types.NETWORK, { driver })] as const,
      ),
      ...["ipv4", "ipv6"].flatMap((version) =>
        ["routed", "nat-unprotected"].map((mode) => {
          const option = `com.docker.network.bridge.gateway_mode_${version}`;
          return [`options["${option}"]`, of(types.NETWORK, { options: { [option]: mode } })] as const;
        }),
      ),
    ],
    unknown: [[of(types.NETWORK, { driver: UNKNOWN })]],
    missing: [of(types.NETWORK, {})],
  },
  "docker-resource-disallow-other-container": {
    pass: [[container({})]],
    fail: [types.SWARM_SERVICE, types.DOCKER_PLUGIN, types.BUILT_IMAGE].map(
      (type) => ["type", of(type, {})] as const,
    ),
    unknown: undefined,
    missing: [of(types.DOCKER_PLUGIN, {}), "type"],
  },
  "docker-provider-enforce-tls": {
    pass: [
      [of(types.DOCKER_PROVIDER, { host: "ssh://deploy@monitoring.example.com" })],
      [of(types.DOCKER_PROVIDER, { host: "unix:///var/run/docker.sock" })],
      [of(types.DOCKER_PROVIDER, { host: "tcp://10.0.0.5:2376", certPath: "/etc/docker/certs" })],
    ],
    fail: [
      ["host", of(types.DOCKER_PROVIDER, { host: "tcp://10.0.0.5:2375" })],
      ...[["-o", "StrictHostKeyChecking=no"], '["-oUserKnownHostsFile=/dev/null"]'].map(
        (sshOpts) => ["sshOpts", of(types.DOCKER_PROVIDER, { host: "ssh://a@b", sshOpts })] as const,
      ),
      ["host", of(types.DOCKER_PROVIDER, { host: "tcp://10.0.0.5:2376", caMaterial: "ca" })],
    ],
    unknown: [[of(types.DOCKER_PROVIDER, { host: UNKNOWN })]],
    missing: [of(types.DOCKER_PROVIDER, {})],
  },
  "stack-alerting-missing-deadman": {
    pass: [[aws, container({}), alarm(heartbeat)], [aws], [container({})]],
    fail: [
      ["resources", aws, container({}), alarm({ ...heartbeat, treatMissingData: "missing" })],
      ["resources", aws, container({}), alarm({ ...heartbeat, metricName: "Other" })],
    ],
    unknown: [[aws, container({}), alarm({ ...heartbeat, metricName: UNKNOWN })]],
    missing: [aws],
  },
  "stack-alerting-missing-pipeline-alarms": {
    pass: [
      [
        container({
          uploads: [{ content: UNKNOWN }, { content: "alertmanager_notifications_failed_total > 0" }],
        }),
      ],
      [container({ command: ["--agent"] })],
      [aws],
    ],
    fail: [["resources", container({ uploads: [{ content: "up == 0" }] })]],
    unknown: [[container({ uploads: [{ content: UNKNOWN }] })]],
    missing: [container({}), "resources"],
  },
  "stack-alerting-disallow-duplicate": {
    pass: [
      [
        alarm({ metricName: "a", threshold: 1 }),
        { ...alarm({ metricName: "a", threshold: 2 }), name: "other" },
      ],
      [
        alarm({ metricName: "a", dimensions: { Id: UNKNOWN } }, { dimensions: ["one"] }),
        {
          ...alarm({ metricName: "a", dimensions: { Id: UNKNOWN } }, { dimensions: ["two"] }),
          name: "other",
        },
      ],
      [watching("5m"), watching("15m", { name: "b" })],
    ],
    fail: [
      ["name", alarm({ metricName: "a" }), { ...alarm({ metricName: "a" }), name: "other" }],
      [
        "name",
        alarm({ metricName: "a", dimensions: { Id: UNKNOWN } }, { dimensions: ["one"] }),
        {
          ...alarm({ metricName: "a", dimensions: { Id: UNKNOWN } }, { dimensions: ["one"] }),
          name: "other",
        },
      ],
      ["name", watching("5m"), watching("5m", { name: "b" })],
    ],
    unknown: [[alarm({ metricName: UNKNOWN })]],
    missing: [alarm({})],
  },
  "aws-provider-enforce-tags": {
    pass: [
      [
        of(types.AWS_PROVIDER, {
          defaultTags: JSON.stringify({
            tags: { application: "a", environment: "e", owner: "o", "managed-by": "p" },
          }),
        }),
      ],
    ],
    fail: [
      [
        "defaultTags.tags.owner",
        of(types.AWS_PROVIDER, {
          defaultTags: { tags: { application: "a", environment: "e", "managed-by": "p" } },
        }),
      ],
    ],
    unknown: [[of(types.AWS_PROVIDER, { defaultTags: UNKNOWN })]],
    missing: [
      aws,
      ...["application", "environment", "owner", "managed-by"].map((tag) => `defaultTags.tags.${tag}`),
    ],
  },
  "stack-paging-enforce-protect": {
    pass: [[{ type: types.SERVICE, protect: true }], [of(types.CONTAINER, {})]],
    fail: [["protect", { type: types.LOG_GROUP }]],
    unknown: undefined,
    missing: [{ type: types.SCHEDULE }, "protect"],
  },
  "stack-output-disallow-secret-looking-value": {
    pass: [
      [
        of(types.STACK, {
          grafanaUrl: "https://grafana.example",
          dsn: `https://${"0a1b".repeat(8)}@sentry.example/1`,
        }),
      ],
    ],
    fail: [
      [
        "nested",
        of(types.STACK, {
          nested: {
            list: [
              "x",
              {
                url: `https://hooks.slack.com/services/${"T0".repeat(4)}/${"B0".repeat(4)}/${"x1".repeat(8)}`,
              },
            ],
          },
        }),
      ],
      ["key", of(types.STACK, { key: "AKIAABCDEFGHIJKLMNOP" })],
    ],
    unknown: [[of(types.STACK, { id: UNKNOWN })]],
    missing: [of(types.STACK, {})],
  },
};
