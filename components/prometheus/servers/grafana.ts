/** The container of Grafana. What it shows is made through its API, by components/grafana. */
import type { Container } from "@pulumi/docker/container.js";
import type * as pulumi from "@pulumi/pulumi";
import { CREDENTIALS_VARIABLE } from "../../aws/provider.ts";
import { cpuLimit, healthcheck, memoryLimit, secretUpload, USERS } from "../../docker/containers.ts";
import { dockerHost, type Ground } from "./ground.ts";

export interface GrafanaArgs {
  /** Whether Grafana signs requests to AWS's engine. */
  grafanaSigns: boolean;
  /** A credentials file to sign with; undefined where its host has a role, or nothing is signed. */
  grafanaAwsCredentials: pulumi.Output<string> | undefined;
  grafanaAdminPassword: pulumi.Output<string>;
  /** What Grafana encrypts with in its database. */
  grafanaSecretKey: pulumi.Output<string>;
  /** Address at which people open Grafana. */
  grafanaPublicUrl: string;
  /** Whether samples, silences and Grafana's database are guarded against deletion. */
  protectData: boolean;
}

const GRAFANA_SECRETS_FOLDER = "/run/secrets";
const ADMIN_PASSWORD_FILE = `${GRAFANA_SECRETS_FOLDER}/grafana-admin-password`;
const SECRET_KEY_FILE = `${GRAFANA_SECRETS_FOLDER}/grafana-secret-key`;
const AWS_CREDENTIALS_FILE = `${GRAFANA_SECRETS_FOLDER}/aws-credentials`;

/** @param port of the host */
export function grafanaServer(ground: Ground, args: GrafanaArgs, port: number): Container {
  const image = ground.image("grafana");
  const files = ground.files("grafana", image, GRAFANA_SECRETS_FOLDER, [
    secretUpload(ADMIN_PASSWORD_FILE, args.grafanaAdminPassword, USERS.grafana),
    secretUpload(SECRET_KEY_FILE, args.grafanaSecretKey, USERS.grafana),
    ...(args.grafanaAwsCredentials
      ? [secretUpload(AWS_CREDENTIALS_FILE, args.grafanaAwsCredentials, USERS.grafana)]
      : []),
  ]);
  const data = ground.volume("grafana-data", args.protectData);
  return ground.server(
    "grafana",
    {
      image,
      user: USERS.grafana,
      ...memoryLimit(512),
      ...cpuLimit(1),
      envs: grafanaEnvironment(args),
      healthcheck: healthcheck("http://127.0.0.1:3000/api/health"),
      ports: ground.publish(3000, port),
      networksAdvanced: ground.join("grafana"),
      hosts: dockerHost,
      // Sockets of its plugins' processes.
      tmpfs: { "/tmp": "size=64m,mode=1777" },
      volumes: [files.mount, { volumeName: data, containerPath: "/var/lib/grafana" }],
    },
    { files: [files.container] },
  );
}

/**
 * What Grafana does by default and should not here (conf/defaults.ini of 13.2): tell others, show pages without a login,
 * and fetch plugins at its start, which a pinned image is meant to rule out. The data sources that we use are in the image.
 */
function grafanaHardening(publicUrl: string): string[] {
  return [
    "GF_ANALYTICS_REPORTING_ENABLED=false",
    "GF_ANALYTICS_CHECK_FOR_UPDATES=false",
    "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES=false",
    "GF_NEWS_NEWS_FEED_ENABLED=false",
    "GF_PLUGINS_PREINSTALL_DISABLED=true",
    "GF_PLUGINS_PREINSTALL_AUTO_UPDATE=false",
    "GF_PLUGINS_PLUGIN_ADMIN_ENABLED=false",
    "GF_PUBLIC_DASHBOARDS_ENABLED=false",
    "GF_SECURITY_DISABLE_GRAVATAR=true",
    "GF_SNAPSHOTS_ENABLED=false",
    "GF_SNAPSHOTS_EXTERNAL_ENABLED=false",
    "GF_USERS_ALLOW_SIGN_UP=false",
    // Where people open it over TLS, their session is never sent without.
    ...(publicUrl.startsWith("https:") ? ["GF_SECURITY_COOKIE_SECURE=true"] : []),
  ];
}

function grafanaEnvironment(args: GrafanaArgs): string[] {
  const { grafanaPublicUrl, grafanaSigns, grafanaAwsCredentials } = args;
  return [
    `GF_SECURITY_ADMIN_PASSWORD__FILE=${ADMIN_PASSWORD_FILE}`,
    `GF_SECURITY_SECRET_KEY__FILE=${SECRET_KEY_FILE}`,
    `GF_SERVER_ROOT_URL=${grafanaPublicUrl}`,
    ...grafanaHardening(grafanaPublicUrl),
    ...(grafanaSigns ? ["GF_AUTH_SIGV4_AUTH_ENABLED=true"] : []),
    ...(grafanaAwsCredentials ? [`${CREDENTIALS_VARIABLE}=${AWS_CREDENTIALS_FILE}`] : []),
  ];
}
