import type { PanelReference } from "../dashboards/index.ts";
import type { Duration } from "../duration.ts";
import type { ServiceName } from "../services.ts";
import type { Severity } from "../severity.ts";

/** A number that a stack may set for itself (`alertThresholds.<AlertName>`). */
export interface Threshold {
  /** The value where the stack says nothing. */
  readonly default: number;
  /** What one unit of it is, for people: `share of requests`, `seconds`, ... */
  readonly unit: string;
  /** Where the default comes from. */
  readonly source: string;
}

interface AlertBase {
  /** PascalCase, at most 40 characters; also the name of its runbook. */
  readonly name: string;
  readonly severity: Severity;
  readonly service: ServiceName;
  /** One static sentence. */
  readonly summary: string;
  /** What users feel and what was measured; a Prometheus template. */
  readonly description: string;
  /** How long the condition must hold before anyone is told. */
  readonly holdFor: Duration;
  /** The dashboard, and the panel on it, that show what the alert watches. */
  readonly panel: PanelReference;
}

/** An alert that Prometheus evaluates. */
export type Alert =
  | (AlertBase & { readonly threshold?: undefined; readonly expression: () => string })
  | (AlertBase & { readonly threshold: Threshold; readonly expression: (threshold: number) => string });

/** Alerts that are evaluated together. */
export interface AlertGroup {
  /** At most 40 characters. */
  readonly name: string;
  readonly alerts: readonly Alert[];
}
