/** What IAM policies allow: named actions on the stack's own resources, within a boundary. */
import {
  actionsOf,
  allowStatements,
  hasWildcard,
  isLeftOpen,
  list,
  requiredBy,
  type Statement,
} from "../policy-document.ts";
import { type Requirement, resourceRule } from "../rule.ts";
import {
  GROUP_POLICY,
  IOT_POLICY,
  PERMISSION_SET_POLICY,
  POLICY,
  ROLE,
  ROLE_POLICY,
  USER_POLICY,
} from "./types.ts";

/** A service by a pattern, or all that it can do: `*`, `*:Get*`, `iam:*`. */
const WHOLE_SERVICE = /^[^:]*[*?][^:]*(:|$)|:[*?]+$/;

/** What shares something with others, or opens it, by its own policy or by an attribute. */
const SHARING = [
  "^[\\w-]+:(put|set|add|modify|update|create|attach|associate)\\w*(polic(y|ies)|permissions?|acls?)$",
  "^[\\w-]+:(batch)?grant\\w*permissions?$",
  "^[\\w-]+:(put|set|add|modify|update)\\w*(policystatement|snapshotattribute|imageattribute|publicaccessblock)",
  "^(sns:settopicattributes|sqs:setqueueattributes|rds-db:connect|ec2:disable\\w*blockpublicaccess)",
  "^(ec2|rds|redshift):authorize",
];

/** What gives rights, or data: on everything of an account, it is all of them. */
const POWERFUL = new RegExp(
  [
    ...SHARING,
    "^iam:(?!get|list|simulate|generate)",
    "^sts:(assume|getfederation)",
    "^(organizations|account|sso|identitystore):(?!describe|list)",
    "^kms:(decrypt|reencrypt|generatedatakey|creategrant|putkeypolicy|schedulekeydeletion)",
    "^secretsmanager:(getsecretvalue|batchgetsecretvalue|put|update|delete|restore)",
    "^s3:(getobject|putobject|deleteobject|putbucket|deletebucket)",
    "^lambda:(invoke|create|update|add|put)",
    "^ssm:(sendcommand|startsession|startautomation|getparameter|putparameter)",
    "^(ec2:runinstances|cloudformation:(create|update)|codebuild:(create|start|update)|glue:create|ecs:runtask)",
  ].join("|"),
);
/**
 * One or more of each of them, as AWS calls them: a pattern, such as `s3:Get*` or `lambda:*Code`, is as powerful as what it
 * fits.
 */
const POWERFUL_ACTIONS = [
  ...["iam:passrole", "sts:assumerole", "kms:decrypt", "secretsmanager:getsecretvalue"],
  ...["s3:getobject", "s3:getobjectversion", "s3:putobject", "s3:deleteobject", "s3:deleteobjectversion"],
  ...["s3:putbucketpolicy", "s3:putbucketacl", "s3:deletebucket", "s3:deletebucketpolicy"],
  ...["lambda:invokefunction", "lambda:createfunction", "lambda:updatefunctioncode", "lambda:addpermission"],
  ...["lambda:updatefunctionconfiguration", "lambda:putfunctionconcurrency"],
  ...["ssm:sendcommand", "ssm:startsession", "ssm:startautomationexecution", "ssm:getparameter"],
  ...["ssm:getparameters", "ssm:getparametersbypath", "ssm:putparameter"],
  ...["ec2:runinstances", "ecs:runtask", "glue:createjob", "glue:createdevendpoint"],
  ...["cloudformation:createstack", "cloudformation:updatestack", "cloudformation:createchangeset"],
  ...["sns:addpermission", "sns:settopicattributes", "sqs:setqueueattributes", "events:putpermission"],
  ...["ecr:setrepositorypolicy", "logs:putresourcepolicy", "dynamodb:putresourcepolicy"],
  ...["ec2:modifysnapshotattribute", "ec2:modifyimageattribute", "ec2:authorizesecuritygroupingress"],
  ...["rds:modifydbsnapshotattribute", "s3:putaccountpublicaccessblock", "s3:putbucketpublicaccessblock"],
  ...["codebuild:createproject", "codebuild:startbuild", "codebuild:updateproject"],
];

