/** One setting says where samples are kept and rules evaluated. What people see stays: alerts, names, dashboards. */
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { renderAll } from "../../operations/render/index.ts";
import { parseSettings } from "../../settings/settings.ts";
import { isSecretInput, plain } from "../support/mocks.ts";
import {
  componentOf,
  configurationOf,
  type Overrides,
  type ProgramRun,
  runProgram,
} from "../support/program.ts";

const remote: Overrides = {
  "metrics.engine": "remote",
  "metrics.remoteWriteUrl": "https://mimir.example.com/api/v1/push",
  "metrics.remoteQueryUrl": "https://mimir.example.com/prometheus",
  "metrics.remoteUsername": "agentpay",
  "metrics.remoteTenant": "production",
};
const amp: Overrides = { "metrics.engine": "amp" };
const vmalert: Overrides = { ...remote, "metrics.remoteRuler": "vmalert" };
const engines: Readonly<Record<string, Overrides>> = { container: {}, remote, amp, vmalert };

interface Receiver {
  readonly pagerduty_configs: readonly { routing_key: { aws_secrets_manager: object } }[];
  readonly sns_configs: readonly { topic_arn: string }[];
}

const rendered = (overrides: Overrides) =>
  renderAll(parseSettings("production", configurationOf("production", overrides)));
const below = (files: Record<string, string>, folder: string) =>
  Object.fromEntries(
    Object.entries(files).flatMap(([path, text]) =>
      path.startsWith(folder) ? [[path.slice(folder.length), text]] : [],
    ),
  );
const prometheusYml = (overrides: Overrides) => parse(rendered(overrides)["prometheus/prometheus.yml"] ?? "");

interface Group {
  readonly name: string;
  readonly rules: readonly object[];
}

describe("switching engines", () => {
  test.each([
    ["remote", "query_offset"],
    ["amp", "query_offset"],
    // It refuses Prometheus's own field.
    ["vmalert", "eval_delay"],
  ])("to %s keeps every rule and dashboard, but that rules look back by %s", (engine, field) => {
    const [before, after] = [rendered({}), rendered(engines[engine] ?? {})];
    expect(below(after, "grafana/dashboards/")).toEqual(below(before, "grafana/dashboards/"));
    const groupsOf = (files: Record<string, string>) =>
      Object.values(below(files, "prometheus/rules/")).flatMap((text) => parse(text).groups as Group[]);
    const rulesOf = (groups: readonly Group[]) =>
      groups.flatMap(({ rules }) => rules.map((rule) => JSON.stringify(rule))).toSorted();
    expect(groupsOf(before).length).toBeGreaterThan(20);
    expect(rulesOf(groupsOf(after))).toEqual(rulesOf(groupsOf(before)));
    // Outages are evaluated sooner here alone: who looks back longer would gain nothing.
    const usual = groupsOf(before).filter(({ name }) => !name.includes("-each-"));
    expect(groupsOf(after).map(({ rules: _, ...group }) => group)).toEqual(
      usual.map(({ rules: _, ...group }) => ({ ...group, [field]: "30s" })),
    );
  });

  test("where nothing travels, rules look at now", () => {
    expect(Object.values(rendered({})).join("\n")).not.toMatch(/query_offset|eval_delay/);
  });

  test("every alert names its environment, for an engine elsewhere adds no label", () => {
    for (const [file, text] of Object.entries(below(rendered({}), "prometheus/rules/"))) {
      const rules = parse(text).groups.flatMap((group: { rules: object[] }) => group.rules);
      for (const { alert, labels } of rules as { alert?: string; labels?: Record<string, string> }[]) {
        if (alert !== undefined) expect([file, labels?.["environment"]]).toEqual([file, "production"]);
      }
    }
  });

  test.each(["remote", "amp"])("%s: a Prometheus that ships has no rules of its own", (engine) => {
    const { rule_files, alerting, scrape_configs } = prometheusYml(engines[engine] ?? {});
    expect([rule_files, alerting]).toEqual([undefined, undefined]);
    const jobs = (config: { job_name: string }[]) => config.map(({ job_name }) => job_name);
    expect(jobs(scrape_configs)).toEqual(
      jobs(prometheusYml({}).scrape_configs).filter((job) => engine !== "amp" || job !== "alertmanager"),
    );
  });

  test("replicas that ship are told apart as the engines expect it", () => {
    const { global } = prometheusYml({ ...remote, "metrics.replicas": 2 });
    expect(global.external_labels).toEqual({
      environment: "production",
      cluster: "agentpay-production",
      __replica__: "${REPLICA}",
    });
  });
});

