/** A way for the platform itself to break: what must hold then, and how it is seen. */
import type { Scene } from "../scene.ts";

export interface PlatformFault {
  /** As `--fault` takes it. */
  readonly name: string;
  /** What breaks, for people. */
  readonly title: string;
  readonly mustHold: string;
  /** What the lab needs besides. */
  readonly aws?: true;
  readonly smallDisk?: true;
  readonly replicas?: 2;
  readonly remoteEngine?: true;
  /** Why it can't be tried on this machine; undefined where it can. */
  readonly impossible?: () => string | undefined;
  /** Breaks it and mends it. Returns what happened. @throws where something did not hold, saying what */
  readonly run: (scene: Scene) => Promise<string>;
}

/** Longer than Alertmanager waits between two looks at a group, so that a second page had its chance. */
export const A_GROUP_INTERVAL = 7;
