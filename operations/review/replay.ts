/** What the change would have done to the alerts in the last weeks of a real Prometheus, where one can be reached. */
import { readSettings } from "../../settings/settings-file.ts";
import { environmentOf } from "../../settings/stack-name.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import type { Pulumi } from "../pulumi/cli.ts";
import { type Access, accessOf, openAccess } from "../replay/access.ts";
import { versionOf } from "../replay/base.ts";
import { changedAlerts } from "../replay/changed-alerts.ts";
import type { ComparedSummary } from "../replay/comparison.ts";
import { CACHE } from "../replay/history.ts";
import { PrometheusApi } from "../replay/prometheus-api.ts";
import { runReplay } from "../replay/run.ts";
import { readStack } from "../verify/stack.ts";
import type { Side } from "./side.ts";

export interface ReplayedChange {
  readonly days: number;
  /** Undefined where the change is none of alerts, or of who is told. */
  readonly summary: ComparedSummary | undefined;
}

export interface ReplayOptions {
  readonly stack: string;
  readonly base: string;
  readonly before: Side;
  readonly after: Side;
  /** Undefined where the engine was left out: it is then not known where the stack's Prometheus is. */
  readonly pulumi: Pulumi | undefined;
  /** Of a Prometheus that asks for no password, in the place of the stack's. */
  readonly prometheus: string | undefined;
  readonly days: number;
  readonly onProgress: (line: string) => void;
}

const DAY = 86_400_000;
const MINUTE = 60_000;

/** @throws Failure where no Prometheus can be reached, or the change can't be played */
export async function replayedChange(options: ReplayOptions): Promise<ReplayedChange> {
  const { stack, base, before, after, days, onProgress } = options;
  const settings = readSettings(REPOSITORY, environmentOf(stack));
  const interval = settings.metrics.enabled ? settings.metrics.scrapeIntervalSeconds * 1000 : MINUTE;
  const alerts = changedAlerts(versionOf(before, interval), versionOf(after, interval));
  if (alerts.length === 0) return { days, summary: undefined };
  const access = await accessFor(options);
  await new PrometheusApi(access).reach();
  const to = Math.floor(Date.now() / MINUTE) * MINUTE;
  const summary = await runReplay({
    ...{ access, settings, alerts, onProgress, cache: CACHE, pages: true },
    period: { from: to - days * DAY, to },
    ruleFile: undefined,
    base: { reference: base, side: before },
    mostPagesPerWeek: undefined,
  });
  return { days, summary };
}

async function accessFor({ stack, pulumi, prometheus }: ReplayOptions): Promise<Access> {
  if (prometheus !== undefined) return openAccess(prometheus);
  return accessOf(await readStack(stack, pulumi), stack);
}
