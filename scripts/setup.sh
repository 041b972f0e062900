#!/usr/bin/env bash
# Sets up this repository: .venv with the locked Python packages, or with `core` only those that a change of the template
# needs. Prints nothing when there is nothing to do.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

missing=0
need() {
  local what=$1 remedy=$2
  shift 2
  "$@" >/dev/null 2>&1 || { printf 'missing: %-16s %s\n' "$what" "$remedy" >&2 && missing=1; }
}
need git "apt install git, or https://git-scm.com" git --version
need "Python >= 3.11" "apt install python3 python3-venv, or https://www.python.org" \
  python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'
need "Node.js >= 20" "https://nodejs.org" node --eval 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'
need npm "comes with Node.js; https://nodejs.org" npm --version
need "a C compiler" "apt install build-essential; on macOS: xcode-select --install" cc --version
need rustup "https://rustup.rs" rustup --version
[ "$missing" -eq 0 ] || exit 1

lock=requirements.lock what="all that the tests need"
[ "${1:-}" != core ] || lock=requirements-core.lock what="Copier and pytest"
# The other lock has all of the core's.
case $(cat .venv/stamp 2>/dev/null) in
  "$(cksum requirements.lock)" | "$(cksum $lock)") ;;
  *)
    echo ">>> Making .venv with $what (half a minute at most, once)"
    python3 -m venv --clear .venv
    .venv/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $lock
    cksum $lock >.venv/stamp
    ;;
esac
