/** What an adoption would do, for people. */
import type { Adoption, Row } from "./adoption.ts";
import type { Change } from "./outcomes.ts";

const HEADINGS = {
  conflict: "Conflicts: solve them first",
  adopt: "Adopted: there already",
  up: "Left to the next up, which makes none twice",
  make: "Made by the next up: not there",
} as const satisfies Record<Row["action"], string>;

const LONGEST_VALUE = 60;

export function report({ rows }: Pick<Adoption, "rows">): string {
  const parts = (Object.keys(HEADINGS) as Row["action"][]).flatMap((action) => {
    const of = rows.filter((row) => row.action === action);
    return of.length === 0 ? [] : [`${HEADINGS[action]} (${of.length})`, ...of.flatMap(lines), ""];
  });
  return [...parts, total(rows)].join("\n");
}

export function total(rows: readonly Row[]): string {
  const count = (action: Row["action"]) => rows.filter((row) => row.action === action).length;
  const changed = rows.filter(({ action, changes = [] }) => action === "adopt" && changes.length > 0).length;
  return `${rows.length} resources: ${count("adopt")} to adopt, of which ${changed} change, ${count("make")} to make, ${count("up")} left to up, ${count("conflict")} conflicts`;
}

function lines({ type, name, id, changes = [], note }: Row): string[] {
  return [
    `  ${type.split(":").at(-1)} ${name}${id === undefined ? "" : `  ${id}`}`,
    ...(note === undefined ? [] : [`      ${note}`]),
    ...changes.map((change) => `      ${told(change)}`),
  ];
}

function told({ property, from, to }: Change): string {
  return `${property}: ${shown(from)} -> ${shown(to)}`;
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  const text = JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}...` : text;
}
