import { z } from "zod";
import type { StandInPackage } from "../../../host/resource.ts";
import { grafanaAt } from "./client.ts";
import { dashboard } from "./dashboard.ts";
import { dataSource } from "./data-source.ts";
import { folder } from "./folder.ts";
import { folderPermission } from "./folder-permission.ts";
import { organizationPreferences } from "./organization-preferences.ts";

const text = z.string().optional();
const headers = z.record(z.string(), z.string()).optional();

/** The official provider requires none of them; without `url` and `auth` no resource that we have works. */
const configuration = z.strictObject({
  url: z.url("must be an address such as http://127.0.0.1:3000"),
  auth: z.string("is required, but missing").min(1, "can't be blank"),
  orgId: z.int().min(1).optional(),
  httpHeaders: headers,
  stackId: z.int().optional(),
  retries: z.int().min(0).optional(),
  retryWait: z.int().min(0).optional(),
  retryStatusCodes: z.array(z.string()).optional(),
  storeDashboardSha256: z.boolean().optional(),
  insecureSkipVerify: z.boolean().optional(),
  caCert: text,
  tlsCert: text,
  tlsKey: text,
  // Grafana Cloud and its products.
  cloudAccessPolicyToken: text,
  cloudApiUrl: text,
  cloudProviderAccessToken: text,
  cloudProviderUrl: text,
  connectionsApiAccessToken: text,
  connectionsApiUrl: text,
  fleetManagementAuth: text,
  fleetManagementUrl: text,
  frontendO11yApiAccessToken: text,
  frontendO11yApiUrl: text,
  k6AccessToken: text,
  k6Url: text,
  oncallAccessToken: text,
  oncallUrl: text,
  smAccessToken: text,
  smUrl: text,
});

/** Stands in for @pulumiverse/grafana over Grafana's HTTP API: a real Grafana's as well as the local one's. */
export const grafanaPackage: StandInPackage<z.output<typeof configuration>> = {
  name: "grafana",
  version: "2.40.0",
  configuration,
  async connect(access) {
    const grafana = grafanaAt(access);
    return {
      resources: {
        "grafana:oss/dashboard:Dashboard": dashboard(grafana),
        "grafana:oss/dataSource:DataSource": dataSource(grafana),
        "grafana:oss/folder:Folder": folder(grafana),
        "grafana:oss/folderPermission:FolderPermission": folderPermission(grafana),
        "grafana:oss/organizationPreferences:OrganizationPreferences": organizationPreferences(grafana),
      },
    };
  },
};
