/** Alerts beside what really happened: which of their firings were worth a call, and which calls nothing stood behind. */
import { escalationDelayMinutes } from "../../catalog/rota.ts";
import { actionsOfPeople, type Incident, type TimeRange } from "../../components/shared/incident.ts";

/** What really happened, as far as it was written down. Times are milliseconds since 1970. */
export interface Happened {
  /** Who says so, such as `PagerDuty`. */
  readonly source: string;
  readonly incidents: readonly Incident[];
  /** Work that was announced. */
  readonly work: readonly TimeRange[];
}

/**
 * - `caught`: it began to fire in a real incident, or shortly before it.
 * - `noise`: it called people, and there was no real incident.
 * - `announced`: it began to fire while announced work went on, and there was no real incident.
 * - `unjudged`: it called nobody, so that nobody's reaction says whether it was worth it.
 */
export type Verdict = "caught" | "noise" | "announced" | "unjudged";

/** How an alert did. */
export interface AlertJudgement {
  /** Ids of real incidents that it caught. */
  readonly caught: readonly string[];
  /** Ids of real incidents that it really opened, and now does not fire in. */
  readonly missed: readonly string[];
  /** Firings, by verdict. */
  readonly firings: Readonly<Record<Verdict, number>>;
  /** Real incidents in which its condition held, too briefly to fire, and which it did not catch. */
  readonly nearMisses: readonly { readonly incident: string; readonly seconds: number }[];
}

/** A real incident, and what the alerts would have said of it. */
export interface JudgedIncident {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  /** ISO 8601. */
  readonly opened: string;
  /** Undefined where it is still open. */
  readonly ended?: string;
  /** Alerts that would have fired in it, the first one first. */
  readonly caughtBy: readonly string[];
  /** From when it really began to call people until the first of these fires: negative where that is earlier. */
  readonly secondsUntilCaught?: number;
}

/**
 * An alert may be so early: what it sees comes before what people are called for. One that began to fire long before
 * told of something else, and was there by chance.
 */
const EARLIEST = 15 * 60_000;
/**
 * When everybody has been called who can be. An incident that was over before, and that nobody touched, needed nobody.
 * Shorter would not do: what an alert says of a blip may stand for a quarter of an hour, until it is sure that it is over.
 */
const ALL_CALLED = (escalationDelayMinutes.primary + escalationDelayMinutes.secondary) * 60_000;

/** One that somebody did something about, or that lasted. Whatever else opened an incident only made noise. */
export function isReal(incident: Incident): boolean {
  const { opened, ended = Number.POSITIVE_INFINITY } = incident;
  return actionsOfPeople(incident).length > 0 || ended - opened >= ALL_CALLED;
}

/** Whether what begins at a time tells of an incident. */
export function tellsOf({ opened, ended = Number.POSITIVE_INFINITY }: Incident, at: number): boolean {
  return at >= opened - EARLIEST && at <= ended;
}

/** @param calls whether it calls people */
export function verdictOn(at: number, calls: boolean, { incidents, work }: Happened): Verdict {
  if (incidents.some((incident) => isReal(incident) && tellsOf(incident, at))) return "caught";
  if (!calls) return "unjudged";
  return work.some(({ from, to }) => at >= from && at < to) ? "announced" : "noise";
}

/** An alert's own doings. Times are milliseconds since 1970. */
export interface Doings {
  readonly alert: string;
  readonly calls: boolean;
  /** When it begins to fire. */
  readonly starts: readonly number[];
  /** Times in which its condition held, and ended before it fired. */
  readonly nearMisses: readonly TimeRange[];
}

export function judged({ alert, calls, starts, nearMisses }: Doings, happened: Happened): AlertJudgement {
  const real = happened.incidents.filter(isReal);
  const isCaught = (incident: Incident) => starts.some((at) => tellsOf(incident, at));
  const verdicts = starts.map((at) => verdictOn(at, calls, happened));
  const count = (verdict: Verdict) => verdicts.filter((each) => each === verdict).length;
  return {
    caught: real.filter(isCaught).map(({ id }) => id),
    missed: real
      .filter(({ alerts }) => alerts.some(({ name }) => name === alert))
      .filter((incident) => !isCaught(incident))
      .map(({ id }) => id),
    firings: {
      caught: count("caught"),
      noise: count("noise"),
      announced: count("announced"),
      unjudged: count("unjudged"),
    },
    nearMisses: real
      .filter((incident) => !isCaught(incident))
      .flatMap((incident) => {
        const near = nearMisses.filter(({ from }) => tellsOf(incident, from));
        if (near.length === 0) return [];
        return [
          { incident: incident.id, seconds: Math.max(...near.map(({ from, to }) => to - from)) / 1000 },
        ];
      }),
  };
}

/** The real incidents, each with who caught it. */
export function judgedIncidents(alerts: readonly Doings[], happened: Happened): readonly JudgedIncident[] {
  return happened.incidents.filter(isReal).map((incident) => {
    const { id, title, url, opened, ended } = incident;
    const first = alerts
      .flatMap(({ alert, starts }) => {
        const [at] = starts
          .filter((start) => tellsOf(incident, start))
          .toSorted((left, right) => left - right);
        return at === undefined ? [] : [{ alert, at }];
      })
      .toSorted((left, right) => left.at - right.at);
    return {
      ...{ id, title, url },
      opened: new Date(opened).toISOString(),
      ...(ended !== undefined && { ended: new Date(ended).toISOString() }),
      caughtBy: first.map(({ alert }) => alert),
      ...(first[0] && { secondsUntilCaught: (first[0].at - opened) / 1000 }),
    };
  });
}

/** What calls that begin at these times are worth: the real incidents that they tell of, and how many tell of none. */
export function worthOf(starts: readonly number[], happened: Happened): { caught: number; noise: number } {
  const real = happened.incidents.filter(isReal);
  return {
    caught: real.filter((incident) => starts.some((at) => tellsOf(incident, at))).length,
    noise: starts.filter((at) => verdictOn(at, true, happened) === "noise").length,
  };
}
