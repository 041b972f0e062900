"""Cloudflare's API on loopback, as far as wrangler asks it when a page of docs/ or a test deploys.

It keeps what it is sent, for tests to look at, and remembers Workers, versions and previews as Cloudflare does. A path that
it does not know is answered 404, as by Cloudflare.
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
WORKER = "/workers/scripts/my-worker"
UPLOAD = ("PUT", WORKER)
UPLOAD_VERSION = ("POST", f"{WORKER}/versions")
# Valid for ever, of no signature: wrangler looks when it ends.
ASSETS_TOKEN = f"e30.{base64.urlsafe_b64encode(json.dumps({'exp': 2**33}).encode()).decode()}.none"
# Every moment is this one.
NOW = "2026-01-01T00:00:00Z"


@dataclass
class Cloudflare:
    """What was sent: the calls with their bearers, the JSON bodies by their calls, the parts of the last upload by their
    names, the sizes of the assets. And what is there now: versions and secrets of each Worker, its previews.
    """

    url: str = ""
    refuses: bool = False
    calls: list[tuple[str, str]] = field(default_factory=list)
    bearers: set[str | None] = field(default_factory=set)
    bodies: dict[tuple[str, str], dict] = field(default_factory=dict)
    metadata: dict = field(default_factory=dict)
    modules: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    assets: dict[str, int] = field(default_factory=dict)
    versions: dict[str, list[dict]] = field(default_factory=dict)
    deployments: dict[str, list[dict]] = field(default_factory=dict)
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    previews: dict[str, dict] = field(default_factory=dict)

    async def answer(self, request: web.Request) -> web.Response:
        """Answers as https://developers.cloudflare.com/api/ describes, every answer in the same envelope."""
        path = request.path.removeprefix(f"/accounts/{ACCOUNT}")
        call = (request.method, path)
        self.calls.append(call)
        self.bearers.add(request.headers.get("Authorization"))
        if self.refuses:
            return envelope(403, {"code": 10000, "message": "Authentication error"})
        if request.content_type.startswith("multipart/"):
            await self.keep(request)
        elif request.can_read_body:
            self.bodies[call] = await request.json()
        _, _, kind, *rest = [*path.split("/"), ""]
        answers = {"scripts": self.script, "services": self.service, "workers": self.worker}
        result = answers[kind](request.method, *rest[:-1]) if kind in answers else None
        if kind == "subdomain":
            result = {"subdomain": "example"}
        if result is None:
            # wrangler knows by the code whether the Worker is missing, or only its preview.
            code = 10090 if kind == "services" else 10025 if "previews" in rest and rest[0] in self.versions else 10007
            return envelope(404, {"code": code, "message": "This does not exist on your account."})
        return envelope(200, result=result)

    def service(self, _: str, name: str) -> dict | None:
        """Whether a Worker is there."""
        if name not in self.versions:
            return None
        script = {"id": name, "tag": ACCOUNT, "tags": [], "last_deployed_from": "wrangler"}
        return {"id": name, "default_environment": {"environment": "production", "script": script}}

    def script(self, method: str, name: str, *what: str) -> dict | list | None:
        """A Worker, its versions and deployments, its secrets."""
        body = self.bodies.get((method, "/".join(("/workers/scripts", name, *what))), {})
        match (method, *what):
            case ("PUT",):
                everything = {"version_id": self.upload(name)["id"], "percentage": 100}
                self.deployments.setdefault(name, []).insert(0, deployment(everything))
                return {"id": name, "startup_time_ms": 3, "deployment_id": ACCOUNT}
            case ("POST", "assets-upload-session"):
                self.assets = {path: file["size"] for path, file in body["manifest"].items()}
                # It has all of them already.
                return {"jwt": ASSETS_TOKEN, "buckets": []}
            case _ if name not in self.versions:
                return None
            case ("GET" | "POST", "subdomain"):
                # wrangler 4.0.0 asks here, 4.164.0 the Worker itself.
                return addresses(name)
            case ("PUT", "secrets"):
                self.secrets.setdefault(name, {})[body["name"]] = body["text"]
                return {"name": body["name"], "type": body["type"]}
            case ("GET", "secrets"):
                return [{"name": secret, "type": "secret_text"} for secret in self.secrets.get(name, {})]
            case ("POST", "versions"):
                return self.upload(name) | {"startup_time_ms": 3}
            case ("GET", "versions"):
                return {"items": self.versions[name]}
            case ("GET", "versions", number):
                return next((version for version in self.versions[name] if version["id"] == number), None)
            case ("GET", "deployments"):
                return {"deployments": self.deployments[name]}
            case ("POST", "deployments"):
                self.deployments[name].insert(0, deployment(*body["versions"]))
                return self.deployments[name][0]
            case ("PATCH", "script-settings"):
                return body
        return None

    def worker(self, method: str, name: str = "", *what: str) -> dict | None:
        """The newer half of the API: a Worker, and its previews."""
        body = self.bodies.get((method, "/".join(("/workers/workers", name, *what))), {})
        match (method, *what):
            case ("POST",):
                self.versions[self.bodies[method, "/workers/workers"]["name"]] = []
                return {"id": ACCOUNT}
            case _ if name not in self.versions:
                return None
            case ("GET",):
                return {"name": name, "subdomain": addresses(name)}
            case ("PATCH",):
                return {"name": name, "previews_base_config": body["previews_base_config"]}
            case ("POST", "previews"):
                slug = body["name"]
                urls = [f"https://{slug}-{name}.example.workers.dev"]
                self.previews[slug] = {"id": slug, "name": slug, "slug": slug, "urls": urls, "created_on": NOW}
                return self.previews[slug]
            case ("GET", "previews", preview):
                return self.previews.get(preview)
            case ("DELETE", "previews", preview):
                return self.previews.pop(preview, None)
            case ("GET", "previews", preview, "deployments", "latest"):
                return {"id": ACCOUNT, "preview_id": preview, "env": {}}
            case ("POST", "previews", preview, "deployments"):
                urls = [f"https://{ACCOUNT[:8]}-{name}.example.workers.dev"]
                return {"id": ACCOUNT, "preview_id": preview, "urls": urls, "created_on": NOW}
        return None

    def upload(self, name: str) -> dict:
        """Makes a version of what was kept."""
        versions = self.versions.setdefault(name, [])
        number = len(versions) + 1
        version = {
            "id": f"{number:08}-0000-4000-8000-000000000000",
            "number": number,
            "metadata": {"created_on": NOW, "author_email": "somebody@example.com", "has_preview": True},
            "annotations": self.metadata.get("annotations", {}),
            "resources": {"bindings": [], "script": {"handlers": ["fetch"]}, "script_runtime": {"usage_model": "standard"}},
        }
        versions.insert(0, version)
        return version

    async def keep(self, request: web.Request) -> None:
        """Keeps the parts of an upload."""
        self.modules = {}
        async for part in await request.multipart():
            content = bytes(await part.read())
            if part.name == "metadata":
                self.metadata = json.loads(content)
            else:
                name = part.filename if part.name == "files" else part.name
                self.modules[name.removeprefix("./")] = (part.headers["Content-Type"], content)


def addresses(name: str) -> dict:
    """Where a Worker is, and each version of it."""
    return {"enabled": True, "previews_enabled": True, "preview_url_suffix": f"-{name}.example.workers.dev"}


def deployment(*versions: dict) -> dict:
    """One that has these versions, each with its share of the requests."""
    made = {"source": "wrangler", "author_email": "somebody@example.com", "created_on": NOW, "annotations": {}}
    return {"id": ACCOUNT, "strategy": "percentage", "versions": list(versions)} | made


def envelope(status: int, *errors: dict, result: dict | list | None = None) -> web.Response:
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
