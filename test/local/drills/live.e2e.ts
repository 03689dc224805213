/** The test page through a real Alertmanager, at 60 times the pace: its group interval of 5 minutes is 5 seconds. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Lab, startLab } from "../../../local/drills/lab.ts";
import { pagerDutyHeaders } from "../../../local/drills/lab-pagerduty.ts";
import { type LiveTarget, sendTestPage } from "../../../local/drills/live.ts";
import { tools } from "../../../operations/tools/tools.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import { patient } from "../../support/eventually.ts";

let lab: Lab;
let target: LiveTarget;
const folder = mkdtempSync(path.join(tmpdir(), "agentpay-live-"));

beforeAll(async () => {
  const [prometheus, alertmanager, blackbox, gatus] = await Promise.all(
    [tools.prometheus, tools.alertmanager, tools.blackbox, tools.gatus].map((tool) => ensureTool(tool)),
  );
  if (!prometheus || !alertmanager || !blackbox || !gatus) throw new Error("a tool was not found");
  const moto = prometheus; // Not started: no AWS takes part.
  lab = await startLab({
    folder,
    factor: 60,
    aws: false,
    tools: { prometheus, alertmanager, blackbox, gatus, moto },
  });
  const { pagerduty, alertmanager: alertmanagerUrl } = lab.urls;
  await vi.waitUntil(
    () =>
      fetch(`${alertmanagerUrl}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    patient,
  );
  const answer = await fetch(`${pagerduty}/services`, { headers: pagerDutyHeaders });
  const { services } = (await answer.json()) as { services: { id: string }[] };
  const serviceId = services[0]?.id ?? "";
  target = {
    environment: "local",
    alertmanagerUrl,
    pagerDuty: { url: pagerduty, token: "sentinel-token", serviceId },
    runbookUrl: "https://runbooks.example/README.md",
    dashboardUrl: "https://grafana.example",
  };
});
afterAll(async () => {
  await lab?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("arrives at PagerDuty as a page of its own that says it is a test, and ends", async () => {
  const lines: string[] = [];
  const result = await sendTestPage(target, AbortSignal.timeout(patient.timeout), (line) => lines.push(line));
  expect(result).toMatchObject({ secondsToArrive: expect.any(Number), secondsToResolve: expect.any(Number) });
  const answer = await fetch(`${lab.urls.pagerduty}/incidents`, { headers: pagerDutyHeaders });
  const { incidents } = (await answer.json()) as { incidents: { title: string; status: string }[] };
  const own = incidents.filter(({ title }) => title.includes(result.id));
  expect(own).toMatchObject([{ title: expect.stringContaining("This is a test"), status: "resolved" }]);
  expect(lines.join("\n")).not.toContain("sentinel-token");
});

test("says who refused", async () => {
  const signal = AbortSignal.timeout(patient.timeout);
  const revoked = { ...target, pagerDuty: { ...target.pagerDuty, token: "" } };
  await expect(sendTestPage(revoked, signal, () => {})).rejects.toThrow(/\/incidents answered 401/);
});
