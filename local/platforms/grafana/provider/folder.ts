import { z } from "zod";
import type { Properties } from "../../../../toolkit/property-values.ts";
import { handler } from "../../shared/rest/handler.ts";
import { liveInputs } from "../../shared/rest/live-inputs.ts";
import { type Grafana, uidOf } from "./client.ts";
import { newUid, orgId } from "./inputs.ts";

const inputs = z.strictObject({
  title: z.string().min(1, "can't be blank"),
  uid: newUid.optional(),
  parentFolderUid: z.string().optional(),
  preventDestroyIfNotEmpty: z.boolean().default(false),
  orgId,
});

interface Folder {
  readonly uid: string;
  readonly title: string;
  readonly url: string;
  readonly parentUid?: string;
}

export function folder(grafana: Grafana) {
  const outputs = (live: Folder, orgId: string | undefined): Properties => ({
    uid: live.uid,
    url: `${grafana.url}${live.url}`,
    orgId: grafana.orgIdOf(orgId),
  });

  return handler<typeof inputs>({
    inputs,
    replaceOn: ["uid", "parentFolderUid", "orgId"],
    writeOnly: ["preventDestroyIfNotEmpty"],
    async create({ title, uid, parentFolderUid, orgId }) {
      const parentUid = parentFolderUid && uidOf(parentFolderUid);
      const made = await grafana.api(orgId).post<Folder>("folders", { title, uid, parentUid });
      return { id: grafana.resourceId(orgId, made.uid), outputs: outputs(made, orgId) };
    },
    async read(id, { inputs: last }) {
      const live = await grafana.api(last.orgId).find<Folder>(`folders/${uidOf(id)}`);
      if (live === undefined) return undefined;
      const found = {
        title: live.title,
        uid: live.uid,
        parentFolderUid: parentOf(live, last),
        orgId: last.orgId,
      };
      return { inputs: liveInputs(found, last, { computed: ["uid"] }), outputs: outputs(live, last.orgId) };
    },
    async update(id, { title, orgId }) {
      const body = { title, overwrite: true };
      return outputs(await grafana.api(orgId).put<Folder>(`folders/${uidOf(id)}`, body), orgId);
    },
    async delete(id, { inputs: { orgId, preventDestroyIfNotEmpty } }) {
      const api = grafana.api(orgId);
      if (preventDestroyIfNotEmpty) {
        const inside = await api.get<readonly { title: string }[]>(`search?folderUIDs=${uidOf(id)}`);
        const titles = inside.map(({ title }) => title).join(", ");
        if (titles)
          throw new Error(
            `folder ${id} is not empty and preventDestroyIfNotEmpty is set. It holds: ${titles}`,
          );
      }
      await api.remove(`folders/${uidOf(id)}${preventDestroyIfNotEmpty ? "" : "?forceDeleteRules=true"}`);
    },
  });
}

function parentOf({ parentUid }: Folder, { parentFolderUid }: z.output<typeof inputs>): string | undefined {
  if (!parentUid) return undefined;
  return parentFolderUid && uidOf(parentFolderUid) === parentUid ? parentFolderUid : parentUid;
}
