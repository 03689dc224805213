/** The check's answer in Markdown, and the table of docs/vendors.md. */
import type { VendorsResult } from "./check.ts";
import type { Reliance } from "./reliance.ts";

/** One line, such as `Vendors: 2 things have moved or end soon`. */
export function headline({ status, findings, unasked }: VendorsResult): string {
  if (status === "clean") return "Vendors: all is as it was written down";
  if (status === "incomplete")
    return `Vendors: nothing has moved, but ${count(unasked.length, "source")} could not be asked`;
  return `Vendors: ${count(findings.length, "thing")} moved or about to end`;
}

const count = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;

export function report(result: VendorsResult): string {
  const { findings, unasked, day } = result;
  return [
    `### ${headline(result)}`,
    `As of ${day}. What is relied on, and where it is from: docs/vendors.md.`,
    ...(findings.length > 0
      ? [list(findings.map(({ what, text, file }) => `**${what}** ${text}. See \`${file}\`.`))]
      : []),
    ...(unasked.length > 0
      ? [`Could not be asked:\n\n${list(unasked.map(({ what, reason }) => `${what}: ${reason}`))}`]
      : []),
  ].join("\n\n");
}

const list = (lines: readonly string[]) => lines.map((line) => `- ${line}`).join("\n");

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("{", "\\{");

/** docs/vendors.md, whole. */
export function vendorsPage(reliances: readonly Reliance[]): string {
  const rows = reliances.map(({ vendor, kind, what, file, ends, source, seen, ask }) => {
    const end = ends ? `${ends.on}: ${ends.how}` : "";
    const cells = [vendor, kind, what, `[${file}](../${file})`, end, source, seen, ask ? "yes" : ""];
    return `| ${cells.map(cell).join(" | ")} |`;
  });
  return [
    "# What we rely on",
    "",
    "Written by `npm run ops -- generate vendors`; the data is in [operations/vendors/reliances.ts](../operations/vendors/reliances.ts). Once a week",
    "`npm run ops -- vendors check` asks the sources that a program can ask, and opens an issue where something has moved or",
    "ends within 60 days. Models and their prices, with the day of each, are in",
    "[catalog/llm-prices.ts](../catalog/llm-prices.ts), compared with litellm's and genai-prices' lists.",
    "",
    "What a vendor's answer itself says of its end (`Deprecation`, `Sunset`, Sentry's own header) is told by `npm run verify`,",
    "the drift check, the review and the deployment, with the file that relies on it; the daily drift check keeps an issue of",
    "it. Answers to the official provider plugins are the plugins' alone: of those the weekly check knows.",
    "",
    "| Vendor | Kind | What | Relied on by | Ends | Source | Seen | Asked weekly |",
    "|---|---|---|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}
