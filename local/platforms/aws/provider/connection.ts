import { BudgetsClient } from "@aws-sdk/client-budgets";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { RDSClient } from "@aws-sdk/client-rds";
import { Route53Client } from "@aws-sdk/client-route-53";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SESClient } from "@aws-sdk/client-ses";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { WorkspaceEngine } from "../workspaces/engine.ts";
import type { Configuration, Service } from "./configuration.ts";
import { explain } from "./errors.ts";
import type { Store } from "./store.ts";

const clientClasses = {
  budgets: BudgetsClient,
  cloudwatch: CloudWatchClient,
  iam: IAMClient,
  kms: KMSClient,
  logs: CloudWatchLogsClient,
  rds: RDSClient,
  route53: Route53Client,
  scheduler: SchedulerClient,
  ses: SESClient,
  sns: SNSClient,
  sqs: SQSClient,
  ssm: SSMClient,
  sts: STSClient,
} as const;

type DrivenService = Service & keyof typeof clientClasses;
type Clients = { [Name in DrivenService]: InstanceType<(typeof clientClasses)[Name]> };

/** Their API has one address for the whole world. */
const globalRegion = "us-east-1";
const globalServices: ReadonlySet<Service> = new Set(["budgets", "iam", "route53"]);

/** Who the emulator says is calling. */
export interface Caller {
  readonly accountId: string;
  readonly arn: string;
  readonly userId: string;
}

/** One configured provider: its account, region, tags, and clients made when first used. */
export class Connection {
  readonly region: string;
  readonly defaultTags: Readonly<Record<string, string>>;
  readonly store: Store;
  /** Of Amazon's workspaces; undefined where nothing here evaluates rules for them. */
  readonly engine: WorkspaceEngine | undefined;
  readonly #configuration: Configuration;
  readonly #clients = new Map<string, Clients[DrivenService]>();

  constructor(configuration: Configuration, store: Store, engine?: WorkspaceEngine) {
    this.region = configuration.region;
    this.defaultTags = configuration.defaultTags?.tags ?? {};
    this.store = store;
    this.engine = engine;
    this.#configuration = configuration;
  }

  endpoint(service: Service): string | undefined {
    for (const endpoints of this.#configuration.endpoints) {
      const url = endpoints[service] ?? (service === "logs" ? endpoints["cloudwatchlogs"] : undefined);
      if (url !== undefined) return url;
    }
    return undefined;
  }

  /** The client of one service, in the provider's region unless another is given. */
  client<Name extends DrivenService>(service: Name, region = this.region): Clients[Name] {
    const place = globalServices.has(service) ? globalRegion : region;
    const key = `${service} ${place}`;
    const client = this.#clients.get(key) ?? this.#connect(service, place);
    this.#clients.set(key, client);
    return client as Clients[Name];
  }

  #connect(service: DrivenService, region: string): Clients[DrivenService] {
    const endpoint = this.endpoint(service);
    if (endpoint === undefined) throw new Error(missingEndpoint(service));
    const { accessKey, secretKey, token } = this.#configuration;
    const client = new clientClasses[service]({
      region,
      endpoint,
      credentials: {
        accessKeyId: accessKey,
        secretAccessKey: secretKey,
        ...(token ? { sessionToken: token } : {}),
      },
      // Either of these set in the environment would make the SDK refuse, or leave, our endpoint.
      useFipsEndpoint: false,
      useDualstackEndpoint: false,
    });
    explainErrors(client.middlewareStack as unknown as Stack, service, endpoint);
    return client;
  }

  async caller(): Promise<Caller> {
    const { Account, Arn, UserId } = await this.client("sts").send(new GetCallerIdentityCommand({}));
    return { accountId: Account ?? "", arn: Arn ?? "", userId: UserId ?? "" };
  }
}

/** The part of the SDK's middleware that we use, without the input and output types that differ by client. */
interface Stack {
  add(
    middleware: (
      next: (input: object) => Promise<object>,
      context: { readonly commandName?: string },
    ) => (input: object) => Promise<object>,
    options: { step: "initialize"; priority: "high" },
  ): void;
}

function explainErrors(stack: Stack, service: Service, endpoint: string): void {
  stack.add(
    (next, { commandName = "" }) =>
      async (input) => {
        try {
          return await next(input);
        } catch (error) {
          throw explain(error, { service, action: commandName.replace(/Command$/, ""), endpoint });
        }
      },
    { step: "initialize", priority: "high" },
  );
}

export function missingEndpoint(service: Service): string {
  return `the provider's endpoints name no address for ${service}: add it, or this would have to go to AWS itself`;
}
