# shellcheck shell=bash
# The tools of this project: which are wanted, which are there, how to install the others. Sourced by build.sh,
# which says what CRATE is.
set -euo pipefail

# The pins that no file of another tool holds. Rust's is in rust-toolchain.toml, wasm-bindgen's in
# my_worker/Cargo.toml, the npm packages' and the oldest Node.js in worker/package.json.
readonly WASM_PACK=0.15.0
readonly NODE=24.21.0

# The SHA-256 of what the authors of a tool release, where it is known: by the name of the archive.
checksum() {
  case $1 in
    wasm-pack-v0.15.0-x86_64-unknown-linux-musl) echo c09f971ecaed9a2efc80fdcea7a00ef6b53c7fadc8c57d1f61b53a6aa66b668a ;;
    wasm-pack-v0.15.0-aarch64-unknown-linux-musl) echo e17ef0806381c3a0acb9c9ddad643a49facaa5a2ecf657a421d4d8f3357a24b7 ;;
    wasm-pack-v0.15.0-x86_64-apple-darwin) echo d3f1a4a33e95f8f0d7801b024e08624c479999ac96aa150908b2394015cd0363 ;;
    wasm-pack-v0.15.0-aarch64-apple-darwin) echo 0abff4a03d670b6c00ea31d0e1608a72407e355f3d3765e9c30eb45cd5b7e318 ;;
    wasm-bindgen-0.2.129-x86_64-unknown-linux-musl) echo 82d12bb940e2d4e72e0d5605387fc1b8ca179044e012b620f0ce4e7440e8320e ;;
    wasm-bindgen-0.2.129-aarch64-unknown-linux-musl) echo 2ed4351c35dd9440308bbb02767d47ea278efe851a52465300f3c94f5b6c2a87 ;;
    wasm-bindgen-0.2.129-x86_64-apple-darwin) echo 7e028879a68ec53dae14048b55cc5215f6df75b17a9c1426fac8fa086d3202fd ;;
    wasm-bindgen-0.2.129-aarch64-apple-darwin) echo 81d4a23d56b3c3eb8187658329116d50e0b228a93b343825fb71f70179051cd1 ;;
  esac
}

# Reads them, however they are spelled.
read_pins() {
  local quote="[\"']" blank="[[:blank:]]*" manifest="$CRATE/Cargo.toml"
  RUST=$(first rust-toolchain.toml "^[^#]*channel$quote?$blank=$blank$quote([^\"']+)$quote.*")
  [ -n "$RUST" ] || unreadable rust-toolchain.toml channel 'channel = "X.Y.Z"'
  NODE_FLOOR=$(first worker/package.json ".*\"node\"$blank:$blank\">=$blank([0-9.]+)\".*")
  [ -n "$NODE_FLOOR" ] || unreadable worker/package.json node '"node": ">=X.Y.Z"'
  # As `NAME = ...`, `NAME.version = ...` or `version = ...` in a table of its own.
  local exact="[^#]*$quote$blank=$blank([0-9][^\"' ]*)$blank$quote.*" name="${quote}?wasm-bindgen${quote}?"
  WASM_BINDGEN=$(first "$manifest" "^$blank$name$blank([.]$blank(version)$blank)?=$exact" 3)
  [ -n "$WASM_BINDGEN" ] ||
    WASM_BINDGEN=$(sed -nE "/^$blank\\[.*[.]$name$blank\\]/,/^$blank\\[/s/^${blank}version$blank=$exact/\\1/p" "$manifest")
  # Where Cargo.toml leaves room, the lock says which.
  [ -n "$WASM_BINDGEN" ] ||
    WASM_BINDGEN=$(sed -n '/^name = "wasm-bindgen"/{n;s/^version = "\(.*\)".*/\1/p;q;}' "$CRATE/Cargo.lock" 2>/dev/null) || true
  [ -n "$WASM_BINDGEN" ] || unreadable "$manifest" wasm-bindgen 'wasm-bindgen = "=X.Y.Z"'
  readonly RUST NODE_FLOOR WASM_BINDGEN
  export RUSTUP_TOOLCHAIN="$RUST"
}

