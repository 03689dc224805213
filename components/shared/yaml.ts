import { stringify } from "yaml";

/**
 * YAML whose long expressions stay on one line, so that a diff shows the one that changed. What a reader of YAML 1.1 would
 * take for something else is quoted: there, `21:00` is the number 1260.
 */
export function toYaml(document: unknown): string {
  return stringify(document, { lineWidth: 0, compat: "yaml-1.1" });
}
