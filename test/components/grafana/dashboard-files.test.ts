import { describe, expect, test } from "vitest";
import { ringsBelow } from "../../../catalog/alerts/alert.ts";
import { alerts } from "../../../catalog/alerts/index.ts";
import { type Dashboard, queriesOf } from "../../../catalog/dashboards/dashboard.ts";
import { dashboards } from "../../../catalog/dashboards/index.ts";
import { checkExpression } from "../../../catalog/promql/check.ts";
import { type DashboardOptions, dashboardFiles } from "../../../components/grafana/dashboard-files.ts";

interface PanelModel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly datasource: unknown;
  readonly gridPos: { x: number; y: number; w: number; h: number };
  readonly fieldConfig: {
    defaults: {
      unit: string;
      thresholds: { mode: string; steps: unknown[] };
      custom?: { axisSoftMax?: number };
    };
  };
  readonly targets: readonly {
    readonly refId: string;
    readonly expr?: string;
    readonly rawSql?: string;
    readonly namespace?: string;
    readonly legendFormat: string;
    readonly datasource: unknown;
  }[];
}
interface Model {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly PanelModel[];
  readonly annotations: { list: readonly { name: string; expr?: string }[] };
  readonly templating: { list: readonly { name: string; type: string }[] };
}

const DATASOURCE = { type: "prometheus", uid: "${datasource}" };
const HOSTS = { type: "cloudwatch", uid: "agentpay-cloudwatch" };
const DATABASE = { type: "grafana-postgresql-datasource", uid: "agentpay-postgres" };
const options = {
  thresholds: {},
  runbookBaseUrl: "https://example.com/runbooks",
  database: true,
  cloudWatch: true,
};

function models(more: Partial<DashboardOptions> = {}): Model[] {
  return Object.values(dashboardFiles({ ...options, ...more })).map((text) => JSON.parse(text));
}

const byUid = (uid: string, more: Partial<DashboardOptions> = {}): Model => {
  const found = models(more).find((model) => model.uid === uid);
  if (!found) throw new Error(`there is no dashboard ${uid}`);
  return found;
};

/** Without rows, which are panels of Grafana too. */
const panelsOf = (model: Model) => model.panels.filter(({ type }) => type !== "row");

test("rendering twice gives the same bytes", () => {
  expect(dashboardFiles(options)).toEqual(dashboardFiles(structuredClone(options)));
});

test("without a database the panels that ask it are left out, and the others keep their ids", () => {
  const without = models({ database: false });
  expect(JSON.stringify(without)).not.toMatch(/rawSql|agentpay-postgres/);
  for (const model of without) {
    const ids = new Map(panelsOf(byUid(model.uid)).map(({ id, title }) => [title, id]));
    for (const { id, title } of panelsOf(model)) expect(ids.get(title)).toBe(id);
  }
});

test("without AWS the panels on hosts are left out; with it each asks for every host by its instance", () => {
  expect(JSON.stringify(models({ cloudWatch: false }))).not.toContain("agentpay-cloudwatch");
  const hosts = panelsOf(byUid("agentpay-technical")).filter(({ title }) => title.startsWith("Host "));
  expect(hosts.map(({ title }) => title)).toEqual(["Host CPU", "Host Memory", "Host Disks"]);
  for (const { targets } of hosts)
    expect(targets).toEqual([
      expect.objectContaining({
        datasource: { type: "cloudwatch", uid: "agentpay-cloudwatch" },
        namespace: "AgentPay/Hosts",
        metricName: expect.stringMatching(/^(cpu|mem|disk)_/),
        dimensions: { InstanceId: "*" },
        matchExact: true,
        statistic: "Maximum",
      }),
    ]);
});

test("a host's panel draws the threshold of its alarm, as the stack has it", () => {
  const [memory] = panelsOf(byUid("agentpay-technical", { thresholds: { HostMemoryHigh: 70 } })).filter(
    ({ title }) => title === "Host Memory",
  );
  expect(memory?.fieldConfig.defaults.thresholds?.steps).toEqual([
    { value: null, color: "green" },
    { value: 70, color: "orange" },
  ]);
});

test("there is a file for each dashboard, named by its uid", () => {
  expect(Object.keys(dashboardFiles(options))).toEqual(dashboards.map(({ uid }) => `${uid}.json`));
});

