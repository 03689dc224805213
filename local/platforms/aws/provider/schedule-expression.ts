/** Schedules of EventBridge Scheduler: checked as AWS does, and when they are due. */

/** The fields of a cron expression with the numbers that each may hold. */
const fieldRanges = [
  ["minutes", 0, 59],
  ["hours", 0, 23],
  ["day of month", 1, 31],
  ["month", 1, 12],
  ["day of week", 1, 7],
  ["year", 1970, 2199],
] as const;
const fieldNames = fieldRanges.map(([name]) => name).join(", ");
const words = /^(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|SUN|MON|TUE|WED|THU|FRI|SAT|L|W|LW)$/;

const units = { minute: 60, hour: 3600, day: 86_400 } as const;

/** What is wrong with an expression; undefined where AWS would take it. */
export function expressionProblem(expression: string): string | undefined {
  if (/^at\(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\)$/.test(expression)) return undefined;
  const rate = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression);
  if (rate) {
    return (rate[1] === "1") === (rate[3] === "") ? undefined : "must be singular for 1, plural for more";
  }
  const fields = /^cron\((.*)\)$/.exec(expression)?.[1]?.split(" ");
  if (!fields) return "must be rate(5 minutes), cron(0 7 * * ? *) or at(2026-01-31T07:00:00)";
  if (fields.length !== fieldRanges.length) return `must have six fields: ${fieldNames}`;
  const [problem] = fields.flatMap((field, index) => fieldProblem(field, index) ?? []);
  if (problem !== undefined) return problem;
  const [, , dayOfMonth, , dayOfWeek] = fields;
  return (dayOfMonth === "?") === (dayOfWeek === "?")
    ? "must have a ? for exactly one of day of month and day of week"
    : undefined;
}

function fieldProblem(field: string, index: number): string | undefined {
  const [name, lowest, highest] = fieldRanges[index] ?? fieldRanges[0];
  for (const part of field.split(/[,/#-]/)) {
    if (part === "*" || part === "?" || words.test(part)) continue;
    if (!/^\d+[LW]?$/.test(part)) return "has a field that is none of cron's";
    const number = Number.parseInt(part, 10);
    if (number < lowest || number > highest) {
      return `has ${part} for its ${name}, which go from ${lowest} to ${highest}`;
    }
  }
  return undefined;
}

/**
 * Whether an expression is due in the minute of an instant, by the clocks of a zone. Known are rates, counted from
 * 1970, and cron expressions of numbers, `*` and `?`, with days of the week by name (`MON`).
 */
export function isDue(expression: string, timeZone: string, instant: Date): boolean {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  const minute = Math.floor(instant.getTime() / 60_000) * 60;
  if (rate) return minute % (Number(rate[1]) * units[rate[2] as keyof typeof units]) === 0;
  const fields = /^cron\((.*)\)$/.exec(expression)?.[1]?.split(" ");
  if (!fields) return false;
  const { minutes, hours, day, month, weekday, year } = clock(timeZone, instant);
  return [minutes, hours, day, month, weekday, year].every((value, index) => {
    const field = fields[index] ?? "";
    if (field === "*" || field === "?") return true;
    return field.split(",").some((part) => part === value || Number(part) === Number(value));
  });
}

function clock(timeZone: string, instant: Date) {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    weekday: "short",
  });
  const part = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  return {
    minutes: part["minute"] ?? "",
    hours: part["hour"] ?? "",
    day: part["day"] ?? "",
    month: part["month"] ?? "",
    weekday: (part["weekday"] ?? "").toUpperCase(),
    year: part["year"] ?? "",
  };
}
