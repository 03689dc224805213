import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filesOf, groupFiles, metricKeys, type NewAlert } from "../../../operations/new/alert.ts";
import { REPOSITORY } from "../../../toolkit/repository.ts";

const read = (path: string) =>
  existsSync(join(REPOSITORY, path)) ? readFileSync(join(REPOSITORY, path), "utf8") : undefined;
const made: NewAlert = { name: "QueueOdd", group: "worker", severity: "critical" };

test.each([...groupFiles().keys()])(
  "group %s: the catalogue, the rule tests, the drills and a runbook",
  (group) => {
    const files = filesOf({ ...made, group }, read);
    const file = groupFiles().get(group);
    expect(Object.keys(files).toSorted()).toEqual(
      [
        `catalog/alerts/${file}`,
        "local/drills/drills/not-drilled.ts",
        "runbooks/QueueOdd.md",
        `test/rules/cases/${file}`,
      ].toSorted(),
    );
    // Nothing of what was there is gone, but for the lines of imports and lists.
    for (const [path, text] of Object.entries(files)) {
      const gone = (read(path) ?? "")
        .split("\n")
        .filter((line) => !text.includes(line.replace(/[,\]]*$/, "")));
      expect(
        gone.filter((line) => !/import|^ {2}\w+,$/.test(line)),
        path,
      ).toEqual([]);
    }
  },
);

test("a counter is counted, and a gauge is looked at", () => {
  const catalogOf = (metric: string) => filesOf({ ...made, metric }, read)["catalog/alerts/worker.ts"];
  expect(catalogOf("requests")).toContain('`sum(${rate(metrics.requests.name, "5m")}) > ${threshold}`');
  expect(catalogOf("workerQueueDepth")).toContain("`max(${metrics.workerQueueDepth.name}) > ${threshold}`");
  expect(metricKeys).not.toContain("requestLatency");
});

test("a fault makes a drill, and the runbook says how to do it", () => {
  const files = filesOf({ ...made, fault: "worker-down" }, read);
  expect(files["local/drills/drills/worker.ts"]).toContain(
    'faults: { "worker-down": {} },\n    rings: ["QueueOdd"],',
  );
  expect(files["runbooks/QueueOdd.md"]).toContain('{"name":"worker-down"}');
  // A group without drills of its own has its drill at the end of all.
  const discovered = filesOf({ ...made, group: "discovery", fault: "worker-down" }, read);
  expect(discovered["local/drills/drills/index.ts"]).toMatch(
    /\.\.\.monitoringDrills,\n {2}\{[^[]*rings: \["QueueOdd"\]/,
  );
});

test("without the local stack and the tests, the alert and its runbook remain", () => {
  const product = (path: string) => (/^(local|test)\//.test(path) ? undefined : read(path));
  expect(Object.keys(filesOf(made, product))).toEqual(["catalog/alerts/worker.ts", "runbooks/QueueOdd.md"]);
});

test.each([
  ["an alert that there is", { name: "APIDown" }, "There is an alert APIDown already"],
  ["a runbook that there is", { name: "LogErrorsHigh" }, "There is an alert LogErrorsHigh already"],
  ["an unknown metric", { metric: "requestLatency" }, "There is no counter or gauge requestLatency"],
])("%s is refused", (_, change, says) => {
  expect(() => filesOf({ ...made, ...change }, read)).toThrow(says);
});
