/**
 * Container images, pinned by version and by the digest of the published multi-platform index. The local toolchain
 * builds or downloads the same versions.
 */
export interface Image {
  readonly repository: string;
  readonly version: string;
  /**
   * Absent where it could not be looked up: the tag alone then says which image it is, and the policies name it as an
   * exception. `npm run ops -- vendors check` says what the registry has.
   */
  readonly digest?: string;
}

export const images = {
  // The line with long-term support. These two are security releases whose digests could not be looked up yet.
  prometheus: { repository: "prom/prometheus", version: "3.13.5" },
  alertmanager: { repository: "prom/alertmanager", version: "0.35.0" },
  grafana: {
    repository: "grafana/grafana",
    version: "13.2.3",
    digest: "sha256:b28bae15e219c998fb0e0424ed724930cc61b1f61fb404d47c862f9a23f9e572",
  },
  gatus: {
    repository: "ghcr.io/twin/gatus",
    version: "5.36.0",
    digest: "sha256:c5f210d095fa78e6efaa20ffeb14803f2ba4f10615e16a6d12087697149617f0",
  },
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
