#!/usr/bin/env bash
# postgres_exporter says that a replica which its primary no longer reaches has no lag: pg_replication_lag_seconds is 0, however
# long it has been cut off, while pg_replication_last_replay_seconds beside it grows. An alert on the lag, as public sets of
# alerts have it, finds a slow replica and never a dead link.
#
# Seen with postgres_exporter 0.19.1 (Go module) and PostgreSQL 16.14 (@embedded-postgres 16.14.0-beta.17, npm): the query takes
# "received = replayed" for "up to date", which also holds when nothing is received any more.
#   12 s after the primary has ended: pg_replication_is_replica 1, pg_replication_lag_seconds 0, last replay 13 s ago
#   of a replica that has not yet replayed a transaction since it started, both are 0
set -euo pipefail
folder=$(mktemp -d)
pids=()
trap 'for pid in "${pids[@]}"; do kill -QUIT "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
case "$(uname -s) $(uname -m)" in
  "Linux x86_64") platform=linux-x64 ;;
  "Linux aarch64") platform=linux-arm64 ;;
  "Darwin arm64") platform=darwin-arm64 ;;
  *) platform=darwin-x64 ;;
esac

cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund "@embedded-postgres/$platform@16.14.0-beta.17" pg@8.16.3
mkdir build && cd build
printf 'module finding\n\ngo 1.25.0\n\nrequire github.com/prometheus-community/postgres_exporter v0.19.1\n' >go.mod
go mod download github.com/prometheus-community/postgres_exporter
cp -r "$(go list -m -f '{{.Dir}}' github.com/prometheus-community/postgres_exporter)" "$folder/source"
chmod -R u+w "$folder/source"
cd "$folder/source"
CGO_ENABLED=0 go build -mod=readonly -buildvcs=false -o "$folder/postgres_exporter" ./cmd/postgres_exporter
cd "$folder"

# PostgreSQL refuses to run as root.
as=()
if [[ $(id -u) == 0 ]]; then
  as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  chmod 755 "$folder"
fi
native="$folder/node_modules/@embedded-postgres/$platform/native"
chmod +x "$native"/bin/*
free_port() { node -e 'const s = require("net").createServer(); s.listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }
mkdir data && chmod 777 data
"${as[@]}" "$native/bin/initdb" -D "$folder/data/primary" --auth=trust --username=postgres --no-sync >/dev/null
primary=$(free_port)
replica=$(free_port)
start() { # folder, port
  "${as[@]}" "$native/bin/postgres" -D "$folder/data/$1" -p "$2" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off >"$folder/$1.log" 2>&1 &
  pids+=($!)
}
ask() { # port, statements
  node -e '
    const { Client } = require("pg");
    (async () => {
      for (let left = 60; ; left--) {
        const client = new Client({ host: "127.0.0.1", port: Number(process.argv[1]), user: "postgres", database: "postgres" });
        try {
          await client.connect();
          await (async () => { for (const statement of process.argv.slice(2)) await client.query(statement); })();
          await client.end();
          return;
        } catch (error) {
          await client.end().catch(() => {});
          if (left === 0) throw error;
          await new Promise((resolve) => setTimeout(resolve, 500));
        }
      }
    })();' "$@"
}
start primary "$primary"
ask "$primary" "SELECT 1"
# As pg_basebackup does it: the files are copied while the backup's session is open.
node -e '
  const { execFileSync } = require("child_process");
  const { appendFileSync, chownSync, rmSync, statSync, writeFileSync } = require("fs");
  const { Client } = require("pg");
  const [port, from, to] = process.argv.slice(1);
  (async () => {
    const client = new Client({ host: "127.0.0.1", port: Number(port), user: "postgres", database: "postgres" });
    await client.connect();
    await client.query("SELECT pg_backup_start($1, true)", ["replica"]);
    execFileSync("cp", ["-a", from, to]);
    const { rows } = await client.query("SELECT labelfile FROM pg_backup_stop()");
    await client.end();
    rmSync(to + "/postmaster.pid");
    const { uid, gid } = statSync(to);
    for (const [name, text] of [["backup_label", rows[0].labelfile], ["standby.signal", ""]]) {
      writeFileSync(to + "/" + name, text);
      chownSync(to + "/" + name, uid, gid);
    }
    appendFileSync(to + "/postgresql.auto.conf", `primary_conninfo = $$host=127.0.0.1 port=${port} user=postgres$$\n`.replaceAll("$$", "\x27"));
  })();' "$primary" "$folder/data/primary" "$folder/data/replica"
start replica "$replica"
ask "$replica" "SELECT 1"

exporter=$(free_port)
DATA_SOURCE_NAME="postgresql://postgres@127.0.0.1:$replica/postgres?sslmode=disable" "$folder/postgres_exporter" --web.listen-address="127.0.0.1:$exporter" >/dev/null 2>&1 &
pids+=($!)
seen() {
  local answer=""
  for _ in $(seq 100); do
    answer=$(curl --silent --fail "http://127.0.0.1:$exporter/metrics") && grep -q '^pg_up 1' <<<"$answer" && break || sleep 0.2
  done
  grep -E '^pg_replication_(is_replica|lag_seconds|last_replay_seconds)' <<<"$answer" | sed 's/\.[0-9]*$//' | paste -sd ' '
}
echo "before a transaction: $(seen)" | tee out
ask "$primary" "CREATE TABLE written (at timestamptz)"
ask "$replica" "SELECT * FROM written"
kill -INT "${pids[0]}"
sleep 12
echo "cut off for 12 s: $(seen)" | tee -a out
grep -qxF "before a transaction: pg_replication_is_replica 1 pg_replication_lag_seconds 0 pg_replication_last_replay_seconds 0" out
grep -qE "^cut off for 12 s: pg_replication_is_replica 1 pg_replication_lag_seconds 0 pg_replication_last_replay_seconds 1[2-9]$" out
