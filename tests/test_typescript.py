"""What an owner's TypeScript has around it: the type of what is bound, the linter, and an editor before the first build."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import EACH
from helpers import build_sh

ENV = "worker/worker-configuration.d.ts"
BINDING = '\n[[kv_namespaces]]\nbinding = "CACHE"\nid = "0123456789abcdef0123456789abcdef"\n'
USED = "export const cached = (env: Env): Promise<string | null> => env.CACHE.get(env.TOKEN);\n"


@contextmanager
def written(project: Path, texts: dict[str, str]) -> Iterator[None]:
    """Files of a project with other texts, or new ones; afterwards they are as they were."""
    before = {project / path: (project / path).read_text() if (project / path).exists() else None for path in texts}
    try:
        for path, text in texts.items():
            (project / path).write_text(text)
        yield
    finally:
        for path, text in before.items():
            path.unlink() if text is None else path.write_text(text)
        build_sh(project, "types")


@EACH
def test_the_type_of_what_is_bound_follows_the_configuration_and_the_names_of_secrets(tested: Path) -> None:
    """And not the secrets of one machine, which another one lacks."""
    configuration = (tested / "worker/wrangler.toml").read_text() + BINDING
    secrets = {"worker/.dev.vars.example": "TOKEN=any\n", "worker/.dev.vars": "OF_THIS_MACHINE=secret\n"}
    # An earlier test may have left that of another configuration.
    build_sh(tested, "types")
    before = (tested / ENV).read_text()
    with written(tested, {"worker/wrangler.toml": configuration, "worker/src/cached.ts": USED, **secrets}):
        printed = build_sh(tested, "check", status=1)
        assert f"{ENV}, the type of what is bound, is missing, or of another configuration: ./build.sh types makes it" in printed
        assert "Property 'CACHE' does not exist on type 'Env'" in printed
        assert (tested / ENV).read_text() == before

        assert f"Writing {ENV}" in build_sh(tested, "build")

        made = (tested / ENV).read_text()
        assert [line in made for line in ("MAX_BODY_BYTES: number;", "CACHE: KVNamespace;", "TOKEN: string;")] == [True] * 3
        assert "OF_THIS_MACHINE" not in made
        assert "another configuration" not in build_sh(tested, "check")
        assert f"Writing {ENV}" not in build_sh(tested, "build")
    assert (tested / ENV).read_text() == before


@EACH
def test_a_worker_that_binds_none_of_what_the_platform_reads_has_its_types(tested: Path) -> None:
    configuration = (tested / "worker/wrangler.toml").read_text().replace("MAX_BODY_BYTES = ", "OTHER = ")
    with written(tested, {"worker/wrangler.toml": configuration}):
        build_sh(tested, "types")
        assert "OTHER: number;" in (tested / ENV).read_text()
        build_sh(tested, "check")


@EACH
def test_nothing_is_red_before_the_first_build(tested: Path) -> None:
    made = [tested / "my_worker" / name for name in ("pkg", "pkg-faults")] + [tested / "worker/platform/build.json"]
    for path in made:
        path.rename(path.with_name(f"{path.name}.away"))
    try:
        build_sh(tested, "check")
        (tested / ENV).unlink()
        assert "src/index.ts(" in build_sh(tested, "check", status=1)
        assert f"Writing {ENV}" in build_sh(tested, "setup")
        build_sh(tested, "check")
    finally:
        for path in made:
            path.with_name(f"{path.name}.away").rename(path)


@EACH
@pytest.mark.parametrize("path", ["src", "test", "bench", "platform"])
def test_the_linter_names_what_is_likely_a_mistake_where_its_owner_has_its_settings(tested: Path, path: str) -> None:
    with written(tested, {f"worker/{path}/mistaken.ts": "export const mistaken = (): void => {\n  debugger;\n};\n"}):
        printed = build_sh(tested, "check", status=1)
        assert f"{path}/mistaken.ts:2:3: `debugger` statement is not allowed" in printed
        # An older project has none.
        settings = tested / "worker/.oxlintrc.json"
        settings.rename(settings.with_name("away.json"))
        build_sh(tested, "check")
        settings.with_name("away.json").rename(settings)


def test_wrangler_brings_what_an_editor_reads_of_its_configuration(tested: Path) -> None:
    first = (tested / "worker/wrangler.toml").read_text().splitlines()[0]
    assert (tested / "worker" / first.removeprefix("#:schema ")).exists()
