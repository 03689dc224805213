import * as pulumi from "@pulumi/pulumi";
import { endTold } from "../shared/deprecation.ts";

/** What a project is set to, and where. */
export interface SentryProjectSettingsArgs {
  /** Slug of the organization. */
  organization: pulumi.Input<string>;
  /** Slug of the project. */
  project: pulumi.Input<string>;
  /** Sentry's number of the project. */
  projectId: pulumi.Input<string>;
  /** What its events come from, by Sentry's name, such as `python`. */
  platform: pulumi.Input<string>;
  /** Inbound filters that are on or off as a whole, by Sentry's id. Others are left as they are. */
  filters: pulumi.Input<Record<string, boolean>>;
  /** Ownership rules, a line each. */
  ownership: pulumi.Input<string>;
  /**
   * Whether the alert that Sentry gives each new project may stay. Found by its name: one that was renamed is somebody's
   * own.
   */
  defaultAlert: boolean;
}

type Settings = pulumi.Unwrap<SentryProjectSettingsArgs> & {
  /** Pulumi's: the text of the class below. */
  readonly __provider?: string;
};

const FILE = "components/sentry/project-settings.ts";
/** What Sentry calls it, in English whatever the organization's language. */
const DEFAULT_ALERT = "Send a notification for high priority issues";

/**
 * Platform, inbound filters, ownership rules, and the alert that Sentry has made: the provider (0.0.9) has no resource for
 * them, or can't set it without asking an outside page. A project always has all of them: there is nothing to create twice
 * or to import, so that losing the state costs nothing. Its provider is a `VendorProvider`,
 * from which it gets address and token when its methods begin to run: the token is in no resource of its own.
 */
export class SentryProjectSettings extends pulumi.dynamic.Resource {
  constructor(name: string, args: SentryProjectSettingsArgs, opts?: pulumi.CustomResourceOptions) {
    super(new SettingsProvider(), name, args, opts, "agentpay", "SentryProjectSettings");
  }
}

interface DefaultAlert {
  readonly id: string;
  readonly name: string;
  readonly detectorIds: readonly string[] | null;
}

/** Pulumi keeps the text of this class in the state and runs that: it may use nothing but itself, plain functions and Node's globals. Another text is a change,
 * since refresh and destroy run the one in the state. */
class SettingsProvider implements pulumi.dynamic.ResourceProvider<Settings, Settings> {
  private token = "";
  /** Of what will end, so that the engine shows it once. */
  private readonly told: string[] = [];
  private apiUrl = "";

  async configure({ config }: pulumi.dynamic.ConfigureRequest): Promise<void> {
    this.apiUrl = config.require("vendor:url");
    this.token = config.require("vendor:key");
  }

  async create(inputs: Settings) {
    await this.apply(inputs);
    return { id: `${inputs.organization}/${inputs.project}`, outs: inputs };
  }

  async update(_id: string, _old: Settings, inputs: Settings) {
    await this.apply(inputs);
    return { outs: inputs };
  }

  /** The project's filters that were ours to set, its rules, and whether Sentry's alert is there (again). */
  async read(id: string, last?: Settings): Promise<pulumi.dynamic.ReadResult<Settings>> {
    if (!last) throw new Error(`${id} can't be imported: there is nothing to import, pulumi up sets it`);
    const filters = await this.call<readonly { id: string; active: unknown }[]>(
      "GET",
      `projects/${id}/filters/`,
    );
    const { raw } = await this.call<{ raw: string | null }>("GET", `projects/${id}/ownership/`);
    const active = filters.filter((filter) => filter.active === true).map((filter) => filter.id);
    const found = Object.keys(last.filters).map((filter) => [filter, active.includes(filter)] as const);
    const { platform } = await this.call<{ platform: string | null }>("GET", `projects/${id}/`);
    const defaultAlert = last.defaultAlert || (await this.defaultAlerts(last)).length > 0;
    const live = { platform: platform ?? "", filters: Object.fromEntries(found), ownership: raw ?? "" };
    const props = { ...last, ...live, defaultAlert };
    return { id, props, inputs: props };
  }

  async diff(_id: string, old: Settings, inputs: Settings) {
    const replaces = (["organization", "project"] as const).filter((key) => old[key] !== inputs[key]);
    const same = ({ platform, filters, ownership, defaultAlert, __provider }: Settings) =>
      JSON.stringify([platform, Object.entries(filters).sort(), ownership, defaultAlert, __provider]);
    return { changes: replaces.length > 0 || same(old) !== same(inputs), replaces };
  }

  private async apply(settings: Settings): Promise<void> {
    const { organization, project, platform, filters, ownership, defaultAlert } = settings;
    const path = `projects/${organization}/${project}/`;
    await this.call("PUT", path, { platform });
    for (const [filter, active] of Object.entries(filters)) {
      await this.call("PUT", `${path}filters/${filter}/`, { active });
    }
    await this.call("PUT", `${path}ownership/`, { raw: ownership, fallthrough: false });
    for (const { id } of defaultAlert ? [] : await this.defaultAlerts(settings)) {
      await this.call("DELETE", `organizations/${organization}/workflows/${id}/`);
    }
  }

  /** Those of this project. Nobody has asked for more than the 100 of one page of that name. */
  private async defaultAlerts({ organization, projectId }: Settings) {
    const query = `project=${projectId}&query=${encodeURIComponent(`name:"${DEFAULT_ALERT}"`)}`;
    const alerts = await this.call<readonly DefaultAlert[]>(
      "GET",
      `organizations/${organization}/workflows/?${query}`,
    );
    return alerts.filter(({ name, detectorIds }) => name === DEFAULT_ALERT && (detectorIds ?? []).length > 0);
  }

  private async call<Answer>(method: "GET" | "PUT" | "DELETE", path: string, body?: object) {
    const url = `${this.apiUrl}0/${path}`;
    const response = await fetch(url, {
      method,
      headers: {
        Authorization: `Bearer ${this.token}`,
        ...(body && { "Content-Type": "application/json" }),
      },
      body: body ? JSON.stringify(body) : undefined,
      signal: AbortSignal.timeout(30_000),
    });
    const end = endTold(`Sentry's ${method} /0/${path.split("?")[0]}`, response.headers, FILE);
    if (end !== undefined && !this.told.includes(end)) {
      this.told.push(end);
      console.warn(end);
    }
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text.slice(0, 500)}`);
    return (text === "" ? undefined : JSON.parse(text)) as Answer;
  }
}
