/** What the stand-in of Grafana holds, in the field names of Grafana's HTTP API. */
import { randomBytes } from "node:crypto";
import { images } from "../../../../catalog/images.ts";
import type { JsonStore } from "../../shared/json-store.ts";

export const VERSION = images.grafana.version;
/** What it says where Grafana names the revision that it was built of. */
export const STAND_IN_COMMIT = "local";
export const ORGANIZATION = { id: 1, name: "Main Org." } as const;

export interface Folder {
  readonly id: number;
  readonly uid: string;
  readonly title: string;
  readonly parentUid: string;
  readonly version: number;
  readonly created: string;
  readonly updated: string;
}

export interface DataSource {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly type: string;
  readonly access: string;
  readonly url: string;
  readonly user: string;
  readonly database: string;
  readonly basicAuth: boolean;
  readonly basicAuthUser: string;
  readonly isDefault: boolean;
  readonly jsonData: Readonly<Record<string, unknown>>;
  /** Each value as it is kept, encrypted. */
  readonly secureJsonData: Readonly<Record<string, string>>;
  readonly version: number;
}

export interface Dashboard {
  readonly id: number;
  readonly uid: string;
  readonly folderUid: string;
  readonly version: number;
  readonly message: string;
  readonly created: string;
  readonly updated: string;
  /** Without id, uid and version. */
  readonly model: Readonly<Record<string, unknown>> & { readonly title: string };
}

/** Who may do what in a folder. One of the three is set. */
export interface Permission {
  readonly builtInRole?: string;
  readonly teamId?: number;
  readonly userId?: number;
  readonly permission: string;
}

export interface Preferences {
  readonly theme: string;
  readonly timezone: string;
  readonly weekStart: string;
  readonly homeDashboardUID: string;
}

/** The admin's password as it is kept: never in clear. */
export interface Admin {
  readonly salt: string;
  readonly hash: string;
}

export interface State {
  /** Undefined before the first start. */
  admin: Admin | undefined;
  /** The last number given as an id. */
  lastId: number;
  readonly folders: Record<string, Folder>;
  readonly dataSources: Record<string, DataSource>;
  readonly dashboards: Record<string, Dashboard>;
  /** By uid of the folder. */
  readonly permissions: Record<string, readonly Permission[]>;
  preferences: Preferences;
}

export type Store = JsonStore<State>;

export const NO_PREFERENCES: Preferences = { theme: "", timezone: "", weekStart: "", homeDashboardUID: "" };

export function initialState(): State {
  return {
    admin: undefined,
    lastId: 0,
    folders: {},
    dataSources: {},
    dashboards: {},
    permissions: {},
    preferences: NO_PREFERENCES,
  };
}

export function nextId(state: State): number {
  state.lastId += 1;
  return state.lastId;
}

export function newUid(): string {
  return randomBytes(7).toString("hex");
}

export function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
}

export function dashboardUrl({ uid, model }: Dashboard): string {
  return `/d/${uid}/${slugOf(model.title)}`;
}

export function folderUrl({ uid, title }: Folder): string {
  return `/dashboards/f/${uid}/${slugOf(title)}`;
}

/** The permissions with which Grafana makes a folder. */
export const FOLDER_PERMISSIONS: readonly Permission[] = [
  { builtInRole: "Editor", permission: "Edit" },
  { builtInRole: "Viewer", permission: "View" },
];
