import { expect, test } from "vitest";
import { rulesOf, withFacts } from "../../../operations/generate/runbooks.ts";

const page = `# APIDown

**Severity:** info

## Meaning

Nobody answers.

<!-- rules: npm run ops -- generate runbooks -->
out of date
<!-- end of rules -->

More.
`;

test("the facts of a page come from the catalogue, and the rest stays", () => {
  const written = withFacts("runbooks/APIDown.md", page, rulesOf("APIDown"));
  expect(written).toBe(`# APIDown

**Severity:** critical · **Service:** api · **Owner:** platform · **Panel:** AgentPay / Technical › Servers Up

## Meaning

Nobody answers.

<!-- rules: npm run ops -- generate runbooks -->

It rings after 2m of

\`\`\`promql
sum by (job) (up{job="agentpay-api"}) == 0 or absent(up{job="agentpay-api"})
\`\`\`

<!-- end of rules -->

More.
`);
  expect(withFacts("runbooks/APIDown.md", written, rulesOf("APIDown"))).toBe(written);
});

test("rules of one name are told apart by their labels", () => {
  const written = withFacts("x.md", page, rulesOf("APIAvailabilityBudgetBurn"));
  expect(written).toContain("**Severity:** critical, warning ·");
  expect(written).toContain("\n`1h`/`5m` (critical) rings after 2m of\n");
});

test.each([
  ["no place for the rules", page.replace("<!-- end of rules -->", "")],
  ["no line of facts", page.replace("**Severity:**", "Severity:")],
])("a page with %s is refused, with what it needs", (_, text) => {
  expect(() => withFacts("runbooks/APIDown.md", text, rulesOf("APIDown"))).toThrow(
    /^runbooks\/APIDown\.md: its third line must begin with/,
  );
});
