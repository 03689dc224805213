/**
 * Container images, pinned by version and by the digest of the published multi-platform index. The local toolchain
 * builds or downloads the same versions.
 */
export interface Image {
  readonly repository: string;
  readonly version: string;
  /** Absent where it could not be looked up: the tag alone then says which image it is. */
  readonly digest?: string;
}

export const images = {
  prometheus: {
    repository: "prom/prometheus",
    version: "3.13.5",
    digest: "sha256:87861b8cf91579109319ebc300f3f1060e6da9c05d6ae8ad15a20c879e84e32e",
  },
  alertmanager: {
    repository: "prom/alertmanager",
    version: "0.35.0",
    digest: "sha256:9e082985f56f4c8c9f724e18f2288c6708f472e56a5286b8863d080434ea065d",
  },
  grafana: {
    repository: "grafana/grafana",
    version: "13.1.1",
    digest: "sha256:7cb8c64c4d57a57e734073f3cc94620adb24a0acb929bd80ba9f14017e3a975b",
  },
  gatus: { repository: "ghcr.io/twin/gatus", version: "5.35.0" },
  blackbox: {
    repository: "prom/blackbox-exporter",
    version: "0.28.0",
    digest: "sha256:e753ff9f3fc458d02cca5eddab5a77e1c175eee484a8925ac7d524f04366c2fc",
  },
} as const satisfies Record<string, Image>;

/** `repository:tag@digest`. Grafana's tags have no `v`. */
export function imageReference({ repository, version, digest }: Image): string {
  const tag = repository.startsWith("grafana/") ? version : `v${version}`;
  return `${repository}:${tag}${digest === undefined ? "" : `@${digest}`}`;
}
