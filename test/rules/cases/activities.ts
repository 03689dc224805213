import { activities } from "../../../catalog/recording-rules/activities.ts";
import { type GroupCases, type Phase, perMinute, type RuleCase, silent } from "../rule-case.ts";

/** How those activities end that may go wrong. */
const ends: Readonly<Record<string, { readonly well: string; readonly badly: string }>> = {
  "finished-conversations": { well: 'outcome="completed"', badly: 'outcome="failed"' },
  "orderly-chat-closes": { well: 'reason="normal"', badly: 'reason="error"' },
};

/** A series of the activity's counter; a selector's own label is kept, but for one that says how it ends. */
function counter(events: string, end?: string): string {
  const [name, own] = events.split(/[{}]/);
  return `${name}{${[end ?? own, 'job="agentpay-api"', 'instance="10.0.0.1:8000"'].filter(Boolean).join(",")}}`;
}

function course(name: string, ...phases: Phase[]): RuleCase["series"] {
  const activity = activities.find((each) => each.name === name);
  if (!activity) throw new Error(`${name} is no activity`);
  return { [counter(activity.events, ends[name]?.well)]: perMinute(...phases) };
}

/** What goes wrong instead of what goes well, of activities of which that is counted. */
function wrong(name: string, ...phases: Phase[]): RuleCase["series"] {
  const { attempts = "", name: known } = activities.find((each) => each.name === name) ?? {};
  const badly = known && ends[known]?.badly;
  return badly ? { [counter(attempts, badly)]: perMinute(...phases) } : {};
}

const alert = (activity: string) => [{ activity }];

export const activityCases: GroupCases = {
  ActivityStopped: [
    ...activities.map(({ name }) => ({
      title: `${name} stop at once, for hours, and come back`,
      series: {
        ...course(name, [10, 100], [0, 120], [10, 30]),
        ...wrong(name, [0, 100], [10, 120], [0, 30]),
      },
      firing: { 100: [], 110: [], 125: alert(name), 215: alert(name), 230: [] },
    })),
    ...Object.keys(ends).map((name) => ({
      title: `no ${name}, since nobody comes: that is another activity's`,
      series: { ...course(name, [10, 100], [0, 120]), ...wrong(name, [0, 220]) },
      firing: silent(100, 125, 215),
    })),
    {
      title: "half of the conversations fail",
      series: {
        ...course("finished-conversations", [10, 100], [5, 120]),
        ...wrong("finished-conversations", [0, 100], [5, 120]),
      },
      firing: silent(100, 125, 215),
    },
    {
      title: "their series are gone",
      series: course("conversations", [10, 100], ["gone", 60]),
      firing: { 100: [], 125: alert("conversations"), 160: alert("conversations") },
    },
    {
      title: "a batch of jobs that took 40 minutes is over",
      series: course("jobs", [0, 60], [600, 40], [0, 100]),
      firing: silent(100, 125, 150, 200),
    },
    {
      title: "the evening: half within an hour, and half of that",
      series: course("conversations", [10, 100], [7, 20], [5, 20], [3, 20], [1, 60]),
      firing: silent(100, 125, 150, 200),
    },
    {
      title: "few checkouts, and a pause",
      series: course("checkouts", [0.5, 100], [0, 60]),
      firing: silent(100, 125, 160),
    },
    {
      title: "a deployment of five minutes",
      series: course("chat-connections", [10, 100], [0, 5], [10, 40]),
      firing: silent(105, 112, 125, 140),
    },
  ],
};
