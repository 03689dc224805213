/**
 * `node operations/review/side-program.ts <folder> <stack> <file>`: writes to the file what the program in that
 * folder asks for and renders. A process of its own, since two versions of one program must not meet in one.
 * The code that runs is the folder's; of the settings it sees placeholders for every secret.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type * as alertCatalog from "../../catalog/alerts/index.ts";
import type * as schema from "../../settings/schema.ts";
import type * as settingsFile from "../../settings/settings-file.ts";
import { PROJECT } from "../../settings/stack-name.ts";
import type * as renderer from "../render/index.ts";
import { onTheWire, record } from "./recording.ts";
import type { Side, Threshold } from "./side.ts";

const [folder = "", stack = "", target = ""] = process.argv.slice(2);

const own = async <Module>(path: string): Promise<Module> => (await import(join(folder, path))) as Module;

/** What was looked up on a platform. Nothing is asked of one. */
const lookedUp = { id: "looked-up", internalId: "looked-up" };

async function side(): Promise<Side> {
  const { readConfiguration, readSettings, setPath, SECRET_PLACEHOLDER } =
    await own<typeof settingsFile>("settings/settings-file.ts");
  const { secretKeys } = await own<typeof schema>("settings/schema.ts");
  const configuration = secretKeys.reduce(
    (filled, key) => setPath(filled, key, SECRET_PLACEHOLDER),
    readConfiguration(folder, stack),
  );
  const settings = readSettings(folder, stack);
  const { resources } = await record(
    {
      stack,
      preview: true,
      configuration: Object.fromEntries(
        Object.entries(configuration).map(([key, value]) => [
          `${PROJECT}:${key}`,
          typeof value === "string" ? value : JSON.stringify(value),
        ]),
      ),
      mocks: {
        newResource: ({ inputs }) => ({ id: undefined, state: inputs }),
        call: ({ inputs }) => ({ ...inputs, ...lookedUp }),
      },
    },
    () => own("index.ts"),
  );
  return {
    configuration,
    resources: resources.map((each) => ({
      ...each,
      inputs: onTheWire(each.inputs) as (typeof each)["inputs"],
    })),
    files: (await own<typeof renderer>("operations/render/index.ts")).renderAll(settings),
    thresholds: await thresholds(settings.alertThresholds),
  };
}

async function thresholds(ofStack: alertCatalog.AlertThresholds): Promise<Record<string, Threshold>> {
  const { settableThresholds, thresholdOf } = await own<typeof alertCatalog>("catalog/alerts/index.ts");
  const entries = Object.entries(settableThresholds).flatMap(([name, threshold]) =>
    threshold === undefined
      ? []
      : [[name, { value: thresholdOf({ name, threshold }, ofStack), unit: threshold.unit }] as const],
  );
  return Object.fromEntries(entries);
}

writeFileSync(target, JSON.stringify(await side()));
