/** The program, or a part of it, without an engine: what providers answer is made up, with a sentinel for each secret. */
import * as pulumi from "@pulumi/pulumi";
import {
  onTheWire as onTheWireWrapped,
  type Properties,
  type Recording,
  type RunOptions,
  record as recordWith,
} from "../../operations/review/recording.ts";
import { isSecret as isSecretInput, unwrap as plain } from "../../toolkit/property-values.ts";
import { sentinel } from "./secrets.ts";

export {
  masked,
  type Recording,
  type Registration,
} from "../../operations/review/recording.ts";
export { PROJECT } from "../../settings/stack-name.ts";
export { isSecretInput, plain };

/** Runs `body` against mocks, until everything that it registers has been answered. */
export function record<Result>(
  options: Omit<RunOptions, "mocks">,
  body: () => Result | Promise<Result>,
): Promise<Recording & { readonly result: Result }> {
  const { preview = false } = options;
  const mocks = {
    newResource: (args: pulumi.runtime.MockResourceArgs) => newResource(args, preview),
    call: answer,
  };
  return recordWith({ ...options, mocks }, body);
}

/** What a provider or policy would get for an input at preview, its secrets unwrapped. */
export const onTheWire = (value: unknown): unknown => plain(onTheWireWrapped(value));

function newResource(args: pulumi.runtime.MockResourceArgs, preview: boolean) {
  if (!args.custom) return { id: undefined, state: {} };
  if (preview) return { id: undefined, state: args.inputs };
  return { id: `id-of-${args.name}`, state: { ...args.inputs, ...computed[args.type]?.(args) } };
}

const awsArn =
  (service: string) =>
  ({ inputs }: pulumi.runtime.MockResourceArgs) => ({
    arn: `arn:aws:${service}:${inputs.region ?? "eu-central-1"}:111122223333:${inputs.name}`,
  });

const costArn =
  (kind: string) =>
  ({ name }: pulumi.runtime.MockResourceArgs) => ({ arn: `arn:aws:ce::111122223333:${kind}/${name}` });

/** Outputs that only a provider knows. */
const computed: Readonly<Record<string, (args: pulumi.runtime.MockResourceArgs) => Properties>> = {
  "aws:sns/topic:Topic": awsArn("sns"),
  "aws:cloudwatch/logGroup:LogGroup": ({ inputs }) => ({
    arn: `arn:aws:logs:eu-central-1:111122223333:log-group:${inputs.name}`,
  }),
  "aws:cloudwatch/metricAlarm:MetricAlarm": awsArn("cloudwatch"),
  "aws:costexplorer/anomalyMonitor:AnomalyMonitor": costArn("anomalymonitor"),
  "aws:costexplorer/anomalySubscription:AnomalySubscription": costArn("anomalysubscription"),
  "aws:amp/workspace:Workspace": ({ name }) => ({
    arn: `arn:aws:aps:eu-central-1:111122223333:workspace/id-of-${name}`,
    prometheusEndpoint: `https://aps-workspaces.eu-central-1.amazonaws.com/workspaces/id-of-${name}/`,
  }),
  "aws:iam/policy:Policy": ({ inputs }) => ({ arn: `arn:aws:iam::111122223333:policy/${inputs.name}` }),
  "aws:iam/role:Role": ({ inputs }) => ({ arn: `arn:aws:iam::111122223333:role/${inputs.name}` }),
  "aws:lambda/function:Function": ({ inputs }) => ({
    arn: `arn:aws:lambda:eu-central-1:111122223333:function:${inputs.name}`,
  }),
  "aws:ses/emailIdentity:EmailIdentity": ({ inputs }) => ({
    arn: `arn:aws:ses:eu-central-1:111122223333:identity/${inputs.email}`,
  }),
  "aws:sqs/queue:Queue": awsArn("sqs"),
  "aws:ssm/document:Document": ({ inputs }) => ({
    arn: `arn:aws:ssm:eu-central-1:111122223333:document/${inputs.name}`,
  }),
  "aws:ssm/association:Association": ({ name }) => ({ associationId: `id-of-${name}` }),
  "aws:ssm/parameter:Parameter": ({ inputs }) => ({
    arn: `arn:aws:ssm:eu-central-1:111122223333:parameter/${inputs.name}`,
  }),
  "docker:index/remoteImage:RemoteImage": ({ name }) => ({ imageId: `sha256:${name}` }),
  "grafana:oss/dashboard:Dashboard": ({ inputs }) => ({ uid: JSON.parse(inputs.configJson).uid }),
  "pagerduty:index/service:Service": ({ name }) => ({
    htmlUrl: `https://agentpay.pagerduty.com/service-directory/${name}`,
  }),
  "pagerduty:index/serviceIntegration:ServiceIntegration": ({ name }) => ({
    integrationKey: sentinel(`integration-key-of-${name}`),
  }),
  "sentry:index/sentryKey:SentryKey": () => ({
    dsnPublic: sentinel("dsn-public"),
    dsnSecret: sentinel("dsn-secret"),
    secret: sentinel("sentry-key-secret"),
  }),
  "sentry:index/sentryProject:SentryProject": () => ({ internalId: "4242" }),
  "sentry:index/sentryTeam:SentryTeam": () => ({ internalId: "4711" }),
};

/** @throws for a lookup that nobody expects */
function answer({ token, inputs }: pulumi.runtime.MockCallArgs): Properties {
  switch (token) {
    case "pagerduty:index/getUser:getUser":
      return { id: `user:${inputs.email}`, email: inputs.email };
    case "pagerduty:index/getVendor:getVendor":
      return { id: `vendor:${inputs.name}`, name: inputs.name };
    case "sentry:index/getSentryOrganizationIntegration:getSentryOrganizationIntegration":
      return { internalId: inputs.providerKey === "slack" ? "101" : "102" };
    default:
      throw new Error(`Mock call not implemented: ${token}`);
  }
}

/** The value of an output, and whether it is a secret. */
export async function settled<T>(output: pulumi.Output<T>): Promise<{ value: T; secret: boolean }> {
  const secret = await pulumi.isSecret(output);
  const value = await new Promise<T>((resolve) => pulumi.unsecret(output).apply(resolve as never));
  return { value, secret };
}
