/**
 * The stand-ins against what the official plugins were seen to do (recorded.json), and, where a plugin is on this
 * machine, the record against the plugin: on the same simulated services, asked the same as the engine asks.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { pluginOf, pluginSources } from "../../../../local/cli/official-plugins.ts";
import { startEngineHost } from "../../../../local/engine/host.ts";
import { grafanaPackage } from "../../../../local/engine/providers/grafana/index.ts";
import { pagerDutyPackage } from "../../../../local/engine/providers/pagerduty/index.ts";
import { sentryPackage } from "../../../../local/engine/providers/sentry/index.ts";
import type { Properties } from "../../../../local/engine/resource.ts";
import type { ProviderName } from "../../../../local/official-providers.ts";
import { startGrafana } from "../../../../local/services/grafana/server.ts";
import { startPagerDuty } from "../../../../local/services/pagerduty/server.ts";
import { startSentry } from "../../../../local/services/sentry/server.ts";
import { REPOSITORY } from "../../../../local/state-folder.ts";
import { temporaryFolder } from "../../services/support.ts";
import { grafanaCases, pagerDutyCases, sentryCases } from "./cases.ts";
import { providerAt, startPlugin } from "./client.ts";
import { type Case, probe } from "./probe.ts";
import { type PluginRecord, type PluginRecords, tableOf } from "./table.ts";

interface Subject {
  readonly name: ProviderName;
  readonly cases: readonly Case[];
  /** Starts its service, and says how a provider is configured for it. */
  readonly serve: () => Promise<{ configuration: Properties; stop: () => Promise<void> }>;
}

const dataFolder = temporaryFolder();

const subjects: readonly Subject[] = [
  {
    name: "pagerduty",
    cases: pagerDutyCases,
    serve: async () => {
      const { url, stop } = await startPagerDuty({ port: 0, dataFolder: join(dataFolder, "pagerduty") });
      return { configuration: { token: "probe", apiUrlOverride: url }, stop };
    },
  },
  {
    name: "sentry",
    cases: sentryCases,
    serve: async () => {
      const { url, stop } = await startSentry({ port: 0, dataFolder: join(dataFolder, "sentry") });
      return { configuration: { token: "probe", baseUrl: `${url}/api/` }, stop };
    },
  },
  {
    name: "grafana",
    cases: grafanaCases,
    serve: async () => {
      const { url, stop } = await startGrafana({
        host: "127.0.0.1",
        port: 0,
        dataFolder: join(dataFolder, "grafana"),
        adminUser: "admin",
        adminPassword: "probe",
        hosts: new Map(),
      });
      return { configuration: { url, auth: "admin:probe" }, stop };
    },
  },
];

const RECORD = join(import.meta.dirname, "recorded.json");
const recorded = JSON.parse(readFileSync(RECORD, "utf8")) as PluginRecords;

const host = await startEngineHost([grafanaPackage, pagerDutyPackage, sentryPackage]);
afterAll(() => host.stop());

function writeRecord(name: string, record: PluginRecord): void {
  const all = JSON.parse(readFileSync(RECORD, "utf8"));
  writeFileSync(RECORD, `${JSON.stringify({ ...all, [name]: record }, null, 2)}\n`);
}

async function seen(
  { cases, serve }: Subject,
  start: (configuration: Properties) => ReturnType<typeof providerAt>,
) {
  const { configuration, stop } = await serve();
  const provider = await start(configuration);
  try {
    return await probe(provider, cases);
  } finally {
    provider.stop();
    await stop();
  }
}

describe.each(subjects)("$name", (subject) => {
  const { name } = subject;

  test("the stand-in does what the plugin was seen to do", async ({ skip }) => {
    if (recorded[name] === undefined) return skip(`nothing is recorded of ${name}'s plugin`);
    const behaviours = await seen(subject, (configuration) =>
      providerAt(host.port, name, configuration, () => {}),
    );
    expect(behaviours).toEqual(recorded[name]?.types);
  });

  test("the plugin does what is recorded of it", async ({ skip }) => {
    const { version } = await pluginOf(name);
    const binary = pluginSources()
      .folders.map((folder) => join(folder, `resource-${name}-v${version}`, `pulumi-resource-${name}`))
      .find(existsSync);
    if (binary === undefined) return skip(`no plugin ${name} ${version} on this machine`);
    const behaviours = await seen(subject, (configuration) => startPlugin(binary, name, configuration));
    if (process.env["AGENTPAY_RECORD_PLUGINS"]) writeRecord(name, { version, types: behaviours });
    else expect(behaviours).toEqual(recorded[name]?.types);
  });
});

test("docs/providers.md shows the record", () => {
  const text = readFileSync(join(REPOSITORY, "docs/providers.md"), "utf8");
  expect(text).toContain(tableOf(recorded));
});
