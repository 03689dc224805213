import type { z } from "zod";

/** An answer of PagerDuty's REST API that refuses: `{"error": {"code", "message", "errors"}}`. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: number;
  readonly errors: readonly string[];

  constructor(status: number, code: number, message: string, errors: readonly string[] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }

  toJSON(): object {
    const errors = this.errors.length > 0 ? { errors: this.errors } : {};
    return { error: { message: this.message, code: this.code, ...errors } };
  }
}

export const unauthorized = () => new ApiError(401, 2006, "Authentication failed");
export const notFound = () => new ApiError(404, 2100, "Not Found");
export const invalid = (errors: readonly string[]) =>
  new ApiError(400, 2001, "Invalid Input Provided", errors);

/** `schedule_layers[0].users can't be empty` for each problem. */
export function problems(error: z.ZodError): string[] {
  return error.issues.map((issue) => `${pathText(issue.path)} ${issue.message}`.trim());
}

export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index > 0 ? "." : ""}${String(part)}`))
    .join("");
}
