/** What is deployed to Amazon's workspaces, put to work on a real Cortex as it was handed over. */
import path from "node:path";
import { parse, parseDocument, visit } from "yaml";
import { z } from "zod";
import { TENANT_HEADER } from "../../../../catalog/metrics/engine.ts";
import { alertmanagerDocument, RulerApi } from "../../../../operations/rulers/ruler-api.ts";
import { ruleFile } from "../../../../operations/rulers/stack.ts";
import { readJson } from "../../../../toolkit/json.ts";
import { Store } from "../provider/store.ts";

export interface WorkspaceEngineOptions {
  /** Of Cortex's own API. */
  readonly cortexUrl: string;
  /** Where workspaces are reached by containers of this machine, such as `http://host.docker.internal:8111`. */
  readonly workspacesUrl: string;
  /** Holds the secrets that the Alertmanager reads. */
  readonly folder: string;
  /** Where the world's addresses are on this machine. */
  readonly world: { readonly pagerDutyUrl: string; readonly snsUrl: string };
}

const SECRETS = "secrets";
const DEFINITIONS = "definitions";

export class WorkspaceEngine {
  readonly #options: WorkspaceEngineOptions;
  readonly #kept: Store;

  constructor(options: WorkspaceEngineOptions) {
    this.#options = options;
    this.#kept = new Store(path.join(options.folder, "handed-over.json"));
  }

  /** Where a workspace takes samples and questions, with a slash at the end. */
  endpointOf(workspaceId: string): string {
    return `${this.#options.workspacesUrl}/workspaces/${workspaceId}/`;
  }

  /** @throws where Cortex refuses a group */
  async setRules(workspaceId: string, namespace: string, data: string): Promise<void> {
    const api = this.#api(workspaceId);
    const { groups } = ruleFile.parse(parse(data));
    for (const group of groups) await api.setGroup(namespace, group);
    const wanted = new Set(groups.map(({ name }) => name));
    for (const { name } of await api.groups(namespace))
      if (!wanted.has(name)) await api.removeGroup(namespace, name);
  }

  async removeRules(workspaceId: string, namespace: string): Promise<void> {
    const api = this.#api(workspaceId);
    for (const { name } of await api.groups(namespace)) await api.removeGroup(namespace, name);
  }

  /** @throws where Cortex refuses it */
  async setDefinition(workspaceId: string, definition: string): Promise<void> {
    await this.#api(workspaceId).setAlertmanager(this.#inThisWorld(definition));
    this.#kept.set(DEFINITIONS, workspaceId, { definition });
  }

  async removeDefinition(workspaceId: string): Promise<void> {
    const headers = { [TENANT_HEADER]: workspaceId };
    const url = `${this.#options.cortexUrl}/api/v1/alerts`;
    const { ok, status } = await fetch(url, { method: "DELETE", headers });
    if (!ok && status !== 404) throw new Error(`Cortex keeps the Alertmanager's configuration: ${status}`);
    this.#kept.delete(DEFINITIONS, workspaceId);
  }

  /** What a secret of Secrets Manager holds now. Definitions that name it read it again. */
  async setSecret(arn: string, value: string): Promise<void> {
    this.#kept.set(SECRETS, arn, { value });
    for (const workspaceId of this.#kept.keys(DEFINITIONS)) {
      const definition = String(this.#kept.get(DEFINITIONS, workspaceId)?.["definition"]);
      if (definition.includes(arn)) await this.setDefinition(workspaceId, definition);
    }
  }

  removeSecret(arn: string): void {
    this.#kept.delete(SECRETS, arn);
  }

  #api(tenant: string): RulerApi {
    const { cortexUrl } = this.#options;
    return new RulerApi({
      rulesUrl: `${cortexUrl}/api/v1/rules`,
      alertmanagerUrl: `${cortexUrl}/api/v1/alerts`,
      user: undefined,
      tenant,
    });
  }

  /**
   * The definition as it was handed over, but for what Amazon does itself: it reads the secrets that are named, and finds
   * PagerDuty and SNS where the world has them.
   */
  #inThisWorld(definition: string) {
    const { template_files, alertmanager_config } = alertmanagerDocument.parse(parse(definition));
    const { pagerDutyUrl, snsUrl } = this.#options.world;
    const configuration = parseDocument(alertmanager_config);
    visit(configuration, {
      Map: (_key, node) => {
        const secret = secretReference.safeParse(node.toJSON()).data?.aws_secrets_manager;
        if (secret) return configuration.createNode(this.#secret(secret.secret_arn, secret.secret_key));
        if (node.has("topic_arn")) node.set("api_url", snsUrl);
        return undefined;
      },
    });
    configuration.set("global", { pagerduty_url: pagerDutyUrl });
    return { template_files, alertmanager_config: configuration.toString({ lineWidth: 0 }) };
  }

  #secret(arn: string, key: string): string {
    const { value } = this.#kept.get(SECRETS, arn) ?? {};
    const held = readJson(z.record(z.string(), z.string()), String(value ?? "{}"));
    const found = held[key];
    if (found === undefined) throw new Error(`The secret ${arn} has no value of the key ${key}`);
    return found;
  }
}

const secretReference = z.object({
  aws_secrets_manager: z.object({ secret_arn: z.string(), secret_key: z.string() }),
});