const all: readonly Dashboard[] = dashboards;
describe.each(all)("$uid", (dashboard) => {
  const model = byUid(dashboard.uid);

  test("is a bare model whose panels are those of the catalogue", () => {
    expect(model).toMatchObject({ uid: dashboard.uid, title: dashboard.title, editable: false });
    for (const key of ["id", "version", "dashboard"]) expect(model).not.toHaveProperty(key);
    expect(
      panelsOf(model).map(({ title, type, fieldConfig, targets }) => ({
        title,
        visualization: type,
        unit: fieldConfig.defaults.unit,
        queries: targets.flatMap(({ expr, legendFormat }) =>
          expr === undefined ? [] : [{ expression: expr, legend: legendFormat }],
        ),
        sql: targets[0]?.rawSql,
      })),
    ).toEqual(
      Object.values(dashboard.panels).map((panel) => ({
        title: panel.title,
        visualization: panel.visualization,
        unit: panel.unit,
        queries: queriesOf(panel),
        sql: "sql" in panel ? panel.sql : undefined,
      })),
    );
  });

  test("marks deployments, restarts and critical alerts, by queries that can find them", () => {
    expect(model.annotations.list.map(({ name }) => name)).toEqual([
      "Deployments",
      "Restarts",
      "Critical alerts",
    ]);
    const expressions = model.annotations.list.flatMap(({ expr }) => expr ?? []);
    expect(expressions).toHaveLength(2);
    for (const expression of expressions) expect(checkExpression(expression)).toEqual([]);
  });

  test("its panels count from 1, lie side by side and do not overlap", () => {
    expect(panelsOf(model).map(({ id }) => id)).toEqual(panelsOf(model).map((_, index) => index + 1));
    const ids = model.panels.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
    const cells = model.panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`);
    });
    expect(cells).toHaveLength(new Set(cells).size);
    // Without a hole: each line is full, and no panel hangs below its neighbours.
    const bottom = Math.max(...model.panels.map(({ gridPos: { y, h } }) => y + h));
    expect(cells).toHaveLength(24 * bottom);
  });

  test("asks the datasource that a person chooses, and has the variables that it uses", () => {
    for (const panel of panelsOf(model)) {
      const [target] = panel.targets;
      const other = target?.namespace === undefined ? DATASOURCE : HOSTS;
      const expected = target?.rawSql === undefined ? other : DATABASE;
      expect([panel.datasource, ...panel.targets.map(({ datasource }) => datasource)]).toEqual(
        Array(panel.targets.length + 1).fill(expected),
      );
      const refIds = panel.targets.map(({ refId }) => refId);
      expect(refIds).toEqual([...new Set(refIds)]);
    }
    const variables = model.templating.list.map(({ name }) => name);
    const used = [...JSON.stringify(model.panels).matchAll(/\$\{?([a-z]\w*)/g)].map(([, name]) => name);
    expect(new Set([...used, "datasource"])).toEqual(new Set(variables));
  });
});

describe("threshold lines", () => {
  const steps = (uid: string, title: string, thresholds = {}) =>
    panelsOf(byUid(uid, { thresholds })).find((panel) => panel.title === title)?.fieldConfig.defaults
      .thresholds.steps;

  test("are those of the alerts that watch the panel, in ascending order and in the colour of their severity", () => {
    expect(steps("agentpay-metrics", "Error Rate")).toEqual([
      { value: null, color: "green" },
      { value: 0.01, color: "orange" },
      { value: 0.05, color: "red" },
    ]);
  });

  test("follow a stack's own thresholds", () => {
    expect(steps("agentpay-metrics", "Error Rate", { ElevatedErrorRate: 0.2 })).toEqual([
      { value: null, color: "green" },
      { value: 0.05, color: "red" },
      { value: 0.2, color: "orange" },
    ]);
  });

  test("are the other way round where the alerts ring below", () => {
    expect(steps("agentpay-uptime", "Days Until a Certificate Ends")).toEqual([
      { value: null, color: "red" },
      { value: 3, color: "orange" },
      { value: 14, color: "green" },
    ]);
  });

  test("are those of other alerts too, where the panel says so, and within the axis", () => {
    const budget = (thresholds = {}) =>
      panelsOf(byUid("agentpay-llm", { thresholds })).find(
        ({ title }) => title === "Spend Against the Daily Budget",
      )?.fieldConfig.defaults;
    expect(budget()?.thresholds.steps).toEqual([
      { value: null, color: "green" },
      { value: 100, color: "orange" },
    ]);
    expect(budget({ HighDailyCost: 40 })?.custom?.axisSoftMax).toBe(40);
  });

  test("of one panel all ring above, or all below", () => {
    const mixed = alerts.filter(
      (alert) =>
        alert.threshold !== undefined &&
        alerts.some(
          (other) =>
            other.threshold !== undefined &&
            other.panel.dashboard === alert.panel.dashboard &&
            other.panel.panel === alert.panel.panel &&
            ringsBelow(other) !== ringsBelow(alert),
        ),
    );
    expect(mixed.map(({ name }) => name)).toEqual([]);
  });

  test("are absent where no alert watches", () => {
    expect(steps("agentpay-metrics", "Active Conversations")).toEqual([{ value: null, color: "green" }]);
  });
});

test("every chart lists the names of its series: the SDK's default is to show none", () => {
  const charts = models().flatMap((model) => panelsOf(model).filter(({ type }) => type === "timeseries"));
  const shown = charts.map(
    (chart) => (chart as { options?: { legend?: { showLegend?: boolean } } }).options?.legend?.showLegend,
  );
  expect(new Set(shown)).toEqual(new Set([true]));
});
