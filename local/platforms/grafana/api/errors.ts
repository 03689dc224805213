import type { z } from "zod";

/** An answer of Grafana's API that refuses: `{"message": "...", "status": "..."}`. */
export class ApiError extends Error {
  readonly status: number;
  readonly extra: object;

  constructor(status: number, message: string, extra: object = {}) {
    super(message);
    this.status = status;
    this.extra = extra;
  }

  toJSON(): object {
    return { message: this.message, ...this.extra };
  }
}

export function found<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new ApiError(404, message, { status: "not-found" });
  return value;
}

/** @throws 400 as Grafana does for a body that it can't use. */
export function parsed<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const { success, data, error } = schema.safeParse(body ?? {});
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new ApiError(400, `bad request data: ${problems.join("; ")}`);
}
