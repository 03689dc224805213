/** Another threshold for an alert, by what really happened: which value, why, and how it is written into a stack's file. */
import { isMap, isScalar, parseDocument, Scalar, type YAMLMap } from "yaml";
import { PROJECT } from "../../settings/stack-name.ts";
import { Failure } from "../../toolkit/failure.ts";
import type { ThresholdRow, ThresholdTable } from "./thresholds.ts";

export interface Proposal {
  readonly alert: string;
  readonly from: number;
  readonly to: number;
  readonly unit: string;
  /** A sentence for people. */
  readonly evidence: string;
}

type JudgedRow = ThresholdRow & Required<Pick<ThresholdRow, "worth">>;

/**
 * Values that miss no incident which the present one tells of, and call people no more for nothing; the best first: what
 * tells of most, then what calls least for nothing, then the nearest. None where nothing says what really happened.
 * @param period for people, such as `2026-06-01 to 2026-07-31`
 * @param incidents how many real ones there were
 */
export function proposalsFor(
  { alert, unit, rows, counts }: ThresholdTable,
  period: string,
  incidents: number,
): readonly Proposal[] {
  const judged = rows.filter((row): row is JudgedRow => row.worth !== undefined);
  const now = judged.find(({ isCurrent }) => isCurrent);
  if (now === undefined || incidents === 0) return [];
  const told = ({ value, worth }: JudgedRow) =>
    `${value} tells of ${worth.caught} of ${incidents} incidents, with ${worth.noise} ${counts} for nothing`;
  return judged
    .filter(({ worth }) => worth.caught >= now.worth.caught && worth.noise <= now.worth.noise)
    .filter((row) => !isNoBetter(row, now))
    .toSorted(
      (left, right) =>
        right.worth.caught - left.worth.caught ||
        left.worth.noise - right.worth.noise ||
        Math.abs(left.value - now.value) - Math.abs(right.value - now.value),
    )
    .map((row) => ({
      ...{ alert, unit, from: now.value, to: row.value },
      evidence: `${period}: ${told(row)}; ${told(now)}`,
    }));
}

function isNoBetter(one: JudgedRow, other: JudgedRow): boolean {
  return one.worth.caught === other.worth.caught && one.worth.noise === other.worth.noise;
}

const WIDTH = 110;

/**
 * A stack's file with these thresholds, each under a comment with its evidence. All else stays, comments too.
 * @throws Failure where it is no stack's file
 */
export function withThresholds(text: string, proposals: readonly Proposal[]): string {
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem) throw new Failure(`The stack's file can't be read: ${problem.message}`);
  const section = ["config", `${PROJECT}:alertThresholds`];
  if (!isMap(document.get("config"))) throw new Failure('The stack\'s file has no map "config"');
  for (const { alert, to, evidence } of proposals) {
    if (!document.hasIn(section)) document.setIn(section, document.createNode({}));
    document.setIn([...section, alert], to);
    const map = document.getIn(section);
    if (!isMap(map)) throw new Failure("alertThresholds is no map of alert to number");
    map.flow = false;
    explain(map, alert, evidence);
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** What a replay writes begins so: the next one takes its place. */
const MARK = " Replay, ";

/** Below what somebody wrote there before. */
function explain(map: YAMLMap, alert: string, evidence: string): void {
  const pair = map.items.find(({ key }) => (isScalar(key) ? key.value : key) === alert);
  if (!pair) return;
  const key = isScalar(pair.key) ? pair.key : new Scalar(pair.key);
  // What stands above the first key is the map's own comment to the parser.
  const above = pair === map.items[0] ? map.commentBefore : key.commentBefore;
  if (pair === map.items[0]) delete map.commentBefore;
  const [before = ""] = (above ?? "").split(new RegExp(`^${MARK}`, "m"));
  const own = wrapped(`${MARK.trim()} ${evidence}.`).map((line) => ` ${line}`);
  key.commentBefore = [...(before.trim() === "" ? [] : [before.trimEnd()]), ...own].join("\n");
  pair.key = key;
}

function wrapped(text: string): readonly string[] {
  const lines: string[] = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line.length + word.length >= WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}
