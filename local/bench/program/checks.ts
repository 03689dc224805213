/** How long whoever changes the code waits for its checks. */
import { REPOSITORY } from "../../../toolkit/repository.ts";
import { type BenchOptions, type Section, seconds } from "../section.ts";
import { timed } from "../times.ts";

/** Measured apart from the rest: all of it takes longer than a measurement may. */
const WHOLE_CHECK = `What the whole check costs most, in processor seconds of everything that is started, on two cores with much else on them; "before" is the commit of 30 November 2026 that let tests wait for three minutes:

| Part | before | now |
| --- | ---: | ---: |
| The fast tests | 141 s | 122 s |
| Every alert by promtool (\`rules.e2e.ts\`) | 344 s | 105 s |
| A second \`make up\`, which changes nothing | 21 s | 17 s |
| A preview of the local stack | 16 s | 13 s |
| The same with policies | 25 s | 20 s |
| \`npm run local -- status\` | 1.2 s | 0.4 s |`;

const CHECKS = [
  ["Types", ["run", "-s", "typecheck"]],
  ["Style and format", ["run", "-s", "lint"]],
  ["The fast tests", ["test", "--silent"]],
] as const;

export async function checksSection({ quick, report }: BenchOptions): Promise<Section> {
  const rows: (readonly string[])[] = [];
  for (const [title, args] of quick ? CHECKS.slice(0, 1) : CHECKS) {
    report(title);
    const taken = await timed({ command: "npm", args, cwd: REPOSITORY });
    rows.push([title, seconds(taken.seconds)]);
  }
  return {
    title: "The checks of a change",
    text: `${WHOLE_CHECK}\n\nOnce each, one after another:`,
    head: ["Check", "Time"],
    rows,
  };
}
