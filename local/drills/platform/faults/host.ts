/** What is left where the whole monitoring host is gone. */
import type { PlatformFault } from "./fault.ts";
import { untilSilenceIsOver, untilSilencePages } from "./silence.ts";

export const hostGone: PlatformFault = {
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
};
