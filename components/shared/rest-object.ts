/**
 * An object of a vendor's REST API as a Pulumi resource, for what no official provider can make. Pulumi keeps a
 * dynamic resource's methods as text in the state, and runs that text in a process of its own. So they use nothing but
 * what is in this file, the dialect, and plain functions that they import; and they get the address and the key from the explicit provider when that
 * process begins: no key is in their text. Refresh and destroy run the text of the state, so other text is a change.
 */

import type * as pulumi from "@pulumi/pulumi";
import * as dynamic from "@pulumi/pulumi/dynamic/index.js";
import { endTold } from "./deprecation.ts";
import { nextPage } from "./link-header.ts";

type Attributes = Readonly<Record<string, unknown>>;

/** How a vendor's answers are read. */
export interface Dialect {
  /** As people know the vendor. It begins every error. */
  readonly vendor: string;
  /** The file here that relies on its API, for what its answers say of their end. */
  readonly file: string;
  /** An object's id, and its attributes by the names that requests have for them. */
  readonly parse: (answer: unknown) => { readonly id: unknown; readonly attributes: Attributes };
  /**
   * The objects of a list's answer, each as {@link Dialect.parse} takes it, and the address of the next page. Default: an
   * array, and what its `Link` header says.
   */
  readonly listed?: (answer: unknown) => { readonly items: readonly unknown[]; readonly next: unknown };
  /** How an object is changed. Default: `PATCH`. A `PUT` carries the object's id. */
  readonly update?: "PATCH" | "PUT";
  /** What every path ends in. Default: nothing. */
  readonly pathEnd?: string;
  /** What to do where the vendor does not know the path at all: a sentence for people. */
  readonly unknownPath?: string;
}

/** Where an object may be already, made by somebody else or by an earlier attempt. */
interface Existing {
  /** What lists the candidates, such as `detectors/?project=1`. */
  readonly list: string;
  /** What the wanted one has, by the names of {@link Dialect.parse}. */
  readonly where: Attributes;
}

/** What an object is, as its methods get it. */
interface State {
  readonly path: string;
  readonly createPath?: string;
  readonly existing?: Existing;
  readonly vendorOwned?: boolean;
  readonly fixed?: readonly string[];
  readonly attributes: Attributes;
  readonly secretAttributes?: Attributes;
  /** Pulumi's: the text of these methods. */
  readonly __provider?: string;
}

/** How often a request that came too fast is sent again. */
const ATTEMPTS = 6;
const TIMEOUT_MILLISECONDS = 30_000;
/** How often, and how many milliseconds apart, what the vendor makes by itself is looked for. */
const LOOKS = { times: 6, apart: 2000 };

