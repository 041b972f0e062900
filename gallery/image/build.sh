#!/usr/bin/env bash
# Builds, tests, serves and deploys image-metadata: `./build.sh --help`.
set -euo pipefail
unset CDPATH # With it, `cd` could go elsewhere.
cd "$(dirname "${BASH_SOURCE[0]}")"
readonly CRATE=image_metadata
# Before bash reads the rest, in which a conflict could stand too.
bash scripts/conflicts.sh
# shellcheck source=scripts/tools.sh
source scripts/tools.sh

# Only setup installs, so not rustup by itself.
export RUSTUP_AUTO_INSTALL=0 WRANGLER_SEND_METRICS=false
# Where Cargo looks by itself.
export CARGO_HOME=${CARGO_HOME:-${HOME:-~}/.cargo}
# Where Cloudflare builds, `setup` puts rustup there, and the next command has a shell of its own.
[ -z "${WORKERS_CI:-}" ] || PATH="$PATH:$CARGO_HOME/bin"

# In a folder that projects share, the module of another crate of the same name would be taken for this one's.
# By its own path: code that a build script wrote there would else be named by the link that led here.
CARGO_TARGET_DIR="$(pwd -P)/$CRATE/target"
export CARGO_TARGET_DIR
export CARGO_BUILD_BUILD_DIR="$CARGO_TARGET_DIR"
# How Cargo's lists name files: by their path in the project, or from / on.
CARGO_BUILD_DEP_INFO_BASEDIR=$(pwd -P)
export CARGO_BUILD_DEP_INFO_BASEDIR

# What `wrangler dev` serves is compiled in a moment; what is tested and deployed, for speed.
[ "${1:-}" = build ] || unset WRANGLER_COMMAND
PROFILE=release
[ "${WRANGLER_COMMAND:-}" != dev ] || { PROFILE=dev && export CARGO_TERM_QUIET=true CARGO_TERM_VERBOSE=false; }

usage() {
  cat <<'END'
Usage: ./build.sh [COMMAND]

END
  sed -n 's/^## /  /p' build.sh
  [ ! -f scripts/own.sh ] || sed -n 's/^## /  /p' scripts/own.sh
  cat <<'END'

Without a command: check, setup if something is missing, build and test.
Arguments after dev, deploy and wrangler go to wrangler. Those after test go to vitest, and only its tests run.
END
}

main() {
  local command=${1:-all}
  trap finish EXIT
  # Commands of your own, in a file that the template does not have.
  STEP="reading scripts/own.sh, whose last command has to succeed"
  # shellcheck source=/dev/null
  [ ! -f scripts/own.sh ] || source scripts/own.sh
  [ $# -eq 0 ] || shift
  case $command in
    all | check | setup | build | types | bundles | bench)
      [ $# -eq 0 ] || stop 2 "$command takes no argument, found: $*"
      ;;
    names) [ $# -le 2 ] || stop 2 "names takes FILE.wasm and FILE.map at most, found: $*" ;;
    test | dev | deploy | wrangler) ;;
    help | -h | --help)
      usage
      exit
      ;;
    *) declare -F "cmd_$command" >/dev/null || stop 2 "no such command: $command. Try ./build.sh --help" ;;
  esac
  STEP="the start"
  case $PWD/$(pwd -P) in
    *[%#?:*\"\\{}$'\n']*) stop 1 "$(pwd -P) has one of the characters % # ? : * \" \\ { } or a new line in it, which wrangler," \
      "npm or Cargo cannot have in a path: give the folder another name, or move the project" ;;
  esac
  read_pins
  put_variables_aside
  use_tools
  case "$command $*" in
    "all "* | "setup "* | "build "* | "types "* | "test "* | "bundles "* | "bench "* | "deploy "* | "wrangler "*deploy* | \
      "wrangler "*versions* | "wrangler "*preview*)
      lock ./.build.lock
      # What vitest and wrangler start is part of this one, or of the one that this one is part of.
      LOCKED_BY=$(cat ./.build.lock)
      export LOCKED_BY
      ;;
  esac
  "cmd_$command" "$@"
}

