/** The platforms of a run's stack, as somebody who works on them by hand sees them: one change each, and what is left. */
import { readConfiguration } from "../../settings/settings-file.ts";
import { LOCAL_STACK } from "../../settings/stack-name.ts";
import { Failure } from "../../toolkit/failure.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import type { PortName } from "../host/ports.ts";
import { findEngine } from "../platforms/docker/provider/driver-choice.ts";
import type { OwnStack } from "./stack.ts";

/** A platform, and what a person does there. */
export interface Service {
  /** Changes something by hand. Returns the names of the resources that have drifted: none where there is no such platform here. */
  readonly change: (stack: OwnStack) => Promise<readonly string[]>;
  /** What the stack has left there, in words. Default: it ends with the stack's containers. */
  readonly left?: (stack: OwnStack) => Promise<readonly string[]>;
}

const settings = readConfiguration(REPOSITORY, LOCAL_STACK) as Record<string, Record<string, unknown>>;
const setting = (section: string, key: string) => String(settings[section]?.[key] ?? "");

type Ask = <T>(path: string, change?: { readonly method: string; readonly body: object }) => Promise<T>;

function askerOf(stack: OwnStack, port: PortName, authorization: string): Ask {
  return async <T>(path: string, change?: { readonly method: string; readonly body: object }) => {
    const url = `${stack.url(port)}${path}`;
    const response = await fetch(url, {
      headers: { authorization, ...(change && { "content-type": "application/json" }) },
      ...(change && { method: change.method, body: JSON.stringify(change.body) }),
    });
    if (response.status === 404) return {} as T;
    if (!response.ok) throw new Failure(`${url} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };
}

const pagerDuty = (stack: OwnStack) =>
  askerOf(stack, "pagerduty", `Token token=${setting("pagerduty", "token")}`);
const sentry = (stack: OwnStack) => askerOf(stack, "sentry", `Bearer ${setting("sentry", "token")}`);
const grafana = (stack: OwnStack) => {
  const login = `admin:${setting("metrics", "grafanaAdminPassword")}`;
  return askerOf(stack, "grafana", `Basic ${Buffer.from(login).toString("base64")}`);
};

const SLUG = "agentpay-local";
const PAGERDUTY_KINDS = ["services", "escalation_policies", "schedules", "teams"] as const;

/** As every container, volume and network of the stack is named. */
const DOCKER_PREFIX = "agentpay-local-";

export const services: readonly Service[] = [
  {
    async change(stack) {
      const ask = pagerDuty(stack);
      const { services: found } = await ask<{ services: { id: string }[] }>("/services");
      const service = { auto_resolve_timeout: 3600 };
      await ask(`/services/${found[0]?.id}`, { method: "PUT", body: { service } });
      return ["on-call-service"];
    },
    async left(stack) {
      const ask = pagerDuty(stack);
      const lists = PAGERDUTY_KINDS.map(async (kind) => {
        const answer = await ask<Record<string, { name: string }[]>>(`/${kind}`);
        return (answer[kind] ?? []).map(({ name }) => `${kind} ${name}`);
      });
      return (await Promise.all(lists)).flat();
    },
  },
  {
    async change(stack) {
      const ask = sentry(stack);
      const path = `/api/0/projects/agentpay/${SLUG}/keys/`;
      const keys = await ask<{ id: string; name: string }[]>(path);
      const own = keys.find(({ name }) => name === "AgentPay server");
      await ask(`${path}${own?.id}/`, { method: "PUT", body: { name: "Renamed by hand" } });
      return ["error-tracking-key"];
    },
    async left(stack) {
      const ask = sentry(stack);
      const paths = [`projects/agentpay/${SLUG}/`, `teams/agentpay/${SLUG}/`];
      const found = await Promise.all(paths.map((path) => ask<{ slug?: string }>(`/api/0/${path}`)));
      return found.flatMap(({ slug }, index) => (slug === undefined ? [] : [paths[index] ?? ""]));
    },
  },
  {
    async change(stack) {
      const ask = grafana(stack);
      const { dashboard } = await ask<{ dashboard: object }>("/api/dashboards/uid/agentpay-slo");
      const body = {
        dashboard: { ...dashboard, title: "Edited by hand" },
        folderUid: "agentpay-platform",
        overwrite: true,
      };
      await ask("/api/dashboards/db", { method: "POST", body });
      return ["dashboards-agentpay-slo"];
    },
  },
  {
    async change() {
      const engine = await findEngine({});
      if (engine === undefined) return [];
      const container = engine.client.getContainer(`${DOCKER_PREFIX}alertmanager`);
      await container.update({ RestartPolicy: { Name: "no" } });
      return ["metrics-alertmanager"];
    },
    async left() {
      const engine = await findEngine({});
      if (engine === undefined) return [];
      const [containers, networks, { Volumes: volumes }] = await Promise.all([
        engine.client.listContainers({ all: true }),
        engine.client.listNetworks(),
        engine.client.listVolumes(),
      ]);
      const names = [
        ...containers.flatMap(({ Names }) => Names.map((name) => `container ${name.replace(/^\//, "")}`)),
        ...networks.map(({ Name }) => `network ${Name}`),
        ...(volumes ?? []).map(({ Name }) => `volume ${Name}`),
      ];
      return names.filter((name) => name.includes(` ${DOCKER_PREFIX}`));
    },
  },
];
