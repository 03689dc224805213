/** Small bridges between promises and the callbacks of the gRPC library. */
import * as grpc from "@grpc/grpc-js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { messageOf } from "../../toolkit/error-message.ts";
import type { Properties } from "../../toolkit/property-values.ts";
import { compact } from "../../toolkit/property-values.ts";

/** State files and rendered dashboards pass through messages, as in the engine's own limit. */
const MESSAGE_LIMIT_BYTES = 400 * 1024 * 1024;

export const serverOptions: grpc.ServerOptions = {
  "grpc.max_receive_message_length": MESSAGE_LIMIT_BYTES,
  "grpc.max_send_message_length": MESSAGE_LIMIT_BYTES,
};

/** A failure whose message is meant for the user as it is. */
export function statusError(message: string, code = grpc.status.UNKNOWN): grpc.ServiceError {
  return Object.assign(new Error(message), { code, details: message, metadata: new grpc.Metadata() });
}

/** A unary method from an async function. What it throws becomes the call's error. */
export function unary<Request, Response>(
  answer: (request: Request, call: grpc.ServerUnaryCall<Request, Response>) => Promise<Response> | Response,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const answered = async () => answer(call.request, call);
    answered().then(
      (response) => callback(null, response),
      (error: unknown) => callback(asStatus(error)),
    );
  };
}

/** A streaming method from an async function, whose end is the stream's end. */
export function serverStreaming<Request, Response>(
  answer: (call: grpc.ServerWritableStream<Request, Response>) => Promise<void>,
): grpc.handleServerStreamingCall<Request, Response> {
  return (call) => {
    answer(call).then(
      () => call.end(),
      (error: unknown) => call.emit("error", asStatus(error)),
    );
  };
}

function asStatus(error: unknown): grpc.ServiceError {
  const known = error instanceof Error && "code" in error && "details" in error && "metadata" in error;
  return known ? (error as grpc.ServiceError) : statusError(messageOf(error));
}

export function fromStruct(message: Struct | undefined): Properties {
  return (message?.toJavaScript() ?? {}) as Properties;
}

export function toStruct(properties: Properties): Struct {
  return struct.Struct.fromJavaScript(compact(properties) as Parameters<typeof Struct.fromJavaScript>[0]);
}
