/** What a stack wants an engine elsewhere to have, and how it is reached. */
import { parse } from "yaml";
import { z } from "zod";
import { pagerOf } from "../../components/pagers/index.ts";
import { keyFileOf, secretFiles } from "../../components/prometheus/alertmanager.ts";
import { engineAlertmanagerDocument, engineRules } from "../../components/prometheus/files.ts";
import { namePrefix } from "../../components/shared/names.ts";
import { StackError } from "../pulumi/cli.ts";
import type { Stack } from "../verify/stack.ts";
import type { Holdings } from "./difference.ts";
import { type RulerAccess, ruleGroup } from "./ruler-api.ts";

export interface RulerTarget {
  readonly access: RulerAccess;
  readonly namespace: string;
  readonly wanted: Holdings;
  /** Values that nothing may print. */
  readonly secrets: readonly string[];
}

/** A file of rules as `npm run render` writes it. */
export const ruleFile = z.object({ groups: z.array(ruleGroup) });

/** @throws StackError where the stack has no engine with such an API */
export function rulerTargetOf(stack: Stack, name: string): RulerTarget {
  const { settings, secrets, outputs } = stack;
  const { metrics } = settings;
  if (!metrics.enabled || metrics.engine !== "remote") {
    throw new StackError(
      `${name} has no engine elsewhere whose rules could be loaded: metrics.engine is not remote`,
    );
  }
  const { remoteRulesUrl: rulesUrl, remoteRuler } = metrics;
  if (rulesUrl === undefined || remoteRuler === "vmalert") {
    throw new StackError(
      `${name} does not say where its engine takes rules: set metrics.remoteRulesUrl (Cortex, Mimir, Grafana Cloud), ` +
        "or load the files of `npm run render` (Thanos, vmalert, Prometheus)",
    );
  }
  const pager = pagerOf(settings);
  const receivers = {
    ...(pager && { [keyFileOf(pager)]: outputs.engineRoutingKey }),
    [secretFiles.slackWebhookUrl]: secrets["notifications.slackWebhookUrl"],
    [secretFiles.smtpPassword]: secrets["notifications.smtpPassword"],
  };
  const password = secrets["metrics.remotePassword"];
  return {
    access: {
      rulesUrl,
      alertmanagerUrl: metrics.remoteAlertmanagerUrl,
      user: metrics.remoteUsername && password ? { name: metrics.remoteUsername, password } : undefined,
      tenant: metrics.remoteTenant,
    },
    namespace: namePrefix(settings),
    wanted: {
      groups: groupsOf(engineRules(settings, metrics)),
      alertmanager: metrics.remoteAlertmanagerUrl
        ? engineAlertmanagerDocument(settings, pager, receivers)
        : undefined,
    },
    secrets: Object.values(receivers).flatMap((value) => value ?? []),
  };
}

/** The groups of rule files by name. */
function groupsOf(files: Readonly<Record<string, string>>) {
  return Object.values(files).flatMap((text) => ruleFile.parse(parse(text)).groups);
}
