#!/usr/bin/env bash
# npm 11.19.1 (registry package `npm`), a shell that stays between (dash 0.5.12, as Debian's sh).
#
# A signal that is sent to `npm run` alone, as a CI system ends a job, never reaches the script's program: npm passes it
# to its shell, the shell ends, npm says so, and the program runs on as an orphan. With `exec` before the program there is
# no shell between, and the program gets the signal. (At a terminal it is the other way round: Ctrl-C reaches the whole
# process group, and npm passes its own on as well, so that a program after `exec` gets it twice.)
#
# Seen:
#   plain:  npm ended with 143, the program got nothing, and still ran
#   exec:   the program got SIGTERM
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit --ignore-scripts npm@11.19.1
npm pkg set scripts.plain="node program.cjs plain" scripts.exec="exec node program.cjs exec" >/dev/null
cat > program.cjs <<'JS'
const { appendFileSync } = require("node:fs");
const name = process.argv[2];
process.on("SIGTERM", () => appendFileSync(name, "got SIGTERM\n"));
appendFileSync(name, "ready\n");
setTimeout(() => appendFileSync(name, "still ran\n"), 3000);
JS
try() {
  node node_modules/npm/bin/npm-cli.js run -s "$1" & npm=$!
  until grep -qs ready "$1"; do sleep 0.1; done
  kill -TERM "$npm"; code=0; wait "$npm" || code=$?
  sleep 4
  echo "$1: npm ended with $code; the program: $(tr '\n' ' ' < "$1")"
}
try plain; try exec
! grep -q SIGTERM plain && grep -q "still ran" plain && grep -q "got SIGTERM" exec
