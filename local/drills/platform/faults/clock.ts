/** Clocks of Prometheus and Alertmanager that differ. */
import type { Scene } from "../scene.ts";
import { A_GROUP_INTERVAL, type PlatformFault } from "./fault.ts";
import { untilSilenceIsOver, untilSilencePages } from "./silence.ts";

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

export const clockFaults: readonly PlatformFault[] = [
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
];
