/** Against a Cost Explorer of an account that lives on credits, which answers as asked: by record types. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { CostExplorerClient, type Expression } from "@aws-sdk/client-cost-explorer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dollars } from "../../../../components/cost-report/function/email.ts";
import { CostExplorer } from "../../../../components/cost-report/function/sources/cost-explorer.ts";

/** A day's lines of the bill. */
const lines = [
  { type: "Usage", usd: 120 },
  { type: "Tax", usd: 22.8 },
  { type: "Credit", usd: -142.8 },
  { type: "Refund", usd: -3.5 },
];

function counts(type: string, filter: Expression | undefined): boolean {
  if (filter?.Not) return !counts(type, filter.Not);
  if (filter?.Dimensions?.Key === "RECORD_TYPE") return filter.Dimensions.Values?.includes(type) ?? false;
  return true;
}

const server = createServer(async (request, response) => {
  const { Filter, TimePeriod } = JSON.parse(await text(request));
  const usd = lines.filter(({ type }) => counts(type, Filter)).reduce((sum, line) => sum + line.usd, 0);
  const Metrics = { UnblendedCost: { Amount: String(usd), Unit: "USD" } };
  response.setHeader("Content-Type", "application/x-amz-json-1.1");
  response.end(JSON.stringify({ ResultsByTime: [{ TimePeriod, Groups: [{ Keys: ["EC2"], Metrics }] }] }));
});
beforeAll(() => new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve)));
afterAll(() => void server.close());

test("an account that lives on credits is reported with what it uses", async () => {
  const { port } = server.address() as AddressInfo;
  const client = new CostExplorerClient({
    region: "us-east-1",
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const { rows } = await new CostExplorer(client).serviceDays({ first: "2026-11-22", last: "2026-11-22" });
  expect(rows).toEqual([{ day: "2026-11-22", service: "EC2", usd: 142.8 }]);
});

test.each([
  [3.5, "$3.50"],
  [-3.5, "-$3.50"],
  [-0.001, "$0.00"],
  [1234.567, "$1,234.57"],
  [-1234, "-$1,234.00"],
])("%d USD are %s", (usd, shown) => {
  expect(dollars(usd)).toBe(shown);
});
