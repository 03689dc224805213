/** One metric of a text exposition. */
export interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: Sample[];
}

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads Prometheus's text format, of one target or several; throws on a line it does not know. */
export function parseExposition(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  let current: Family | undefined;
  let help = "";
  for (const line of text.split("\n").filter((line) => line !== "")) {
    const [, keyword, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === "HELP") help = rest;
    else if (keyword === "TYPE") {
      current = families.get(name) ?? { type: rest, help, samples: [] };
      families.set(name, current);
    } else current?.samples.push(parseSample(line));
  }
  return families;
}

function parseSample(line: string): Sample {
  const [, name, labels = "", value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (!name || value === undefined) throw new Error(`not a sample: ${line}`);
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = "", text = ""]) => [
    label,
    text,
  ]);
  return { name, labels: Object.fromEntries(pairs), value: Number(value) };
}

/** The sum of a metric's samples that have these labels. */
export function sumOf(
  text: string,
  name: string,
  labels: Readonly<Record<string, string | RegExp>> = {},
): number {
  const samples = [...parseExposition(text).values()].flatMap((family) => family.samples);
  return samples
    .filter((sample) => sample.name === name)
    .filter((sample) =>
      Object.entries(labels).every(([label, wanted]) => matches(sample.labels[label], wanted)),
    )
    .reduce((sum, { value }) => sum + value, 0);
}

function matches(value: string | undefined, wanted: string | RegExp): boolean {
  return typeof wanted === "string" ? value === wanted : wanted.test(value ?? "");
}
