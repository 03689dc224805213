import { expect, test } from "vitest";
import { database } from "../../../../local/agentpay/world.ts";
import { ADMINISTRATOR, MONITORING } from "../../../../local/platforms/postgres/server.ts";
import { readConfiguration } from "../../../../settings/settings-file.ts";

test("the local stack's dashboards are configured with the role, password and database that its PostgreSQL has", () => {
  const configuration = readConfiguration(`${import.meta.dirname}/../../../..`, "local");
  expect(configuration["metrics"]).toMatchObject({
    databaseAddress: expect.stringMatching(/:5432$/),
    databaseName: database.datname,
    databaseUser: MONITORING.user,
    databasePassword: MONITORING.password,
  });
  expect(MONITORING.password).not.toBe(ADMINISTRATOR.password);
});