describe("remote", () => {
  let run: ProgramRun;
  beforeAll(async () => {
    run = await runProgram("production", { overrides: remote });
  });

  test("the engine's rulers are scraped for what tells that they fail, and of this tenant alone", () => {
    const { scrape_configs } = prometheusYml({
      ...remote,
      "metrics.remoteRulerTargets": ["mimir.example.com:9009"],
    });
    const ruler = scrape_configs.find(({ job_name }: { job_name: string }) => job_name === "ruler");
    expect(ruler.static_configs).toEqual([{ targets: ["mimir.example.com:9009"] }]);
    const [names, tenant] = ruler.metric_relabel_configs;
    expect(names).toMatchObject({ action: "keep", source_labels: ["__name__"] });
    const kept = new RegExp(`^(?:${names.regex})$`);
    expect(kept.test("cortex_prometheus_rule_evaluation_failures_total")).toBe(true);
    expect(kept.test("prometheus_rule_evaluation_failures_total")).toBe(true);
    expect(kept.test("cortex_ingester_memory_series")).toBe(false);
    expect(tenant).toEqual({ action: "keep", source_labels: ["user"], regex: "|production" });
    expect(
      prometheusYml(remote).scrape_configs.map(({ job_name }: { job_name: string }) => job_name),
    ).not.toContain("ruler");
  });

  test("samples are shipped with the engine's credentials from a file", () => {
    expect(prometheusYml(remote).remote_write).toEqual([
      {
        name: "engine",
        url: "https://mimir.example.com/api/v1/push",
        protobuf_message: "prometheus.WriteRequest",
        basic_auth: { username: "agentpay", password_file: "/run/secrets/prometheus/remote-password" },
        headers: { "X-Scope-OrgID": "production" },
        queue_config: { retry_on_http_429: true },
      },
    ]);
    const platform = componentOf(run, "MetricsPlatform");
    expect(platform.inputs("metrics-prometheus")["command"]).toContain("--agent");
    expect(platform.inputs("metrics-prometheus")["volumes"]).toContainEqual({
      volumeName: "agentpay-production-prometheus-secrets",
      containerPath: "/run/secrets/prometheus",
      readOnly: true,
    });
    const upload = platform.child("metrics-prometheus-secrets-upload");
    expect(isSecretInput(upload.inputs["uploads"])).toBe(true);
    expect(plain(upload.inputs["uploads"])).toEqual([
      {
        file: "/run/secrets/prometheus/remote-password",
        content: "sentinel-secret:metrics.remotePassword",
        permissions: "0400",
        owner: "65534",
      },
    ]);
    expect(platform.child("metrics-prometheus").dependencies).toContain(upload.urn);
    expect(JSON.stringify(rendered(remote))).not.toContain("sentinel-secret");
  });

  test("a changed threshold is for the engine alone: the shipping Prometheus has no rules to reload", async () => {
    const changed = await runProgram("production", {
      overrides: { ...remote, "alertThresholds.HighErrorRate": 0.07 },
    });
    const containers = ({ resources }: ProgramRun) =>
      resources.filter(({ type }) => type.startsWith("docker:")).map(({ name }) => name);
    expect(containers(changed)).toEqual(containers(run));
  });

  test("Grafana asks the engine, under the same uid; Alertmanager stays ours", () => {
    const dashboards = componentOf(run, "Dashboards");
    expect(dashboards.inputs("dashboards-prometheus")).toMatchObject({
      uid: "agentpay-prometheus",
      url: "https://mimir.example.com/prometheus",
      basicAuthEnabled: true,
      basicAuthUsername: "agentpay",
      secureJsonDataEncoded: '{"basicAuthPassword":"sentinel-secret:metrics.remotePassword"}',
    });
    expect(isSecretInput(dashboards.child("dashboards-prometheus").inputs["secureJsonDataEncoded"])).toBe(
      true,
    );
    expect(componentOf(run, "MetricsPlatform").outputs).toMatchObject({
      alertmanagerUrl: "http://127.0.0.1:9093",
    });
  });
});

