/**
 * Hostile values for every key of Pulumi.yaml: whatever is accepted makes files that Prometheus, Alertmanager, the blackbox
 * exporter and Gatus accept themselves, and whatever is refused is refused by its key.
 */
import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { GATUS_DATA } from "../../../components/uptime/gatus.ts";
import { renderAll } from "../../../operations/render/index.ts";
import { tools } from "../../../operations/tools/tools.ts";
import { SettingsError } from "../../../settings/messages.ts";
import type { Settings } from "../../../settings/schema.ts";
import { parseSettings } from "../../../settings/settings.ts";
import { freePort } from "../../../toolkit/free-port.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import { eventually } from "../../support/eventually.ts";
import { configurationOf, type Overrides, REPOSITORY } from "../../support/program.ts";
import { hostileValues } from "./hostile-values.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "hostile-settings-"));
const programs = { promtool: "", amtool: "", blackbox: "", gatus: "" };

beforeAll(async () => {
  const [prometheus, alertmanager, blackbox, gatus] = [
    await ensureTool(tools.prometheus),
    await ensureTool(tools.alertmanager),
    await ensureTool(tools.blackbox),
    await ensureTool(tools.gatus),
  ];
  programs.promtool = prometheus.binaries["promtool"] ?? "";
  programs.amtool = alertmanager.binaries["amtool"] ?? "";
  programs.blackbox = blackbox.binaries["blackbox_exporter"] ?? "";
  programs.gatus = gatus.binaries["gatus"] ?? "";
});
afterAll(() => rmSync(folder, { recursive: true }));

const project: { config: Record<string, object> } = parse(
  readFileSync(join(REPOSITORY, "Pulumi.yaml"), "utf8"),
);
const keys = Object.keys(project.config);

/** The certificate is not here for Gatus to read. */
const WITHOUT_TLS = { "uptime.statusPageCertificate": "", "uptime.statusPagePrivateKey": "" };

/** Undefined where it is refused, which it must be by name. @throws what is no refusal, or does not name the key */
function settingsOf(overrides: Overrides, key?: string): Settings | undefined {
  try {
    return parseSettings("production", configurationOf("production", { ...WITHOUT_TLS, ...overrides }));
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    if (key !== undefined) expect(error.message).toContain(key);
    return undefined;
  }
}

/** All values that are right by themselves, and together. */
function accepted(values: readonly (readonly [key: string, value: unknown])[]): Overrides {
  let overrides: Overrides = {};
  for (const [key, value] of values) {
    if (key.endsWith(".enabled") || !settingsOf({ [key]: value }, key)) continue;
    const more = { ...overrides, [key]: value };
    if (settingsOf(more)) overrides = more;
  }
  return overrides;
}

/** @throws with what the program says, where one refuses its files */
async function judge(settings: Settings): Promise<void> {
  const out = mkdtempSync(join(folder, "files-"));
  for (const [path, content] of Object.entries(renderAll(settings))) {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), content);
  }
  await Promise.all([
    run(programs.promtool, ["check", "config", join(out, "prometheus/prometheus.yml")]),
    settings.metrics.enabled && settings.metrics.engine === "amp"
      ? undefined
      : run(programs.amtool, ["check-config", join(out, "alertmanager/alertmanager.yml")]),
    settings.uptime.enabled && settings.uptime.checkers.includes("blackbox")
      ? run(programs.blackbox, ["--config.check", `--config.file=${join(out, "blackbox/blackbox.yml")}`])
      : undefined,
    settings.uptime.enabled && settings.uptime.checkers.includes("gatus")
      ? startsGatus(join(out, "gatus/config.yaml"))
      : undefined,
  ]);
  rmSync(out, { recursive: true });
}

/** Gatus has no check of a file but its start. It asks nobody: each endpoint is read, and switched off. */
async function startsGatus(file: string): Promise<void> {
  const idle = readFileSync(file, "utf8").replaceAll(/^( *)- name:/gm, "$1- enabled: false\n$1  name:");
  writeFileSync(file, idle.replaceAll(GATUS_DATA, dirname(file)));
  const port = await freePort();
  const child = spawn(programs.gatus, [], {
    env: { GATUS_CONFIG_PATH: file, GATUS_PORT: String(port), GATUS_ADDRESS: "127.0.0.1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  try {
    await eventually(`Gatus's answer; it says:\n${said}`, async () => {
      if (child.exitCode !== null) throw new Error(`Gatus refuses ${file}:\n${said}`);
      const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
      return answer?.ok || undefined;
    });
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}

test("what is accepted is accepted by the programs; what is refused is refused by its key", async () => {
  const values = fc
    .tuple(
      ...keys.map((key) => fc.tuple(fc.constant(key), hostileValues(configurationOf("production"), key))),
    )
    .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }));
  let tried = 0;
  await fc.assert(
    fc.asyncProperty(values, async (all) => {
      const overrides = accepted(all);
      tried += Object.keys(overrides).length;
      const settings = settingsOf(overrides);
      if (settings === undefined) throw new Error("what was accepted is refused");
      await judge(settings).catch((error: Error) => {
        throw new Error(`${JSON.stringify(overrides, undefined, 2)}\n${error.message}`, { cause: error });
      });
    }),
    { numRuns: Number(process.env["AGENTPAY_HOSTILE_RUNS"] ?? 8), endOnFailure: true },
  );
  // A generator of which nothing is accepted would prove nothing.
  expect(tried).toBeGreaterThan(50);
});

test("the programs refuse what they should: the check is no rubber stamp", async () => {
  const settings = settingsOf({});
  if (settings?.uptime.enabled !== true) throw new Error("production has uptime");
  const broken = { ...settings, uptime: { ...settings.uptime, widgetUrl: "https://{{.x}" } };
  await expect(judge(broken)).rejects.toThrow();
});
