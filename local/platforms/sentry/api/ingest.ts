/** Where Sentry's SDKs send what they catch: envelopes and, from old ones, single events. */
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { JsonStore } from "../../shared/json-store.ts";
import { ApiError } from "./errors.ts";
import { takeError } from "./issues.ts";
import type { Key, Project, ReceivedEvent, State } from "./model.ts";
import { takeTransaction } from "./traces.ts";

/** How many events are kept. */
const KEPT_EVENTS = 300;
/** Bytes of one request, packed and unpacked. */
const BODY_LIMIT = 20 * 1024 * 1024;

type Json = Readonly<Record<string, unknown>>;

export function ingest(app: FastifyInstance, store: JsonStore<State>, now: () => number): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "*",
    { parseAs: "buffer", bodyLimit: BODY_LIMIT },
    async (request: FastifyRequest, body: Buffer) => unpacked(body, request.headers["content-encoding"]),
  );
  const take = (project: Project, eventId: string, type: string, payload: Json) => {
    remember(store.state, project, eventId, type, payload);
    if (type === "event") takeError(store.state, project, payload, now());
    if (type === "transaction") takeTransaction(store.state, project, payload, now());
  };
  app.post("/:project/envelope/", async (request) => {
    const lines = linesOf(request.body);
    const header = json(lines[0]);
    const project = authorized(request, store.state, header["dsn"]);
    const eventId = String(header["event_id"] ?? newEventId());
    for (const { type, payload } of itemsOf(lines.slice(1))) take(project, eventId, type, payload);
    store.save();
    return { id: eventId };
  });
  app.post("/:project/store/", async (request) => {
    const project = authorized(request, store.state);
    const payload = json(linesOf(request.body).join("\n"));
    const eventId = String(payload["event_id"] ?? newEventId());
    take(project, eventId, "event", payload);
    store.save();
    return { id: eventId };
  });
}

const UNPACKERS = {
  gzip: promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip),
  deflate: promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate),
  br: promisify<Buffer, { maxOutputLength: number }, Buffer>(brotliDecompress),
};

async function unpacked(body: Buffer, encoding = "identity"): Promise<Buffer> {
  if (encoding === "identity") return body;
  const unpack = UNPACKERS[encoding as keyof typeof UNPACKERS];
  try {
    if (unpack) return await unpack(body, { maxOutputLength: BODY_LIMIT });
  } catch {
    throw new ApiError(400, { detail: `failed to read request body: it is not ${encoding}` });
  }
  throw new ApiError(415, { detail: `unsupported content encoding ${encoding}` });
}

/** The project, where the request carries the public key of one of its keys. @throws 403 otherwise. */
function authorized(request: FastifyRequest, { projects, keys }: State, dsn?: unknown): Project {
  const { project: id } = request.params as { project: string };
  const key: Key | undefined = keys[publicKey(request, dsn) ?? ""];
  const project = Object.values(projects).find((candidate) => candidate.id === id);
  if (key?.isActive && project && key.project === project.slug) return project;
  throw new ApiError(403, { detail: "event submission rejected with_reason: ProjectId" });
}

function publicKey(request: FastifyRequest, dsn: unknown): string | undefined {
  const header = String(request.headers["x-sentry-auth"] ?? request.headers.authorization ?? "");
  const fromHeader = /\bsentry_key=([0-9a-f]+)/.exec(header)?.[1];
  const fromQuery = (request.query as Record<string, string | undefined>)["sentry_key"];
  const fromDsn = typeof dsn === "string" && URL.canParse(dsn) ? new URL(dsn).username : undefined;
  return fromHeader ?? fromQuery ?? fromDsn;
}

/** An envelope is lines: its header, then a header and a payload for each item. */
function itemsOf(lines: readonly string[]): { type: string; payload: Json }[] {
  return lines.flatMap((line, index) => {
    if (index % 2 === 1 || line === "") return [];
    return [{ type: String(json(line)["type"] ?? "unknown"), payload: json(lines[index + 1]) }];
  });
}

function linesOf(body: unknown): string[] {
  return Buffer.isBuffer(body) ? body.toString("utf8").split("\n") : [];
}

/** Items such as attachments are not JSON: they are kept without their content. */
function json(text = ""): Json {
  try {
    return Object(JSON.parse(text)) as Json;
  } catch {
    return {};
  }
}

function newEventId(): string {
  return randomUUID().replaceAll("-", "");
}

function remember({ events }: State, project: Project, eventId: string, type: string, payload: Json): void {
  events.push({
    receivedAt: new Date().toISOString(),
    project: project.slug,
    eventId,
    type,
    level: type === "event" ? String(payload["level"] ?? "error") : null,
    title: titleOf(payload),
    environment: typeof payload["environment"] === "string" ? payload["environment"] : null,
    payload,
  } satisfies ReceivedEvent);
  events.splice(0, Math.max(0, events.length - KEPT_EVENTS));
}

function titleOf(payload: Json): string {
  const exception = (payload["exception"] as { values?: readonly Json[] } | undefined)?.values?.at(-1);
  if (exception) return `${String(exception["type"])}: ${String(exception["value"])}`;
  const message = payload["message"] ?? (payload["logentry"] as Json | undefined)?.["formatted"];
  return String(message ?? payload["transaction"] ?? "(untitled)");
}
