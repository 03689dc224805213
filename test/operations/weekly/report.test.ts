import { expect, test } from "vitest";
import { htmlOf } from "../../../operations/document/html.ts";
import { markdownOf } from "../../../operations/document/markdown.ts";
import { mendOf } from "../../../operations/weekly/mend.ts";
import { reviewSchema } from "../../../operations/weekly/model.ts";
import { documentOf, headline } from "../../../operations/weekly/report.ts";
import { blind, findings, full } from "./review.ts";

const markdown = (review: typeof findings) =>
  markdownOf(documentOf(reviewSchema.parse({ ...review, mend: mendOf(review) })));
const page = (review: typeof findings) =>
  htmlOf("A week", documentOf(reviewSchema.parse({ ...review, mend: mendOf(review) })));

test("what to mend comes first: three sentences, the most urgent ones, with what shows it and what helps", () => {
  expect(mendOf(findings)).toEqual([
    {
      text: "Mend what breaks \"99% of LLM calls are answered, retries and fallback included\": at this week's pace its error budget runs out on 2 December; the week took 61% of a month's.",
      url: "https://grafana.agentpay.example/d/agentpay-slo?var-slo=llm-availability",
    },
    {
      text: "Make SlowAPIResponses wait longer, or ask for more: 4 of its 5 pages ended by themselves within 10 minutes.",
      url: expect.stringContaining("https://grafana.agentpay.example/d/agentpay-slo"),
      command: "npm run ops -- replay --stack production --alert SlowAPIResponses --thresholds",
    },
    {
      text: "Mend the cause of LLMProviderOutage: it woke people twice.",
      url: expect.stringContaining("agentpay-llm"),
    },
  ]);
  const [, ...lines] = markdown(findings).split("\n\n");
  expect(lines[0]).toMatch(/^1\. Mend what breaks[^\n]+\n2\. Make [^\n]+\n3\. Mend the cause[^\n]+$/);
});

test("an alert that no number of the stack's moves is played as it is; of another source's, nothing can be played", () => {
  const noisy = (alert: string, url?: string) => {
    const row = { pages: 3, before: 0, asleep: 0, endedByThemselves: 3, incidents: [] };
    const pages = {
      ...full.pages,
      byAlert: [{ alert, ...row, ...(url && { url }) }],
    } as typeof findings.pages;
    return mendOf({ ...findings, pages }).find(({ text }) => text.startsWith("Make "))?.command;
  };
  expect(noisy("APIDown", "https://x.example")).toMatch(/--alert APIDown --pages$/);
  expect(noisy("ALARM: x")).toBeUndefined();
});

test("a certificate that ends outweighs everything; a quiet week asks for nothing", () => {
  const endpoint = { endpoint: "api", instance: "https://x", ends: "2026-12-03T08:00:00.000Z", days: 3 };
  expect(mendOf({ ...findings, certificates: { endpoints: [endpoint] } })[0]?.text).toBe(
    "Renew the certificate of api: it expires on 2026-12-03.",
  );
  const quiet = {
    ...findings,
    pages: { ...full.pages, byAlert: [], escalated: 0, acknowledge: {} },
    ...{ budgets: { objectives: [], unknown: [] }, costs: { total: 1, complete: true, remarks: [] } },
    ...{ drift: { stillOpen: [], closed: [] }, sentry: { count: 0, issues: [] } },
    untried: { days: 90, drills: { at: "2026-11-12T09:00:00.000Z", alerts: 118 }, alerts: [] },
  } as typeof findings;
  expect(mendOf(quiet)).toEqual([]);
  expect(markdown(quiet)).toContain("Nothing that was asked calls for mending this week.");
});

