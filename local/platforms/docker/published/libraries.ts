/** The shared libraries that a binary of this machine needs to run elsewhere. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Absolute paths of a binary's libraries and of its loader. Empty for a static one. */
export async function requiredLibraries(binary: string): Promise<readonly string[]> {
  const listing = await promisify(execFile)("ldd", [binary]).then(
    ({ stdout }) => stdout,
    (error: unknown) => {
      // ldd fails on a static binary, and says so.
      const said =
        error instanceof Error && "stderr" in error && "stdout" in error
          ? `${error.stdout}${error.stderr}`
          : "";
      if (/not a dynamic executable|statically linked/.test(said)) return "";
      throw error;
    },
  );
  return librariesIn(listing);
}

/** The paths in `ldd`'s output, such as `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x...)`. */
export function librariesIn(listing: string): readonly string[] {
  const missing = [...listing.matchAll(/^\s*(\S+) => not found/gm)].map(([, name]) => name);
  if (missing.length > 0) throw new Error(`libraries not found on this machine: ${missing.join(", ")}`);
  return [...listing.matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x/gm)].flatMap(([, path]) => path ?? []);
}
