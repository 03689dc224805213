/** Sentry: by slug; a key by its name in its project. */
import { z } from "zod";
import { getPages } from "../../../components/shared/json-api.ts";
import type { Enabled } from "../../../settings/schema.ts";
import { by, type Finders, isNamed, type Search } from "../finder.ts";

function list<Schema extends z.ZodType>({ settings, secrets, signal }: Search, item: Schema, path: string) {
  const { apiUrl } = settings.sentry as Enabled<"sentry">;
  const headers = { Authorization: `Bearer ${secrets["sentry.token"] ?? ""}` };
  return getPages(item, `${apiUrl ?? "https://sentry.io/api/"}0/${path}/`, { headers, signal });
}

const key = z.object({ id: z.string(), name: z.string() });

/** What is known by its slug in the organization: its provider says whether it is there. */
const slugged = by(["organization", "slug"], ({ organization, slug }) => ({
  ids: [`${organization}/${slug}`],
}));

export const sentryFinders: Finders = {
  "sentry:index/sentryTeam:SentryTeam": slugged,
  "sentry:index/sentryProject:SentryProject": slugged,
  "sentry:index/sentryKey:SentryKey": by(
    ["organization", "project", "name"],
    async ({ organization, project, name }, _planned, search) => {
      const all = await list(search, key, `projects/${organization}/${project}/keys`);
      const ids = all.filter((item) => isNamed(item.name, name)).map(({ id }) => id);
      const others = all.filter((item) => !isNamed(item.name, name)).map((item) => item.name);
      return {
        ids: ids.map((id) => `${organization}/${project}/${id}`),
        ...(others.length > 0 && { note: `other keys stay, and go on taking events: ${others.join(", ")}` }),
      };
    },
  ),
};
