"""A Take One server over HTTP: the calls of /v1, with the standard library only.

Redirects are not followed and proxies not used: the token goes to the address that this machine has it for, and nowhere
else. Every answer is bounded.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import socket
import ssl
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from .attended import Check, attended
from .errors import TakeOneError, Unreachable
from .servers import Server, token_of

SECONDS = 60.0  # of silence, after which a server counts as away; its events are never that long silent
GUIDE_SECONDS = 600.0
STARTING_SECONDS = 60.0
MAX_JSON = 32 << 20
MAX_LINE = 8 << 20  # of an event, with its preview
MAX_CLIP = 8 << 30
CHUNK = 1 << 20
AWAY_SECONDS = 120.0  # how long a job is waited for while its server does not answer
JOB_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
OVER = ("completed", "failed", "cancelled")

Json = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Form:
    """A body of multipart/form-data, and the key under which the same body never makes two jobs."""

    body: bytes
    kind: str
    key: str


@dataclass
class _Call:
    """A connection for one call. Its socket is kept: http.client lets go of it where the server closes."""

    connection: http.client.HTTPConnection
    sock: socket.socket | None = None

    def connect(self) -> None:
        self.connection.connect()
        self.sock = self.connection.sock

    def break_off(self) -> None:
        """Ends it for a thread that waits in it."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True)