/** The methods of one vendor's objects. */
export function restProvider(dialect: Dialect): dynamic.ResourceProvider<State, State> {
  const { vendor, file, parse, listed, update = "PATCH", pathEnd = "", unknownPath } = dialect;
  // Empty wherever they are kept as text; `configure` fills them in the process that runs them.
  const connection = { url: "", key: "" };
  const told: string[] = [];

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

  /** The engine shows what is written here. Once for all objects of a kind: each has its own number. */
  const tellOfEnd = (method: string, path: string, { headers }: Response): void => {
    const [collection = ""] = path.replaceAll(/\/\d+(?=\/|$)/g, "/{id}").split("?");
    const line = endTold(`${vendor}'s ${method} /${collection}`, headers, file);
    if (line === undefined || told.includes(line)) return;
    told.push(line);
    console.warn(line);
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
    tellOfEnd(method, path, response);
    if (response.status !== 429 || attempt >= ATTEMPTS) return response;
    const seconds = Math.min(Number(response.headers.get("retry-after") ?? 10) || 1, 60);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return send(method, path, body, attempt + 1);
  };

  /** @throws an error for people, where the vendor refuses */
  const answerOf = async (response: Response, request: string, secrets: Attributes = {}) => {
    const text = await response.text();
    if (response.ok) return text === "" ? {} : fromJson(text);
    const answer = fromJson(text);
    const reason = isObject(answer) ? (answer["message"] ?? answer["errors"] ?? answer) : text.slice(0, 200);
    const said = withoutSecrets(typeof reason === "string" ? reason : JSON.stringify(reason), {
      secrets,
      key: connection.key,
    });
    const advice = response.status === 404 && unknownPath ? `. ${unknownPath}` : "";
    throw new Error(`${vendor} refused ${request} (${response.status}): ${said}${advice}`);
  };

  /** The vendor's answer; undefined where there is no such object. */
  const call = async (method: string, path: string, state?: State, id?: string): Promise<unknown> => {
    const secrets = state?.secretAttributes ?? {};
    const body = state && { ...merged(state.attributes, secrets), ...(method === "PUT" && { id }) };
    const response = await send(method, `${path}${pathEnd}`, body);
    if (response.status === 404 && method !== "POST") return undefined;
    return answerOf(response, `${method} /${path}`, secrets);
  };

  /** A page of a list, and the query of the next one: the list stays at the address that is known here, whatever host is named. */
  const pageOf = (answer: unknown, headers: Headers) => {
    if (listed === undefined)
      return { items: Array.isArray(answer) ? answer : [], query: nextPage(headers.get("link")) };
    const { items, next } = listed(answer);
    return { items, query: /\?.*$/.exec(String(next ?? ""))?.[0] };
  };

  /** Of a page, the object that is wanted, and one whose name is only in another case. */
  const among = (items: readonly unknown[], where: Attributes) => {
    const wanted = comparable(where);
    const found = items.map(parse).map(({ id, attributes }) => [id, comparable(shaped(attributes, where))]);
    const like = found.filter(([, text]) => String(text).toLowerCase() === wanted.toLowerCase());
    return { exact: like.find(([, text]) => text === wanted)?.[0], like: like[0]?.[0] };
  };

  /** The object that is there already, by whoever. People write names in any case: without the exact one, theirs is taken. */
  const find = async ({ list, where }: Existing): Promise<string | undefined> => {
    const [path = ""] = list.split("?");
    let like: unknown;
    for (let page: string | undefined = list; page !== undefined; ) {
      const response: Response = await send("GET", page);
      const answer = await answerOf(response, `GET /${page}`);
      const { items, query } = pageOf(answer, response.headers);
      const found = among(items, where);
      if (found.exact !== undefined) return String(found.exact);
      like ??= found.like;
      page = query === undefined ? undefined : `${path}${query}`;
    }
    return like === undefined ? undefined : String(like);
  };

  /** Of what the vendor makes by itself, perhaps a moment later. */
  const patientlyFind = async (existing: Existing, looks = LOOKS.times): Promise<string | undefined> => {
    const id = await find(existing);
    if (id !== undefined || looks <= 1) return id;
    await new Promise((resolve) => setTimeout(resolve, LOOKS.apart));
    return patientlyFind(existing, looks - 1);
  };

  const without = (attributes: Attributes, names: readonly string[]): Attributes =>
    Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));

  const change = async (id: string, state: State): Promise<void> => {
    const changeable = { ...state, attributes: without(state.attributes, state.fixed ?? []) };
    const answer = await call(update, `${state.path}/${id}`, changeable, id);
    if (answer === undefined)
      throw new Error(`${vendor} has no /${state.path}/${id} any more: refresh first`);
  };

  return {
    async configure({ config }) {
      connection.url = config.require("vendor:url").replace(/\/+$/, "");
      connection.key = config.require("vendor:key");
    },

    async diff(_id, before, after) {
      const elsewhere = after.vendorOwned && comparable(before.existing) !== comparable(after.existing);
      const fixed = (after.fixed ?? []).map((name) => [before.attributes[name], after.attributes[name]]);
      const replaces = [
        ...(before.path === after.path ? [] : ["path"]),
        ...(elsewhere ? ["existing"] : []),
        ...(fixed.every(([one, other]) => comparable(one) === comparable(other)) ? [] : ["attributes"]),
      ];
      const changes =
        replaces.length > 0 ||
        before.__provider !== after.__provider ||
        comparable([before.attributes, before.secretAttributes]) !==
          comparable([after.attributes, after.secretAttributes]);
      return { changes, replaces, deleteBeforeReplace: true };
    },

    async create(state) {
      const { existing, vendorOwned } = state;
      const there = existing && (await (vendorOwned ? patientlyFind : find)(existing));
      if (vendorOwned && there === undefined)
        throw new Error(`${vendor} has none of its own at /${existing?.list}: run it again in a minute`);
      if (there === undefined) {
        const { id } = parse(await call("POST", state.createPath ?? state.path, state));
        return { id: String(id), outs: state };
      }
      if (!vendorOwned) await change(there, state);
      return { id: there, outs: state };
    },

    async read(id, state) {
      if (state === undefined) throw new Error(`${vendor}'s objects can't be imported`);
      const answer = await call("GET", `${state.path}/${id}`);
      if (answer === undefined) return {};
      const live = { ...state, attributes: shaped(parse(answer).attributes, state.attributes) as Attributes };
      return { id, props: live, inputs: live };
    },

    async update(id, _before, state) {
      if (!state.vendorOwned) await change(id, state);
      return { outs: state };
    },

    async delete(id, { path, vendorOwned }) {
      if (!vendorOwned) await call("DELETE", `${path}/${id}`);
    },
  };
}

export interface RestObjectArgs {
  /** Of the collection, below the API's address, such as `monitors`. */
  path: pulumi.Input<string>;
  /** Of the collection where objects are made. Default: `path`. */
  createPath?: pulumi.Input<string>;
  /** Where the object may be already: it is taken over, and not made twice. */
  existing?: { list: pulumi.Input<string>; where: Record<string, unknown> };
  /** Attributes that are given once: another value makes another object, and no update sends them. Default: none. */
  fixed?: readonly string[];
  /** Whether the vendor makes it by itself: then it is only looked up, never made, changed or removed. */
  vendorOwned?: boolean;
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
