/** `npm run drill -- --live --stack <name>`: the test page, with what the stack's configuration and outputs say. */
import colors from "picocolors";
import { engineNotifies } from "../../components/prometheus/files.ts";
import { publicGrafanaUrl } from "../../components/shared/addresses.ts";
import { StackError } from "../../operations/pulumi/cli.ts";
import { readStack, type Stack } from "../../operations/verify/stack.ts";
import { type LiveTarget, sendTestPage } from "./live.ts";

/** @returns whether the page arrived and ended */
export async function liveDrill(name: string, json: boolean, signal: AbortSignal): Promise<boolean> {
  const target = targetOf(await readStack(name), name);
  const result = await sendTestPage(target, signal, (line) => (json ? undefined : console.log(line)));
  const { id, secondsToArrive, secondsToResolve } = result;
  const passed = secondsToArrive !== undefined && secondsToResolve !== undefined;
  if (json) console.log(JSON.stringify({ stack: name, passed, ...result }, null, 2));
  else if (passed)
    console.log(colors.green(`Ended after ${secondsToResolve.toFixed(0)} s: ${name} can page.`));
  else {
    const what =
      secondsToArrive === undefined ? "did not arrive at PagerDuty" : "arrived, but its end did not";
    console.error(
      colors.red(`The test page ${id} ${what}. Runbook: runbooks/AlertmanagerNotificationsFailing.md`),
    );
  }
  return passed;
}

/** @throws StackError where the stack has no way to page */
export function targetOf({ settings, secrets, outputs }: Stack, name: string): LiveTarget {
  const { pagerduty, metrics, environment, docs } = settings;
  if (!pagerduty.enabled) throw new StackError(`${name} never pages: pagerduty.enabled is false`);
  if (!metrics.enabled) throw new StackError(`${name} has no Alertmanager: metrics.enabled is false`);
  if (engineNotifies(metrics)) {
    throw new StackError(
      `${name}'s pages go through its engine's own Alertmanager, which takes no test page of ours: break something instead (docs/engines.md)`,
    );
  }
  const serviceId = /\w+$/.exec(outputs.pagerUrl ?? "")?.[0];
  const { alertmanagerUrl } = outputs;
  if (!alertmanagerUrl || !serviceId) {
    throw new StackError(`${name} has no Alertmanager or PagerDuty service yet. Make it with: pulumi up`);
  }
  return {
    environment,
    alertmanagerUrl,
    pagerDuty: {
      url: pagerduty.apiUrl ?? "https://api.pagerduty.com",
      token: secrets["pagerduty.token"] ?? "",
      serviceId,
    },
    runbookUrl: `${docs.runbookBaseUrl}/README.md`,
    dashboardUrl: publicGrafanaUrl(settings, metrics),
  };
}
