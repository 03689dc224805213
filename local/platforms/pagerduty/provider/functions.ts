import { z } from "zod";
import type { FunctionHandler } from "../../../host/resource.ts";
import type { RestClient } from "../../shared/rest/client.ts";

interface Named {
  readonly id: string;
  readonly name: string;
}

type User = Named & { readonly email: string };
type Vendor = Named & { readonly generic_service_type: string };
type Team = Named & {
  readonly description?: string | null;
  readonly parent?: { readonly id: string } | null;
};

/** `getUser({ email })`: the email must match as a whole. */
export function getUser(client: RestClient): FunctionHandler {
  return async (args) => {
    const { email } = z.strictObject({ email: z.string() }).parse(args);
    const { users } = await client.get<{ users: readonly User[] }>(
      `users?query=${encodeURIComponent(email)}`,
    );
    const user = users.find((candidate) => candidate.email === email);
    if (!user) throw new Error(`PagerDuty has no user with the email ${email}`);
    return { id: user.id, name: user.name, email };
  };
}

/** `getVendor({ name })`: the whole name where one has it, else the first whose name holds it. */
export function getVendor(client: RestClient): FunctionHandler {
  return async (args) => {
    const { name } = z.strictObject({ name: z.string() }).parse(args);
    const query = encodeURIComponent(name);
    const { vendors } = await client.get<{ vendors: readonly Vendor[] }>(`vendors?query=${query}`);
    const wanted = name.toLowerCase();
    const vendor =
      vendors.find((candidate) => candidate.name.toLowerCase() === wanted) ??
      vendors.find((candidate) => candidate.name.toLowerCase().includes(wanted));
    if (!vendor) throw new Error(`PagerDuty has no vendor with the name ${name}`);
    return { id: vendor.id, name: vendor.name, type: vendor.generic_service_type };
  };
}

/** `getTeam({ name })`. */
export function getTeam(client: RestClient): FunctionHandler {
  return async (args) => {
    const { name } = z.strictObject({ name: z.string(), parent: z.string().optional() }).parse(args);
    const { teams } = await client.get<{ teams: readonly Team[] }>(`teams?query=${encodeURIComponent(name)}`);
    const team = teams.find((candidate) => candidate.name === name);
    if (!team) throw new Error(`PagerDuty has no team with the name ${name}`);
    return { id: team.id, name, description: team.description ?? "", parent: team.parent?.id };
  };
}
