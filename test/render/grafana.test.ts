import { describe, expect, test } from "vitest";
import type { Dashboard } from "../../catalog/dashboards/dashboard.ts";
import { dashboards } from "../../catalog/dashboards/index.ts";
import { dashboardFiles } from "../../render/grafana.ts";

interface PanelModel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly datasource: unknown;
  readonly gridPos: { x: number; y: number; w: number; h: number };
  readonly fieldConfig: { defaults: { unit: string; thresholds: { mode: string; steps: unknown[] } } };
  readonly targets: readonly { refId: string; expr: string; legendFormat: string; datasource: unknown }[];
}
interface Model {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly PanelModel[];
  readonly templating: { list: readonly { name: string; type: string }[] };
}

const DATASOURCE = { type: "prometheus", uid: "${datasource}" };

function models(thresholds = {}): Model[] {
  return Object.values(dashboardFiles(thresholds)).map((text) => JSON.parse(text));
}

const byUid = (uid: string, thresholds = {}): Model => {
  const found = models(thresholds).find((model) => model.uid === uid);
  if (!found) throw new Error(`there is no dashboard ${uid}`);
  return found;
};

test("there is a file for each dashboard, named by its uid", () => {
  expect(Object.keys(dashboardFiles({}))).toEqual(dashboards.map(({ uid }) => `${uid}.json`));
});

const all: readonly Dashboard[] = dashboards;
describe.each(all)("$uid", (dashboard) => {
  const model = byUid(dashboard.uid);

  test("is a bare model whose panels are those of the catalogue", () => {
    expect(model).toMatchObject({ uid: dashboard.uid, title: dashboard.title, editable: false });
    for (const key of ["id", "version", "dashboard"]) expect(model).not.toHaveProperty(key);
    expect(
      model.panels.map(({ title, type, fieldConfig, targets }) => ({
        title,
        visualization: type,
        unit: fieldConfig.defaults.unit,
        queries: targets.map(({ expr, legendFormat }) => ({ expression: expr, legend: legendFormat })),
      })),
    ).toEqual(
      Object.values(dashboard.panels).map(({ title, visualization, unit, queries }) => ({
        title,
        visualization,
        unit,
        queries,
      })),
    );
  });

  test("its panels count from 1, lie side by side and do not overlap", () => {
    expect(model.panels.map(({ id }) => id)).toEqual(model.panels.map((_, index) => index + 1));
    const cells = model.panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`);
    });
    expect(cells).toHaveLength(new Set(cells).size);
  });

  test("asks the datasource that a person chooses, and has the variables that it uses", () => {
    for (const panel of model.panels) {
      expect([panel.datasource, ...panel.targets.map(({ datasource }) => datasource)]).toEqual(
        Array(panel.targets.length + 1).fill(DATASOURCE),
      );
      const refIds = panel.targets.map(({ refId }) => refId);
      expect(refIds).toEqual([...new Set(refIds)]);
    }
    const variables = model.templating.list.map(({ name }) => name);
    const used = [...JSON.stringify(model.panels).matchAll(/\$\{?([a-z]\w*)/g)].map(([, name]) => name);
    expect(new Set(used)).toEqual(new Set(variables));
  });
});

describe("threshold lines", () => {
  const steps = (uid: string, title: string, thresholds = {}) =>
    byUid(uid, thresholds).panels.find((panel) => panel.title === title)?.fieldConfig.defaults.thresholds
      .steps;

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

  test("are absent where no alert watches", () => {
    expect(steps("agentpay-metrics", "Active Conversations")).toEqual([{ value: null, color: "green" }]);
  });
});