class Client:
    """`check` raises where the user has interrupted; it is called all along, whatever is waited for."""

    server: Server
    check: Check = lambda: None

    def models(self) -> list[Json]:
        """The engines, as `GET /v1/models` has them."""
        found = self._json("GET", "/v1/models").get("data")
        if not isinstance(found, list) or not all(isinstance(one, dict) and one.get("id") for one in found):
            raise self._foreign()
        return found

    def path(self, body: Json) -> Json:
        """{"path", "notes"}: the camera path that words mean."""
        return self._json("POST", "/v1/path", body)

    def estimate(self, body: Json) -> Json | None:
        """What a take would cost, None where nothing is known of it or it costs nothing."""
        price = self._json("POST", "/v1/estimate", body).get("price")
        return price if isinstance(price, dict) else None

    def submit(self, form: Form) -> Json:
        """The job of this form: a new one, or that which its key has made before. Once sent, its answer is waited for
        whatever `check` says: a job that nobody knows of could not be cancelled."""
        return self._job("POST", "/v1/videos", form, whole=True)

    def job(self, job_id: str) -> Json:
        return self._job("GET", f"/v1/videos/{job_id}")

    def cancel(self, job_id: str) -> Json:
        return self._job("POST", f"/v1/videos/{job_id}/cancel")

    def retry(self, job_id: str) -> Json:
        """A failed job goes on from what is known of it; an order that may be paid is not sent again. Its
        answer is waited for, as with `submit`."""
        return self._job("POST", f"/v1/videos/{job_id}/retry", {"send_again": False}, whole=True)

    def delete(self, job_id: str) -> None:
        self._json("DELETE", f"/v1/videos/{job_id}")

    def follow(self, job_id: str) -> Iterator[Json]:
        """How far a job is, as it changes; the last is the job once it is over. A server that is away for a while is
        waited for: its jobs outlive it.

        Raises:
            Unreachable: it stays away.
        """
        silent_since = time.monotonic()
        while True:
            try:
                with contextlib.closing(self._events(job_id)) as events:
                    for name, state in events:
                        silent_since = time.monotonic()
                        yield state
                        if name == "end":
                            return
            except Unreachable as error:
                if time.monotonic() - silent_since > AWAY_SECONDS:
                    raise Unreachable(
                        f"{error} The take goes on there: run again when it answers, and the same take is fetched."
                    ) from None
            self._wait(1.0)

    def download(self, job_id: str, to: Path) -> None:
        """Writes the clip to `to`, whole or not at all."""
        self._save("GET", f"/v1/videos/{job_id}/content", None, to, SECONDS)

    def guide(self, form: Form, to: Path) -> None:
        """Writes the zip of `POST /v1/guide` to `to`, whole or not at all."""
        self._save("POST", "/v1/guide", form, to, GUIDE_SECONDS)

    # How it is done

    def _patiently(self, once: Callable[[], T], seconds: float) -> T:
        """What `once` returns. A server that is only starting, or busy with others, is waited for."""
        ends = time.monotonic() + seconds
        while True:
            try:
                return once()
            except TakeOneError as error:
                if error.status != 503 or time.monotonic() > ends:
                    raise
            self._wait(1.0)

    def _wait(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            self.check()
            time.sleep(0.1)

    def _job(self, method: str, path: str, body: Json | Form | None = None, whole: bool = False) -> Json:
        job = self._json(method, path, body, whole)
        job_id = job.get("id")
        if not isinstance(job_id, str) or not JOB_ID.fullmatch(job_id) or not isinstance(job.get("status"), str):
            raise self._foreign()
        return job

    def _json(self, method: str, path: str, body: Json | Form | None = None, whole: bool = False) -> Json:
        """The JSON of an answer. A call that is to be `whole` is interrupted before and after it only."""
        call = self._call(SECONDS)

        def work() -> Iterator[Json]:
            with self._answer(call, method, path, body) as answer:
                yield self._parsed(answer.read(MAX_JSON + 1))

        def once() -> Json:
            self.check()
            check = (lambda: None) if whole else self.check
            with contextlib.closing(attended(work, check, call.break_off)) as answers:
                return next(answers)  # type: ignore[no-any-return]

        return self._patiently(once, STARTING_SECONDS)

    def _events(self, job_id: str) -> Generator[tuple[str, Json], None, None]:
        call = self._call(SECONDS)

        def work() -> Iterator[tuple[str, Json]]:
            with self._answer(call, "GET", f"/v1/videos/{job_id}/events", None) as answer:
                name = ""
                while line := answer.readline(MAX_LINE):
                    if line.startswith(b"event: "):
                        name = line[7:].decode().strip()
                    elif line.startswith(b"data: "):
                        yield name, self._parsed(line[6:])

        return attended(work, self.check, call.break_off)

    def _save(self, method: str, path: str, body: Form | None, to: Path, seconds: float) -> None:
        call = self._call(seconds)
        aside = to.with_name(to.name + ".part")

        def work() -> Iterator[int]:
            with self._answer(call, method, path, body) as answer, aside.open("wb") as file:
                expected, got = answer.length, 0
                if expected is not None and expected > MAX_CLIP:
                    raise self._too_large(MAX_CLIP)
                while chunk := answer.read(CHUNK):
                    got += len(chunk)
                    if got > MAX_CLIP:
                        raise self._too_large(MAX_CLIP)
                    file.write(chunk)
                    yield got
                if expected is not None and got != expected:
                    raise http.client.IncompleteRead(b"", expected - got)

        def once() -> None:
            for _ in attended(work, self.check, call.break_off):
                pass
            aside.replace(to)

        try:
            self._patiently(once, seconds)
        finally:
            with contextlib.suppress(OSError):  # on Windows the thread may hold it a moment longer
                aside.unlink(missing_ok=True)

    def _call(self, seconds: float) -> _Call:
        host, port = self.server.host, self.server.port
        if self.server.encrypted:
            context = ssl.create_default_context()
            return _Call(http.client.HTTPSConnection(host, port, timeout=seconds, context=context))
        return _Call(http.client.HTTPConnection(host, port, timeout=seconds))

    @contextlib.contextmanager
    def _answer(
        self, call: _Call, method: str, path: str, body: Json | Form | None
    ) -> Iterator[http.client.HTTPResponse]:
        """The good answer to a call. What goes wrong until it is read is raised as a sentence."""
        headers = {"Authorization": f"Bearer {token_of(self.server)}", "User-Agent": "take-one-comfyui"}
        data = None
        if isinstance(body, Form):
            data, headers["Content-Type"], headers["Idempotency-Key"] = body.body, body.kind, body.key
        elif body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        try:
            call.connect()
            call.connection.request(method, path, data, headers)
            answer = call.connection.getresponse()
            if not 200 <= answer.status < 300:
                raise self._refusal(answer.status, answer.read(MAX_JSON + 1))
            yield answer
        except (OSError, http.client.HTTPException) as error:
            raise self._away(error) from None
        finally:
            call.connection.close()

    def _parsed(self, text: bytes) -> Json:
        if len(text) > MAX_JSON:
            raise self._too_large(MAX_JSON)
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict):
            raise self._foreign()
        return data

    def _refusal(self, status: int, text: bytes) -> TakeOneError:
        if 300 <= status < 400:
            return TakeOneError(
                f"{self.server.address} sends callers on to another address. Give that address itself.", status=status
            )
        error = self._parsed(text).get("error")
        if not isinstance(error, dict) or not isinstance(error.get("message"), str):
            raise self._foreign()
        code, message = str(error.get("code", "")), error["message"][:2000]
        if status == 401:
            message = (
                f"The Take One server at {self.server.address} does not accept this machine's token. See the variable "
                "TAKE_ONE_TOKEN that ComfyUI was started with, and the list of servers."
            )
        return TakeOneError(message, code, status)

    def _away(self, error: BaseException) -> Unreachable:
        reason = "it does not answer in time" if isinstance(error, TimeoutError) else _reason(error)
        start = " Start it with: python -m backend serve." if self.server.here else ""
        return Unreachable(f"No Take One server at {self.server.address}: {reason}.{start}")

    def _foreign(self) -> TakeOneError:
        return TakeOneError(f"{self.server.address} answers, but it is no Take One server. Check the address.")

    def _too_large(self, most: int) -> TakeOneError:
        return TakeOneError(f"{self.server.address} answers with more than {most >> 20} MB, which is too much.")


def _reason(error: BaseException) -> str:
    if isinstance(error, http.client.HTTPException):
        return "its answer broke off"
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).rstrip(".")
