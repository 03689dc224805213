/** States over time: what Grafana calls a state timeline. */
import { type Html, html } from "../platforms/shared/html.ts";
import { hex } from "./charts.ts";
import type { DashboardData, Named, PanelData } from "./data.ts";

/** A strip for each series, in the colour of its state at each time. */
export function stateTimeline(
  { panel, series }: PanelData,
  { from, to, step }: DashboardData["range"],
): Html {
  const share = (seconds: number) => `${((seconds / (to - from)) * 100).toFixed(2)}%`;
  const seen = new Map<string, { text: string; color: string }>();
  const strips = series.map(({ legend: name, points }) => {
    const parts = stretches(points, step).map(({ value, start, end }) => {
      const state = panel.states[value] ?? { text: String(value), color: "gray" };
      seen.set(state.text, state);
      const place = `left: ${share(start - from)}; width: ${share(Math.min(end, to) - start)}`;
      return html`<i title="${state.text}" style="${place}; background: ${hex(state.color)}"></i>`;
    });
    return html`<span>${name}</span><div>${parts}</div>`;
  });
  const entries = [...seen.values()].map(
    ({ text, color }) => html`<li><i style="background: ${hex(color)}"></i>${text}</li>`,
  );
  return html`<div class="states">${strips}</div><ul>${entries}</ul>`;
}

interface Stretch {
  readonly value: number;
  readonly start: number;
  end: number;
}

/** Times of one value without a gap; each point stands for the step after it. */
function stretches(points: Named["points"], step: number): Stretch[] {
  const found: Stretch[] = [];
  for (const [time, value] of points) {
    const last = found.at(-1);
    if (last && last.value === value && time <= last.end) last.end = time + step;
    else found.push({ value, start: time, end: time + step });
  }
  return found;
}
