/** How long whoever changes the code waits for its checks. */
import { REPOSITORY } from "../../../toolkit/repository.ts";
import { type BenchOptions, type Section, seconds } from "../section.ts";
import { timed } from "../times.ts";

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
    text: "Once each, one after another.",
    head: ["Check", "Time"],
    rows,
  };
}
