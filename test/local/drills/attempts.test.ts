/** What is repeated, and what is known at last, where labs break and machines stand still. */
import { describe, expect, test } from "vitest";
import { attempts } from "../../../local/drills/attempts.ts";
import type { Drill } from "../../../local/drills/drills/drill.ts";
import type { LifeOptions } from "../../../local/drills/lab-life.ts";
import type { DrillResult, RoundResult } from "../../../local/drills/round.ts";
import { Tempo } from "../../../local/drills/strain.ts";

const api: Drill = { title: "The API is down", rings: ["APIDown"] };
const redis: Drill = { title: "Redis is down", rings: ["RedisDown"] };

function result(drill: Drill, ...problems: string[]): DrillResult {
  const [id = ""] = drill.rings;
  const seconds = { secondsToArrive: 1, secondsToResolve: 1, outlasts: undefined };
  return { drill, rings: [{ id, channel: "PagerDuty", ...seconds, problems }] };
}

const well = { falseAlarms: [], strain: 0.2 };
const brokenOf = (...drills: Drill[]) => ({ why: "Prometheus: gave no answer", drills });

/** Plays these rounds, one for each attempt. */
async function play(...rounds: readonly RoundResult[]) {
  const tried: { titles: string[]; factor: number }[] = [];
  const said: string[] = [];
  const options = { folder: "nowhere", report: (line: string) => said.push(line) };
  const known = await attempts(
    [api, redis],
    options as unknown as LifeOptions,
    new Tempo(60),
    async (drills, { factor }) => {
      tried.push({ titles: drills.map(({ title }) => title), factor });
      const round = rounds[tried.length - 1];
      if (round === undefined) throw new Error("one attempt too many");
      return round;
    },
  );
  return { known, tried, said };
}

describe("a round", () => {
  test("that went well is run once", async () => {
    const { known, tried } = await play({ ...well, results: [result(api), result(redis)] });
    expect(tried).toHaveLength(1);
    expect(known.results).toHaveLength(2);
  });

  test("in which an alert did not ring is not repeated where the machine kept up", async () => {
    const { known, tried } = await play({
      ...well,
      results: [result(api, "it did not fire"), result(redis)],
    });
    expect(tried).toHaveLength(1);
    expect(known.results[0]?.rings[0]?.problems).toEqual(["it did not fire"]);
  });

  test("of which the lab broke keeps what it knows, and tries the rest in a new lab at half the pace", async () => {
    const { known, tried, said } = await play(
      { ...well, results: [result(api)], broken: brokenOf(redis) },
      { ...well, results: [result(redis)] },
    );
    expect(tried).toEqual([
      { titles: [api.title, redis.title], factor: 60 },
      { titles: [redis.title], factor: 30 },
    ]);
    expect(known.results.map(({ drill }) => drill)).toEqual([api, redis]);
    expect(known.broken).toBeUndefined();
    expect(said.join()).toContain("the lab broke (Prometheus: gave no answer): Redis is down once more");
  });

  test("is repeated as a whole where something rang that may be of any drill", async () => {
    const { tried } = await play(
      { results: [result(api)], falseAlarms: ["TargetDown"], strain: 0.2, broken: brokenOf(redis) },
      { ...well, results: [result(api), result(redis)] },
    );
    expect(tried[1]?.titles).toEqual([api.title, redis.title]);
  });

  test("whose replay differs is repeated where the machine did not keep up, and only there", async () => {
    const replayed = { alerts: [], firings: 0, pages: 0, differences: ["APIDown fires twice"] };
    const results = [result(api), result(redis)];
    const late = await play({ ...well, results, replayed, strain: 1.2 }, { ...well, results });
    expect(late.tried[1]?.titles).toEqual([api.title, redis.title]);
    expect((await play({ ...well, results, replayed })).tried).toHaveLength(1);
  });

  test("that failed on a machine that did not keep up goes by what was measured", async () => {
    const { known, tried } = await play(
      { results: [result(api), result(redis, "it did not fire")], falseAlarms: [], strain: 2.1 },
      { ...well, results: [result(redis)] },
    );
    expect(tried[1]).toEqual({ titles: [redis.title], factor: 20 });
    expect(known.results).toHaveLength(2);
  });

  test("whose lab breaks each time is given up with what is known of it", async () => {
    const { known, tried } = await play(
      { ...well, results: [result(api)], broken: brokenOf(redis) },
      { ...well, results: [], broken: brokenOf(redis) },
      { ...well, results: [], broken: brokenOf(redis) },
    );
    expect(tried).toHaveLength(3);
    expect(known.results.map(({ drill }) => drill)).toEqual([api]);
    expect(known.broken?.drills).toEqual([redis]);
  });
});
