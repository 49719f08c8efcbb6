"""Who may speak to the service, and how much: checked before anything of a body is read."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..engines.engine import EngineError
from .errors import answer
from .users import User

MAX_BODY = 256 << 20  # bytes of a submission: still, last frame and depth at 8K
MAX_TEXT_BODY = 32 << 20  # of one that is held in memory: JSON, with pictures as data URLs
MAX_SMALL_BODY = 64 << 10  # of every other request
WITH_FILES = ("/v1/videos", "/v1/guide")
NAME = re.compile(r"[a-z0-9.-]+")
OPEN = ("/health", "/status")  # what answers anybody, and says nothing that is anybody's
WATCHED = (*OPEN, "/metrics", "/v1/cluster")  # what there is for who only watches


@dataclass(frozen=True)
class Guard:
    """ASGI middleware: host, origin, token and size. `who` is the user of a token, None for nobody; what follows finds
    their name as `user` in the scope.

    The Host header is checked because a web page may reach a service on this machine through a name that it
    makes point here (DNS rebinding): such a name is never an address, `localhost` or one of `names`.
    """

    app: ASGIApp
    who: Callable[[str], User | None]
    names: frozenset[str]
    exposed: bool  # listens beyond this machine: other addresses than the loopback's are right as well

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = _Headers(scope)
        most = _most(scope, headers)
        try:
            self._check_host(headers)
            user = self._user(headers)
            scope["user"] = None if user is None else user.name
            if user is None and scope["path"] not in OPEN:
                raise EngineError("unauthorized", "The token is missing or wrong.", "connect")
            if user is not None and user.watches and scope["path"] not in WATCHED:
                raise EngineError(
                    "forbidden", "This token only shows what runs here. Takes need one of your own.", "connect"
                )
            _check_length(headers, most)
        except EngineError as error:
            extra = {"WWW-Authenticate": "Bearer"} if error.code == "unauthorized" else {}
            # The body stays unread, so the connection can't serve another request.
            await answer(error, {**extra, "Connection": "close"})(scope, receive, send)
            return
        await self.app(scope, _limited(receive, most), send)

    def _check_host(self, headers: _Headers) -> None:
        host = headers.only("host")
        name = _name(host or "")
        if host is None or not self._is_ours(name):
            message = "This service does not go by the name that the Host header gives."
            start = f" If it should, start it with --allow-host {name[:253]}." if NAME.fullmatch(name) else ""
            raise EngineError("forbidden", message + start)
        origin = headers.get("origin")
        if origin is not None and _place(origin) != host.lower():
            raise EngineError("forbidden", "Requests from other web pages are refused.")

    def _is_ours(self, name: str) -> bool:
        if name in self.names:
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return self.exposed or address.is_loopback

    def _user(self, headers: _Headers) -> User | None:
        scheme, _, given = (headers.get("authorization") or "").partition(" ")
        given = given.strip()
        return self.who(given) if given and scheme.lower() == "bearer" else None


class _Headers:
    def __init__(self, scope: Scope) -> None:
        self._raw: Iterable[tuple[bytes, bytes]] = scope["headers"]

    def get(self, name: str) -> str | None:
        return next((value.decode("latin-1") for key, value in self._raw if key == name.encode()), None)

    def only(self, name: str) -> str | None:
        values = [value for key, value in self._raw if key == name.encode()]
        return values[0].decode("latin-1") if len(values) == 1 else None


def _most(scope: Scope, headers: _Headers) -> int:
    if scope["method"] != "POST" or scope["path"] not in WITH_FILES:
        return MAX_SMALL_BODY
    kind = (headers.get("content-type") or "").strip().lower()
    return MAX_BODY if kind.startswith("multipart/form-data") else MAX_TEXT_BODY


def _name(host: str) -> str:
    """The host of "name:port", "1.2.3.4:port" or "[::1]:port", in small letters; "" for nonsense."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def _place(origin: str) -> str:
    """The host and port of an Origin; "" for nonsense."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _check_length(headers: _Headers, most: int) -> None:
    length = headers.get("content-length")
    if length is not None and (not length.isdecimal() or int(length) > most):
        raise _too_large(most)


def _limited(receive: Receive, most: int) -> Receive:
    """`receive`, counting what comes: a Content-Length may lie, and a chunked body has none."""
    came = 0

    async def counting() -> Message:
        nonlocal came
        message = await receive()
        came += len(message.get("body", b""))
        if came > most:
            raise _too_large(most)
        return message

    return counting


def _too_large(most: int) -> EngineError:
    return EngineError("too_large", f"The request is larger than {most >> 10} KiB.", "smaller_size")
