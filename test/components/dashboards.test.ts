import { describe, expect, test } from "vitest";
import { dashboards } from "../../catalog/dashboards/index.ts";
import { componentOf, type ProgramRun, runProgram } from "../support/program.ts";

const uids = dashboards.map(({ uid }) => uid);

describe.each([
  { stack: "production", url: "https://grafana.agentpay.com", interval: "15s" },
  { stack: "staging", url: "https://grafana.staging.agentpay.com", interval: "15s" },
  { stack: "local", url: "http://localhost:3001", interval: "5s" },
] as const)("$stack", ({ stack, url, interval }) => {
  test("has a folder, the datasource and every dashboard", async () => {
    const component = componentOf(await runProgram(stack), "Dashboards");
    expect(component.counts).toEqual({
      "grafana:oss/dashboard:Dashboard": dashboards.length,
      "grafana:oss/dataSource:DataSource": 1,
      "grafana:oss/folder:Folder": 1,
    });
    expect(component.inputs("dashboards-folder")).toEqual({ title: "AgentPay", uid: "agentpay" });
    expect(component.outputs).toEqual({
      urls: Object.fromEntries(uids.map((uid) => [uid, `${url}/d/${uid}`])),
    });
  });

  test("its datasource is Prometheus on the platform's own network", async () => {
    const { jsonDataEncoded, ...inputs } = componentOf(await runProgram(stack), "Dashboards").inputs(
      "dashboards-prometheus",
    );
    expect(inputs).toEqual({
      name: "Prometheus",
      uid: "agentpay-prometheus",
      type: "prometheus",
      url: "http://prometheus:9090",
      accessMode: "proxy",
      isDefault: true,
    });
    expect(JSON.parse(String(jsonDataEncoded))).toEqual({ httpMethod: "POST", timeInterval: interval });
  });

  test.each(uids)("%s is the bare model, in the folder, after the datasource", async (uid) => {
    const component = componentOf(await runProgram(stack), "Dashboards");
    const { configJson, folder, overwrite } = component.inputs(`dashboards-${uid}`);
    expect({ folder, overwrite }).toEqual({ folder: "agentpay", overwrite: true });
    const model = JSON.parse(String(configJson));
    expect(model).toMatchObject({ uid });
    for (const key of ["id", "version", "dashboard"]) expect(model).not.toHaveProperty(key);
    expect(component.child(`dashboards-${uid}`).dependencies).toContain(
      component.child("dashboards-prometheus").urn,
    );
  });

  test("waits until Grafana runs", async () => {
    const run: ProgramRun = await runProgram(stack);
    const provider = run.resources.find(({ type }) => type === "pulumi:providers:grafana");
    const grafana = componentOf(run, "MetricsPlatform").child("metrics-grafana");
    expect(provider?.dependencies).toContain(grafana.urn);
  });
});