# What the first line of a file that an extended regular expression matches has in its group: file, expression, group.
first() { sed -nE "/$2/{s//\\${3:-1}/p;q;}" "$1" 2>/dev/null || true; }

# Stops at a pin that no line has as it should: file, name, an example.
unreadable() {
  local found
  found=$(sed -nE "/^[[:blank:]]*#/d;/(^|[^@/[:alnum:]-])$2[]\"']*[[:blank:]]*[]=:.]/{=;p;q;}" "$1" 2>/dev/null) || true
  [ -z "$found" ] || found="in line ${found%%$'\n'*}: ${found#*$'\n'}"
  stop 1 "cannot read in $1 which version of $2 is wanted. Expected a line such as $3, found ${found:-none}"
}

# Tools of an exact version, each in a folder of its own, shared by all projects of this user.
case ${XDG_CACHE_HOME:-} in
  # What is not absolute counts for nothing, by the XDG Base Directory Specification.
  /*) readonly TOOLS="$XDG_CACHE_HOME/wasm-worker" ;;
  *) readonly TOOLS="${HOME:?is not set: name a home directory, or XDG_CACHE_HOME}/.cache/wasm-worker" ;;
esac

# Puts the tools of this project before the user's, where they are installed.
use_tools() {
  local tool rustc
  if rustc=$(rustup which rustc --toolchain "$RUST" 2>/dev/null); then PATH="${rustc%/*}:$PATH"; fi
  for tool in "wasm-bindgen-$WASM_BINDGEN" "wasm-pack-$WASM_PACK"; do
    if [ -d "$TOOLS/$tool" ]; then PATH="$TOOLS/$tool/bin:$PATH"; fi
  done
  if ! has_node && [ -d "$TOOLS/node-$NODE" ]; then PATH="$TOOLS/node-$NODE/bin:$PATH"; fi
  PATH="$PWD/worker/node_modules/.bin:$PATH"
}

# As the pin says it, where it names no version to the last number, such as X.Y, or a nightly of a day.
rust_version() {
  local version
  version=$(rustc --version 2>/dev/null | cut -d ' ' -f 2) || true
  case $RUST,$version in
    [!0-9]*) ! rustup which rustc --toolchain "$RUST" >/dev/null 2>&1 || version=$RUST ;;
    *",$RUST."*) version=$RUST ;;
  esac
  echo "$version"
}

component() {
  local installed
  installed=$(rustup component list --installed 2>/dev/null) || true
  case $'\n'$installed in *$'\n'"$1"*) echo installed ;; *) echo missing ;; esac
}

# wasm-pack 0.12.0 has no --version: the folder it was installed in tells, or Cargo's own list.
wasm_pack_version() {
  if [ -d "$TOOLS/wasm-pack-$WASM_PACK" ]; then
    ! runs "$TOOLS/wasm-pack-$WASM_PACK/bin/wasm-pack" wasm-pack "$WASM_PACK" >/dev/null || echo "$WASM_PACK"
  elif ! wasm-pack --version 2>/dev/null | cut -d ' ' -f 2 | grep . && command -v wasm-pack >/dev/null; then
    cargo install --list 2>/dev/null | sed -n 's/^wasm-pack v\(.*\):$/\1/p'
  fi
}

wasm_bindgen_version() { wasm-bindgen --version 2>/dev/null | cut -d ' ' -f 2; }

node_version() { node --version 2>/dev/null | tr -d v; }

has_node() { [ "$(printf '%s\n' "$NODE_FLOOR" "$(node_version)" | sort -V | head -n 1)" = "$NODE_FLOOR" ]; }

# The version of an npm package that the lock names, or package.json where there is none yet; and of the installed one.
pinned() {
  local version
  version=$(sed -n "/\"node_modules\/$1\": {/,/}/s/.*\"version\": \"\(.*\)\".*/\1/p" worker/package-lock.json 2>/dev/null) || true
  echo "${version:-$(first worker/package.json ".*\"$1\"[[:blank:]]*:[[:blank:]]*\"([^\"]+)\".*")}"
}
installed() { first "worker/node_modules/$1/package.json" '^ *"version": "(.*)".*'; }

