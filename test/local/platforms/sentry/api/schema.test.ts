/**
 * The simulated Sentry is held to Sentry's own description of its API: `openapi-derefed.json` of
 * getsentry/sentry-api-schema, last looked at in version 0.272.0 of 2026-08-16. It is not ours to keep here: the test
 * reads the file that SENTRY_OPENAPI names, or one beside the repository, and skips without.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { startSentry } from "../../../../../local/platforms/sentry/api/server.ts";
import { REPOSITORY } from "../../../../../toolkit/repository.ts";
import { makeAll, ORGANIZATION, programStates } from "../../../../support/sentry.ts";
import { caller, temporaryFolder } from "../../support.ts";

const FILE = process.env["SENTRY_OPENAPI"] ?? join(REPOSITORY, "../shared/schemas/sentry-openapi.json");
const PATHS = {
  detectors: "/api/0/organizations/{organization_id_or_slug}/detectors/",
  newDetector: "/api/0/organizations/{organization_id_or_slug}/projects/{project_id_or_slug}/detectors/",
  workflows: "/api/0/organizations/{organization_id_or_slug}/workflows/",
} as const;

type Json = Readonly<Record<string, unknown>>;
interface Operation {
  readonly requestBody?: { readonly content: Json };
  readonly responses: Readonly<Record<string, { readonly content: Json }>>;
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** OpenAPI 3.0 writes what may be null as `nullable`. */
function jsonSchema(of: unknown): unknown {
  if (Array.isArray(of)) return of.map(jsonSchema);
  if (typeof of !== "object" || of === null) return of;
  const { nullable, description: _, format: __, ...rest } = of as Json;
  const plain = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, jsonSchema(value)]));
  return nullable === true ? { anyOf: [plain, { type: "null" }] } : plain;
}

const schemaOf = (content: Json | undefined) => {
  const described = content?.["application/json"] as { schema: unknown } | undefined;
  return z.fromJSONSchema(jsonSchema(described?.schema) as never);
};

/** It names fields as the server's own code does; what is passed has them in camel case. */
function snakeCase(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(snakeCase);
  if (typeof body !== "object" || body === null) return body;
  const named = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [named(key), snakeCase(value)]));
}

test.skipIf(!existsSync(FILE))(
  "what the program sends and what the simulated Sentry answers are as Sentry says",
  async () => {
    const { paths } = JSON.parse(readFileSync(FILE, "utf8")) as Description;
    const operation = (path: string, method: string): Operation => {
      const found = paths[path]?.[method];
      if (!found) throw new Error(`Sentry's API has no ${method} ${path} any more`);
      return found;
    };
    expect(Object.keys(paths).filter((path) => /\/(alert-)?rules\/$/.test(path))).toEqual([]);

    const server = await startSentry({ port: 0, dataFolder: temporaryFolder(() => {}) });
    try {
      const call = caller(server, { authorization: "Bearer token" });
      const { states } = await programStates(call);
      await makeAll(states, `${server.url}/api/`);
      for (const [key, { attributes }] of Object.entries(states)) {
        if (key === "issues") continue;
        const path = key.endsWith("-monitor") ? PATHS.newDetector : PATHS.workflows;
        schemaOf(operation(path, "post").requestBody?.content).parse(snakeCase(attributes));
      }
      for (const kind of ["detectors", "workflows"] as const) {
        const list = (await call("GET", `${ORGANIZATION}/${kind}/`)).body as { id: string }[];
        expect(list.length).toBeGreaterThan(4);
        schemaOf(operation(PATHS[kind], "get").responses["200"]?.content).parse(list);
        const one = operation(`${PATHS[kind]}{${kind.slice(0, -1)}_id}/`, "get").responses["200"]?.content;
        schemaOf(one).parse((await call("GET", `${ORGANIZATION}/${kind}/${list[0]?.id}/`)).body);
      }
    } finally {
      await server.stop();
    }
  },
);
