/** Tables, of SQL and of labels. */
import { type Html, html } from "../platforms/shared/html.ts";
import { lastOf, type Named } from "./data.ts";
import type { Panel } from "./model.ts";
import type { Cell, Table } from "./postgres.ts";
import { formatValue } from "./units.ts";

const SHOWN_ROWS = 60;

/** Each series is a row of its labels, as Grafana's table of a query in the format "table". */
export function labelTable(panel: Panel, series: readonly Named[]): Html {
  const labels = [...new Set(series.flatMap((one) => Object.keys(one.labels)))];
  const rows = series.map((one) => [...labels.map((label) => one.labels[label] ?? ""), lastOf(one) ?? null]);
  return sqlTable(panel, { columns: [...labels, "Value"], rows });
}

export function sqlTable(panel: Panel, { columns, rows }: Table): Html {
  return html`<div class="scroll"><table><thead><tr>${columns.map((name) => html`<th>${name}</th>`)}</tr></thead>
<tbody>${rows.slice(0, SHOWN_ROWS).map((row) => html`<tr>${row.map((cell, index) => cellHtml(panel, columns[index] ?? "", cell))}</tr>`)}</tbody></table></div>`;
}

function cellHtml(panel: Panel, column: string, cell: Cell): Html {
  if (cell === null) return html`<td></td>`;
  if (cell instanceof Date) return html`<td>${cell.toISOString().slice(0, 10)}</td>`;
  if (typeof cell === "number") {
    return html`<td class="number">${formatValue(cell, panel.columnUnits[column] ?? "none")}</td>`;
  }
  const link = panel.columnLinks[column]?.replace("${__value.raw}", encodeURIComponent(cell));
  return html`<td>${link ? html`<a href="${link}">${cell}</a>` : cell}</td>`;
}
