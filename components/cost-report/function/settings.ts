/** What the deployed function is told: how it is configured, and what each invocation asks for. */
import { z } from "zod";
import { editions } from "./calendar.ts";

/** Variable of the function's environment that holds its settings, JSON. */
export const SETTINGS_VARIABLE = "REPORT_SETTINGS";

/** No secret is in it: the password is read when it is needed, from where it is kept. */
export const reportSettings = z.strictObject({
  environment: z.string(),
  recipients: z.array(z.string()).min(1),
  sender: z.string(),
  /** 0 for none. */
  monthlyBudgetUsd: z.number().min(0),
  /** Where Prometheus answers; undefined where the function can't reach one. */
  prometheusUrl: z.string().optional(),
  /** What an engine elsewhere asks of whoever reads from it. */
  engine: z
    .strictObject({
      /** With the password in `passwordParameter`, an SSM parameter (SecureString). */
      user: z.strictObject({ name: z.string(), passwordParameter: z.string() }).optional(),
      tenant: z.string().optional(),
      /** Region for which requests are signed with the function's role: of Amazon's engine. */
      signedFor: z.string().optional(),
    })
    .optional(),
  database: z
    .strictObject({
      host: z.string(),
      port: z.number(),
      name: z.string(),
      user: z.string(),
      /** SSM parameter (SecureString) that holds the password. */
      passwordParameter: z.string(),
      /** `require` encrypts, `verify-full` knows the server as well. */
      tls: z.enum(["disable", "require", "verify-full"]),
    })
    .optional(),
});
export type ReportSettings = z.output<typeof reportSettings>;

export const reportEvent = z.object({
  edition: z.enum(editions).default("daily"),
  /** When the schedule was due: a retry hours later still reports the same day. */
  scheduledAt: z.string().optional(),
  /** The last day that is reported, for a report made by hand. */
  date: z.string().optional(),
  /** Answers with the report instead of sending it. */
  dryRun: z.boolean().default(false),
});

/** An alarm watches it: a day without it is a day without a report. */
export const SENT_METRIC = { namespace: "AgentPay/CostReport", name: "ReportsSent" } as const;

/** Its dimensions. */
export function sentDimensions(environment: string, edition: (typeof editions)[number]) {
  return { Environment: environment, Edition: edition };
}