npm_packages() {
  local state told agreed=worker/node_modules/.agreed
  state=$(node scripts/packages.mjs 2>/dev/null) || state=unknown
  if [ "$state" = locked ]; then
    told=$(cat worker/package.json worker/package-lock.json | cksum)
    if [ "$told" != "$(cat "$agreed" 2>/dev/null)" ] && can_be_asked; then
      if would_install --offline >/dev/null 2>&1; then
        # It is asked once.
        { echo "$told" >"$agreed"; } 2>/dev/null || true
      else
        state=outdated
      fi
    fi
  fi
  echo "$state"
}

# Whether npm installs from the lock, which npm alone knows: the lock says nothing of overrides.
would_install() { npm_here ci --dry-run --ignore-scripts "$@"; }

# Before 10.6, npm may empty node_modules to answer that.
can_be_asked() { [ "$(printf '%s\n' 10.6 "$(npm --version)" | sort -V | head -n 1)" = 10.6 ]; }

# Calls "$@" for each tool with its name, what is there, what is wanted, and the function that installs it.
each_tool() {
  "$@" Rust "$(rust_version)" "$RUST" setup_rust
  "$@" "wasm32 target" "$(component rust-std-wasm32-unknown-unknown)" installed setup_rust
  "$@" rustfmt "$(component rustfmt)" installed setup_rust
  "$@" clippy "$(component clippy)" installed setup_rust
  "$@" Node.js "$(node_version)" "$(if has_node; then node_version; else echo "$NODE_FLOOR"; fi)" setup_node
  "$@" wasm-opt "$(installed binaryen)" "$(pinned binaryen)" setup_npm_packages
  "$@" wrangler "$(installed wrangler)" "$(pinned wrangler)" setup_npm_packages
  "$@" "npm packages" "$(npm_packages)" locked setup_npm_packages
  "$@" wasm-bindgen "$(wasm_bindgen_version)" "$WASM_BINDGEN" setup_wasm_bindgen
  "$@" wasm-pack "$(wasm_pack_version)" "$WASM_PACK" setup_wasm_pack
}

check_prerequisites() {
  local missing=0 name
  need() {
    command -v "$1" >/dev/null || { printf '  %-14s is missing: %s\n' "$1" "$2" && missing=1; }
  }
  need rustup "https://rustup.rs"
  need cc "a C compiler; on Debian: apt install build-essential; on macOS: xcode-select --install"
  ! name=$(crate_with_c) || need clang "$name has C, which only clang compiles to WebAssembly; on Debian: apt install clang llvm;\
 on macOS: brew install llvm, with its bin on the PATH"
  need node "Node.js with npm; https://nodejs.org"
  need npm "comes with Node.js; https://nodejs.org"
  for name in awk find gzip xargs; do need "$name" "part of every Unix; on Debian: apt install mawk findutils gzip"; done
  return $missing
}

# The first crate of the module whose C a compiler is asked for; fails where there is none, or another compiler is set.
crate_with_c() {
  local known='(libz|secp256k1|zstd)-sys|ring'
  [ -z "${CC_wasm32_unknown_unknown-}${TARGET_CC-}${CC-}" ] || return
  grep -Eqs "^name = \"($known)\"" "$CRATE/Cargo.lock" || return
  cargo tree --manifest-path="$CRATE/Cargo.toml" --locked --target=wasm32-unknown-unknown --edges=normal --prefix=none 2>/dev/null |
    sed -nE "s/^($known) v.*/\1/p" | sort | sed -n 1p | grep .
}

# A line for each tool: found, wanted, and what mends it. Fails when one is not as wanted.
check_tools() {
  local failed=0
  printf '  %-14s %-14s %-14s\n' tool found wanted
  check_prerequisites || failed=1
  each_tool check_tool
  return $failed
}

check_tool() {
  local verdict=ok
  is_wanted "$2" "$3" || { verdict="./build.sh setup" && failed=1; }
  printf '  %-14s %-14s %-14s %s\n' "$1" "${2:-none}" "${3:-unknown}" "$verdict"
}

