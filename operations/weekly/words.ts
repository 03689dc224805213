/** Figures and times in words. */

export function percent(share: number): string {
  // What is rounded to nothing is not less than nothing.
  return `${Number((share * 100).toFixed(1)) || 0}%`;
}

export function times(count: number): string {
  return count === 1 ? "once" : count === 2 ? "twice" : `${count} times`;
}

/** Such as `45 s`, `4 min`, `3 h 20 min`. */
export function waited(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** Such as `7 December`. @param time a day, or a time of ISO 8601 */
export function ofMonth(time: string): string {
  return new Date(time).toLocaleDateString("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });
}

/** Such as `Tue 03:12`. @param timeZone in whose hours */
export function clock(time: string, timeZone: string): string {
  const parts = { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  return new Date(time).toLocaleString("en-GB", { ...parts, timeZone }).replace(",", "");
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Not with the sign: of two of them, GitHub makes a formula. */
export function usd(amount: number, digits = 2): string {
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits } as const;
  // What is rounded to nothing is not less than nothing.
  return `${amount.toLocaleString("en-US", { ...options, signDisplay: "negative" })} USD`;
}
