/** Brings what an engine elsewhere has of a stack's rules to what the stack renders, and shows how they differ. */
import { type Difference, differenceOf, type Holdings, isSame } from "./difference.ts";
import type { RulerApi } from "./ruler-api.ts";

export interface SyncOptions {
  /** The stack's own; no other one is ever read or written. */
  readonly namespace: string;
  readonly wanted: Holdings;
  /** Only says what differs. */
  readonly check: boolean;
  /** Gets a line for each thing done. */
  readonly onProgress: (line: string) => void;
}

export interface SyncResult {
  readonly difference: Difference;
  /** Whether the engine has now what it should have. */
  readonly converged: boolean;
}

/**
 * Groups are loaded before others are removed, so that no alert is gone in between. What fails leaves the rest as it was:
 * running it again goes on from there.
 * @throws RulerError where the engine refuses something
 */
export async function syncRules(api: RulerApi, options: SyncOptions): Promise<SyncResult> {
  const { namespace, wanted, check, onProgress } = options;
  const live = { groups: await api.groups(namespace), alertmanager: await api.alertmanager() };
  const difference = differenceOf(wanted, live);
  if (check || isSame(difference)) return { difference, converged: isSame(difference) };
  // Who is told comes first: a rule that fires at once must find its way.
  if (wanted.alertmanager && difference.alertmanager !== "same") {
    await api.setAlertmanager(wanted.alertmanager);
    onProgress("loaded the Alertmanager's configuration");
  }
  const toLoad = [...difference.missing, ...difference.changed];
  for (const group of wanted.groups.filter(({ name }) => toLoad.includes(name))) {
    await api.setGroup(namespace, group);
    onProgress(`loaded ${group.name}`);
  }
  for (const name of difference.foreign) {
    await api.removeGroup(namespace, name);
    onProgress(`removed ${name}`);
  }
  return { difference, converged: true };
}
