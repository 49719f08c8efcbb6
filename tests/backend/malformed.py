"""Requests that nobody should send, sent, and what an answer to any of them must be: used by test_malformed and by
bench/server/malformed.py."""

from __future__ import annotations

import contextlib
import json
import socket
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode

from tests.backend.malformed_requests import LIES, REQUESTS, Sent
from tests.backend.service_process import TOKEN, Service


@dataclass
class Tally:
    """What came back: answers by status, those that were busy, and what must not have been."""

    statuses: Counter[int] = field(default_factory=Counter)
    busy: int = 0
    wrong: list[str] = field(default_factory=list)

    def note(self, what: Any, status: int, kind: str, body: bytes, head: bool = False) -> None:
        """Judge one answer to `what`."""
        self.statuses[status] += 1
        if "/guide" in repr(what) and _is_busy(status, kind, body):
            self.busy += 1
            return
        fault = _fault(status, kind, body, head)
        if fault:
            self.wrong.append(f"{status} {fault}: {body[:200]!r} to {what!r}"[:2000])


def _is_busy(status: int, kind: str, body: bytes) -> bool:
    """Whether it is the documented answer of a service that makes as many guides as it can: 503 `busy`, whole."""
    return status == 503 and b'"code":"busy"' in body.replace(b" ", b"") and not _shape(kind, body)


def _fault(status: int, kind: str, body: bytes, head: bool) -> str:
    if status >= 500:
        return "the service failed"
    if status < 400 or head:
        return ""
    return _shape(kind, body)


def _shape(kind: str, body: bytes) -> str:
    try:
        error = json.loads(body)["error"]
    except (ValueError, KeyError, TypeError):
        return "no error of ours"
    shapes = {"code": str, "message": str, "param": str | None, "fix": str}
    fits = set(error) == set(shapes) and all(isinstance(error[name], shape) for name, shape in shapes.items())
    return (
        "" if fits and error["code"] and error["message"] and kind.startswith("application/json") else "another shape"
    )


def _settings(count: int) -> settings:
    return settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def send_ours(service: Service, job: str, count: int, number: int, tally: Tally) -> None:
    """Sends `count` requests, of each of our own strategies a like share, those of the seed `number`."""
    for strategy in REQUESTS:
        _send_drawn(service, job, strategy, max(1, count // len(REQUESTS)), number, tally)
    _forget_all(service, job)


def _send_drawn(service: Service, job: str, strategy: Any, count: int, number: int, tally: Tally) -> None:
    @seed(number)
    @_settings(count)
    @given(strategy)
    def run(sent: Sent) -> None:
        if sent.raw or any(name in LIES for name, _ in sent.headers):
            for status, kind, body in _raw(service, sent.raw or _written(sent, job)):
                tally.note(sent, status, kind, body, sent.method == "HEAD")
            return
        answer = _post(service, job, sent)
        if answer is not None:
            kind = answer.headers.get("content-type", "")
            tally.note(sent, answer.status_code, kind, answer.content, sent.method == "HEAD")
            _forget(service, job, answer)

    run()


def send_by_schema(service: Service, job: str, count: int, number: int, tally: Tally) -> None:
    """Sends some `count` requests that schemathesis makes of our OpenAPI, fitting and not, of the seed `number`."""
    document = service.http.get("/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    operations = [found.ok() for found in schema.get_all_operations()]
    runs = [
        (operation, mode)
        for operation in operations
        if not operation.path.endswith("/events")  # a stream, which does not end
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        if mode is GenerationMode.POSITIVE or operation.query or operation.body  # else nothing of it can be wrong
    ]
    plain = [one for one in operations if not (one.query or one.body or one.path_parameters)]  # sent but once
    share = max(1, round(count / (len(runs) - len(plain))))
    for operation, mode in runs:
        fixed = mode is GenerationMode.POSITIVE and "{job_id}" in operation.path and operation.method != "delete"
        known = {"job_id": job} if fixed else None
        _send_cases(service, job, operation.as_strategy(mode, path_parameters=known), share, number, tally)


def _send_cases(service: Service, job: str, cases: Any, count: int, number: int, tally: Tally) -> None:
    @seed(number)
    @_settings(count)
    @given(cases)
    def run(case: Any) -> None:
        given_headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = case.call(base_url=service.url, headers=given_headers)
        kind = (answer.headers.get("content-type") or [""])[0]
        tally.note(case.as_curl_command(), answer.status_code, kind, answer.content or b"", case.method == "HEAD")
        _forget(service, job, answer)

    run()


def _post(service: Service, job: str, sent: Sent) -> httpx.Response | None:
    """The answer; None where the request can't be written at all."""
    try:
        request = service.http.build_request(
            sent.method,
            _path(sent, job),
            headers=[(name, value.encode("latin-1")) for name, value in sent.headers],
            content=sent.content if not (sent.fields or sent.files) else None,
            data={name: value.encode("utf-8", "surrogatepass") for name, value in sent.fields} or None,
            files=[(name, ("x", content, "image/png")) for name, content in sent.files] or None,
        )
        return service.http.send(request)
    except (httpx.InvalidURL, httpx.LocalProtocolError, httpx.UnsupportedProtocol):
        return None
    except (httpx.WriteError, httpx.ReadError):
        return None  # it was refused before all of it had come
    except httpx.TimeoutException:
        return httpx.Response(599)  # which counts as a failure


def _forget_all(service: Service, job: str) -> None:
    """Deletes every job but this one."""
    for made in service.http.get("/v1/videos").json()["data"]:
        if made["id"] != job:
            service.http.delete(f"/v1/videos/{made['id']}")


def _path(sent: Sent, job: str) -> str:
    """With the job's id, which is never deleted."""
    return sent.path.replace("JOB", "video_gone" if sent.method == "DELETE" else job)


def _written(sent: Sent, job: str) -> bytes:
    """A request as bytes, whatever its headers say of it, and whatever letters its path has."""
    own = {"Host": "localhost", "Authorization": f"Bearer {TOKEN}", "Content-Length": str(len(sent.content))}
    own = {name: value for name, value in own.items() if name not in dict(sent.headers)}
    first = f"{sent.method} {_path(sent, job)} HTTP/1.1".encode("utf-8", "surrogatepass")
    lines = [f"{name}: {value}".encode("latin-1") for name, value in (*own.items(), *sent.headers)]
    return b"\r\n".join((first, *lines, b"", sent.content))


def _forget(service: Service, job: str, answer: Any) -> None:
    """Deletes what was made."""
    made = answer.json() if answer.status_code == 200 and b'"object":"video"' in (answer.content or b"") else {}
    if made.get("id", job) != job:
        service.http.delete(f"/v1/videos/{made['id']}")


def _raw(service: Service, request: bytes) -> list[tuple[int, str, bytes]]:
    """The answers to bytes that may be no HTTP: none where the service waits for more of it."""
    port = int(service.url.rsplit(":", 1)[1])
    answer = b""
    with (
        contextlib.suppress(OSError),  # it may be refused before all of it was sent
        socket.create_connection(("127.0.0.1", port), 5) as connection,
    ):
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        while part := connection.recv(65536):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 "):
        return [] if not head else [(599, "", answer)]
    lines = dict(line.lower().partition(b": ")[::2] for line in head.split(b"\r\n")[1:])
    length = int(lines.get(b"content-length", b"0"))
    return [(int(head[9:12]), lines.get(b"content-type", b"").decode(), body[:length])]
