import { z } from "zod";
import type { Properties } from "../../../../toolkit/property-values.ts";
import type { RestClient } from "../../shared/rest/client.ts";
import { handler } from "../../shared/rest/handler.ts";
import { liveInputs } from "../../shared/rest/live-inputs.ts";
import { camelCaseKeys, snakeCaseKeys } from "../../shared/rest/text.ts";

const COLLECTION = "logs/config/pipelines";

const base = { name: z.string().optional(), isEnabled: z.boolean().default(false) };
const sources = z.array(z.string().min(1, "must not be empty")).min(1, "must name an attribute");
const remapper = z.strictObject({ ...base, sources }).optional();
const attributeOrTag = z.enum(["attribute", "tag"], "must be attribute or tag");
const refused = z
  .undefined("is not offered by the local stand-in: the local Datadog keeps no such processor")
  .optional();

/** Of which each entry of `processors` has exactly one. */
const processorShape = {
  arithmeticProcessor: z
    .strictObject({
      ...base,
      expression: z.string().min(1, "must not be empty"),
      target: z.string().min(1, "must not be empty"),
      isReplaceMissing: z.boolean().default(false),
    })
    .optional(),
  attributeRemapper: z
    .strictObject({
      ...base,
      sources,
      sourceType: attributeOrTag,
      target: z.string().min(1, "must not be empty"),
      targetType: attributeOrTag,
      targetFormat: z
        .enum(["auto", "string", "integer", "double"], "must be one of auto, string, integer, double")
        .optional(),
      preserveSource: z.boolean().default(false),
      overrideOnConflict: z.boolean().default(false),
    })
    .optional(),
  dateRemapper: remapper,
  messageRemapper: remapper,
  serviceRemapper: remapper,
  statusRemapper: remapper,
  traceIdRemapper: remapper,
  arrayMapProcessor: refused,
  arrayProcessor: refused,
  categoryProcessor: refused,
  decoderProcessor: refused,
  excludeAttributeProcessor: refused,
  geoIpParser: refused,
  grokParser: refused,
  lookupProcessor: refused,
  pipeline: refused,
  referenceTableLookupProcessor: refused,
  schemaProcessor: refused,
  spanIdRemapper: refused,
  stringBuilderProcessor: refused,
  urlParser: refused,
  userAgentParser: refused,
};

const processor = z
  .strictObject(processorShape)
  .refine((given) => Object.values(given).filter((each) => each !== undefined).length === 1, {
    message: "must have exactly one processor",
  });

export const inputs = z.strictObject({
  name: z.string().min(1, "can't be blank"),
  description: z.string().optional(),
  filters: z.array(z.strictObject({ query: z.string() })).length(1, "must hold one filter"),
  isEnabled: z.boolean().default(false),
  processors: z.array(processor).optional(),
  tags: z.array(z.string()).optional(),
});

type Inputs = z.output<typeof inputs>;

interface Live extends Properties {
  readonly id: string;
  readonly filter: { readonly query: string };
  readonly processors: readonly Properties[];
}

/** `dateRemapper` is the type `date-remapper`. */
function toBody({ filters: [filter], processors = [], ...given }: Inputs): object {
  return {
    ...(snakeCaseKeys(given) as object),
    filter,
    processors: processors.flatMap((entry) =>
      Object.entries(entry).flatMap(([kind, settings]) =>
        settings === undefined
          ? []
          : [
              {
                ...(snakeCaseKeys(settings) as object),
                type: kind.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
              },
            ],
      ),
    ),
  };
}

function toInputs({ filter, processors, ...live }: Live): Properties {
  const { name, description, isEnabled, tags } = camelCaseKeys(live) as Properties;
  return {
    name,
    description,
    isEnabled,
    tags,
    filters: [{ query: filter.query }],
    processors: processors.map(({ type, ...settings }) => ({
      [String(type).replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())]:
        camelCaseKeys(settings),
    })),
  };
}

export function logsCustomPipeline(client: RestClient) {
  return handler<typeof inputs>({
    inputs,
    replaceOn: [],
    async create(given) {
      const { id } = await client.post<Live>(COLLECTION, toBody(given));
      return { id, outputs: {} };
    },
    async read(id, last) {
      const live = await client.find<Live>(`${COLLECTION}/${id}`);
      if (live === undefined) return undefined;
      const unset = { description: "" };
      return { inputs: liveInputs(toInputs(live), last.inputs, { unset }), outputs: {} };
    },
    async update(id, given) {
      await client.put(`${COLLECTION}/${id}`, toBody(given));
      return {};
    },
    async delete(id) {
      await client.remove(`${COLLECTION}/${id}`);
    },
  });
}
