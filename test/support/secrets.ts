/** Made-up secrets that can be searched for: wherever one shows up in clear, a secret has leaked. */
const MARK = "sentinel-secret";

export function sentinel(of: string): string {
  return `${MARK}:${of}`;
}

/** Whether a value holds a sentinel in clear, however deep. */
export function leaks(value: unknown): boolean {
  return (typeof value === "string" ? value : (JSON.stringify(value) ?? "")).includes(MARK);
}
