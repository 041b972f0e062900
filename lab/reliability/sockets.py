"""A client below HTTP: says what it likes, counts what is taken from it, and reads what comes."""

import asyncio
import re
import socket
from collections.abc import Iterable
from typing import Self
from urllib.parse import urlsplit

from .answers import Answer

SECONDS = 60


class Connection:
    """One TCP connection to a Worker."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._loop = asyncio.get_running_loop()
        self._received = b""
        #: Bytes that the other side's system took.
        self.taken = 0

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connects; what is sent is hardly buffered on this side."""
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * 1024)
        connection.setblocking(False)
        host, _, port = urlsplit(url).netloc.partition(":")
        await asyncio.get_running_loop().sock_connect(connection, (host, int(port)))
        return cls(connection)

    async def post(self, *headers: str) -> None:
        """Sends the head of a request with a JSON body."""
        lines = ["POST / HTTP/1.1", "Host: worker", "Content-Type: application/json", *headers, "", ""]
        await self.send(["\r\n".join(lines).encode()])

    async def send(self, pieces: Iterable[bytes]) -> bool:
        """Sends pieces one after another; whether the other side took them all."""
        try:
            for piece in pieces:
                await self._loop.sock_sendall(self._socket, piece)
                self.taken += len(piece)
        except ConnectionError:
            return False
        return True

    async def answer(self) -> Answer | None:
        """The next answer, or None when the connection ends without one."""
        async with asyncio.timeout(SECONDS):
            while not (match := re.match(rb"HTTP/1\.1 (\d+) .*?\r\n\r\n", self._received, re.DOTALL)):
                if not await self._receive():
                    return None
            lines = match[0].decode().split("\r\n")[1:-2]
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
            end = match.end() + int(headers["content-length"])
            while len(self._received) < end:
                if not await self._receive():
                    return None
        body, self._received = self._received[match.end() : end], self._received[end:]
        return Answer(int(match[1]), headers, body)

    def finish(self) -> None:
        """Says that nothing more will be sent."""
        self._socket.shutdown(socket.SHUT_WR)

    def close(self, reset: bool = False) -> None:
        """Hangs up: in order, or with a reset."""
        if reset:
            # No lingering: what the system still holds is dropped.
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self._socket.close()

    async def _receive(self) -> bool:
        try:
            more = await self._loop.sock_recv(self._socket, 65536)
        except ConnectionError:
            return False
        self._received += more
        return bool(more)


def in_chunks(body: bytes, size: int) -> Iterable[bytes]:
    """A body as a chunked transfer (RFC 9112, section 7.1), to its end."""
    for at in range(0, len(body), size):
        piece = body[at : at + size]
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"
