import { z } from "zod";
import type { Properties } from "../../../../toolkit/property-values.ts";
import type { RestClient } from "../../shared/rest/client.ts";
import { handler } from "../../shared/rest/handler.ts";
import { liveInputs } from "../../shared/rest/live-inputs.ts";
import { nameOr } from "../../shared/rest/text.ts";
import { name, newSlug, slug } from "./inputs.ts";

const inputs = z.strictObject({ organization: slug, name: name(64), slug: newSlug.optional() });

interface Team {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly hasAccess: boolean;
  readonly isMember: boolean;
  readonly isPending: boolean;
}

export function team(client: RestClient) {
  return handler<typeof inputs>({
    inputs,
    // The official provider only asks the new organization for it, which has no such team.
    replaceOn: [],
    async create(given, resourceName) {
      const body = { name: nameOr(given.name, resourceName), slug: given.slug };
      const made = await client.post<Team>(`organizations/${given.organization}/teams/`, body);
      return { id: made.slug, outputs: outputs(made) };
    },
    // Its id at an import is of two parts.
    taken(id) {
      const [organization = "", slug = ""] = id.split("/");
      return { id: slug, inputs: { organization }, outputs: { slug } };
    },
    async read(_id, last) {
      const live = await client.find<Team>(path(last));
      if (live === undefined) return undefined;
      const found = { organization: last.inputs.organization, name: live.name, slug: live.slug };
      return {
        inputs: liveInputs(found, last.inputs, { computed: ["name", "slug"] }),
        outputs: outputs(live),
      };
    },
    async update(_id, given, last) {
      const { name = last.outputs["name"], slug = last.outputs["slug"] } = given;
      return outputs(await client.put<Team>(path({ ...last, inputs: given }), { name, slug }));
    },
    async delete(_id, last) {
      await client.remove(path(last));
    },
  });
}

function path({
  inputs: { organization },
  outputs,
}: {
  inputs: z.output<typeof inputs>;
  outputs: Properties;
}): string {
  return `teams/${organization}/${outputs["slug"]}/`;
}

function outputs({ id, slug, name, hasAccess, isMember, isPending }: Team): Properties {
  return { internalId: id, teamId: id, slug, name, hasAccess, isMember, isPending };
}
