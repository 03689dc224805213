/** Tokens of the resources that rules are about. A test compares them with the SDKs, which would be slow to load here. */
export const METRIC_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
export const COMPOSITE_ALARM = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
export const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
export const TOPIC = "aws:sns/topic:Topic";
export const TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy";
export const TOPIC_SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";
export const HEALTH_CHECK = "aws:route53/healthCheck:HealthCheck";
export const BUDGET = "aws:budgets/budget:Budget";
export const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
export const USER_POLICY = "aws:iam/userPolicy:UserPolicy";
export const GROUP_POLICY = "aws:iam/groupPolicy:GroupPolicy";
export const POLICY = "aws:iam/policy:Policy";
export const ROLE = "aws:iam/role:Role";
export const USER = "aws:iam/user:User";
export const ROLE_POLICY_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
export const ROLE_POLICY_ATTACHMENTS =
  "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive";
export const USER_POLICY_ATTACHMENT = "aws:iam/userPolicyAttachment:UserPolicyAttachment";
export const GROUP_POLICY_ATTACHMENT = "aws:iam/groupPolicyAttachment:GroupPolicyAttachment";
export const POLICY_ATTACHMENT = "aws:iam/policyAttachment:PolicyAttachment";
export const USER_POLICY_ATTACHMENTS =
  "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive";
export const GROUP_POLICY_ATTACHMENTS =
  "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive";
/** What people get by IAM Identity Center, and machines by a certificate. */
export const PERMISSION_SET_POLICY = "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy";
export const PERMISSION_SET_ATTACHMENT = "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment";
export const ROLES_ANYWHERE_PROFILE = "aws:rolesanywhere/profile:Profile";
export const IOT_POLICY = "aws:iot/policy:Policy";
export const SSH_KEY = "aws:iam/sshKey:SshKey";
export const SIGNING_CERTIFICATE = "aws:iam/signingCertificate:SigningCertificate";
export const ACCESS_KEY = "aws:iam/accessKey:AccessKey";
export const USER_LOGIN_PROFILE = "aws:iam/userLoginProfile:UserLoginProfile";
export const SERVICE_CREDENTIAL = "aws:iam/serviceSpecificCredential:ServiceSpecificCredential";
export const QUEUE = "aws:sqs/queue:Queue";
export const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";
export const KEY = "aws:kms/key:Key";
export const KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy";
export const SECRET = "aws:secretsmanager/secret:Secret";
export const SECRET_POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy";
export const BUCKET = "aws:s3/bucket:Bucket";
export const BUCKET_ACL = "aws:s3/bucketAcl:BucketAcl";
/** Names of the two before, which the SDK still has. */
export const BUCKET_V2 = "aws:s3/bucketV2:BucketV2";
export const BUCKET_ACL_V2 = "aws:s3/bucketAclV2:BucketAclV2";
export const PUBLIC_ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
export const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";
/** The one that a VPC comes with, which the program would take over. */
export const DEFAULT_SECURITY_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
export const SECURITY_GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
export const INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
export const PARAMETER = "aws:ssm/parameter:Parameter";
export const BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy";
export const FUNCTION_PERMISSION = "aws:lambda/permission:Permission";
export const FUNCTION_URL = "aws:lambda/functionUrl:FunctionUrl";
export const FUNCTION = "aws:lambda/function:Function";
export const FUNCTION_EVENT_INVOKE_CONFIG = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig";
export const ESCALATION_POLICY = "pagerduty:index/escalationPolicy:EscalationPolicy";
export const SCHEDULE = "pagerduty:index/schedule:Schedule";
export const SERVICE = "pagerduty:index/service:Service";
export const SERVICE_INTEGRATION = "pagerduty:index/serviceIntegration:ServiceIntegration";
/** Of our own (components/sentry/objects.ts). */
export const SENTRY_MONITOR = "pulumi-nodejs:dynamic/sentry:Monitor";
export const SENTRY_ALERT = "pulumi-nodejs:dynamic/sentry:Alert";
export const GRAFANA_RULE_GROUP = "grafana:alerting/ruleGroup:RuleGroup";
export const GRAFANA_CONTACT_POINT = "grafana:alerting/contactPoint:ContactPoint";
export const GRAFANA_NOTIFICATION_POLICY = "grafana:alerting/notificationPolicy:NotificationPolicy";
export const CONTAINER = "docker:index/container:Container";
export const VOLUME = "docker:index/volume:Volume";
export const NETWORK = "docker:index/network:Network";
export const SWARM_SERVICE = "docker:index/service:Service";
export const DOCKER_PLUGIN = "docker:index/plugin:Plugin";
export const BUILT_IMAGE = "docker:index/image:Image";
export const REMOTE_IMAGE = "docker:index/remoteImage:RemoteImage";
export const AWS_PROVIDER = "pulumi:providers:aws";
export const DOCKER_PROVIDER = "pulumi:providers:docker";
export const STACK = "pulumi:pulumi:Stack";
