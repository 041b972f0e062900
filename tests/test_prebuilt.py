"""The tools as their authors release them: `build.sh setup` downloads and checks them, and compiles what cannot be had.

A server on loopback has archives of the tools that are installed here, and an owner's scripts/tools.sh their checksums.
No test compiles a tool, which takes minutes: a cargo that stands before the real one notes that it was to install
something, and fails. All else is real.
"""

import hashlib
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import Projects
from helpers import NAMED_PIN_SETS, build_sh, eventually, free_port, run
from macros import pins

pytestmark = pytest.mark.xdist_group("prebuilt")

TOOLS = ["wasm-bindgen", "wasm-pack"]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wasm-worker"
CARGO = """#!/bin/sh
case $1 in install | update) echo "$@" >>"{log}"; exit 1 ;; esac
exec "$(rustup which cargo)" "$@"
"""


@pytest.fixture(scope="module")
def installed(projects: Projects) -> Path:
    """A project whose tools are all there."""
    project = projects.start()
    build_sh(project, "setup")
    return project


@pytest.fixture(scope="module")
def archives(installed: Path) -> dict[str, bytes]:
    """What a release has, by the path that it has on GitHub: of the tools that are installed here."""
    target = run("bash", "-c", "CRATE=my_worker; source scripts/tools.sh; targets", cwd=installed).split()[0]
    found = {}
    for tool in TOOLS:
        (folder,) = [CACHE / f"{tool}-{version}" for version in versions(installed, tool)]
        version = folder.name.removeprefix(f"{tool}-")
        tag = f"v{version}" if tool == "wasm-pack" else version
        found[f"/wasm-bindgen/{tool}/releases/download/{tag}/{tool}-{tag}-{target}.tar.gz"] = archive(
            f"{tool}-{tag}-{target}", {tool: (folder / "bin" / tool).read_bytes(), "README.md": b"Read me"}
        )
    return found


def versions(project: Path, tool: str) -> set[str]:
    """The version of a tool whose checksums a project has."""
    return set(re.findall(rf" {tool}-v?([\d.]+)-\S+\) echo", (project / "scripts/tools.sh").read_text()))


def archive(folder: str, texts: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as tar:
        for name, content in texts.items():
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size, member.mode = len(content), 0o755
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


class Mirror(ThreadingHTTPServer):
    """Serves by path what a function answers; knows who asked for what, and whose client went away."""

    def __init__(self, answer: Callable[["Request"], None]) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.answer = answer
        self.asked: list[str] = []
        self.left = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}"


