/** Where a dashboard's panels stand: in reading order, as many side by side as Grafana's 24 columns hold. */
import type { Panel, Visualization } from "../catalog/dashboards/dashboard.ts";

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

const COLUMNS = 24;
const ROW_HEIGHT = 1;

const SIZES: Readonly<Record<Visualization, { readonly w: number; readonly h: number }>> = {
  timeseries: { w: 12, h: 8 },
  stat: { w: 6, h: 5 },
  bargauge: { w: 12, h: 5 },
  table: { w: 24, h: 9 },
  heatmap: { w: 12, h: 8 },
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
  const line = { x: 0, y: 0, height: 0 };
  let title: string | undefined;
  const breakLine = () => Object.assign(line, { x: 0, y: line.y + line.height, height: 0 });
  for (const [index, [key, panel]] of Object.entries(panels).entries()) {
    title = panel.row ?? title;
    if (!shown(panel)) continue;
    if (title !== undefined) {
      breakLine();
      placed.push({ row: title, position: { x: 0, y: line.y, w: COLUMNS, h: ROW_HEIGHT } });
      line.y += ROW_HEIGHT;
      title = undefined;
    }
    const { w, h } = { ...SIZES[panel.visualization], ...(panel.width && { w: panel.width }) };
    if (line.x + w > COLUMNS) breakLine();
    placed.push({ key, panel, id: index + 1, position: { x: line.x, y: line.y, w, h } });
    line.x += w;
    line.height = Math.max(line.height, h);
  }
  return placed;
}
