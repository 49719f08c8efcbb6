"""HTTP as the service speaks it: uvicorn's, with errors of our shape and bounds on how long it listens to nothing.

A connection takes one of the files that the system lets a process have open, and many systems let it have 256: clients
that went to sleep, or anybody who may connect, would shut all others out.
"""

from __future__ import annotations

import asyncio
import json
import sys

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from client.protocol import Problem
from client.protocol.codec import to_json

HEAD_SECONDS = 30.0  # from the connection, or a request's first byte, until its head is there
SILENT_SECONDS = 120.0  # between two pieces of a body
MOST_FILES = 10_240  # as many as macOS takes


class Http(H11Protocol):
    """uvicorn's protocol, and `_late`, which hangs up on who does not send what he began."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait(HEAD_SECONDS)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        state = self.conn.their_state
        if state is h11.SEND_BODY:
            self._wait(SILENT_SECONDS)
        elif state is not h11.IDLE:
            self._rest()
        elif self._patience is None:  # a head that has begun is given no more time for each byte
            self._wait(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._rest()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        body = json.dumps({"error": to_json(Problem("invalid_request", msg))}).encode()
        headers = [("content-type", "application/json"), ("content-length", str(len(body))), ("connection", "close")]
        for event in (h11.Response(status_code=400, headers=headers), h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _wait(self, seconds: float) -> None:
        self._rest()
        self._patience = self.loop.call_later(seconds, self._late)

    def _rest(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _late(self) -> None:
        self._patience = None
        if self.flow.read_paused:  # it is we who do not listen
            self._wait(SILENT_SECONDS)
        else:
            self.transport.abort()


def allow_many_connections() -> None:
    """Have the system let this process hold as many files open as it may."""
    if sys.platform == "win32":
        return
    import resource

    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if most == resource.RLIM_INFINITY else min(MOST_FILES, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
