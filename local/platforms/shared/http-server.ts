import Fastify, {
  type FastifyInstance,
  type FastifyPluginCallback,
  type FastifyRequest,
  type FastifyServerFactory,
} from "fastify";
import { PORT_OFFSET_VARIABLE } from "../../host/ports.ts";

export const LOOPBACK = "127.0.0.1";

export interface RunningServer {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  stop(): Promise<void>;
}

/** An application without logging of its own (requests carry tokens), which stops at once when told to. */
export function newApplication(serverFactory?: FastifyServerFactory): FastifyInstance {
  const app = Fastify({
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true },
    ...(serverFactory && { serverFactory }),
  });
  // Clients announce JSON in a DELETE that has no body, and the platforms take it.
  const json = app.getDefaultJsonParser("error", "error");
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) =>
    body === "" ? done(null, undefined) : json(request, String(body), done),
  );
  return app;
}

/** Routes with hooks and parsers of their own, for `app.register`. */
export function plugin(routes: (scope: FastifyInstance) => void): FastifyPluginCallback {
  return (scope, _options, done) => {
    routes(scope);
    done();
  };
}

/**
 * @param port 0 takes any free one.
 * @throws where the port is taken.
 */
export async function listen(
  app: FastifyInstance,
  name: string,
  port: number,
  host = LOOPBACK,
): Promise<RunningServer> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
      throw new Error(
        `${name} can't listen on ${host}:${port}: the port is in use. Stop what uses it, or set ${PORT_OFFSET_VARIABLE}.`,
        { cause: error },
      );
    }
    throw error;
  }
  return { url: urlOf(app), stop: () => app.close() };
}

/** The address of an application that listens. */
export function urlOf(app: FastifyInstance): string {
  const address = app.server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen yet");
  return `http://${address.address}:${address.port}`;
}

/** A part of the request's path, by its name in the route. */
export function parameter(request: FastifyRequest, name: string): string {
  return (request.params as Record<string, string>)[name] ?? "";
}
