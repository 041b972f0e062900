"""The projects that the template generates: one an example and profile, pin set `current`, from the working tree."""

import functools
from pathlib import Path

from ..reliability.project import rendering
from .commands import CACHE, run, run_with_tools

# The project whose workerd and tools all contestants are built and run with.
HOST_PROFILE = "speed"


@functools.cache
def rendered(profile: str, example: str = "text") -> Path:
    """A project with these answers, new or brought up to date once a run, and set up by its own build.sh."""
    project = CACHE / "generated" / example / profile / "my-worker"
    run(*rendering(project, pins="current", example=example, optimization_profile=profile))
    run(project / "build.sh", "setup")
    return project


def bundled(project: Path) -> Path:
    """The folder with what wrangler would upload; wrangler has the module built before."""
    bundle = "wrangler --config=wrangler.toml deploy --dry-run --outdir dist"
    run_with_tools(project, "bash", "-c", f"cd worker && rm -rf dist && {bundle}")
    return project / "worker" / "dist"