# Installs what is missing, each tool in a folder or a cache of its own. What is downloaded comes side by side.
setup_tools() {
  local missing packages="the npm packages of worker/ (a minute when they are not cached)"
  [ "${WASM_TOOLS_FROM:-source}" = source ] || stop 2 "WASM_TOOLS_FROM is $WASM_TOOLS_FROM: expected source, or nothing"
  case ${WASM_TOOLS_URL:-https://} in
    https://* | http://*) ;;
    *) stop 2 "WASM_TOOLS_URL is ${WASM_TOOLS_URL##*@}: expected https://HOST or http://HOST, or nothing" ;;
  esac
  missing=$(each_tool name_setup | awk '!seen[$0]++' | tr '\n' ' ')
  case $missing in
    '') ;;
    "setup_npm_packages ") say "Installing $packages" && setup_npm_packages ;;
    *)
      lock "$TOOLS/lock"
      rm -rf "$TOOLS/staging"
      mkdir "$TOOLS/staging"
      drop_broken wasm-bindgen "$WASM_BINDGEN"
      drop_broken wasm-pack "$WASM_PACK"
      drop_broken node "$NODE"
      case $missing in *setup_rust*) begin "Installing Rust $RUST (some seconds, once on this machine)" setup_rust ;; esac
      case $missing in *setup_wasm_bindgen*) download wasm-bindgen "$WASM_BINDGEN" "$WASM_BINDGEN" ;; esac
      case $missing in *setup_wasm_pack*) download wasm-pack "$WASM_PACK" "v$WASM_PACK" ;; esac
      case $missing in
        *setup_node*npm*) begin "Installing Node.js $NODE, then $packages" setup_node_and_packages ;;
        *setup_node*) begin "Installing Node.js $NODE (some seconds, once on this machine)" setup_node ;;
        *npm*) begin "Installing $packages" setup_npm_packages ;;
      esac
      await
      use_tools
      case $missing in *setup_wasm_bindgen*) setup_wasm_bindgen ;; esac
      case $missing in *setup_wasm_pack*) setup_wasm_pack ;; esac
      rm -r "$TOOLS/staging"
      unlock "$TOOLS/lock"
      ;;
  esac
  refuse_other_flags
  lock_crates
}

# The function that installs a tool, where it is not as it is wanted.
name_setup() { is_wanted "$2" "$3" || echo "$4"; }

# Steps that go on beside each other: how many, and of each its process and what it does.
BEGUN=0 PIDS=() DOING=()

# The status of a download that failed; of sysexits.h, EX_TEMPFAIL.
readonly TO_COMPILE=75

# Begins a step: what it does, then the command. What it prints is shown when it has ended.
begin() {
  local log
  BEGUN=$((BEGUN + 1))
  log="$TOOLS/staging/$BEGUN.log"
  say "$1"
  DOING[BEGUN]=$1
  shift
  # In a process group of its own, so that it ends as a whole.
  set -m
  (
    trap 'echo "$STOPPED" >"$log.stopped"' EXIT
    "$@"
  ) </dev/null >"$log" 2>&1 &
  PIDS[BEGUN]=$!
  set +m
}

# Waits for all steps. The first one that fails is told, and ends this build.sh, and `finish` the others.
await() {
  local i log status going_on=yes
  start_clock
  while [ -n "$going_on" ]; do
    going_on=
    for ((i = 1; i <= BEGUN; i++)); do
      [ -n "${PIDS[i]}" ] || continue
      if kill -0 "${PIDS[i]}" 2>/dev/null; then going_on=yes && continue; fi
      log="$TOOLS/staging/$i.log" status=0
      wait "${PIDS[i]}" || status=$?
      PIDS[i]=
      cat "$log" >&2
      case $status in
        0) echo "    done: ${DOING[i]%% (*}" >&2 && continue ;;
        "$TO_COMPILE") echo "    not to be had: ${DOING[i]%% (*}" >&2 && continue ;;
      esac
      kill "$CLOCK" 2>/dev/null || true
      # shellcheck disable=SC2034 # `finish` tells them.
      STEP=${DOING[i]} STOPPED=$(cat "$log.stopped" 2>/dev/null) || true
      exit "$status"
    done
    sleep 0.2
  done
  kill "$CLOCK" 2>/dev/null || true
}

