import {
  AddTagsToResourceCommand,
  CreateDocumentCommand,
  DeleteDocumentCommand,
  GetDocumentCommand,
  RemoveTagsFromResourceCommand,
  UpdateDocumentCommand,
  UpdateDocumentDefaultVersionCommand,
} from "@aws-sdk/client-ssm";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { handler, observed, sameJson } from "../handler.ts";
import { physicalName } from "../names.ts";
import { oneOf, problem, refused, region, tags, text } from "../schema.ts";
import { changeTags, tagList } from "../tags.ts";

/** What the emulator does not report of a document. */
const kind = "document";

/** Bytes that a document may have. */
const CAPACITY = 65_536;

function schema(connection: Connection) {
  return z
    .strictObject({
      name: z
        .string()
        .regex(/^[\w.-]{3,128}$/, "must have 3 to 128 letters, digits and _ - .")
        .optional(),
      content: text(1, CAPACITY),
      documentType: oneOf(["Command", "Automation", "Policy", "Session", "Package"]),
      documentFormat: oneOf(["JSON", "YAML", "TEXT"]).default("JSON"),
      targetType: z
        .string()
        .regex(/^\/[\w.\-:/]*$/, "must be such as /AWS::EC2::Instance, or / for all")
        .optional(),
      versionName: z
        .string()
        .regex(/^[\w.-]{1,128}$/, "must have 1 to 128 letters, digits and _ - .")
        .optional(),
      attachmentsSources: refused("the emulator keeps no attachments"),
      permissions: refused("the emulator shares no documents"),
      region: region().optional(),
      tags: tags(connection.defaultTags),
    })
    .superRefine((inputs, context) => {
      if (/^(aws|amazon|amzn)/i.test(inputs.name ?? "")) {
        problem(context, "name", "must not begin with aws, amazon or amzn, which AWS keeps for itself");
      }
      if (inputs.documentFormat === "JSON" && inputs.documentType === "Command") {
        const complaint = commandProblem(inputs.content);
        if (complaint) problem(context, "content", complaint);
      }
    });
}

const command = z.looseObject({
  schemaVersion: z.enum(["1.2", "2.0", "2.2"]),
  mainSteps: z
    .array(z.looseObject({ action: z.string().regex(/^aws:\w+$/), name: z.string().regex(/^[\w-]+$/) }))
    .min(1),
});

/** Why a document of commands would be refused. */
function commandProblem(content: string): string | undefined {
  try {
    const { error } = command.safeParse(JSON.parse(content));
    const [issue] = error?.issues ?? [];
    return issue && `is no document of commands: ${issue.path.join(".")}: ${issue.message}`;
  } catch {
    return "must be valid JSON, as documentFormat says";
  }
}

type Inputs = z.output<ReturnType<typeof schema>>;

export function ssmDocument(connection: Connection) {
  const ssm = (inputs: Inputs) => connection.client("ssm", inputs.region);
  const key = (inputs: Inputs, name: string) => `${inputs.region ?? connection.region} ${name}`;

  async function find(Name: string, inputs: Inputs) {
    try {
      return await ssm(inputs).send(new GetDocumentCommand({ Name, DocumentVersion: "$LATEST" }));
    } catch (error) {
      if (error instanceof Error && error.name === "InvalidDocument") return undefined;
      throw error;
    }
  }

  async function outputs(name: string, inputs: Inputs) {
    const place = inputs.region ?? connection.region;
    const { accountId } = await connection.caller();
    const version = (await find(name, inputs))?.DocumentVersion ?? "1";
    return {
      name,
      arn: `arn:aws:ssm:${place}:${accountId}:document/${name}`,
      owner: accountId,
      defaultVersion: version,
      latestVersion: version,
      documentVersion: version,
      status: "Active",
      region: place,
      tagsAll: inputs.tags ?? {},
    };
  }

  function keep(inputs: Inputs, name: string) {
    const { targetType, versionName, tags: own } = inputs;
    connection.store.set(kind, key(inputs, name), { targetType, versionName, tags: own });
  }

  return handler({
    inputs: schema(connection),
    replaceOn: ["name", "documentType", "region"],
    deleteBeforeReplace: true,

    async create(inputs, logicalName) {
      const Name = physicalName(inputs, logicalName);
      await ssm(inputs).send(
        new CreateDocumentCommand({
          Name,
          Content: inputs.content,
          DocumentType: inputs.documentType,
          DocumentFormat: inputs.documentFormat,
          TargetType: inputs.targetType,
          VersionName: inputs.versionName,
          Tags: tagList(inputs.tags),
        }),
      );
      keep(inputs, Name);
      return { id: Name, outputs: await outputs(Name, inputs) };
    },

    async read(id, last) {
      const live = await find(id, last.inputs);
      if (live === undefined) return undefined;
      const kept = (connection.store.get(kind, key(last.inputs, id)) ?? {}) as Partial<Inputs>;
      return {
        inputs: observed(
          last.inputs,
          {
            ...kept,
            name: id,
            content: live.Content,
            documentType: live.DocumentType as Inputs["documentType"],
            documentFormat: live.DocumentFormat as Inputs["documentFormat"],
            region: last.inputs.region,
          },
          { computed: ["name"], same: { content: sameJson } },
        ),
        outputs: await outputs(id, last.inputs),
      };
    },

    async update(id, inputs, last) {
      if (!sameJson(inputs.content, last.inputs.content)) {
        const made = await ssm(inputs).send(
          new UpdateDocumentCommand({
            Name: id,
            Content: inputs.content,
            DocumentVersion: "$LATEST",
            DocumentFormat: inputs.documentFormat,
          }),
        );
        const DocumentVersion = made.DocumentDescription?.DocumentVersion ?? "1";
        await ssm(inputs).send(new UpdateDocumentDefaultVersionCommand({ Name: id, DocumentVersion }));
      }
      const target = { ResourceType: "Document", ResourceId: id } as const;
      await changeTags(last.inputs.tags ?? {}, inputs.tags, {
        remove: (TagKeys) => ssm(inputs).send(new RemoveTagsFromResourceCommand({ ...target, TagKeys })),
        add: (added) => ssm(inputs).send(new AddTagsToResourceCommand({ ...target, Tags: tagList(added) })),
      });
      keep(inputs, id);
      return outputs(id, inputs);
    },

    async delete(id, last) {
      if ((await find(id, last.inputs)) !== undefined) {
        await ssm(last.inputs).send(new DeleteDocumentCommand({ Name: id }));
      }
      connection.store.delete(kind, key(last.inputs, id));
    },
  });
}