finish() {
  local status=$? full
  # For a `dev` in another terminal.
  if [ -n "$RELEASED" ] && [ -f "$CRATE/pkg/changed" ]; then touch "$CRATE/pkg/changed"; fi
  end_steps
  unlock ./.build.lock
  unlock "$TOOLS/lock"
  [ "$status" -ne 0 ] || return 0
  if [ -z "$STOPPED" ]; then
    # rustc crashes on a full disk, in words that nobody would understand.
    full=$(df -Pk . "$CARGO_TARGET_DIR" "$TOOLS" 2>/dev/null | awk '
      NR > 1 && $4 < 50000 { for (i = 1; i < 6; i++) sub(/^[^ ]+ +/, ""); print; exit }') || true
    complain "failed at: $STEP. ${full:+The disk at $full is full. }What stands above says why;" \
      "with that mended, the same command goes on from there"
  fi
  # Told of a failure, wrangler dev buries the reason under its own state, and lets requests wait for the mend.
  if [ "${WRANGLER_COMMAND:-}" = dev ] && [ -f "$CRATE/pkg/${CRATE}_bg.wasm" ]; then
    say "wrangler dev goes on with the last module that was built; save the mend, and it builds again"
    exit 0
  fi
  exit "$status"
}

cmd_all() {
  check_tools >/dev/null || cmd_setup
  check_project
  test_all
  say "$CRATE is built and tested. ./build.sh dev serves it here, ./build.sh deploy puts it on Cloudflare"
}

## check    compare the tools with the pins, your own files with the casing; types and lints of TypeScript; changes nothing
cmd_check() {
  check_project
  is_env_current || say "$ENV_TYPES, the type of what is bound, is missing, or of another configuration: ./build.sh types makes it"
  say "TypeScript: types, lints"
  check_typescript
}

check_project() {
  bash scripts/casing.sh
  if grep -qsxE 'MIT License|Copyright .* All rights reserved[.]' LICENSE; then
    say "LICENSE, which is yours, has the text of another licence than Apache-2.0, the answer"
  fi
  local names=(
    .cargo/config.toml .gitattributes .github/workflows/ci.yml build.sh docs/platform.md renovate.json rust-toolchain.toml
    scripts/{casing,conflicts,tools}.sh scripts/{above,folders,glue,module,names,packages}.mjs scripts/hints.json
    "$CRATE"/{Cargo,clippy,rustfmt}.toml "$CRATE/size-budget.txt" "$CRATE"/src/{lib,metadata,text}.rs
    "$CRATE"/src/metadata/*.rs "$CRATE"/platform/{Cargo,clippy,rustfmt}.toml "$CRATE"/platform/README.md
    "$CRATE"/platform/src/{,*/,*/*/}*.rs
    worker/{.dev.vars.example,.npmrc,.oxlintrc.json} worker/{package.json,tsconfig.json,vitest.config.ts,wrangler.toml}
    worker/{bench,test}/tsconfig.json
    worker/public/playground.html worker/public/platform/playground.{css,js} worker/src/{contract,images,index}.ts
    worker/bench/job.ts worker/test/{contract.test,faults/index,images.test,mutations.test,samples}.ts
    worker/platform/{body,failures,health,http,index,modules.d,routes,sentry,stack,wasm}.ts
    worker/platform/{bench,test}/tsconfig.json worker/platform/bench/{figures,index,load,plot,report,run,verdict}.ts worker/platform/README.md
    worker/platform/test/{bundles,faults,recovery.test,simd.test,worker}.ts
  ) ignored=
  # Where all of the project is ignored, nobody keeps it in git.
  git check-ignore --quiet . 2>/dev/null ||
    ignored=$(git ls-files --others --ignored --exclude-standard -- "${names[@]}" 2>/dev/null) || true
  [ -z "$ignored" ] || say "git ignores these files, and the next update would take them, or your edits in them, for" \
    "deleted. Put them under git all the same, with git add --force: ${ignored//$'\n'/ }"
  [ "$(grep -c '^  "scripts":' worker/package.json)" -lt 2 ] ||
    say "worker/package.json has two lists of scripts, of which npm takes the last: put yours into the first"
  local own teller
  own=$(find worker -maxdepth 1 -name 'platform.*')
  [ -z "$own" ] || say "$own is what \"../platform\" names now, and not the folder: give it another name"
  teller=$(grep -Enrs "^[[:blank:]]*(import|export)[^/]*[\"'][./]*/platform/sentry(\.[jt]s)?[\"']" worker/src) || true
  [ -n "$teller" ] ||
    say "no file of worker/src imports \"../platform/sentry\", so that failures go to the log alone: index.ts is the place"
  say "Tools"
  check_tools || stop 1 "these tools are not as wanted; the last column says what helps"
}

## setup    install what is missing, at the pinned versions, beside your own tools
cmd_setup() {
  [ -z "${WORKERS_CI:-}" ] || setup_rustup
  check_prerequisites || stop 1 "setup needs these first"
  setup_tools
  # So that an editor knows it from the start.
  write_env
}

## build    make the WebAssembly module and hold it to its size budget
cmd_build() {
  # wrangler builds whatever it is asked.
  [ -z "${WRITING_ENV:-}" ] || return 0
  write_env
  build_module pkg
  write_versions
}

## types    write the type Env of what wrangler.toml binds; build does so, too, when wrangler.toml has changed
cmd_types() {
  require_tools
  write_env
  say "$ENV_TYPES is of today's configuration"
}

readonly ENV_TYPES=worker/worker-configuration.d.ts

is_env_current() { [ "$(tail -n 1 "$ENV_TYPES" 2>/dev/null)" = "$(env_mark)" ]; }

# What it was made of.
env_mark() {
  cat "$(wrangler_config worker)" worker/.dev.vars.example worker/node_modules/wrangler/package.json build.sh 2>/dev/null |
    cksum | sed 's|^|// Made by ./build.sh types of |' || true
}

write_env() {
  ! is_env_current || return 0
  say "Writing $ENV_TYPES"
  # Beside worker/, with all that is in it but .dev.vars: its names would be in the type on this machine alone.
  rm -rf .types
  mkdir .types
  (
    cd .types
    ln -s ../worker/* .
    rm -f "${ENV_TYPES#*/}"
    cat ../worker/.dev.vars.example >.dev.vars 2>/dev/null || true
    unset CLOUDFLARE_ENV
    # Those of the runtime are in @cloudflare/workers-types.
    WRITING_ENV=yes exec_wrangler types --include-runtime=false --strict-vars=false >said 2>&1
  ) || { cat .types/said >&2 && return 1; }
  {
    cat .types/worker-configuration.d.ts
    printf '\n// Until the first build makes it.\ndeclare module "*/%s.js";\n' "$CRATE"
    env_mark
  } >.types/new
  mv .types/new "$ENV_TYPES"
  rm -rf .types
}

weigh() {
  local raw gzip budget
  raw=$(wc -c <"$1")
  gzip=$(gzip -9 -c "$1" | wc -c)
  budget=$(grep -v '^#' "$CRATE/size-budget.txt")
  say "${1##*/}: $((raw)) bytes, $((gzip)) with gzip; at most $budget"
  [ "$raw" -le "$budget" ] ||
    stop 1 "the module is over its budget. Make it smaller, or raise the number in $CRATE/size-budget.txt"
}

## test     format, lints and tests of your crate; types and lints of TypeScript; the Worker's tests in workerd
cmd_test() {
  if [ $# -eq 0 ]; then
    test_all
  else
    require_tools
    cmd_build
    (cd worker && vitest run "$@")
  fi
}

test_all() {
  require_tools
  cmd_build
  say "Rust: format, lints, tests"
  local manifest=--manifest-path="$CRATE/Cargo.toml"
  cargo fmt "$manifest" --check || stop 1 "cargo fmt would change these lines: run cargo fmt --package $CRATE in $CRATE"
  patiently cargo clippy "$manifest" --quiet --locked --no-deps --all-targets --all-features -- --deny warnings
  patiently cargo test "$manifest" --quiet --locked
  build_module pkg-faults --features faults
  say "TypeScript: types, lints, the bundles, tests in workerd"
  check_typescript
  (cd worker && vitest run)
}

# What an editor shows, too.
check_typescript() {
  (
    cd worker
    # Old versions exit with 2, which is for a command that there is not.
    patiently tsc || exit 1
    patiently tsc --project test || exit 1
    # An update brings no bench/job.ts, which is the user's.
    [ ! -f bench/job.ts ] || tsc --project bench || exit 1
    # Nor this file, for code that was written before there was a linter.
    [ ! -f .oxlintrc.json ] || oxlint --config=.oxlintrc.json --format=unix src test platform bench ./*.ts
  )
}

# What the tests run, made by platform/test/bundles.ts whoever starts them.
cmd_bundles() {
  build_module pkg-faults --features faults
  cd worker
  bundle dist
  bundle dist-faults test/faults/index.ts
}

## dev      serve the Worker on this machine and follow changes
cmd_dev() {
  require_tools
  # Newer wranglers tell their builds by themselves.
  export WRANGLER_COMMAND=dev
  mkdir -p "$CRATE/pkg"
  touch "$CRATE/pkg/changed"
  follow &
  cd worker
  # The token that the page has.
  grep -qs '^UPLOAD_TOKEN' .dev.vars || set -- "$@" --var=UPLOAD_TOKEN:dev
  exec_wrangler dev --define "DEVELOPMENT:$(cat ../scripts/hints.json)" "$@"
}

# Has wrangler build again when a file changes that it does not watch: of worker/platform, where each build writes
# build.json, and of what the crate is made of, such as one that it includes. Ends with wrangler, which is to be this
# process.
follow() {
  local module="$CARGO_TARGET_DIR/pkg/wasm32-unknown-unknown/debug/$CRATE" built known='' now seen='' platform
  platform=$(cksum worker/platform/*.ts)
  while sleep 1 && kill -0 $$ 2>/dev/null; do
    now=$(cksum worker/platform/*.ts) || continue
    [ "$now" = "$platform" ] || touch "$CRATE/pkg/changed"
    platform=$now
    built=$(2>/dev/null unwatched <"$module.sums") || continue
    # What the last build was made of, and not what is there when it is looked at, which can be newer already.
    [ "$built" = "$known" ] || seen=$built
    known=$built
    now=$(sums "$module.d" | unwatched)
    [ "$now" = "$seen" ] || touch "$CRATE/pkg/changed"
    seen=$now
  done
}

# Of the lines of `sums`, those of files outside of src, which wrangler watches, and of what is no part of a module; Cargo
# writes some as src/../data/words.txt.
unwatched() {
  awk -v crate=" $CRATE/" 'index($0, "/../") || !index($0, crate "src/") && !index($0, crate "tests/") && !index($0, crate "benches/") &&
    !index($0, crate "examples/") && !/[.]md$/'
}

# A line for each file of the crate, and for each in a list of Cargo's: its checksum, its length, its path.
sums() {
  local paths=(.)
  # It is one line, in which a backslash stands before a blank.
  # shellcheck disable=SC2162
  [ ! -f "$1" ] || read -a paths <"$1" || paths=(.)
  {
    find -L "$CRATE" \( -name target -o -name node_modules -o -path "$CRATE/pkg" -o -path "$CRATE/pkg-faults" -o -name '.?*' \) \
      -prune -o -type f -exec cksum {} +
    # The first is the module; what a build script has made comes and goes with it. It may watch a whole folder.
    [ -z "${paths[1]:-}" ] || find -L "${paths[@]:1}" -path "*$CRATE/target/*" -prune -o -type f -exec cksum {} +
  } 2>/dev/null | LC_ALL=C sort -u || true
}

## bench    measure the Worker against the same job in TypeScript; takes about a minute
cmd_bench() {
  require_tools
  [ -f worker/bench/job.ts ] ||
    stop 1 "worker/bench/job.ts is missing: the job in TypeScript, and the requests. A new project has one to start from"
  build_module pkg
  say "Bundling the Worker, and the same job in TypeScript"
  (
    cd worker
    tsc --project bench
    bundle dist >/dev/null
    bundle dist-bench platform/bench/index.ts >/dev/null
    esbuild platform/bench/run.ts --tsconfig=bench/tsconfig.json --bundle --platform=node --format=esm --packages=external \
      --outfile=dist-bench/run/index.js --log-level=warning
  )
  say "Measuring, about a minute"
  node worker/dist-bench/run/index.js
}

## names    write a log, read from standard input, with functions, files and lines by name: names [FILE.wasm] [FILE.map]
cmd_names() {
  local twin map=worker/dist/index.js.map file
  twin=$(echo "$CRATE/pkg/$CRATE"-*.wasm)
  for file in "$@"; do
    case $file in *.map) map=$file ;; *) twin=$file ;; esac
  done
  [ ! -t 0 ] || say "Paste a line of the log, or a stack; Ctrl-D ends it"
  node scripts/names.mjs "$twin" "$map"
}

## deploy   test, then put the Worker on Cloudflare
cmd_deploy() {
  # Not for the code of others that the tests run.
  local tested credentials=(CLOUDFLARE_{API_TOKEN,API_KEY,EMAIL,ACCOUNT_ID} CF_{API_TOKEN,API_KEY,EMAIL,ACCOUNT_ID})
  export -n "${credentials[@]}"
  cmd_build
  tested=$(bundle_id)
  test_all
  cmd_build
  [ "$(bundle_id)" = "$tested" ] || stop 1 "a file of the Worker changed while it was tested: deploy it again"
  say "Deploying"
  export "${credentials[@]}"
  (cd worker && exec_wrangler deploy "$@")
}

## wrangler run the pinned wrangler, on a Node.js that it runs on, for example: wrangler tail
cmd_wrangler() {
  require_tools
  if [ "${LOCKED_BY:-}" = "$$" ]; then
    # Not in place of this process, which holds the lock.
    STEP="wrangler $*"
    (cd worker && exec_wrangler "$@")
  else
    cd worker
    exec_wrangler "$@"
  fi
}

STEP='' STOPPED='' RELEASED=

say() {
  STEP=$*
  printf '\n>>> %s\n' "$*" >&2
}

stop() {
  local status=$1
  shift
  STOPPED=yes
  complain "$*"
  exit "$status"
}

complain() { printf '\nbuild.sh: %s\n' "$*" >&2; }

require_tools() { check_tools >/dev/null || cmd_check; }

# Brings the package in $CRATE/$1 up to date; further arguments go to Cargo, which is asked each time: it alone knows all
# that a module is made of. The rest follows from the module and from the tools.
build_module() {
  local out="$CRATE/$1" new="$CRATE/$1/new" module flags before made_of telling=
  # Cargo has one place for the module, with whatever features.
  local CARGO_TARGET_DIR="$CARGO_TARGET_DIR/$1"
  local CARGO_BUILD_BUILD_DIR="$CARGO_TARGET_DIR"
  module="$CARGO_TARGET_DIR/wasm32-unknown-unknown/${PROFILE/dev/debug}/$CRATE.wasm"
  shift
  # In dev each moment counts, and cmd_dev did it; and Cargo says nothing.
  if [ "$PROFILE" = dev ]; then telling=patiently; else require_tools; fi
  refuse_other_flags
  lock_crates
  STEP="compiling $CRATE"
  before=$(sums "${module%.wasm}.d")
  touch_changed "${module%.wasm}" "$before"
  flags=$(remapped)
  set -- --locked --config "target.wasm32-unknown-unknown.rustflags=[$flags]" "$@"
  (
    cd "$CRATE"
    cargo=(cargo build --lib --target wasm32-unknown-unknown --profile "$PROFILE" "$@")
    if $telling "${cargo[@]}"; then exit; fi
    # It fails again at once: its words, of which the terminal has had the first, are known to scripts/hints.json.
    { "${cargo[@]}" --quiet --color=never 2>&1 || true; } | node ../scripts/names.mjs --hints >&2
    exit 1
  )
  # Of a file that changed meanwhile nobody knows what is in the module: it counts as it was.
  sums "${module%.wasm}.d" | as_before "$before" >"${module%.wasm}.new"
  mv "${module%.wasm}.new" "${module%.wasm}.sums"
  made_of=$(ingredients "$module" | cksum)
  [ "$made_of $(results "$out" | cksum)" != "$(cat "$out/stamp" 2>/dev/null)" ] || return 0
  say "Building $out"
  mkdir -p "$out"
  rm -rf "$out/stamp" "$new"
  (
    cd "$CRATE"
    # What the compiler warns of stands above.
    patiently into "../$out/said" wasm-pack --log-level error build --mode no-install --target web --out-dir "../$new" \
      "--$PROFILE" -- "$@" || { cat "../$out/said" >&2 && exit 1; }
  )
  node scripts/glue.mjs "$new/$CRATE.js"
  node scripts/module.mjs "$new/${CRATE}_bg.wasm"
  if [ "$PROFILE" = release ]; then
    # Its twin with the names, for ./build.sh names; that of dev has them itself.
    node scripts/names.mjs --part "$new/${CRATE}_bg.wasm"
    [ "$out" != "$CRATE/pkg" ] || weigh "$new/${CRATE}_bg.wasm"
  fi
  rm -rf "$out/$CRATE"-*.wasm "$out/snippets"
  mv "$new"/* "$out"
  rm -r "$new"
  rm "$out/said"
  echo "$made_of $(results "$out" | cksum)" >"$out/stamp"
  [ "$out $PROFILE" != "$CRATE/pkg release" ] || RELEASED=yes
}

# Runs a command that says into a file what it has to say: file, command.
into() { "${@:2}" >"$1" 2>&1; }

# Cargo asks when a file was changed, and takes an older one that was put in its place for the one it knows. So each file
# that is not as it was for the module $1 gets the time of today, and the folder of one that is gone; $2 has what they are
# now. Where that is no later one, as after a clock was put back, Cargo has to forget what it knows.
touch_changed() {
  local file ahead now="$CRATE/target/now"
  for _ in 1 2 3; do
    touch "$now"
    ahead=$(find "$CRATE/target/" -name rust-analyzer -prune -o \
      -path '*/.fingerprint/*' -newer "$now" -print 2>/dev/null) || true
    # What another Cargo, of an editor say, has just written is so no more.
    [ -n "$ahead" ] || break
  done
  [ -z "$ahead" ] || forget_builds
  [ ! -f "$1.sums" ] || LC_ALL=C sort - "$1.sums" <<<"$2" | LC_ALL=C uniq -u | while read -r _ _ file; do
    until [ -e "$file" ]; do case $file in ?*/*) file=${file%/*} ;; *) file=$CRATE ;; esac; done
    if is_newer "$file" "$1.sums" && ! is_newer "$file" "$now"; then continue; fi
    touch -c "$file" 2>/dev/null || true
    is_newer "$file" "$1.sums" || forget_builds
  done
}

# Within a second `-nt` cannot tell, in the bash of macOS.
is_newer() {
  if [ "$1" -nt "$2" ]; then return 0; fi
  if [ "$2" -nt "$1" ]; then return 1; fi
  [ -n "$(find -L "$1" -prune -newer "$2" 2>/dev/null)" ]
}

forget_builds() { find "$CRATE/target/" -name .fingerprint -prune -exec rm -rf {} + || true; }

# Of the lines of `sums`, those that $1 has for the same files, where it has one.
as_before() {
  { echo "$1" && echo && cat; } | awk '
    !/./ { now = 1; next }
    { line = $0; sub(/^[0-9]+ [0-9]+ /, "") }
    !now { was[$0] = line; next }
    { print ($0 in was ? was[$0] : line) }'
}

# Flags for rustc, so that a message of a panic names no folder of this machine: it would stand in the module.
remapped() {
  local folder
  for folder in "$CARGO_HOME"/registry/src/* "$CARGO_HOME/git/checkouts"; do
    printf '"--remap-path-prefix=%s=crates",' "$folder"
  done
  # Of crates that are neither there nor in this project.
  node scripts/folders.mjs "$CRATE/target/crates.json" "$(pwd -P)" "$CARGO_HOME"/{registry/src,git/checkouts} || return
  printf '"--remap-path-prefix=%s=."' "$(pwd -P)"
}

# What a package is made of: Cargo's module, what is asked of it, and what makes the one of the other.
ingredients() {
  local -x LC_ALL=C
  echo "$PROFILE"
  cat "$1" "$CRATE/Cargo.toml" "$CRATE/size-budget.txt" .cargo/config.toml worker/package-lock.json build.sh \
    scripts/tools.sh scripts/*.mjs 2>&1 || true
}

results() {
  local -x LC_ALL=C
  cat "$1"/*.wasm "$1/$CRATE.js" 2>&1 || true
}

# What is set for all projects of a machine changes nothing here.
put_variables_aside() {
  local name
  # Whoever starts Node.js sets it, vitest too. npm would leave packages out for it, and a bundle would hold it.
  unset NODE_ENV
  for name in $(compgen -e); do
    case $name in
      *RUSTFLAGS | CARGO_PROFILE_* | CARGO_TARGET_WASM32_* | CARGO_BUILD_TARGET | CARGO*_INCREMENTAL | CARGO_UNSTABLE_* | \
        CARGO_TARGET_*_RUNNER | RUSTC | RUSTC_BOOTSTRAP | CARGO_BUILD_RUSTC | RUSTDOC | CARGO_BUILD_RUSTDOC | *RUSTDOCFLAGS | \
        RUSTFMT | CLIPPY_* | CARGO_ALIAS_* | CARGO_RESOLVER_* | WASM_BINDGEN_* | NODE_PATH | ESBUILD_BINARY_PATH | \
        MINIFLARE_WORKERD_PATH | WRANGLER_BUILD_*) ;;
      # npm takes them in capitals, too.
      [Nn][Pp][Mm]_[Cc][Oo][Nn][Ff][Ii][Gg]_*)
        case $(tr '[:upper:]' '[:lower:]' <<<"${name#???_??????_}=${!name}") in
          # What `npm run` hands on of worker/.npmrc.
          ignore_scripts=true) continue ;;
        esac
        case $(tr '[:upper:]' '[:lower:]' <<<"${name#???_??????_}") in
          cpu | dry_run | ignore_scripts | libc | location | os | package_lock_only | workspace) ;;
          *) continue ;;
        esac
        ;;
      *) continue ;;
    esac
    [ -z "${!name}" ] || complain "$name is set, but not used: what this project is made with stands in its own files"
    unset "$name"
  done
}

# The same of Cargo's configuration outside of this project, which cannot be put aside: registries are there too. A
# wrapper of rustc, as sccache, is taken at its word.
refuse_other_flags() {
  local settings other name
  for name in RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER CARGO_BUILD_RUSTC_WRAPPER CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER; do
    [ -z "${!name-}" ] || complain "$name is set: ${!name} runs the compiler here"
  done
  # Asks a stable Cargo for what only an unstable one tells.
  settings=$(cd "$CRATE" && RUSTC_BOOTSTRAP=1 cargo -Zunstable-options config get --show-origin 2>&1) ||
    stop 1 "Cargo cannot read its configuration: $settings"
  other=$(
    awk -v here="$(pwd -P)/" '
        /^[^ #\]]/ { setting = $1 }
        setting ~ /^build\.rustc-(workspace-)?wrapper$/ { print "\nbuild.sh: another program runs the compiler here: " $0 >"/dev/stderr" }
        setting ~ /^env\./ && index($0, "# " here) == 0 { print "\nbuild.sh: the crate is compiled with a variable of yours: " $0 >"/dev/stderr" }
        setting ~ /^(paths$|patch\.|profile\.|target\.(wasm32|.?cfg)|build\.(rustc|target|incremental)$|resolver\.lockfile-path$)/ ||
        setting ~ /^(build\.rustdoc(flags)?$|target\..*\.runner$|alias\.(clippy|fmt)$)/ {
          if (sub(/.* # /, "") && index($0, here) != 1) { print setting " in " $0; exit }
        }' <<<"$settings"
  )
  [ -z "$other" ] || stop 1 "$other would change what is built or tested here, and only on this machine. Take it out there;" \
    "what this project needs itself stands in its own .cargo/config.toml and Cargo.toml"
}

# What /healthz answers. Written only when it changes, or `wrangler dev` would begin again.
write_versions() {
  local file=worker/platform/build.json versions
  versions=$(printf '{"name":"%s","crate":"%s","template":"%s","compatibilityDate":"%s","bundle":"%s"}' \
    "$CRATE" "$(setting version = "$CRATE/Cargo.toml")" "$(setting _commit : .copier-answers.yml)" \
    "$(setting compatibility_date '[=:]' "$(wrangler_config worker)")" "$(bundle_id)")
  [ "$versions" = "$(cat "$file" 2>/dev/null)" ] || echo "$versions" >"$file"
}

# Names the bundle before there is one, by all that goes into it: the log has it, and the bundle's source map.
bundle_id() {
  # Else a saved file of worker/src would be bundled twice.
  [ "${WRANGLER_COMMAND:-}" != dev ] || { echo development && return; }
  {
    find -L worker \( -name node_modules -o -name '.[!.]*' -o -path 'worker/dist*' -o -path worker/public \
      -o -path worker/test -o -path worker/bench -o -path worker/platform/test -o -path worker/platform/bench \
      -o -path worker/platform/build.json -o -path "$ENV_TYPES" \) -prune -o -type f -print0
    find "$CRATE/pkg" -name '*.js' -print0 -o -name '*_bg.wasm' -print0
  } |
    LC_ALL=C sort -z | xargs -0 cat "$CRATE/Cargo.toml" .copier-answers.yml | cksum |
    { read -r sum _ && printf 'b%08x' "$sum"; }
}

# The first value of a setting: name, what stands after it, file.
setting() {
  local value
  value=$(first "$3" "^([^#]*[{,])?[[:blank:]]*\"?$1\"?[[:blank:]]*$2[[:blank:]]*[\"']?([^\"' #]*).*" 2)
  echo "${value:-unknown}"
}

# Becomes wrangler, with the configuration of this Worker: one of a folder above would win over it.
exec_wrangler() {
  local argument config
  config=$(wrangler_config .)
  for argument; do
    case $argument in
      --) break ;;
      -c* | --config | --config=*) exec wrangler "$@" ;;
    esac
  done
  exec wrangler --config="$config" "$@"
}

# The configuration that wrangler takes of those in a folder.
wrangler_config() {
  local file
  for file in "$1"/wrangler.{json,jsonc,toml}; do [ ! -f "$file" ] || break; done
  echo "$file"
}

# Writes to worker/$1 what wrangler would upload, of the top level of its configuration; with $2, of that file in the
# place of the Worker's own.
bundle() {
  local other config
  STEP="bundling worker/$1"
  rm -rf "$1"
  config=$(wrangler_config .)
  # Classes that the configuration names, as of Durable Objects, wrangler wants of every Worker. So this one has those of
  # the project's own.
  if [ $# -gt 1 ] && grep -Eqs 'class_name|entrypoint' "$config"; then
    mkdir "$1"
    printf 'export * from "../%s";\nexport { default } from "../%s";\n' "$(setting main '[=:]' "$config")" "$2" >"$1/index.ts"
    set -- "$1" "$1/index.ts"
  fi
  (
    unset CLOUDFLARE_ENV
    exec_wrangler deploy --dry-run --upload-source-maps --outdir "$@"
  )
  other=$(node ../scripts/above.mjs "$1/index.js")
  [ -z "$other" ] || stop 1 "the bundle has $other in it, of a folder above this project: npm install that package" \
    "in worker/"
}

main "$@"
