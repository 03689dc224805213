/** Targets -> the parts of a scrape job that find them. */
import { readTarget, type Target } from "../../settings/targets.ts";

/** Where the files of targets are in Prometheus's container. */
export const TARGETS_FOLDER = "/etc/prometheus-targets";

/** What Prometheus asks again for, and finds: new servers are scraped within a minute. */
export function discovery(texts: readonly string[], region: string | undefined): Record<string, unknown> {
  const targets = texts.map(readTarget);
  const of = <Kind extends Target["kind"]>(kind: Kind) =>
    targets.filter((each): each is Extract<Target, { kind: Kind }> => each.kind === kind);
  const parts = {
    static_configs: of("static").length > 0 ? [{ targets: of("static").map(({ address }) => address) }] : [],
    dns_sd_configs: [
      ...of("dns").map(({ name, port }) => ({ names: [name], type: "A", port: Number(port) })),
      ...of("dnssrv").map(({ name }) => ({ names: [name], type: "SRV" })),
    ],
    // At their private addresses, which is Prometheus's default.
    ec2_sd_configs: of("ec2").map(({ tag, value, port }) => ({
      region,
      port: Number(port),
      filters: [
        { name: `tag:${tag}`, values: [value] },
        // One that is stopped or terminated on purpose is not missed.
        { name: "instance-state-name", values: ["running"] },
      ],
    })),
    file_sd_configs: of("file").map(({ file }) => ({ files: [`${TARGETS_FOLDER}/${file}`] })),
  };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part.length > 0));
}
