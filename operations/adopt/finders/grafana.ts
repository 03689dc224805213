/** Grafana: by uid. What has the name and another uid would be replaced, so it is told and left alone. */
import { z } from "zod";
import { getJson, getPages } from "../../../components/shared/json-api.ts";
import { grafanaApi } from "../../verify/grafana-api.ts";
import {
  by,
  type Finder,
  type Finders,
  guess,
  isNamed,
  type Planned,
  type Search,
  type Seen,
} from "../finder.ts";

const found = z.object({ uid: z.string(), title: z.string() });
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

function byUid(all: readonly { uid: string; title: string }[], uid: unknown, title: string): Seen {
  if (all.some((item) => item.uid === uid)) return { ids: [`${ORGANIZATION}:${uid}`] };
  const like = all.filter((item) => isNamed(item.title, title)).map((item) => item.uid);
  return {
    ids: [],
    ...(like.length > 0 && { note: `one of this title and another uid stays: ${like.join(", ")}` }),
  };
}

const folder = by(["uid", "title"], async ({ uid, title }, _planned, search) =>
  byUid(await list(search, found, "search?type=dash-folder&limit=5000"), uid, title),
);

const dashboard = by(["configJson"], async ({ configJson }, _planned: Planned, search) => {
  const { uid, title = "" }: { uid?: string; title?: string } = JSON.parse(configJson);
  const seen = byUid(await list(search, found, "search?type=dash-db&limit=5000"), uid, title);
  if (seen.ids.length === 0) return seen;
  const { url, headers } = grafanaApi({ ...search, outputs: {} });
  const place = `${url}/dashboards/uid/${uid}`;
  const { meta } = await getJson(dashboardMeta, place, { headers, signal: search.signal });
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
