/**
 * An object of a vendor's REST API as a Pulumi resource, for vendors without an official provider. Pulumi keeps a
 * dynamic resource's methods as text in the state, and runs that text in a process of its own. So they use nothing but
 * what is in this file, and they get the address and the key from the explicit provider when that process begins: no
 * key is in their text.
 */

import type * as pulumi from "@pulumi/pulumi";
import * as dynamic from "@pulumi/pulumi/dynamic/index.js";

type Attributes = Readonly<Record<string, unknown>>;

/** How a vendor's answers are read. */
export interface Dialect {
  /** As people know the vendor. It begins every error. */
  readonly vendor: string;
  /** An object's id, and its attributes by the names that requests have for them. */
  readonly parse: (answer: unknown) => { readonly id: unknown; readonly attributes: Attributes };
}

/** What an object is, as its methods get it. */
interface State {
  readonly path: string;
  readonly attributes: Attributes;
  readonly secretAttributes?: Attributes;
}

/** How often a request that came too fast is sent again. */
const ATTEMPTS = 6;
const TIMEOUT_MILLISECONDS = 30_000;

/** The methods of one vendor's objects. */
export function restProvider({ vendor, parse }: Dialect): dynamic.ResourceProvider<State, State> {
  // Empty wherever they are kept as text; `configure` fills them in the process that runs them.
  const connection = { url: "", key: "" };

  const isObject = (value: unknown): value is Attributes =>
    typeof value === "object" && value !== null && !Array.isArray(value);

  /** What two lists of plain values hold, whatever its order, or anything else. */
  const comparable = (value: unknown): string =>
    JSON.stringify(
      Array.isArray(value) && !value.some((item) => typeof item === "object")
        ? value.map(String).sort()
        : value,
      (_, item) => (isObject(item) ? Object.fromEntries(Object.entries(item).sort()) : item),
    );

  const merged = (one: Attributes, other: Attributes): Attributes => {
    const both = Object.entries(other).map(([name, value]) => {
      const before = one[name];
      return [name, isObject(before) && isObject(value) ? merged(before, value) : value];
    });
    return { ...one, ...Object.fromEntries(both) };
  };

  /** The live value in the shape of the last one: what the program never set is none of its business. */
  const shaped = (live: unknown, last: unknown): unknown => {
    if (isObject(live) && isObject(last)) {
      return Object.fromEntries(
        Object.entries(last).map(([name, value]) => [name, name in live ? shaped(live[name], value) : value]),
      );
    }
    if (Array.isArray(live) && Array.isArray(last)) {
      const items = live.map((item, index) => shaped(item, last[index]));
      return comparable(items) === comparable(last) ? last : items;
    }
    return String(live) === String(last) ? last : live;
  };

  /** Without the key, and without anything secret that the vendor has repeated. */
  const withoutSecrets = (text: string, secret: unknown): string => {
    if (isObject(secret)) return Object.values(secret).reduce<string>(withoutSecrets, text);
    return typeof secret === "string" && secret !== "" ? text.replaceAll(secret, "[secret]") : text;
  };

  const fromJson = (text: string): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  };

  const send = async (method: string, path: string, body?: Attributes, attempt = 1): Promise<Response> => {
    const address = `${connection.url}/${path}`;
    const response = await fetch(address, {
      method,
      headers: {
        accept: "application/json",
        authorization: `Bearer ${connection.key}`,
        ...(body && { "content-type": "application/json" }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    }).catch((error: Error) => {
      const cause = error.cause instanceof Error ? error.cause.message : error.message;
      throw new Error(`${vendor} does not answer at ${connection.url} (${cause})`);
    });
    if (response.status !== 429 || attempt >= ATTEMPTS) return response;
    const seconds = Math.min(Number(response.headers.get("retry-after") ?? 10) || 1, 60);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return send(method, path, body, attempt + 1);
  };

  /** The vendor's answer; undefined where there is no such object. */
  const call = async (method: string, path: string, state?: State): Promise<unknown> => {
    const secrets = state?.secretAttributes ?? {};
    const response = await send(method, path, state && merged(state.attributes, secrets));
    const text = await response.text();
    if (response.ok) return text === "" ? {} : fromJson(text);
    if (response.status === 404 && method !== "POST") return undefined;
    const answer = fromJson(text);
    const reason = isObject(answer) ? (answer["message"] ?? answer["errors"] ?? answer) : text.slice(0, 200);
    const said = withoutSecrets(typeof reason === "string" ? reason : JSON.stringify(reason), {
      secrets,
      key: connection.key,
    });
    throw new Error(`${vendor} refused ${method} /${path} (${response.status}): ${said}`);
  };

  return {
    async configure({ config }) {
      connection.url = config.require("vendor:url");
      connection.key = config.require("vendor:key");
    },

    async diff(_id, before, after) {
      const replaces = before.path === after.path ? [] : ["path"];
      const changes =
        replaces.length > 0 ||
        comparable([before.attributes, before.secretAttributes]) !==
          comparable([after.attributes, after.secretAttributes]);
      return { changes, replaces, deleteBeforeReplace: true };
    },

    async create(state) {
      const { id } = parse(await call("POST", state.path, state));
      return { id: String(id), outs: state };
    },

    async read(id, state) {
      if (state === undefined) throw new Error(`${vendor}'s objects can't be imported`);
      const answer = await call("GET", `${state.path}/${id}`);
      if (answer === undefined) return {};
      const live = { ...state, attributes: shaped(parse(answer).attributes, state.attributes) as Attributes };
      return { id, props: live, inputs: live };
    },

    async update(id, _before, state) {
      const answer = await call("PATCH", `${state.path}/${id}`, state);
      if (answer === undefined)
        throw new Error(`${vendor} has no /${state.path}/${id} any more: refresh first`);
      return { outs: state };
    },

    async delete(id, { path }) {
      await call("DELETE", `${path}/${id}`);
    },
  };
}

export interface RestObjectArgs {
  /** Of the collection, below the API's address, such as `monitors`. */
  path: pulumi.Input<string>;
  /** As the API takes them. */
  attributes: pulumi.Input<Record<string, pulumi.Input<unknown>>>;
  /** Those that are secret, merged into the others. The vendor's own values of them are never compared. */
  secretAttributes?: pulumi.Input<Record<string, unknown>>;
}

/** One object; its type is `pulumi-nodejs:dynamic/<vendor>:<Kind>`. */
export class RestObject extends dynamic.Resource {
  constructor(
    provider: dynamic.ResourceProvider,
    [vendor, kind]: readonly [vendor: string, kind: string],
    name: string,
    args: RestObjectArgs,
    opts: pulumi.CustomResourceOptions,
  ) {
    super(provider, name, { ...args }, opts, vendor, kind);
  }
}
