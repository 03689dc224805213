import { readFileSync } from "node:fs";
import { z } from "zod";
import { readJson } from "../../../../toolkit/json.ts";
import type { Credentials } from "../../shared/signing.ts";

/** JSON: where containers of the stack really listen, such as `{"prometheus:9090": "127.0.0.1:9090"}`. */
export const HOSTS_VARIABLE = "AGENTPAY_LOCAL_HOSTS";

/** Grafana's own, where it is given none. @see https://github.com/grafana/grafana/blob/main/conf/defaults.ini */
const DEFAULT_KEY = "SW2YcwTIb9zpOOhoPsMm";

export interface GrafanaSettings {
  readonly host: string;
  readonly port: number;
  readonly dataFolder: string;
  readonly adminUser: string;
  readonly adminPassword: string;
  /** Encrypts the secrets of data sources. */
  readonly secretKey: string;
  readonly hosts: ReadonlyMap<string, string>;
  /** With which requests to AWS are signed; undefined where it may not sign, or has none. */
  readonly credentials?: Credentials | undefined;
}

const environmentSchema = z.object({
  GF_SERVER_HTTP_ADDR: z.string().min(1).default("127.0.0.1"),
  GF_SERVER_HTTP_PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  GF_PATHS_DATA: z.string("is required: the folder in which Grafana keeps its data").min(1),
  GF_SECURITY_ADMIN_USER: z.string().min(1).default("admin"),
  GF_SECURITY_ADMIN_PASSWORD__FILE: z.string(
    "is required: the file that holds the password of the administrator",
  ),
  GF_SECURITY_SECRET_KEY__FILE: z.string().optional(),
  GF_AUTH_SIGV4_AUTH_ENABLED: z.stringbool().default(false),
  AWS_SHARED_CREDENTIALS_FILE: z.string().optional(),
  [HOSTS_VARIABLE]: z.string().default("{}"),
});

/**
 * Reads Grafana's own environment variables.
 * @throws naming every variable that is missing or wrong.
 */
export function readSettings(environment: NodeJS.ProcessEnv): GrafanaSettings {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
    throw new Error(problems.join("; "));
  }
  const settings = parsed.data;
  const keyFile = settings.GF_SECURITY_SECRET_KEY__FILE;
  return {
    host: settings.GF_SERVER_HTTP_ADDR,
    port: settings.GF_SERVER_HTTP_PORT,
    dataFolder: settings.GF_PATHS_DATA,
    adminUser: settings.GF_SECURITY_ADMIN_USER,
    adminPassword: readFileSync(settings.GF_SECURITY_ADMIN_PASSWORD__FILE, "utf8").trim(),
    secretKey: keyFile === undefined ? DEFAULT_KEY : readFileSync(keyFile, "utf8").trim(),
    hosts: parseHosts(settings[HOSTS_VARIABLE]),
    credentials: settings.GF_AUTH_SIGV4_AUTH_ENABLED
      ? credentialsIn(settings.AWS_SHARED_CREDENTIALS_FILE)
      : undefined,
  };
}

/** The keys of a shared credentials file that has one profile. */
function credentialsIn(file: string | undefined): Credentials | undefined {
  const text = file === undefined ? "" : readFileSync(file, "utf8");
  const value = (key: string) => new RegExp(`^${key} *= *(\\S+)$`, "m").exec(text)?.[1];
  const accessKeyId = value("aws_access_key_id");
  const secretAccessKey = value("aws_secret_access_key");
  return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined;
}

const hostTable = z.record(z.string(), z.string());

/** @throws where the text is not such an object. */
export function parseHosts(text: string): ReadonlyMap<string, string> {
  try {
    return new Map(Object.entries(readJson(hostTable, text)));
  } catch (error) {
    const example = '{"prometheus:9090": "127.0.0.1:9090"}';
    throw new Error(`${HOSTS_VARIABLE} must be JSON such as ${example}`, { cause: error });
  }
}
