"""The SHA-256 of the tools as their authors release them: of the archives that `build.sh setup` downloads."""

import functools
import hashlib
import http.client
import os
import urllib.error
import urllib.request

from .registries import Unanswered

# What setup knows, by the names in pins.yml; and how the tag of a version begins.
TOOLS = {"wasm_pack": ("wasm-pack", "v"), "wasm_bindgen": ("wasm-bindgen", "")}
TARGETS = ("x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl", "x86_64-apple-darwin", "aarch64-apple-darwin")
# Of older releases it is not there, and setup takes the one before it.
PERHAPS = "aarch64-apple-darwin"


@functools.cache
def checksums(tool: str, version: str) -> dict[str, str]:
    """Of each platform that a release is made for, or Unanswered where they cannot be had."""
    name, prefix = TOOLS[tool]
    tag = f"{prefix}{version}"
    base = os.environ.get("WASM_TOOLS_URL", "https://github.com").rstrip("/")
    found = {}
    for target in TARGETS:
        url = f"{base}/wasm-bindgen/{name}/releases/download/{tag}/{name}-{tag}-{target}.tar.gz"
        print(f">>> Downloading {url}", flush=True)
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                # Read as a whole, or half a file would have a checksum, too.
                found[target] = hashlib.sha256(answer.read()).hexdigest()
        except (OSError, http.client.HTTPException) as error:
            if not (isinstance(error, urllib.error.HTTPError) and error.code == 404 and target == PERHAPS):
                raise Unanswered(f"without the checksums of {name} {version}, projects compile it. {url}: {error}") from error
    return found
