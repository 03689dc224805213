/** A pager that only tests know: Alertmanager tells it by its receiver for incident.io. */
import { failed, proven } from "../../../components/shared/outcome.ts";
import type { Pager, PagerProduct } from "../../../components/shared/pager.ts";
import type { Settings } from "../../../settings/schema.ts";
import type { EnabledExamplePager, ExamplePagerSettings } from "./settings.ts";

const own = (settings: Settings) =>
  (settings as unknown as { examplepager: ExamplePagerSettings }).examplepager;

export const examplePager = {
  key: "examplepager",
  name: "Example Pager",
  integration: "incidentio_configs",
  pager: (settings) => {
    const section = own(settings);
    return section.enabled ? pagerOf(section) : undefined;
  },
  sentry: () => ({ type: "example", integration: "Example of AgentPay", target: "7", data: {} }),
  incidents: async () => [],
  checks: [
    {
      id: "examplepager-answers",
      title: "Example Pager answers",
      advice: "Wait.",
      run: async ({ outputs: { pagerUrl } }) =>
        pagerUrl === undefined ? failed("it is nowhere") : proven(pagerUrl),
    },
  ],
  checksFile: "test/support/example-pager/pager.ts",
} as const satisfies Omit<PagerProduct, "key"> & { key: string };

function pagerOf(section: EnabledExamplePager): Pager {
  const { url } = section;
  const pager: Pager = {
    key: "examplepager" as Pager["key"],
    name: "Example Pager",
    keyFile: "examplepager-token",
    receiver: (keyFile) => ({
      incidentio_configs: [
        {
          url: `${url}/alerts`,
          alert_source_token_file: keyFile,
          send_resolved: true,
        },
      ],
    }),
    managed: undefined,
    uptime: {
      gatus: (key) => ({
        url: `${url}/gatus`,
        method: "POST",
        headers: { Authorization: `Bearer ${key}` },
        body: "[ALERT_DESCRIPTION]",
        placeholders: {},
      }),
      uptimeRobot: { type: "Webhook", data: {}, secretData: (key) => ({ customValue: key }) },
      betterStack: {
        kind: "OutgoingWebhook",
        path: "v2/outgoing-webhooks",
        attributes: { trigger_type: "incident_change" },
        secretAttributes: (key) => ({ url: key }),
        member: "webhook",
      },
    },
    deploy: async () => ({ ...pager, ...(await import("./index.ts")).connect(section) }),
  };
  return pager;
}
