import type { Tool } from "../../toolkit/toolchain/tool.ts";
import type { PythonHere } from "./pythons.ts";

/** The day when its requirements were resolved: a later one makes new environments. */
const version = "2026.11.30";

/** Versions of the dependencies of the package in `instrumentation/`, of those that its pyproject.toml allows. */
export type Versions = "newest" | "lowest";

/** What the package is checked with, and its sample server runs with. */
export const instrumentationPython = instrumentationWith("newest");

/**
 * An environment to test the package in.
 * @param python Default: the first on PATH that is new enough
 */
export function instrumentationWith(versions: Versions, python?: PythonHere): Tool {
  const name = versions === "newest" ? "instrumentation" : `instrumentation-${versions}`;
  return {
    name: python ? `${name}-${python.version}` : name,
    version,
    binaries: ["python"],
    // Its packages are there; which ones, the version says.
    versionCommands: [{ binary: "python", args: ["-c", `import fastapi, pytest; print('${version}')`] }],
    build: {
      kind: "python",
      requirements: `operations/tools/instrumentation/${versions === "newest" ? "requirements" : versions}.txt`,
      minimumPython: "3.10.0",
      ...(python ? { python: python.path } : {}),
    },
    advice:
      "Install Python 3.10 or newer with its venv module (Debian and Ubuntu: apt install python3-venv) and check that pip can reach its package index.",
  };
}
