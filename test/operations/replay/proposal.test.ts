/** Which threshold is proposed, when it is refused, and how it is written into a stack's file. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Proposal, proposalsFor, withThresholds } from "../../../operations/replay/proposal.ts";
import { refusalByTests, refusalIn } from "../../../operations/replay/proposal-checks.ts";
import { proposalsSection, proposeIn } from "../../../operations/replay/propose.ts";
import type { Summary } from "../../../operations/replay/summary.ts";
import type { ThresholdTable } from "../../../operations/replay/thresholds.ts";
import { readSettings } from "../../../settings/settings-file.ts";
import { REPOSITORY } from "../../../toolkit/repository.ts";

type Row = readonly [value: number, caught: number, noise: number];

/** The third value is the present one. */
function table(rows: readonly Row[], more: Partial<ThresholdTable> = {}): ThresholdTable {
  return {
    alert: "HighErrorRate",
    unit: "share of requests",
    source: "the guide",
    counts: "pages",
    atMost: { perWeek: 1, value: undefined },
    rows: rows.map(([value, caught, noise], index) => ({
      ...{
        value,
        isCurrent: index === 2,
        fired: caught + noise,
        times: [],
        pages: caught + noise,
        perWeek: 1,
      },
      worth: { caught, noise },
    })),
    ...more,
  };
}

test.for([
  [
    "the least noise that misses nothing",
    [
      [0.03, 3, 20],
      [0.04, 3, 15],
      [0.05, 3, 14],
      [0.07, 3, 1],
      [0.09, 2, 0],
    ],
    0.07,
  ],
  [
    "of several, the nearest",
    [
      [0.03, 3, 20],
      [0.04, 3, 15],
      [0.05, 3, 14],
      [0.07, 3, 1],
      [0.09, 3, 1],
    ],
    0.07,
  ],
  [
    "an incident more, where it costs no noise",
    [
      [0.03, 4, 9],
      [0.04, 4, 2],
      [0.05, 3, 2],
      [0.07, 3, 2],
      [0.09, 3, 2],
    ],
    0.04,
  ],
  [
    "no incident more, where it costs noise",
    [
      [0.03, 4, 9],
      [0.04, 4, 3],
      [0.05, 3, 2],
      [0.07, 3, 2],
      [0.09, 3, 2],
    ],
    undefined,
  ],
  [
    "nothing, where nothing is better",
    [
      [0.03, 3, 9],
      [0.04, 3, 2],
      [0.05, 3, 0],
      [0.07, 3, 0],
      [0.09, 3, 0],
    ],
    undefined,
  ],
] as const)("proposes %s", ([, rows, value]) => {
  expect(proposalsFor(table(rows), "May", 4)[0]?.to).toBe(value);
});

test("without an incident, or a judgement, nothing is proposed", () => {
  const quiet = table([
    [0.03, 0, 3],
    [0.04, 0, 2],
    [0.05, 0, 1],
    [0.07, 0, 0],
  ]);
  expect(proposalsFor(quiet, "May", 0)).toEqual([]);
  const unjudged = { ...quiet, rows: quiet.rows.map(({ worth: _worth, ...row }) => row) };
  expect(proposalsFor(unjudged, "May", 4)).toEqual([]);
});

const proposal: Proposal = {
  ...{ alert: "HighErrorRate", from: 0.05, to: 0.098, unit: "share of requests" },
  evidence:
    "2026-04-01 to 2026-06-01: 0.098 tells of 3 of 3 incidents, with 0 pages for nothing; 0.05 tells of 3 of 3",
};

