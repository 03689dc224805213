/**
 * Every secret of the table in docs/getting-started.md gets a new value on the real engine. What uses it has the new one, nothing
 * is made again that need not be, and the old one is nowhere. Vendors are asked through recorders, which see what they are shown.
 */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { connect } from "node:tls";
import { promisify } from "node:util";
import { Client } from "pg";
import { generate } from "selfsigned";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { database } from "../../local/agentpay/world.ts";
import { decrypt } from "../../local/platforms/grafana/api/encryption.ts";
import { ADMINISTRATOR, MONITORING } from "../../local/platforms/postgres/server.ts";
import { secretKeys } from "../../settings/schema.ts";
import { deployedStack, root } from "../support/deployed-stack.ts";
import { eventually } from "../support/eventually.ts";
import { portOffsets } from "../support/port-offsets.ts";
import { type Recorder, recorder } from "../support/recorder.ts";

const run = promisify(execFile);

const { stack, pulumi, url, json } = deployedStack(portOffsets.rotation);

const VENDORS = ["sentry", "pagerduty", "datadog", "uptimerobot", "betterstack"] as const;
let vendors: Readonly<Record<(typeof VENDORS)[number], Recorder>>;
let slack: Recorder;
let samples: Recorder;
/** Passwords that mail clients showed. */
const mailPasswords: string[] = [];
const mail = new SMTPServer({
  hideSTARTTLS: true,
  allowInsecureAuth: true,
  onAuth: ({ password }, _session, done) => {
    mailPasswords.push(password ?? "");
    done(null, { user: "alerts" });
  },
  onData: (stream, _session, done) => {
    stream.on("end", () => done()).resume();
  },
});

/** The status page's key and certificate, of that time by its name. */
const pages = {
  old: await generate([{ name: "commonName", value: "old-page" }]),
  new: await generate([{ name: "commonName", value: "new-page" }]),
};

/** A password of that time, one for each secret. */
const secretsOf = (time: "old" | "new"): Readonly<Record<string, string>> => ({
  "sentry.token": `${time}-sentry-token`,
  "pagerduty.token": `${time}-pagerduty-token`,
  "notifications.slackWebhookUrl": `http://host.docker.internal:${slack.port}/services/${time}-slack-webhook`,
  "notifications.smtpPassword": `${time}-smtp-password`,
  "datadog.apiKey": `${time}-datadog-api-key`,
  "datadog.applicationKey": `${time}-datadog-application-key`,
  "metrics.grafanaAdminPassword": `${time}-grafana-password`,
  "metrics.grafanaSecretKey": `${time}-grafana-secret-key-0123456789`,
  "metrics.remotePassword": `${time}-remote-password`,
  "metrics.databasePassword": `${time}-database-password`,
  "uptime.uptimerobotApiKey": `${time}-uptimerobot-key`,
  "uptime.betterstackApiToken": `${time}-betterstack-token`,
  "uptime.statusPageCertificate": pages[time].cert,
  "uptime.statusPagePrivateKey": pages[time].private,
});
/** In all that is searched: no secret of that time is without it. */
const traces = (time: "old" | "new") => {
  const [ofKey] = /[A-Za-z0-9]{20}/.exec(pages[time].private.split("\n").slice(2).join(" ")) ?? [];
  const names = "sentry|pagerduty|slack|smtp|datadog|grafana|remote|database|uptimerobot|betterstack";
  return new RegExp(`${time}-(${names})-|${ofKey}`);
};

const options = (kind: "secret" | "plaintext", values: Readonly<Record<string, string | number>>) =>
  Object.entries(values).flatMap(([key, value]) => [`--${kind}`, `${key}=${value}`]);

/** The database's own password first, then one update of what uses them. */
async function rotate(time: "old" | "new", also: Readonly<Record<string, string | number>> = {}) {
  const secrets = secretsOf(time);
  await run(process.execPath, ["operations/cli.ts", "database", "migrate"], {
    cwd: root,
    env: {
      ...process.env,
      DATABASE_URL: `postgres://${ADMINISTRATOR.user}:${ADMINISTRATOR.password}@127.0.0.1:${stack().ports.postgres}/${database.datname}`,
      MONITORING_PASSWORD: secrets["metrics.databasePassword"],
    },
  });
  await pulumi("config", "set-all", "--path", ...options("plaintext", also), ...options("secret", secrets));
}

