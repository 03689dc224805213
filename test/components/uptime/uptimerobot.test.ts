import { expect, test } from "vitest";
import { type Maintenance, parseMaintenanceWindow } from "../../../catalog/maintenance.ts";
import { withoutClosures } from "../../support/closures.ts";
import { record } from "../../support/mocks.ts";

withoutClosures();

test("two works of the same hours are two windows: neither takes the other over", async () => {
  const when = "Sunday 02:00-04:00";
  const window = parseMaintenanceWindow(when);
  if (!window) throw new Error(`${when} is no window`);
  const work = (text: string): Maintenance => ({
    ...{ window, when, announced: "2026-11-20", affects: ["api"], text, over: false },
  });
  const { UptimeRobot } = await import("../../../components/uptime/uptimerobot.ts");
  const { resources } = await record({ stack: "test" }, () => {
    new UptimeRobot("uptimerobot", {
      ...{ environment: "test", namePrefix: "agentpay-test", checks: [], emails: [] },
      ...{
        toldBy: () => undefined,
        intervalOf: () => 300,
        verifyCertificates: true,
        widgetKeyword: "AgentPay",
      },
      ...{ maintenance: [work("The database."), work("The widget.")], pager: undefined, slack: undefined },
    });
  });
  const windows = resources.filter(({ type }) => type.endsWith(":MaintenanceWindow"));
  expect(windows).toHaveLength(2);
  for (const { inputs } of windows) expect(inputs["existing"]).toBeUndefined();
});
