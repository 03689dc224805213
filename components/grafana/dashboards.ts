import type * as grafana from "@grafana/grafana-foundation-sdk/dashboard";
import * as pulumi from "@pulumi/pulumi";
import { Dashboard } from "@pulumiverse/grafana/oss/dashboard.js";
import { DataSource, type DataSourceArgs } from "@pulumiverse/grafana/oss/dataSource.js";
import { Folder } from "@pulumiverse/grafana/oss/folder.js";
import { FolderPermission } from "@pulumiverse/grafana/oss/folderPermission.js";
import { OrganizationPreferences } from "@pulumiverse/grafana/oss/organizationPreferences.js";
import { dashboardFolders, type FolderUid } from "../../catalog/dashboards/dashboard.ts";
import { dashboards, HOME_DASHBOARD } from "../../catalog/dashboards/index.ts";
import { TENANT_HEADER } from "../../catalog/metrics/engine.ts";
import { replicaName } from "../shared/addresses.ts";
import { CLOUDWATCH_DATASOURCE_UID, POSTGRES_DATASOURCE_TYPE, POSTGRES_DATASOURCE_UID } from "./panels.ts";

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

/** How Grafana reads samples. */
export interface PrometheusAccess {
  /** Address of the Prometheus API, as Grafana reaches it. */
  url: pulumi.Input<string>;
  /** Undefined where it asks for none. */
  user?: { name: string; password: pulumi.Output<string> } | undefined;
  /** Undefined where it has no tenants. */
  tenant?: string | undefined;
  /** Region for which requests are signed with the host's role; undefined where it is not AWS's. */
  signedFor?: string | undefined;
}

export interface DashboardsArgs {
  /** Dashboard models by uid. */
  models: Readonly<Record<string, grafana.Dashboard>>;
  /** The stack's name: what people choose the datasource by. */
  environment: string;
  /** Where the samples are: of replicas, whoever reads a dashboard can choose the second. */
  prometheus: readonly PrometheusAccess[];
  /** Address of Alertmanager as Grafana reaches it. Undefined: no datasource for it. */
  alertmanagerUrl: string | undefined;
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
    ...Object.fromEntries(args.prometheus.map((access, index) => prometheus(args, access, index))),
    ...(args.alertmanagerUrl && { alertmanager: alertmanager(args.alertmanagerUrl) }),
    ...(args.database && { postgres: postgres(args.database) }),
    ...(args.cloudWatch && { cloudwatch: cloudWatch(args.cloudWatch) }),
  };
}

/** The first is the default; another is named and known by its place. */
function prometheus(
  { environment, scrapeIntervalSeconds }: DashboardsArgs,
  { url, user, tenant, signedFor }: PrometheusAccess,
  index: number,
) {
  const key = replicaName("prometheus", index);
  const source: DataSourceArgs = {
    name: `Prometheus (${environment}${index === 0 ? "" : `, replica ${index + 1}`})`,
    uid: `agentpay-${key}`,
    type: "prometheus",
    url,
    accessMode: "proxy",
    isDefault: index === 0,
    ...(user && { basicAuthEnabled: true, basicAuthUsername: user.name }),
    jsonDataEncoded: JSON.stringify({
      httpMethod: "POST",
      timeInterval: `${scrapeIntervalSeconds}s`,
      ...(signedFor && { sigV4Auth: true, sigV4AuthType: "default", sigV4Region: signedFor }),
    }),
    ...(user && { secureJsonDataEncoded: pulumi.jsonStringify({ basicAuthPassword: user.password }) }),
    ...(tenant && { httpHeaders: { [TENANT_HEADER]: tenant } }),
  };
  return [key, source] as const;
}

function alertmanager(url: string): DataSourceArgs {
  return {
    name: "Alertmanager",
    uid: "agentpay-alertmanager",
    type: "alertmanager",
    url,
    accessMode: "proxy",
    jsonDataEncoded: JSON.stringify({ implementation: "prometheus", handleGrafanaManagedAlerts: false }),
  };
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
    uid: CLOUDWATCH_DATASOURCE_UID,
    type: "cloudwatch",
    accessMode: "proxy",
    jsonDataEncoded: JSON.stringify({
      authType: "default",
      defaultRegion: region,
      ...(endpoint && { endpoint }),
    }),
  };
}
