/** Each resource type of the program that an official plugin makes against a simulated service, with what is tried. */
import type { Properties } from "../../../../toolkit/property-values.ts";
import type { Resource } from "./client.ts";
import type { Case } from "./probe.ts";

type Made = Readonly<Record<string, Resource>>;
const idOf = (made: Made, type: string) => made[type]?.id ?? "";

const TEAM = "pagerduty:index/team:Team";
const SCHEDULE = "pagerduty:index/schedule:Schedule";
const POLICY = "pagerduty:index/escalationPolicy:EscalationPolicy";
const SERVICE = "pagerduty:index/service:Service";
const INTEGRATION = "pagerduty:index/serviceIntegration:ServiceIntegration";

const START = "2024-01-01T00:00:00Z";
const layer = (user: string, day: number, durationSeconds = 259_200): Properties => ({
  name: `from ${day}`,
  start: START,
  rotationVirtualStart: START,
  rotationTurnLengthSeconds: 604_800,
  users: [user],
  restrictions: [
    {
      type: "weekly_restriction",
      startDayOfWeek: day,
      startTimeOfDay: "00:00:00",
      durationSeconds,
    },
  ],
});
const rule = (minutes: number, type: string, id: string): Properties => ({
  escalationDelayInMinutes: minutes,
  targets: [{ type, id }],
});

export const pagerDutyCases: readonly Case[] = [
  {
    type: TEAM,
    inputs: () => ({ name: "Probe", description: "Whoever answers" }),
    least: () => ({ name: "Probe of least" }),
    changes: { name: "Other", description: "Other" },
    unusual: { "a name with spaces around it": { name: " Probe with spaces " } },
  },
  {
    type: SCHEDULE,
    inputs: (made) => ({
      name: "Probe primary",
      description: "On call",
      timeZone: "Europe/Berlin",
      teams: [idOf(made, TEAM)],
      layers: [layer("PENGNRA", 1), layer("PENGNRB", 4)],
    }),
    least: () => ({ name: "Probe of least", timeZone: "Etc/UTC", layers: [layer("PENGNRA", 1)] }),
    changes: {
      name: "Other",
      description: "Other",
      timeZone: "Etc/UTC",
      teams: [],
      layers: [layer("PENGNRB", 1), layer("PENGNRA", 4)],
    },
    mistakes: {
      "an unknown time zone": { name: "Wrong 1", timeZone: "Europe/Nowhere" },
      "a user who does not exist": { name: "Wrong 2", layers: [layer("PNOBODY", 1)] },
      "an id for a layer": { name: "Wrong 3", layers: [{ ...layer("PENGNRA", 1), id: "P1" }] },
      "a restriction to a whole week": { name: "Wrong 4", layers: [layer("PENGNRA", 1, 604_800)] },
    },
    unusual: {
      "a name with spaces around it": { name: " Probe with spaces " },
      "another way to write a time": {
        name: "Probe of times",
        layers: [{ ...layer("PENGNRA", 1), rotationVirtualStart: "2024-01-01T01:00:00+01:00" }],
      },
    },
  },
  {
    type: POLICY,
    inputs: (made) => ({
      name: "Probe escalation",
      description: "Primary, then the manager",
      teams: idOf(made, TEAM),
      numLoops: 2,
      rules: [rule(15, "schedule_reference", idOf(made, SCHEDULE)), rule(30, "user_reference", "PMANAGR")],
    }),
    least: () => ({ name: "Probe of least", rules: [rule(15, "user_reference", "PMANAGR")] }),
    changes: {
      name: "Other",
      description: "Other",
      numLoops: 3,
      rules: [rule(20, "user_reference", "PMANAGR")],
    },
    mistakes: {
      "10 loops": { name: "Wrong 1", numLoops: 10 },
      "a target of another kind": { name: "Wrong 2", rules: [rule(15, "team_reference", "PMANAGR")] },
      "a delay of no minutes": { name: "Wrong 3", rules: [rule(0, "user_reference", "PMANAGR")] },
      "an id for a rule": {
        name: "Wrong 4",
        rules: [{ ...rule(15, "user_reference", "PMANAGR"), id: "P1" }],
      },
      "a name with a slash": { name: "Wrong / 5" },
      "a name with a space at its end": { name: "Wrong 6 " },
    },
    unusual: { "a name with a space before it": { name: " Probe with a space" } },
  },
  {
    type: SERVICE,
    inputs: (made) => ({
      name: "Probe service",
      description: "Alerts",
      escalationPolicy: idOf(made, POLICY),
      alertCreation: "create_alerts_and_incidents",
      acknowledgementTimeout: "1800",
      autoResolveTimeout: "86400",
      incidentUrgencyRule: { type: "constant", urgency: "severity_based" },
      alertGroupingParameters: { type: "time", config: { timeout: 5 } },
    }),
    least: (made) => ({ name: "Probe of least", escalationPolicy: idOf(made, POLICY) }),
    changes: {
      name: "Other",
      description: "Other",
      acknowledgementTimeout: "3600",
      autoResolveTimeout: "null",
      incidentUrgencyRule: { type: "constant", urgency: "high" },
      alertGroupingParameters: { type: "time", config: { timeout: 10 } },
    },
    mistakes: {
      "a policy that does not exist": { name: "Wrong 1", escalationPolicy: "PNOBODY" },
      "an unknown way of grouping": { name: "Wrong 2", alertGroupingParameters: { type: "magic" } },
      "grouping by time with fields": {
        name: "Wrong 3",
        alertGroupingParameters: { type: "time", config: { timeout: 5, fields: ["summary"] } },
      },
      "an urgency rule without a type": { name: "Wrong 4", incidentUrgencyRule: { urgency: "high" } },
      "a name with a space at its end": { name: "Wrong 5 " },
      "a name of two lines": { name: "Wrong\n6" },
    },
    unusual: {
      "a name with a space before it": { name: " Probe with a space" },
      "a name with a slash": { name: "Probe / slash" },
    },
  },
  {
    type: INTEGRATION,
    inputs: (made) => ({
      service: idOf(made, SERVICE),
      name: "Prometheus",
      type: "events_api_v2_inbound_integration",
    }),
    least: (made) => ({ service: idOf(made, SERVICE), vendor: "PZQ6AUS" }),
    changes: { name: "Other", type: "generic_events_api_inbound_integration" },
    mistakes: {
      "a type and a vendor": { vendor: "PZQ6AUS" },
      "an unknown type": { type: "pigeon_inbound_integration" },
    },
  },
];

