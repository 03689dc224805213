/** Durations in Go's notation (`1m30s`), which Docker's health checks use. */
import { z } from "zod";

const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** In Go's own spelling alone: the plugin reads another back in that one, which is a change for ever. */
export const duration = z
  .string()
  .regex(/^(0|(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+)$/, {
    error: 'must be a duration such as "10s" or "1m30s"',
    abort: true,
  })
  .superRefine((text, context) => {
    const own = spelled(nanoseconds(text));
    if (text !== own) context.addIssue({ code: "custom", message: `must be spelled "${own}"` });
  });

/** A number of nanoseconds as Go spells it: `1m0s`, `1.5s`, `250ms`. */
function spelled(amount: number): string {
  if (amount > 0 && amount < 1e3) return `${amount}ns`;
  if (amount > 0 && amount < 1e6) return `${amount / 1e3}µs`;
  if (amount > 0 && amount < 1e9) return `${amount / 1e6}ms`;
  const seconds = amount / 1e9;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const larger = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : "";
  return `${larger}${(amount % 60e9) / 1e9}s`;
}

/** Nanoseconds in a duration of Go's notation. */
export function nanoseconds(text: string): number {
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g);
  return [...parts].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (NANOSECONDS[unit ?? ""] ?? 0),
    0,
  );
}
