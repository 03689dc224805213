/** A document as a page of its own, which a mail client shows as well: no script, nothing that is loaded. */
import type { Block, Line, Span } from "./blocks.ts";
import { escaped } from "./escaped.ts";
import { svgOf } from "./timeline-svg.ts";

const CELL = "padding:3px 14px 3px 0;vertical-align:top;border-bottom:1px solid #e3e6e8";

/** @param title without markup */
export function htmlOf(title: string, blocks: readonly Block[]): string {
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width">',
    `<title>${escaped(title)}</title></head>`,
    '<body style="font-family:Helvetica,Arial,sans-serif;font-size:14px;line-height:1.45;color:#1b1f24;max-width:60em;margin:1.5em auto;padding:0 1em">',
    ...blocks.map(blockOf),
    "</body></html>\n",
  ].join("\n");
}

function blockOf(block: Block): string {
  if ("heading" in block) {
    const { level, heading } = block;
    const style = level === 1 ? "font-size:20px;margin:0 0 8px" : "font-size:15px;margin:20px 0 4px";
    return `<h${level} style="${style}">${escaped(heading)}</h${level}>`;
  }
  if ("timeline" in block) return svgOf(block.timeline);
  if ("paragraph" in block) return `<p style="margin:6px 0">${lineOf(block.paragraph)}</p>`;
  if ("list" in block) {
    const tag = block.numbered ? "ol" : "ul";
    const items = block.list.map((line) => `<li>${lineOf(line)}</li>`);
    return `<${tag} style="margin:6px 0;padding-left:22px">${items.join("")}</${tag}>`;
  }
  const aligned = (index: number) => (index === 0 ? CELL : `${CELL};text-align:right`);
  const head = block.head.map(
    (text, index) =>
      `<th style="${aligned(index)}${index === 0 ? ";text-align:left" : ""};color:#57606a;font-weight:normal">${escaped(text)}</th>`,
  );
  const rows = block.rows.map((cells) => {
    const shown = cells.map((line, index) => `<td style="${aligned(index)}">${lineOf(line)}</td>`);
    return `<tr>${shown.join("")}</tr>`;
  });
  return `<table style="border-collapse:collapse"><thead><tr>${head.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function lineOf(line: Line): string {
  return line.map(spanOf).join("");
}

function spanOf(span: Span): string {
  if (typeof span === "string") return escaped(span);
  if ("code" in span) return `<code>${escaped(span.code)}</code>`;
  return `<a href="${escaped(span.url)}">${escaped(span.text)}</a>`;
}
