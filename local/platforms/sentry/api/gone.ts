/** The API of alert rules, which Sentry has switched off. */
import type { FastifyInstance } from "fastify";
import { ApiError } from "./errors.ts";

/** Since 2026-05-14 deprecated, since September 2026 gone; what took its place. */
const GONE: Readonly<Record<string, string>> = {
  "/projects/:organization/:project/rules": "workflows",
  "/projects/:organization/:project/alert-rules": "detectors",
  "/organizations/:organization/alert-rules": "detectors",
  "/organizations/:organization/combined-rules": "workflows",
};

export function goneRoutes(app: FastifyInstance): void {
  for (const [path, successor] of Object.entries(GONE)) {
    for (const url of [path, `${path}/*`]) {
      app.all(url, async (request, reply) => {
        const { organization } = request.params as { organization: string };
        reply.header("x-sentry-deprecation-date", "2026-05-14T00:00:00+00:00");
        reply.header("x-sentry-replacement-endpoint", `/api/0/organizations/${organization}/${successor}/`);
        throw new ApiError(410, { message: "This API no longer exists." });
      });
    }
  }
}
