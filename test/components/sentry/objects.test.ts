/** The program's own monitors and alerts, by their methods, against the simulated Sentry; stack.e2e.ts has the engine. */
import { createServer, type RequestListener } from "node:http";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { alertProvider, monitorProvider } from "../../../components/sentry/objects.ts";
import { startSentry } from "../../../local/platforms/sentry/api/server.ts";
import type { RunningServer } from "../../../local/platforms/shared/http-server.ts";
import { type Call, caller, temporaryFolder } from "../../local/platforms/support.ts";
import {
  type Attributes,
  methodsOf,
  ORGANIZATION,
  type ProgramStates,
  programStates,
  providerOf,
  type State,
} from "../../support/sentry.ts";

let server: RunningServer;
let call: Call;
let states: ProgramStates;
let stream: { id: string };

beforeAll(async () => {
  server = await startSentry({ port: 0, dataFolder: temporaryFolder() });
  call = caller(server, { authorization: "Bearer token" });
  ({ states, stream } = await programStates(call));
});
afterAll(() => server?.stop());

const methods = (provider: typeof monitorProvider, url = `${server.url}/api/`) => methodsOf(provider, url);

const state = (key: string): State => {
  const found = states[key];
  if (!found) throw new Error(`there is no ${key}`);
  return found;
};
test("each is taken by Sentry, and read back as it was given: neither order nor ids are drift", async () => {
  const made = Object.keys(states).filter((key) => key !== "issues");
  expect(made).toHaveLength(11);
  for (const key of made) {
    const { create, read, diff, remove } = await methods(providerOf(key));
    const { id } = await create(state(key));
    const { props = state(key) } = await read(id, state(key));
    expect(props).toEqual(state(key));
    expect(await diff(id, props, state(key))).toMatchObject({ changes: false });
    await remove(id, state(key));
    expect(await read(id, state(key))).toEqual({});
  }
});

describe("what somebody changed by hand is drift, and the next update heals it", () => {
  const threshold = {
    logicType: "any",
    conditions: [
      { type: "gt", comparison: 0.5, conditionResult: 75 },
      { type: "lte", comparison: 0.5, conditionResult: 0 },
    ],
  };
  const noFilter = ({ actionFilters: [filter] }: Attributes) => ({
    actionFilters: [{ ...filter, conditions: filter.conditions.slice(1) }],
  });
  const anotherChannel = ({ actionFilters: [filter] }: Attributes) => ({
    actionFilters: [
      {
        ...filter,
        actions: [
          {
            ...{ type: "slack", integrationId: "101", data: {} },
            config: { targetType: "specific", targetIdentifier: "", targetDisplay: "elsewhere" },
          },
        ],
      },
    ],
  });
  test.each<[string, string, (live: Attributes) => object]>([
    ["a threshold", "latency-monitor", () => ({ conditionGroup: threshold })],
    ["a monitor switched off", "error-rate-critical-monitor", () => ({ enabled: false })],
    ["a condition taken away", "llm-failures", noFilter],
    ["another channel", "new-issue", anotherChannel],
    ["an alert that watches nothing", "regression", () => ({ detectorIds: [] })],
    ["a name", "spike", () => ({ name: "Spikes" })],
  ])("%s", async (_, key, change) => {
    const provider = providerOf(key);
    const { create, read, update, diff, remove } = await methods(provider);
    const { id } = await create(state(key));
    const path = `/api/${state(key).path}/${id}/`;
    const { body: live } = await call("GET", path);
    const { status, body } = await call("PUT", path, { id, name: live.name, ...change(live) });
    expect(body).not.toEqual(live);
    expect(status).toBe(200);
    const { props = state(key), inputs } = await read(id, state(key));
    expect(props.attributes).not.toEqual(state(key).attributes);
    expect(inputs).toEqual(props);
    expect(await diff(id, props, state(key))).toMatchObject({ changes: true, replaces: [] });
    await update(id, props, state(key));
    expect((await read(id, state(key))).props).toEqual(state(key));
    await remove(id, state(key));
  });
});

test("what is there by its name is taken over, also on a later page, and nothing is made twice", async () => {
  const { create, remove } = await methods(alertProvider);
  const list = async () =>
    (await call("GET", `${ORGANIZATION}/workflows/`)).body as { id: string; name: string }[];
  const before = await list();
  const { id } = await create(state("spike"));
  const { id: again } = await create({ ...state("spike"), existing: paged(state("spike")) });
  expect(again).toBe(id);
  // Attached to nothing it may be another project's.
  await call("PUT", `${ORGANIZATION}/workflows/${id}/`, {
    name: String(state("spike").attributes["name"]),
    detectorIds: [],
  });
  const { id: other } = await create(state("spike"));
  expect(other).not.toBe(id);
  expect(await list()).toHaveLength(before.length + 2);
  for (const made of [id, other]) await remove(made, state("spike"));
});

const paged = ({ existing }: State) => ({
  list: String(existing?.list).replace("per_page=100", "per_page=1"),
  where: existing?.where ?? {},
});

test("the monitor of all issues is looked up, and never made, changed or removed", async () => {
  const { create, read, update, remove, diff } = await methods(monitorProvider);
  const issues = state("issues");
  const { id } = await create(issues);
  expect(id).toBe(stream.id);
  await update(id, issues, issues);
  await remove(id, issues);
  expect((await read(id, issues)).props).toEqual(issues);
  const elsewhere = { ...issues, existing: { list: "other", where: {} } };
  expect(await diff(id, issues, elsewhere)).toMatchObject({ changes: true, replaces: ["existing"] });
});

test("other code is a change: refresh and destroy would run the old one for ever", async () => {
  const { diff } = await methods(monitorProvider);
  const [old, now] = ["old", "new"].map((__provider) => ({ ...state("latency-monitor"), __provider }));
  if (!old || !now) throw new Error("unreachable");
  expect(await diff("1", old, old)).toMatchObject({ changes: false });
  expect(await diff("1", old, now)).toMatchObject({ changes: true, replaces: [] });
});

test("an older Sentry, which has no such API, is named with the lowest version", async () => {
  const { create } = await methods(
    monitorProvider,
    await vendor((_, response) => {
      response.statusCode = 404;
      response.end('{"detail":"The requested resource does not exist"}');
    }),
  );
  await expect(create(state("latency-monitor"))).rejects.toThrow(
    /^Sentry refused GET .*detectors.* \(404\): .*a self-hosted one must be 26\.4\.0 or newer$/,
  );
});

async function vendor(answer: RequestListener): Promise<string> {
  const listening = createServer(answer);
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void listening.close());
  const address = listening.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/api/`;
}
