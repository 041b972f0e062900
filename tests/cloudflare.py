"""Cloudflare's API on loopback, as far as `wrangler deploy` asks it about a Worker that is not there yet.

It keeps what it is sent, for tests to look at. A path that it does not know is answered 404, as by Cloudflare.
"""

import asyncio
import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiohttp import web

ACCOUNT = "0123456789abcdef0123456789abcdef"
# Made up, and of no token's form.
TOKEN = "of-a-test-" * 4
UPLOAD = ("PUT", "/workers/scripts/my-worker")
START_ASSETS = ("POST", "/workers/scripts/my-worker/assets-upload-session")
# Valid for ever, of no signature: wrangler looks when it ends.
ASSETS_TOKEN = f"e30.{base64.urlsafe_b64encode(json.dumps({'exp': 2**33}).encode()).decode()}.none"


@dataclass
class Cloudflare:
    """What was sent: the calls with their bearers, the parts of the upload by their names, the sizes of the assets."""

    url: str = ""
    refuses: bool = False
    calls: list[tuple[str, str]] = field(default_factory=list)
    bearers: set[str | None] = field(default_factory=set)
    metadata: dict = field(default_factory=dict)
    modules: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    assets: dict[str, int] = field(default_factory=dict)

    async def answer(self, request: web.Request) -> web.Response:
        """Answers as https://developers.cloudflare.com/api/ describes, every answer in the same envelope."""
        call = (request.method, request.path.removeprefix(f"/accounts/{ACCOUNT}"))
        self.calls.append(call)
        self.bearers.add(request.headers.get("Authorization"))
        if self.refuses:
            return envelope(403, {"code": 10000, "message": "Authentication error"})
        if call == UPLOAD:
            await self.keep(request)
        elif call == START_ASSETS:
            self.assets = {path: file["size"] for path, file in (await request.json())["manifest"].items()}
        results = {
            # It has all of them already.
            START_ASSETS: {"jwt": ASSETS_TOKEN, "buckets": []},
            UPLOAD: {"id": "my-worker", "startup_time_ms": 3, "deployment_id": ACCOUNT},
            ("GET", "/workers/subdomain"): {"subdomain": "example"},
            # wrangler 4.0.0 asks the first, 4.164.0 the second.
            ("GET", "/workers/scripts/my-worker/subdomain"): {"enabled": True},
            ("GET", "/workers/workers/my-worker"): {"subdomain": {"enabled": True, "previews_enabled": False}},
            ("POST", "/workers/scripts/my-worker/subdomain"): {"enabled": True},
        }
        if call in results:
            return envelope(200, result=results[call])
        code = 10090 if call == ("GET", "/workers/services/my-worker") else 10007
        return envelope(404, {"code": code, "message": "This Worker does not exist on your account."})

    async def keep(self, request: web.Request) -> None:
        """Keeps the parts of an upload."""
        async for part in await request.multipart():
            content = bytes(await part.read())
            if part.name == "metadata":
                self.metadata = json.loads(content)
            else:
                self.modules[part.name.removeprefix("./")] = (part.headers["Content-Type"], content)


def envelope(status: int, *errors: dict, result: dict | None = None) -> web.Response:
    body = {"success": not errors, "errors": errors, "messages": [], "result": result}
    return web.json_response(body, status=status)


@contextmanager
def cloudflare(refuses: bool = False) -> Iterator[Cloudflare]:
    """Serves it on a free port; with `refuses`, as to a token without the right."""
    api = Cloudflare(refuses=refuses)
    application = web.Application(client_max_size=2**26)
    application.router.add_route("*", "/{path:.*}", api.answer)
    runner = web.AppRunner(application)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def start() -> str:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    try:
        api.url = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
        yield api
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
