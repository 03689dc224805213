/**
 * The stand-ins against what the official plugins were seen to do (recorded.json), and, where a plugin is on this
 * machine, the record against the plugin: on the same simulated services, asked the same as the engine asks.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pack } from "tar-stream";
import { afterAll, describe, expect, test } from "vitest";
import { pluginOf, pluginSources } from "../../../../local/cli/official-plugins.ts";
import { startEngineHost } from "../../../../local/host/host.ts";
import { localPorts } from "../../../../local/host/ports.ts";
import type { ProviderName } from "../../../../local/official/providers.ts";
import { type Engine, findEngine } from "../../../../local/platforms/docker/provider/driver-choice.ts";
import { dockerPackage } from "../../../../local/platforms/docker/provider/index.ts";
import { startGrafana } from "../../../../local/platforms/grafana/api/server.ts";
import { grafanaPackage } from "../../../../local/platforms/grafana/provider/index.ts";
import { startPagerDuty } from "../../../../local/platforms/pagerduty/api/server.ts";
import { pagerDutyPackage } from "../../../../local/platforms/pagerduty/provider/index.ts";
import { startSentry } from "../../../../local/platforms/sentry/api/server.ts";
import { sentryPackage } from "../../../../local/platforms/sentry/provider/index.ts";
import type { Properties } from "../../../../toolkit/property-values.ts";
import { REPOSITORY } from "../../../../toolkit/repository.ts";
import { temporaryFolder } from "../../platforms/support.ts";
import { dockerCases, grafanaCases, pagerDutyCases, sentryCases } from "./cases.ts";
import { providerAt, startPlugin } from "./client.ts";
import { type Case, probe } from "./probe.ts";
import { type PluginRecord, type PluginRecords, tableOf } from "./table.ts";

interface Subject {
  readonly name: ProviderName;
  /** Starts its service, and says how a provider is configured for it. Undefined where it can't be had here. */
  readonly serve: () => Promise<Served | undefined>;
}

interface Served {
  readonly cases: readonly Case[];
  readonly configuration: Properties;
  readonly stop: () => Promise<void>;
}

const dataFolder = temporaryFolder();

const subjects: readonly Subject[] = [
  {
    name: "pagerduty",
    serve: async () => {
      const { url, stop } = await startPagerDuty({ port: 0, dataFolder: join(dataFolder, "pagerduty") });
      return { cases: pagerDutyCases, configuration: { token: "probe", apiUrlOverride: url }, stop };
    },
  },
  {
    name: "sentry",
    serve: async () => {
      const { url, stop } = await startSentry({ port: 0, dataFolder: join(dataFolder, "sentry") });
      return { cases: sentryCases, configuration: { token: "probe", baseUrl: `${url}/api/` }, stop };
    },
  },
  {
    name: "grafana",
    serve: async () => {
      const { url, stop } = await startGrafana({
        host: "127.0.0.1",
        port: 0,
        dataFolder: join(dataFolder, "grafana"),
        adminUser: "admin",
        adminPassword: "probe",
        secretKey: "key",
        hosts: new Map(),
      });
      return { cases: grafanaCases, configuration: { url, auth: "admin:probe" }, stop };
    },
  },
  {
    name: "docker",
    serve: async () => {
      const engine = await findEngine({});
      if (engine === undefined) return undefined;
      const image = await emptyImage(engine.client);
      const stop = () => engine.client.getImage(image.id).remove({ force: true });
      return { cases: dockerCases(image), configuration: { host: engine.host }, stop };
    },
  },
];

/** An image with nothing in it. */
async function emptyImage(engine: Engine["client"]): Promise<{ id: string; name: string }> {
  const archive = pack();
  archive.entry({ name: "etc", type: "directory" });
  archive.finalize();
  const [repo, tag] = ["agentpay-local/probe", "empty"];
  const answer = await engine.importImage(Readable.from(archive), {
    repo,
    tag,
    // As a published image has one; nothing runs it.
    changes: [`CMD ["/bin/true"]`],
  });
  await new Promise<void>((resolve, reject) => {
    engine.modem.followProgress(answer, (error) => (error ? reject(error) : resolve()));
  });
  const name = `${repo}:${tag}`;
  return { id: (await engine.getImage(name).inspect()).Id, name };
}

const silent = { info() {}, warn() {}, error() {} };

const RECORD = join(import.meta.dirname, "recorded.json");
const recorded = JSON.parse(readFileSync(RECORD, "utf8")) as PluginRecords;

const dockerContext = {
  stateFolder: dataFolder,
  ports: localPorts(0),
  tools: {},
  logger: () => silent,
} as never;
const host = await startEngineHost([
  dockerPackage(dockerContext),
  grafanaPackage,
  pagerDutyPackage,
  sentryPackage,
]);
afterAll(() => host.stop());

function writeRecord(name: string, record: PluginRecord): void {
  const all = JSON.parse(readFileSync(RECORD, "utf8"));
  writeFileSync(RECORD, `${JSON.stringify({ ...all, [name]: record }, null, 2)}\n`);
}

async function seen(
  { cases, configuration, stop }: Served,
  start: (configuration: Properties) => ReturnType<typeof providerAt>,
) {
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
    const served = await subject.serve();
    if (served === undefined) return skip(`${name} has no service on this machine`);
    const behaviours = await seen(served, (configuration) =>
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
    const served = await subject.serve();
    if (served === undefined) return skip(`${name} has no service on this machine`);
    const behaviours = await seen(served, (configuration) => startPlugin(binary, name, configuration));
    if (process.env["AGENTPAY_RECORD_PLUGINS"]) writeRecord(name, { version, types: behaviours });
    else expect(behaviours).toEqual(recorded[name]?.types);
  });
});

test("a stand-in goes on with what a plugin has read, its defaults too", async () => {
  const configuration = { token: "probe", skipCredentialsValidation: true };
  const standIn = await providerAt(host.port, "pagerduty", configuration, () => {});
  const given = {
    name: "Probe",
    escalationPolicy: "P1",
    incidentUrgencyRule: { type: "constant", urgency: "high" },
  };
  const type = "pagerduty:index/service:Service";
  const inputs = {
    ...{ ...given, autoResolveTimeout: "7200", __defaults: ["autoResolveTimeout"] },
    incidentUrgencyRule: { ...given.incidentUrgencyRule, __defaults: [] },
  };
  const last = { id: "P2", inputs, outputs: {} };
  expect((await standIn.diff(type, last, await standIn.check(type, given))).does).toBe("nothing");
  standIn.stop();
});

test("every type that the program makes with these plugins is in the record", () => {
  const golden = ["local", "staging", "production"]
    .map((stack) => readFileSync(join(REPOSITORY, `test/golden/${stack}.txt`), "utf8"))
    .join("\n");
  const own = new RegExp(`\\b(${subjects.map(({ name }) => name).join("|")}):\\w+/\\w+:\\w+`, "g");
  const made = new Set([...golden.matchAll(own)].map(([type]) => type));
  const known = Object.values(recorded).flatMap(({ types }) => Object.keys(types));
  expect(made.size).toBeGreaterThan(10);
  expect([...made].filter((type) => !known.includes(type))).toEqual([]);
});

test("docs/providers.md shows the record", () => {
  const text = readFileSync(join(REPOSITORY, "docs/providers.md"), "utf8");
  expect(text).toContain(tableOf(recorded));
});
