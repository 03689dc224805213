/** What breaks in the monitoring itself, as edits of Prometheus's configuration. */
import { stringify } from "yaml";

/** prometheus.yml as far as drills break it. */
export interface PrometheusConfiguration {
  rule_files: string[];
  alerting: { alertmanagers: object[] };
  scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
}

/** What a breakage puts into Prometheus's configuration: more rule files by path, and an edit. */
export interface PrometheusBreakage {
  readonly files?: Readonly<Record<string, string>>;
  readonly edit: (configuration: PrometheusConfiguration) => void;
}

/** Nothing listens on it: a connection is refused at once. */
const DEAD_TARGET = "127.0.0.1:1";

/** Another server of a job, which does not answer. */
export function deadTarget(job: string): PrometheusBreakage {
  return {
    edit: ({ scrape_configs }) => {
      const dead = { targets: [DEAD_TARGET] };
      const config = scrape_configs.find(({ job_name }) => job_name === job);
      if (config) config.static_configs.push(dead);
      else scrape_configs.push({ job_name: job, static_configs: [dead] });
    },
  };
}

/** The prober's address is one at which nothing listens. */
export const deadProber: PrometheusBreakage = {
  edit: ({ scrape_configs }) => {
    const job = scrape_configs.find(({ job_name }) => job_name === "blackbox");
    for (const probe of job?.static_configs ?? []) probe.targets = [DEAD_TARGET];
  },
};

/** A rule file beside the catalogue's, with one group of one rule. */
function extraRule(name: string, interval: string, expr: string): PrometheusBreakage {
  const file = `rules/${name}.yml`;
  return {
    files: {
      [file]: stringify({ groups: [{ name, interval, rules: [{ record: "drill:nothing:sum", expr }] }] }),
    },
    edit: ({ rule_files }) => {
      rule_files.push(file);
    },
  };
}

/** Two series on the one side that match the same on the other: refused at each evaluation, not at loading. */
export const failingRule = extraRule("drill-failing", "30s", "up * on () up");

/** Evaluated so often that no machine keeps up. */
export const hastyRule = extraRule("drill-hasty", "60ms", "count({__name__=~'.+'})");

/** A misspelt key: a rule file that is refused takes the whole new configuration with it. */
export const brokenRuleFile: PrometheusBreakage = {
  files: {
    "rules/drill-broken.yml": stringify({
      groups: [{ name: "drill-broken", rules: [{ alert: "Broken", expresion: "up == 0" }] }],
    }),
  },
  edit: ({ rule_files }) => {
    rule_files.push("rules/drill-broken.yml");
  },
};

export const refusedConfiguration: PrometheusBreakage = {
  edit: (configuration) => {
    Object.assign(configuration, { no_such_key: true } satisfies Record<string, unknown>);
  },
};

/** Nothing that fires gets further. */
export const noAlertmanager: PrometheusBreakage = {
  edit: (configuration) => {
    configuration.alerting.alertmanagers = [];
  },
};
