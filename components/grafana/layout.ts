/** Where a dashboard's panels stand: in reading order, side by side, each line filled to the edge of Grafana's grid. */
import type { Panel, Visualization } from "../../catalog/dashboards/dashboard.ts";

export interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** A panel, by its place in the catalogue, or the title of a row. */
export type Placed = (
  | { readonly row: string }
  | { readonly key: string; readonly panel: Panel; readonly id: number }
) & { readonly position: GridPosition };

interface Member {
  readonly key: string;
  readonly panel: Panel;
  readonly id: number;
  /** What it takes where the line leaves it as it is. */
  readonly w: number;
  readonly h: number;
}

interface Section {
  readonly title: string | undefined;
  readonly members: Member[];
}

const COLUMNS = 24;
const ROW_HEIGHT = 1;
/** More side by side than this is narrow on a laptop. */
const MOST_MADE_TO_SHARE = 3;

const SIZES: Readonly<Record<Visualization, { readonly w: number; readonly h: number }>> = {
  timeseries: { w: 12, h: 8 },
  stat: { w: 6, h: 5 },
  bargauge: { w: 12, h: 7 },
  table: { w: 24, h: 9 },
  heatmap: { w: 12, h: 8 },
  "state-timeline": { w: 12, h: 7 },
};

/**
 * Panel ids count from 1 in the catalogue's order, whether or not a stack shows the panel: links to them stay.
 * @param shown whether a stack shows the panel
 */
export function layOut(
  panels: Readonly<Record<string, Panel>>,
  shown: (panel: Panel) => boolean = () => true,
): Placed[] {
  const placed: Placed[] = [];
  let y = 0;
  for (const { title, members } of sectionsOf(panels, shown)) {
    if (title !== undefined) {
      placed.push({ row: title, position: { x: 0, y, w: COLUMNS, h: ROW_HEIGHT } });
      y += ROW_HEIGHT;
    }
    for (const line of linesOf(members)) {
      placed.push(...placedOn(line, y));
      y += heightOf(line);
    }
  }
  return placed;
}

/** A section begins with each panel that has a row's title; with the next one where a stack does not show that. */
function sectionsOf(panels: Readonly<Record<string, Panel>>, shown: (panel: Panel) => boolean): Section[] {
  const sections: Section[] = [];
  let title: string | undefined;
  for (const [index, [key, panel]] of Object.entries(panels).entries()) {
    title = panel.row ?? title;
    if (!shown(panel)) continue;
    if (title !== undefined || sections.length === 0) sections.push({ title, members: [] });
    title = undefined;
    const size = { ...SIZES[panel.visualization], ...(panel.width && { w: panel.width }) };
    sections.at(-1)?.members.push({ key, panel, id: index + 1, ...size });
  }
  return sections;
}

/** As many side by side as there is room for. One that is left alone joins the line before, where that is short. */
function linesOf(members: readonly Member[]): Member[][] {
  const lines: Member[][] = [];
  for (const member of members) {
    const line = lines.at(-1);
    if (line && widthOf(line) + member.w <= COLUMNS) line.push(member);
    else lines.push([member]);
  }
  const [before, last] = lines.slice(-2);
  const [alone] = last ?? [];
  if (before && last?.length === 1 && alone && alone.w < COLUMNS && before.length < MOST_MADE_TO_SHARE) {
    return [...lines.slice(0, -2), [...before, alone]];
  }
  return lines;
}

/** Widened or narrowed in proportion until the line is full, and all as high as the highest. */
function placedOn(line: readonly Member[], y: number): Placed[] {
  const total = widthOf(line);
  const h = heightOf(line);
  let taken = 0;
  return line.map(({ key, panel, id, w }) => {
    const x = Math.round((taken / total) * COLUMNS);
    taken += w;
    return { key, panel, id, position: { x, y, w: Math.round((taken / total) * COLUMNS) - x, h } };
  });
}

function widthOf(line: readonly Member[]): number {
  return line.reduce((sum, { w }) => sum + w, 0);
}

function heightOf(line: readonly Member[]): number {
  return Math.max(...line.map(({ h }) => h));
}
