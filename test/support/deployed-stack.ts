/** The program deployed on a local stack of a test file's own, and how its services are asked. */
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { Ports } from "../../local/host/ports.ts";
import { readConfiguration } from "../../settings/settings-file.ts";
import { type LocalStackUnderTest, localStack } from "./local-stack.ts";

export const root = join(import.meta.dirname, "../..");
export const configuration = readConfiguration(root, "local") as Record<string, Record<string, string>>;
export const pagerDutyToken = configuration["pagerduty"]?.["token"] ?? "";
export const grafanaPassword = configuration["metrics"]?.["grafanaAdminPassword"] ?? "";

const basic = Buffer.from(`admin:${grafanaPassword}`).toString("base64");
export const grafana = { headers: { Authorization: `Basic ${basic}` } };

/**
 * Brings the stack up before the file's tests, and removes it after them.
 * @param environment more of it. Default: nothing
 * @param begin brings it up. Default: the local stack's `up`
 */
export function deployedStack(
  offset: number,
  environment: NodeJS.ProcessEnv = {},
  begin = ({ local }: LocalStackUnderTest) => local("up"),
) {
  let running: LocalStackUnderTest | undefined;
  const stack = () => {
    if (running === undefined) throw new Error("the stack is not up yet");
    return running;
  };
  beforeAll(async () => {
    running = await localStack(offset, { AGENTPAY_LOCAL_DRIVER: "process", ...environment });
    const { code, output } = await begin(running);
    if (code !== 0) throw new Error(`the stack did not come up (${code}):\n${output}`);
  });
  afterAll(() => running?.remove());

  /** Runs a command of the local stack. @throws with what it printed, where it fails */
  async function succeed(...args: readonly string[]): Promise<string> {
    const { code, stdout, output } = await stack().local(...args);
    if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}:\n${output}`);
    return stdout;
  }
  const pulumi = (...args: readonly string[]) => succeed("pulumi", "--", ...args);
  const url = (port: keyof Ports) => `http://127.0.0.1:${stack().ports[port]}`;

  async function json<T>(port: keyof Ports, path: string, init?: RequestInit): Promise<T> {
    const response = await fetch(`${url(port)}${path}`, init);
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  async function secretOutput(output: string, key: string): Promise<string> {
    return JSON.parse(await pulumi("stack", "output", "--json", "--show-secrets"))[output][key];
  }

  /** What a client of the AWS emulator needs. */
  const aws = (region: string) => ({
    region,
    endpoint: url("aws"),
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });

  return { stack, succeed, pulumi, url, json, secretOutput, aws };
}
