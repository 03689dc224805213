import type { z } from "zod";

/** An answer of Sentry's API that refuses: `{"detail": "..."}`, or messages by field. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: object;

  constructor(status: number, body: object) {
    super(`Sentry answers ${status}`);
    this.status = status;
    this.body = body;
  }
}

export const unauthorized = () =>
  new ApiError(401, { detail: "Authentication credentials were not provided." });
export const notFound = () => new ApiError(404, { detail: "The requested resource does not exist" });
export const invalid = (fields: Readonly<Record<string, string | readonly string[]>>) =>
  new ApiError(400, fields);

/** What the schema says of a request's body. @throws a 400 with the messages by field. */
export function parsed<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const { success, data, error } = schema.safeParse(body ?? {});
  if (success) return data;
  const fields: Record<string, string[]> = {};
  for (const { path, message } of error.issues) {
    const [field = "nonFieldErrors", ...inner] = path.map(String);
    fields[field] = [...(fields[field] ?? []), inner.length > 0 ? `${inner.join(".")}: ${message}` : message];
  }
  throw invalid(fields);
}

export function found<T>(value: T | undefined): T {
  if (value === undefined) throw notFound();
  return value;
}