test("the page tells each figure with its link, in half a page", () => {
  const text = markdown(findings);
  expect(headline(full)).toBe("production: the week of 23 November to 29 November 2026: 9 pages, 5 at night");
  expect(text).toContain(
    "9 pages (4 the week before), 5 at night, 4 ended by themselves within 10 minutes. " +
      "Time to acknowledge: median 4 min, longest 21 min.",
  );
  expect(text).toContain("Still open: [131 Sun 03:18](https://agentpay.pagerduty.example/incidents/P131).");
  expect(text).toMatch(/\| \[SlowAPIResponses\]\(https:[^|]+\) \| 5 \| 2 \| 3 \| 4 \| \[123 Tue 03:12\]/);
  expect(text).toContain("| Ben Okafor | 4 | 1 | 2 | 5 min | 21 min |");
  expect(text).toContain(
    "| [99% of LLM calls are answered, retries and fallback included](https://grafana.agentpay.example/d/agentpay-slo?var-slo=llm-availability) | 61% | 22% | 2 December |",
  );
  expect(text).toMatch(/\[Uptime\]\(\S+\) \| 99\.982% \| 100% \| -0\.02 points \|/);
  expect(text).toMatch(/\[Conversations\]\(\S+\) \| 12,480 \| 11,930 \| \+4\.6% \|/);
  expect(text).toContain(
    "- Costs: 267.07 USD (249.30 USD the week before): language models 212.40 USD, infrastructure 54.67 USD. " +
      "At this month's pace 1,130.00 USD a month of a budget of 1,000.00 USD.",
  );
  expect(text).toContain("- Certificates: api expires on 31 December 2026.");
  expect(text).toContain("(Tue 02:58, 1840 events, 14 minutes before page [125]");
  expect(text.length).toBeLessThan(6000);
});

test("who can't be asked is named in each place, and never taken for nothing", () => {
  const text = markdown(blind);
  expect(text).toContain(
    "1. Let this review ask the pager: it knows of no page (api.pagerduty.com answered 401",
  );
  expect(text).toContain("## Pages\n\nNot known: api.pagerduty.com answered 401");
  for (const name of [
    "Alerts that fired: not known",
    "Costs: not known",
    "Drift: not known",
    "Certificates: not known",
  ]) {
    expect(text).toContain(name);
  }
  expect(text).toContain("What Sentry saw first: not known: sentry.io answered 403");
  expect(text).toContain("| Conversations | not known | not known |  |");
  expect(text).not.toMatch(/\b0 pages|: none\b|no new error/);
  expect(headline(reviewSchema.parse({ ...blind, mend: [] }))).toContain("its pages are not known");
});

const HOSTILE =
  "</td><script>alert(1)</script> [x](javascript:alert(1)) `rm` | @octocat #12 https://evil.example www.evil.example \u202eabc\u001b[31m\n## Heading $a$";

test("what comes from outside is text: no markup, link, mention, heading, column or escape sequence", () => {
  const from = {
    ...findings,
    pages: {
      ...full.pages,
      byAlert: [
        {
          alert: HOSTILE,
          pages: 1,
          before: 0,
          asleep: 1,
          endedByThemselves: 0,
          incidents: [{ number: 1, url: "javascript:alert(1)", opened: "2026-11-24T02:12:00.000Z" }],
        },
      ],
      byPerson: [{ name: HOSTILE, pages: 1, asleep: 0, acknowledged: 0, wait: {} }],
    },
    drift: {
      stillOpen: [{ title: HOSTILE, url: "https://x.example/a)|b", opened: "2026-11-24T02:12:00.000Z" }],
      closed: [],
    },
    sentry: {
      count: 1,
      issues: [
        {
          title: HOSTILE,
          url: "data:text/html,x",
          level: "error",
          events: 1,
          firstSeen: "2026-11-24T02:12:00.000Z",
        },
      ],
    },
    costs: { missing: HOSTILE },
  } as typeof findings;
  const [text, html] = [markdown(from), page(from)];
  expect(html).not.toMatch(/<script|<\/td><script|href="(javascript|data):/);
  expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  for (const shown of [text, html]) {
    for (const unseen of ["\u202e", "\u001b"]) expect(shown).not.toContain(unseen);
  }
  expect(text).not.toMatch(
    /(?<!\\)<script|(?<!\\)\]\(javascript|(?<!\\)\]\(data|@octocat|#12\b|https:\/\/evil|www\.evil|\n## Heading|(?<!\\)`rm|(?<!\\)\$a/,
  );
  expect(text).toContain("(https://x.example/a%29%7Cb)");
  // Every row of a table has as many cells as its head.
  for (const block of text.split("\n\n").filter((each) => each.startsWith("| "))) {
    const cells = block.split("\n").map((row) => row.split(/(?<!\\)\|/).length);
    expect(new Set(cells).size).toBe(1);
  }
});
