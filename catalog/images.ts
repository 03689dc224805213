/**
 * Container images, pinned by version and by the digest of the published multi-platform index. The local toolchain
 * builds or downloads the same versions.
 */
export interface Image {
  readonly repository: string;
  readonly version: string;
  readonly digest: string;
}

export const images = {
  prometheus: {
    repository: "prom/prometheus",
    version: "3.13.4",
    digest: "sha256:87861b8cf91579109319ebc300f3f1060e6da9c05d6ae8ad15a20c879e84e32e",
  },
  alertmanager: {
    repository: "prom/alertmanager",
    version: "0.33.1",
    digest: "sha256:9e082985f56f4c8c9f724e18f2288c6708f472e56a5286b8863d080434ea065d",
  },
  grafana: {
    repository: "grafana/grafana",
    version: "13.1.1",
    digest: "sha256:7cb8c64c4d57a57e734073f3cc94620adb24a0acb929bd80ba9f14017e3a975b",
  },
} as const satisfies Record<string, Image>;

/** `repository:tag@digest`. Grafana's tags have no `v`. */
export function imageReference(image: Image): string {
  const tag = image.repository.startsWith("prom/") ? `v${image.version}` : image.version;
  return `${image.repository}:${tag}@${image.digest}`;
}
