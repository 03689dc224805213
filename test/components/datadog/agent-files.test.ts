import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { EVENT_START } from "../../../components/aws/cloudwatch-agent.ts";
import { datadogAgentFiles, installDocument } from "../../../components/datadog/agent-files.ts";

const files = datadogAgentFiles({
  environment: "production",
  site: "datadoghq.eu",
  region: "eu-central-1",
  logDirectory: "/srv/logs",
});

test("the agent sends logs, and reads its key from SSM", () => {
  expect(parse(files["datadog.yaml"] ?? "")).toEqual({
    site: "datadoghq.eu",
    api_key: "ENC[/agentpay/production/datadog-api-key]",
    secret_backend_type: "aws.ssm",
    secret_backend_config: { aws_session: { aws_region: "eu-central-1" } },
    env: "production",
    tags: ["application:agentpay"],
    logs_enabled: true,
  });
});

test("ships each service's file, its events in one piece", () => {
  const source = (service: string) => ({
    type: "file",
    path: `/srv/logs/${service}.log`,
    service: `agentpay-${service}`,
    source: "agentpay",
    sourcecategory: "agentpay",
    tags: ["env:production"],
    log_processing_rules: [{ type: "multi_line", name: "event_start", pattern: EVENT_START }],
  });
  expect(parse(files["conf.d/agentpay.d/conf.yaml"] ?? "")).toEqual({
    logs: [source("api"), source("worker")],
  });
});

/** The lines that Systems Manager hands to a shell. */
const commands: readonly string[] = JSON.parse(installDocument(files)).mainSteps[0].inputs.runCommand;

test("the document's commands are what a shell understands, and have no key", () => {
  execFileSync("sh", ["-n"], { input: commands.join("\n") });
  expect(() => execFileSync("sh", ["-n"], { input: `${commands.join("\n")}\nif`, stdio: "pipe" })).toThrow();
  expect(commands.join("\n")).not.toContain("DD_API_KEY");
});

test("the files are there before the agent is installed, as they were rendered", () => {
  const script = commands.join("\n");
  expect(script.indexOf("/etc/datadog-agent/datadog.yaml")).toBeLessThan(script.indexOf("DD_INSTALL_ONLY"));
  for (const [path, content] of Object.entries(files)) {
    expect(script).toContain(
      `cat > /etc/datadog-agent/${path} <<'END_OF_FILE'\n${content.trimEnd()}\nEND_OF_FILE\n`,
    );
    expect(content).not.toMatch(/^END_OF_FILE$/m);
  }
});
