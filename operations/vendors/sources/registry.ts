/** A container registry: which digest a tag has. */
import { z } from "zod";
import { imageReference } from "../../../catalog/images.ts";
import { type Ask, answerOf, type Finding, type Question, type Reliance } from "../reliance.ts";

const token = z.object({ token: z.string() });

/** An index of several platforms, in either of its two forms. */
const ACCEPT =
  "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json";

/** Where an image without a host in its name is, and who lets anybody read it. */
const DOCKER_HUB = {
  host: "registry-1.docker.io",
  tokens: "https://auth.docker.io/token?service=registry.docker.io&",
};

export async function askRegistry(
  { what, file }: Reliance,
  { image }: Extract<Question, { of: "registry" }>,
  ask: Ask,
): Promise<Finding[]> {
  const [first = "", ...rest] = image.repository.split("/");
  const hosted = first.includes(".");
  const repository = hosted ? rest.join("/") : image.repository;
  const { host, tokens } = hosted ? { host: first, tokens: `https://${first}/token?` } : DOCKER_HUB;
  const login = await answerOf(ask, `${tokens}scope=repository:${repository}:pull`);
  const { token: bearer } = token.parse(await login.json());
  const { repository: _, digest, ...tagged } = image;
  const tag =
    imageReference({ repository: image.repository, ...tagged })
      .split(":")
      .at(-1) ?? "";
  const url = `https://${host}/v2/${repository}/manifests/${tag}`;
  const { headers } = await answerOf(ask, url, { authorization: `Bearer ${bearer}`, accept: ACCEPT });
  const published = headers.get("docker-content-digest");
  if (published === null) throw new Error(`${host} gives no digest of ${repository}:${tag}`);
  if (published === digest) return [];
  const text =
    digest === undefined
      ? `has no digest here: pin digest: "${published}", and remove its exemption in policies/config/`
      : `is ${published} now, not ${digest}: the tag was moved, or the digest is another release's`;
  return [{ what, file, text }];
}
