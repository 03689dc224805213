/** A timeline as SVG within a page: no script, nothing that is loaded. */
import { escaped } from "./escaped.ts";
import type { Curve, Lane, Mark, Timeline } from "./timeline.ts";

/** In units of the picture, which is as wide as the page. */
const WIDTH = 900;
const NAMES = 150;
const LANE = 18;
const CURVE = 90;
const AXIS = 18;
/** What is shorter would not be seen. */
const SHORTEST = 2;
const COLORS: Readonly<Record<Mark["kind"], string>> = {
  good: "#1a7f37",
  bad: "#cf222e",
  plain: "#0969da",
  faint: "#8c959f",
};
const MOST_TICKS = 8;
const DAY = 86_400_000;
const STEPS = [1 / 1440, 5 / 1440, 15 / 1440, 1 / 24, 3 / 24, 6 / 24, 1, 2, 5, 10, 30, 90].map(
  (days) => days * DAY,
);

type Across = (time: number) => number;

export function svgOf(timeline: Timeline): string {
  const { from, to, label, unknown, curve, lanes } = timeline;
  const across: Across = (time) =>
    NAMES + ((Math.min(to, Math.max(from, time)) - from) / (to - from)) * (WIDTH - NAMES);
  const top = curve ? CURVE + 8 : 0;
  const bottom = top + lanes.length * LANE;
  const shade = unknown.map((gap) =>
    rectangle(across(gap.from), 0, across(gap.to) - across(gap.from), bottom, "#eaeef2", "no data"),
  );
  return [
    `<svg viewBox="0 0 ${WIDTH} ${bottom + AXIS}" width="100%" role="img" aria-label="${escaped(label)}" font-size="11" font-family="Helvetica,Arial,sans-serif">`,
    ...shade,
    ...(curve ? curveOf(curve, across) : []),
    ...lanes.flatMap((lane, index) => laneOf(lane, top + index * LANE, across)),
    ...axis(timeline, bottom, across),
    "</svg>",
  ].join("\n");
}

function laneOf({ name, marks }: Lane, top: number, across: Across): string[] {
  return [
    text(0, top + 13, name, "#1b1f24"),
    rectangle(NAMES, top + LANE - 1, WIDTH - NAMES, 0.5, "#d0d7de"),
    ...marks.map(({ from, to, kind, title }) =>
      rectangle(
        across(from),
        top + 3,
        Math.max(SHORTEST, across(to) - across(from)),
        LANE - 7,
        COLORS[kind],
        title,
      ),
    ),
  ];
}

function curveOf({ name, limit, points }: Curve, across: Across): string[] {
  const values = points.map(({ value }) => value).filter(Number.isFinite);
  const [least, most] = [Math.min(0, limit, ...values), Math.max(limit, ...values)];
  const up = (value: number) => 4 + (1 - (value - least) / (most - least || 1)) * (CURVE - 8);
  const pieces: string[][] = [[]];
  for (const { at, value } of points) {
    if (Number.isFinite(value)) pieces.at(-1)?.push(`${fixed(across(at))},${fixed(up(value))}`);
    else pieces.push([]);
  }
  return [
    text(0, 13, name, "#1b1f24"),
    text(0, up(limit) < 26 ? 28 : up(limit) + 4, `limit ${limit}`, COLORS.bad),
    ...pieces
      .filter((piece) => piece.length > 0)
      .map((piece) => `<polyline points="${piece.join(" ")}" fill="none" stroke="${COLORS.plain}"/>`),
    `<line x1="${NAMES}" x2="${WIDTH}" y1="${fixed(up(limit))}" y2="${fixed(up(limit))}" stroke="${COLORS.bad}" stroke-dasharray="4 3"/>`,
  ];
}

function axis({ from, to, timeZone }: Timeline, top: number, across: Across): string[] {
  const step = STEPS.find((each) => (to - from) / each <= MOST_TICKS) ?? to - from;
  const shown = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    ...(step < DAY
      ? { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }
      : { month: "2-digit", day: "2-digit" }),
  });
  const ticks: number[] = [];
  for (let time = Math.ceil(from / step) * step; time < to; time += step) ticks.push(time);
  return ticks.flatMap((time) => [
    rectangle(across(time), 0, 0.5, top, "#d0d7de"),
    text(across(time) + 2, top + 13, shown.format(time), "#57606a"),
  ]);
}

function rectangle(x: number, y: number, width: number, height: number, fill: string, title = ""): string {
  const told = title === "" ? "" : `<title>${escaped(title)}</title>`;
  return `<rect x="${fixed(x)}" y="${fixed(y)}" width="${fixed(width)}" height="${fixed(height)}" fill="${fill}">${told}</rect>`;
}

function text(x: number, y: number, content: string, fill: string): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" fill="${fill}">${escaped(content)}</text>`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}
