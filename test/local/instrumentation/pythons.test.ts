import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pythonsHere } from "../../../local/instrumentation/pythons.ts";
import { environmentWith, script, temporaryFolder } from "../../toolkit/toolchain/support.ts";

/** A home with Pythons on PATH and in pyenv. */
function machine() {
  const home = temporaryFolder();
  const pyenv = join(home, ".pyenv/versions/3.12.1/bin");
  mkdirSync(pyenv, { recursive: true });
  mkdirSync(join(home, "bin"));
  return { home, pyenv, environment: { ...environmentWith(home), HOME: home, PATH: join(home, "bin") } };
}

test("a Python is found on PATH and in pyenv, whose commands on PATH may be switched off", async () => {
  const { home, pyenv, environment } = machine();
  const onPath = script(join(home, "bin/python3.13"), "exit 0");
  script(join(home, "bin/python3.12"), "exit 127");
  const kept = script(join(pyenv, "python3.12"), "exit 0");
  expect(await pythonsHere(["3.10", "3.12", "3.13"], environment)).toEqual([
    { version: "3.12", path: kept },
    { version: "3.13", path: onPath },
  ]);
});

test("one that can't make a virtual environment is none", async () => {
  const { home, environment } = machine();
  script(join(home, "bin/python3.13"), '[ "$2" = "import venv, ensurepip" ] && exit 1');
  expect(await pythonsHere(["3.13"], environment)).toEqual([]);
});
