/**
 * What AWS would charge for the local stack's AgentPay, day by day: the emulator's Cost Explorer answers with what it was
 * given. The same day always costs the same.
 */

const DAY_MILLISECONDS = 86_400_000;

/** What is told of before and after a moment. Cost Explorer knows the past only; whoever asks for less gets less. */
const DAYS_BEFORE = 100;
const DAYS_AFTER = 40;

/** USD on an ordinary day. */
const services = {
  "Amazon Elastic Compute Cloud - Compute": 9.6,
  "Amazon Relational Database Service": 6.24,
  "Amazon ElastiCache": 1.63,
  "Amazon Elastic Load Balancing": 0.81,
  AmazonCloudWatch: 0.94,
  "Amazon Simple Notification Service": 0.02,
} as const;

/** What a service costs on a day, USD: by up to a tenth more or less, and less on Saturdays and Sundays. */
export function costOf(service: keyof typeof services, day: Date): number {
  const number = Math.floor(day.getTime() / DAY_MILLISECONDS);
  const wave = Math.sin(number * 1.7 + service.length) / 10;
  const weekend = [0, 6].includes(day.getUTCDay()) ? 0.85 : 1;
  return Math.round(services[service] * weekend * (1 + wave) * 1e6) / 1e6;
}

/** Cost Explorer's next question that it has not heard yet is answered with the bill around that moment. */
export async function putBill(url: string, around: Date): Promise<void> {
  const today = Math.floor(around.getTime() / DAY_MILLISECONDS);
  const ResultsByTime = Array.from({ length: DAYS_BEFORE + DAYS_AFTER }, (_, index) =>
    resultOf(new Date((today - DAYS_BEFORE + index) * DAY_MILLISECONDS)),
  );
  const response = await fetch(`${url}/moto-api/static/ce/cost-and-usage-results`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ results: [{ ResultsByTime, DimensionValueAttributes: [] }] }),
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`the AWS emulator took no bill: it answered ${response.status}`);
}

function resultOf(day: Date) {
  const date = (time: number) => new Date(time).toISOString().slice(0, 10);
  return {
    TimePeriod: { Start: date(day.getTime()), End: date(day.getTime() + DAY_MILLISECONDS) },
    Estimated: true,
    Total: {},
    Groups: (Object.keys(services) as (keyof typeof services)[]).map((service) => ({
      Keys: [service],
      Metrics: { UnblendedCost: { Amount: String(costOf(service, day)), Unit: "USD" } },
    })),
  };
}
