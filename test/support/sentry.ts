/** The program's own monitors and alerts, by their methods, in a simulated Sentry. */
import { alertProvider, monitorProvider } from "../../components/sentry/objects.ts";
import type { Call } from "../local/platforms/support.ts";
import { componentOf, runProgram } from "./program.ts";

export const ORGANIZATION = "/api/0/organizations/agentpay";
export const PROJECT = "agentpay-production";

const OVERRIDES = {
  "sentry.slackIntegration": "AgentPay",
  "sentry.pagerDutyIntegration": "AgentPay",
  "sentry.pagerDutyService": "1",
};

// biome-ignore lint/suspicious/noExplicitAny: attributes are of every shape
export type Attributes = Readonly<Record<string, any>>;
export type State = Parameters<NonNullable<typeof monitorProvider.create>>[0];
/** By the resource's name without its prefix. */
export type ProgramStates = Readonly<Record<string, State>>;

export const providerOf = (key: string) => (key.endsWith("-monitor") ? monitorProvider : alertProvider);

/** A provider's methods, once its process has begun. */
export async function methodsOf(provider: typeof monitorProvider, url: string) {
  const settings: Record<string, string> = { "vendor:url": url, "vendor:key": "token" };
  const get = (name: string) => settings[name];
  await provider.configure?.({ config: { get, require: (name) => get(name) ?? "" } });
  const { create, read, update, diff, delete: remove } = provider;
  if (!create || !read || !update || !diff || !remove) throw new Error("a method is missing");
  return { create, read, update, diff, remove };
}

/** Makes production's team and project, and gives its monitors and alerts with the ids of this Sentry. */
export async function programStates(call: Call) {
  const { body: team } = await call("POST", `${ORGANIZATION}/teams/`, { name: PROJECT });
  const { body: project } = await call("POST", `/api/0/teams/agentpay/${PROJECT}/projects/`, {
    name: PROJECT,
  });
  const [, stream] = (await call("GET", `${ORGANIZATION}/detectors/?project=${project.id}`)).body;
  const { children } = componentOf(await runProgram("production", { overrides: OVERRIDES }), "SentryAlerts");
  const states = Object.fromEntries(
    children.map(({ name, inputs }) => {
      const text = JSON.stringify({ ...inputs, __provider: undefined }, (key, value) =>
        key === "detectorIds" ? [Number(stream.id)] : value,
      );
      const own = text.replaceAll("4711", team.id).replaceAll("4242", project.id);
      return [name.replace("sentry-alerts-", ""), JSON.parse(own) as State];
    }),
  ) satisfies ProgramStates;
  return { states, stream: stream as { id: string }, project: project as { id: string } };
}

/** Makes all of them, each alert with its monitor. */
export async function makeAll(states: ProgramStates, url: string): Promise<void> {
  for (const [key, state] of Object.entries(states)) {
    if (key === "issues" || key.endsWith("-monitor")) continue;
    const monitor = states[`${key}-monitor`];
    const detectorIds = monitor
      ? [Number((await (await methodsOf(monitorProvider, url)).create(monitor)).id)]
      : state.attributes["detectorIds"];
    const attributes = { ...state.attributes, detectorIds };
    await (await methodsOf(alertProvider, url)).create({ ...state, attributes });
  }
}
