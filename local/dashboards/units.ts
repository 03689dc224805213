/** How Grafana's units that our panels use are written. Any other is written as a plain number. */
const UNITS: Readonly<Record<string, (value: number) => string>> = {
  percent: (value) => `${short(value)}%`,
  percentunit: (value) => `${percents(value * 100)}%`,
  s: seconds,
  ms: (value) => seconds(value / 1000),
  bytes: (value) => scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB"]),
  decbytes: (value) => scaled(value, 1000, ["B", "kB", "MB", "GB", "TB"]),
  reqps: (value) => `${short(value)} req/s`,
  cps: (value) => `${short(value)} c/s`,
  ops: (value) => `${short(value)} ops/s`,
  none: (value) => value.toLocaleString("en", { maximumFractionDigits: 2 }),
  short: (value) => (Math.abs(value) < 1000 ? short(value) : scaled(value, 1000, ["", "K", "Mil", "Bil"])),
  currencyUSD: (value) => `$${value !== 0 && Math.abs(value) < 0.1 ? short(value) : value.toFixed(2)}`,
};

/** `-` where there is no value. */
export function formatValue(value: number | undefined, unit: string): string {
  if (value === undefined || Number.isNaN(value)) return "-";
  return (UNITS[unit] ?? short)(value).trim();
}

function short(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en", { maximumFractionDigits: 6 });
}

/** 99.96 is not 100: of what is to be nearly all, the rest is what counts. */
function percents(value: number): string {
  return value >= 99 && value < 100 ? (Math.floor(value * 100) / 100).toFixed(2) : short(value);
}

function seconds(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return "0 s";
  if (size < 0.001) return `${short(value * 1_000_000)} µs`;
  if (size < 1) return `${short(value * 1000)} ms`;
  return size < 120 ? `${short(value)} s` : `${short(value / 60)} min`;
}

function scaled(value: number, base: number, names: readonly string[]): string {
  const steps = value === 0 ? 0 : Math.floor(Math.log(Math.abs(value)) / Math.log(base));
  const power = Math.min(Math.max(steps, 0), names.length - 1);
  return `${short(value / base ** power)} ${names[power]}`;
}
