/** What breaks in the platform itself, what must hold then, and how it is seen. */
import { brokenRuleFile } from "../breakages.ts";
import { fillDisk, freeDisk, hasSmallDisks } from "../small-disk.ts";
import { inSeconds, type Scene } from "./scene.ts";

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
const A_GROUP_INTERVAL = 7;
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

/** A silence of the other outage. Returns its id. */
async function silenceOther(scene: Scene): Promise<string> {
  const { silenceID } = await scene.tellAlertmanager<{ silenceID: string }>("silences", {
    matchers: [{ name: "service", value: "postgres", isRegex: false, isEqual: true }],
    startsAt: scene.inMinutes(0),
    endsAt: scene.inMinutes(600),
    createdBy: "drill",
    comment: "the other outage is known",
  });
  return silenceID;
}

async function expectSilenced(scene: Scene): Promise<void> {
  await scene.begin("postgres");
  await scene.until("the silenced alert", 10, async () => {
    const silenced = await scene.askAlertmanager<readonly object[]>(
      "alerts?silenced=true&active=false&inhibited=false&filter=service=%22postgres%22",
    );
    return silenced.length > 0;
  });
  await scene.pass(1);
  await scene.expectRings("postgres", 0);
  await scene.end("postgres");
}

/** Prometheus's own way of telling, with its clock wrong by some simulated minutes. */
async function tellWithClockAt(scene: Scene, name: string, minutes: number): Promise<void> {
  await scene.tellAlertmanager("alerts", [
    {
      labels: { alertname: name, severity: "critical", service: "redis", environment: "local" },
      annotations: { summary: "Told by a clock that is wrong.", description: name },
      startsAt: scene.inMinutes(minutes),
      endsAt: scene.inMinutes(minutes + 4),
    },
  ]);
}