# Ends those that go on.
end_steps() {
  local i
  for ((i = 1; i <= BEGUN; i++)); do
    [ -z "${PIDS[i]:-}" ] || kill -- "-${PIDS[i]}" 2>/dev/null || true
  done
}

# Runs a command, and says now and then that it goes on.
patiently() {
  local status=0
  start_clock "$STEP"
  "$@" || status=$?
  kill "$CLOCK" 2>/dev/null || true
  return "$status"
}

# Begins to say after 2, 4, 8, 16 seconds and so on that something goes on, and what; whoever begins it ends the process
# $CLOCK.
start_clock() {
  clock "${1:-}" &
  CLOCK=$!
  # Or bash would tell that it was ended.
  disown "$CLOCK"
}

clock() {
  local began=$SECONDS next=2
  # Whoever reads what is printed does not wait for it.
  while sleep 0.5 >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
    [ $((SECONDS - began)) -ge "$next" ] || continue
    echo "    still at it, $((SECONDS - began)) s${1:+: $1}" >&2
    next=$((next + (next < 10 ? next : 10)))
  done
}

# Of nothing, and nothing wanted, nobody knows whether it will do.
is_wanted() { [ -n "$1" ] && [ "$1" = "$2" ]; }

# Brings rustup, where it is missing, from where it has its toolchains. Only for Cloudflare's builds, whose image has no
# Rust: on the machine of a person, it is for them to install.
setup_rustup() {
  local url folder sum
  ! command -v rustup >/dev/null || return 0
  url="${RUSTUP_UPDATE_ROOT:-https://static.rust-lang.org/rustup}/dist/$(uname -m)-unknown-linux-gnu/rustup-init"
  say "Installing rustup from $url"
  folder=$(mktemp -d)
  curl --fail --silent --show-error --retry 3 --output "$folder/rustup-init" "$url"
  sum=$(curl --fail --silent --show-error --retry 3 "$url.sha256")
  echo "${sum%% *}  $folder/rustup-init" | sha256sum --check --status || stop 1 "$url is not what $url.sha256 says"
  chmod +x "$folder/rustup-init"
  "$folder/rustup-init" -y --quiet --profile minimal --default-toolchain none --no-modify-path >/dev/null
  rm -r "$folder"
}

setup_rust() {
  rustup toolchain install "$RUST" --no-self-update \
    --profile minimal --component rustfmt,clippy --target wasm32-unknown-unknown
}

setup_node_and_packages() {
  setup_node
  use_tools
  setup_npm_packages
}

# Node.js as an npm package, from the registry that the other packages come from.
setup_node() { setup_tool node "$NODE" "some seconds" install_node; }

