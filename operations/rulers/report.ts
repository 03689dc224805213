/** A comparison for people. */
import colors from "picocolors";
import type { Difference } from "./difference.ts";

/** Lines that say what differs; one where nothing does. */
export function reportOf(namespace: string, difference: Difference): string {
  const { missing, changed, foreign, same, alertmanager } = difference;
  const lines = [
    ...missing.map((name) => colors.red(`missing  ${name}`)),
    ...changed.map((name) => colors.yellow(`changed  ${name}`)),
    ...foreign.map((name) => colors.yellow(`not ours ${name}`)),
    ...(alertmanager === undefined || alertmanager === "same"
      ? []
      : [colors.yellow(`${alertmanager.padEnd(8)} the Alertmanager's configuration`)]),
  ];
  const total = `${same.length} groups in the namespace ${namespace} are as the stack has them`;
  return [...lines, lines.length === 0 ? colors.green(total) : total].join("\n");
}
