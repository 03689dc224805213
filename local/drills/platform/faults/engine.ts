/** What breaks on the way to an engine elsewhere. */
import type { PlatformFault } from "./fault.ts";

export const engineCutOff: PlatformFault = {
  name: "engine-cut-off",
  title: "The way to an engine elsewhere, which has the rules, is cut for 10 minutes",
  mustHold:
    "its rules page; no sample is lost; one page says that it is blind, and none blames AgentPay; it rings again afterwards",
  remoteEngine: true,
  run: async (scene) => {
    const { wayToEngine, servers } = scene.lab;
    await scene.begin("redis");
    const took = await scene.untilPaged("redis", 10);
    await scene.mend("redis");
    wayToEngine.passage = "cut";
    await scene.until("a page that the engine is blind", 20, async () =>
      (await scene.allEvents()).some(({ summary }) => summary.includes("MetricsNotArriving")),
    );
    await scene.pass(10);
    wayToEngine.passage = "open";
    await scene.until("the end of every page", 30, async () => {
      const last = new Map((await scene.allEvents()).map(({ key, action }) => [key, action]));
      return ![...last.values()].includes("trigger");
    });
    const blamed = (await scene.allEvents()).find(({ summary }) => summary.includes("APIDown"));
    if (blamed) throw new Error("APIDown paged, and nothing was known of the API");
    const [dropped = 0] = await scene.query(
      "sum(prometheus_remote_storage_samples_dropped_total) + sum(prometheus_remote_storage_samples_failed_total)",
    );
    const gaps = await scene.gaps("up{job='redis'}");
    if (dropped > 0 || gaps.longest > 2.5) {
      throw new Error(`${dropped} samples dropped, and ${gaps.longest} scrapes between two samples`);
    }
    const before = await scene.rings("redis");
    await scene.begin("redis");
    await scene.until("the next page", 10, async () => (await scene.rings("redis")) > before);
    await scene.mend("redis");
    if (servers.prometheus[0].pid === undefined) throw new Error("the shipping Prometheus has ended");
    return `paged after ${took}; cut off, MetricsNotArriving rang, and not APIDown; all ${gaps.samples} samples are there; rang again`;
  },
};
