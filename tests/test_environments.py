"""What a generated project does under `--env`, to which wrangler hands on no variables and no bindings."""

import json
import re
import urllib.request
from pathlib import Path

import tomli
from conftest import CANDIDATE, EACH
from helpers import render, serve

STAGING = '\n[env.staging]\nname = "my-worker-staging"\n'


@EACH
def test_an_environment_needs_no_more_than_a_name(tested: Path) -> None:
    settings = tested / "worker/wrangler.toml"
    before = settings.read_text()
    settings.write_text(before + STAGING)
    try:
        with serve(tested, "--env=staging") as url:
            assert "MAX_BODY_BYTES (4194304)" not in (tested / "dev.log").read_text()
            body = b'{"text":"hello","maxLength":3}'
            request = urllib.request.Request(url, body, {"content-type": "application/json"})
            with urllib.request.urlopen(request, timeout=30) as answer:
                assert json.load(answer)["processedText"] == "hel"
            with urllib.request.urlopen(f"{url}healthz", timeout=30) as answer:
                assert answer.status == 200
    finally:
        settings.write_text(before)


def test_the_default_limit_is_the_one_in_wrangler_toml(template: Path, tmp_path: Path) -> None:
    project = render(template, tmp_path / "project", version=CANDIDATE)
    limit = tomli.loads((project / "worker/wrangler.toml").read_text())["vars"]["MAX_BODY_BYTES"]
    source = (project / "worker/platform/body.ts").read_text()
    factors = re.search(r"DEFAULT_MAX_BODY_BYTES = (\d+) \* (\d+) \* (\d+);", source).groups()
    assert limit == int(factors[0]) * int(factors[1]) * int(factors[2]) == 4194304
