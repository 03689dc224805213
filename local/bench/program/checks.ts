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
| A preview of the local stack, both under tsx | 16 s | 13 s |
| The same with policies | 25 s | 20 s |
| A preview of production on platforms that answer at once, under tsx and without | 9.7 s | 6.7 s |
| The same with policies | 14.8 s | 9.0 s |
| A preview of an empty program beside it | 1.7 s | 1.7 s |
| \`npm run local -- status\` | 1.2 s | 0.4 s |

Of production's preview with policies, 3.9 s are the program's, 1.8 s the policy pack's, 1.7 s the engine's, and 0.8 s each go to the two
processes that Pulumi starts for dynamic resources. The target of 1.6 times the empty program is far: what remains is not
ours to spare. By the profile of the program, the stack traces that Pulumi's SDK takes, one for each promise, are 14%. Loading
the SDK is 11%, half of that for TypeScript's compiler; garbage collection is 8%, and the YAML of the rules 6%.
What helped: no tsx, a cache of what Node.js compiles, a younger generation of 64 MB, and a
function for the cost report that is bundled only where it has changed. What was not worth it: a compiled program, since
our own code, its loading included, is 3% of the profile; fewer frames in stack traces, which a defect needs;
and not asking found tools for their version, which takes 0.4 s of a \`make up\`.

The bad days (\`worst-day.e2e.ts\`) stay the largest part of the rules' tests: promtool needs 40 ms for each of their 4,600 minutes,
in which it evaluates all 300 rules. Most begin with the same quiet hour, which it can't
evaluate once for all of them; a coarser step would no longer see what lasts for a minute.`;

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
