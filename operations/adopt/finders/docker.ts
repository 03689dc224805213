/** Docker: by name. An image is no object of its own: pulling it again changes nothing. */
import { request } from "node:http";
import { z } from "zod";
import type { Enabled } from "../../../settings/schema.ts";
import { parseJson } from "../../../toolkit/json.ts";
import { by, type Finder, type Finders, guess, type Planned, type Search, type Seen } from "../finder.ts";

const labels = z.record(z.string(), z.string()).nullish();
const containers = z.array(
  z.object({
    Id: z.string(),
    Labels: labels,
    Names: z.array(z.string()),
    Ports: z.array(z.object({ PublicPort: z.number().optional() })),
  }),
);
const networks = z.array(z.object({ Id: z.string(), Name: z.string(), Labels: labels }));

/** What Docker Compose has made, it makes again and removes again. */
const COMPOSE = "com.docker.compose.project";

function ofCompose(all: readonly { readonly Labels?: z.output<typeof labels> }[]): Pick<Seen, "conflict"> {
  const project = all.flatMap(({ Labels }) => Labels?.[COMPOSE] ?? [])[0];
  if (project === undefined) return {};
  return { conflict: `Docker Compose's project ${project} has it: docker compose -p ${project} down first` };
}

/** What the engine answers; undefined where nothing answers there, or by ssh: then its provider is asked by name. */
function ask<Schema extends z.ZodType>(
  { settings, signal }: Search,
  schema: Schema,
  path: string,
): Promise<z.output<Schema> | undefined> {
  const { dockerHost } = settings.metrics as Enabled<"metrics">;
  const [, scheme, address = ""] = /^(unix|tcp):\/\/(.+)$/.exec(dockerHost) ?? [];
  if (scheme === undefined) return Promise.resolve(undefined);
  const { hostname, port } = new URL(`http://${scheme === "tcp" ? address : "engine"}`);
  const place = scheme === "unix" ? { socketPath: address } : { hostname, port };
  return new Promise((resolve, reject) => {
    const asked = request({ ...place, path, signal }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part)).on("error", reject);
      response.on("end", () => {
        const answer = schema.safeParse(parseJson(Buffer.concat(parts).toString()));
        if (answer.success) resolve(answer.data);
        else reject(new Error(`The Docker Engine at ${dockerHost} answered ${path} in an unexpected form`));
      });
    });
    asked.on("error", () => resolve(undefined)).end();
  });
}

const network = by(["name"], async ({ name }, _planned, search) => {
  const all = await ask(search, networks, "/networks");
  if (all === undefined) return guess(name);
  const same = all.filter(({ Name }) => Name === name);
  return { ids: same.map(({ Id }) => Id), ...ofCompose(same) };
});

/** Its ports must be free, or its own. */
const container: Finder = by(["name"], async ({ name }, planned, search) => {
  const all = await ask(search, containers, "/containers/json?all=true");
  if (all === undefined) return guess(name);
  const isOurs = ({ Names }: (typeof all)[number]) => Names.includes(`/${name}`);
  const wanted = publishedBy(planned);
  const holder = all.find(
    (other) => !isOurs(other) && other.Ports.some((port) => wanted.has(port.PublicPort)),
  );
  const ports = holder?.Ports.flatMap(({ PublicPort }) => (wanted.has(PublicPort) ? [PublicPort] : []));
  const held = `the container ${holder?.Names[0]?.slice(1)} has its port ${ports?.[0]}: stop that one first`;
  const ours = all.filter(isOurs);
  return { ids: ours.map(({ Id }) => Id), ...ofCompose(ours), ...(holder && { conflict: held }) };
});

function publishedBy({ inputs }: Planned): ReadonlySet<unknown> {
  const ports = Array.isArray(inputs["ports"]) ? inputs["ports"] : [];
  return new Set(ports.map((port: { external?: unknown }) => port.external));
}

export const dockerFinders: Finders = {
  "docker:index/container:Container": container,
  "docker:index/network:Network": network,
  "docker:index/volume:Volume": by(["name"], ({ name }) => guess(name)),
};