describe("amp", () => {
  let run: ProgramRun;
  beforeAll(async () => {
    run = await runProgram("production", { overrides: amp });
  });

  test("the workspace has the rendered rules, byte for byte", () => {
    const engine = componentOf(run, "ManagedPrometheus");
    const rules = below(rendered(amp), "prometheus/rules/");
    for (const [file, text] of Object.entries(rules)) {
      const name = file.replace(".yml", "");
      expect(engine.inputs(`engine-${name}`)).toMatchObject({ name, data: text });
    }
    expect(engine.counts["aws:amp/ruleGroupNamespace:RuleGroupNamespace"]).toBe(Object.keys(rules).length);
  });

  test("its Alertmanager has the same routes, and reaches PagerDuty and the topics", () => {
    const { definition } = componentOf(run, "ManagedPrometheus").inputs("engine-alertmanager");
    const { template_files, alertmanager_config } = parse(String(definition));
    const managed = parse(alertmanager_config);
    const own = parse(rendered({})["alertmanager/alertmanager.yml"] ?? "");
    expect(managed.route).toEqual(own.route);
    expect(Object.keys(template_files)).toEqual(managed.templates);
    const receivers: Readonly<Record<string, Receiver>> = Object.fromEntries(
      managed.receivers.map(({ name, ...channels }: { name: string }) => [name, channels]),
    );
    expect(receivers["critical"]?.pagerduty_configs[0]?.routing_key.aws_secrets_manager).toMatchObject({
      secret_key: "routing_key",
    });
    expect(String(definition)).not.toContain("integration-key");
    expect(String(definition)).not.toContain(":pending");
    const topics = (configs: Receiver["sns_configs"] = []) =>
      configs.map(({ topic_arn: arn }) => arn.split(":").at(-1));
    expect(topics(receivers["critical"]?.sns_configs)).toEqual([
      "agentpay-production-sms",
      "agentpay-production-warning",
    ]);
    expect(topics(receivers["warning"]?.sns_configs)).toEqual(["agentpay-production-warning"]);
    expect(topics(receivers["dead-mans-switch"]?.sns_configs)).toEqual(["agentpay-production-heartbeat"]);
  });

  test("exactly the topics that it tells let it publish, for this account's workspaces", () => {
    const letIn = run.resources.filter(
      ({ type, inputs }) =>
        type.endsWith(":TopicPolicy") && String(plain(inputs["policy"])).includes("aps.amazonaws.com"),
    );
    expect(letIn.map(({ name }) => name).toSorted()).toEqual([
      "alert-topics-home-warning-policy",
      "alert-topics-sms-policy",
      "dead-mans-switch-heartbeat-policy",
    ]);
    for (const { inputs } of letIn) {
      const { Statement } = JSON.parse(String(plain(inputs["policy"])));
      const engine = Statement.find(({ Sid }: { Sid: string }) => Sid === "ManagedRulesPublish");
      expect(engine).toMatchObject({
        Principal: { Service: "aps.amazonaws.com" },
        Action: ["sns:Publish", "sns:GetTopicAttributes"],
        Condition: {
          StringEquals: { "aws:SourceAccount": "111122223333" },
          ArnLike: { "aws:SourceArn": "arn:aws:aps:eu-central-1:111122223333:workspace/*" },
        },
      });
    }
  });

  test("from a region that is opted in to, it publishes to another one under that region's name", async () => {
    const { resources } = await runProgram("production", {
      overrides: { ...amp, "aws.region": "eu-south-1" },
    });
    const publishers = (name: string) => {
      const policy = resources.find((resource) => resource.name === name)?.inputs["policy"];
      const { Statement } = JSON.parse(String(plain(policy)));
      return Statement.find(({ Sid }: { Sid: string }) => Sid === "ManagedRulesPublish").Principal.Service;
    };
    const both = ["aps.amazonaws.com", "aps.eu-south-1.amazonaws.com"];
    expect(publishers("alert-topics-sms-policy")).toEqual(both);
    expect(publishers("dead-mans-switch-heartbeat-policy")).toEqual(both);
    expect(publishers("alert-topics-home-warning-policy")).toBe("aps.amazonaws.com");
  });

  test("PagerDuty is told only what Amazon passes on, and where it is from", () => {
    const { definition } = componentOf(run, "ManagedPrometheus").inputs("engine-alertmanager");
    const { alertmanager_config } = parse(String(definition));
    const [critical] = parse(alertmanager_config).receivers.flatMap(
      ({ pagerduty_configs = [] }: { pagerduty_configs?: object[] }) => pagerduty_configs,
    );
    expect(Object.keys(critical).toSorted()).toEqual([
      ...["class", "client", "client_url", "component", "description", "details"],
      ...["routing_key", "send_resolved", "severity", "source"],
    ]);
    expect(critical.source).toContain("environment");
    expect(critical.details.firing).toContain("agentpay.details");
  });

  test("alarms that share nothing with the engine tell when its rules fail, are late, or reach nobody", () => {
    const alarms = componentOf(run, "EngineAlarms");
    const told = alarms.children
      .filter(({ type }) => type.endsWith(":MetricAlarm"))
      .map(({ inputs }) => plain(inputs) as Record<string, unknown>)
      .map(({ name, metricQueries, alarmActions, treatMissingData, threshold }) => [
        name,
        (metricQueries as { expression: string }[]).map(({ expression }) => expression),
        (alarmActions as string[]).map((arn) => arn.split(":").slice(3).join(":")),
        [treatMissingData, threshold],
      ]);
    const row = (name: string, metric: string, severity: string) => [
      `agentpay-production-${name}`,
      [
        expect.stringMatching(
          new RegExp(`^SELECT SUM\\(${metric}\\) FROM "AWS/Prometheus" WHERE Workspace = '.+'$`),
        ),
      ],
      [`eu-central-1:111122223333:agentpay-production-${severity}`],
      ["notBreaching", 0],
    ];
    const rows = [
      row("prometheus-rule-failures", "RuleEvaluationFailures", "critical"),
      row("prometheus-missing-rule-evaluations", "RuleGroupIterationsMissed", "warning"),
      row("alertmanager-notifications-failing", "AlertManagerNotificationsFailed", "critical"),
      row("engine-discards-samples", "DiscardedSamples", "warning"),
    ];
    expect(told).toHaveLength(rows.length);
    expect(told).toEqual(expect.arrayContaining(rows));
    expect(alarms.outputs["alarmNames"]).toEqual(rows.map(([name]) => name));
  });

  test("PagerDuty's key is a secret under a key of its own, and only this workspace reads it", () => {
    const engine = componentOf(run, "ManagedPrometheus");
    expect(isSecretInput(engine.child("engine-routing-key-value").inputs["secretString"])).toBe(true);
    const { policy } = engine.inputs("engine-routing-key-policy");
    const [statement] = JSON.parse(String(policy)).Statement;
    expect(statement).toMatchObject({
      Principal: { Service: "aps.amazonaws.com" },
      Action: "secretsmanager:GetSecretValue",
    });
    expect(Object.keys(statement.Condition)).toContain("ArnEquals");
  });

  test("the host may write and query, and nothing else; requests are signed with its role", () => {
    const engine = componentOf(run, "ManagedPrometheus");
    const [statement] = JSON.parse(String(engine.inputs("engine-policy")["policyDocument"])).Statement;
    expect(statement.Action).toEqual([
      "aps:RemoteWrite",
      "aps:QueryMetrics",
      "aps:GetLabels",
      "aps:GetSeries",
      "aps:GetMetricMetadata",
      "aps:ListRules",
    ]);
    expect(statement.Principal.AWS).toMatch(/^arn:aws:iam::\d{12}:role\//);
    expect(prometheusYml(amp).remote_write).toMatchObject([{ sigv4: { region: "eu-central-1" } }]);
    const { jsonDataEncoded } = componentOf(run, "Dashboards").inputs("dashboards-prometheus");
    expect(JSON.parse(String(jsonDataEncoded))).toMatchObject({
      sigV4Auth: true,
      sigV4Region: "eu-central-1",
    });
  });

  test("there is no Alertmanager container, and no secret of one", () => {
    const platform = componentOf(run, "MetricsPlatform");
    expect(platform.children.map(({ name }) => name).filter((name) => /alertmanager/.test(name))).toEqual([]);
    expect(platform.outputs["alertmanagerUrl"]).toBeUndefined();
  });
});

test.each<[Overrides, string]>([
  [{ "metrics.engine": "remote" }, "metrics.remoteWriteUrl"],
  [{ ...remote, "metrics.remotePassword": "" }, "metrics.remotePassword"],
  [{ ...amp, "aws.enabled": false, "database.enabled": false }, "metrics.engine"],
  [{ ...amp, "notifications.emails": [] }, "notifications.emails[0]"],
])("%j lacks %s", (overrides, key) => {
  expect(() => parseSettings("production", configurationOf("production", overrides))).toThrow(key);
});