describe("a stack's file", () => {
  const text = readFileSync(join(REPOSITORY, "Pulumi.production.yaml"), "utf8");

  test("gets the threshold under its evidence, and is otherwise as it was", () => {
    const changed = withThresholds(text, [proposal]);
    expect(changed.startsWith(text.trimEnd())).toBe(true);
    expect(changed.slice(text.trimEnd().length)).toBe(`
  agentpay-monitoring:alertThresholds:
    # Replay, 2026-04-01 to 2026-06-01: 0.098 tells of 3 of 3 incidents, with 0 pages for nothing; 0.05 tells of 3
    # of 3.
    HighErrorRate: 0.098
`);
  });

  test("keeps the comments of thresholds that it has, and their order", () => {
    const own = `${text}
  agentpay-monitoring:alertThresholds:
    HostMemoryHigh: 90
    # Since the launch in May.
    HighErrorRate: "0.05" # For now.
    RedisMemoryHigh: 0.8
`;
    const changed = withThresholds(own, [proposal]);
    expect(changed).toContain("    # Since the launch in May.\n    # Replay, 2026-04-01");
    expect(changed).toContain("    HighErrorRate: 0.098 # For now.\n    RedisMemoryHigh: 0.8\n");
    expect(parse(changed).config["agentpay-monitoring:alertThresholds"]).toEqual({
      HostMemoryHigh: 90,
      HighErrorRate: 0.098,
      RedisMemoryHigh: 0.8,
    });
  });

  test("in a second proposal has the newest evidence alone", () => {
    const second = { ...proposal, to: 0.078, evidence: "2026-06-01 to 2026-07-01: 0.078 is enough" };
    const changed = withThresholds(withThresholds(text, [proposal]), [second]);
    expect(changed).toContain(
      "    # Replay, 2026-06-01 to 2026-07-01: 0.078 is enough.\n    HighErrorRate: 0.078\n",
    );
    expect(changed).not.toContain("2026-04-01");
  });

  test("that is none is refused", () => {
    expect(() => withThresholds("config: [", [proposal])).toThrow(/can't be read/);
    expect(() => withThresholds("name: x\n", [proposal])).toThrow(/no map "config"/);
  });
});

describe("--propose", () => {
  const folder = mkdtempSync(join(tmpdir(), "agentpay-propose-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  for (const name of ["Pulumi.yaml", "Pulumi.production.yaml", "maintenance.yaml"]) {
    copyFileSync(join(REPOSITORY, name), join(folder, name));
  }
  const judged = [
    table([
      [0.03, 1, 9],
      [0.04, 1, 5],
      [0.05, 1, 4],
      [0.063, 1, 2],
      [0.078, 1, 0],
    ]),
  ];
  const incident = { id: "P1", title: "", url: "", opened: "", caughtBy: [] };
  const summary = {
    ...{ from: "2026-04-01T00:00:00.000Z", to: "2026-06-01T00:00:00.000Z", thresholds: judged },
    judgement: { source: "PagerDuty", incidents: [incident] },
  } as unknown as Summary;
  const thresholds = () => readSettings(folder, "production").alertThresholds;

  test("writes nothing of what is refused, and says why", async () => {
    const proposed = await proposeIn(
      folder,
      "production",
      summary,
      () => {},
      async () => "its drill fails",
    );
    expect(thresholds()).toEqual({});
    expect(proposalsSection(proposed, "production")).toContain("**Refused**: its drill fails");
    expect(proposalsSection(proposed, "production")).not.toContain("Written");
  });

  test("where the best is refused, goes on to the next best", async () => {
    const refuses = ({ to }: Proposal) => (to === 0.078 ? "its rule tests fail" : undefined);
    const proposed = await proposeIn(
      ...([folder, "production", summary, () => {}] as const),
      async (proposal) => refuses(proposal),
    );
    expect(proposed.map(({ to, refused }) => [to, refused])).toEqual([
      [0.078, "its rule tests fail"],
      [0.063, undefined],
    ]);
    expect(thresholds()).toEqual({ HighErrorRate: 0.063 });
  });

  test("writes what holds, which the settings take", async () => {
    const proposed = await proposeIn(
      folder,
      "production",
      summary,
      () => {},
      async () => undefined,
    );
    expect(thresholds()).toEqual({ HighErrorRate: 0.078 });
    expect(proposalsSection(proposed, "production")).toContain("Written into `Pulumi.production.yaml`");
  });
});

test.for([
  ["a fault rings and a time without one is silent", { rings: [1, 4], silent: [2, 2] }, undefined],
  [
    "no fault rings",
    { rings: [0, 4], silent: [2, 2] },
    "with 0.9 it rings for none of the 4 faults of its rule tests",
  ],
  [
    "it is never silent",
    { rings: [4, 4], silent: [0, 2] },
    "with 0.9 it is silent in none of the 2 rule tests without a fault",
  ],
] as const)("rule tests, in which %s", ([, { rings, silent }, refusal]) => {
  const of = ([held, all]: readonly [number, number]) => ({ held, of: all });
  expect(refusalByTests({ rings: of(rings), silent: of(silent) }, 0.9)).toBe(refusal);
  expect(refusalByTests({ rings: of(rings), silent: of(silent), problem: "no promtool" }, 0.9)).toContain(
    "could not be run: no promtool",
  );
});

test("a drill refuses what no longer rings, rings wrongly, or could not be tried", () => {
  const round = (problems: string[], falseAlarms: string[] = [], why?: string) => ({
    drills: [{ rings: [{ id: "HighErrorRate", problems }] }],
    falseAlarms,
    broken: why === undefined ? null : { why },
  });
  expect(refusalIn({ rounds: [round([])] }, 0.1)).toBeUndefined();
  expect(refusalIn({ rounds: [round(["never arrived"], ["APIDown"])] }, 0.9)).toBe(
    "its drill fails with 0.9: HighErrorRate: never arrived; false alarm: APIDown",
  );
  expect(refusalIn({ rounds: [round([], [], "Prometheus ended")] }, 0.9)).toContain(
    "its lab broke: Prometheus ended",
  );
});
