/** The tables of a weekly review: error budgets, and the guide's executive figures. */
import { type Block, type Line, link, oneLine } from "../document/blocks.ts";
import type { Budgets, Figure, Review } from "./model.ts";
import { ofMonth, percent, usd } from "./words.ts";

export function budgetBlocks({ objectives, unknown }: Budgets): readonly Block[] {
  return [
    ...(objectives.length > 0
      ? [
          {
            head: ["Objective", "The week spent", "Left", "Runs out"],
            rows: objectives.map(({ promise, url, target, spent, left, runsOut }): readonly Line[] => [
              [link(`${percent(target)} of ${promise}`, url)],
              [percent(spent)],
              [percent(left)],
              [
                left < 0 && runsOut !== undefined
                  ? "overspent"
                  : runsOut === undefined
                    ? "not at this pace"
                    : ofMonth(runsOut),
              ],
            ]),
          },
        ]
      : []),
    ...(unknown.length > 0
      ? [{ paragraph: [`Not known, since nothing was recorded in the week: ${unknown.join(", ")}.`] }]
      : []),
  ];
}

export function figureBlocks({ figures, remarks }: Pick<Review, "figures" | "remarks">): readonly Block[] {
  return [
    {
      head: ["", "This week", "Before", "Change"],
      rows: figures.map((figure): readonly Line[] => [
        [link(figure.name, figure.url)],
        [shown(figure.value, figure.unit)],
        [shown(figure.before, figure.unit)],
        [changeOf(figure)],
      ]),
    },
    ...(remarks.length > 0 ? [{ paragraph: [remarks.map((remark) => oneLine(remark)).join(" ")] }] : []),
  ];
}

function shown(value: number | undefined, unit: Figure["unit"]): string {
  if (value === undefined) return "not known";
  switch (unit) {
    case "number":
      return value.toLocaleString("en-US", { maximumFractionDigits: 0 });
    case "share":
      // Three nines and four nines are two promises.
      return `${Number((value * 100).toFixed(3))}%`;
    case "usd":
      return usd(value);
    case "cents":
      return usd(value, 4);
    case "seconds":
      return `${Math.round(value * 1000)} ms`;
  }
}

/** Of shares in points: a rate that doubles from nearly nothing is no news. */
function changeOf({ value, before, unit, incomparable }: Figure): string {
  if (incomparable) return "not comparable";
  if (value === undefined || before === undefined) return "";
  const sign = (difference: number) => (difference > 0 ? "+" : "");
  if (unit === "share") {
    const points = Number(((value - before) * 100).toFixed(2)) || 0;
    return `${sign(points)}${points} points`;
  }
  if (before === 0) return "";
  return `${sign(value / before - 1)}${percent(value / before - 1)}`;
}
