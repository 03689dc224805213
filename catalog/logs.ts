/** The logs of AgentPay's services: who writes them, what is in a line, and what operators ask of them. */

/** Services that write a log file, each to the log group `/agentpay/<service>`. */
export const loggingServices = ["api", "worker"] as const;
export type LoggingService = (typeof loggingServices)[number];

export function logGroupName(service: LoggingService): string {
  return `/agentpay/${service}`;
}

/**
 * Fields of a line: one JSON object, as structlog writes it. Queries and filters name no other, so that what AgentPay
 * must log is in one place.
 */
export const logFields = {
  timestamp: "ISO 8601, UTC: 2026-11-24T08:15:00.123456Z",
  level: "debug, info, warning, error or critical",
  event: "what happened, such as conversation_started",
  endpoint: "route template of the request, such as /v1/conversations/{id}",
  status: "HTTP status of the answer",
  duration_ms: "how long the request, or the call of a model, took",
  conversation_id: "the conversation that the line belongs to",
  organisation_id: "the merchant whose conversation it is",
  trace_id: "the trace in Sentry",
  model: "language model that was called",
  error_type: "class of the error, such as rate_limit_error",
} as const;
export type LogField = keyof typeof logFields;

/** Levels at which a line is an error. */
export const errorLevels = ["error", "critical"] as const;

/** A question that operators ask, saved in Logs Insights. */
export interface LogQuery {
  /** Part of the resource's name. */
  readonly key: string;
  /** What people find it by, below `AgentPay/<environment>/`. */
  readonly title: string;
  readonly services: readonly LoggingService[];
  /** Lines of Logs Insights' query language. */
  readonly lines: readonly string[];
}

const isError = `level in ${JSON.stringify(errorLevels)}`;

/** @param slowSeconds how long a request must take to be slow */
export function logQueries(slowSeconds: number): readonly LogQuery[] {
  return [
    {
      key: "errors-by-endpoint",
      title: "Errors by endpoint",
      services: loggingServices,
      lines: [
        `filter ${isError}`,
        "stats count(*) as errors, latest(event) as last_event by @log, endpoint, status",
        "sort errors desc",
        "limit 50",
      ],
    },
    {
      key: "conversation-trail",
      title: "One conversation's trail",
      services: loggingServices,
      lines: [
        'filter conversation_id = "PUT-THE-ID-HERE"',
        "fields @timestamp, @log, level, event, endpoint, status, duration_ms, model, error_type, trace_id",
        "sort @timestamp asc",
        "limit 1000",
      ],
    },
    {
      key: "slow-requests",
      title: "Slow requests",
      services: ["api"],
      lines: [
        `filter ispresent(endpoint) and duration_ms > ${slowSeconds * 1000}`,
        "stats count(*) as requests, pct(duration_ms, 95) as p95_ms, max(duration_ms) as slowest_ms by endpoint",
        "sort requests desc",
        "limit 50",
      ],
    },
    {
      key: "llm-failures",
      title: "LLM failures",
      services: loggingServices,
      lines: [
        `filter ispresent(model) and ${isError}`,
        "stats count(*) as failures, latest(conversation_id) as last_conversation by model, error_type, bin(5m)",
        "sort failures desc",
        "limit 100",
      ],
    },
  ];
}