beforeAll(async () => {
  const opened = await Promise.all(VENDORS.map(async (name) => [name, await recorder(url(name))] as const));
  vendors = Object.fromEntries(opened) as typeof vendors;
  [slack, samples] = [await recorder(), await recorder()];
  await new Promise<void>((resolve) => mail.listen(0, "127.0.0.1", resolve));
  const at = (server: Recorder, path = "") => `http://127.0.0.1:${server.port}${path}`;
  await rotate("old", {
    "sentry.apiUrl": at(vendors.sentry, "/api/"),
    "pagerduty.apiUrl": at(vendors.pagerduty),
    "datadog.apiUrl": at(vendors.datadog),
    "logs.platform": "datadog",
    "uptime.uptimerobotApiUrl": at(vendors.uptimerobot, "/v3"),
    "uptime.betterstackApiUrl": at(vendors.betterstack, "/api"),
    "uptime.checkers[3]": "uptimerobot",
    "uptime.checkers[4]": "betterstack",
    "metrics.engine": "remote",
    "metrics.remoteWriteUrl": at(samples, "/api/v1/write"),
    "metrics.remoteQueryUrl": at(samples),
    "metrics.remoteUsername": "agentpay",
    "notifications.smtpHost": `host.docker.internal:${(mail.server.address() as AddressInfo).port}`,
    "notifications.smtpUsername": "alerts",
    "uptime.statusPageUrl": url("gatus").replace("http:", "https:"),
  });
  await pulumi("up", "--yes", "--skip-preview");
});
afterAll(async () => {
  mail.close();
  for (const server of [...Object.values(vendors ?? {}), slack, samples]) await server?.stop();
});

/** A warning: Alertmanager tells Slack and the mail server of it. */
async function warn(alertname: string): Promise<void> {
  const labels = { alertname, severity: "warning", service: "api", environment: "local" };
  const annotations = { summary: "A test.", description: "A test.", runbook_url: "https://example.com/x" };
  const response = await fetch(`${url("alertmanager")}/api/v2/alerts`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify([{ labels, annotations }]),
  });
  expect(response.ok).toBe(true);
}

async function filesWith(pattern: RegExp): Promise<readonly string[]> {
  const { home } = stack().paths;
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(
    // What ended meanwhile is gone with its content.
    files.map(async (file) => pattern.test(await readFile(file, "latin1").catch(() => ""))),
  );
  return files.filter((_, index) => found[index]).map((file) => file.slice(home.length + 1));
}

async function opensDatabase(password: string | undefined): Promise<boolean> {
  const client = new Client({
    host: "127.0.0.1",
    port: stack().ports.postgres,
    database: database.datname,
    user: MONITORING.user,
    password,
  });
  const opened = await client.connect().then(
    () => true,
    () => false,
  );
  await client.end();
  return opened;
}

async function opensGrafana(password: string | undefined): Promise<boolean> {
  const authorization = `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`;
  return (await fetch(`${url("grafana")}/api/org`, { headers: { authorization } })).ok;
}

interface Planned {
  readonly steps: readonly { readonly op: string; readonly urn: string }[];
}

/** Names of the resources that an update would do something with, by what it would do. */
async function planned(): Promise<Record<string, readonly string[]>> {
  const output = await pulumi("preview", "--json");
  const { steps } = JSON.parse(output.slice(output.indexOf("{"))) as Planned;
  const changes: Record<string, string[]> = {};
  for (const { op, urn } of steps) {
    if (op !== "same") changes[op] = [...(changes[op] ?? []), urn.split("::").at(-1) ?? ""].toSorted();
  }
  return changes;
}

test("every secret that the operators' table names is among them", async () => {
  const page = await readFile(join(root, "docs/getting-started.md"), "utf8");
  const rows = page.split("\n").filter((line) => line.includes("config set --secret --path"));
  const named = secretKeys.filter((key) => rows.some((row) => row.includes(key)));
  expect(named).toEqual(secretKeys);
  expect(Object.keys(secretsOf("new")).toSorted()).toEqual(named.toSorted());
});

