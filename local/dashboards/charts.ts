/** Panels as SVG, drawn by ECharts without a browser. */
import { HeatmapChart, LineChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, VisualMapComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { axisOf } from "./axis.ts";
import type { Mark, Named, PanelData } from "./data.ts";
import type { Panel } from "./model.ts";
import type { TimeRange } from "./prometheus.ts";
import { formatValue } from "./units.ts";

use([GridComponent, HeatmapChart, LineChart, MarkLineComponent, SVGRenderer, VisualMapComponent]);

/** Of Grafana's dark theme. */
const THRESHOLD_COLORS: Readonly<Record<string, string>> = {
  green: "#73bf69",
  orange: "#ff9830",
  red: "#f2495c",
  blue: "#5794f2",
  gray: "#8e8e8e",
};
const PALETTE = [
  ...["#73bf69", "#f2cc0c", "#8ab8ff", "#ff780a", "#f2495c", "#5794f2", "#b877d9", "#705da0"],
  ...["#37872d", "#fade2a", "#447ebc", "#c15c17"],
];
const AXIS = "rgba(204, 204, 220, 0.65)";
const LINES = "rgba(204, 204, 220, 0.09)";

/** The axes' labels stand inside it. */
const GRID = {
  ...{ left: 8, right: 12, top: 14, bottom: 4 },
  ...{ outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
};
/** Areas of more series than this would only darken one another. */
const MOST_AREAS = 4;
/** Of a heatmap's largest value. */
const NOISE = 1e-9;

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A colour that a dashboard names, as Grafana's dark theme has it. */
export function hex(name: string): string {
  return THRESHOLD_COLORS[name] ?? name;
}

/** The colour of a panel's series, by its place. */
export function colorOf(index: number): string {
  return PALETTE[index % PALETTE.length] ?? AXIS;
}

export function lineChart(
  { panel, series }: PanelData,
  range: TimeRange,
  marks: readonly Mark[],
  size: Size,
): string {
  const values = series.flatMap(({ points }) => points.map(([, value]) => value));
  const axis = axisOf(values, panel.unit, panel.reach);
  // One beyond the axis is left out, as Grafana leaves it out.
  const lines = alarmLines(panel)
    .filter(({ value }) => value <= axis.max)
    .map(({ value, color }) => ({
      yAxis: value,
      lineStyle: { color, type: "dashed", width: 1 },
      label: {
        color,
        formatter: formatValue(value, panel.unit),
        position: "insideEndTop",
        fontSize: 10,
      },
    }));
  return draw(size, {
    grid: GRID,
    xAxis: timeAxis(extent(series, range)),
    yAxis: {
      type: "value",
      ...axis,
      axisLabel: { color: AXIS, fontSize: 11, formatter: (value: number) => formatValue(value, panel.unit) },
      splitLine: { lineStyle: { color: LINES } },
    },
    series: series.map((one, index) => ({
      type: "line",
      data: one.points.map(([time, value]) => [time * 1000, Number.isFinite(value) ? value : null]),
      showSymbol: one.points.length < 3,
      symbolSize: 5,
      lineStyle: { width: 1.4, color: colorOf(index) },
      itemStyle: { color: colorOf(index) },
      areaStyle: { color: colorOf(index), opacity: series.length > MOST_AREAS ? 0 : 0.1 },
      ...(index === 0 && {
        markLine: { symbol: "none", silent: true, data: [...lines, ...marks.map(markLine)] },
      }),
    })),
  });
}

function markLine({ time, color }: Mark) {
  const lineStyle = { color: hex(color), type: "dotted", width: 1 };
  return { xAxis: time * 1000, lineStyle, label: { show: false } };
}

/** A threshold's line has the colour of its bad side: below it, where all is well above the last. */
function alarmLines({ thresholds, baseColor }: Panel): { value: number; color: string }[] {
  const below = [baseColor, ...thresholds.map(({ color }) => color)];
  return thresholds.map(({ value, color }, index) => {
    const bad = baseColor === "green" ? color : (below[index] ?? color);
    return { value, color: hex(bad) };
  });
}

/** What stands behind a number: its course, without axes. */
export function sparkline(one: Named, color: string, size: Size): string {
  return draw(size, {
    grid: { left: 0, right: 0, top: 4, bottom: 0 },
    xAxis: { type: "time", show: false },
    yAxis: { type: "value", show: false, scale: true },
    series: [
      {
        type: "line",
        data: one.points.map(([time, value]) => [time * 1000, Number.isFinite(value) ? value : null]),
        showSymbol: false,
        lineStyle: { width: 1.2, color },
        areaStyle: { color, opacity: 0.2 },
      },
    ],
  });
}

/** Cumulative buckets as bands: each holds what the one below it does not. */
export function heatmap({ panel, series }: PanelData, size: Size): string {
  const buckets = series
    .map((one) => ({ ...one, bound: Number(one.labels["le"]?.replace("+Inf", "Infinity")) }))
    .toSorted((one, other) => one.bound - other.bound);
  const times = [...new Set(buckets.flatMap(({ points }) => points.map(([time]) => time)))].toSorted(
    (one, other) => one - other,
  );
  const cells = buckets.flatMap(({ points }, row) => {
    const below = new Map(buckets[row - 1]?.points ?? []);
    return points.map(
      ([time, value]) => [times.indexOf(time), row, Math.max(value - (below.get(time) ?? 0), 0)] as const,
    );
  });
  const most = Math.max(Number.EPSILON, ...cells.map(([, , value]) => value));
  // Nothing is in the buckets above, but the noise of sums of fractions.
  const top = Math.max(0, ...cells.map(([, row, value]) => (value > most * NOISE ? row : 0)));
  return draw(size, {
    grid: GRID,
    xAxis: {
      type: "category",
      data: times.map((time) => clock(time * 1000)),
      axisLabel: { color: AXIS, fontSize: 11 },
      axisLine: { lineStyle: { color: LINES } },
      axisTick: { show: false },
    },
    yAxis: {
      type: "category",
      data: buckets
        .slice(0, top + 1)
        .map(({ bound }) => (Number.isFinite(bound) ? formatValue(bound, panel.unit) : "more")),
      axisLabel: { color: AXIS, fontSize: 11 },
      axisLine: { show: false },
      axisTick: { show: false },
    },
    visualMap: {
      show: false,
      min: 0,
      max: most,
      inRange: { color: ["#181b1f", "#3b1f4e", "#8c2981", "#de4968", "#fe9f6d", "#fcfdbf"] },
    },
    series: [{ type: "heatmap", data: cells.filter(([, row]) => row <= top) }],
  });
}

/** From the chart's range; from the points where they are of another time, as days from a database are. */
function extent(series: readonly Named[], range: TimeRange): { min: number; max: number } {
  const times = series.flatMap(({ points }) => points.map(([time]) => time));
  return { min: Math.min(range.from, ...times) * 1000, max: range.to * 1000 };
}

function timeAxis({ min, max }: { min: number; max: number }) {
  const days = max - min > 2 * 86_400_000;
  return {
    type: "time",
    min,
    max,
    splitNumber: 5,
    axisLabel: {
      color: AXIS,
      fontSize: 11,
      hideOverlap: true,
      formatter: (time: number) => (days ? new Date(time).toISOString().slice(5, 10) : clock(time)),
    },
    axisLine: { lineStyle: { color: LINES } },
    axisTick: { show: false },
    splitLine: { show: true, lineStyle: { color: LINES } },
  };
}

function clock(time: number): string {
  return new Date(time).toISOString().slice(11, 16);
}

function draw({ width, height }: Size, option: EChartsCoreOption): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: "Inter, sans-serif" }, ...option });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}
