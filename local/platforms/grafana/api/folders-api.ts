import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { parameter } from "../../shared/http-server.ts";
import { ApiError, found, parsed } from "./errors.ts";
import {
  FOLDER_PERMISSIONS,
  type Folder,
  folderUrl,
  newUid,
  nextId,
  ORGANIZATION,
  type Permission,
  type Store,
} from "./model.ts";

const UID = /^[a-zA-Z0-9_-]{1,40}$/;

const newFolder = z.object({
  uid: z.string().optional(),
  title: z.string().min(1, "folder title cannot be empty"),
  parentUid: z.string().default(""),
});
const changedFolder = z.object({
  title: z.string().min(1).optional(),
  version: z.int().optional(),
  overwrite: z.boolean().default(false),
});

export function folderRoutes(app: FastifyInstance, store: Store): void {
  const { folders, dashboards, permissions } = store.state;
  const find = (request: FastifyRequest) => found(folders[parameter(request, "uid")], "folder not found");
  const keep = (folder: Folder) => {
    folders[folder.uid] = folder;
    store.save();
    return present(folder);
  };

  app.get("/folders", async () => Object.values(folders).map(({ id, uid, title }) => ({ id, uid, title })));
  app.get("/folders/:uid", async (request) => present(find(request)));
  app.post("/folders", async (request) => {
    const { uid = newUid(), title, parentUid } = parsed(newFolder, request.body);
    if (!UID.test(uid)) throw new ApiError(400, "uid contains illegal characters");
    if (folders[uid]) throw new ApiError(409, "a folder with that UID already exists");
    if (parentUid) found(folders[parentUid], "folder not found");
    const now = new Date().toISOString();
    permissions[uid] = FOLDER_PERMISSIONS;
    return keep({ id: nextId(store.state), uid, title, parentUid, version: 1, created: now, updated: now });
  });
  app.put("/folders/:uid", async (request) => {
    const folder = find(request);
    const { title = folder.title, version, overwrite } = parsed(changedFolder, request.body);
    if (!overwrite && version !== folder.version) {
      const message = "the folder has been changed by someone else";
      throw new ApiError(412, message, { status: "version-mismatch" });
    }
    return keep({ ...folder, title, version: folder.version + 1, updated: new Date().toISOString() });
  });
  app.delete("/folders/:uid", async (request) => {
    const { id, uid, title } = find(request);
    delete folders[uid];
    delete permissions[uid];
    for (const dashboard of Object.values(dashboards)) {
      if (dashboard.folderUid === uid) delete dashboards[dashboard.uid];
    }
    store.save();
    return { id, title, message: `Folder ${title} deleted` };
  });
}

function present(folder: Folder): object {
  return {
    ...folder,
    orgId: ORGANIZATION.id,
    url: folderUrl(folder),
    hasAcl: false,
    canSave: true,
    canEdit: true,
    canAdmin: true,
    canDelete: true,
    createdBy: "admin",
    updatedBy: "admin",
  };
}

const permissionChange = z.object({
  builtInRole: z.enum(["Viewer", "Editor", "Admin"]).optional(),
  teamId: z.int().optional(),
  userId: z.int().optional(),
  /** Empty or left out takes the permission away. */
  permission: z.enum(["", "View", "Edit", "Admin"]).default(""),
});
const permissionChanges = z.object({
  /** Null as well, which the plugin sends for none. */
  permissions: z
    .array(permissionChange)
    .nullish()
    .transform((changes) => changes ?? []),
});

export function permissionRoutes(app: FastifyInstance, store: Store): void {
  const { folders, permissions } = store.state;
  const find = (request: FastifyRequest) => found(folders[parameter(request, "uid")], "folder not found");
  app.get("/access-control/folders/:uid", async (request) =>
    (permissions[find(request).uid] ?? []).map((permission, index) => ({
      id: index + 1,
      isManaged: true,
      isInherited: false,
      isServiceAccount: false,
      ...permission,
    })),
  );
  app.post("/access-control/folders/:uid", async (request) => {
    const { uid } = find(request);
    const changes = parsed(permissionChanges, request.body).permissions as Permission[];
    const kept = (permissions[uid] ?? []).filter((old) => !changes.some((change) => sameHolder(change, old)));
    permissions[uid] = [...kept, ...changes.filter(({ permission }) => permission !== "")];
    store.save();
    return { message: "Permissions updated" };
  });
}

function sameHolder(a: Permission, b: Permission): boolean {
  return a.builtInRole === b.builtInRole && a.teamId === b.teamId && a.userId === b.userId;
}
