"""The projects that the template generates: one a profile, pin set `current`, from the working tree."""

import functools
from pathlib import Path

from reliability.project import rendering

from .commands import CACHE, run, run_with_tools

# The project whose workerd and tools all contestants are built and run with.
HOST_PROFILE = "speed"


@functools.cache
def rendered(profile: str) -> Path:
    """A project with this profile, new or brought up to date once a run, and set up by its own build.sh."""
    project = CACHE / "generated" / profile / "my-worker"
    run(*rendering(project, pins="current", optimization_profile=profile))
    run(project / "build.sh", "setup")
    return project


def bundled(project: Path) -> Path:
    """The folder with what wrangler would upload; wrangler has the module built before."""
    run_with_tools(project, "bash", "-c", "cd worker && rm -rf dist && wrangler deploy --dry-run --outdir dist")
    return project / "worker" / "dist"
