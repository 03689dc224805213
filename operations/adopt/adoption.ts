/**
 * What of a stack is on its platforms already, taken over into a copy of its state: one by one as it gets known, since
 * what a service is known by may be the id of its policy.
 */
import { writeFile } from "node:fs/promises";
import { stripVTControlCharacters } from "node:util";
import { withoutKeys } from "../../settings/known-keys.ts";
import { messageOf } from "../../toolkit/error-message.ts";
import { type EngineEvent, withEvents } from "../pulumi/events.ts";
import { type Choices, choose, isMade, refuseUnknown } from "./choices.ts";
import { cloudFormationStacks } from "./cloudformation.ts";
import type { Planned, Search, Seen } from "./finder.ts";
import { finders, leftToUp } from "./finders/index.ts";
import { alreadyIn, managerOf } from "./others.ts";
import { type Change, outcomesIn } from "./outcomes.ts";
import { type Entry, preview } from "./planned.ts";
import { fileIn, type Scratch } from "./scratch.ts";

/** What becomes of one resource. */
export interface Row {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** `up`: nothing to import, and nothing made twice. */
  readonly action: "adopt" | "make" | "conflict" | "up";
  /** By what its provider imports it. */
  readonly id?: string;
  /** What the next `up` changes on it. */
  readonly changes?: readonly Change[];
  /** Why it is a conflict, or what else to know. */
  readonly note?: string;
}

export interface Adoption {
  readonly rows: readonly Row[];
  /** The engine's import file: all that is adopted, with its components and providers. */
  readonly entries: readonly Entry[];
  /** What the program keeps secret of them, by URN: a platform answers it in clear. */
  readonly secrets: ReadonlyMap<string, readonly string[]>;
}

export interface AdoptionOptions extends Choices {
  /** Provider inputs that are not known before their server is there, by the type of the provider. */
  readonly known: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly report: (line: string) => void;
}

/** Of reading something that is not there. */
const ABSENT =
  /does not exist|not found|no longer exists|non-existent|could ?n[o']t find|could not be found/i;

/** Rounds after which what is known no longer grows. One is for each step from a service to what hangs on it. */
const MOST_ROUNDS = 8;

export async function adoption(
  scratch: Scratch,
  search: Search,
  options: AdoptionOptions,
): Promise<Adoption> {
  const seen: Known = {
    ...{ entries: new Map(), absent: new Set(), conflicts: new Map() },
    ...{ notes: new Map(), secrets: new Map() },
  };
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const count = await takeOver(scratch, search, options, seen);
    options.report(`round ${round}: ${count} are there`);
    if (count === 0) break;
  }
  return summary(scratch, search, seen, options);
}

/** What the rounds have found out, by URN. */
interface Known {
  readonly entries: Map<string, Entry>;
  readonly absent: Set<string>;
  /** Why. */
  readonly conflicts: Map<string, string>;
  /** Of what is adopted. */
  readonly notes: Map<string, string>;
  readonly secrets: Map<string, readonly string[]>;
}

/** Takes over what is known well enough by now to be looked for. Returns how many. */
async function takeOver(
  scratch: Scratch,
  search: Search,
  { known, report, ...choices }: AdoptionOptions,
  { entries, absent, conflicts, notes, secrets }: Known,
): Promise<number> {
  const { planned, providers, names } = await preview(scratch);
  refuseUnknown(names, choices);
  const isOpen = ({ urn, type, name }: Planned) =>
    type in finders && !isMade(name, choices) && !absent.has(urn) && !conflicts.has(urn);
  const open = planned.filter(isOpen);
  report(`looking for ${open.length} resources`);
  const seen = await lookAll(open, search);
  const wanted = open.flatMap((resource) => {
    const { ids, conflict, isGuess } = choose(resource, seen.get(resource.urn), choices);
    if (conflict !== undefined) conflicts.set(resource.urn, conflict);
    const [id] = ids;
    return conflict === undefined && id !== undefined ? [{ resource, id, isGuess }] : [];
  });
  if (wanted.length === 0) return 0;
  const file = importEntries(wanted, planned, completed(providers, known));
  const { imported, failures } = await importAll(scratch, file);
  for (const entry of file) if (imported.has(entry.name)) entries.set(entry.name, entry);
  for (const { resource } of wanted) {
    secrets.set(resource.urn, resource.secrets);
    const note = seen.get(resource.urn)?.note;
    if (note !== undefined) notes.set(resource.urn, note);
  }
  for (const [urn, failure] of failures) {
    if (imported.has(urn)) continue;
    // What was seen, or named by a person, is there, whatever its provider says: it would be made a second time.
    const isGuess = wanted.some(({ resource, isGuess }) => resource.urn === urn && isGuess);
    if (ABSENT.test(failure) && isGuess) absent.add(urn);
    else conflicts.set(urn, `it can't be read: ${failure}`);
  }
  return wanted.filter(({ resource: { urn } }) => imported.has(urn)).length;
}

