#!/usr/bin/env bash
# Shows the product: generates a project with the defaults, builds it, starts it in workerd and asks it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

project=.cache/demo/my-worker
port=${PORT:-8787}
url=http://127.0.0.1:$port/

./scripts/setup.sh

echo ">>> Generating $project from the working tree, every question at its default"
.venv/bin/copier copy --quiet --defaults --overwrite --vcs-ref=HEAD . "$project" 2>/dev/null

echo ">>> Setting up and building it (the first time a minute or two)"
"$project/build.sh" setup
"$project/build.sh" build

echo ">>> Starting it in workerd, at $url"
set -m # a process group of its own, which ends as a whole
"$project/build.sh" dev --ip 127.0.0.1 --port "$port" >"$project/dev.log" 2>&1 </dev/null &
trap 'kill -KILL -- "-$!" 2>/dev/null' EXIT
fetch() { node --eval 'fetch(process.argv[1], JSON.parse(process.argv[2])).then((a) => a.text()).then(console.log)' "$@"; }
for ((tries = 0; ; tries++)); do
  if fetch "$url" '{}' >/dev/null 2>&1; then break; fi
  kill -0 "$!" 2>/dev/null && [ "$tries" -lt 300 ] || { cat "$project/dev.log" >&2 && exit 1; }
  sleep 0.2
done

ask() {
  printf "\n\$ curl %s --json '%s'\n" "$url" "$1"
  fetch "$url" "$(node --print 'JSON.stringify({ method: "POST", body: process.argv[1], headers: { "content-type": "application/json" } })' "$1")"
}
ask '{"text":"hello","maxLength":3,"uppercase":true}'
ask '{"text":"straße","maxLength":6,"uppercase":true}'
ask '{"text":"hello","maxLength":0}'

printf '\n>>> Done. The project is in %s: ./build.sh there tests it, ./build.sh dev serves it\n' "$project"
