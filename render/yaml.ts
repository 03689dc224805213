import { stringify } from "yaml";

/** YAML whose long expressions stay on one line, so that a diff shows the one that changed. */
export function toYaml(document: unknown): string {
  return stringify(document, { lineWidth: 0 });
}