export const platformFaults: readonly PlatformFault[] = [
  {
    name: "alertmanager-restarted",
    title: "Alertmanager is restarted during a page",
    mustHold: "no second page; silences are kept; the end arrives",
    run: async (scene) => {
      await silenceOther(scene);
      await scene.begin("redis");
      await scene.untilPaged("redis");
      const [alertmanager] = scene.lab.servers.alertmanager;
      await alertmanager.stop();
      await alertmanager.start();
      await alertmanager.ready();
      await scene.pass(A_GROUP_INTERVAL);
      await scene.expectRings("redis", 1);
      await expectSilenced(scene);
      await scene.mend("redis");
      await scene.expectRings("redis", 1);
      return "one page; the silence still mutes; ended";
    },
  },
  {
    name: "alertmanager-killed",
    title: "Alertmanager is killed during a page",
    mustHold:
      "still one incident (it may be told twice: what was not yet on disk is forgotten); the end arrives",
    run: async (scene) => {
      await scene.begin("redis");
      await scene.untilPaged("redis");
      const [alertmanager] = scene.lab.servers.alertmanager;
      await alertmanager.kill();
      await alertmanager.start();
      await alertmanager.ready();
      await scene.pass(A_GROUP_INTERVAL);
      await scene.mend("redis");
      const events = await scene.events("redis");
      const incidents = new Set(events.map(({ key }) => key)).size;
      if (incidents !== 1) throw new Error(`${incidents} incidents, not 1`);
      return `one incident, told ${await scene.rings("redis")} times; ended`;
    },
  },
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
  {
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
  },
  {
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
  },
  {
    name: "clock-ahead",
    title: "Prometheus's clock is an hour ahead of Alertmanager's",
    mustHold: "the page arrives at once, and once",
    run: async (scene) => {
      await tellWithClockAt(scene, "ClockAhead", 60);
      const took = await scene.untilPaged("redis");
      await tellWithClockAt(scene, "ClockAhead", 61);
      await scene.pass(A_GROUP_INTERVAL);
      await scene.expectRings("redis", 1);
      return `paged after ${took}, once`;
    },
  },
  {
    name: "clock-behind",
    title: "Prometheus's clock is an hour behind Alertmanager's",
    mustHold:
      "its alerts count as over and page nobody; its Watchdog does too, so the dead man's switch pages",
    aws: true,
    run: async (scene) => {
      const [prometheus] = scene.lab.servers.prometheus;
      await prometheus.kill();
      await tellWithClockAt(scene, "ClockBehind", -60);
      await tellWithClockAt(scene, "Watchdog", -60);
      const paged = await untilSilencePages(scene);
      await scene.expectRings("redis", 0);
      await prometheus.start();
      await untilSilenceIsOver(scene);
      return `nobody was told by Alertmanager; the heartbeat's silence paged after ${paged}; ended with the right clock`;
    },
  },
  {
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
  },
  {
    name: "replicas",
    title: "Nothing: two Prometheus and two Alertmanager servers run",
    mustHold: "an outage pages exactly once, and ends once",
    replicas: 2,
    run: async (scene) => {
      await scene.begin("redis");
      const took = await scene.untilPaged("redis", 10);
      await scene.pass(2 * A_GROUP_INTERVAL);
      await scene.expectRings("redis", 1);
      await scene.mend("redis");
      await scene.pass(A_GROUP_INTERVAL);
      const events = await scene.events("redis");
      if (events.length !== 2) throw new Error(`PagerDuty was told ${events.length} times, not twice`);
      return `paged after ${took}, once; ended, once`;
    },
  },
  {
    name: "prometheus-replica",
    title: "Either one of two Prometheus servers is killed",
    mustHold: "each outage pages, once, and ends",
    replicas: 2,
    run: (scene) => eitherMayFail(scene, "prometheus"),
  },
  {
    name: "alertmanager-replica",
    title: "Either one of two Alertmanagers is killed",
    mustHold: "each outage pages, once, and ends, also when the other one is back in between",
    replicas: 2,
    run: (scene) => eitherMayFail(scene, "alertmanager"),
  },
  {
    name: "cluster-split",
    title: "The two Alertmanagers do not hear one another",
    mustHold: "somebody hears of it; an outage is still one incident, and ends; they find one another again",
    replicas: 2,
    run: async (scene) => {
      const [, second] = scene.lab.servers.alertmanager;
      if (!second) throw new Error("there is only one Alertmanager");
      await second.stop();
      // Gossip with another label than one's own is not listened to.
      await second.start(["--cluster.label=another"]);
      await scene.until("the message about the cluster", 40, () =>
        scene.slackHas("AlertmanagerMembersInconsistent"),
      );
      await scene.begin("redis");
      const took = await scene.untilPaged("redis", 10);
      await scene.pass(A_GROUP_INTERVAL);
      await scene.mend("redis");
      const incidents = new Set((await scene.events("redis")).map(({ key }) => key)).size;
      if (incidents !== 1) throw new Error(`${incidents} incidents, not 1`);
      await second.stop();
      await second.start();
      await scene.until("the end of the split", 20, async () => {
        const [fewest = 0] = await scene.query("min(alertmanager_cluster_members)");
        return fewest === 2;
      });
      return `AlertmanagerMembersInconsistent was told in Slack; paged after ${took} as one incident; ended; two members again`;
    },
  },
  {
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
  },
  {
    name: "host-gone",
    title: "The whole monitoring host is gone",
    mustHold: "the dead man's switch pages, from outside; its end arrives when the host is back",
    aws: true,
    run: async (scene) => {
      const servers = Object.values(scene.lab.servers).flat();
      await Promise.all(servers.map((server) => server.kill()));
      const paged = await untilSilencePages(scene);
      await Promise.all(servers.map((server) => server.start()));
      await untilSilenceIsOver(scene);
      return `CloudWatch paged after ${paged}; ended`;
    },
  },
];

/** One of two replicas of a server is killed before an outage, comes back, and the other one is killed before the next. */
async function eitherMayFail(scene: Scene, server: "prometheus" | "alertmanager"): Promise<string> {
  const took: string[] = [];
  for (const replica of scene.lab.servers[server]) {
    await replica.kill();
    const before = await scene.rings("redis");
    const since = Date.now();
    await scene.begin("redis");
    await scene.until("the page", 10, async () => (await scene.rings("redis")) > before);
    took.push(inSeconds(Date.now() - since));
    await scene.pass(A_GROUP_INTERVAL);
    await replica.start();
    await replica.ready();
    await scene.pass(A_GROUP_INTERVAL);
    await scene.mend("redis");
    await scene.expectRings("redis", before + 1);
  }
  return `without the first one, paged after ${took[0]}, once; without the second, after ${took[1]}, once; ended both times`;
}

async function untilSilencePages(scene: Scene): Promise<string> {
  const since = Date.now();
  await scene.until("the page about the silence", 30, async () => (await silencePages(scene)).length > 0);
  return inSeconds(Date.now() - since);
}

async function untilSilenceIsOver(scene: Scene): Promise<void> {
  await scene.until("the end of the page about the silence", 30, async () => {
    return (await silencePages(scene)).at(-1)?.action === "resolve";
  });
}

/** What CloudWatch's alarm on the heartbeat told PagerDuty. */
async function silencePages(scene: Scene) {
  const events = await scene.allEvents();
  const page = events.find(({ summary }) => summary.includes("alerting-silent"));
  return events.filter(({ key }) => key === page?.key);
}
