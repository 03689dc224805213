/** The accounts of somebody who follows the guide by hand, and how their APIs are asked. */
import type { Ports } from "../../../../local/host/ports.ts";
import { configuration, grafana, pagerDutyToken } from "../../../support/deployed-stack.ts";

type Named = Exclude<keyof Ports, "control">;

export interface Accounts {
  json<T>(port: Named, path: string, init?: RequestInit): Promise<T>;
  /** What a client of AWS needs. */
  aws(region: string): object;
  ports(): Ports;
}

/** The regions that the guide's alarms live in. */
export const HOME = "eu-central-1";
export const GLOBAL = "us-east-1";

const KEYS: Partial<Record<Named, Record<string, string>>> = {
  pagerduty: { Authorization: `Token token=${pagerDutyToken}` },
  sentry: { Authorization: `Bearer ${configuration["sentry"]?.["token"]}` },
  grafana: grafana.headers,
  uptimerobot: { Authorization: `Bearer ${configuration["uptime"]?.["uptimerobotApiKey"]}` },
};

export function get<T>(accounts: Accounts, port: Named, path: string): Promise<T> {
  return accounts.json<T>(port, path, { headers: KEYS[port] ?? {} });
}

export function send<T>(
  accounts: Accounts,
  port: Named,
  path: string,
  body: object,
  method: "POST" | "PUT" = "POST",
): Promise<T> {
  const headers = { ...KEYS[port], "content-type": "application/json" };
  return accounts.json<T>(port, path, { method, headers, body: JSON.stringify(body) });
}
