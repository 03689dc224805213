/** One part of docs/benchmarks.md. */
export interface Section {
  readonly title: string;
  /** What was measured, and how; before the table. */
  readonly text: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export interface BenchOptions {
  /** Fewer takes, less load: minutes instead of a quarter of an hour. */
  readonly quick: boolean;
  /** One line for people about what happens. */
  readonly report: (line: string) => void;
}

export function asMarkdown({ title, text, head, rows }: Section): string {
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  const rule = row(head.map((_, index) => (index === 0 ? "---" : "---:")));
  return [`## ${title}`, "", text, "", row(head), rule, ...rows.map(row)].join("\n");
}

export const micro = (value: number) => `${(value * 1e6).toFixed(0)} µs`;
export const milli = (value: number) => `${(value * 1e3).toFixed(1)} ms`;
export const seconds = (value: number) => `${value.toFixed(1)} s`;