function isPowerful(action: string): boolean {
  if (!hasWildcard(action)) return POWERFUL.test(action);
  const escaped = action.replace(/[^\w*?]/g, "\\$&");
  const pattern = new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`);
  return POWERFUL.test(action) || POWERFUL_ACTIONS.some((each) => pattern.test(each));
}

/** Verbs that end something, and what runs on hosts. */
const ENDING = ["delete", "terminate", "stop", "disable", "deregister", "purge", "reboot"];
const ON_HOSTS = /^ssm:(create|update)association$/;
/** What has no name, or one that nobody knows beforehand, as far as IAM knows. */
const NAMELESS =
  /^(ec2:deletenetworkinterface|ec2messages:deletemessage|logs:deletequerydefinition|route53:deletehealthcheck|ses:deleteidentity)$/;

/** A pattern, such as `rds:De*`, ends what any action ends that it fits. */
function isEnding(action: string): boolean {
  const [, name = ""] = action.split(":");
  const [known = ""] = name.split(/[*?]/);
  const ends = ENDING.some((verb) => name.startsWith(verb) || (known !== name && verb.startsWith(known)));
  return (ends || ON_HOSTS.test(action)) && !NAMELESS.test(action);
}

/** By the stack's tag on what is there, or on what is made. */
function isBoundByTag({ Condition }: Statement, tag = /^aws:(resource|request)tag\//i): boolean {
  return requiredBy(Condition).some(
    ({ key, values }) => tag.test(key) && values.length > 0 && !values.some(isLeftOpen),
  );
}

/** By the tag that is there: what has none, or another one, is not meant. */
const isTagged = (statement: Statement) => isBoundByTag(statement, /^aws:resourcetag\//i);

/** Puts a tag on something, or takes it off. Of Route 53's, IAM knows no tags. */
const TAGGING =
  /^(?!route53:)[\w-]+:((un)?tag|(add|change|create|delete|put|remove|replicate|set|update|[*?])\w*tag)/;

/** Whether what has another tag keeps it: one that anybody may put on anything is no bound. */
function keepsTags({ Condition }: Statement): boolean {
  return requiredBy(Condition, /^StringEquals(IfExists)?$/i).some(
    ({ key, values }) => /^aws:resourcetag\//i.test(key) && values.length > 0 && !values.some(isLeftOpen),
  );
}

/** What gives rights to somebody: with no boundary for whom it gives them to, it gives all. */
const GIVING = /^iam:(create(role|user)|(put|attach)(role|user)policy)$/;
/** What takes a bound away, or makes something that stays: no policy of ours needs it. */
const UNBINDING =
  /^iam:(createpolicyversion|setdefaultpolicyversion|(put|delete)(role|user)permissionsboundary|createaccesskey|(create|update)loginprofile|createservicespecificcredential|addusertogroup|(put|attach)grouppolicy)$/;

/** Whether the request must have one of these values, and no pattern of them. */
function requires({ Condition }: Statement, key: string): boolean {
  return requiredBy(Condition).some(
    (each) => each.key.toLowerCase() === key && each.values.length > 0 && !each.values.some(isLeftOpen),
  );
}

/** Services whose actions are named one by one. */
const NAMED_SERVICES = /^(iam|sts|organizations|account|sso|kms|secretsmanager):/;

/** Of a kind of resource, all that there are, in this account or in any. */
function isEverything(resource: unknown): boolean {
  const text = String(resource);
  const [scheme, , service, , account = "", ...rest] = text.split(":");
  if (scheme !== "arn") return hasWildcard(text);
  const what = rest.join(":");
  if (service === "s3") return /^[*?]/.test(what);
  // What is left of `function:*`, or of a key's `key/????????-*`, names nothing.
  const name = what.replace(/^[\w-]+[/:]/, "");
  return hasWildcard(account) || (hasWildcard(name) && !/\w/.test(name));
}

/** Whether each statement that allows something passes a check. */
type Every = (isGood: (statement: Statement) => boolean) => () => boolean;

/** What the statements of one policy must keep to. */
function* narrow(path: string, document: () => unknown): Generator<Requirement> {
  const every: Every = (isGood) => () => (allowStatements(document()) ?? []).every(isGood);
  yield { path, must: "must be a policy document", holds: () => allowStatements(document()) !== undefined };
  yield* named(path, every);
  yield* bounded(path, every);
}

/** What is allowed is said action by action. */
function* named(path: string, every: Every): Generator<Requirement> {
  yield {
    ...{ path, must: "must name what it allows, not all but something" },
    holds: every(({ NotAction, NotResource }) => NotAction === undefined && NotResource === undefined),
  };
  yield {
    ...{ path, must: "must not allow all that a service can do" },
    holds: every((statement) => actionsOf(statement).every((action) => !WHOLE_SERVICE.test(action))),
  };
  yield {
    ...{ path, must: "must name each action on identities, keys and secrets" },
    holds: every((statement) =>
      actionsOf(statement).every((action) => !NAMED_SERVICES.test(action) || !/[*?]/.test(action)),
    ),
  };
}

/** What gives rights, ends something or stays is allowed within a bound. */
function* bounded(path: string, every: Every): Generator<Requirement> {
  yield {
    ...{ path, must: "must not allow on every resource what gives rights or data" },
    holds: every(
      (statement) =>
        !actionsOf(statement).some(isPowerful) ||
        !list(statement.Resource).some(isEverything) ||
        isTagged(statement),
    ),
  };
  yield {
    ...{ path, must: "must not end or run on every resource without the stack's tag" },
    holds: every(
      (statement) =>
        !actionsOf(statement).some(isEnding) ||
        !list(statement.Resource).some(isEverything) ||
        isBoundByTag(statement),
    ),
  };
  yield {
    ...{ path, must: "must not give every resource the stack's tag" },
    holds: every(
      (statement) =>
        !actionsOf(statement).some((action) => TAGGING.test(action)) ||
        !list(statement.Resource).some(isEverything) ||
        keepsTags(statement),
    ),
  };
  yield {
    ...{ path, must: "must give rights to nobody without a permissions boundary" },
    holds: every(
      (statement) =>
        !actionsOf(statement).some((action) => GIVING.test(action)) ||
        requires(statement, "iam:permissionsboundary"),
    ),
  };
  yield {
    ...{ path, must: "must say which service a role is passed to" },
    holds: every(
      (statement) =>
        !actionsOf(statement).includes("iam:passrole") || requires(statement, "iam:passedtoservice"),
    ),
  };
  yield {
    ...{ path, must: "must not take a boundary away, nor make a credential that stays" },
    holds: every((statement) => !actionsOf(statement).some((action) => UNBINDING.test(action))),
  };
}

interface WithPolicies {
  policy?: string;
  inlinePolicy?: string;
  inlinePolicies?: { policy?: string }[];
}

export const wildcard = resourceRule<WithPolicies>({
  name: "aws-iam-policy-disallow-wildcard",
  description: "A policy names what it allows: no whole service, and no right on everything.",
  severity: "critical",
  remediation: "List the actions that are needed, and the ARNs of the stack's own resources.",
  types: [POLICY, ROLE_POLICY, USER_POLICY, GROUP_POLICY, ROLE, PERMISSION_SET_POLICY, IOT_POLICY],
  *requirements({ type, props }) {
    if (type === PERMISSION_SET_POLICY) yield* narrow("inlinePolicy", () => props.inlinePolicy);
    else if (type !== ROLE) yield* narrow("policy", () => props.policy);
    for (let index = 0; index < (props.inlinePolicies?.length ?? 0); index++) {
      yield* narrow(`inlinePolicies[${index}].policy`, () => props.inlinePolicies?.[index]?.policy);
    }
  },
});
