import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { REPOSITORY } from "../../../toolkit/repository.ts";
import { run } from "../../../toolkit/toolchain/command.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import type { Tool } from "../../../toolkit/toolchain/tool.ts";
import { environmentWith, script, temporaryFolder } from "./support.ts";

const emulator: Tool = {
  name: "emulator",
  version: "5.2.5",
  binaries: ["python"],
  versionCommands: [{ binary: "python", args: ["-c", "print the version"] }],
  build: {
    kind: "python",
    requirements: "operations/tools/moto/requirements.txt",
    minimumPython: "3.10.0",
  },
  advice: "Install Python.",
};

/** A Python whose environments hold a `python` that logs what it is asked and knows one package. */
function fakePython(folder: string, name: string, version: string): void {
  script(
    join(folder, name),
    `
[ "$1" = --version ] && { echo "Python ${version}"; exit 0; }
mkdir -p "$3/bin"
cat > "$3/bin/python" <<'PYTHON'
#!/bin/sh
echo "$@" >> "${folder}/python.log"
[ "$1" = -c ] && echo 5.2.5
[ "$2" = emulator.server ] && echo "serving with $@"
exit 0
PYTHON
chmod +x "$3/bin/python"`,
  );
}

function build(folder: string) {
  return ensureTool(emulator, {
    cacheFolder: folder,
    // No system folders: the test's Python is the only one.
    environment: { ...environmentWith(folder), PATH: `${folder}:/bin` },
    sources: ["build"],
  });
}

test("the pinned packages are installed, each verified by its hash", async () => {
  const folder = temporaryFolder();
  fakePython(folder, "python3", "3.12.4");
  expect(await build(folder)).toMatchObject({ source: "build", version: "5.2.5" });
  expect(readFileSync(join(folder, "python.log"), "utf8")).toContain(
    `--require-hashes --requirement ${join(REPOSITORY, "operations/tools/moto/requirements.txt")}`,
  );
});

test("a program that a package carries is among the environment's, and nothing else of that package is wanted", async () => {
  const folder = temporaryFolder();
  script(
    join(folder, "python3"),
    `
[ "$1" = --version ] && { echo "Python 3.10.4"; exit 0; }
mkdir -p "$3/bin" "$3/lib/python3.10/site-packages/carrier/linux"
printf '#!/bin/sh\\necho "server v=5.2.5"\\n' > "$3/lib/python3.10/site-packages/carrier/linux/server"
printf '#!/bin/sh\\necho "$@" >> "${folder}/python.log"\\n' > "$3/bin/python"
chmod +x "$3/bin/python"`,
  );
  const carried: Tool = {
    ...emulator,
    binaries: ["server"],
    versionCommands: [{ binary: "server", args: ["--version"] }],
    build: { kind: "python", requirements: "x", minimumPython: "3.10.0", carried: "server" },
  };
  const { binaries } = await ensureTool(carried, {
    cacheFolder: folder,
    environment: { ...environmentWith(folder), PATH: `${folder}:/bin` },
    sources: ["build"],
  });
  expect(await run(binaries["server"] ?? "", [], { environment: { PATH: "/bin" } })).toBe("server v=5.2.5\n");
  expect(readFileSync(join(folder, "python.log"), "utf8")).toContain("--no-deps --ignore-requires-python");
});

test("the environment's own Python runs from where it ended up", async () => {
  const folder = temporaryFolder();
  fakePython(folder, "python3", "3.12.4");
  const { binaries } = await build(folder);
  const output = await run(binaries["python"] ?? "", ["-m", "emulator.server", "-p", "8103"], {
    environment: environmentWith(folder),
  });
  expect(output).toBe("serving with -m emulator.server -p 8103\n");
});

test("a python3 that is too old is passed over for a newer one", async () => {
  const folder = temporaryFolder();
  script(join(folder, "python3"), 'echo "Python 3.9.2"');
  fakePython(folder, "python3.12", "3.12.4");
  expect(await build(folder)).toMatchObject({ source: "build" });
});

test("only Pythons that are too old: the message lists them", async () => {
  const folder = temporaryFolder();
  for (const name of ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"]) {
    script(join(folder, name), 'echo "Python 3.9.2"');
  }
  await expect(build(folder)).rejects.toThrow(
    /Python 3\.10\.0 or newer is needed: python3 is 3\.9\.2; .*\nInstall Python\./s,
  );
});
