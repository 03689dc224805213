/** What docs/getting-started.md tells users to run is what the local stack runs, and what the contract was recorded from. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { type Exporter, exporters, MONITORING_USER, REDIS_RIGHTS } from "../../catalog/exporters.ts";
import { exposedBy } from "../../catalog/metrics/index.ts";
import { recordedExporters } from "../../local/agentpay/recorded-exporters.ts";
import { queues } from "../../local/agentpay/world.ts";
import { REPOSITORY } from "../support/program.ts";

const guide = readFileSync(join(REPOSITORY, "docs/getting-started.md"), "utf8");

test.each(Object.entries<Exporter>(exporters))("the guide has %s's exporter as it is run", (_, exporter) => {
  const { program, lowest, flags } = exporter;
  expect(guide).toContain(`${program} ${lowest} or newer`);
  expect(guide).toContain(`\n   ${[program, ...flags].join(" ")}\n`);
});

test("the guide has the rights of Redis's user, quoted for a shell", () => {
  const rights = REDIS_RIGHTS.map((right) => (/[~|*]/.test(right) ? `'${right}'` : right)).join(" ");
  expect(guide).toContain(`ACL SETUSER ${MONITORING_USER} on ">$PASSWORD" ${rights}\n`);
});

test("the queues' lengths are asked for by the names that dramatiq gives them", () => {
  for (const queue of queues) expect(exporters.redis.flags.join()).toContain(`db0=dramatiq:${queue}`);
});

test.each(["postgres", "redis"] as const)(
  "the simulated exporter of %s plays the version that is run",
  (name) => {
    const { version, states } = recordedExporters[name];
    expect(version).toBe(exporters[name].version);
    const contract = exposedBy(name).filter((metric) => /^(pg|redis)_/.test(metric.name));
    expect(Object.keys(states.healthy).toSorted()).toEqual(contract.map((metric) => metric.name).toSorted());
  },
);

test("the query file asks for nothing that the exporter has built in: both together fail the whole scrape", () => {
  const queries: object = parse(
    readFileSync(join(REPOSITORY, "operations/database/exporter-queries.yaml"), "utf8"),
  );
  expect(Object.keys(queries)).toEqual(["agentpay_ledger"]);
});
