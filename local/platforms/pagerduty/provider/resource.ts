import type { z } from "zod";
import type { Properties } from "../../../../toolkit/property-values.ts";
import type { RestClient } from "../../shared/rest/client.ts";
import { type AnyHandler, handler } from "../../shared/rest/handler.ts";
import { liveInputs } from "../../shared/rest/live-inputs.ts";
import { nameOr } from "../../shared/rest/text.ts";

export type ApiObject = Properties & {
  readonly id: string;
  readonly name: string;
  readonly description?: string | null;
  readonly html_url?: string;
};

/** A resource type that is one collection of the API: `POST /teams` with `{"team": {...}}`, and so on. */
export interface CollectionResource<Schema extends z.ZodType<Properties>> {
  readonly inputs: Schema;
  readonly plural: string;
  readonly singular: string;
  /** The object to send, without its name. */
  readonly toBody: (inputs: z.output<Schema>) => object;
  /** The inputs that would give the object, without its name and description. */
  readonly toInputs: (live: ApiObject, last: z.output<Schema>) => Properties;
  /** What the platform adds. Default: nothing but the address of its page. */
  readonly toOutputs?: (live: ApiObject) => Properties;
  readonly computed?: readonly string[];
  readonly unset?: Properties;
  readonly hidden?: (before: Properties, after: Properties) => readonly string[];
  readonly writeOnly?: readonly (keyof z.output<Schema> & string)[];
}

export function collectionResource<Schema extends z.ZodType<Properties & { name?: string | undefined }>>(
  client: RestClient,
  resource: CollectionResource<Schema>,
): AnyHandler {
  const { plural, singular, toBody, toInputs, toOutputs = pageAddress, writeOnly = [] } = resource;
  const computed = ["name", ...(resource.computed ?? [])];
  const envelope = (inputs: z.output<Schema>, name: string) => ({
    [singular]: { type: singular, ...toBody(inputs), name },
  });
  const content = (answer: Properties) => answer[singular] as ApiObject;
  const outputs = (live: ApiObject) => ({ name: live.name, ...toOutputs(live) });

  return handler<Schema>({
    inputs: resource.inputs,
    // Pulumi itself names what the program does not.
    computed: resource.computed ?? [],
    ...(resource.hidden && { hidden: resource.hidden }),
    replaceOn: [],
    writeOnly,
    async create(inputs, resourceName) {
      const made = content(await client.post(plural, envelope(inputs, nameOr(inputs.name, resourceName))));
      return { id: made.id, outputs: outputs(made) };
    },
    async read(id, last) {
      const answer = await client.find<Properties>(`${plural}/${id}`);
      if (answer === undefined) return undefined;
      const live = content(answer);
      // The plugin reads no description as an empty one.
      const found = { name: live.name, ...toInputs(live, last.inputs), description: live.description ?? "" };
      const { unset = {} } = resource;
      return { inputs: liveInputs(found, last.inputs, { computed, unset }), outputs: outputs(live) };
    },
    async update(id, inputs, last) {
      const name = inputs.name ?? String(last.outputs["name"]);
      return outputs(content(await client.put(`${plural}/${id}`, envelope(inputs, name))));
    },
    async delete(id) {
      await client.remove(`${plural}/${id}`);
    },
  });
}

function pageAddress({ html_url: htmlUrl }: ApiObject): Properties {
  return { htmlUrl };
}

export function reference(type: string, id: string | undefined): { id: string; type: string } | undefined {
  return id === undefined ? undefined : { id, type: `${type}_reference` };
}

export function idOf(reference: unknown): string | undefined {
  return (reference as { id?: string } | null | undefined)?.id;
}
