import type * as grafana from "@grafana/grafana-foundation-sdk/dashboard";
import * as pulumi from "@pulumi/pulumi";
import { Dashboard } from "@pulumiverse/grafana/oss/dashboard.js";
import { DataSource, type DataSourceArgs } from "@pulumiverse/grafana/oss/dataSource.js";
import { Folder } from "@pulumiverse/grafana/oss/folder.js";
import { FolderPermission } from "@pulumiverse/grafana/oss/folderPermission.js";
import { OrganizationPreferences } from "@pulumiverse/grafana/oss/organizationPreferences.js";
import { dashboardFolders, type FolderUid } from "../catalog/dashboards/dashboard.ts";
import { dashboards, HOME_DASHBOARD } from "../catalog/dashboards/index.ts";
import { POSTGRES_DATASOURCE_TYPE, POSTGRES_DATASOURCE_UID } from "../render/grafana-panels.ts";
import { replicaName } from "../render/index.ts";

/** How Grafana reads AgentPay's database. */
export interface DatabaseAccess {
  /** host:port */
  address: string;
  name: string;
  /** A role that can only read. */
  user: string;
  password: pulumi.Output<string>;
  tls: "disable" | "require" | "verify-full";
}

export interface DashboardsArgs {
  /** Dashboard models by uid. */
  models: Readonly<Record<string, grafana.Dashboard>>;
  /** The stack's name: what people choose the datasource by. */
  environment: string;
  /** Address of each replica of Prometheus as Grafana reaches it: whoever reads a dashboard can choose the second. */
  prometheusUrls: readonly string[];
  /** Address of Alertmanager as Grafana reaches it. */
  alertmanagerUrl: string;
  /** Seconds between scrapes: Grafana derives `$__rate_interval` from it. */
  scrapeIntervalSeconds: number;
  /** Undefined: no datasource for it. */
  database: DatabaseAccess | undefined;
  /** Region of CloudWatch, and the endpoint of an emulator. Undefined: no datasource for it. */
  cloudWatch: { region: string; endpoint: string | undefined } | undefined;
  /** Address at which people open Grafana. */
  publicUrl: string;
}

/** Grafana: the datasources, a folder for each audience, the dashboards, and the one that people see first. */
export class Dashboards extends pulumi.ComponentResource {
  /** Where each dashboard is, by uid. */
  readonly urls: Record<string, pulumi.Output<string>>;

  constructor(name: string, args: DashboardsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:Dashboards", name, {}, opts);
    const child = { parent: this };

    const sources = Object.entries(dataSources(args)).map(
      ([key, source]) => new DataSource(`${name}-${key}`, source, child),
    );
    const folders = Object.fromEntries(
      Object.entries(dashboardFolders).map(([uid, title]) => {
        const folder = new Folder(`${name}-${uid}`, { title, uid }, child);
        // What is code is not edited by hand: editors may look, as everybody may.
        new FolderPermission(
          `${name}-${uid}-permissions`,
          {
            folderUid: folder.uid,
            permissions: ["Editor", "Viewer"].map((role) => ({ role, permission: "View" })),
          },
          child,
        );
        return [uid, folder];
      }),
    ) as Record<FolderUid, Folder>;

    const made = dashboards.map(({ uid, folder }) => {
      const inputs = { folder: folders[folder].uid, configJson: JSON.stringify(args.models[uid]) };
      const options = { ...child, dependsOn: sources };
      return [uid, new Dashboard(`${name}-${uid}`, { ...inputs, overwrite: true }, options)] as const;
    });
    const home = Object.fromEntries(made)[HOME_DASHBOARD];
    new OrganizationPreferences(`${name}-preferences`, { homeDashboardUid: home?.uid }, child);

    this.urls = Object.fromEntries(
      made.map(([uid, dashboard]) => [
        uid,
        dashboard.uid.apply((liveUid) => `${args.publicUrl}/d/${liveUid}`),
      ]),
    );
    this.registerOutputs({ urls: this.urls });
  }
}

/** The datasources, by the name that their resources have, with uids that are the same in every stack. */
function dataSources(args: DashboardsArgs): Record<string, DataSourceArgs> {
  return {
    ...Object.fromEntries(args.prometheusUrls.map((url, index) => prometheus(args, url, index))),
    alertmanager: {
      name: "Alertmanager",
      uid: "agentpay-alertmanager",
      type: "alertmanager",
      url: args.alertmanagerUrl,
      accessMode: "proxy",
      jsonDataEncoded: JSON.stringify({ implementation: "prometheus", handleGrafanaManagedAlerts: false }),
    },
    ...(args.database && { postgres: postgres(args.database) }),
    ...(args.cloudWatch && { cloudwatch: cloudWatch(args.cloudWatch) }),
  };
}

/** The first is the default; another is named and known by its place. */
function prometheus({ environment, scrapeIntervalSeconds }: DashboardsArgs, url: string, index: number) {
  const key = replicaName("prometheus", index);
  const source: DataSourceArgs = {
    name: `Prometheus (${environment}${index === 0 ? "" : `, replica ${index + 1}`})`,
    uid: `agentpay-${key}`,
    type: "prometheus",
    url,
    accessMode: "proxy",
    isDefault: index === 0,
    jsonDataEncoded: JSON.stringify({ httpMethod: "POST", timeInterval: `${scrapeIntervalSeconds}s` }),
  };
  return [key, source] as const;
}

function postgres({ address, name, user, password, tls }: DatabaseAccess): DataSourceArgs {
  return {
    name: "PostgreSQL",
    uid: POSTGRES_DATASOURCE_UID,
    type: POSTGRES_DATASOURCE_TYPE,
    url: address,
    accessMode: "proxy",
    username: user,
    jsonDataEncoded: JSON.stringify({ database: name, sslmode: tls, maxOpenConns: 5, maxIdleConns: 2 }),
    secureJsonDataEncoded: pulumi.jsonStringify({ password }),
  };
}

/** With the credentials of Grafana's host: its role, as Alertmanager has it. */
function cloudWatch({ region, endpoint }: NonNullable<DashboardsArgs["cloudWatch"]>): DataSourceArgs {
  return {
    name: "CloudWatch",
    uid: "agentpay-cloudwatch",
    type: "cloudwatch",
    accessMode: "proxy",
    jsonDataEncoded: JSON.stringify({
      authType: "default",
      defaultRegion: region,
      ...(endpoint && { endpoint }),
    }),
  };
}
