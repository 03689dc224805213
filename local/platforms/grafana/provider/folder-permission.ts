import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { RestClient } from "../../shared/rest/client.ts";
import { handler } from "../../shared/rest/handler.ts";
import { type Grafana, uidOf } from "./client.ts";
import { oneOf, orgId } from "./inputs.ts";

/** The plugin reads back nothing for another text: a difference for ever. */
const holderId = z
  .string()
  .regex(/^(\d+:)?\d+$/, "must be an id, such as 3 or 1:3")
  .optional();

const permission = z
  .strictObject({
    permission: oneOf("View", "Edit", "Admin"),
    role: oneOf("Viewer", "Editor", "Admin").optional(),
    teamId: holderId,
    userId: holderId,
  })
  .superRefine(({ role, teamId, userId }, context) => {
    const holders = [role, numberOf(teamId), numberOf(userId)].filter(Boolean);
    if (holders.length !== 1)
      context.addIssue({ code: "custom", message: "must name one role, teamId or userId" });
  });

const inputs = z.strictObject({
  folderUid: z.string().regex(/^(\d+:)?[a-zA-Z0-9_-]+$/, "must be letters, digits, - and _"),
  permissions: z
    .array(permission)
    .refine((given) => new Set(given.map(textOf)).size === given.length, "must not have a permission twice")
    .optional(),
  orgId,
});

type Permission = z.output<typeof permission>;

function textOf({ permission, role, teamId, userId }: Permission): string {
  return JSON.stringify([permission, role, teamId, userId]);
}

/** Whether two lists have the same permissions: to the plugin they are sets. */
function isSameSet(before: unknown, after: unknown): boolean {
  const [old, now] = [before, after].map((list = []) => (list as Permission[]).map(textOf).toSorted());
  return isDeepStrictEqual(old, now);
}

interface LivePermission {
  readonly isManaged: boolean;
  readonly isInherited: boolean;
  readonly builtInRole?: string;
  readonly teamId?: number;
  readonly userId?: number;
  readonly permission: string;
}

export function folderPermission(grafana: Grafana) {
  return handler<typeof inputs>({
    inputs,
    replaceOn: ["folderUid", "orgId"],
    hidden: ({ permissions: before }, { permissions: after }) =>
      isSameSet(before, after) ? ["permissions"] : [],
    async create({ folderUid, permissions = [], orgId }) {
      await apply(grafana.api(orgId), uidOf(folderUid), permissions);
      const outputs = { orgId: grafana.orgIdOf(orgId) };
      return { id: grafana.resourceId(orgId, uidOf(folderUid)), outputs };
    },
    taken: (id) => ({ id, inputs: { folderUid: uidOf(id) } }),
    async read(id, { inputs: last }) {
      const live = await managed(grafana.api(last.orgId), uidOf(id));
      if (live === undefined) return undefined;
      const { permissions = [] } = last;
      const keys = live.map(keyOf);
      // Permissions are a set: those that are still there keep the order and spelling of the last input.
      const kept = permissions.filter((permission) => keys.includes(keyOf(bodyOf(permission))));
      const known = kept.map((permission) => keyOf(bodyOf(permission)));
      const added = live.filter((permission) => !known.includes(keyOf(permission))).map(inputOf);
      const found = [...kept, ...added];
      const inputs = { ...last, permissions: found.length === 0 ? last.permissions && [] : found };
      return { inputs, outputs: { orgId: grafana.orgIdOf(last.orgId) } };
    },
    async update(id, { permissions = [], orgId }) {
      await apply(grafana.api(orgId), uidOf(id), permissions);
      return { orgId: grafana.orgIdOf(orgId) };
    },
    async delete(id, { inputs: { orgId } }) {
      const api = grafana.api(orgId);
      // Permissions go with their folder; without them only administrators may enter it.
      if (await managed(api, uidOf(id))) await apply(api, uidOf(id), []);
    },
  });
}

/** Sets the wanted permissions and takes every other one away. */
async function apply(api: RestClient, folderUid: string, permissions: readonly Permission[]): Promise<void> {
  const path = `access-control/folders/${folderUid}`;
  const wanted = permissions.map(bodyOf);
  const holders = wanted.map(holderOf);
  const live = (await api.get<readonly LivePermission[]>(path)).filter(isOwn);
  const removed = live.filter((old) => !holders.includes(holderOf(old)));
  const removals = removed.map(({ builtInRole, teamId, userId }) => ({
    builtInRole,
    teamId,
    userId,
    permission: "",
  }));
  await api.post(path, { permissions: [...removals, ...wanted] });
}

async function managed(api: RestClient, folderUid: string): Promise<readonly LivePermission[] | undefined> {
  const live = await api.find<readonly LivePermission[]>(`access-control/folders/${folderUid}`);
  return live?.filter(isOwn);
}

function isOwn({ isManaged, isInherited }: LivePermission): boolean {
  return isManaged && !isInherited;
}

type Body = Pick<LivePermission, "builtInRole" | "teamId" | "userId" | "permission">;

function bodyOf({ permission, role, teamId, userId }: Permission): Body {
  const [team, user] = [numberOf(teamId), numberOf(userId)];
  return {
    permission,
    ...(role && { builtInRole: role }),
    ...(team && { teamId: team }),
    ...(user && { userId: user }),
  };
}

function inputOf({ permission, builtInRole, teamId, userId }: Body): object {
  const [team, user] = [teamId && String(teamId), userId && String(userId)];
  return {
    permission,
    ...(builtInRole && { role: builtInRole }),
    ...(team && { teamId: team }),
    ...(user && { userId: user }),
  };
}

function holderOf({ builtInRole, teamId, userId }: Body): string {
  return [builtInRole, teamId, userId].map((part) => part || "").join("/");
}

function keyOf(body: Body): string {
  return `${holderOf(body)}/${body.permission}`;
}

/** `1:7` and `7` mean 7; nothing and `0` mean nobody. */
function numberOf(id: string | undefined): number {
  return Number(uidOf(id ?? "0"));
}
