"""HTTP to a provider. What may be asked again is asked again; what is paid is sent once.

HTTPS only (plain HTTP to this machine itself, for a server that runs here), no redirect is followed with a key, answers
are bounded, and a key is cut out of whatever is said of an answer. Where a name leads is looked at before it is
dialled: see `dial`.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

from .... import __version__
from ...engine import Cancelled, EngineError
from .dial import Client
from .nearness import distance, literal

MAX_ANSWER = 8 << 20  # bytes of JSON
MAX_CLIP = 2 << 30
UNITS = ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))
MAX_PAUSE = 30.0  # seconds between two tries
REDIRECTS = 3
CONNECT_SECONDS, READ_SECONDS, SEND_SECONDS = 10.0, 30.0, 60.0
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 522, 524})
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,  # a header that can't be
)


class Unreached(Exception):
    """There was no way to the provider: of what should be sent, nothing was."""


class Unanswered(Exception):
    """It was sent, and whether it arrived is not known."""


@dataclass(frozen=True)
class Answer:
    """`data` is the JSON of the body, None where it is none."""

    status: int
    data: Any
    headers: Mapping[str, str]

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300

    def get(self, *path: str | int) -> Any:
        """What is at `path` in the JSON, None where nothing is."""
        found = self.data
        for step in path:
            if isinstance(step, int):
                found = found[step] if isinstance(found, list) and len(found) > step else None
            else:
                found = found.get(step) if isinstance(found, dict) else None
        return found


@dataclass
class Wire:
    """The way to one provider. `address` is where it is, `headers` go with each request to `hosts` and to no other.
    `cancelled` is looked at while it waits."""

    label: str
    address: str
    headers: Mapping[str, str] = field(default_factory=dict)
    hosts: frozenset[str] = frozenset()
    secret: str = ""
    cancelled: Callable[[], bool] = lambda: False
    pace: float = 1.0  # of the pauses
    plain: bool = False  # whether it may be plain HTTP

    def __post_init__(self) -> None:
        self.address = checked(self.address, plain=self.plain).rstrip("/")
        self.hosts = self.hosts | {urlsplit(self.address).netloc}
        self._client = Client(
            self._allowed,
            timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            headers={"User-Agent": f"take-one/{__version__}"},
            follow_redirects=False,
            trust_env=urlsplit(self.address).hostname not in LOOPBACK,  # no proxy leads to this machine itself
        )

    def close(self) -> None:
        self._client.close()

    def ask(self, path: str, params: Mapping[str, Any] | None = None, patience: float = 20.0) -> Answer:
        """A GET, again and again for `patience` seconds where it does not come through. Any status that says something
        is an answer.

        Raises:
            Unreached: it did not come through.
            Cancelled: meanwhile.
        """
        until, pause, last = time.monotonic() + patience * self.pace, 0.5, "no answer"
        while True:
            try:
                answer = self._once("GET", path, params=params)
                if answer.status not in AGAIN or (answer.get("id") and answer.get("status")):
                    return answer  # some answer 500 with what has failed
                last, pause = f"it answers {answer.status}", max(pause, _retry_after(answer))
            except httpx.TransportError as error:
                last = self._named(error)
            if time.monotonic() + pause > until:
                raise Unreached(last)
            self.wait(pause)
            pause = min(MAX_PAUSE, 2 * pause)

    def send(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None, **more: Any
    ) -> Answer:
        """One request that changes something, sent once. `body` is JSON; `more` goes to httpx (files, data).

        Raises:
            Unreached: nothing was sent.
            Unanswered: it was sent, and there was no answer, or one that says nothing.
        """
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        try:
            answer = self._once(
                method, path, content=content, headers={**kind, **(headers or {})}, timeout=SEND_SECONDS, **more
            )
        except NOT_SENT as error:
            raise Unreached(self._named(error)) from None
        except httpx.TransportError as error:
            raise Unanswered(self._named(error)) from None
        if answer.status >= 500 or answer.status == 408:
            raise Unanswered(f"it answers {answer.status}")
        if answer.good and answer.data is None and answer.status != 204:
            raise Unanswered("its answer can't be read")
        return answer

    def fetch(
        self,
        url: str,
        path: Path,
        progress: Callable[[float], None],
        patience: float = 300.0,
        most: int = MAX_CLIP,
    ) -> Answer | None:
        """Brings the file at `url`, of at most so many bytes, to `path`, on from where it broke off. The key goes with
        it only to `hosts`.

        Gives None, or the answer of a provider that does not have it (any more).

        Raises:
            Unreached: it did not come through.
            EngineError: `engine_failed`: it is larger.
            Cancelled: meanwhile.
            OSError: it can't be written.
        """
        path.unlink(missing_ok=True)  # what was left by another process may be of another file
        until, pause, part = time.monotonic() + patience * self.pace, 0.5, _Part(path)
        while True:
            before = path.stat().st_size if path.exists() else 0
            try:
                refused = self._fetch_once(url, part, before, progress, most)
                if refused is None or refused.status not in AGAIN:
                    return refused
                last = f"it answers {refused.status}"
            except httpx.TransportError as error:
                last = self._named(error)
            if path.exists() and path.stat().st_size > before:
                until, pause = time.monotonic() + patience * self.pace, 0.5  # it comes, if only in pieces
            if time.monotonic() + pause > until:
                raise Unreached(last)
            self.wait(pause)
            pause = min(MAX_PAUSE, 2 * pause)

    def wait(self, seconds: float) -> None:
        """Waits, if nobody cancels.

        Raises:
            Cancelled.
        """
        until = time.monotonic() + seconds * self.pace * random.uniform(0.8, 1.2)
        while (left := until - time.monotonic()) > 0:
            if self.cancelled():
                raise Cancelled
            time.sleep(min(left, 0.1))
        if self.cancelled():
            raise Cancelled

    def clean(self, text: str) -> str:
        """`text` without the key."""
        return text.replace(self.secret, "(key)") if self.secret else text

    def _once(self, method: str, path: str, **options: Any) -> Answer:
        url = self._url(path)
        options["headers"] = {**self._headers_for(url), **(options.get("headers") or {})}
        with self._client.stream(method, url, **options) as response:
            return self._answer(response, _bounded(response))

    def _url(self, path: str) -> str:
        url = path if "://" in path else f"{self.address}/{path.lstrip('/')}"
        return self._checked(url)

    def _checked(self, url: str) -> str:
        """`url`, which another may have named: none of this machine or network, unless the server is there itself."""
        if urlsplit(url).netloc == urlsplit(self.address).netloc:
            return checked(url, plain=self.plain)
        return checked(url, loopback=self._near == "machine", plain=self.plain, inside=self._near != "")

    def _allowed(self, host: str, address: str) -> None:
        """Looks at where `host` leads, unless it is the provider's own.

        Raises:
            httpcore.ConnectError: the name leads, with `address`, to this machine or into this network. A resolver
                or a portal may say so for a moment, so that it is tried again.
            EngineError: `host` is such an address itself.
        """
        if host.lower() in {urlsplit(f"//{own}").hostname for own in self.hosts}:
            return
        try:
            _refuse(distance(address), loopback=self._near == "machine", inside=self._near != "")
        except EngineError as error:
            if literal(host) is not None:
                raise
            raise httpcore.ConnectError(f"{host} leads to {address}. {error.problem.message}") from None

    @property
    def _near(self) -> str:
        """How near the server is by its address."""
        return distance(urlsplit(self.address).hostname or "")

    def _headers_for(self, url: str) -> dict[str, str]:
        there, own = urlsplit(url), urlsplit(self.address)
        sealed = there.scheme == "https" or (there.scheme, there.netloc) == (own.scheme, own.netloc)
        return dict(self.headers) if sealed and there.netloc in self.hosts else {}

    def _fetch_once(
        self, url: str, part: _Part, before: int, progress: Callable[[float], None], most: int
    ) -> Answer | None:
        wanted = {"Range": f"bytes={before}-", "If-Range": part.tag} if before and part.tag else {}
        with self._follow(url, wanted) as response:
            if response.status_code == 416 and before:
                part.path.unlink()
                raise httpx.ReadError("the rest is not there")
            if not 200 <= response.status_code < 300:
                return self._answer(response, _bounded(response))
            span = response.headers.get("content-range", "")
            goes_on = response.status_code == 206 and span.startswith(f"bytes {before}-")
            here = before if goes_on else 0
            total = here + int(response.headers.get("content-length") or 0)
            part.tag = _strong(response.headers.get("etag", ""))
            with part.path.open("ab" if goes_on else "wb") as file:
                for block in response.iter_raw():
                    here += len(block)
                    if here > most:
                        raise EngineError(
                            "engine_failed", f"The file from {self.label} is larger than {size_of(most)}.", ""
                        )
                    file.write(block)
                    if self.cancelled():
                        raise Cancelled
                    progress(here / total if total else 0.0)
            return None

    def _answer(self, response: httpx.Response, body: bytes) -> Answer:
        """An answer without the key, should it be repeated there."""
        if self.secret:
            body = body.replace(self.secret.encode(), b"(key)")
        return Answer(response.status_code, _json(body), response.headers)

    @contextmanager
    def _follow(self, url: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """The answer at the end of at most a few redirects. A key goes to the provider's own hosts alone."""
        for _ in range(REDIRECTS + 1):
            self._checked(url)
            with self._client.stream("GET", url, headers={**self._headers_for(url), **headers}) as response:
                if response.is_redirect and not self.plain:  # a server of one's own has no reason to send us elsewhere
                    onward = urljoin(url, response.headers.get("location", ""))
                    if urlsplit(url).scheme == "https" and urlsplit(onward).scheme != "https":
                        raise EngineError("engine_failed", f"{self.label} sends us from HTTPS to plain HTTP.", "")
                    url = onward
                    continue
                yield response
                return
        raise httpx.RemoteProtocolError("it sends us on and on")

    def _named(self, error: Exception) -> str:
        return self.clean(str(error))[:200] or type(error).__name__


