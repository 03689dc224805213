/** The administrator. As with Grafana, the file with the password counts once: when the volume is new. */
import { createHash, randomBytes, scryptSync, timingSafeEqual } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { ApiError } from "./errors.ts";
import { type Admin, ORGANIZATION, type Store } from "./model.ts";

const SHORTEST_PASSWORD = 4;
const HASH_BYTES = 32;

/** Makes the administrator where the volume has none. */
export function ensureAdmin(store: Store, password: string): void {
  if (store.state.admin) return;
  setPassword(store, password);
}

/** What has opened it: the hash of the volume is slow on purpose, and each request brings the same password. */
const opened = new WeakMap<Admin, Buffer>();

export function opens(admin: Admin | undefined, password: string): boolean {
  if (admin === undefined) return false;
  const digest = createHash("sha256").update(password).digest();
  const before = opened.get(admin);
  if (before !== undefined && timingSafeEqual(before, digest)) return true;
  const hash = scryptSync(password, admin.salt, HASH_BYTES);
  if (!timingSafeEqual(Buffer.from(admin.hash, "hex"), hash)) return false;
  opened.set(admin, digest);
  return true;
}

export function adminRoutes(app: FastifyInstance, store: Store, login: string): void {
  app.get("/user", async () => ({ id: 1, login, orgId: ORGANIZATION.id, isGrafanaAdmin: true }));
  app.put<{ Body: { oldPassword?: unknown; newPassword?: unknown } }>("/user/password", async ({ body }) => {
    const { oldPassword, newPassword } = body;
    if (typeof oldPassword !== "string" || !opens(store.state.admin, oldPassword)) {
      throw new ApiError(401, "Invalid old password");
    }
    if (typeof newPassword !== "string" || newPassword.length < SHORTEST_PASSWORD) {
      throw new ApiError(400, "New password is too short");
    }
    setPassword(store, newPassword);
    return { message: "User password changed" };
  });
}

function setPassword(store: Store, password: string): void {
  const salt = randomBytes(16).toString("hex");
  store.state.admin = { salt, hash: scryptSync(password, salt, HASH_BYTES).toString("hex") };
  store.save();
}
