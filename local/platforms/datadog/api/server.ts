/** The simulated Datadog: the part of its API that keeps log pipelines, and a page that shows them. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { html, page, table } from "../../shared/html.ts";
import { listen, newApplication, parameter, plugin, type RunningServer } from "../../shared/http-server.ts";
import { JsonStore } from "../../shared/json-store.ts";

const name = z.string().min(1);
const base = { name: name.optional(), is_enabled: z.boolean().default(false) };
const sources = z.array(z.string().min(1)).min(1);
const remapper = <const Type extends string>(type: Type) =>
  z.strictObject({ ...base, type: z.literal(type), sources });

/** The processors that the program uses; the real API has more. */
const processor = z.discriminatedUnion("type", [
  remapper("date-remapper"),
  remapper("message-remapper"),
  remapper("service-remapper"),
  remapper("status-remapper"),
  remapper("trace-id-remapper"),
  z.strictObject({
    ...base,
    type: z.literal("arithmetic-processor"),
    expression: z.string().min(1),
    target: z.string().min(1),
    is_replace_missing: z.boolean().default(false),
  }),
  z.strictObject({
    ...base,
    type: z.literal("attribute-remapper"),
    sources,
    source_type: z.enum(["attribute", "tag"]).default("attribute"),
    target: z.string().min(1),
    target_type: z.enum(["attribute", "tag"]).default("attribute"),
    target_format: z.enum(["auto", "string", "integer", "double"]).optional(),
    preserve_source: z.boolean().default(false),
    override_on_conflict: z.boolean().default(false),
  }),
]);

const body = z.strictObject({
  name,
  description: z.string().default(""),
  tags: z.array(z.string()).default([]),
  is_enabled: z.boolean().default(false),
  filter: z.strictObject({ query: z.string() }),
  processors: z.array(processor).default([]),
});

type Pipeline = z.output<typeof body> & {
  readonly id: string;
  readonly type: "pipeline";
  readonly is_read_only: boolean;
};

interface State {
  pipelines: Record<string, Pipeline>;
}

/** A refusal, as Datadog puts it: `{"errors": ["..."]}`. */
class ApiError extends Error {
  readonly status: number;
  readonly errors: readonly string[];

  constructor(status: number, ...errors: readonly string[]) {
    super(errors.join("; "));
    this.status = status;
    this.errors = errors;
  }
}

export interface DatadogOptions {
  /** 0 takes any free one. */
  readonly port: number;
  readonly dataFolder: string;
}

/** API at `/api/v1/`, a page at `/`. @throws where the port is taken. */
export async function startDatadog({ port, dataFolder }: DatadogOptions): Promise<RunningServer> {
  const store = new JsonStore<State>(join(dataFolder, "datadog.json"), () => ({ pipelines: {} }));
  const app = newApplication();
  app.setErrorHandler((error, _request, reply) =>
    error instanceof ApiError ? reply.code(error.status).send({ errors: error.errors }) : reply.send(error),
  );
  app.get("/", (_request, reply) => reply.type("text/html").send(pipelinesPage(store.state)));
  await app.register(
    plugin((scope) => api(scope, store)),
    { prefix: "/api/v1" },
  );
  return listen(app, "Datadog", port);
}

function api(app: FastifyInstance, store: JsonStore<State>): void {
  const { pipelines } = store.state;
  const find = (id: string): Pipeline => {
    const found = pipelines[id];
    if (!found) throw new ApiError(404, "Pipeline not found");
    return found;
  };
  const keep = (id: string, given: unknown): Pipeline => {
    const { data, error } = body.safeParse(given);
    if (error) {
      throw new ApiError(
        400,
        ...error.issues.map(({ path, message }) => `${path.map(String).join(".")}: ${message}`),
      );
    }
    const pipeline: Pipeline = { ...data, id, type: "pipeline", is_read_only: false };
    pipelines[id] = pipeline;
    store.save();
    return pipeline;
  };

  app.addHook("onRequest", async ({ headers }) => {
    if (!headers["dd-api-key"]) throw new ApiError(401, "Unauthorized");
  });
  app.get("/validate", () => ({ valid: true }));
  app.register(
    plugin((scope) => {
      scope.addHook("onRequest", async ({ headers }) => {
        if (!headers["dd-application-key"]) throw new ApiError(403, "Forbidden");
      });
      scope.get("/", () => Object.values(pipelines));
      scope.post("/", (request) => keep(randomBytes(11).toString("base64url"), request.body));
      scope.get("/:id", (request) => find(parameter(request, "id")));
      scope.put("/:id", (request) => keep(find(parameter(request, "id")).id, request.body));
      scope.delete("/:id", (request) => {
        delete pipelines[find(parameter(request, "id")).id];
        store.save();
        return {};
      });
    }),
    { prefix: "/logs/config/pipelines" },
  );
}

function pipelinesPage({ pipelines }: State): string {
  return page({
    title: "Datadog",
    subtitle: "Log pipelines of the local stack; there are none where its logs go to CloudWatch",
    accent: "#632ca6",
    refresh: 10,
    body: table(
      ["Pipeline", "Filter", "Processors"],
      Object.values(pipelines).map((pipeline) => [
        pipeline.name,
        html`<code>${pipeline.filter.query}</code>`,
        html`${pipeline.processors.map(({ type, name: title = "" }) => html`<small>${title} (${type})</small><br>`)}`,
      ]),
      "Nothing yet.",
    ),
  });
}
