interface Call {
  readonly service: string;
  readonly action: string;
  readonly endpoint: string;
}

/**
 * An SDK error in words for people. AWS's own refusals pass as they are. What the emulator lacks comes as an HTML
 * page with status 500, which the SDK reports as a syntax error; nobody listening comes as a bare system error.
 */
export function explain(error: unknown, { service, action, endpoint }: Call): unknown {
  if (!(error instanceof Error)) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ECONNREFUSED" || code === "ECONNRESET" || code === "ENOTFOUND" || code === "ETIMEDOUT") {
    const advice = "start the local stack (make up)";
    return new Error(
      `the AWS emulator at ${endpoint} does not answer ${service}:${action} (${code}): ${advice}`,
      {
        cause: error,
      },
    );
  }
  if (error instanceof SyntaxError || /^char '.*' is not expected|Unexpected token '?</.test(error.message)) {
    const reason = "it has no such action, or the request lacks something that AWS requires";
    return new Error(`the AWS emulator can't answer ${service}:${action}: ${reason}; its log says which`, {
      cause: error,
    });
  }
  return error;
}

/** Whether AWS said that the thing does not exist, by the names its services have for that. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && /NotFound|NoSuch|DoesNotExist/.test(error.name);
}

/** The answer, or undefined where AWS says that the thing does not exist. */
export async function unlessMissing<Answer>(call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
