"""The end of an answer that takes too long as a whole. A socket's own limit begins anew with each byte: the head of an
answer, its announcements (100 Continue) and what follows its body could come a byte at a time for ever."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Deadline(HTTPAdapter):
    """Ends the connection of a call whose answer's head is not there after `head` seconds, or, `within` so many, all
    of it. For one thread; a proxy's connections are not watched."""

    def __init__(self, head: float) -> None:
        self._head = head
        self._whole: float | None = None
        self._timer: threading.Timer | None = None
        self._late = False
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Connections that tell when they wait for an answer."""
        super().init_poolmanager(*args, **options)  # type: ignore[no-untyped-call]
        pools = {"http": (HTTPConnectionPool, HTTPConnection), "https": (HTTPSConnectionPool, HTTPSConnection)}
        self.poolmanager.pool_classes_by_scheme = {
            scheme: type(pool.__name__, (pool,), {"ConnectionCls": _watched(connection, self)})
            for scheme, (pool, connection) in pools.items()
        }

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Raises TimeoutError where the answer of the call inside is not whole by then."""
        self._whole, self._late = seconds, False
        try:
            yield
        except Exception:
            if self._late:  # whatever the end of its connection was taken for
                raise TimeoutError(f"the answer needed longer than {seconds:.0f} s") from None
            raise
        finally:
            self._whole = None
            self._stop()
        if self._late:
            raise TimeoutError(f"the answer needed longer than {seconds:.0f} s")

    @contextlib.contextmanager
    def waiting(self, connection: socket.socket | None) -> Iterator[None]:
        """The request is sent, and its answer's head awaited."""
        self._stop()
        self._late = False
        self._timer = threading.Timer(self._head if self._whole is None else self._whole, self._end, (connection,))
        self._timer.daemon = True
        self._timer.start()
        try:
            yield
        except Exception:
            if not self._late:
                raise
        finally:
            if self._whole is None:
                self._stop()
        if self._late:
            raise TimeoutError("the head of the answer needed too long") from None

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _end(self, connection: socket.socket | None) -> None:
        self._late = True
        if connection is not None:
            with contextlib.suppress(OSError, ValueError):
                connection.shutdown(socket.SHUT_RDWR)


def _watched(kind: type, deadline: Deadline) -> type:
    class Watched(kind):  # type: ignore[misc]
        def getresponse(self, *args: Any, **options: Any) -> Any:
            with deadline.waiting(self.sock):
                return super().getresponse(*args, **options)

    return Watched
