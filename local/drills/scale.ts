/**
 * Rules and configurations for a time that runs faster. A drill lets the simulated AgentPay live `factor` seconds in
 * one second of ours, and gives Prometheus and Alertmanager the catalogue's own files with every duration divided by
 * `factor`. Thresholds stay as they are: a window of 5 minutes, seen in 5 seconds, holds the same events.
 */
import { parser } from "@prometheus-io/lezer-promql";
import { parse, stringify } from "yaml";
import { partsInMilliseconds } from "../../catalog/duration.ts";

export interface Pace {
  /** Seconds of the simulation in one second. */
  readonly factor: number;
  /** When the simulation began by our clock, seconds since 1970. */
  readonly startedAt: number;
  /** What its own clock showed then. */
  readonly clock: number;
  /** Nothing is scraped or evaluated more often, before the time runs faster. Default: as often as the file says. */
  readonly shortestInterval?: string;
}

const DURATION = /^(?:\d+(?:ms|[smhdwy]))+$/;

/**
 * A Prometheus duration such as `1h30m`, or a plain number of seconds, in whole milliseconds.
 * @throws where it is neither
 */
export function inMilliseconds(duration: string): number {
  const text = duration.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (!DURATION.test(text)) throw new Error(`"${duration}" is no duration`);
  return partsInMilliseconds(text);
}

/** The duration at the faster pace, to the millisecond; only nothing becomes nothing. */
export function scaleDuration(duration: string, factor: number): string {
  const milliseconds = inMilliseconds(duration);
  return milliseconds === 0 ? "0s" : `${Math.max(1, Math.round(milliseconds / factor))}ms`;
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

type Node = ReturnType<typeof parser.parse>["topNode"];

/** What these return is per second: of the simulation's seconds, there are more in one of ours. */
const PER_SECOND = ["rate", "irate", "deriv"];

/**
 * The same question, put to series of a faster time: ranges and offsets shrink, what is per second counts the
 * simulation's seconds, and `time()` reads its clock.
 * @throws where the expression does not parse
 */
export function scaleExpression(expression: string, { factor, startedAt, clock }: Pace): string {
  const edits: Edit[] = [];
  const insert = (at: number, text: string) => edits.push({ from: at, to: at, text });
  parser.parse(expression).iterate({
    enter: ({ node, name, type, from, to }) => {
      if (type.isError) throw new Error(`does not parse: ${expression}`);
      if (name === "NumberDurationLiteralInDurationContext") {
        edits.push({ from, to, text: scaleDuration(expression.slice(from, to), factor) });
      }
      if (name !== "FunctionCall") return;
      const called = calledFunction(node, expression);
      if (called === "time") {
        edits.push({ from, to, text: `(${clock} + (time() - ${startedAt}) * ${factor})` });
      }
      if (PER_SECOND.includes(called)) {
        insert(from, "(");
        insert(to, ` / ${factor})`);
      }
      const ahead = called === "predict_linear" ? lastArgument(node) : undefined;
      if (ahead) {
        insert(ahead.from, "(");
        insert(ahead.to, `) / ${factor}`);
      }
    },
  });
  return applied(expression, edits);
}

function calledFunction(node: Node, expression: string): string {
  const identifier = node.getChild("FunctionIdentifier");
  return identifier ? expression.slice(identifier.from, identifier.to) : "";
}

function lastArgument(call: Node): Node | undefined {
  const body = call.getChild("FunctionCallBody");
  return body?.getChildren("Expr").at(-1);
}

/** From the end, so that no edit moves another's place. */
function applied(text: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((a, b) => b.from - a.from || b.to - a.to)
    .reduce((result, edit) => result.slice(0, edit.from) + edit.text + result.slice(edit.to), text);
}

/** Where a duration stands in Prometheus's and Alertmanager's files. */
const DURATIONS = new Set([
  ...["interval", "for", "keep_firing_for", "scrape_interval", "scrape_timeout", "evaluation_interval"],
  ...["query_offset", "eval_delay"],
  ...["group_wait", "group_interval", "repeat_interval", "resolve_timeout", "timeout"],
]);

const INTERVALS = new Set(["interval", "scrape_interval", "evaluation_interval"]);

/** A configuration or rule file of Prometheus or Alertmanager at the faster pace. */
export function scaleFile(yaml: string, pace: Pace): string {
  return stringify(scaleValue(parse(yaml), pace), { lineWidth: 0 });
}

function notBelow(duration: string, key: string, { shortestInterval = duration }: Pace): string {
  const isShorter = inMilliseconds(duration) < inMilliseconds(shortestInterval);
  return INTERVALS.has(key) && isShorter ? shortestInterval : duration;
}

function scaleValue(value: unknown, pace: Pace, key = ""): unknown {
  if (typeof value === "string") {
    if (DURATIONS.has(key)) return scaleDuration(notBelow(value, key, pace), pace.factor);
    return key === "expr" ? scaleExpression(value, pace) : value;
  }
  if (Array.isArray(value)) return value.map((item) => scaleValue(item, pace));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, scaleValue(item, pace, name)]),
  );
}
