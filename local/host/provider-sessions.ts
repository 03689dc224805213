/** Which stand-in answers on which of the engine's connections. */
import * as grpc from "@grpc/grpc-js";
import type { z } from "zod";
import type { Properties } from "../../toolkit/property-values.ts";
import { statusError, unary } from "./grpc.ts";
import { withoutSecrets } from "./operations.ts";
import type { ConnectedPackage, ResourceHandler, StandInPackage } from "./resource.ts";

/** Connections remembered at once. Each engine command opens one for each explicit provider. */
const SESSION_LIMIT = 100;

export type Call = Pick<grpc.ServerUnaryCall<unknown, unknown>, "getPeer">;

interface Session {
  readonly packageName: string;
  /** The explicit provider's inputs, in wire form: its token is not to appear in an error either. */
  readonly configuration: Properties;
  readonly connected: ConnectedPackage;
}

/** A stand-in package, whatever its configuration. */
export type HostedPackage = Pick<StandInPackage, "name" | "version"> & {
  readonly configuration: z.ZodType;
  connect(configuration: never): Promise<ConnectedPackage>;
};

export class ProviderSessions {
  readonly #packages: ReadonlyMap<string, HostedPackage>;
  /** By the engine's end of the connection: each explicit provider of a program has one of its own. */
  readonly #sessions = new Map<string, Session>();

  constructor(packages: readonly HostedPackage[]) {
    this.#packages = new Map<string, HostedPackage>(packages.map((item) => [item.name, item]));
  }

  /** @throws where there is no stand-in for it */
  packageOf(providerType: string): HostedPackage {
    const name = providerType.split(":").at(-1) ?? "";
    const found = this.#packages.get(name);
    if (found) return found;
    throw statusError(
      `there is no stand-in for provider "${name}"; there are: ${[...this.#packages.keys()].join(", ")}`,
    );
  }

  /** @throws where the connection has not been configured */
  of(call: Call): Session {
    const session = this.#sessions.get(call.getPeer());
    if (session) return session;
    throw statusError("this provider was not configured on this connection", grpc.status.FAILED_PRECONDITION);
  }

  /** @throws where the stand-in has no such type of resource */
  handlerOf(call: Call, type: string): ResourceHandler<never> {
    const { packageName, connected } = this.of(call);
    const handler = connected.resources[type];
    if (handler) return handler;
    throw statusError(
      `the stand-in for ${packageName} has no resource type ${type}; ` +
        `it has: ${Object.keys(connected.resources).toSorted().join(", ")}`,
    );
  }

  remember(call: Call, session: Session): void {
    this.#sessions.set(call.getPeer(), session);
    const oldest = this.#sessions.keys().next();
    if (this.#sessions.size > SESSION_LIMIT && !oldest.done) this.#sessions.delete(oldest.value);
  }

  /** A method whose errors do not show the secrets of the connection's configuration. */
  guarded<Request, Response>(answer: (request: Request, call: Call) => Promise<Response>) {
    return unary((request: Request, call: grpc.ServerUnaryCall<Request, Response>) =>
      withoutSecrets([this.#sessions.get(call.getPeer())?.configuration], () => answer(request, call)),
    );
  }
}
