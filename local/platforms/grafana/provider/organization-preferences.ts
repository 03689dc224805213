import { z } from "zod";
import { handler } from "../../shared/rest/handler.ts";
import { liveInputs } from "../../shared/rest/live-inputs.ts";
import type { Grafana } from "./client.ts";
import { orgId } from "./inputs.ts";

const inputs = z.strictObject({
  theme: z.string().optional(),
  timezone: z.string().optional(),
  weekStart: z
    .enum(["", "sunday", "monday", "saturday"], "must be sunday, monday, saturday or empty")
    .optional(),
  homeDashboardUid: z.string().optional(),
  orgId,
});

type Inputs = z.output<typeof inputs>;

interface Preferences {
  readonly theme?: string;
  readonly timezone?: string;
  readonly weekStart?: string;
  readonly homeDashboardUID?: string;
}

const UNSET = { theme: "", timezone: "", weekStart: "", homeDashboardUid: "" };

export function organizationPreferences(grafana: Grafana) {
  const put = async (given: Inputs) => {
    const { theme = "", timezone = "", weekStart = "", homeDashboardUid: homeDashboardUID = "" } = given;
    await grafana.api(given.orgId).put("org/preferences", { theme, timezone, weekStart, homeDashboardUID });
    return { orgId: grafana.orgIdOf(given.orgId) };
  };

  return handler<typeof inputs>({
    inputs,
    replaceOn: ["orgId"],
    async create(given) {
      return { id: grafana.orgIdOf(given.orgId), outputs: await put(given) };
    },
    async read(_id, { inputs: last }) {
      const live = await grafana.api(last.orgId).find<Preferences>("org/preferences");
      if (live === undefined) return undefined;
      const { theme, timezone, weekStart, homeDashboardUID: homeDashboardUid } = live;
      const found = { theme, timezone, weekStart, homeDashboardUid, orgId: last.orgId };
      return {
        inputs: liveInputs(found, last, { unset: UNSET }),
        outputs: { orgId: grafana.orgIdOf(last.orgId) },
      };
    },
    update: (_id, given) => put(given),
    async delete(_id, { inputs: { orgId } }) {
      await put({ orgId });
    },
  });
}
