/** Grafana: by uid. What has the name and another uid would be replaced, so it is told and left alone. */
import { z } from "zod";
import { getJson, getPages } from "../../../components/shared/json-api.ts";
import { grafanaApi } from "../../verify/grafana-api.ts";
import { by, type Finder, type Finders, guess, isNamed, known, type Search, type Seen } from "../finder.ts";

/** @property folderUid where it lies: in none, at the top. */
const found = z.object({ uid: z.string(), title: z.string(), folderUid: z.string().nullish() });
type Found = z.output<typeof found>;
const source = z.object({ uid: z.string(), name: z.string(), readOnly: z.boolean().nullish() });
const dashboardMeta = z.object({ meta: z.object({ provisioned: z.boolean().nullish() }) });

/** Grafana lets nobody change these through its API. */
const FROM_A_FILE = "Grafana has it from a file of its provisioning: remove it there first";

/** The organization that the program's provider works in. */
const ORGANIZATION = "1";

function list<Schema extends z.ZodType>(search: Search, item: Schema, path: string) {
  const { url, headers } = grafanaApi({ ...search, outputs: {} });
  return getPages(item, `${url}/${path}`, { headers, signal: search.signal });
}

function byUid(all: readonly Found[], uid: unknown, title: string): Seen {
  if (all.some((item) => item.uid === uid)) return { ids: [`${ORGANIZATION}:${uid}`] };
  const like = all.filter((item) => isNamed(item.title, title)).map((item) => item.uid);
  return {
    ids: [],
    ...(like.length > 0 && { note: `one of this title and another uid stays: ${like.join(", ")}` }),
  };
}

/** Its place can't be changed, and with a folder goes all that is in it. */
const folder = by(["uid", "title"], async ({ uid, title }, planned, search) => {
  const all = await list(search, found, "search?type=dash-folder&limit=5000");
  const parent = all.find((item) => item.uid === uid)?.folderUid;
  const isElsewhere = parent && planned.inputs["parentFolderUid"] === undefined;
  const conflict = `it lies in the folder ${parent}: move it to the top, or up would replace it with all in it`;
  return { ...byUid(all, uid, title), ...(isElsewhere && { conflict }) };
});

const dashboard = by(["configJson"], async ({ configJson }, planned, search) => {
  const { uid, title = "" }: { uid?: string; title?: string } = JSON.parse(configJson);
  const all = await list(search, found, "search?type=dash-db&limit=5000");
  const place = known(planned, "folder")?.replace(/^\d+:/, "");
  const rival = all.find(
    (item) => place && item.folderUid === place && item.uid !== uid && item.title === title,
  );
  if (rival) return { ids: [], conflict: `${rival.uid} has its title, in the same folder: rename that one` };
  const seen = byUid(all, uid, title);
  if (seen.ids.length === 0) return seen;
  const { url, headers } = grafanaApi({ ...search, outputs: {} });
  const { meta } = await getJson(dashboardMeta, `${url}/dashboards/uid/${uid}`, {
    headers,
    signal: search.signal,
  });
  return { ...seen, ...(meta.provisioned && { conflict: FROM_A_FILE }) };
});

/** Its name is one that no other may have. */
const dataSource = by(["uid", "name"], async ({ uid, name }, _planned, search) => {
  const all = await list(search, source, "datasources");
  const same = all.find((item) => item.uid === uid);
  if (same) return { ids: [`${ORGANIZATION}:${uid}`], ...(same.readOnly && { conflict: FROM_A_FILE }) };
  const holder = all.find((item) => item.name === name);
  return {
    ids: [],
    ...(holder && { conflict: `its name is that of the data source ${holder.uid}: rename that one` }),
  };
});

/** Every folder has some. */
const permissions: Finder = by(["folderUid"], ({ folderUid }) =>
  guess(`${ORGANIZATION}:${folderUid.replace(/^\d+:/, "")}`),
);

export const grafanaFinders: Finders = {
  "grafana:oss/folder:Folder": folder,
  "grafana:oss/dashboard:Dashboard": dashboard,
  "grafana:oss/dataSource:DataSource": dataSource,
  "grafana:oss/folderPermission:FolderPermission": permissions,
  // Every organization has them.
  "grafana:oss/organizationPreferences:OrganizationPreferences": async () => ({ ids: [ORGANIZATION] }),
};
