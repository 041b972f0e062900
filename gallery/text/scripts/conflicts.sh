# shellcheck shell=bash
# Names what an update could not merge, by file and line, and fails when there is any: conflict markers, the .rej files
# of `copier update --conflict rej`, and tables that Cargo.toml has twice. Run by build.sh before all else. It looks where
# the template has files, for what Copier writes, so that no text of yours is taken for a conflict.
set -euo pipefail
export LC_ALL=C

# An update that gives the crate another name deletes the template's files in the old folder, and leaves yours there.
for sources in */src/lib.rs; do
  crate=${sources%/src/lib.rs}
  if [ "$crate" = my_worker ] || [ ! -f "$sources" ] || [ -e "$crate/Cargo.toml" ]; then continue; fi
  cat >&2 <<END

Two crates stand where one should: my_worker, which build.sh builds, and $crate, which has your sources and no
Cargo.toml. An update gave the crate another name. It deleted the template's files in $crate, with your edits in them:
git has these as they were before. Take the update back, or revert its commit:

  git restore --staged --worktree . && git clean -d --force

END
  exit 1
done

conflicts=$(
  grep -rnsE --exclude-dir={node_modules,target,pkg,pkg-faults,dist,dist-bench,dist-faults,.wrangler} \
    '^(<<<<<<< before|>>>>>>> after) updating|^diff a/.* b/.*\(rejected hunks\)' \
    {.gitattributes,.gitignore,build.sh,renovate.json,rust-toolchain.toml}{,.rej} \
    .cargo .github docs/platform.md{,.rej} scripts my_worker worker |
    sed 's/^\([^:]*:[0-9]*\):diff .*/\1: rejected change/; s/^\([^:]*:[0-9]*\):\([<>]\)/\1: conflict marker \2/' |
    sort -t : -k 1,1 -k 2,2n
) || true
if [ -n "$conflicts" ]; then
  cat >&2 <<END

The update and you changed the same lines:

$conflicts

Between <<<<<<< and ======= stands what you had, from there to >>>>>>> what the template has now. Keep of both what
is right, delete the three markers, and go on with git add. A .rej file holds a change of yours that did not fit: make
it by hand, and delete the file.
END
  exit 1
fi

# A table that you had added, and the template has now too, is merged without a conflict.
manifest=my_worker/Cargo.toml
twice=$(
  awk -v file="$manifest" '
    /^[ \t]*\[[ \t]*[A-Za-z_][^][]*\][ \t\r]*(#.*)?$/ {
      sub(/^[ \t]*\[[ \t]*/, "")
      sub(/[ \t]*\][ \t\r]*(#.*)?$/, "")
      if ($0 in line) print file ":" NR ": [" $0 "], which stands in line " line[$0] " already"
      else line[$0] = NR
    }' "$manifest" 2>/dev/null
) || true
[ -n "$twice" ] || exit 0

cat >&2 <<END

These tables stand twice, for the template now has what you had added, and Cargo reads no such file:

$twice

Make one table of the two: keep of both what is right, and delete the second header.
END
exit 1
