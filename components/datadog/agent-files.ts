/** Datadog's agent on AgentPay's hosts: its files, the script that puts them there, and how Datadog reads the lines. */

import { dirname } from "node:path/posix";
import { type LogField, loggingServices } from "../../catalog/logs.ts";
import type { Enabled, Settings } from "../../settings/schema.ts";
import { EVENT_START } from "../aws/cloudwatch-agent.ts";
import { toYaml } from "../shared/yaml.ts";

export interface DatadogAgentOptions {
  readonly environment: string;
  /** Such as `datadoghq.eu`. */
  readonly site: string;
  /** Where the parameter with the API key is. */
  readonly region: string;
  /** Folder of `<service>.log`, without a trailing slash. */
  readonly logDirectory: string;
}

/** What the lines' source is called, by which Datadog finds the pipeline for them. */
export const LOG_SOURCE = "agentpay";

/** SSM parameter that holds the API key. */
export function apiKeyParameterName(environment: string): string {
  return `/agentpay/${environment}/datadog-api-key`;
}

/** Where the API is, with a slash at its end. @param settings its address, or else the site */
export function datadogApiUrl({ site, apiUrl }: { site: string; apiUrl?: string | undefined }): string {
  return `${apiUrl ?? `https://api.${site}`}/`;
}

const FOLDER = "/etc/datadog-agent";

/** Files of the agent, by path below its folder. None holds a secret: the agent reads the key from SSM when it starts. */
export function datadogAgentFiles(options: DatadogAgentOptions): Record<string, string> {
  return {
    "datadog.yaml": toYaml(agent(options)),
    "conf.d/agentpay.d/conf.yaml": toYaml({ logs: logs(options) }),
  };
}

function agent({ environment, site, region }: DatadogAgentOptions) {
  return {
    site,
    api_key: `ENC[${apiKeyParameterName(environment)}]`,
    secret_backend_type: "aws.ssm",
    secret_backend_config: { aws_session: { aws_region: region } },
    env: environment,
    tags: ["application:agentpay"],
    logs_enabled: true,
  };
}

function logs({ environment, logDirectory }: DatadogAgentOptions) {
  return loggingServices.map((service) => ({
    type: "file",
    path: `${logDirectory}/${service}.log`,
    service: `agentpay-${service}`,
    source: LOG_SOURCE,
    sourcecategory: "agentpay",
    tags: [`env:${environment}`],
    log_processing_rules: [{ type: "multi_line", name: "event_start", pattern: EVENT_START }],
  }));
}

/** Agent 7.70 is the first that reads secrets by itself. */
const INSTALL_SCRIPT = "https://install.datadoghq.com/scripts/install_script_agent7.sh";

/**
 * The SSM document that installs the agent, where it is not there, and gives it its files. The install script asks for
 * no key where `datadog.yaml` is there before it: no key is ever on a command line.
 */
export function installDocument(files: Readonly<Record<string, string>>): string {
  const write = Object.entries(files).flatMap(([path, content]) => [
    `install -d -m 0755 ${dirname(`${FOLDER}/${path}`)}`,
    `cat > ${FOLDER}/${path} <<'END_OF_FILE'`,
    ...content.trimEnd().split("\n"),
    "END_OF_FILE",
  ]);
  const document = {
    schemaVersion: "2.2",
    description: "Installs Datadog's agent and configures it to ship AgentPay's logs",
    mainSteps: [
      {
        action: "aws:runShellScript",
        name: "installAndConfigure",
        precondition: { StringEquals: ["platformType", "Linux"] },
        inputs: {
          timeoutSeconds: "900",
          runCommand: [
            "set -eu",
            ...write,
            "if ! command -v datadog-agent >/dev/null; then",
            "  script=$(mktemp)",
            "  trap 'rm -f \"$script\"' EXIT",
            `  curl --fail --silent --show-error --location --output "$script" ${INSTALL_SCRIPT}`,
            '  DD_INSTALL_ONLY=true bash "$script"',
            "fi",
            `chown -R dd-agent: ${FOLDER}`,
            "systemctl restart datadog-agent",
          ],
        },
      },
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Where Datadog finds what it shows of every log, in the fields that AgentPay logs. */
const sources = (...fields: readonly LogField[]) => fields.slice();

/** How Datadog reads AgentPay's lines: processors of a log pipeline, in their order. */
export const pipelineProcessors = [
  { dateRemapper: { name: "Time of the line", isEnabled: true, sources: sources("timestamp") } },
  { statusRemapper: { name: "Level", isEnabled: true, sources: sources("level") } },
  { messageRemapper: { name: "What happened", isEnabled: true, sources: sources("event") } },
  { traceIdRemapper: { name: "Trace", isEnabled: true, sources: sources("trace_id") } },
  remapped("Endpoint", "endpoint", "http.route"),
  remapped("Status", "status", "http.status_code"),
  remapped("Class of the error", "error_type", "error.kind"),
  {
    arithmeticProcessor: {
      name: "Duration, in nanoseconds as Datadog counts",
      isEnabled: true,
      expression: `${"duration_ms" satisfies LogField} * 1000000`,
      target: "duration",
      isReplaceMissing: false,
    },
  },
];

function remapped(name: string, field: LogField, target: string) {
  return {
    attributeRemapper: {
      name,
      isEnabled: true,
      sources: sources(field),
      sourceType: "attribute",
      target,
      targetType: "attribute",
      preserveSource: true,
      overrideOnConflict: false,
    },
  };
}

/** Files of Datadog's agent on the hosts, by path below its folder. */
export function datadogFiles(
  { environment, datadog, logs }: Settings,
  { region }: Enabled<"aws">,
): Record<string, string> {
  return datadogAgentFiles({ environment, site: datadog.site, region, logDirectory: logs.directory });
}
