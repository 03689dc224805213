/**
 * What Amazon's workspaces answer to programs: the calls of Prometheus's and Alertmanager's APIs that Amazon has, signed,
 * each workspace for itself. A real Cortex answers them, to which a workspace is a tenant.
 * @see https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-APIReference-Prometheus-Compatible-Apis.html
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { TENANT_HEADER } from "../../../../catalog/metrics/engine.ts";
import { readJson } from "../../../../toolkit/json.ts";
import { listen, newApplication, parameter, type RunningServer } from "../../shared/http-server.ts";
import { signatureProblem } from "./signature.ts";

export interface WorkspacesOptions {
  readonly port: number;
  /** Of the Cortex behind it. */
  readonly cortexUrl: string;
  readonly hasWorkspace: (id: string) => boolean;
}

/** Paths of a workspace, and where Cortex has them. */
const CALLS: readonly (readonly [RegExp, string])[] = [
  [/^api\/v1\/remote_write$/, "/api/v1/push"],
  [
    /^api\/v1\/(query|query_range|labels|label\/[^/]+\/values|series|metadata|rules|alerts)$/,
    "/prometheus/$&",
  ],
  [/^alertmanager\/api\/v2\/(alerts|alerts\/groups|silences|silence\/[^/]+|status|receivers)$/, "/$&"],
];

/** Of a request of remote write, and of all else. */
const LARGEST_BODY = 16 * 1024 * 1024;
const PATIENCE_MILLISECONDS = 60_000;
/** Headers that say what a body is. */
const PASSED_ON = [
  "content-type",
  "content-encoding",
  "x-prometheus-remote-write-version",
  "accept",
] as const;

export function startWorkspaces(options: WorkspacesOptions): Promise<RunningServer> {
  const app = newApplication();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: LARGEST_BODY }, (_request, body, done) =>
    done(null, body),
  );
  const way = { isCut: false };
  wayRoutes(app, way);
  routes(app, options, way);
  return listen(app, "Amazon's workspaces", options.port);
}

/** The way from this machine to Amazon, which a person or a test may cut: `PUT /local/way {"isCut": true}`. */
interface Way {
  isCut: boolean;
}

const wayBody = z.object({ isCut: z.boolean() });

function wayRoutes(app: FastifyInstance, way: Way): void {
  app.put("/local/way", async ({ body }) => Object.assign(way, readJson(wayBody, String(body))));
}

function routes(app: FastifyInstance, { cortexUrl, hasWorkspace }: WorkspacesOptions, way: Way): void {
  app.all("/workspaces/:id/*", async (request, reply) => {
    if (way.isCut) {
      reply.hijack();
      return request.raw.destroy();
    }
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const { method, url: target, headers } = request;
    const problem = await signatureProblem({ method, target, headers, body });
    if (problem !== undefined) return refuse(reply, 403, problem);
    const id = parameter(request, "id");
    if (!hasWorkspace(id)) return refuse(reply, 404, `Workspace ${id} does not exist`);
    const path = pathIn(parameter(request, "*"));
    if (path === undefined) return refuse(reply, 404, "There is no such call");
    const { search } = new URL(target, cortexUrl);
    return passOn(request, reply, { url: `${cortexUrl}${path}${search}`, body, tenant: id });
  });
}

function pathIn(asked: string): string | undefined {
  const [call, path = ""] = CALLS.find(([pattern]) => pattern.test(asked)) ?? [];
  return call && asked.replace(call, path);
}

async function passOn(
  { method, headers }: FastifyRequest,
  reply: FastifyReply,
  { url, body, tenant }: { readonly url: string; readonly body: Buffer; readonly tenant: string },
): Promise<FastifyReply> {
  const passed = PASSED_ON.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]]));
  const answer = await fetch(url, {
    method,
    headers: { ...Object.fromEntries(passed), [TENANT_HEADER]: tenant },
    ...(body.length > 0 && { body: new Uint8Array(body) }),
    signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
  }).catch(() => undefined);
  if (answer === undefined) return refuse(reply, 503, "The service is not available");
  const type = answer.headers.get("content-type");
  if (type !== null) reply.type(type);
  return reply.code(answer.status).send(Buffer.from(await answer.arrayBuffer()));
}

function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).send({ message });
}
