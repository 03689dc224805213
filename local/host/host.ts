/** The gRPC server that the engine attaches to: language host and providers on one port. */
import * as grpc from "@grpc/grpc-js";
import languageGrpc from "@pulumi/pulumi/proto/language_grpc_pb.js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { serverOptions } from "./grpc.ts";
import { languageService } from "./language-host.ts";
import { providerService } from "./provider-server.ts";
import type { HostedPackage } from "./provider-sessions.ts";

export interface EngineHost {
  readonly port: number;
  stop(): void;
}

/** Starts on a free loopback port. */
export async function startEngineHost(packages: readonly HostedPackage[]): Promise<EngineHost> {
  const server = new grpc.Server(serverOptions);
  server.addService(languageGrpc.LanguageRuntimeService, languageService());
  server.addService(providerGrpc.ResourceProviderService, providerService(packages));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { port, stop: () => server.forceShutdown() };
}
