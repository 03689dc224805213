/**
 * The ruler and Alertmanager API of Cortex and Mimir, as strict as they are: one group a request, a tenant, and no file in
 * an Alertmanager's configuration. What a real Cortex makes of the same is in rulers/cortex.e2e.ts.
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { parse, stringify } from "yaml";

export interface RulerStandIn {
  readonly rulesUrl: string;
  readonly alertmanagerUrl: string;
  /** Groups by namespace, by name. */
  readonly namespaces: Map<string, Map<string, unknown>>;
  /** The Alertmanager's document, as it was posted; "" for none. */
  readonly alertmanager: { text: string };
  /** Method and path of each request. */
  readonly requests: string[];
  /** Answers the nth request from now with this status and text. */
  fail(afterRequests: number, status: number, text: string): void;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

const success: Answer = { status: 202, text: '{"status":"success"}' };

/** One group, as Go writes it; undefined where it is none, such as a file of groups. */
function groupIn(body: string): { name: string; rules: object[] } | undefined {
  const { name, rules, groups, ...rest } = parse(body) as {
    name?: string;
    rules?: object[];
    groups?: unknown;
  };
  if (groups !== undefined || name === undefined || rules === undefined || rules.length === 0)
    return undefined;
  return { name, ...rest, rules: rules.map(asGoWrites) };
}

function listed(namespace: string, groups: readonly unknown[]): Answer {
  return groups.length === 0
    ? { status: 404, text: "no rule groups found" }
    : { status: 200, text: stringify({ [namespace]: groups }) };
}

/** Durations again, and nothing that is zero. */
function asGoWrites({ for: held, ...rule }: { for?: string }): object {
  return held === undefined || /^0/.test(held) ? rule : { ...rule, for: held.replace(/^60s$/, "1m") };
}

export async function startRuler(tenant: string, login: string): Promise<RulerStandIn> {
  const namespaces = new Map<string, Map<string, unknown>>();
  const alertmanager = { text: "" };
  const requests: string[] = [];
  let failure: { after: number; answer: Answer } | undefined;

  const answerTo = ({ method = "", url = "", headers }: IncomingMessage, body: string): Answer => {
    if (failure && failure.after-- === 0) return failure.answer;
    if (headers.authorization !== `Basic ${Buffer.from(login).toString("base64")}`) {
      return { status: 401, text: "invalid credentials" };
    }
    if (headers["x-scope-orgid"] !== tenant) return { status: 401, text: "no org id" };
    const [, , , kind, namespace, group] = url.split("/").map(decodeURIComponent);
    if (kind === "alerts") return alertmanagerAnswer(method, body);
    if (kind !== "rules" || namespace === undefined) return { status: 404, text: "404 page not found" };
    return rulesAnswer(method, namespace, group, body);
  };

  const rulesAnswer = (
    method: string,
    namespace: string,
    group: string | undefined,
    body: string,
  ): Answer => {
    const groups = namespaces.get(namespace) ?? new Map<string, unknown>();
    if (method === "POST") {
      const given = groupIn(body);
      if (given === undefined) return { status: 400, text: "unable to decode rule group" };
      namespaces.set(namespace, groups.set(given.name, given));
      return success;
    }
    if (method === "DELETE" && group !== undefined) {
      return groups.delete(group) ? success : { status: 404, text: "group does not exist" };
    }
    return method === "GET" ? listed(namespace, [...groups.values()]) : { status: 405, text: "" };
  };

  const alertmanagerAnswer = (method: string, body: string): Answer => {
    if (method === "GET") {
      const missing = { status: 404, text: "alertmanager storage object not found" };
      return alertmanager.text === "" ? missing : { status: 200, text: alertmanager.text };
    }
    if (method !== "POST") return { status: 405, text: "" };
    const { alertmanager_config: configuration = "" } = parse(body) as { alertmanager_config?: string };
    if (/^\s*\w+_file:/m.test(configuration)) {
      return {
        status: 400,
        text: `error validating Alertmanager config: setting files is not allowed\n${body}`,
      };
    }
    if (/^ *- .*\/.*\.tmpl$/m.test(configuration))
      return { status: 400, text: "template name cannot contain a path" };
    alertmanager.text = body;
    return { status: 201, text: "" };
  };

  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      requests.push(`${request.method} ${request.url}`);
      const { status, text } = answerTo(request, body);
      response.writeHead(status).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    rulesUrl: `${origin}/api/v1/rules`,
    alertmanagerUrl: `${origin}/api/v1/alerts`,
    namespaces,
    alertmanager,
    requests,
    fail: (after, status, text) => {
      failure = { after, answer: { status, text } };
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
