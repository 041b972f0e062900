"""What somebody does with a project that an update must keep: an endpoint, their own files, the template's files."""

from pathlib import Path

from helpers import files

from maintenance.owner import documented_endpoint, insert, placed

# What is done, in which file of the template's, after which line; without one at the end of the file.
TEN = {
    "a binding": ("worker/wrangler.toml", "", '\n[[kv_namespaces]]\nbinding = "CACHE"\nid = "0123456789abcdef"\n'),
    "an npm script": (
        "worker/package.json",
        '  "type": "module",\n',
        '  "scripts": {\n    "logs": "wrangler tail"\n  },\n',
    ),
    "an npm package": (
        "worker/package.json",
        '  "private": true,\n',
        '  "dependencies": {\n    "hono": "4.0.0"\n  },\n',
    ),
    "a step of CI": (
        ".github/workflows/ci.yml",
        "        run: ./build.sh check\n",
        "      - name: Say who builds\n        run: uname --all\n",
    ),
    "a crate": ("my_worker/Cargo.toml", "[dependencies]\n", 'itoa = "1.0.0"\n'),
    "a setting of the release profile": ("my_worker/Cargo.toml", "codegen-units = 1\n", "overflow-checks = true\n"),
    "a section of the README": ("README.md", "", "\n## On call\n\nAsk the team.\n"),
    "a path for git to ignore": (".gitignore", "node_modules/\n", "*.log\n"),
    "an option of TypeScript": ("worker/tsconfig.json", '    "strict": true,\n', '    "noImplicitOverride": true,\n'),
    "a setting of npm": ("worker/.npmrc", "", "engine-strict=true\n"),
}
# What text.rs gets: a function that needs the crate, so that a project which lost it does not build.
WRITTEN = """
/// How a length is written.
fn written(length: u64) -> String {
    itoa::Buffer::new().format(length).to_owned()
}
"""


def of_one_room(code: str) -> str:
    """The same code in a project whose src/ has the template's Rust in it, as those of 0.6.0 and older."""
    code = code.replace("use platform::WasmError;", "use crate::error::WasmError;")
    return code.replace("platform::answer(", "runtime::answer(")


def add_endpoint(project: Path) -> None:
    """Does what docs/add-an-endpoint.md says, or said when the project was made."""
    said = of_one_room if (project / "my_worker/src/runtime.rs").exists() else str
    for path, code in documented_endpoint():
        file = project / path
        file.write_text(placed(file.read_text() if file.exists() else "", said(code)))


def kept(project: Path) -> dict[str, bool]:
    """Whether each of the ten is in a project."""
    return {what: text in (project / path).read_text() for what, (path, _, text) in TEN.items()}


def edit(project: Path) -> dict[str, bytes]:
    """Makes every edit, and returns the files that an update must leave as they are now, with their content."""
    add_endpoint(project)
    text_rs = project / "my_worker/src/text.rs"
    insert(text_rs, "use std::num::NonZeroU64;\n", WRITTEN)
    insert(text_rs, "    let started = now_ms();\n", '    debug_assert_ne!(written(request.max_length.get()), "0");\n')
    (project / "LICENSE").write_text("Ask us.\n")
    (project / "docs").mkdir(exist_ok=True)
    (project / "docs/notes.md").write_text("Notes\n=======\n")
    for path, after, text in TEN.values():
        insert(project / path, after, text)
    users = {path for path, _ in documented_endpoint()} | {"my_worker/src/text.rs", "LICENSE", "docs/notes.md"}
    return {path: content for path, content in files(project).items() if path in users}
