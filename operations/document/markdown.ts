/** A document in GitHub's Markdown, which is also what a terminal and a mail's text show. */
import type { Block, Line, Span } from "./blocks.ts";

export function markdownOf(blocks: readonly Block[]): string {
  return `${blocks.map(blockOf).join("\n\n")}\n`;
}

function blockOf(block: Block): string {
  if ("heading" in block) return `${"#".repeat(block.level)} ${escaped(block.heading)}`;
  if ("timeline" in block) return escaped(block.timeline.label);
  if ("paragraph" in block) return lineOf(block.paragraph);
  if ("list" in block) {
    return block.list
      .map((line, index) => `${block.numbered ? `${index + 1}.` : "-"} ${lineOf(line)}`)
      .join("\n");
  }
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    row(block.head.map(escaped)),
    `|${block.head.map((_, index) => (index === 0 ? "---" : "---:")).join("|")}|`,
    ...block.rows.map((cells) => row(cells.map(lineOf))),
  ].join("\n");
}

function lineOf(line: Line): string {
  return line.map(spanOf).join("");
}

function spanOf(span: Span): string {
  if (typeof span === "string") return escaped(span);
  if ("code" in span) return `\`${span.code}\``;
  return `[${escaped(span.text)}](${addressOf(span.url)})`;
}

/** What would end the link, or a table's cell. */
function addressOf(url: string): string {
  return new URL(url).href.replaceAll(/[()|\\<>\s]/g, (sign) =>
    encodeURIComponent(sign).replace("(", "%28").replace(")", "%29"),
  );
}

/** Seen by nobody; what GitHub would make of a text ends there. */
const NOTHING = "\u200b";

/**
 * A text that says what it says, and makes no link, mention, reference or markup. GitHub looks for the last three in what
 * is rendered, where a backslash is gone.
 */
function escaped(text: string): string {
  return (
    text
      .replaceAll(/[\\`*_{}[\]<>|~$]/g, "\\$&")
      // A list, a heading, or a rule.
      .replace(/^([-+=]+|#{1,6})(?=\s|$)/, "\\$1")
      .replace(/^(\d+)([.)])(?=\s|$)/, "$1\\$2")
      .replaceAll("&", "&amp;")
      .replaceAll(/@(?=\w)/g, `@${NOTHING}`)
      .replaceAll(/#(?=\d)/g, `#${NOTHING}`)
      .replaceAll("://", `:${NOTHING}//`)
      .replaceAll(/www\./gi, (start) => `${start.slice(0, 3)}${NOTHING}.`)
  );
}
