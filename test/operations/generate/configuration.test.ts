import { expect, test } from "vitest";
import { settableThresholds } from "../../../catalog/alerts/index.ts";
import { configurationPage } from "../../../operations/generate/configuration.ts";

const page = configurationPage(`config:
  owner: { type: string, default: platform, description: Team that owns it }
  uptime.checkers: { type: array, default: ["route53"], description: "a|b, <name>" }
  uptime.token: { type: string, default: "", description: SECRET. A token }
`);

test("each key has a row in the table of its section", () => {
  expect(page).toContain(`## owner

| Key | Type | Default | Meaning |
|---|---|---|---|
| \`owner\` | string | \`platform\` | Team that owns it |

## uptime

| Key | Type | Default | Meaning |
|---|---|---|---|
| \`uptime.checkers\` | array | \`["route53"]\` | a\\|b, \\<name> |
| \`uptime.token\` | string |  | SECRET. A token |
`);
});

test("each threshold has a row with its default", () => {
  for (const [name, threshold] of Object.entries(settableThresholds)) {
    expect(page).toContain(`| \`${name}\` | \`${threshold?.default}\` |`);
  }
});
