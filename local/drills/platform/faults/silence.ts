/** What the dead man's switch tells of a platform that is silent. */
import { inSeconds, type Scene } from "../scene.ts";

export async function untilSilencePages(scene: Scene): Promise<string> {
  const since = Date.now();
  await scene.until("the page about the silence", 30, async () => (await silencePages(scene)).length > 0);
  return inSeconds(Date.now() - since);
}

export async function untilSilenceIsOver(scene: Scene): Promise<void> {
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
