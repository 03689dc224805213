/** What breaks in Prometheus. */
import { brokenRuleFile } from "../../breakages.ts";
import { fillDisk, freeDisk, hasSmallDisks } from "../../small-disk.ts";
import { inSeconds } from "../scene.ts";
import { A_GROUP_INTERVAL, type PlatformFault } from "./fault.ts";

export const prometheusKilled: PlatformFault = {
  name: "prometheus-killed",
  title: "Prometheus is killed during a page",
  mustHold:
    "no sample that was written is lost; no second page, and no end before the outage's; the next alert rings",
  run: async (scene) => {
    await scene.begin("redis");
    await scene.untilPaged("redis");
    const samples = "sum(count_over_time(up[1h]))";
    const [before = 0] = await scene.query(samples);
    const [prometheus] = scene.lab.servers.prometheus;
    await prometheus.kill();
    const down = Date.now();
    await prometheus.start();
    await prometheus.ready();
    const gone = inSeconds(Date.now() - down);
    const [after = 0] = await scene.query(samples);
    if (after < before) throw new Error(`of ${before} samples, ${after} are left`);
    await scene.pass(A_GROUP_INTERVAL);
    await scene.expectRings("redis", 1);
    if ((await scene.events("redis")).length > 1) throw new Error("the page ended, and the outage did not");
    await scene.begin("postgres");
    await scene.untilPaged("postgres", 15);
    await scene.end("postgres");
    await scene.mend("redis");
    return `back after ${gone}, the log replayed: ${after} samples, ${before} of them from before; one page, the next one rang; ended`;
  },
};

export const diskFull: PlatformFault = {
  name: "disk-full",
  title: "Prometheus's disk is full",
  mustHold: "somebody is paged; with room again, samples are written and the pages end",
  smallDisk: true,
  impossible: () =>
    hasSmallDisks()
      ? undefined
      : "a small disk needs Linux's unshare, and the right to make name spaces with it",
  run: async (scene) => {
    const { servers, prometheusData } = scene.lab;
    const { pid } = servers.prometheus[0];
    if (pid === undefined) throw new Error("Prometheus does not run");
    await fillDisk(pid, prometheusData);
    await scene.until("a page", 20, async () => (await scene.allEvents()).length > 0);
    const [first] = await scene.allEvents();
    await freeDisk(pid, prometheusData);
    await scene.until("the end of every page", 30, async () => {
      const last = new Map((await scene.allEvents()).map(({ key, action }) => [key, action]));
      return ![...last.values()].includes("trigger");
    });
    const [fresh = 0] = await scene.query("sum(up)");
    if (fresh === 0) throw new Error("no sample is written, although there is room again");
    return `paged: ${first?.summary}; with room again it ended`;
  },
};

export const rulesBroken: PlatformFault = {
  name: "rules-broken",
  title: "A rule file that Prometheus can't read",
  mustHold: "the old rules stay in force, and somebody hears of the refused file",
  run: async (scene) => {
    await scene.lab.breakPrometheus([brokenRuleFile]);
    await scene.begin("redis");
    const took = await scene.untilPaged("redis");
    await scene.until("the page about the rule file", 20, async () => {
      return (await scene.allEvents()).some(({ summary }) => summary.includes("PrometheusBadConfig"));
    });
    await scene.lab.breakPrometheus([]);
    await scene.mend("redis");
    return `an old rule rang after ${took}; PrometheusBadConfig rang; ended`;
  },
};
