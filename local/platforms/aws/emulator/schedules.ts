/** EventBridge Scheduler's part: runs the functions of the schedules that are due, minute by minute. */
import {
  GetScheduleCommand,
  type GetScheduleCommandOutput,
  ListSchedulesCommand,
  SchedulerClient,
} from "@aws-sdk/client-scheduler";
import { messageOf } from "../../../../toolkit/error-message.ts";
import { keptFunctions } from "../provider/resources/function.ts";
import { isDue } from "../provider/schedule-expression.ts";
import { putBill } from "./bill.ts";
import { type FunctionsOptions, invokeEvent, keepFailure } from "./functions.ts";
import { EMULATOR_CREDENTIALS } from "./moto.ts";

const MINUTE = 60_000;

/** Minutes that are made up for after a time without a look, such as a machine's sleep. */
const MOST_MINUTES = 60;

export interface ScheduleWatchOptions extends FunctionsOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export class ScheduleWatch {
  readonly #options: ScheduleWatchOptions;
  /** The last minute that was looked at. What was due before the first look is none of ours. */
  #last: number;
  readonly #running = new Set<Promise<void>>();

  constructor(options: ScheduleWatchOptions) {
    this.#options = options;
    this.#last = minuteOf(options.now());
  }

  /** Starts what has become due since the last look. It does not wait for it: alarms must not. */
  async look(): Promise<void> {
    const now = minuteOf(this.#options.now());
    const first = Math.max(this.#last + 1, now - MOST_MINUTES + 1);
    if (first > now) return;
    const schedules = await this.#schedules();
    this.#last = now;
    for (let minute = first; minute <= now; minute++) {
      for (const schedule of schedules) {
        const { ScheduleExpression = "", ScheduleExpressionTimezone = "UTC" } = schedule;
        const at = new Date(minute * MINUTE);
        if (isDue(ScheduleExpression, ScheduleExpressionTimezone, at)) this.#start(schedule, at);
      }
    }
  }

  /** Returns once nothing runs any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #schedules(): Promise<readonly GetScheduleCommandOutput[]> {
    const { url: endpoint, store } = this.#options;
    // Schedules run functions of their own region.
    const regions = new Set(keptFunctions(store).map(({ region }) => region));
    const found = await Promise.all(
      [...regions].map(async (region) => {
        const client = new SchedulerClient({ region, endpoint, credentials: EMULATOR_CREDENTIALS });
        const { Schedules = [] } = await client.send(new ListSchedulesCommand({}));
        return Promise.all(
          Schedules.map(({ Name, GroupName }) => client.send(new GetScheduleCommand({ Name, GroupName }))),
        );
      }),
    );
    return found.flat().filter(({ State }) => State !== "DISABLED");
  }

  #start(schedule: GetScheduleCommandOutput, at: Date): void {
    const run = this.#run(schedule, at).catch((error: unknown) => {
      this.#options.log.error(`${schedule.Name}: ${messageOf(error)}`);
    });
    this.#running.add(run);
    void run.finally(() => this.#running.delete(run));
  }

  async #run({ Name, Target }: GetScheduleCommandOutput, at: Date): Promise<void> {
    const { url, log } = this.#options;
    const due = at.toISOString().replace(".000Z", "Z");
    const event: unknown = JSON.parse(
      (Target?.Input ?? "{}").replaceAll("<aws.scheduler.scheduled-time>", due),
    );
    log.info(`${Name} is due at ${due}`);
    await putBill(url, at);
    try {
      await invokeEvent(Target?.Arn ?? "", event, this.#options);
    } catch (error) {
      // The function is not there: the schedule keeps the event itself.
      const queue = Target?.DeadLetterConfig?.Arn;
      if (queue !== undefined) await keepFailure(queue, event, url);
      throw error;
    }
  }
}

function minuteOf(time: number): number {
  return Math.floor(time / MINUTE);
}