install_node() {
  local package
  package=$(node --print '"node-" + process.platform.replace("win32", "win") + "-" + process.arch')
  npm install --prefix "$1" --no-package-lock --ignore-scripts --no-audit --no-fund "$package@$NODE"
  mv "$1/node_modules/$package"/* "$1"
  rm -r "$1/node_modules"
}

setup_npm_packages() {
  lock_npm_packages
  # Beside other steps, all of them are waited for.
  if [ "$BEGUN" -gt 0 ]; then npm_here ci; else patiently npm_here ci; fi
}

# npm in worker/, whatever a workspace around it or its settings say of where to install and what.
npm_here() {
  (cd worker && npm "$@" --prefix=. --no-global --no-workspaces --include=dev --include=optional --include=peer --package-lock \
    --install-strategy=hoisted --bin-links --no-legacy-peer-deps --no-audit --no-fund --lockfile-version=3 --location=project)
}

# Makes worker/package-lock.json where there is none, renews in it what package.json asks for. It stays only when npm
# can install from it: what npm cannot have for another platform, it leaves out of a lock, and misses it there later.
lock_npm_packages() {
  local lock=worker/package-lock.json list=worker/node_modules/.package-lock.json before='' installed said='' status=0 state
  state=$(npm_packages)
  # `check`, which may write no log of npm's either, needs no more of packages that are not there.
  if [ "$state" = stale ] && can_be_asked && ! would_install --offline >/dev/null 2>&1; then state=outdated; fi
  case $state in
    unlocked)
      [ -z "${CI:-}" ] || stop 1 "there is no $lock: run ./build.sh setup, commit it"
      echo "No $lock yet: making it. Commit it"
      ;;
    outdated)
      if [ -n "${CI:-}" ]; then
        ! can_be_asked || would_install --offline >&2 || true
        stop 1 "package.json has other versions than package-lock.json: run ./build.sh setup, commit $lock"
      fi
      echo "worker/package.json has other versions than package-lock.json: renewing the lock. Commit it"
      before=$(cat "$lock")
      ;;
    *) return 0 ;;
  esac
  # Without a lock, npm would start from what is installed, which is of this platform alone.
  [ -n "$before" ] || echo '{ "lockfileVersion": 3, "packages": {} }' >"$lock"
  # npm would list what it locks as installed.
  installed=$(cat "$list" 2>/dev/null) || true
  npm_here install --package-lock-only && { ! can_be_asked || said=$(would_install 2>&1); } || status=$?
  put_back "$list" "$installed"
  [ "$status" -ne 0 ] || return 0
  put_back "$lock" "$before"
  said=$(sed -nE 's/^npm error ((Missing|Invalid).*)/\1;/p' <<<"$said" | head -n 3 | tr '\n' ' ')
  [ -z "$said" ] ||
    stop 1 "npm would not install from the lock that it makes: ${said}nothing is changed. In worker/package.json, write an" \
      "older version of the package that asks for it, then run ./build.sh setup again"
  return "$status"
}

# Writes a text to a file, or leaves no file where there is no text.
put_back() { if [ -n "$2" ]; then echo "$2" >"$1"; else rm -f "$1"; fi; }

# Renews in Cargo.lock what Cargo.toml asks for, as Cargo does by itself where it is let.
lock_crates() {
  local lock="$CRATE/Cargo.lock" manifest="--manifest-path=$CRATE/Cargo.toml" said
  ! said=$(list_crates "$manifest" 2>&1) || return 0
  case $said in
    *--locked*) ;;
    *) stop 1 "Cargo cannot tell what $CRATE is made of: $said"$'\n'"$(node scripts/names.mjs --hints <<<"$said")" ;;
  esac
  if [ -n "${CI:-}" ]; then
    echo "$said" >&2
    stop 1 "Cargo.toml wants other crates than Cargo.lock: run ./build.sh setup, commit $lock"
  elif [ -f "$lock" ]; then
    say "Cargo.toml wants other crates than Cargo.lock: renewing what must change. Commit it"
  else
    say "No $lock yet: making it. Commit it"
  fi
  cargo update --workspace "$manifest"
  list_crates "$manifest"
}

# Writes down what crates there are, and where; fails where the lock is of another Cargo.toml.
list_crates() {
  local list="$CRATE/target/crates"
  mkdir -p "$CRATE/target"
  cargo metadata --locked --format-version 1 "$1" >"$list.$$" || { rm "$list.$$" && return 1; }
  mv "$list.$$" "$list.json"
}

setup_wasm_bindgen() { setup_tool wasm-bindgen "$WASM_BINDGEN" "one to two minutes" install_wasm_bindgen; }

# Its features are for a test runner, which is not installed; but its lock names their crates too. Where one of these
# cannot be had, a program around it takes from the lock what is needed, and nothing else.
install_wasm_bindgen() {
  local name=wasm-bindgen-cli program="$1/program" sources
  compile "$1" "$name" --version "$WASM_BINDGEN" --bin wasm-bindgen --no-default-features && return
  say "Not all that $name locks can be had: taking what it needs of it"
  sources=("$CARGO_HOME/registry/src"/*/"$name-$WASM_BINDGEN")
  mkdir -p "$program/src"
  cp "${sources[0]}/Cargo.lock" "$program"
  cat >"$program/Cargo.toml" <<END
[package]
name = "wasm-bindgen"
version = "$WASM_BINDGEN"
edition = "2024"

[dependencies]
$name = { version = "=$WASM_BINDGEN", default-features = false }
END
  cat >"$program/src/main.rs" <<'END'