const organization = "agentpay";
const SENTRY_TEAM = "sentry:index/sentryTeam:SentryTeam";
const PROJECT = "sentry:index/sentryProject:SentryProject";
const slugOf = (made: Made, type: string) => String(made[type]?.outputs["slug"] ?? "");

export const sentryCases: readonly Case[] = [
  {
    type: SENTRY_TEAM,
    inputs: () => ({ organization, name: "probe", slug: "probe" }),
    least: () => ({ organization, name: "probe-of-least" }),
    changes: { name: "other", slug: "other", organization: "other" },
    unusual: { "a name with spaces around it": { name: " probe with spaces ", slug: "probe-with-spaces" } },
  },
  {
    type: PROJECT,
    inputs: (made) => ({ organization, name: "probe", slug: "probe", teams: [slugOf(made, SENTRY_TEAM)] }),
    least: (made) => ({ organization, name: "probe-of-least", teams: [slugOf(made, SENTRY_TEAM)] }),
    changes: { name: "other", slug: "other", organization: "other", resolveAge: 72 },
    mistakes: {
      "a platform, where docs.sentry.io does not answer": { name: "w1", slug: "w1", platform: "python" },
      "a team that does not exist": { name: "w2", slug: "w2", teams: ["nobody"] },
      "a digest delay of 5 seconds": { name: "w3", slug: "w3", digestsMinDelay: 5 },
    },
    unusual: { "a name with spaces around it": { name: " probe with spaces ", slug: "probe-with-spaces" } },
  },
  {
    type: "sentry:index/sentryKey:SentryKey",
    inputs: (made) => ({ organization, project: slugOf(made, PROJECT), name: "Server" }),
    least: (made) => ({ organization, project: slugOf(made, PROJECT), name: "Least" }),
    changes: { name: "Other", project: "other", organization: "other", rateLimitCount: 10 },
    unusual: { "a name with spaces around it": { name: " Server with spaces " } },
  },
];

const FOLDER = "grafana:oss/folder:Folder";
const SOURCE = "grafana:oss/dataSource:DataSource";
const DASHBOARD = "grafana:oss/dashboard:Dashboard";
const viewers = { role: "Viewer", permission: "View" };
const model = (title: string) => JSON.stringify({ title, uid: "probe", panels: [], schemaVersion: 39 });

