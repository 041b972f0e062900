# shellcheck shell=bash
# Tells which lines of your own files spell a field of the JSON in another way than camelCase, the answer to
# serde_casing, for an update leaves these files alone. Run by `build.sh check`. It never fails: a type may be spelled
# in its own way on purpose.
set -euo pipefail
export LC_ALL=C

# In Rust the rules of serde, and the fields that a refusal names, which rustfmt may put on the next line; in TypeScript
# the properties of the types. A line is split at its quotes, so part[2] and every second one after it are strings.
lines=$(
  find image_metadata/src worker/src '(' -name '*.rs' -o -path 'worker/src/contract*.ts' ')' -exec awk '
      function tell(what) { printf "  %s:%d: %s, the answer is camelCase\n", FILENAME, FNR, what }
      function other(name) { return name ~ /^[A-Za-z0-9_-]+$/ && name !~ /^([a-z][A-Za-z0-9]*)$/ }
      FNR == 1 { refusal = 0 }
      FILENAME ~ /\.rs$/ {
        parts = split($0, part, "\"")
        for (i = 2; i < parts; i += 2) {
          if (part[i - 1] ~ /rename_all[a-z_]* *= *$/ || (/rename_all/ && part[i - 1] ~ /serialize *= *$/)) {
            if (part[i] != "camelCase") tell("rename_all = \"" part[i] "\"")
          } else if (part[i - 1] ~ /(WasmError::(missing|invalid)|[.]or_invalid)\( *$/ || (i == 2 && refusal)) {
            if (part[i] != "body" && other(part[i])) tell("\"" part[i] "\" in a refusal")
          }
        }
        refusal = /(WasmError::(missing|invalid)|[.]or_invalid)\( *$/
      }
      FILENAME ~ /\.ts$/ && /^[ \t]*(readonly )?"?[A-Za-z0-9_-]+"?\??:/ {
        name = $0
        sub(/^[ \t]*(readonly )?"?/, "", name)
        sub(/"?\??:.*/, "", name)
        if (other(name)) tell(name)
      }
    ' {} + | sort -t : -k 1,1 -k 2,2n
) || true
[ -n "$lines" ] || exit 0

cat <<END

These lines of your own files spell the JSON in another way than the answer to serde_casing:

$lines

An update leaves your files alone. Write the new spelling there, and then where tsc and the tests ask for it; a type
that is spelled in its own way on purpose stays as it is.
END
