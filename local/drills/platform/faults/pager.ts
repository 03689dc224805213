/** What breaks on the way to the pager. */
import type { Scene } from "../scene.ts";
import { A_GROUP_INTERVAL, type PlatformFault } from "./fault.ts";

const DOWN_MINUTES = 12;

/** The pager's API is spoilt while something breaks: the page waits for it. */
async function pageIsLate(scene: Scene, passage: Scene["lab"]["wayToPager"]["passage"]): Promise<string> {
  const { wayToPager } = scene.lab;
  wayToPager.passage = passage;
  await scene.begin("redis");
  await scene.until("an attempt to page", 5, async () => wayToPager.refused > 0);
  await scene.pass(DOWN_MINUTES);
  await scene.expectRings("redis", 0);
  wayToPager.passage = "open";
  const late = await scene.untilPaged("redis", 15);
  await scene.pass(A_GROUP_INTERVAL);
  await scene.expectRings("redis", 1);
  await scene.mend("redis");
  return `${wayToPager.refused} attempts failed; paged once, ${late} after it was back; ended`;
}

export const pagerFaults: readonly PlatformFault[] = [
  {
    name: "pager-down",
    title: `The pager's API is gone for ${DOWN_MINUTES} minutes`,
    mustHold: "the page arrives, late, once; the end arrives",
    run: (scene) => pageIsLate(scene, "cut"),
  },
  {
    name: "pager-limits",
    title: `The pager's API answers 429 for ${DOWN_MINUTES} minutes`,
    mustHold: "the page arrives, late, once; the end arrives",
    run: (scene) => pageIsLate(scene, { status: 429 }),
  },
  {
    name: "pager-hangs",
    title: `The pager's API does not answer for ${DOWN_MINUTES} minutes`,
    mustHold: "attempts end by themselves; the page arrives, late, once; the end arrives",
    run: (scene) => pageIsLate(scene, "hanging"),
  },
];
