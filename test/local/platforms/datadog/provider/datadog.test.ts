import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pipelineProcessors } from "../../../../../components/datadog/agent-files.ts";
import { startDatadog } from "../../../../../local/platforms/datadog/api/server.ts";
import { configuration, datadogPackage } from "../../../../../local/platforms/datadog/provider/index.ts";
import { inputs } from "../../../../../local/platforms/datadog/provider/logs-custom-pipeline.ts";
import type { RunningServer } from "../../../../../local/platforms/shared/http-server.ts";
import type { AnyHandler } from "../../../../../local/platforms/shared/rest/handler.ts";
import { change, deleteTwice, drift, handlerOf, make, mistakes } from "../../shared/rest/lifecycle.ts";
import { type Call, caller, temporaryFolder } from "../../support.ts";

const keys = { "dd-api-key": "api-key", "dd-application-key": "application-key" };
const PIPELINES = "/api/v1/logs/config/pipelines";
const dataFolder = temporaryFolder();
let server: RunningServer;
let behindPulumi: Call;
let pipelines: AnyHandler;

afterAll(() => server?.stop());
beforeAll(async () => {
  server = await startDatadog({ port: 0, dataFolder });
  behindPulumi = caller(server, keys);
  const access = configuration.parse({
    apiKey: "api-key",
    appKey: "application-key",
    apiUrl: `${server.url}/`,
  });
  const connected = await datadogPackage.connect(access);
  pipelines = handlerOf(connected, "datadog:index/logsCustomPipeline:LogsCustomPipeline");
});

const pipeline = {
  name: "agentpay",
  isEnabled: true,
  filters: [{ query: "source:agentpay" }],
  processors: pipelineProcessors,
};

test("a pipeline is made, read without drift, edited, shows an edit, and is deleted", async () => {
  const made = await make(pipelines, pipeline);
  expect(await drift(pipelines, made)).toEqual([]);
  const { body: live } = await behindPulumi("GET", `${PIPELINES}/${made.id}`);
  expect(live).toMatchObject({ type: "pipeline", name: "agentpay", filter: { query: "source:agentpay" } });
  expect(live.processors[0]).toEqual({
    type: "date-remapper",
    name: "Time of the line",
    is_enabled: true,
    sources: ["timestamp"],
  });

  const edited = await change(pipelines, made, { ...pipeline, processors: pipelineProcessors.slice(1) });
  expect(await drift(pipelines, edited)).toEqual([]);
  const { id: _, type: _type, is_read_only: _readOnly, ...rest } = live;
  await behindPulumi("PUT", `${PIPELINES}/${made.id}`, {
    ...rest,
    is_enabled: false,
    filter: { query: "*" },
  });
  expect(await drift(pipelines, made)).toEqual(["filters[0].query", "isEnabled"]);
  await deleteTwice(pipelines, made);
});

test.each([
  [{ name: "" }, '"name": can\'t be blank'],
  [{ filters: [] }, '"filters": must hold one filter'],
  [{ processors: [{}] }, '"processors[0]": must have exactly one processor'],
  [
    { processors: [{ statusRemapper: { sources: [] } }] },
    '"processors[0].statusRemapper.sources": must name an attribute',
  ],
  [
    {
      processors: [
        {
          attributeRemapper: { sources: ["a"], sourceType: "field", target: "b", targetType: "attribute" },
        },
      ],
    },
    '"processors[0].attributeRemapper.sourceType": must be attribute or tag',
  ],
  [
    { processors: [{ grokParser: { source: "message" } }] },
    '"processors[0].grokParser": is not offered by the local stand-in',
  ],
])("refuses %j", (wrong, mistake) => {
  expect(mistakes(pipelines, { ...pipeline, ...wrong }).join("\n")).toContain(mistake);
});

test("the provider wants both keys and an address", () => {
  const provider = { inputs: datadogPackage.configuration } as unknown as AnyHandler;
  expect(mistakes(provider, { apiUrl: "datadog" })).toEqual([
    '"apiKey": is required, but missing',
    '"appKey": is required, but missing',
    '"apiUrl": must be an address such as https://api.datadoghq.eu/',
  ]);
});

describe("Datadog", () => {
  test("refuses whoever has no key, and says so as the real one does", async () => {
    const nobody = caller(server);
    expect(await nobody("GET", "/api/v1/validate")).toEqual({
      status: 401,
      body: { errors: ["Unauthorized"] },
    });
    expect(await nobody("GET", PIPELINES, undefined, { "dd-api-key": "x" })).toEqual({
      status: 403,
      body: { errors: ["Forbidden"] },
    });
  });

  test("refuses a pipeline that it does not understand", async () => {
    const answer = await behindPulumi("POST", PIPELINES, {
      name: "x",
      filter: {},
      processors: [{ type: "mind-reader" }],
    });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.join()).toMatch(/filter\.query.*processors\.0\.type/);
  });

  test("shows its pipelines to people", async () => {
    const made = await make(pipelines, { ...pipeline, name: "<shown>" });
    expect((await behindPulumi("GET", "/")).body).toContain("&lt;shown&gt;");
    await deleteTwice(pipelines, made);
  });
});

/** The official package's own declarations. */
describe("inputs by the names of @pulumi/datadog", () => {
  const official = dirname(createRequire(import.meta.url).resolve("@pulumi/datadog/package.json"));
  const members = (file: string, name: string) => {
    const text = readFileSync(join(official, file), "utf8");
    const body = text.slice(text.indexOf(`interface ${name} {`)).split("\n}")[0] ?? "";
    return [...body.matchAll(/^ +(\w+)\??: pulumi\.Input/gm)].map(([, member = ""]) => member).toSorted();
  };

  test("of the pipeline and its processors", () => {
    expect(Object.keys(inputs.shape).toSorted()).toEqual(
      members("logsCustomPipeline.d.ts", "LogsCustomPipelineArgs"),
    );
    const { shape } = inputs.shape.processors.unwrap().element;
    expect(Object.keys(shape).toSorted()).toEqual(members("types/input.d.ts", "LogsCustomPipelineProcessor"));
  });

  test("of the provider", () => {
    expect(Object.keys(configuration.shape).toSorted()).toEqual(members("provider.d.ts", "ProviderArgs"));
  });
});
