import {
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  TagOpenIDConnectProviderCommand,
  UntagOpenIDConnectProviderCommand,
} from "@aws-sdk/client-iam";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed } from "../handler.ts";
import { refused, tags, text } from "../schema.ts";
import { changeTags, tagList, tagRecord } from "../tags.ts";

function schema(connection: Connection) {
  return z.strictObject({
    clientIdLists: z.array(text(1, 255)).min(1).max(100),
    tags: tags(connection.defaultTags),
    thumbprintLists: refused("AWS trusts known issuers by their certificate authority"),
    url: z.string().regex(/^https:\/\/[^\s/?#]+(\/[^\s?#]*)?$/, "must be an https address without a query"),
  });
}

/** An issuer of tokens that roles may trust. Its id is its ARN; an account has one for each address. */
export function openIdConnectProvider(connection: Connection) {
  const iam = () => connection.client("iam");
  const find = (OpenIDConnectProviderArn: string) =>
    unlessMissing(iam().send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn })));

  return handler({
    inputs: schema(connection),
    replaceOn: ["clientIdLists", "url"],
    deleteBeforeReplace: true,

    async create(inputs) {
      const { OpenIDConnectProviderArn: arn = "" } = await iam().send(
        new CreateOpenIDConnectProviderCommand({
          Url: inputs.url,
          ClientIDList: inputs.clientIdLists,
          Tags: tagList(inputs.tags),
        }),
      );
      return { id: arn, outputs: { arn, tagsAll: inputs.tags ?? {} } };
    },

    async read(id, last) {
      const live = await find(id);
      if (live === undefined) return undefined;
      const tagsNow = tagRecord(live.Tags);
      const inputs = {
        url: last.inputs.url ?? `https://${live.Url}`,
        clientIdLists: live.ClientIDList ?? [],
        tags: tagsNow,
      };
      return { inputs: observed(last.inputs, inputs), outputs: { arn: id, tagsAll: tagsNow } };
    },

    async update(id, inputs) {
      const live = await find(id);
      const OpenIDConnectProviderArn = id;
      await changeTags(tagRecord(live?.Tags), inputs.tags, {
        remove: (TagKeys) =>
          iam().send(new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, TagKeys })),
        add: (added) =>
          iam().send(new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, Tags: tagList(added) })),
      });
      return { arn: id, tagsAll: inputs.tags ?? {} };
    },

    async delete(OpenIDConnectProviderArn) {
      await unlessMissing(iam().send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn })));
    },
  });
}
