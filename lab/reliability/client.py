"""Sends requests over some kept connections, and takes a request that gets no answer for a hang."""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Self

import aiohttp
from yarl import URL

from .answers import Answer, Broken
from .contract import Request

SECONDS = 60
OWN_HEADERS = ["Accept", "Accept-Encoding", "Content-Type", "User-Agent"]


class Client:
    """Asks one Worker, over up to so many connections; `async with` closes them."""

    def __init__(self, url: str, connections: int) -> None:
        self._url = url.rstrip("/")
        self._connections = connections
        #: How often a connection was closed under a request, which was then sent again.
        self.reconnections = 0

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections),
            timeout=aiohttp.ClientTimeout(total=SECONDS),
            skip_auto_headers=OWN_HEADERS,
            auto_decompress=False,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def ask(self, request: Request, tries: int = 5) -> Answer:
        """Sends a request and reads the answer to its end.

        It may need tries: workerd closes a connection that was idle for some seconds, and one on which it refused a
        request before reading its body, while this client sends on it. What reached the Worker twice is in its log.
        """
        headers = {} if request.media_type is None else {"content-type": request.media_type}
        url = URL(self._url + request.path, encoded=True)
        body = _body(request)
        try:
            async with self._session.request(
                request.method, url, data=body, headers=headers, allow_redirects=False
            ) as response:
                content = await response.read()
                return Answer(
                    response.status, {name.lower(): value for name, value in response.headers.items()}, content
                )
        except TimeoutError as error:
            raise Broken(f"no answer in {SECONDS} seconds to {str(request)[:500]}") from error
        except (aiohttp.ClientConnectionError, ConnectionError) as error:
            self.reconnections += 1
            if tries > 1:
                return await self.ask(request, tries - 1)
            raise Broken(f"no answer but {error!r} to {str(request)[:500]}") from error


def _body(request: Request) -> bytes | io.BytesIO | AsyncIterator[bytes]:
    """What aiohttp sends with a length, or of an iterator in chunks; large ones it wants as a file."""
    if request.chunks is not None:
        return _chunks(request.body, request.chunks)
    return request.body if len(request.body) < 1_000_000 else io.BytesIO(request.body)


async def _chunks(body: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(body), size):
        yield body[at : at + size]
        await asyncio.sleep(0)
