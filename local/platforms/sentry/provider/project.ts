import { z } from "zod";
import type { Properties } from "../../../../toolkit/property-values.ts";
import type { RestClient } from "../../shared/rest/client.ts";
import { handler } from "../../shared/rest/handler.ts";
import { liveInputs } from "../../shared/rest/live-inputs.ts";
import { nameOr } from "../../shared/rest/text.ts";
import { name, newSlug, slug, wholeNumber } from "./inputs.ts";

/** Seconds. Their range is for Sentry to know: the official provider has none. */
const digestDelay = z.int("must be a whole number of seconds").optional();

const inputs = z
  .strictObject({
    organization: slug,
    name: name(200),
    slug: newSlug.optional(),
    team: slug.optional(),
    teams: z.array(slug).min(1, "must name at least one team").optional(),
    platform: z
      .undefined("the official plugin asks docs.sentry.io for it at every preview: set it by other means")
      .optional(),
    resolveAge: wholeNumber(0, Number.MAX_SAFE_INTEGER, "hours").optional(),
    digestsMinDelay: digestDelay,
    digestsMaxDelay: digestDelay,
  })
  .superRefine(({ team, teams }, context) => {
    const given = [team, teams].filter((value) => value !== undefined).length;
    if (given === 1) return;
    const message = given === 0 ? "is required, but missing" : "conflicts with team: give one of them";
    context.addIssue({ code: "custom", path: ["teams"], message });
  });

type Inputs = z.output<typeof inputs>;
type Last = { readonly inputs: Inputs; readonly outputs: Properties };

interface Project {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly platform: string | null;
  readonly teams: readonly { readonly slug: string }[];
  readonly resolveAge: number;
  readonly digestsMinDelay: number;
  readonly digestsMaxDelay: number;
  readonly status: string;
  readonly color: string;
  readonly features: readonly string[];
  readonly isPublic: boolean;
  readonly isBookmarked: boolean;
}

/** Settings that Sentry fills in where the program gives none. */
const COMPUTED = ["name", "slug", "platform", "resolveAge", "digestsMinDelay", "digestsMaxDelay"];

export function project(client: RestClient) {
  return handler<typeof inputs>({
    inputs,
    // The official provider only asks the new organization for it, which has no such project.
    replaceOn: [],
    computed: COMPUTED,
    async create(given, resourceName) {
      const [first, ...others] = teamsOf(given);
      const settings = { ...settingsOf(given), name: nameOr(given.name, resourceName), slug: given.slug };
      const made = await client.post<Project>(`teams/${given.organization}/${first}/projects/`, settings);
      const path = `projects/${given.organization}/${made.slug}/`;
      for (const team of others) await client.post(`${path}teams/${team}/`);
      return { id: made.slug, outputs: outputs(await client.get<Project>(path)) };
    },
    // Its id at an import is of two parts.
    taken(id) {
      const [organization = "", slug = ""] = id.split("/");
      return { id: slug, inputs: { organization }, outputs: { slug } };
    },
    async read(_id, last) {
      const live = await client.find<Project>(pathOf(last));
      if (live === undefined) return undefined;
      return {
        inputs: liveInputs(found(live, last.inputs), last.inputs, { computed: COMPUTED }),
        outputs: outputs(live),
      };
    },
    async update(_id, given, last) {
      const { name = last.outputs["name"], slug = last.outputs["slug"] } = given;
      const changed = await client.put<Project>(pathOf({ ...last, inputs: given }), {
        ...settingsOf(given),
        name,
        slug,
      });
      const path = `projects/${given.organization}/${changed.slug}/`;
      const before = changed.teams.map((team) => team.slug);
      const after = teamsOf(given);
      for (const team of after) if (!before.includes(team)) await client.post(`${path}teams/${team}/`);
      for (const team of before) if (!after.includes(team)) await client.remove(`${path}teams/${team}/`);
      return outputs(await client.get<Project>(path));
    },
    async delete(_id, last) {
      await client.remove(pathOf(last));
    },
  });
}

function teamsOf({ team, teams = [] }: Inputs): readonly string[] {
  return team === undefined ? teams : [team];
}

function settingsOf({ resolveAge, digestsMinDelay, digestsMaxDelay }: Inputs): object {
  return { resolveAge, digestsMinDelay, digestsMaxDelay };
}

function pathOf({ inputs: { organization }, outputs }: Last): string {
  return `projects/${organization}/${outputs["slug"]}/`;
}

function found(live: Project, last: Inputs): Properties {
  const slugs = live.teams.map((team) => team.slug);
  // Teams are a set: the order of the last input is kept for those that are still there.
  const inOrder = [...teamsOf(last).filter((slug) => slugs.includes(slug)), ...slugs];
  const teams = [...new Set(inOrder)];
  const { name, slug, platform, resolveAge, digestsMinDelay, digestsMaxDelay } = live;
  const settings = { name, slug, platform, resolveAge, digestsMinDelay, digestsMaxDelay };
  const byTeam = last.team !== undefined && teams.length === 1 ? { team: teams[0] } : { teams };
  return { organization: last.organization, ...settings, ...byTeam };
}

function outputs(live: Project): Properties {
  const { id, slug, name, platform, resolveAge, digestsMinDelay, digestsMaxDelay } = live;
  const { status, color, features, isPublic, isBookmarked } = live;
  return {
    internalId: id,
    projectId: id,
    ...{ slug, name, platform, resolveAge, digestsMinDelay, digestsMaxDelay },
    ...{ status, color, features, isPublic, isBookmarked },
  };
}
