#!/usr/bin/env bash
# Builds the documentation site, or serves it: ./scripts/docs.sh [serve], --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

site=.cache/site
port=${PORT:-8000}

case ${1:-build} in
  -h | --help)
    cat <<END
Usage: ./scripts/docs.sh [serve]

Builds the documentation site from docs/ into $site. A missing page, link or anchor, and a page that is not in the
navigation, fail it. \`serve\` then serves it at http://127.0.0.1:$port/ until Ctrl-C; PORT names another port.
END
    exit
    ;;
  build | serve) ;;
  *) echo "docs.sh: no such command: $1; there are build (the default) and serve" >&2 && exit 2 ;;
esac

./scripts/setup.sh
echo ">>> Building the site (seconds)"
rm -rf "$site"
.venv/bin/sphinx-build --quiet --fail-on-warning --fresh-env --doctree-dir .cache/doctrees docs "$site"
echo ">>> It is in $site/index.html"
[ "${1:-build}" = serve ] || exit 0

echo ">>> Serving it at http://127.0.0.1:$port/; Ctrl-C ends it"
exec .venv/bin/python -m http.server --bind 127.0.0.1 --directory "$site" "$port"
