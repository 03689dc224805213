/**
 * The API by which Cortex, Mimir and Grafana Cloud take rules and the configuration of their Alertmanager: groups of rules
 * in namespaces, one group a request, and one document for the Alertmanager.
 * @see https://cortexmetrics.io/docs/api/#ruler, https://grafana.com/docs/mimir/latest/references/http-api/#ruler
 */
import { parse, stringify } from "yaml";
import { z } from "zod";
import { TENANT_HEADER } from "../../catalog/metrics/engine.ts";
import { Failure } from "../../toolkit/failure.ts";

/** Where the engine is, and what it asks for. */
export interface RulerAccess {
  /** Of its ruler API, such as `https://mimir.example.com/prometheus/config/v1/rules`. */
  readonly rulesUrl: string;
  /** At which its own Alertmanager takes its configuration; undefined where its ruler tells another one. */
  readonly alertmanagerUrl: string | undefined;
  readonly user: { readonly name: string; readonly password: string } | undefined;
  readonly tenant: string | undefined;
}

/** A group of rules as the engine has it. */
export const ruleGroup = z.looseObject({ name: z.string(), rules: z.array(z.looseObject({})) });
export type RuleGroup = z.output<typeof ruleGroup>;

const namespaces = z.record(z.string(), z.array(ruleGroup));
export const alertmanagerDocument = z.object({
  template_files: z
    .record(z.string(), z.string())
    .nullish()
    .transform((files) => files ?? {}),
  alertmanager_config: z.string(),
});
export type AlertmanagerDocument = z.output<typeof alertmanagerDocument>;

/** The engine did not do what it was asked. For people as it is: no secret in it. */
export class RulerError extends Failure {
  override readonly name = "RulerError";
}

const TIMEOUT_MILLISECONDS = 30_000;
/** How much of an answer an error shows. */
const SHOWN_CHARACTERS = 300;

export class RulerApi {
  readonly #access: RulerAccess;
  readonly #secrets: readonly string[];

  /** @param secrets values that no error may show: an engine may quote what it was sent */
  constructor(access: RulerAccess, secrets: readonly string[] = []) {
    this.#access = access;
    this.#secrets = [...secrets, ...(access.user ? [access.user.password] : [])].filter(
      (value) => value !== "",
    );
  }

  /** The groups of a namespace; none where it does not exist. */
  async groups(namespace: string): Promise<readonly RuleGroup[]> {
    const text = await this.#ask("GET", this.#namespaceUrl(namespace));
    if (text === undefined) return [];
    return this.#parsed(namespaces, text, "rules")[namespace] ?? [];
  }

  /** Adds a group, or puts it in the place of the one of its name. */
  async setGroup(namespace: string, group: RuleGroup): Promise<void> {
    await this.#ask("POST", this.#namespaceUrl(namespace), stringify(group, { lineWidth: 0 }));
  }

  async removeGroup(namespace: string, name: string): Promise<void> {
    await this.#ask("DELETE", `${this.#namespaceUrl(namespace)}/${encodeURIComponent(name)}`);
  }

  /** What the engine's own Alertmanager has; undefined where it has nothing, or is another's. */
  async alertmanager(): Promise<AlertmanagerDocument | undefined> {
    const { alertmanagerUrl } = this.#access;
    const text = alertmanagerUrl && (await this.#ask("GET", alertmanagerUrl));
    return text ? this.#parsed(alertmanagerDocument, text, "the Alertmanager's configuration") : undefined;
  }

  async setAlertmanager(document: AlertmanagerDocument): Promise<void> {
    const { alertmanagerUrl } = this.#access;
    if (alertmanagerUrl) await this.#ask("POST", alertmanagerUrl, stringify(document, { lineWidth: 0 }));
  }

  #namespaceUrl(namespace: string): string {
    return `${this.#access.rulesUrl}/${encodeURIComponent(namespace)}`;
  }

  #parsed<Schema extends z.ZodType>(schema: Schema, text: string, what: string): z.output<Schema> {
    try {
      return schema.parse(parse(text));
    } catch {
      throw new RulerError(
        `${this.#access.rulesUrl} gave ${what} in another form than expected: is it a ruler's API?`,
      );
    }
  }

  /** The answer; undefined where there is no such thing. @throws RulerError */
  async #ask(method: "GET" | "POST" | "DELETE", url: string, body?: string): Promise<string | undefined> {
    const { user, tenant } = this.#access;
    const response = await fetch(url, {
      method,
      headers: {
        ...(body !== undefined && { "content-type": "application/yaml" }),
        ...(user && {
          authorization: `Basic ${Buffer.from(`${user.name}:${user.password}`).toString("base64")}`,
        }),
        ...(tenant && { [TENANT_HEADER]: tenant }),
      },
      ...(body !== undefined && { body }),
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    }).catch((error: unknown) => {
      const cause =
        error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new RulerError(`${method} ${url} got no answer: ${this.#withoutSecrets(cause)}`);
    });
    const text = await response.text();
    if (response.ok) return text;
    if (response.status === 404 && method !== "POST") return undefined;
    const said = this.#withoutSecrets(text).trim().slice(0, SHOWN_CHARACTERS);
    throw new RulerError(`${method} ${url} answered ${response.status}: ${said}${hint(response.status)}`);
  }

  #withoutSecrets(text: string): string {
    return this.#secrets.reduce((shown, value) => shown.replaceAll(value, "[secret]"), text);
  }
}

function hint(status: number): string {
  if (status === 401 || status === 403) {
    return "\nAre metrics.remoteUsername, metrics.remotePassword and metrics.remoteTenant right, and may that user write rules?";
  }
  if (status === 404 || status === 405)
    return "\nIs its ruler's API switched on, and metrics.remoteRulesUrl its address?";
  return "";
}
