/**
 * Plays the part of AWS that the emulator leaves out: alarms that ring, costs that are watched, schedules that are due,
 * messages that reach people.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BudgetsClient } from "@aws-sdk/client-budgets";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { SNSClient } from "@aws-sdk/client-sns";
import { GLOBAL_REGION } from "../../../../catalog/topics.ts";
import { messageOf } from "../../../../toolkit/error-message.ts";
import type { Logger, RunningService, Service } from "../../../host/service.ts";
import { Store } from "../provider/store.ts";
import { AlarmRegion } from "./alarms.ts";
import { CostWatch } from "./costs.ts";
import { deliver, deliverEmail, type PeoplesInbox } from "./deliveries.ts";
import { EMULATED_ACCOUNT, EMULATOR_CREDENTIALS, emulatorUrl } from "./moto.ts";
import { mutedAlarms } from "./mute-rules.ts";
import { QueueWatch } from "./queues.ts";
import { ScheduleWatch } from "./schedules.ts";
import { readTaken } from "./taken.ts";

export interface AwsPartOptions {
  /** The emulator's address. */
  readonly url: string;
  readonly inbox: PeoplesInbox;
  /** What the stand-in keeps in the emulator's place. Default: nothing, so no costs to watch and no functions to run. */
  readonly store?: Store;
  /** Takes what functions write. Default: `log`. */
  readonly functionLog?: Logger;
  readonly log: Logger;
  /** Milliseconds since 1970 by the clock of what is watched. Default: ours. */
  readonly now?: () => number;
  /** Milliseconds between two looks. Default: 1000. */
  readonly interval?: number;
}

export const awsPart: Service = {
  name: "AWS alarms and deliveries",
  start: async (context) =>
    startAwsPart({
      url: emulatorUrl(context),
      inbox: {
        url: `http://127.0.0.1:${context.ports.inbox}`,
        mailAddress: `127.0.0.1:${context.ports.mail}`,
      },
      store: new Store(join(context.stateFolder, "data", "aws", "store.json")),
      log: context.logger("aws"),
      functionLog: context.logger("functions"),
    }),
};

/** Looks again and again until it is stopped. What fails is logged, once as long as it is the same, and tried again. */
export function startAwsPart(options: AwsPartOptions): RunningService {
  const { interval = 1000, log } = options;
  const stopped = new AbortController();
  const part = new AwsPart(options, stopped.signal);
  let failure = "";
  const run = async () => {
    while (!stopped.signal.aborted) {
      const message = await part.look().then(() => "", messageOf);
      if (message && message !== failure) log.warn(message);
      failure = message;
      await sleep(interval, undefined, { signal: stopped.signal }).catch(() => {});
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopped.abort();
      await running;
      await part.settled();
    },
  };
}

class AwsPart {
  readonly #options: AwsPartOptions;
  readonly #seen = new Set<string>();
  readonly #regions = new Map<
    string,
    { alarms: AlarmRegion; cloudWatch: CloudWatchClient; sns: SNSClient }
  >();
  readonly #costs: CostWatch | undefined;
  readonly #schedules: ScheduleWatch | undefined;
  readonly #queues: QueueWatch | undefined;

  constructor(options: AwsPartOptions, signal: AbortSignal) {
    this.#options = options;
    const { url, store, log, functionLog = log, now = Date.now } = options;
    if (!store) return;
    this.#costs = this.#costWatch(store);
    this.#schedules = new ScheduleWatch({ url, store, log: functionLog, now, signal });
    this.#queues = new QueueWatch({
      url,
      store,
      now,
      cloudWatch: (region) => this.#region(region).cloudWatch,
    });
  }

  /** Alarms publish to topics of their own region: where there is no topic, no alarm can ring. */
  async look(): Promise<void> {
    const { url, inbox } = this.#options;
    const { topics, emails } = await readTaken(url);
    for (const email of emails.filter(({ id }) => !this.#seen.has(id))) {
      await deliverEmail(email, inbox);
      this.#seen.add(email.id);
    }
    for (const topic of topics) {
      const { alarms, sns } = this.#region(topic.region);
      const fresh = topic.messages.filter(({ id }) => !this.#seen.has(id));
      // One by one, and seen only then: what fails is tried again with the next look, and takes no other with it.
      for (const message of fresh) {
        await deliver(sns, topic, message, inbox);
        await alarms.count(topic);
        this.#seen.add(message.id);
      }
    }
    await this.#queues?.look();
    for (const { alarms } of this.#regions.values()) await alarms.look();
    await this.#costs?.look();
    await this.#schedules?.look();
  }

  /** Returns once nothing runs any more. */
  async settled(): Promise<void> {
    await this.#schedules?.settled();
  }

  #costWatch(store: Store): CostWatch {
    const { url: endpoint, now = Date.now } = this.#options;
    const { cloudWatch, sns } = this.#region(GLOBAL_REGION);
    const budgets = new BudgetsClient({ region: GLOBAL_REGION, endpoint, credentials: EMULATOR_CREDENTIALS });
    return new CostWatch({ cloudWatch, sns, budgets, store, accountId: EMULATED_ACCOUNT, now });
  }

  #region(region: string) {
    const known = this.#regions.get(region);
    if (known) return known;
    const { url: endpoint, store, now = Date.now } = this.#options;
    const muted = () => (store ? mutedAlarms(store, region, now()) : new Set<string>());
    const sns = new SNSClient({ region, endpoint, credentials: EMULATOR_CREDENTIALS });
    const cloudWatch = new CloudWatchClient({ region, endpoint, credentials: EMULATOR_CREDENTIALS });
    const made = { cloudWatch, sns, alarms: new AlarmRegion({ cloudWatch, sns, now, muted }) };
    this.#regions.set(region, made);
    return made;
  }
}
