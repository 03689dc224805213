/** A drift check's answer in Markdown: for a terminal, an issue, a summary of a run. */
import type { Drifted, DriftResult } from "./check.ts";

/** Rows that are shown: GitHub refuses a text of more than 65,536 characters. */
const ROWS = 100;

const BACKEND = "Check the name, and which backend `pulumi whoami --verbose` says that you are logged in to.";

/** One line, such as `production has drifted: 2 of 57 resources`. */
export function headline(result: DriftResult): string {
  const { stack } = result;
  switch (result.status) {
    case "clean":
      return `${stack} is clean: ${result.resources} resources are as the state says`;
    case "drifted":
      return `${stack} has drifted: ${result.drifted.length} of ${result.resources} resources`;
    case "no such stack":
      return `${stack}: there is no such stack`;
    case "empty":
      return `${stack} has no resources: the drift check saw nothing`;
    case "in doubt":
      return `${stack} is in doubt: an update was cut off while it was at ${result.pending.length} resources`;
    case "broken":
      return `${stack}: the drift check is broken, and says nothing about the platforms`;
  }
}

/** The same of what its vendors say will end. */
export function endsHeadline({ stack }: DriftResult, deprecated: readonly string[]): string {
  return `${stack}: its vendors say that ${deprecated.length === 1 ? "one thing" : `${deprecated.length} things`} it asks for will end`;
}

/** Resources by URN and property path. Never a value. */
export function report(result: DriftResult): string {
  return [`### ${headline(result)}`, ...details(result)].join("\n\n");
}

function details(result: DriftResult): string[] {
  switch (result.status) {
    case "clean":
      return ends(result.deprecated);
    case "drifted":
      return [table(result.drifted), advice(result.stack), ...ends(result.deprecated)];
    case "no such stack":
      return [BACKEND];
    case "empty":
      return [`Was it destroyed, or never deployed? Otherwise: ${BACKEND}`];
    case "in doubt":
      return [
        result.pending
          .map((urn) => `- \`${urn}\``)
          .slice(0, ROWS)
          .join("\n"),
        'What to do: docs/recovery.md, "Pending operations".',
      ];
    case "broken":
      return [
        ["```", result.reason.replaceAll("```", "'''"), "```"].join("\n"),
        ...unread(result.unread ?? []),
        `Try it by hand: \`npm run drift -- --stack ${result.stack}\`.`,
      ];
  }
}

/** What vendors say will end, and the file that relies on it: a change here that is still ahead. */
export function ends(deprecated: readonly string[] = []): string[] {
  if (deprecated.length === 0) return [];
  const list = deprecated.slice(0, ROWS).map((text) => `- ${text}`);
  return ["About to end, as the vendors' answers say:", list.join("\n")];
}

/** Which resources could not be read, and where it says what to do about one. */
function unread(urns: readonly string[]): string[] {
  if (urns.length === 0) return [];
  const list = urns.slice(0, ROWS).map((urn) => `- \`${urn}\``);
  const advice = 'What to do: docs/recovery.md, "A resource can\'t be read".';
  return [`${urns.length} resources could not be read:`, list.join("\n"), advice];
}

function table(drifted: readonly Drifted[]): string {
  const rows = drifted
    .slice(0, ROWS)
    .map(({ urn, change, properties }) => `| \`${urn}\` | ${change} | ${properties.map(code).join(", ")} |`);
  const more = drifted.length > ROWS ? [`\nand ${drifted.length - ROWS} more`] : [];
  return ["| Resource | Platform's side | Properties |", "|---|---|---|", ...rows, ...more].join("\n");
}

const code = (path: string) => `\`${path.replaceAll("|", "\\|").replaceAll("`", "'")}\``;

function advice(stack: string): string {
  return [
    `See the values: \`pulumi refresh --preview-only --diff --stack ${stack}\`.`,
    `Put back what the code says: \`pulumi up --refresh --stack ${stack}\`.`,
    "Or, where the platform is right, change the code to match and deploy that.",
  ].join(" ");
}
