import * as pulumi from "@pulumi/pulumi";

/** What a project is set to, and where. */
export interface SentryProjectSettingsArgs {
  /** Slug of the organization. */
  organization: pulumi.Input<string>;
  /** Slug of the project. */
  project: pulumi.Input<string>;
  /** What its events come from, by Sentry's name, such as `python`. */
  platform: pulumi.Input<string>;
  /** Inbound filters that are on or off as a whole, by Sentry's id. Others are left as they are. */
  filters: pulumi.Input<Record<string, boolean>>;
  /** Ownership rules, a line each. */
  ownership: pulumi.Input<string>;
}

type Settings = pulumi.Unwrap<SentryProjectSettingsArgs>;

/**
 * Platform, inbound filters and ownership rules: for the last two the provider (0.0.9) has no resource, and the first it
 * can't set without asking an outside page. A project always has all of them: there
 * is nothing to create twice or to import, so that losing the state costs nothing. Its provider is a `VendorProvider`,
 * from which it gets address and token when its methods begin to run: the token is in no resource of its own.
 */
export class SentryProjectSettings extends pulumi.dynamic.Resource {
  constructor(name: string, args: SentryProjectSettingsArgs, opts?: pulumi.CustomResourceOptions) {
    super(new SettingsProvider(), name, args, opts, "agentpay", "SentryProjectSettings");
  }
}

/** Pulumi keeps the text of this class in the state and runs that: it may use nothing but itself and Node's globals. */
class SettingsProvider implements pulumi.dynamic.ResourceProvider<Settings, Settings> {
  private token = "";
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

  /** The project's filters that were ours to set, and its rules. */
  async read(id: string, last?: Settings): Promise<pulumi.dynamic.ReadResult<Settings>> {
    if (!last) throw new Error(`${id} can't be imported: there is nothing to import, pulumi up sets it`);
    const filters = await this.call<readonly { id: string; active: unknown }[]>("GET", id, "filters/");
    const { raw } = await this.call<{ raw: string | null }>("GET", id, "ownership/");
    const active = filters.filter((filter) => filter.active === true).map((filter) => filter.id);
    const found = Object.keys(last.filters).map((filter) => [filter, active.includes(filter)] as const);
    const { platform } = await this.call<{ platform: string | null }>("GET", id, "");
    const filtersNow = Object.fromEntries(found);
    const props = { ...last, platform: platform ?? "", filters: filtersNow, ownership: raw ?? "" };
    return { id, props, inputs: props };
  }

  async diff(_id: string, old: Settings, inputs: Settings) {
    const replaces = (["organization", "project"] as const).filter((key) => old[key] !== inputs[key]);
    const same = (settings: Settings) =>
      JSON.stringify([settings.platform, Object.entries(settings.filters).sort(), settings.ownership]);
    return { changes: replaces.length > 0 || same(old) !== same(inputs), replaces };
  }

  private async apply({ organization, project, platform, filters, ownership }: Settings): Promise<void> {
    const id = `${organization}/${project}`;
    await this.call("PUT", id, "", { platform });
    for (const [filter, active] of Object.entries(filters)) {
      await this.call("PUT", id, `filters/${filter}/`, { active });
    }
    await this.call("PUT", id, "ownership/", { raw: ownership, fallthrough: false });
  }

  private async call<Answer>(method: "GET" | "PUT", project: string, path: string, body?: object) {
    const url = `${this.apiUrl}0/projects/${project}/${path}`;
    const response = await fetch(url, {
      method,
      headers: { Authorization: `Bearer ${this.token}`, "Content-Type": "application/json" },
      body: body ? JSON.stringify(body) : undefined,
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text.slice(0, 500)}`);
    return (text === "" ? undefined : JSON.parse(text)) as Answer;
  }
}
