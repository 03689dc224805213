/** What breaks in Alertmanager. */
import type { Scene } from "../scene.ts";
import { A_GROUP_INTERVAL, type PlatformFault } from "./fault.ts";

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

export const alertmanagerFaults: readonly PlatformFault[] = [
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
];
