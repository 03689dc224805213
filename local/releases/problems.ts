/** What stands in the way of a release. */

export interface Candidate {
  /** Of package.json. */
  readonly version: string;
  /** Whether a release of that version exists. */
  readonly isKept: boolean;
  /** CHANGELOG.md. */
  readonly changelog: string;
  /** pyproject.toml of the Python package, which is released with the program. */
  readonly pyproject: string;
}

/** Every problem at once, each with what to do. None where the version can be released. */
export function problemsOfRelease({ version, isKept, changelog, pyproject }: Candidate): readonly string[] {
  const problems: string[] = [];
  const dated = (line: string) => line.startsWith(`## [${version}] - `) && /\d{4}-\d{2}-\d{2}$/.test(line);
  if (isKept) problems.push(`test/releases/${version} exists: give package.json the next version`);
  if (!/^\d+\.\d+\.\d+$/.test(version))
    problems.push(`package.json: version "${version}" is not of the form 1.2.3`);
  if (!changelog.split("\n").some(dated))
    problems.push(`CHANGELOG.md: no line "## [${version}] - " with a date such as 2026-11-30`);
  if (!pyproject.includes(`\nversion = "${version}"\n`))
    problems.push(`instrumentation/pyproject.toml: version is not "${version}"`);
  return problems;
}
