/** What breaks where there are two servers of each kind. */
import { inSeconds, type Scene } from "../scene.ts";
import { A_GROUP_INTERVAL, type PlatformFault } from "./fault.ts";

export const replicaFaults: readonly PlatformFault[] = [
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
