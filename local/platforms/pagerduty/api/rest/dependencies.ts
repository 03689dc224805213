/** Which services depend on which. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Reference } from "../bodies.ts";
import { invalid, problems } from "../errors.ts";
import { newId, type Store } from "../model.ts";
import { fail, idOf, missing } from "./request.ts";

const relationships = z.object({
  relationships: z.array(
    z.object({
      supporting_service: z.object({ id: z.string(), type: z.string() }),
      dependent_service: z.object({ id: z.string(), type: z.string() }),
    }),
  ),
});

export function dependencyRoutes(app: FastifyInstance, store: Store): void {
  const { service_dependencies: table } = store.state;
  const given = (request: FastifyRequest) => {
    const { success, data, error } = relationships.safeParse(request.body);
    return success ? data.relationships : fail(invalid(problems(error)));
  };
  app.post("/service_dependencies/associate", async (request) => {
    const made = given(request).map(({ supporting_service, dependent_service }) => ({
      id: newId(),
      type: "service_dependency" as const,
      supporting_service: asReference(supporting_service),
      dependent_service: asReference(dependent_service),
    }));
    const errors = missing(store.state, made);
    if (errors.length > 0) throw invalid(errors);
    for (const dependency of made) table[dependency.id] = dependency;
    store.save();
    return { relationships: made };
  });
  app.post("/service_dependencies/disassociate", async (request) => {
    const pairs = given(request).map((pair) => `${pair.supporting_service.id} ${pair.dependent_service.id}`);
    const gone = Object.values(table).filter((dependency) =>
      pairs.includes(`${dependency.supporting_service.id} ${dependency.dependent_service.id}`),
    );
    for (const { id } of gone) delete table[id];
    store.save();
    return { relationships: gone };
  });
  app.get("/service_dependencies/:kind/:id", async (request) => ({
    relationships: Object.values(table).filter((dependency) =>
      [dependency.supporting_service.id, dependency.dependent_service.id].includes(idOf(request)),
    ),
  }));
}

/** Requests name a technical service `service`, answers `technical_service_reference`; kept is `service_reference`. */
function asReference({ id, type }: { id: string; type: string }): Reference {
  const kind = type.replace(/_reference$/, "").replace("technical_", "");
  return { id, type: `${kind}_reference` };
}
