"""What an owner adds beside the template's files: commands of their own, and answers under another name."""

import re
from pathlib import Path

import pytest
from conftest import CANDIDATE
from helpers import COPIER, build_sh, commit, render, run
from test_update import start, update

from maintenance.owner import insert


@pytest.fixture(scope="module")
def project(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the command that its own manual shows."""
    project = render(template, tmp_path_factory.mktemp("own") / "project", version=CANDIDATE)
    (code,) = re.findall(r"^```bash\n(.*?)^```", (project / "docs/platform.md").read_text(), re.MULTILINE | re.DOTALL)
    (project / "scripts/own.sh").write_text(code)
    return project


def test_a_command_of_ones_own_stands_in_the_help_after_the_others(project: Path) -> None:
    commands = re.findall(r"^  (\w+) .*", build_sh(project, "--help"), re.MULTILINE)
    assert commands[0] == "check"
    assert commands[-2:] == ["wrangler", "lines"]


def test_a_command_of_ones_own_runs_with_its_arguments(project: Path) -> None:
    lines = sum(path.read_text().count("\n") for path in (project / "my_worker/src").glob("*.rs"))
    assert build_sh(project, "lines").split() == [str(lines)]
    assert build_sh(project, "lines", "LICENSE").split()[1] == "LICENSE"


def test_a_command_that_fails_says_so_as_the_others_do(project: Path) -> None:
    assert "build.sh: failed at: the start. What stands above says why" in build_sh(project, "lines", "none", status=1)


def test_a_file_of_commands_that_fails_says_so(project: Path) -> None:
    own = project / "scripts/own.sh"
    before = own.read_text()
    own.write_text(f'{before}[ -n "" ] && export OWN=yes\n')
    printed = build_sh(project, "lines", status=1)
    own.write_text(before)
    assert "build.sh: failed at: reading scripts/own.sh, whose last command has to succeed." in printed


@pytest.mark.parametrize("command", ["line", "own.sh", "a b", "-x"])
def test_what_is_no_command_is_refused(project: Path, command: str) -> None:
    assert f"no such command: {command}. Try ./build.sh --help" in build_sh(project, command, status=2)


def test_an_update_leaves_it_alone(project: Path) -> None:
    commit(project, "My own")
    before = (project / "scripts/own.sh").read_bytes()
    update(project, {"optimization_profile": "speed"})
    assert (project / "scripts/own.sh").read_bytes() == before


def test_the_answers_may_have_another_name(template: Path, tmp_path: Path) -> None:
    name = ".copier-answers.api.yml"
    command = [
        COPIER,
        "copy",
        "--quiet",
        "--defaults",
        f"--answers-file={name}",
        "--vcs-ref=v0.5.0",
        "--data=example=image",
    ]
    run(*command, template, "project", cwd=tmp_path)
    project = tmp_path / "project"
    commit(project, "Start")
    update = [COPIER, "update", "--quiet", "--defaults", f"--answers-file={name}", f"--vcs-ref={CANDIDATE}"]
    # What it has answered is read from there too.
    assert "the project started from the example image" in run(*update, "--data=example=text", cwd=project, status=1)
    run(*update, "--data=project_name=other", cwd=project)
    assert 'bucket_name = "my-worker-images"' in (project / "worker/wrangler.toml").read_text()
    # And /healthz has the template's version from there.
    functions = "sed -n '/^write_versions()/,/^}/p; /^setting()/,/^}/p; /^wrangler_config()/,/^}/p' build.sh"
    script = f'CRATE=my_worker; source scripts/tools.sh; eval "$({functions})"; bundle_id() {{ echo b; }}; write_versions'
    run("bash", "-euc", script, cwd=project)
    assert f'"template":"{CANDIDATE}"' in (project / "worker/platform/build.json").read_text()


def test_check_tells_of_a_licence_that_the_answer_does_not_name(template: Path, tmp_path: Path) -> None:
    texts = {
        name: (render(template, tmp_path / name, {"license": name}, CANDIDATE) / "LICENSE").read_text()
        for name in ("MIT", "Apache-2.0", "UNLICENSED")
    }
    for answer in texts:
        for name, text in {**texts, "mine": "Ask us.\n"}.items():
            (tmp_path / answer / "LICENSE").write_text(text)
            # Without a tool nothing else passes, which is not the point here.
            told = "has the text of another licence" in check(tmp_path / answer)
            assert told == (name not in (answer, "mine")), (answer, name)


def test_check_tells_where_sentry_is_the_answer_and_nothing_imports_it(template: Path, tmp_path: Path) -> None:
    told = 'no file of worker/src imports "../platform/sentry", so that failures go to the log alone'
    assert told not in check(render(template, tmp_path / "logs", version=CANDIDATE))
    project = render(template, tmp_path / "sentry", {"error_reporting": "sentry"}, CANDIDATE)
    assert told not in check(project)
    index, line = project / "worker/src/index.ts", 'import "../platform/sentry";\n'
    assert line in index.read_text()
    index.write_text(index.read_text().replace(line, ""))
    assert told in check(project)
    # Any file of theirs will do, and either quotes.
    own = project / "worker/src/own/failures.ts"
    own.parent.mkdir()
    own.write_text("import '../../platform/sentry'\n")
    assert told not in check(project)
    own.write_text('import "../../platform/sentry-of-ours";\n// import "../../platform/sentry";\n')
    assert told in check(project)


def test_check_tells_of_what_stands_in_the_platforms_place(template: Path, tmp_path: Path) -> None:
    project = render(template, tmp_path / "logs", version=CANDIDATE)
    index = project / "worker/src/index.ts"
    index.write_text(f'import "../platform/sentry";\n{index.read_text()}')
    told = 'went with that answer. Delete its import: worker/src/index.ts:1:import "../platform/sentry";\n'
    assert told in check(project)
    (project / "worker/platform/sentry.ts").write_text("export {};\n")
    assert told not in check(project)
    assert '"../platform" names' not in check(project)
    (project / "worker/platform.ts").write_text("export {};\n")
    assert 'worker/platform.ts is what "../platform" names now' in check(project)


def test_check_tells_of_two_lists_of_scripts(template: Path, tmp_path: Path) -> None:
    """That of an owner, from when the template had none, and its own."""
    project = render(template, tmp_path / "project", version=CANDIDATE)
    told = "worker/package.json has two lists of scripts, of which npm takes the last: put yours into the first"
    assert told not in check(project)
    insert(project / "worker/package.json", '  "type": "module",\n', '  "scripts": {\n    "logs": "wrangler tail"\n  },\n')
    assert told in check(project)


def check(project: Path) -> str:
    functions = "sed -n '/^check_project()/,/^}/p; /^say()/,/^}/p' build.sh"
    script = f'CRATE=my_worker; eval "$({functions})"; check_tools() {{ true; }}; check_project 2>&1'
    return run("bash", "-euc", script, cwd=project)
