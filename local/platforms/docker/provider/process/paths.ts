/**
 * Container paths -> folders of this machine, for servers that run as plain processes.
 *
 * Known places, the longest first:
 * 1. what the container mounts: a volume's folder, a host path, a tmpfs (a folder of the container's root);
 * 2. the image's own folders (`/etc/prometheus`, `/prometheus`), below the container's root folder;
 * 3. each uploaded file, and the exact path of each folder above one, below the container's root folder.
 * Everything else that looks like a path (`/-/ready`, `/metrics`) is none of ours and stays as it is.
 */
import { join, posix } from "node:path";

export interface Place {
  /** Absolute path in the container. */
  readonly from: string;
  /** Absolute path on this machine. */
  readonly to: string;
  /** Whether what lies below moves as well. */
  readonly below: boolean;
}

export class PathMap {
  readonly #places: readonly Place[];
  readonly #rootFolder: string;

  constructor(
    rootFolder: string,
    mounts: readonly Place[],
    imageFolders: readonly string[],
    uploads: readonly string[],
  ) {
    this.#rootFolder = rootFolder;
    const inRoot = (from: string, below: boolean): Place => ({ from, to: join(rootFolder, from), below });
    const named = [...mounts, ...imageFolders.map((folder) => inRoot(folder, true))];
    const bare = new PlaceIndex(named);
    const files = uploads.filter((file) => bare.find(file) === undefined);
    const above = new Set(files.flatMap(foldersAbove));
    this.#places = longestFirst([
      ...named,
      ...files.map((file) => inRoot(file, false)),
      ...[...above].map((folder) => inRoot(folder, false)),
    ]);
  }

  /** Where a file of the container is on this machine. Unknown places are below the container's root folder. */
  file(path: string): string {
    return new PlaceIndex(this.#places).find(path) ?? join(this.#rootFolder, path);
  }

  /** A text (an argument, a variable, a configuration file) with the known paths in it replaced. */
  text(text: string): string {
    if (this.#places.length === 0) return text;
    const alternatives = this.#places.map(
      ({ from, below }) => asPattern(from) + (below ? "(?![\\w.-])" : "(?!/?[\\w.*-])"),
    );
    const pattern = new RegExp(`(?<![\\w./-])(?:${alternatives.join("|")})`, "g");
    return text.replaceAll(pattern, (path) => this.#places.find(({ from }) => from === path)?.to ?? path);
  }
}

class PlaceIndex {
  readonly #places: readonly Place[];

  constructor(places: readonly Place[]) {
    this.#places = longestFirst(places);
  }

  find(path: string): string | undefined {
    const place = this.#places.find(
      ({ from, below }) => path === from || (below && path.startsWith(`${from}/`)),
    );
    return place && join(place.to, posix.relative(place.from, path));
  }
}

/** The longest first; of two for the same path the first given. */
function longestFirst(places: readonly Place[]): readonly Place[] {
  const trimmed = places.map((place) => ({ ...place, from: place.from.replace(/(?<=.)\/+$/, "") }));
  const first = trimmed.filter(
    ({ from }, index) => trimmed.findIndex((other) => other.from === from) === index,
  );
  return first.filter(({ from }) => from !== "/").sort((left, right) => right.from.length - left.from.length);
}

function foldersAbove(file: string): readonly string[] {
  const folder = posix.dirname(file);
  return folder === "/" ? [] : [folder, ...foldersAbove(folder)];
}

function asPattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