@dataclass
class _Part:
    """A file that comes in pieces, and the tag of what it is a part of."""

    path: Path
    tag: str = ""


def checked(url: str, loopback: bool = True, plain: bool = False, inside: bool = True) -> str:
    """`url`, if it may be used: an https:// address, with `loopback` one of this machine, with `inside` one that only
    this network knows, with `plain` any of HTTP.

    Raises:
        EngineError: `invalid_request`.
    """
    parts = urlsplit(url)
    unsealed = parts.scheme == "http" and (plain or (loopback and parts.hostname in LOOPBACK))
    _refuse(distance(parts.hostname or ""), loopback, inside)
    if not parts.hostname or not (parts.scheme == "https" or unsealed) or parts.username or parts.password:
        shown = f"{parts.scheme}://{parts.hostname or ''}"[:100]
        raise EngineError("invalid_request", f"{shown} is no https:// address, so nothing is sent there.", "accounts")
    return url


def _refuse(near: str, loopback: bool, inside: bool) -> None:
    """Raises EngineError for what is so near and not to be asked."""
    if near and not (loopback if near == "machine" else inside):
        there = "this machine itself" if near == "machine" else "an address inside a network"
        raise EngineError("invalid_request", f"A server elsewhere sends us to {there}, which is not asked.")


def _bounded(response: httpx.Response) -> bytes:
    """The body of an answer; nothing of one that is too long."""
    body = bytearray()
    for block in response.iter_bytes():
        body += block
        if len(body) > MAX_ANSWER:
            return b""
    return bytes(body)


def size_of(amount: int) -> str:
    """So many bytes, for people."""
    unit, name = next(((unit, name) for unit, name in UNITS if amount >= unit), (1, "bytes"))
    return f"{amount / unit:.4g} {name}"


def _strong(tag: str) -> str:
    return "" if tag.startswith("W/") else tag


def _retry_after(answer: Answer) -> float:
    try:
        return min(MAX_PAUSE, float(answer.headers.get("retry-after", "0")))
    except ValueError:
        return 0.0


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