fn main() {
    if let Err(error) = wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(std::env::args_os()) {
        eprintln!("error: {error:?}");
        std::process::exit(1);
    }
}
END
  cargo update --workspace --manifest-path "$program/Cargo.toml"
  compile "$1" --path "$program"
  rm -r "$program"
}

setup_wasm_pack() {
  setup_tool wasm-pack "$WASM_PACK" "one to two minutes" compile wasm-pack --version "$WASM_PACK"
}

# Removes a tool that is there and does not run, half of it or one for another processor: name, version.
drop_broken() {
  [ ! -d "$TOOLS/$1-$2" ] || runs "$TOOLS/$1-$2/bin/$1" "$1" "$2" >/dev/null || rm -rf "${TOOLS:?}/$1-$2"
}

# Whether a program runs here and is the one that is wanted: its path, name, version. Prints what it says of that.
runs() {
  local said
  said=$("$1" --version 2>&1) || true
  echo "$said"
  case $said in
    # wasm-pack 0.12.0 has no --version, and says so.
    "$2 $3" | "v$3" | *"'--version'"*) ;;
    *) return 1 ;;
  esac
}

# Brings a tool into its folder in $TOOLS, if it is not there: name, version, how long it takes, and the command that
# puts it into a folder. That one gets its name when it is complete.
setup_tool() {
  local folder="$TOOLS/$1-$2" staging="$TOOLS/staging/$1"
  [ ! -d "$folder" ] || return 0
  say "Installing $1 $2 ($3, once on this machine)"
  [ ! -f "$staging.why" ] || echo "It is compiled, not downloaded: $(cat "$staging.why")" >&2
  rm -rf "$staging"
  mkdir "$staging"
  (
    shift 3
    "$1" "$staging" "${@:2}"
  )
  mv "$staging" "$folder"
  use_tools
}

# Begins to download what the authors of a tool released: name, version, tag. Where that cannot be, a file in the staging
# folder says why.
download() {
  local target archive sum='' why='' program
  for target in $(targets); do
    archive=$1-$3-$target
    sum=$(checksum "$archive")
    [ -z "$sum" ] || break
  done
  for program in curl tar "$(sha256 which)"; do
    command -v "$program" >/dev/null || why="$program is missing"
  done
  [ -n "$sum" ] || why="scripts/tools.sh has no checksum of $1 $2 for $(uname -s) $(uname -m)"
  [ -z "${WASM_TOOLS_FROM:-}" ] || why="WASM_TOOLS_FROM is $WASM_TOOLS_FROM"
  if [ -n "$why" ]; then
    echo "$why" >"$TOOLS/staging/$1.why"
  elif [ ! -d "$TOOLS/$1-$2" ]; then
    begin "Downloading $1 $2 (some seconds, once on this machine)" unpack "$1" "$2" "$3/$archive" "$sum"
  fi
}

# What releases are made for that runs here. A Mac with a processor of Apple's runs programs for one of Intel's, too.
targets() {
  case "$(uname -s) $(uname -m)" in
    "Linux x86_64") echo x86_64-unknown-linux-musl ;;
    "Linux aarch64" | "Linux arm64") echo aarch64-unknown-linux-musl ;;
    "Darwin x86_64") echo x86_64-apple-darwin ;;
    "Darwin arm64") echo aarch64-apple-darwin x86_64-apple-darwin ;;
  esac
}

