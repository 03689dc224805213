/** Grafana: by uid. What has the name and another uid would be replaced, so it is told and left alone. */
import { z } from "zod";
import { getPages } from "../../../components/shared/json-api.ts";
import { grafanaApi } from "../../verify/grafana-api.ts";
import { by, type Finder, type Finders, isNamed, type Planned, type Search, type Seen } from "../finder.ts";

const found = z.object({ uid: z.string(), title: z.string() });
const source = z.object({ uid: z.string(), name: z.string() });

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
  const model: { uid?: string; title?: string } = JSON.parse(configJson);
  return byUid(
    await list(search, found, "search?type=dash-db&limit=5000"),
    model.uid,
    String(model.title ?? ""),
  );
});

/** Its name is one that no other may have. */
const dataSource = by(["uid", "name"], async ({ uid, name }, _planned, search) => {
  const all = await list(search, source, "datasources");
  if (all.some((item) => item.uid === uid)) return { ids: [`${ORGANIZATION}:${uid}`] };
  const holder = all.find((item) => item.name === name);
  return {
    ids: [],
    ...(holder && { conflict: `its name is that of the data source ${holder.uid}: rename that one` }),
  };
});

/** Every folder has some. */
const permissions: Finder = by(["folderUid"], ({ folderUid }) => ({
  ids: [`${ORGANIZATION}:${folderUid.replace(/^\d+:/, "")}`],
}));

export const grafanaFinders: Finders = {
  "grafana:oss/folder:Folder": folder,
  "grafana:oss/dashboard:Dashboard": dashboard,
  "grafana:oss/dataSource:DataSource": dataSource,
  "grafana:oss/folderPermission:FolderPermission": permissions,
  // Every organization has them.
  "grafana:oss/organizationPreferences:OrganizationPreferences": async () => ({ ids: [ORGANIZATION] }),
};
