import * as pulumi from "@pulumi/pulumi";

export interface GrafanaAdminPasswordArgs {
  /** Address of Grafana's API; known once Grafana is healthy. */
  url: pulumi.Input<string>;
  /** Secret. What the admin's password is to be. */
  password: pulumi.Input<string>;
}

type Wanted = pulumi.Unwrap<GrafanaAdminPasswordArgs>;

/**
 * The password of Grafana's admin. Grafana reads the file with it only when it makes the admin, in an empty volume; from
 * then on it is in the volume, and only Grafana itself can change it. The password before is in the state, encrypted,
 * until the new one is in its place: an update that failed in between finds either, and goes on.
 */
export class GrafanaAdminPassword extends pulumi.dynamic.Resource {
  constructor(name: string, args: GrafanaAdminPasswordArgs, opts?: pulumi.CustomResourceOptions) {
    super(new PasswordProvider(), name, args, opts, "agentpay", "GrafanaAdminPassword");
  }
}

/** Pulumi keeps the text of this class in the state and runs that: it may use nothing but itself and Node's globals. */
export class PasswordProvider implements pulumi.dynamic.ResourceProvider<Wanted, Wanted> {
  async create(wanted: Wanted) {
    if (!(await this.opens(wanted.url, wanted.password))) throw this.refusal(wanted.url);
    return { id: "admin", outs: wanted };
  }

  async update(_id: string, before: Wanted, wanted: Wanted) {
    const { url, password } = wanted;
    if (await this.opens(url, password)) return { outs: wanted };
    if (!(await this.opens(url, before.password))) throw this.refusal(url);
    const response = await this.ask(url, before.password, "/api/user/password", {
      oldPassword: before.password,
      newPassword: password,
      confirmNew: password,
    });
    if (!response.ok)
      throw new Error(`Grafana at ${url} did not change the admin's password (${response.status})`);
    return { outs: wanted };
  }

  async diff(_id: string, before: Wanted, wanted: Wanted) {
    return { changes: before.password !== wanted.password || before.url !== wanted.url };
  }

  /** Whether the password is the admin's. @throws where Grafana says neither */
  private async opens(url: string, password: string): Promise<boolean> {
    const { ok, status } = await this.ask(url, password, "/api/user");
    if (ok) return true;
    if (status === 401) return false;
    throw new Error(`Grafana at ${url} answered ${status} where the admin was asked for`);
  }

  private ask(url: string, password: string, path: string, body?: object): Promise<Response> {
    return fetch(`${url}${path}`, {
      method: body ? "PUT" : "GET",
      headers: {
        authorization: `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`,
        "content-type": "application/json",
      },
      body: body ? JSON.stringify(body) : undefined,
      signal: AbortSignal.timeout(30_000),
    }).catch((error: Error) => {
      throw new Error(`Grafana does not answer at ${url} (${error.message})`);
    });
  }

  private refusal(url: string): Error {
    return new Error(
      `Grafana at ${url} takes neither metrics.grafanaAdminPassword nor the one before: its volume has another. ` +
        "docs/recovery.md, Replacing a secret, says how to reset it",
    );
  }
}
