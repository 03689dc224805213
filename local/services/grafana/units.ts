/** How Grafana's units that our panels use are written. Any other is written as a plain number. */
const UNITS: Readonly<Record<string, (value: number) => string>> = {
  percent: (value) => `${short(value)}%`,
  percentunit: (value) => `${short(value * 100)}%`,
  s: (value) => (Math.abs(value) < 1 ? `${short(value * 1000)} ms` : `${short(value)} s`),
  ms: (value) => `${short(value)} ms`,
  bytes: (value) => scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB"]),
  decbytes: (value) => scaled(value, 1000, ["B", "kB", "MB", "GB", "TB"]),
  reqps: (value) => `${short(value)} req/s`,
  ops: (value) => `${short(value)} ops/s`,
  currencyUSD: (value) => `$${value.toFixed(2)}`,
};

/** `-` where there is no value. */
export function formatValue(value: number | undefined, unit: string): string {
  if (value === undefined || Number.isNaN(value)) return "-";
  return (UNITS[unit] ?? short)(value);
}

function short(value: number): string {
  return Number(value.toPrecision(4)).toLocaleString("en");
}

function scaled(value: number, base: number, names: readonly string[]): string {
  const steps = value === 0 ? 0 : Math.floor(Math.log(Math.abs(value)) / Math.log(base));
  const power = Math.min(Math.max(steps, 0), names.length - 1);
  return `${short(value / base ** power)} ${names[power]}`;
}