test("one update gives each its new secret: only containers that hold one as a file are made anew", async () => {
  await rotate("new");
  const changes = await planned();
  expect(changes["replace"]).toEqual([
    "metrics-alertmanager",
    "metrics-alertmanager-files",
    "metrics-grafana",
    "metrics-grafana-files",
    "metrics-prometheus-secrets-upload",
    "status-page-gatus",
    "status-page-gatus-files",
  ]);
  expect(Object.keys(changes).toSorted()).toEqual(["replace", "update"]);
  await pulumi("up", "--yes", "--skip-preview");
  expect(await planned()).toEqual({});
});

test("each vendor is shown the new key, and no old one", async () => {
  for (const server of Object.values(vendors)) server.forget();
  await pulumi("refresh", "--yes", "--skip-preview");
  for (const [name, server] of Object.entries(vendors)) {
    const shown = server.shown().join("\n");
    expect(shown, name).toMatch(traces("new"));
    expect(shown, name).not.toMatch(traces("old"));
  }
});

test("Slack, the mail server and the metrics engine are shown the new ones", async () => {
  mailPasswords.length = 0;
  for (const server of [slack, samples]) server.forget();
  await warn("AfterRotation");
  await eventually("a Slack message", async () => slack.shown()[0]);
  await eventually("an email", async () => mailPasswords[0]);
  await eventually("samples", async () => samples.shown()[0]);
  expect(new Set(slack.shown())).toEqual(new Set(["/services/new-slack-webhook"]));
  expect(new Set(mailPasswords)).toEqual(new Set(["new-smtp-password"]));
  expect(samples.shown().join()).not.toMatch(traces("old"));
  expect(samples.shown()[0]).toContain("agentpay:new-remote-password");
});

test("Grafana's admin and the database's role have the new passwords, and Grafana asks with them", async () => {
  const [before, after] = [secretsOf("old"), secretsOf("new")];
  const grafana = "metrics.grafanaAdminPassword";
  expect([await opensGrafana(before[grafana]), await opensGrafana(after[grafana])]).toEqual([false, true]);
  const role = "metrics.databasePassword";
  expect([await opensDatabase(before[role]), await opensDatabase(after[role])]).toEqual([false, true]);
  const sources = await json<{ uid: string; secureJsonFields: object }[]>("grafana", "/api/datasources", {
    headers: { Authorization: `Basic ${Buffer.from(`admin:${after[grafana]}`).toString("base64")}` },
  });
  expect(sources.filter(({ secureJsonFields }) => Object.keys(secureJsonFields).length > 0)).toHaveLength(2);
});

test("the status page shows the new certificate", async () => {
  const socket = connect({ host: "127.0.0.1", port: stack().ports.gatus, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  expect(socket.getPeerCertificate().subject.CN).toBe("new-page");
  socket.destroy();
});

test("Grafana's own key goes with its database, as docs/recovery.md says", async () => {
  const key = "new-grafana-secret-key-of-another-day";
  await pulumi("config", "set", "--secret", "--path", "metrics.grafanaSecretKey", key);
  const [database = ""] = await filesWith(/"dataSources":/);
  await rm(join(stack().paths.home, database));
  for (const command of ["up", "refresh", "up"]) await pulumi(command, "--yes", "--skip-preview");
  expect(await planned()).toEqual({});
  const { dataSources } = JSON.parse(await readFile(join(stack().paths.home, database), "utf8"));
  const { password } = dataSources["agentpay-postgres"].secureJsonData;
  expect(decrypt(password, key)).toBe(secretsOf("new")["metrics.databasePassword"]);
});

test("no file of the stack holds an old one, and the state none in clear", async () => {
  expect(await filesWith(traces("old"))).toEqual([]);
  const holders = await filesWith(traces("new"));
  expect(holders.filter((file) => file.startsWith("backend") || file.startsWith("logs"))).toEqual([]);
  // Where they are used: the search does find what is there.
  expect(holders.length).toBeGreaterThan(0);
});
