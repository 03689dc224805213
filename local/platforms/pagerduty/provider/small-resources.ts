/** Team, BusinessService and ServiceDependency. */
import { z } from "zod";
import type { RestClient } from "../../shared/rest/client.ts";
import { handler } from "../../shared/rest/handler.ts";
import { description, id, name, oneOf } from "./inputs.ts";
import { collectionResource, idOf, reference } from "./resource.ts";

export function team(client: RestClient) {
  return collectionResource(client, {
    inputs: z.strictObject({ name, description, parent: id.optional() }),
    plural: "teams",
    singular: "team",
    toBody: ({ description, parent }) => ({ description, parent: reference("team", parent) ?? null }),
    toInputs: (live) => ({ parent: idOf(live["parent"]) }),
  });
}

export function businessService(client: RestClient) {
  return collectionResource(client, {
    inputs: z.strictObject({
      name,
      description,
      pointOfContact: z.string().optional(),
      team: id.optional(),
      type: oneOf("business_service").optional(),
    }),
    plural: "business_services",
    singular: "business_service",
    computed: ["type"],
    toBody: ({ description, pointOfContact, team }) => ({
      description,
      point_of_contact: pointOfContact ?? null,
      team: team === undefined ? null : { id: team },
    }),
    toInputs: (live) => ({
      pointOfContact: live["point_of_contact"],
      team: idOf(live["team"]),
      type: live["type"],
    }),
    toOutputs: (live) => ({
      htmlUrl: live.html_url,
      self: live["self"],
      summary: live["summary"],
      type: live["type"],
    }),
  });
}

const end = z.strictObject({ id, type: oneOf("business_service", "service") });
const ends = z.array(end).length(1, "must name one service");

const dependencyInputs = z.strictObject({
  dependency: z.strictObject({
    dependentServices: ends,
    supportingServices: ends,
    type: z.string().optional(),
  }),
});

type Dependency = z.output<typeof dependencyInputs>["dependency"];
type Answer = { readonly relationships: readonly { readonly id: string }[] };

export function serviceDependency(client: RestClient) {
  return handler<typeof dependencyInputs>({
    inputs: dependencyInputs,
    replaceOn: ["dependency"],
    async create({ dependency }) {
      const made = await client.post<Answer>("service_dependencies/associate", relationship(dependency));
      return { id: made.relationships[0]?.id ?? "", outputs: {} };
    },
    async read(dependencyId, { inputs }) {
      const [dependent] = inputs.dependency.dependentServices;
      const kind = dependent?.type === "service" ? "technical_services" : "business_services";
      const answer = await client.get<Answer>(`service_dependencies/${kind}/${dependent?.id}`);
      const isThere = answer.relationships.some((found) => found.id === dependencyId);
      return isThere ? { inputs, outputs: {} } : undefined;
    },
    async update() {
      return {};
    },
    async delete(_id, { inputs }) {
      await client.post("service_dependencies/disassociate", relationship(inputs.dependency));
    },
  });
}

function relationship({ dependentServices, supportingServices }: Dependency): object {
  return {
    relationships: [{ dependent_service: dependentServices[0], supporting_service: supportingServices[0] }],
  };
}
