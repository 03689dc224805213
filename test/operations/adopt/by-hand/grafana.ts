/** Sections 8, 19 and 20 of the guide: a Grafana of the person's own, its data source, folders and dashboards. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { configuration, grafanaPassword, root } from "../../../support/deployed-stack.ts";
import { eventually } from "../../../support/eventually.ts";
import type { LocalStackUnderTest } from "../../../support/local-stack.ts";
import { type Accounts, send } from "./accounts.ts";

/** The volume that the program keeps Grafana's database on. */
const VOLUME = "agentpay-local-grafana-data";

/** A server that was started with a compose file. It has the password and the key that the stack's settings name. */
export class GrafanaByHand {
  readonly #folder: string;
  readonly #docker: string;
  #server: ChildProcess | undefined;

  constructor({ paths }: LocalStackUnderTest) {
    this.#folder = path.join(paths.home, "grafana-by-hand");
    this.#docker = path.join(paths.data, "docker");
  }

  async start({ ports }: Accounts): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const file = async (name: string, text: string) => {
      const to = path.join(this.#folder, name);
      await writeFile(to, text, { mode: 0o600 });
      return to;
    };
    const { grafana: port } = ports();
    this.#server = spawn(process.execPath, [path.join(root, "local/platforms/grafana/api/main.ts")], {
      env: {
        ...process.env,
        GF_SERVER_HTTP_PORT: String(port),
        GF_PATHS_DATA: path.join(this.#folder, "data"),
        GF_SECURITY_ADMIN_PASSWORD__FILE: await file("password", grafanaPassword),
        GF_SECURITY_SECRET_KEY__FILE: await file("key", configuration["metrics"]?.["grafanaSecretKey"] ?? ""),
      },
      stdio: "ignore",
    });
    await eventually("Grafana answers", async () =>
      fetch(`http://127.0.0.1:${port}/api/health`).then(
        ({ ok }) => ok || undefined,
        () => undefined,
      ),
    );
  }

  /** `docker volume create` of the name that the program has. */
  async createVolume(): Promise<void> {
    const records = path.join(this.#docker, "records", "volumes");
    await mkdir(records, { recursive: true });
    await mkdir(path.join(this.#docker, "volumes", VOLUME), { recursive: true });
    await writeFile(path.join(records, `${VOLUME}.json`), JSON.stringify({ name: VOLUME }));
  }

  /** Stops the server, and copies its data to the volume. */
  async moveToVolume(): Promise<void> {
    await this.stop();
    await cp(path.join(this.#folder, "data"), path.join(this.#docker, "volumes", VOLUME), {
      recursive: true,
    });
  }

  async stop(): Promise<void> {
    if (this.#server === undefined || this.#server.exitCode !== null) return;
    const ended = once(this.#server, "exit");
    this.#server.kill("SIGTERM");
    await ended;
  }
}

/** Uids that Grafana has chosen. */
export interface GrafanaContent {
  readonly prometheus: string;
  readonly cloudWatch: string;
}

interface Source {
  readonly datasource: { readonly uid: string };
}

const CLOUDWATCH = {
  type: "cloudwatch",
  access: "proxy",
  url: "",
  jsonData: { defaultRegion: "eu-central-1" },
};

/** Two data sources, the guide's dashboard without a uid, one of ours renamed, a folder that nobody needs. */
export async function grafanaByHand(accounts: Accounts): Promise<GrafanaContent> {
  const post = <T>(route: string, body: object) => send<T>(accounts, "grafana", `/api/${route}`, body);
  const prometheus = await post<Source>("datasources", {
    ...{ name: "Prometheus", type: "prometheus", access: "proxy", url: "http://prometheus:9090" },
    isDefault: true,
  });
  const cloudWatch = await post<Source>("datasources", { name: "CloudWatch", ...CLOUDWATCH });
  await post("folders", { title: "AgentPay old" });
  const panel = { title: "Request Rate", targets: [{ expr: "rate(agentpay_requests_total[5m])" }] };
  await post("dashboards/db", { dashboard: { title: "AgentPay Metrics", panels: [panel] } });
  // Taken from the program's files, to have something, and renamed.
  await post("dashboards/db", { dashboard: { uid: "agentpay-cost", title: "Money", panels: [] } });
  return { prometheus: prometheus.datasource.uid, cloudWatch: cloudWatch.datasource.uid };
}

/** What the conflict asks for. */
export async function renameCloudWatch(accounts: Accounts, { cloudWatch }: GrafanaContent): Promise<void> {
  const body = { name: "CloudWatch by hand", ...CLOUDWATCH };
  await send(accounts, "grafana", `/api/datasources/uid/${cloudWatch}`, body, "PUT");
}
