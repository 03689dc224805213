import { expect, test } from "vitest";
import { summary } from "../../../local/cli/summary.ts";
import { localPorts } from "../../../local/host/ports.ts";

/** The lines of its table, by what they begin with. */
async function rows(
  drawn: boolean,
  engine: "prometheus" | "cortex" = "prometheus",
): Promise<readonly string[]> {
  const text = await summary(localPorts(0), engine, drawn);
  return text.split("\n").flatMap((line) => /^│ (.*?) +│ /.exec(line)?.[1] ?? []);
}

test("the summary calls what this project draws a drawing, and a Grafana Grafana", async () => {
  expect(await rows(true)).toContain("Grafana (drawn by this project)");
  expect(await rows(false)).toContain("Grafana");
});

test("the summary says of every vendor that it is simulated", async () => {
  const shown = await rows(true);
  for (const vendor of ["PagerDuty", "Sentry", "Inbox", "Datadog", "AWS"]) {
    expect(shown.find((row) => row.startsWith(vendor))).toMatch(/\(simulated\b.*\)/);
  }
});
