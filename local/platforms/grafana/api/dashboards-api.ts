import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { parameter } from "../../shared/http-server.ts";
import { ApiError, found, parsed } from "./errors.ts";
import {
  type Dashboard,
  dashboardUrl,
  folderUrl,
  NO_PREFERENCES,
  newUid,
  nextId,
  type State,
  type Store,
  slugOf,
} from "./model.ts";

const saveCommand = z.object({
  dashboard: z.looseObject({
    id: z.int().nullish(),
    uid: z.string().nullish(),
    version: z.int().nullish(),
    title: z.string().optional(),
  }),
  folderUid: z.string().default(""),
  message: z.string().default(""),
  overwrite: z.boolean().default(false),
});

type SaveCommand = z.infer<typeof saveCommand>;

export function dashboardRoutes(app: FastifyInstance, store: Store): void {
  const { dashboards } = store.state;
  const find = (request: FastifyRequest) =>
    found(dashboards[parameter(request, "uid")], "Dashboard not found");

  app.post("/dashboards/db", async (request) => {
    const dashboard = saved(store.state, parsed(saveCommand, request.body));
    dashboards[dashboard.uid] = dashboard;
    store.save();
    const { id, uid, folderUid, version, model } = dashboard;
    return {
      id,
      uid,
      folderUid,
      version,
      slug: slugOf(model.title),
      status: "success",
      url: dashboardUrl(dashboard),
    };
  });
  app.get("/dashboards/uid/:uid", async (request) => present(store.state, find(request)));
  app.delete("/dashboards/uid/:uid", async (request) => {
    const { id, uid, model } = find(request);
    delete dashboards[uid];
    store.save();
    return { id, title: model.title, message: `Dashboard ${model.title} deleted` };
  });
}

/** The dashboard as it is after the command. @throws where Grafana would refuse it. */
function saved(state: State, { dashboard: given, folderUid, message, overwrite }: SaveCommand): Dashboard {
  const { id, uid, version, title = "", ...rest } = given;
  if (title.trim() === "")
    throw new ApiError(400, "Dashboard title cannot be empty", { status: "empty-name" });
  if (uid && uid.length > 40) throw new ApiError(400, "uid too long, max 40 characters");
  if (uid && !/^[a-zA-Z0-9_-]+$/.test(uid)) throw new ApiError(400, "uid contains illegal characters");
  if (folderUid) found(state.folders[folderUid], "folder not found");

  const old = existing(state, id, uid);
  if (old && !overwrite && version !== old.version) {
    const status = "version-mismatch";
    throw new ApiError(412, "The dashboard has been changed by someone else", { status });
  }
  const newPlace = uid ?? old?.uid ?? newUid();
  refuseSameTitle(state, folderUid, title, [newPlace, old?.uid]);
  if (old && old.uid !== newPlace) delete state.dashboards[old.uid];
  const now = new Date().toISOString();
  return {
    id: old?.id ?? nextId(state),
    uid: newPlace,
    folderUid,
    version: (old?.version ?? 0) + 1,
    message,
    created: old?.created ?? now,
    updated: now,
    model: { ...rest, title },
  };
}

function existing(
  state: State,
  id: number | null | undefined,
  uid: string | null | undefined,
): Dashboard | undefined {
  if (!id) return uid ? state.dashboards[uid] : undefined;
  return found(
    Object.values(state.dashboards).find((dashboard) => dashboard.id === id),
    "Dashboard not found",
  );
}

function refuseSameTitle(
  state: State,
  folderUid: string,
  title: string,
  own: readonly (string | undefined)[],
): void {
  const same = Object.values(state.dashboards).some(
    ({ uid, folderUid: folder, model }) =>
      !own.includes(uid) && folder === folderUid && model.title === title,
  );
  if (!same) return;
  const message = "A dashboard with the same name in the folder already exists";
  throw new ApiError(412, message, { status: "name-exists" });
}

function present(state: State, dashboard: Dashboard): object {
  const { id, uid, version, folderUid, created, updated, model } = dashboard;
  const folder = state.folders[folderUid];
  return {
    meta: {
      type: "db",
      isFolder: false,
      slug: slugOf(model.title),
      url: dashboardUrl(dashboard),
      created,
      updated,
      createdBy: "admin",
      updatedBy: "admin",
      version,
      folderId: folder?.id ?? 0,
      folderUid,
      folderTitle: folder?.title ?? "Dashboards",
      folderUrl: folder ? folderUrl(folder) : "",
      provisioned: false,
    },
    dashboard: { ...model, id, uid, version },
  };
}

const searchQuery = z.object({
  query: z.string().default(""),
  type: z.enum(["dash-db", "dash-folder"]).optional(),
  folderUIDs: z.union([z.string(), z.array(z.string())]).optional(),
});

export function searchRoutes(app: FastifyInstance, { state }: Store): void {
  app.get("/search", async (request) => {
    const { query, type, folderUIDs } = parsed(searchQuery, request.query);
    const folders =
      folderUIDs === undefined ? undefined : [folderUIDs].flat().flatMap((uids) => uids.split(","));
    const matching = [...foundFolders(state), ...foundDashboards(state)]
      .filter((hit) => hit.title.toLowerCase().includes(query.toLowerCase()))
      .filter((hit) => type === undefined || hit.type === type)
      .filter((hit) => folders?.includes(hit.folderUid) ?? true);
    return matching;
  });
}

function foundFolders({ folders }: State) {
  return Object.values(folders).map((folder) => ({
    ...{ id: folder.id, uid: folder.uid, title: folder.title, url: folderUrl(folder) },
    ...{ type: "dash-folder", folderUid: folder.parentUid, tags: [] as unknown },
  }));
}

function foundDashboards({ dashboards }: State) {
  return Object.values(dashboards).map((dashboard) => ({
    ...{ id: dashboard.id, uid: dashboard.uid, title: dashboard.model.title, url: dashboardUrl(dashboard) },
    ...{ type: "dash-db", folderUid: dashboard.folderUid, tags: dashboard.model["tags"] ?? [] },
  }));
}

const preferences = z.object({
  theme: z.string().default(""),
  timezone: z.string().default(""),
  weekStart: z.enum(["", "sunday", "monday", "saturday"]).default(""),
  homeDashboardUID: z.string().default(""),
});

export function preferenceRoutes(app: FastifyInstance, store: Store): void {
  app.get("/org/preferences", async () => ({ ...NO_PREFERENCES, ...store.state.preferences }));
  app.put("/org/preferences", async (request) => {
    const given = parsed(preferences, request.body);
    if (given.homeDashboardUID) found(store.state.dashboards[given.homeDashboardUID], "Dashboard not found");
    store.state.preferences = given;
    store.save();
    return { message: "Preferences updated" };
  });
}
