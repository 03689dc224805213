import { z } from "zod";
import type { Properties } from "../../../../toolkit/property-values.ts";
import { handler } from "../../shared/rest/handler.ts";
import { liveInputs } from "../../shared/rest/live-inputs.ts";
import { jsonObject, nameOr, sameJsonAs } from "../../shared/rest/text.ts";
import { type Grafana, uidOf } from "./client.ts";
import { newUid, oneOf, orgId } from "./inputs.ts";

/** Keys that the provider writes itself. */
const RESERVED = {
  jsonData: ["httpHeaderName", "teamHttpHeaders", "enableSecureSocksProxy", "secureSocksProxyUsername"],
  secureJsonData: ["httpHeaderValue"],
} as const;

function jsonWithout(reserved: readonly string[]) {
  return jsonObject.superRefine((text, context) => {
    for (const key of reserved.filter((name) => text.includes(name))) {
      context.addIssue({ code: "custom", message: `must not hold the reserved key ${key}` });
    }
  });
}

const secureJson = jsonWithout(RESERVED.secureJsonData).refine(
  (text) => z.record(z.string(), z.string()).safeParse(parse(text)).success,
  "must hold texts only",
);

const inputs = z.strictObject({
  type: z.string().min(1, "can't be blank"),
  name: z.string().min(1, "can't be blank").optional(),
  uid: newUid.optional(),
  url: z.string().optional(),
  accessMode: oneOf("proxy", "direct").default("proxy"),
  basicAuthEnabled: z.boolean().default(false),
  basicAuthUsername: z.string().optional(),
  databaseName: z.string().optional(),
  isDefault: z.boolean().default(false),
  username: z.string().optional(),
  jsonDataEncoded: jsonWithout(RESERVED.jsonData).optional(),
  secureJsonDataEncoded: secureJson.optional(),
  httpHeaders: z.record(z.string(), z.string()).optional(),
  privateDataSourceConnectNetworkId: z.string().optional(),
  orgId,
});

type Inputs = z.output<typeof inputs>;

interface DataSource {
  readonly uid: string;
  readonly name: string;
  readonly type: string;
  readonly access: string;
  readonly url: string;
  readonly user: string;
  readonly database: string;
  readonly basicAuth: boolean;
  readonly basicAuthUser: string;
  readonly isDefault: boolean;
  readonly jsonData?: Properties;
}

type Answer = { readonly datasource: DataSource };

const UNSET = { url: "", username: "", databaseName: "", basicAuthUsername: "", jsonDataEncoded: "{}" };

export function dataSource(grafana: Grafana) {
  const outputs = ({ uid, name }: DataSource, orgId: string | undefined): Properties => ({
    uid,
    name,
    orgId: grafana.orgIdOf(orgId),
  });

  return handler<typeof inputs>({
    inputs,
    replaceOn: ["uid", "orgId"],
    // One source must be the default: another one is made it, this one can't be unset.
    hidden: (before, after) =>
      before["isDefault"] === true && after["isDefault"] === false ? ["isDefault"] : [],
    secretOutputs: ["httpHeaders", "secureJsonDataEncoded"],
    // Grafana never answers a secret, and the connection network only exists in Grafana Cloud.
    writeOnly: ["secureJsonDataEncoded", "httpHeaders", "privateDataSourceConnectNetworkId"],
    async create(given, resourceName) {
      const body = { ...bodyOf(given), name: nameOr(given.name, resourceName), uid: given.uid };
      const { datasource } = await grafana.api(given.orgId).post<Answer>("datasources", body);
      return {
        id: grafana.resourceId(given.orgId, datasource.uid),
        outputs: outputs(datasource, given.orgId),
      };
    },
    async read(id, { inputs: last }) {
      const live = await grafana.api(last.orgId).find<DataSource>(`datasources/uid/${uidOf(id)}`);
      if (live === undefined) return undefined;
      const read = liveInputs(found(live, last), last, { computed: ["uid", "name"], unset: UNSET });
      return { inputs: read, outputs: outputs(live, last.orgId) };
    },
    async update(id, given, last) {
      const uid = uidOf(id);
      const body = { ...bodyOf(given), name: given.name ?? last.outputs["name"], uid };
      const { datasource } = await grafana.api(given.orgId).put<Answer>(`datasources/uid/${uid}`, body);
      return outputs(datasource, given.orgId);
    },
    async delete(id, { inputs: { orgId } }) {
      await grafana.api(orgId).remove(`datasources/uid/${uidOf(id)}`);
    },
  });
}

function bodyOf(given: Inputs): object {
  const headers = Object.entries(given.httpHeaders ?? {});
  const numbered = (key: string, part: 0 | 1) =>
    Object.fromEntries(headers.map((header, index) => [`${key}${index + 1}`, header[part]]));
  return {
    type: given.type,
    url: given.url ?? "",
    access: given.accessMode,
    basicAuth: given.basicAuthEnabled,
    basicAuthUser: given.basicAuthUsername ?? "",
    database: given.databaseName ?? "",
    user: given.username ?? "",
    isDefault: given.isDefault,
    jsonData: { ...parse(given.jsonDataEncoded), ...numbered("httpHeaderName", 0) },
    secureJsonData: { ...parse(given.secureJsonDataEncoded), ...numbered("httpHeaderValue", 1) },
  };
}

function parse(text = "{}"): Properties {
  return JSON.parse(text) as Properties;
}

function found(live: DataSource, last: Inputs): Properties {
  const { uid, name, type, url, access, user, database, basicAuth, basicAuthUser } = live;
  const jsonData = Object.entries(live.jsonData ?? {}).filter(([key]) => !key.startsWith("httpHeaderName"));
  return {
    ...{ uid, name, type, url, orgId: last.orgId },
    accessMode: access,
    username: user,
    databaseName: database,
    basicAuthEnabled: basicAuth,
    basicAuthUsername: basicAuthUser,
    // Nor is it drift where somebody has made this one the default.
    isDefault: last.isDefault ? live.isDefault : false,
    jsonDataEncoded: sameJsonAs(last.jsonDataEncoded, JSON.stringify(Object.fromEntries(jsonData))),
  };
}
