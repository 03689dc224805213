import type * as grafana from "@grafana/grafana-foundation-sdk/dashboard";
import * as pulumi from "@pulumi/pulumi";
import { Dashboard } from "@pulumiverse/grafana/oss/dashboard.js";
import { DataSource } from "@pulumiverse/grafana/oss/dataSource.js";
import { Folder } from "@pulumiverse/grafana/oss/folder.js";
import { PROMETHEUS_DATASOURCE_UID } from "../render/grafana.ts";

export interface DashboardsArgs {
  /** Dashboard models by uid. */
  models: Readonly<Record<string, grafana.Dashboard>>;
  /** Address of Prometheus as Grafana reaches it. */
  prometheusUrl: string;
  /** Seconds between scrapes: Grafana derives `$__rate_interval` from it. */
  scrapeIntervalSeconds: number;
  /** Address at which people open Grafana. */
  publicUrl: string;
}

/** Grafana: the datasource and the dashboards. */
export class Dashboards extends pulumi.ComponentResource {
  /** Where each dashboard is, by uid. */
  readonly urls: Record<string, pulumi.Output<string>>;

  constructor(name: string, args: DashboardsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:Dashboards", name, {}, opts);

    const folder = new Folder(`${name}-folder`, { title: "AgentPay", uid: "agentpay" }, { parent: this });
    const prometheus = new DataSource(
      `${name}-prometheus`,
      {
        name: "Prometheus",
        uid: PROMETHEUS_DATASOURCE_UID,
        type: "prometheus",
        url: args.prometheusUrl,
        accessMode: "proxy",
        isDefault: true,
        jsonDataEncoded: JSON.stringify({
          httpMethod: "POST",
          timeInterval: `${args.scrapeIntervalSeconds}s`,
        }),
      },
      { parent: this },
    );

    this.urls = Object.fromEntries(
      Object.entries(args.models).map(([uid, model]) => {
        const dashboard = new Dashboard(
          `${name}-${uid}`,
          { folder: folder.uid, configJson: JSON.stringify(model), overwrite: true },
          { parent: this, dependsOn: [prometheus] },
        );
        return [uid, dashboard.uid.apply((liveUid) => `${args.publicUrl}/d/${liveUid}`)];
      }),
    );
    this.registerOutputs({ urls: this.urls });
  }
}
