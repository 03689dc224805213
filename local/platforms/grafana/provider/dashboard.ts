import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Properties } from "../../../../toolkit/property-values.ts";
import { handler } from "../../shared/rest/handler.ts";
import { liveInputs } from "../../shared/rest/live-inputs.ts";
import { jsonObject } from "../../shared/rest/text.ts";
import { type Grafana, uidOf } from "./client.ts";
import { orgId, UID } from "./inputs.ts";

type Model = Properties;

const configJson = jsonObject.superRefine((text, context) => {
  const refuse = (message: string) => context.addIssue({ code: "custom", message });
  const { title, uid, dashboard } = parse(text);
  if (typeof dashboard === "object")
    refuse('must be the bare model, without the {"dashboard": ...} around it');
  else if (typeof title !== "string" || title.trim() === "") refuse("must hold a title");
  if (uid === undefined) return;
  if (typeof uid !== "string" || !UID.test(uid)) refuse("its uid must be letters, digits, - and _");
  else if (uid.length > 40) refuse("its uid must have at most 40 characters");
});

const inputs = z.strictObject({
  configJson,
  folder: z.string().optional(),
  message: z.string().optional(),
  overwrite: z.boolean().optional(),
  orgId,
});

type Inputs = z.output<typeof inputs>;

interface Live {
  readonly meta: { readonly url: string; readonly folderUid?: string };
  readonly dashboard: Model & { readonly id: number; readonly uid: string; readonly version: number };
}

type Saved = { readonly uid: string };

export function dashboard(grafana: Grafana) {
  const outputs = ({ meta, dashboard }: Live, orgId: string | undefined): Properties => ({
    uid: dashboard.uid,
    dashboardId: dashboard.id,
    version: dashboard.version,
    url: `${grafana.url}${meta.url}`,
    orgId: grafana.orgIdOf(orgId),
  });
  const save = async (given: Inputs, model: Model, overwrite: boolean): Promise<Live> => {
    const api = grafana.api(given.orgId);
    const { folder = "", message = "" } = given;
    const command = { dashboard: model, folderUid: uidOf(folder), message, overwrite };
    const { uid } = await api.post<Saved>("dashboards/db", command);
    return api.get<Live>(`dashboards/uid/${uid}`);
  };

  return handler<typeof inputs>({
    inputs,
    replaceOn: ["orgId"],
    // Another uid is another dashboard.
    replacing: (before, after) =>
      uidIn(before["configJson"]) === uidIn(after["configJson"]) ? [] : ["configJson"],
    writeOnly: ["message", "overwrite"],
    async create(given) {
      const live = await save(given, without(parse(given.configJson), "id"), given.overwrite ?? false);
      return { id: grafana.resourceId(given.orgId, live.dashboard.uid), outputs: outputs(live, given.orgId) };
    },
    taken: (id) => ({ id, outputs: { uid: uidOf(id) } }),
    async read(_id, last) {
      const { orgId } = last.inputs;
      const live = await grafana.api(orgId).find<Live>(`dashboards/uid/${last.outputs["uid"]}`);
      if (live === undefined) return undefined;
      const found = { configJson: configOf(live, last.inputs), folder: folderOf(live, last.inputs), orgId };
      return {
        inputs: liveInputs(found, last.inputs, { unset: { folder: "" } }),
        outputs: outputs(live, orgId),
      };
    },
    async update(_id, given, last) {
      // The numeric id lets Grafana find the dashboard even where its uid is to change.
      const model = { ...parse(given.configJson), id: last.outputs["dashboardId"] };
      return outputs(await save(given, model, true), given.orgId);
    },
    async delete(_id, last) {
      await grafana.api(last.inputs.orgId).remove(`dashboards/uid/${last.outputs["uid"]}`);
    },
  });
}

function uidIn(configJson: unknown): unknown {
  return typeof configJson === "string" ? parse(configJson)["uid"] : undefined;
}

/** The last text where it means the same model, else the live one. */
function configOf(live: Live, last: Inputs): string {
  if (last.configJson === undefined) return JSON.stringify(normalised(live.dashboard));
  const configured = parse(last.configJson);
  const model = configured["uid"] === undefined ? without(live.dashboard, "uid") : live.dashboard;
  const found = normalised(model);
  return isDeepStrictEqual(found, normalised(configured)) ? last.configJson : JSON.stringify(found);
}

function folderOf({ meta: { folderUid = "" } }: Live, { folder = "" }: Inputs): string {
  return uidOf(folder) === folderUid ? folder : folderUid;
}

/** What Grafana numbers by itself left out: the dashboard's id and version, and the ids of its panels. */
function normalised(model: Model): Model {
  const { panels } = model;
  const bare = without(model, "id", "version");
  return Array.isArray(panels)
    ? { ...bare, panels: panels.map((panel: Model) => without(panel, "id")) }
    : bare;
}

function without(model: Model, ...names: readonly string[]): Model {
  return Object.fromEntries(Object.entries(model).filter(([name]) => !names.includes(name)));
}

function parse(text: string): Model {
  return JSON.parse(text) as Model;
}
