import { z } from "zod";
import type { Properties } from "../../../../toolkit/property-values.ts";
import type { RestClient } from "../../shared/rest/client.ts";
import { handler } from "../../shared/rest/handler.ts";
import { liveInputs } from "../../shared/rest/live-inputs.ts";
import { nameOr } from "../../shared/rest/text.ts";
import { name, slug, wholeNumber } from "./inputs.ts";

const inputs = z.strictObject({
  organization: slug,
  project: slug,
  name: name(64),
  rateLimitCount: wholeNumber(0, Number.MAX_SAFE_INTEGER, "events").optional(),
  rateLimitWindow: wholeNumber(0, 86_400, "seconds").optional(),
});

type Inputs = z.output<typeof inputs>;

interface Key {
  readonly id: string;
  readonly name: string;
  readonly public: string;
  readonly secret: string;
  readonly projectId: number;
  readonly isActive: boolean;
  readonly rateLimit: { readonly count: number; readonly window: number } | null;
  readonly dsn: { readonly public: string; readonly secret: string; readonly csp: string };
}

export function key(client: RestClient) {
  return handler<typeof inputs>({
    inputs,
    // The official provider only asks the new project for it, which has no such key.
    replaceOn: [],
    computed: ["rateLimitCount", "rateLimitWindow"],
    secretOutputs: ["secret", "dsnSecret"],
    async create(given, resourceName) {
      const made = await client.post<Key>(path(given), body(given, nameOr(given.name, resourceName)));
      return { id: made.id, outputs: outputs(made) };
    },
    // Its id at an import is of three parts.
    taken(id) {
      const [organization = "", project = "", key = ""] = id.split("/");
      return { id: key, inputs: { organization, project } };
    },
    async read(id, { inputs: last }) {
      const live = await client.find<Key>(`${path(last)}${id}/`);
      if (live === undefined) return undefined;
      const found = {
        organization: last.organization,
        project: last.project,
        name: live.name,
        rateLimitCount: live.rateLimit?.count ?? 0,
        rateLimitWindow: live.rateLimit?.window ?? 0,
      };
      const computed = ["name", "rateLimitCount", "rateLimitWindow"];
      return { inputs: liveInputs(found, last, { computed }), outputs: outputs(live) };
    },
    async update(id, given, last) {
      const named = given.name ?? String(last.outputs["name"]);
      return outputs(await client.put<Key>(`${path(given)}${id}/`, body(given, named)));
    },
    async delete(id, { inputs: last }) {
      await client.remove(`${path(last)}${id}/`);
    },
  });
}

function path({ organization, project }: Inputs): string {
  return `projects/${organization}/${project}/keys/`;
}

function body({ rateLimitCount = 0, rateLimitWindow = 0 }: Inputs, named: string): object {
  return { name: named, rateLimit: { count: rateLimitCount, window: rateLimitWindow } };
}

/** With its id, as each official plugin has it among the outputs: Sentry's is the public key. */
function outputs(live: Key): Properties {
  const { id, name, secret, projectId, isActive, dsn } = live;
  return {
    ...{ id, name, public: live.public, secret, projectId, isActive },
    dsnPublic: dsn.public,
    dsnSecret: dsn.secret,
    dsnCsp: dsn.csp,
    rateLimitCount: live.rateLimit?.count ?? 0,
    rateLimitWindow: live.rateLimit?.window ?? 0,
  };
}
