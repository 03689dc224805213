/** What CHANGELOG.md says of resources that an upgrade replaces, removes or calls by another name. */

export interface NotedVersion {
  /** `1.1.0`, or `Unreleased`. */
  readonly version: string;
  /** Names of resources, as in their URNs. */
  readonly resources: ReadonlySet<string>;
}

/** Under these, a word set as code is the name of a resource. */
const SECTIONS: ReadonlySet<string> = new Set(["Removed", "Renamed", "Replaced"]);

/**
 * The versions that a changelog lists, newest first.
 * @param changelog in the form of Keep a Changelog
 */
export function notedVersions(changelog: string): readonly NotedVersion[] {
  return changelog.split(/^## /m).flatMap((part) => {
    const version = /^\[([^\]]+)\]/.exec(part)?.[1];
    return version === undefined ? [] : [{ version, resources: new Set(namesIn(part)) }];
  });
}

function namesIn(version: string): string[] {
  return version
    .split(/^### /m)
    .filter((section) => SECTIONS.has(section.split("\n")[0]?.trim() ?? ""))
    .flatMap((section) => [...section.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
}

/**
 * The version whose notes name the resource: the newest. Undefined where none does.
 * @param since an earlier version's notes explain nothing. Default: every version counts
 * @throws RangeError where the changelog does not know that version
 */
export function versionThatExplains(
  urn: string,
  versions: readonly NotedVersion[],
  since?: string,
): string | undefined {
  const end = since === undefined ? versions.length : versions.findIndex(({ version }) => version === since);
  if (end < 0) throw new RangeError(`CHANGELOG.md has no version ${since}`);
  const name = urn.split("::").at(-1) ?? urn;
  return versions.slice(0, end).find(({ resources }) => resources.has(name))?.version;
}
