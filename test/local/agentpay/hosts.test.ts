import { expect, test } from "vitest";
import { reported } from "../../../local/agentpay/hosts.ts";

test("each host reports what the agent measures, by its instance and for all in one, below what alarms", () => {
  const data = reported(Date.parse("2026-11-30T12:00:00Z"));
  for (const name of ["cpu_usage_active", "mem_used_percent", "disk_used_percent"]) {
    const ofName = data.filter(({ MetricName }) => MetricName === name);
    const hosts = ofName.flatMap((datum) => ("Dimensions" in datum ? datum.Dimensions : []));
    expect(new Set(hosts.map(({ Value }) => Value)).size).toBe(2);
    expect(hosts.every(({ Name }) => Name === "InstanceId")).toBe(true);
    expect(ofName).toHaveLength(4);
    for (const { Value } of ofName) {
      expect(Value).toBeGreaterThan(0);
      expect(Value).toBeLessThan(80);
    }
  }
});