# Downloads an archive, takes the program out of it and puts that into its folder: name, version, tag and name of the
# archive, its SHA-256. A download that fails, or a program that does not run here, is answered by compiling the tool;
# never an archive that is another one.
unpack() {
  local staging="$TOOLS/staging/$1" archive=${3#*/} base=${WASM_TOOLS_URL:-https://github.com} protocols='=https' url said
  case $base in http://*) protocols='=http,https' ;; esac
  url="${base%/}/wasm-bindgen/$1/releases/download/$3.tar.gz"
  url=${url//\\/%5C}
  mkdir -p "$staging/bin"
  # Less than 30 KB a second takes longer than to compile it, and so does what has no end. The address could have a
  # password: so it is no argument, which all users of a machine can see, and no pattern, which curl would repeat.
  if ! said=$(printf 'url = "%s"' "${url//\"/%22}" | curl --silent --show-error --fail --location --globoff \
    --proto "$protocols" --connect-timeout 5 --speed-limit 30000 --speed-time 10 --max-time 300 --max-filesize 100000000 \
    --output "$staging/archive" --config - 2>&1); then
    echo "${url##*@}: ${said:-curl failed}" >"$staging.why"
    return "$TO_COMPILE"
  fi
  said=$(sha256 <"$staging/archive")
  [ "$said" = "$4" ] ||
    stop 1 "$archive.tar.gz is not the one that was released. Its SHA-256 should be $4, as scripts/tools.sh says, and is" \
      "$said. ${WASM_TOOLS_URL:+WASM_TOOLS_URL names where it came from: tell who runs that. }Nothing of it was run." \
      "WASM_TOOLS_FROM=source ./build.sh setup compiles the tool instead"
  tar -xOzf "$staging/archive" "$archive/$1" >"$staging/bin/$1"
  rm "$staging/archive"
  chmod +x "$staging/bin/$1"
  if ! said=$(runs "$staging/bin/$1" "$1" "$2"); then
    echo "the program that was released does not run here: $said" >"$staging.why"
    return "$TO_COMPILE"
  fi
  mv "$staging" "$TOOLS/$1-$2"
}

# The SHA-256 of standard input; with an argument, the program that tells it.
sha256() {
  local program=sha256sum options=''
  command -v sha256sum >/dev/null || program=shasum options='-a 256'
  if [ -n "${1:-}" ]; then echo "$program" && return; fi
  # shellcheck disable=SC2086
  $program $options | cut -d ' ' -f 1
}

# Compiles a command with Cargo into a folder, with the versions that its authors locked: folder, arguments for cargo.
compile() {
  # Not in the project, whose settings are for the project.
  cd "$1"
  # Unoptimised, it compiles in a third of the time and still handles a module in a blink.
  CARGO_PROFILE_RELEASE_OPT_LEVEL=0 cargo install --locked --root "$1" --target-dir "$1/target" "${@:2}" && rm -r "$1/target"
}

# Keeps other build.sh out until `unlock`, or waits for them. A lock is a file that names a process, and counts for
# nothing when that process is gone; one that this build.sh was started under keeps it out of nothing.
lock() {
  local lock=$1 owner told=
  mkdir -p "${lock%/*}"
  until (set -o noclobber && echo "$$" >"$lock") 2>/dev/null; do
    [ -e "$lock" ] || [ -w "${lock%/*}" ] || stop 1 "cannot write to ${lock%/*}: it is read-only or not yours"
    { [ -f "$lock" ] && [ -r "$lock" ]; } || [ ! -e "$lock" ] || stop 1 "cannot read $lock, which is not yours: remove it"
    owner=$(cat "$lock" 2>/dev/null) || continue
    [ "$owner" != "${LOCKED_BY:-none}" ] || return 0
    # Empty, it is just being written.
    [ -n "$owner" ] || { sleep 1 && owner=$(cat "$lock" 2>/dev/null); } || continue
    if is_build_sh "${owner:-none}"; then
      [ -n "$told" ] || say "Waiting for another build.sh, process $owner, which holds $lock"
      told=yes
      sleep 0.3
    else
      echo "$$" >|"$lock" || stop 1 "cannot write to $lock: is it not yours, or the disk full?"
      # Of several that saw the same process gone, the last one to write has it.
      sleep 0.3
      [ "$(cat "$lock")" != "$$" ] || return 0
    fi
  done
}

# Whether a process is another build.sh: in a container, numbers are soon those of somebody else.
is_build_sh() {
  local said
  { [ "$1" != "$$" ] && kill -0 "$1" 2>/dev/null; } || return 1
  said=$(ps -o args= -p "$1" 2>/dev/null) || return 0
  case $said in *build.sh*) ;; *) return 1 ;; esac
}

unlock() { [ "$(cat "$1" 2>/dev/null)" != "$$" ] || rm "$1"; }
