/** Cortex in one process on this machine, with what Amazon's engine is known to have: tenants, an HA tracker, limits. */
import { stringify } from "yaml";
import { engineQuotas } from "../../../catalog/engine-quotas.ts";

export interface CortexPlace {
  /** Folder of its own for all that it keeps. */
  readonly folder: string;
  /** On loopback: of its HTTP API, of what its parts tell each other, and of its members' list. */
  readonly ports: { readonly http: number; readonly grpc: number; readonly gossip: number };
  /** Limits of the tenants, over those of Amazon's documents. Default: none. */
  readonly limits?: Readonly<Record<string, unknown>>;
}

const LOOPBACK = "127.0.0.1";
const inMemory = { store: "inmemory" };
const ring = { kvstore: inMemory, instance_addr: LOOPBACK };

/**
 * What Amazon's engine takes of a workspace unless more was asked for.
 * @see https://docs.aws.amazon.com/prometheus/latest/userguide/AMP_quotas.html
 */
const amazonsQuotas = {
  max_global_series_per_user: 50_000_000,
  // A thirtieth of the series: each can have a sample every 30 s.
  ingestion_rate: 1_666_666,
  ingestion_burst_size: 1_666_666,
  max_label_names_per_series: 150,
  reject_old_samples: true,
  reject_old_samples_max_age: "1h",
  out_of_order_time_window: "1m",
  // Days of one query.
  max_query_length: "32d",
  alertmanager_max_config_size_bytes: engineQuotas.fileBytes,
  alertmanager_max_templates_count: engineQuotas.templates,
  alertmanager_max_dispatcher_aggregation_groups: 1000,
  alertmanager_max_alerts_count: 1000,
  alertmanager_max_alerts_size_bytes: 20_000_000,
};

/** Its configuration file. */
export function cortexConfiguration({ folder, ports, limits = {} }: CortexPlace): string {
  const at = (name: string) => `${folder}/${name}`;
  const storage = (name: string) => ({ backend: "filesystem", filesystem: { dir: at(name) } });
  return stringify({
    auth_enabled: true,
    server: {
      http_listen_address: LOOPBACK,
      http_listen_port: ports.http,
      grpc_listen_address: LOOPBACK,
      grpc_listen_port: ports.grpc,
      log_level: "warn",
    },
    memberlist: { bind_addr: [LOOPBACK], bind_port: ports.gossip, advertise_addr: LOOPBACK },
    distributor: {
      ring,
      // Without it, the number of a tenant's series is not limited.
      shard_by_all_labels: true,
      ha_tracker: { enable_ha_tracker: true, kvstore: { store: "memberlist" } },
    },
    ingester: {
      lifecycler: {
        address: LOOPBACK,
        min_ready_duration: "0s",
        final_sleep: "0s",
        num_tokens: 32,
        ring: { kvstore: inMemory, replication_factor: 1 },
      },
    },
    blocks_storage: {
      ...storage("blocks"),
      tsdb: { dir: at("tsdb") },
      bucket_store: { sync_dir: at("sync") },
    },
    compactor: { data_dir: at("compactor"), sharding_ring: ring },
    store_gateway: { sharding_ring: ring },
    ruler: {
      enable_api: true,
      rule_path: at("rules-in-use"),
      poll_interval: "5s",
      alertmanager_url: `http://${LOOPBACK}:${ports.http}/alertmanager`,
      ring,
    },
    ruler_storage: storage("rules"),
    alertmanager: {
      enable_api: true,
      data_dir: at("alertmanager-in-use"),
      external_url: `http://${LOOPBACK}:${ports.http}/alertmanager`,
      poll_interval: "5s",
      cluster: { listen_address: "" },
    },
    alertmanager_storage: storage("alertmanager"),
    limits: {
      accept_ha_samples: true,
      ...amazonsQuotas,
      ...limits,
    },
  });
}
