import {
  type CostExplorerClient,
  GetCostAndUsageCommand,
  type ResultByTime,
} from "@aws-sdk/client-cost-explorer";
import { addDays, daysOf, type Span } from "../calendar.ts";
import type { ServiceDay } from "../figures.ts";
import { ANSWER_MILLISECONDS, type Found } from "./source.ts";

/** Credits and refunds hide what is used: an account that lives on credits would seem to cost nothing. */
const NOT_COUNTED = ["Credit", "Refund"];

/** What AWS cost, by service: what was used on a day, before credits and refunds, upfront payments on their day. */
export class CostExplorer {
  readonly name = "AWS Cost Explorer";
  readonly #client: CostExplorerClient;

  constructor(client: CostExplorerClient) {
    this.#client = client;
  }

  /** A day without any cost is one that AWS has not worked out yet. */
  async serviceDays({ first, last }: Span): Promise<Found<ServiceDay>> {
    const rows: ServiceDay[] = [];
    let NextPageToken: string | undefined;
    do {
      const page = await this.#client.send(
        new GetCostAndUsageCommand({
          TimePeriod: { Start: first, End: addDays(last, 1) },
          Granularity: "DAILY",
          Metrics: ["UnblendedCost"],
          Filter: { Not: { Dimensions: { Key: "RECORD_TYPE", Values: NOT_COUNTED } } },
          GroupBy: [{ Type: "DIMENSION", Key: "SERVICE" }],
          NextPageToken,
        }),
        { abortSignal: AbortSignal.timeout(ANSWER_MILLISECONDS) },
      );
      rows.push(...(page.ResultsByTime ?? []).flatMap(rowsOfDay));
      NextPageToken = page.NextPageToken;
    } while (NextPageToken);
    const days = daysOf({ first, last });
    const told = new Set(rows.map(({ day }) => day));
    return {
      rows: rows.filter(({ day }) => days.includes(day)),
      unknownDays: days.filter((day) => !told.has(day)),
    };
  }
}

function rowsOfDay({ TimePeriod, Groups = [] }: ResultByTime): readonly ServiceDay[] {
  return Groups.map(({ Keys = [], Metrics = {} }) => {
    const { Amount, Unit } = Metrics["UnblendedCost"] ?? {};
    if (Unit !== "USD") throw new Error(`it counts in ${Unit ?? "nothing"}, not in USD`);
    const usd = Number(Amount ?? Number.NaN);
    if (Number.isNaN(usd)) throw new Error(`it answered an amount that is no number: ${Amount}`);
    return { day: TimePeriod?.Start ?? "", service: Keys[0] ?? "unknown service", usd };
  });
}
