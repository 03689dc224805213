/** Steps of a command as people see them: a live list on a terminal, one line for each event elsewhere. */
import { Listr } from "listr2";

/** Tells what a step is doing at the moment. */
export type Report = (message: string) => void;

export interface Step<Result> {
  readonly title: string;
  readonly run: (report: Report) => Promise<Result>;
  /** The title once it is done. Default: as before. */
  readonly done?: (result: Result) => string;
}

export async function step<Result>(
  title: string,
  run: Step<Result>["run"],
  done?: Step<Result>["done"],
): Promise<Result> {
  const [result] = await sideBySide([{ title, run, ...(done ? { done } : {}) }]);
  return result as Result;
}

/** A step's title at its end, with what it said. */
export function titled(title: string): (outcome: string) => string {
  return (outcome) => (outcome === "" ? title : `${title}: ${outcome}`);
}

/** Runs all of them to their end. @throws the error, or an AggregateError of several. */
export async function sideBySide<Result>(steps: readonly Step<Result>[]): Promise<readonly Result[]> {
  const results: Result[] = [];
  const errors: unknown[] = [];
  const list = new Listr(
    steps.map(({ title, run, done }, index) => ({
      title,
      task: async (_context: unknown, task: { title: string; output: string }) => {
        try {
          const result = await run((message) => {
            if (task.output !== message) task.output = message;
          });
          results[index] = result;
          if (done) task.title = done(result);
        } catch (error) {
          errors.push(error);
          // The whole message is printed once, at the end.
          throw new Error("failed");
        }
      },
    })),
    {
      concurrent: true,
      exitOnError: false,
      renderer: process.stdout.isTTY ? "default" : "verbose",
      rendererOptions: { collapseErrors: true },
    },
  );
  await list.run();
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors);
  return results;
}