/** How many are looked for at once: within what every vendor allows. */
const AT_ONCE = 8;

async function lookAll(open: readonly Planned[], search: Search): Promise<ReadonlyMap<string, Seen>> {
  const seen = new Map<string, Seen>();
  const queue = open.values();
  const worker = async (): Promise<void> => {
    for (const planned of queue) seen.set(planned.urn, await look(planned, search));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return seen;
}

async function look(planned: Planned, search: Search): Promise<Seen> {
  try {
    return (await finders[planned.type]?.(planned, search)) ?? { ids: [] };
  } catch (error) {
    return { ids: [], conflict: `its platform can't be asked: ${withoutKeys(messageOf(error))}` };
  }
}

/** What is found, with the components and providers that it needs and the state lacks. */
function importEntries(
  found: readonly { readonly resource: Planned; readonly id: string }[],
  planned: readonly Planned[],
  providers: readonly Entry[],
): Entry[] {
  const byUrn = new Map(planned.map((resource) => [resource.urn, resource]));
  const needed = new Map<string, Entry>();
  const need = (urn: string | undefined): void => {
    const resource = urn === undefined ? undefined : byUrn.get(urn);
    if (resource === undefined || needed.has(resource.urn)) return;
    const { type, name, parent } = resource;
    if (type.startsWith("pulumi:providers:")) {
      const provider = providers.find(
        (entry) => entry.type === type && (entry.logicalName ?? entry.name) === name,
      );
      needed.set(resource.urn, { ...provider, type, name: resource.urn, logicalName: name });
    } else {
      need(parent);
      needed.set(resource.urn, {
        ...{ type, name: resource.urn, logicalName: name, component: true },
        ...(parent !== undefined && { parent }),
      });
    }
  };
  const entries = found.map(({ resource: { urn, type, name, parent, provider }, id }) => {
    need(parent);
    need(provider);
    return {
      ...{ type, name: urn, logicalName: name, id },
      ...(parent !== undefined && { parent }),
      ...(provider !== undefined && { provider }),
    };
  });
  return [...needed.values(), ...entries];
}

/** Providers of which an input is known to the stack's settings already. */
export function completed(providers: readonly Entry[], known: AdoptionOptions["known"]): readonly Entry[] {
  return providers.map((entry) => ({ ...entry, inputs: { ...known[entry.type], ...entry.inputs } }));
}

/** As the engine takes it: what is in the state already is named by its URN. */
export function importFile(entries: readonly Entry[]): object {
  const own = new Set(entries.map(({ name }) => name));
  const others = entries.flatMap(({ parent, provider }) =>
    [parent, provider].filter((urn) => urn !== undefined && !own.has(urn)),
  );
  return { nameTable: Object.fromEntries(others.map((urn) => [urn, urn])), resources: entries };
}

/** Reads all of them into the copy's state. What can't be read is told by its URN. */
async function importAll({ pulumi, folder, ...scratch }: Scratch, entries: readonly Entry[]) {
  const file = fileIn(folder, "import");
  await writeFile(file, JSON.stringify(importFile(entries)), { mode: 0o600 });
  const args = [
    "import",
    "--file",
    file,
    "--yes",
    "--skip-preview",
    "--generate-code=false",
    "--protect=false",
  ];
  const { code, stderr, events } = await withEvents(pulumi, [...args, "--suppress-outputs"], {
    log: fileIn(folder, "events"),
  });
  const failures = failuresIn(events);
  const { deployment } = await scratch.exported();
  const imported = new Set(deployment?.resources?.map(({ urn }) => urn));
  if (code !== 0 && failures.size === 0)
    for (const { name } of entries) failures.set(name, withoutKeys(stderr.trim()));
  return { imported, failures };
}

function failuresIn(events: readonly EngineEvent[]): Map<string, string> {
  const failures = new Map<string, string>();
  for (const { diagnosticEvent: event } of events) {
    if (event?.severity !== "error" || !event.urn) continue;
    failures.set(event.urn, withoutKeys(stripVTControlCharacters(event.message).trim()));
  }
  return failures;
}

/** What a second look at the copy says: what an `up` would do to what was found. */
async function summary(
  scratch: Scratch,
  search: Search,
  { entries, conflicts, notes, secrets }: Known,
  { chosen, report }: Pick<AdoptionOptions, "chosen" | "report">,
): Promise<Adoption> {
  const { planned, events } = await preview(scratch);
  const { deployment } = await scratch.exported();
  const cloudFormation = entries.size === 0 ? new Map<string, string>() : await stacksOf(search, report);
  const marks = { environment: search.settings.environment, cloudFormation };
  const resources = new Map(deployment?.resources?.map((resource) => [resource.urn, resource]));
  const seen = await lookAll(
    planned.filter(({ type }) => type in finders),
    search,
  );
  const made = planned
    .filter(({ type, provider }) => provider !== undefined && !type.startsWith("pulumi:providers:"))
    .map((resource): Row => notAdopted(resource, conflicts.get(resource.urn), seen.get(resource.urn)?.note));
  const outcomes = outcomesIn(events, secrets);
  const adopted = [...entries.values()].flatMap((entry): Row[] => {
    if (entry.id === undefined) return [];
    const outcome = outcomes.get(entry.name);
    const row = { ...{ urn: entry.name, type: entry.type, name: entry.logicalName ?? "" }, id: entry.id };
    const changes = outcome?.changes ?? [];
    const found = resources.get(entry.name);
    const holder = alreadyIn(resources.values(), found);
    const manager = chosen.has(row.name) ? undefined : managerOf(found, marks);
    const conflict = outcome?.replaced ? replacedFor(changes) : (holder ?? manager);
    if (conflict !== undefined) return [{ ...row, action: "conflict", changes, note: conflict }];
    const note = notes.get(entry.name);
    return [{ ...row, action: "adopt", changes, ...(note !== undefined && { note }) }];
  });
  // Whoever imports them by hand is to have nothing replaced either.
  const refused = new Set(adopted.filter(({ action }) => action === "conflict").map(({ urn }) => urn));
  const kept = [...entries.values()].filter(({ name }) => !refused.has(name));
  return { rows: [...adopted, ...made], entries: kept, secrets };
}

/** A token may lack the right to ask for it, which nothing else here needs. */
async function stacksOf(search: Search, report: AdoptionOptions["report"]) {
  try {
    return await cloudFormationStacks(search);
  } catch (error) {
    const why = withoutKeys(messageOf(error));
    report(`What is CloudFormation's can't be told, which needs tag:GetResources: ${why}`);
    return new Map<string, string>();
  }
}

function replacedFor(changes: readonly Change[]): string {
  return `up would replace it, for ${changes.map(({ property }) => property).join(", ") || "what it hangs on"}`;
}

function notAdopted(
  { urn, type, name }: Planned,
  conflict: string | undefined,
  note: string | undefined,
): Row {
  const row = { urn, type, name };
  if (conflict !== undefined) return { ...row, action: "conflict", note: conflict };
  const taken = leftToUp(type);
  if (taken !== undefined) return { ...row, action: "up", note: taken };
  if (!(type in finders))
    return { ...row, action: "make", note: "nothing looks for it: see whether it is there" };
  return { ...row, action: "make", ...(note !== undefined && { note }) };
}
