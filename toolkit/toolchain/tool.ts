/** What a tool is: its version, and every way to get it. */

/** A command that prints a binary's version. */
export interface VersionCommand {
  readonly binary: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * The vendor's official release, a `.tar.gz` with one folder of binaries.
 * `{version}` is the pinned version, `{platform}` the vendor's name of this machine's platform.
 */
export interface Release {
  readonly archive: string;
  /** The vendor's published list of SHA-256 checksums (`<hex>  <file name>` per line). */
  readonly checksums: string;
  /** From `<process.platform>-<process.arch>` to the vendor's name. */
  readonly platforms: Readonly<Record<string, string>>;
}

/** A build from a Go module. `{version}` is the pinned version. */
export interface GoBuild {
  readonly kind: "go";
  /** Folder with the committed `go.mod` and `go.sum`, relative to the repository. */
  readonly folder: string;
  readonly packages: readonly string[];
  /** Linker flags that stamp the version: a Go build has none by itself. */
  readonly ldflags: string;
  readonly tags?: readonly string[];
  /**
   * Build inside a copy of `module`, the one that `folder` pins, with these files added or replaced.
   * A file whose name ends in `.gz` or `.br` is compressed.
   */
  readonly patch?: { readonly module: string; readonly files: Readonly<Record<string, string>> };
}

/** A private Python virtual environment. */
export interface PythonVenv {
  readonly kind: "python";
  /** Requirements with the hash of every package, relative to the repository. */
  readonly requirements: string;
  /** Oldest Python that the requirements were resolved for. */
  readonly minimumPython: string;
  /** The Python that it is made with. Absent: the first on PATH that is new enough. */
  readonly python?: string;
  /** A program that a package carries, which is no Python: only this package is wanted of it. */
  readonly carried?: string;
}

/** One tool: a set of binaries of one version. */
export interface Tool {
  readonly name: string;
  /** The version that is downloaded or built. */
  readonly version: string;
  /** Oldest version accepted from PATH. Absent: never taken from PATH. */
  readonly minimumOnPath?: string;
  /** Other programs that are as good on PATH, by the binary that each stands for. */
  readonly alternatives?: Readonly<Record<string, string>>;
  readonly binaries: readonly string[];
  /** Each must print an accepted version, or the tool is not used. */
  readonly versionCommands: readonly VersionCommand[];
  readonly release?: Release;
  readonly build: GoBuild | PythonVenv;
  /** What a person can do when every way has failed. */
  readonly advice: string;
}