export const grafanaCases: readonly Case[] = [
  {
    type: FOLDER,
    inputs: () => ({ title: "Probe", uid: "probe-folder" }),
    least: () => ({ title: "Probe of least" }),
    changes: { title: "Other", uid: "other" },
    mistakes: { "a uid with a space": { uid: "not a uid" } },
  },
  {
    type: "grafana:oss/folderPermission:FolderPermission",
    inputs: () => ({
      folderUid: "probe-folder",
      permissions: ["Editor", "Viewer"].map((role) => ({ role, permission: "View" })),
    }),
    changes: {
      folderUid: "other",
      permissions: [{ role: "Viewer", permission: "View" }],
    },
    mistakes: {
      "an unknown role": { permissions: [{ role: "Reader", permission: "View" }] },
      "a permission twice": { permissions: [viewers, viewers] },
      "a folder's uid with a slash": { folderUid: "probe-folder/" },
    },
    unusual: { "none at all": { permissions: [] } },
  },
  {
    type: SOURCE,
    inputs: () => ({
      name: "Probe",
      uid: "probe-source",
      type: "prometheus",
      url: "http://prometheus:9090",
      accessMode: "proxy",
      isDefault: true,
      jsonDataEncoded: JSON.stringify({ httpMethod: "POST", timeInterval: "5s" }),
    }),
    least: () => ({ name: "Probe of least", type: "prometheus" }),
    changes: {
      name: "Other",
      uid: "other",
      type: "alertmanager",
      url: "http://other:9090",
      isDefault: false,
      jsonDataEncoded: JSON.stringify({ httpMethod: "GET" }),
    },
    mistakes: { "data that is no JSON": { name: "Wrong", uid: "wrong", jsonDataEncoded: "{" } },
  },
  {
    type: DASHBOARD,
    inputs: () => ({ folder: "probe-folder", configJson: model("Probe"), overwrite: true }),
    changes: { configJson: model("Other"), folder: "other" },
    mistakes: { "a model that is no JSON": { configJson: "{" } },
  },
  {
    type: "grafana:oss/organizationPreferences:OrganizationPreferences",
    inputs: () => ({ homeDashboardUid: "probe" }),
    changes: { homeDashboardUid: "other", theme: "dark" },
    mistakes: { "an unknown theme": { theme: "pink" } },
  },
];

const NETWORK = "docker:index/network:Network";
const VOLUME = "docker:index/volume:Volume";
const CONTAINER = "docker:index/container:Container";

/** @param image one that the engine has, by id and by name; nothing in it runs */
export function dockerCases({ id, name }: { id: string; name: string }): readonly Case[] {
  const stopped = { image: id, start: false, mustRun: false };
  return [
    {
      type: "docker:index/remoteImage:RemoteImage",
      inputs: () => ({ name, keepLocally: true }),
      changes: { name: "other", keepLocally: false },
    },
    {
      type: NETWORK,
      inputs: () => ({ name: "agentpay-probe" }),
      changes: { name: "other", driver: "host", internal: true },
    },
    {
      type: VOLUME,
      inputs: () => ({ name: "agentpay-probe" }),
      changes: { name: "other" },
    },
    {
      type: CONTAINER,
      inputs: () => ({
        ...stopped,
        name: "agentpay-probe",
        restart: "unless-stopped",
        init: true,
        capabilities: { drops: ["ALL"] },
        securityOpts: ["no-new-privileges:true"],
        logDriver: "json-file",
        logOpts: { "max-size": "10m", "max-file": "3" },
        waitTimeout: 120,
        user: "65534",
        memory: 64,
        memorySwap: 128,
        readOnly: false,
        command: ["/bin/true", "--flag=1"],
        envs: ["REPLICA=one"],
        healthcheck: {
          tests: ["CMD", "wget", "-q", "http://127.0.0.1/"],
          interval: "10s",
          timeout: "5s",
          retries: 3,
          startPeriod: "30s",
        },
        ports: [{ internal: 9090, external: 49_090, ip: "127.0.0.1" }],
        networksAdvanced: [{ name: "agentpay-probe", aliases: ["probe"] }],
        hosts: [{ host: "host.docker.internal", ip: "host-gateway" }],
        volumes: [{ volumeName: "agentpay-probe", containerPath: "/data" }],
        uploads: [{ file: "/etc/probe.yml", content: "a: 1", permissions: "0400", owner: "65534" }],
      }),
      least: () => ({ ...stopped, name: "agentpay-probe-of-least", memory: 64 }),
      changes: {
        name: "other",
        memory: 32,
        restart: "no",
        command: ["/bin/false"],
        user: "0",
        envs: ["REPLICA=two"],
        ports: [{ internal: 9090, external: 49_091, ip: "127.0.0.1" }],
        hosts: [{ host: "other", ip: "host-gateway" }],
        logOpts: { "max-size": "20m", "max-file": "3" },
        uploads: [{ file: "/etc/probe.yml", content: "a: 2", permissions: "0400", owner: "65534" }],
        waitTimeout: 60,
        healthcheck: { tests: ["NONE"] },
      },
      mistakes: {
        "permissions that are no octal number": {
          name: "agentpay-wrong-2",
          volumes: [],
          ports: [],
          uploads: [{ file: "/a", content: "a", permissions: "rw" }],
        },
        "an unknown restart policy": {
          name: "agentpay-wrong-4",
          volumes: [],
          ports: [],
          restart: "sometimes",
        },
      },
    },
  ];
}
