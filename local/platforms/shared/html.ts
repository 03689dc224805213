/** HTML that needs no escaping any more. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | null | undefined | false | readonly Part[];

/** Template for HTML: every value is escaped unless it is `Html` itself. Lists are joined; nothing prints as nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(String.raw({ raw: strings }, ...parts.map(render)));
}

function render(part: Part): string {
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map(render).join("");
  if (part === null || part === undefined || part === false) return "";
  return escaped(String(part));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

export interface Page {
  readonly title: string;
  /** One line under the title. */
  readonly subtitle: string;
  readonly accent: string;
  readonly body: Html;
  /** Seconds until the page loads itself again. Default: never. */
  readonly refresh?: number;
}

/** A complete page without any external asset. */
export function page({ title, subtitle, accent, body, refresh }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${refresh && html`<meta http-equiv="refresh" content="${refresh}">`}
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body style="--accent: ${accent}">
<header><h1><a href="/">${title}</a></h1><p>${subtitle}</p></header>
<main>${body}</main>
</body>
</html>
`.text;
}

/** A table, or `empty` where there is no row. */
export function table(headings: readonly string[], rows: readonly (readonly Part[])[], empty: string): Html {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  return html`<table><thead><tr>${headings.map((heading) => html`<th>${heading}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>\n`)}</tbody></table>`;
}

/** A coloured word: `triggered`, `acknowledged`, `resolved`, `error`, ... */
export function badge(word: string): Html {
  return html`<span class="badge ${word}">${word}</span>`;
}

const STYLE = new Html(`
:root { color-scheme: light dark; --line: light-dark(#e3e6ea, #31363d); --quiet: light-dark(#667080, #98a2b0); }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; background: light-dark(#f7f8fa, #15181c); color: light-dark(#1c2127, #e6e9ed); }
header { padding: 1rem 2rem; border-top: 4px solid var(--accent); background: light-dark(#fff, #1c2025); border-bottom: 1px solid var(--line); }
header h1 { margin: 0; font-size: 1.25rem; } header p { margin: 0; color: var(--quiet); }
a { color: inherit; } header a { text-decoration: none; }
main { padding: 1rem 2rem 3rem; max-width: 80rem; }
h2 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
table { width: 100%; border-collapse: collapse; background: light-dark(#fff, #1c2025); border: 1px solid var(--line); border-radius: 6px; }
th, td { text-align: left; padding: .45rem .75rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-size: .8rem; font-weight: 600; color: var(--quiet); } tr:last-child td { border-bottom: 0; }
small, .empty { color: var(--quiet); } code { font-size: .85em; overflow-wrap: anywhere; }
:target { outline: 2px solid var(--accent); }
.badge { padding: .1rem .5rem; border-radius: 1rem; font-size: .8rem; font-weight: 600; background: var(--line); }
.triggered, .critical, .fatal, .error { background: #d4351c; color: #fff; } .acknowledged, .warning { background: #e8a200; color: #221a00; }
.resolved, .info { background: #1f8a4c; color: #fff; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(22rem, 1fr)); gap: .75rem; }
.panel { background: light-dark(#fff, #1c2025); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; }
.panel h3 { margin: 0; font-size: .95rem; } .panel p { margin: .15rem 0; }
.panel svg { width: 100%; height: 5rem; } .panel ul { list-style: none; margin: .25rem 0 0; padding: 0; font-size: .85rem; }
.panel li { display: flex; justify-content: space-between; gap: 1rem; } .wide { grid-column: 1 / -1; margin: 1rem 0 0; }
`);