class Request(BaseHTTPRequestHandler):
    """One request, and the ways in which a server answers it."""

    server: Mirror

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.answer(self)

    def whole(self, content: bytes, length: int | None = None) -> None:
        self.send_response(200)
        self.send_header("content-length", str(length or len(content)))
        self.end_headers()
        self.wfile.write(content)

    def redirect(self, to: str) -> None:
        self.send_response(302)
        self.send_header("location", to)
        self.end_headers()

    def hang(self, content: bytes) -> None:
        """Sends a piece and then nothing, until the client goes away."""
        self.whole(content[:1000], len(content))
        self.wfile.flush()
        self.connection.settimeout(120)
        if self.connection.recv(1) == b"":
            self.server.left.set()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def mirror(answer: Callable[[Request], None]) -> Iterator[Mirror]:
    server = Mirror(answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class Machine:
    """A project on a machine that has all but wasm-bindgen and wasm-pack; with the checksums of these archives."""

    def __init__(self, installed: Path, archives: dict[str, bytes], folder: Path) -> None:
        self.project = folder / "project"
        self.cache = folder / "cache"
        self.cargo = folder / "cargo.log"
        shutil.copytree(installed, self.project, symlinks=True, copy_function=os.link)
        (self.cache / "wasm-worker").mkdir(parents=True)
        for node in CACHE.glob("node-*"):
            (self.cache / "wasm-worker" / node.name).symlink_to(node)
        # Before the toolchain's own, build.sh has this folder on the PATH.
        stub = self.project / "worker/node_modules/.bin/cargo"
        stub.write_text(CARGO.format(log=self.cargo))
        stub.chmod(0o755)
        self.edit(lambda text: text)
        for path, content in archives.items():
            self.pin(path, content)

    def edit(self, change: Callable[[str], str]) -> None:
        script = self.project / "scripts/tools.sh"
        text = change(script.read_text())
        script.unlink()  # It is a link to that of the other project.
        script.write_text(text)

    def pin(self, path: str, content: bytes) -> None:
        """Writes the checksum of an archive into scripts/tools.sh, as its owner would."""
        name, sum = Path(path).name.removesuffix(".tar.gz"), hashlib.sha256(content).hexdigest()
        self.edit(lambda text: re.sub(rf"({re.escape(name)}\) echo) \w+", rf"\1 {sum}", text))

    def setup(self, status: int = 0, **environment: str) -> str:
        return build_sh(self.project, "setup", status=status, XDG_CACHE_HOME=str(self.cache), **environment)

    def compiles(self, why: str, **environment: str) -> str:
        """What is printed when setup begins to compile a tool, which it may do for that reason only."""
        printed = self.setup(status=1, **environment)
        assert re.search(rf"^It is compiled, not downloaded: .*{why}", printed, re.M), printed
        assert "done: Downloading" not in printed
        assert self.cargo.read_text().startswith("install --locked --root ")
        return printed

    def there(self) -> list[str]:
        """The files of the tools that are installed, but for that in which wasm-pack writes when it looked for a newer one."""
        tools = self.cache / "wasm-worker"
        found = [path for tool in TOOLS for path in tools.glob(f"{tool}-*/**/*")]
        return sorted(str(path.relative_to(tools)) for path in found if path.is_file() and path.suffix != ".stamp")


@pytest.fixture
def machine(installed: Path, archives: dict[str, bytes], tmp_path: Path) -> Machine:
    return Machine(installed, archives, tmp_path)


def without(missing: str, folder: Path) -> str:
    """A PATH on which one program is missing."""
    programs = folder / "programs"
    programs.mkdir()
    for place in os.environ["PATH"].split(os.pathsep):
        for program in Path(place).glob("*"):
            if program.name != missing and not (programs / program.name).exists():
                (programs / program.name).symlink_to(program)
    return str(programs)


# --- They can be had ---


def test_both_are_downloaded_side_by_side_and_nothing_of_them_is_kept_but_the_programs(
    machine: Machine, archives: dict[str, bytes]
) -> None:
    together = threading.Barrier(2, timeout=60)

    def answer(request: Request) -> None:
        together.wait()
        request.whole(archives[request.path])

    with mirror(answer) as server:
        machine.setup(WASM_TOOLS_URL=f"{server.url}/")
        assert sorted(server.asked) == sorted(archives)
        # What is there is asked for no more.
        machine.setup(WASM_TOOLS_URL=server.url)
        assert len(server.asked) == 2
    assert not machine.cargo.exists()
    assert machine.there() == [
        f"{tool}-{version}/bin/{tool}" for tool in TOOLS for version in versions(machine.project, tool)
    ]
    assert not (machine.cache / "wasm-worker/staging").exists()
    printed = build_sh(machine.project, "check", XDG_CACHE_HOME=str(machine.cache))
    for tool in TOOLS:
        assert re.search(rf"^  {tool} .* ok$", printed, re.M)


def test_a_redirect_is_followed(machine: Machine, archives: dict[str, bytes]) -> None:
    def answer(request: Request) -> None:
        path = request.path.removeprefix("/elsewhere")
        if path == request.path:
            request.redirect(f"/elsewhere{path}")
        else:
            request.whole(archives[path])

    with mirror(answer) as server:
        machine.setup(WASM_TOOLS_URL=server.url)
    assert len(machine.there()) == 2


def test_an_interrupted_setup_ends_its_downloads(machine: Machine, archives: dict[str, bytes]) -> None:
    with mirror(lambda request: request.hang(archives[request.path])) as server:
        environment = os.environ | {"XDG_CACHE_HOME": str(machine.cache), "WASM_TOOLS_URL": server.url}
        # By itself in a session, it hears of Ctrl-C what a terminal would tell it, also where the tests are not told.
        with subprocess.Popen(
            ["./build.sh", "setup"],
            cwd=machine.project,
            env=environment,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        ) as setup:
            assert eventually(lambda: len(server.asked) == 2, 120)
            os.killpg(setup.pid, signal.SIGINT)
        assert setup.returncode == -signal.SIGINT
        # Before they would end by themselves.
        assert server.left.wait(8)
    assert not (machine.cache / "wasm-worker/lock").exists()
    assert machine.there() == []


def test_where_there_is_no_sha256sum_another_program_tells(
    machine: Machine, archives: dict[str, bytes], tmp_path: Path
) -> None:
    with mirror(lambda request: request.whole(archives[request.path])) as server:
        machine.setup(PATH=without("sha256sum", tmp_path), WASM_TOOLS_URL=server.url)
    assert len(machine.there()) == 2


@pytest.mark.parametrize("tool", TOOLS)
def test_a_program_that_does_not_run_any_more_is_brought_anew(
    machine: Machine, archives: dict[str, bytes], tool: str
) -> None:
    with mirror(lambda request: request.whole(archives[request.path])) as server:
        machine.setup(WASM_TOOLS_URL=server.url)
        (program,) = [path for path in (machine.cache / "wasm-worker").glob(f"{tool}-*/bin/{tool}")]
        whole = program.read_bytes()
        # As of another processor.
        program.write_bytes(b"\x7fELF")
        printed = build_sh(machine.project, "check", status=1, XDG_CACHE_HOME=str(machine.cache))
        assert re.search(rf"^  {tool} +none .*\./build\.sh setup$", printed, re.M)
        machine.setup(WASM_TOOLS_URL=server.url)
    assert program.read_bytes() == whole
    assert not machine.cargo.exists()


# --- They are others than those that were released ---


@pytest.mark.parametrize("wrong", [lambda content: b"<html>Sign in</html>", lambda content: content[: len(content) // 2]])
def test_a_wrong_archive_stops_setup_and_is_not_answered_by_compiling(
    machine: Machine, archives: dict[str, bytes], wrong: Callable[[bytes], bytes]
) -> None:
    def answer(request: Request) -> None:
        content = archives[request.path]
        # The other download is ended with it.
        request.whole(wrong(content)) if "wasm-pack" in request.path else request.hang(content)

    with mirror(answer) as server:
        printed = machine.setup(status=1, WASM_TOOLS_URL=server.url)
        assert server.left.wait(30)
    (path,) = [path for path in archives if "wasm-pack" in path]
    wanted, found = (hashlib.sha256(content).hexdigest() for content in (archives[path], wrong(archives[path])))
    assert (
        f"build.sh: {Path(path).name} is not the one that was released. Its SHA-256 should be {wanted}, as scripts/tools.sh"
        f" says, and is {found}. WASM_TOOLS_URL names where it came from" in printed
    )
    assert "failed at" not in printed
    assert not machine.cargo.exists()
    assert machine.there() == []


# --- They cannot be had ---


def missing(request: Request) -> None:
    request.send_error(404)


def half(request: Request) -> None:
    request.whole(b"1234", 8)


@pytest.mark.parametrize(("answer", "why"), [(missing, r"curl: \(22\).*404"), (half, r"curl: \(18\)")])
def test_what_a_server_does_not_give_is_compiled(machine: Machine, answer: Callable[[Request], None], why: str) -> None:
    with mirror(answer) as server:
        # A bracket is a pattern to curl.
        printed = machine.compiles(why, WASM_TOOLS_URL=server.url.replace("//", "//somebody:[secret@"))
    assert "secret" not in printed
    assert machine.there() == []


def test_a_server_that_hangs_is_left(machine: Machine, archives: dict[str, bytes]) -> None:
    with mirror(lambda request: request.hang(archives[request.path])) as server:
        printed = machine.compiles(r"curl: \(28\)", WASM_TOOLS_URL=server.url)
        assert server.left.wait(30)
    # Meanwhile, whoever waits sees that it goes on.
    assert re.search(r"^    still at it, \d+ s$", printed, re.M)


def test_a_host_that_refuses_is_left(machine: Machine) -> None:
    machine.compiles(r"curl: \(7\)", WASM_TOOLS_URL=f"http://127.0.0.1:{free_port()}")


@pytest.mark.parametrize("url", ["mirror.example", "ftp://mirror.example", "ftp://somebody:secret@mirror.example"])
def test_what_is_no_address_is_refused(machine: Machine, url: str) -> None:
    printed = machine.setup(status=2, WASM_TOOLS_URL=url)
    assert "mirror.example: expected https://HOST or http://HOST, or nothing" in printed
    assert "secret" not in printed


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a full queue refuses")
def test_a_host_that_does_not_answer_is_left(machine: Machine) -> None:
    with socket.socket() as silent, socket.socket() as first, socket.socket() as second:
        silent.bind(("127.0.0.1", 0))
        silent.listen(0)
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(silent.getsockname())
        machine.compiles(r"curl: \(28\)", WASM_TOOLS_URL=f"http://127.0.0.1:{silent.getsockname()[1]}")


def test_a_program_that_does_not_run_here_is_compiled(machine: Machine, archives: dict[str, bytes]) -> None:
    others = {
        path: archive(Path(path).name.removesuffix(".tar.gz"), {tool: b"#!/bin/sh\necho of another kind\nexit 1\n"})
        for path in archives
        for tool in TOOLS
        if tool in path.split("/")[-1]
    }
    for path, content in others.items():
        machine.pin(path, content)
    with mirror(lambda request: request.whole(others[request.path])) as server:
        machine.compiles("the program that was released does not run here: of another kind", WASM_TOOLS_URL=server.url)
    assert machine.there() == []


def test_a_version_without_a_checksum_is_compiled(machine: Machine) -> None:
    machine.edit(lambda text: re.sub(r"^ +wasm-.*\) echo .*\n", "", text, flags=re.M))
    with mirror(missing) as server:
        machine.compiles(r"scripts/tools.sh has no checksum of wasm-bindgen [\d.]+ for \w+ \w+$", WASM_TOOLS_URL=server.url)
        assert server.asked == []


def test_whoever_wants_them_compiled_has_them_compiled(machine: Machine) -> None:
    with mirror(missing) as server:
        machine.compiles("WASM_TOOLS_FROM is source", WASM_TOOLS_URL=server.url, WASM_TOOLS_FROM="source")
        assert server.asked == []
    printed = machine.setup(status=2, WASM_TOOLS_FROM="sources")
    assert "build.sh: WASM_TOOLS_FROM is sources: expected source, or nothing" in printed


def test_without_curl_they_are_compiled(machine: Machine, tmp_path: Path) -> None:
    machine.compiles("curl is missing", PATH=without("curl", tmp_path), WASM_TOOLS_URL=f"http://127.0.0.1:{free_port()}")


# --- Which are known ---


@pytest.mark.parametrize("chosen", NAMED_PIN_SETS)
def test_a_named_set_has_the_checksums_of_its_tools_for_every_platform(chosen: str) -> None:
    pinned = {"wasm-pack": pins.SETS[chosen]["wasm_pack"], "wasm-bindgen": pins.COMMON["wasm_bindgen"]}
    platforms = {"x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl", "x86_64-apple-darwin", "aarch64-apple-darwin"}
    for tool, version in pinned.items():
        # There was none of that yet.
        without = {"aarch64-apple-darwin"} if (tool, version) == ("wasm-pack", "0.12.0") else set()
        sums = pins.CHECKSUMS[tool][version]
        assert sums.keys() == platforms - without
        assert all(re.fullmatch("[0-9a-f]{64}", sum) for sum in sums.values())
