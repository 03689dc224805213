/** Pseudo-random numbers that repeat with their seed, in the shapes that traffic has. */
export interface Random {
  /** From 0 up to, not including, 1. */
  uniform(): number;
  chance(probability: number): boolean;
  pick<T>(values: readonly [T, ...T[]]): T;
  /** Time to the next event of a steady stream, or how long a visit lasts. */
  exponential(mean: number): number;
  /** Latencies and sizes: most near the median, a few far above it. */
  logNormal(median: number, sigma: number): number;
  /** How many events of a steady stream fall into a period that holds `mean` of them on average. */
  poisson(mean: number): number;
}

export function seededRandom(seed: number): Random {
  const uniform = mulberry32(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return {
    uniform,
    chance: (probability) => uniform() < probability,
    pick: (values) => values[Math.floor(uniform() * values.length)] ?? values[0],
    exponential: (mean) => -mean * Math.log(1 - uniform()),
    logNormal: (median, sigma) => median * Math.exp(sigma * normal()),
    poisson(mean) {
      // Knuth's method takes `mean` steps: past that, the normal distribution is as good.
      if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = uniform(); product > limit; product *= uniform()) count++;
      return count;
    },
  };
}

/** Tommy Ettinger's generator: 32 bits of state, more than enough for traffic. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
