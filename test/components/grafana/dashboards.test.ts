import { describe, expect, test } from "vitest";
import { dashboardFolders } from "../../../catalog/dashboards/dashboard.ts";
import { dashboards } from "../../../catalog/dashboards/index.ts";
import { isSecretInput } from "../../support/mocks.ts";
import { componentOf, type ProgramRun, runProgram } from "../../support/program.ts";

const ALL = ["prometheus", "alertmanager", "postgres", "cloudwatch"];
const uids = dashboards.map(({ uid }) => uid);

describe.each([
  { stack: "production", url: "https://grafana.agentpay.com", interval: "15s", sources: ALL },
  {
    stack: "staging",
    url: "https://grafana.staging.agentpay.com",
    interval: "15s",
    sources: ALL.filter((source) => source !== "postgres"),
  },
  { stack: "local", url: "http://localhost:3001", interval: "5s", sources: ALL },
] as const)("$stack", ({ stack, url, interval, sources }) => {
  test("has folders that are not edited by hand, the datasources, every dashboard and a home", async () => {
    const component = componentOf(await runProgram(stack), "Dashboards");
    expect(component.counts).toEqual({
      "grafana:oss/dashboard:Dashboard": dashboards.length,
      "grafana:oss/dataSource:DataSource": sources.length,
      "grafana:oss/folder:Folder": Object.keys(dashboardFolders).length,
      "grafana:oss/folderPermission:FolderPermission": Object.keys(dashboardFolders).length,
      "grafana:oss/organizationPreferences:OrganizationPreferences": 1,
    });
    const sourceUids = sources.map((source) => component.inputs(`dashboards-${source}`)["uid"]);
    expect(sourceUids).toEqual(sources.map((source) => `agentpay-${source}`));
    for (const [uid, title] of Object.entries(dashboardFolders)) {
      expect(component.inputs(`dashboards-${uid}`)).toEqual({ title, uid });
      expect(component.inputs(`dashboards-${uid}-permissions`)).toEqual({
        folderUid: uid,
        permissions: [
          { role: "Editor", permission: "View" },
          { role: "Viewer", permission: "View" },
        ],
      });
    }
    expect(component.inputs("dashboards-preferences")).toEqual({ homeDashboardUid: "agentpay-metrics" });
    expect(component.outputs).toEqual({
      urls: Object.fromEntries(uids.map((uid) => [uid, `${url}/d/${uid}`])),
    });
  });

  test("its datasource is Prometheus on the platform's own network", async () => {
    const { jsonDataEncoded, ...inputs } = componentOf(await runProgram(stack), "Dashboards").inputs(
      "dashboards-prometheus",
    );
    expect(inputs).toEqual({
      name: `Prometheus (${stack})`,
      uid: "agentpay-prometheus",
      type: "prometheus",
      url: "http://prometheus:9090",
      accessMode: "proxy",
      isDefault: true,
    });
    expect(JSON.parse(String(jsonDataEncoded))).toEqual({ httpMethod: "POST", timeInterval: interval });
  });

  test.each(uids)("%s is the bare model, in its folder, after the datasources", async (uid) => {
    const component = componentOf(await runProgram(stack), "Dashboards");
    const { configJson, folder, overwrite } = component.inputs(`dashboards-${uid}`);
    const expected = dashboards.find((dashboard) => dashboard.uid === uid)?.folder;
    expect({ folder, overwrite }).toEqual({ folder: expected, overwrite: true });
    const model = JSON.parse(String(configJson));
    expect(model).toMatchObject({ uid });
    for (const key of ["id", "version", "dashboard"]) expect(model).not.toHaveProperty(key);
    expect(component.child(`dashboards-${uid}`).dependencies).toContain(
      component.child("dashboards-prometheus").urn,
    );
  });

  test("reads the database as a role that can only read, whose password stays secret", async () => {
    const component = componentOf(await runProgram(stack), "Dashboards");
    if (!sources.includes("postgres")) {
      expect(JSON.stringify(component.inputs("dashboards-agentpay-executive"))).not.toContain("rawSql");
      return;
    }
    const inputs = component.inputs("dashboards-postgres");
    expect(inputs).toMatchObject({
      type: "grafana-postgresql-datasource",
      url: expect.stringMatching(/:5432$/),
      username: "agentpay_monitoring",
    });
    expect(JSON.parse(String(inputs["jsonDataEncoded"]))).toMatchObject({
      database: "agentpay",
      sslmode: stack === "local" ? "disable" : "require",
    });
    expect(inputs["jsonDataEncoded"]).not.toContain("password");
    expect(inputs["secureJsonDataEncoded"]).toContain('"password":"');
    const { secureJsonDataEncoded } = component.child("dashboards-postgres").inputs;
    expect(isSecretInput(secureJsonDataEncoded)).toBe(true);
  });

  test("waits until Grafana runs", async () => {
    const run: ProgramRun = await runProgram(stack);
    const provider = run.resources.find(({ type }) => type === "pulumi:providers:grafana");
    const grafana = componentOf(run, "MetricsPlatform").child("metrics-grafana");
    expect(provider?.dependencies).toContain(grafana.urn);
  });
});
