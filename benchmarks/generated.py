"""The projects that the template generates: one a profile, pin set `current`, from the working tree."""

import functools
import sys
from pathlib import Path

from reliability.project import ROOT

from .commands import CACHE, run, run_with_tools

# The project whose workerd and tools all contestants are built and run with.
HOST_PROFILE = "speed"


@functools.cache
def rendered(profile: str) -> Path:
    """A project with this profile, new or brought up to date once a run, and set up by its own build.sh."""
    project = CACHE / "generated" / profile / "my-worker"
    copier = [str(Path(sys.executable).with_name("copier")), "copy", "--quiet", "--defaults", "--overwrite"]
    answers = ["--data=pins=current", f"--data=optimization_profile={profile}"]
    run(*copier, "--vcs-ref=HEAD", *answers, ROOT, project)
    run(project / "build.sh", "setup")
    return project


def bundled(project: Path) -> Path:
    """The folder with what wrangler would upload; wrangler has the module built before."""
    run_with_tools(project, "bash", "-c", "cd worker && rm -rf dist && wrangler deploy --dry-run --outdir dist")
    return project / "worker" / "dist"
