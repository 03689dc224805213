import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answer, isEmpty, type Sources } from "../../../local/dashboards/data.ts";
import { viewOf } from "../../../local/dashboards/model.ts";

/** A Prometheus that knows three expressions. */
let server: Server;
let sources: Sources;
let asked: URLSearchParams[] = [];

/** Points of one series at multiples of the step from the start. */
function series(parameters: URLSearchParams, steps: readonly number[]) {
  const start = Number(parameters.get("start"));
  const step = Number(parameters.get("step"));
  return [{ metric: { job: "api" }, values: steps.map((each) => [start + each * step, "1"]) }];
}

function respond(endpoint: string, parameters: URLSearchParams): { status: number; body: unknown } {
  const result = (found: unknown[]) => ({ status: 200, body: { data: { result: found } } });
  const expression = parameters.get("query");
  if (endpoint.endsWith("/query")) {
    // The oldest sample is an hour old.
    const now = Number(parameters.get("time"));
    return result([{ metric: {}, value: [now, String(now - 3600)] }]);
  }
  asked.push(parameters);
  if (expression === "up") return result(series(parameters, [0, 1, 2]));
  // There from the beginning, then twice again.
  if (expression === "ALERTS") return result(series(parameters, [0, 1, 5, 6, 10]));
  if (expression === "nothing") return result([]);
  return { status: 400, body: { error: "parse error: bad expression" } };
}

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      const { status, body } = respond(request.url ?? "", new URLSearchParams(text));
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  sources = (uid) => {
    if (uid === "unknown") throw new Error("There is no data source unknown.");
    return { type: "prometheus", url, scrapeSeconds: 5 };
  };
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const dashboard = (expressions: readonly object[], annotations: readonly object[] = []) =>
  viewOf({
    title: "A",
    time: { from: "now-6h" },
    panels: [{ id: 1, title: "P", targets: expressions }],
    annotations: { list: annotations },
  });

test("a panel shows what its queries give, from when there was something to see", async () => {
  asked = [];
  const { panels, range } = await answer(dashboard([{ expr: "up", legendFormat: "{{job}}" }]), sources);
  expect(panels[0]?.series.map(({ legend, points }) => [legend, points.length])).toEqual([["api", 3]]);
  expect(panels.map(isEmpty)).toEqual([false]);
  expect(range.to - range.from).toBeLessThan(3700);
  expect(asked.map((parameters) => parameters.get("start"))).toEqual([String(range.from)]);
});

test("no data is no problem, a refused query and an unknown source are", async () => {
  const { panels } = await answer(
    dashboard([{ expr: "nothing" }, { expr: "rate(" }, { expr: "up", datasource: { uid: "unknown" } }]),
    sources,
  );
  expect(panels[0]).toMatchObject({
    series: [],
    problems: ["parse error: bad expression", "There is no data source unknown."],
  });
  expect(panels.map(isEmpty)).toEqual([true]);
});

test("what an annotation finds is marked where it begins, and not where it was there before", async () => {
  const { marks, range } = await answer(
    dashboard(
      [],
      [
        { enable: true, expr: "ALERTS", iconColor: "orange" },
        { enable: false, expr: "ALERTS" },
        { enable: true, expr: "rate(" },
        { enable: true, target: { tags: ["deploy"] } },
      ],
    ),
    sources,
  );
  expect(marks).toEqual([5, 10].map((step) => ({ time: range.from + step * range.step, color: "orange" })));
});
