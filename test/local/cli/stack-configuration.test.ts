import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { shiftConfiguration } from "../../../local/cli/stack-configuration.ts";
import { localPorts } from "../../../local/ports.ts";

const OFFSET = 20_000;

it("moves every port of the stack's configuration, and changes nothing else", async () => {
  const text = await readFile("Pulumi.local.yaml", "utf8");
  const shifted = shiftConfiguration(text, OFFSET);
  for (const port of Object.values(localPorts(0))) expect(shifted).not.toMatch(new RegExp(`:${port}\\b`));
  const metrics = parse(shifted).config["agentpay-monitoring:metrics"];
  expect(metrics).toMatchObject({ prometheusPort: 29_090, alertmanagerPort: 29_093, grafanaPort: 23_001 });
  expect(metrics).toMatchObject({ prometheusReplicaPort: 29_091, alertmanagerReplicaPort: 29_095 });
  expect(parse(shifted).config["agentpay-monitoring:uptime"]).toMatchObject({ statusPagePort: 28_120 });
  expect(metrics.grafanaAdminPassword).toBe(
    parse(text).config["agentpay-monitoring:metrics"].grafanaAdminPassword,
  );
  expect(parse(shifted).encryptionsalt).toBe(parse(text).encryptionsalt);
});
