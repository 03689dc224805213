/** The engine's messages: what they say of a resource, and how they are answered. */
import type * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import rpc from "@pulumi/pulumi/proto/provider_pb.js";
import type { Difference } from "./difference.ts";
import type { toStruct } from "./grpc.ts";
import type { Comparison } from "./operations.ts";
import { formatPath } from "./paths.ts";

interface ResourceRequest {
  getUrn(): string;
  getType(): string;
  getName(): string;
}

/** A URN is `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>`. */
export function typeOf(request: ResourceRequest): string {
  return request.getType() || (request.getUrn().split("::")[2]?.split("$").at(-1) ?? "");
}

export function nameOf(request: ResourceRequest): string {
  return request.getName() || request.getUrn().split("::").slice(3).join("::");
}

export function checkResponse(inputs: ReturnType<typeof toStruct> | undefined, mistakes: readonly string[]) {
  const response = new rpc.CheckResponse().setInputs(inputs);
  // Without a property name: the engine would print that property's value, which may be a secret.
  response.setFailuresList(mistakes.map((mistake) => new rpc.CheckFailure().setReason(mistake)));
  return response;
}

const KINDS = {
  add: { change: rpc.PropertyDiff.Kind.ADD, replace: rpc.PropertyDiff.Kind.ADD_REPLACE },
  delete: { change: rpc.PropertyDiff.Kind.DELETE, replace: rpc.PropertyDiff.Kind.DELETE_REPLACE },
  update: { change: rpc.PropertyDiff.Kind.UPDATE, replace: rpc.PropertyDiff.Kind.UPDATE_REPLACE },
} as const;

export function diffResponse(comparison: Comparison): messages.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = rpc.DiffResponse.DiffChanges;
  const found = comparison.differences;
  const response = new rpc.DiffResponse()
    .setChanges(found.length > 0 ? DIFF_SOME : DIFF_NONE)
    .setDiffsList([...new Set(found.map(({ path }) => String(path[0])))])
    .setReplacesList([...comparison.replaces])
    .setDeletebeforereplace(comparison.deleteBeforeReplace)
    .setHasdetaileddiff(true);
  for (const difference of found) {
    response.getDetaileddiffMap().set(formatPath(difference.path), detail(difference, comparison.replaces));
  }
  return response;
}

function detail({ path, kind }: Difference, replaces: readonly string[]): messages.PropertyDiff {
  const replacing = replaces.includes(String(path[0])) ? "replace" : "change";
  return new rpc.PropertyDiff().setKind(KINDS[kind][replacing]).setInputdiff(true);
}
