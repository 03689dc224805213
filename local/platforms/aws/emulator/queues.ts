/** SQS's metrics, of the queues that keep what functions could not do: how many messages wait, minute by minute. */
import { type CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { keptFunctions } from "../provider/resources/function.ts";
import { findEventInvokeConfig } from "../provider/resources/function-event-invoke-config.ts";
import type { Store } from "../provider/store.ts";
import { placeOfQueue } from "./functions.ts";
import { EMULATOR_CREDENTIALS } from "./moto.ts";

const MINUTE = 60_000;

export interface QueueWatchOptions {
  /** The emulator's address. */
  readonly url: string;
  readonly store: Store;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly cloudWatch: (region: string) => CloudWatchClient;
}

export class QueueWatch {
  readonly #options: QueueWatchOptions;
  #minute = 0;
  /** Queues that held something. Of others, as of any that lies idle, SQS reports nothing. */
  readonly #used = new Set<string>();

  constructor(options: QueueWatchOptions) {
    this.#options = options;
  }

  async look(): Promise<void> {
    const minute = Math.floor(this.#options.now() / MINUTE);
    if (minute === this.#minute) return;
    for (const queue of this.#queues()) await this.#count(queue);
    this.#minute = minute;
  }

  #queues(): readonly string[] {
    const { store } = this.#options;
    return keptFunctions(store).flatMap(({ arn }) => {
      const { onFailure } = findEventInvokeConfig(store, arn)?.destinationConfig ?? {};
      return onFailure?.destination.startsWith("arn:aws:sqs:") ? [onFailure.destination] : [];
    });
  }

  async #count(queueArn: string): Promise<void> {
    const { url, now, cloudWatch } = this.#options;
    const { region, name, QueueUrl } = placeOfQueue(queueArn, url);
    const sqs = new SQSClient({ region, endpoint: url, credentials: EMULATOR_CREDENTIALS });
    const AttributeNames = ["ApproximateNumberOfMessages" as const];
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
    const waiting = Number(Attributes?.["ApproximateNumberOfMessages"] ?? 0);
    if (waiting > 0) this.#used.add(queueArn);
    if (!this.#used.has(queueArn)) return;
    const metric = {
      MetricName: "ApproximateNumberOfMessagesVisible",
      Dimensions: [{ Name: "QueueName", Value: name }],
      Value: waiting,
      Timestamp: new Date(now()),
    };
    await cloudWatch(region).send(new PutMetricDataCommand({ Namespace: "AWS/SQS", MetricData: [metric] }));
  }
}
