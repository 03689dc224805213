import { type BenchOptions, micro, milli, type Section } from "../section.ts";
import { measure } from "./measure.ts";

const WORKERS = "400";

export async function instrumentationSection({ quick, report }: BenchOptions): Promise<Section> {
  const given = { rounds: quick ? "10" : "40", requests: "300", workers: WORKERS };
  const { seconds, scrape, logLine } = await measure(given, report);
  const [[, bare = 0] = [], ...others] = Object.entries(seconds);
  return {
    title: "The Python package",
    text: `CPU time, the least of ${given.rounds} rounds, the applications in turns: other work on the machine can only add to it. A request of a FastAPI application, without a network; all but "one process" share their counts with other processes. A scrape after ${WORKERS} processes have counted and died.`,
    head: ["What", "CPU time"],
    rows: [
      ["a request to the bare application", micro(bare)],
      ...others.map(([variant, value]): [string, string] => [`${variant} adds`, micro(value - bare)]),
      ["a scrape, the first, which archives the dead", milli(scrape.first)],
      ["memory that it takes at most", `${(scrape.bytes / 2 ** 20).toFixed(1)} MiB`],
      ["each scrape after it", milli(scrape.next)],
      ["a log line, as JSON alone", micro(logLine.bare)],
      ["a log line with redaction", micro(logLine.redacted)],
    ],
  };
}
