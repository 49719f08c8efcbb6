"""Reads what a server answers, whoever runs it: by the protocol's types, and bounded in size, nesting and time."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.client import HTTPException
from typing import Any

import requests
from urllib3.exceptions import HTTPError

from ..protocol import EngineInfo, Job, JobState, Price, Problem
from ..protocol.codec import from_json, nests_deeper
from .errors import ApiError, not_a_server, too_large, unreachable

MOST_JSON = 8 << 20  # bytes of an answer
MOST_LINE = 2 << 20  # of an event, with its preview picture
MOST_ENGINES = 100
MOST_MESSAGE = 1000  # characters of what a server says went wrong
CHUNK = 1 << 16


@dataclass(frozen=True)
class Health:
    """The answer of `/health`. Of another kind of server nothing of it may be known."""

    status: str = ""
    version: str = ""
    protocol: int = 1
    pid: int | None = None


def pieces(response: requests.Response, url: str) -> Iterator[bytes]:
    """The body as it arrives. Raises ApiError where it breaks off, or comes packed though that was not asked for."""
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise not_a_server(url, response.status_code)
    raw: Any = response.raw
    read_some = getattr(raw, "read1", None) or raw._fp.read1  # urllib3 before 2 has none of its own
    expected, done = response.headers.get("Content-Length", ""), 0
    try:
        while chunk := read_some(CHUNK):
            done += len(chunk)
            yield chunk
        raw.read()  # notes the end, so that the connection can be used again
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        raise unreachable(url, error) from error
    if expected.isdecimal() and done != int(expected):
        raise ApiError("unreachable", f"{url} broke off in the middle of an answer.", "retry")


def content(response: requests.Response, url: str, seconds: float, most: int = MOST_JSON) -> bytes:
    """The whole body. Raises ApiError where it is larger than `most` bytes or takes longer than `seconds`."""
    ends = time.monotonic() + seconds
    parts, size = [], 0
    with response:
        for piece in pieces(response, url):
            parts.append(piece)
            size += len(piece)
            if size > most:
                raise too_large(url, most)
            if time.monotonic() > ends:
                raise unreachable(url, TimeoutError(f"the answer needed longer than {seconds:.0f} s"))
    return b"".join(parts)


def events(response: requests.Response, url: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(event, data) of a stream of server-sent events, as they come."""
    name, data = "message", b""
    with response:
        for line in _lines(response, url):
            if line.startswith(b"event:"):
                name = line[6:].strip().decode("utf-8", "replace")
            elif line.startswith(b"data:"):
                data += line[5:].strip()
                if len(data) > MOST_LINE:
                    raise too_large(url, MOST_LINE)
            elif not line and data:
                yield name, an_object(data, url)
                name, data = "message", b""


def _lines(response: requests.Response, url: str) -> Iterator[bytes]:
    rest = b""
    for piece in pieces(response, url):
        *whole, rest = (rest + piece).split(b"\n")
        if len(rest) > MOST_LINE:
            raise too_large(url, MOST_LINE)
        for line in whole:
            yield line.rstrip(b"\r")


def parsed(body: bytes) -> Any:
    """JSON of at most 64 levels. Raises ValueError."""
    try:
        data = json.loads(body)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if nests_deeper(data):
        raise ValueError("it is nested too deeply")
    return data


def an_object(body: bytes, url: str, status: int = 200) -> dict[str, Any]:
    """A JSON object. Raises ApiError for whatever else a server answers."""
    try:
        data = parsed(body)
    except ValueError as error:
        raise not_a_server(url, status) from error
    if not isinstance(data, dict):
        raise not_a_server(url, status)
    return data


def price(data: dict[str, Any]) -> Price | None:
    """The price of an answer, None where there is none."""
    try:
        return None if data.get("price") is None else from_json(Price, data["price"], lenient=True)
    except ValueError:
        return None


def sums(data: Any) -> dict[str, float]:
    """Amounts by currency."""
    found = data if isinstance(data, dict) else {}
    return {
        str(currency)[:8]: float(amount)
        for currency, amount in list(found.items())[:20]
        if isinstance(amount, int | float) and not isinstance(amount, bool) and abs(amount) < 1e12
    }


def health(body: bytes) -> Health:
    """Other servers answer an empty body, or something else."""
    try:
        return from_json(Health, parsed(body), lenient=True)
    except ValueError:
        return Health()


def engines(data: dict[str, Any]) -> tuple[EngineInfo, ...]:
    """The engines of a list of models; entries without an id are left out."""
    found: dict[str, EngineInfo] = {}
    entries = data.get("data")
    for entry in entries[:MOST_ENGINES] if isinstance(entries, list) else ():
        try:
            engine = from_json(EngineInfo, entry, lenient=True)
        except ValueError:
            continue
        if engine.id:
            found.setdefault(engine.id, engine)
    return tuple(found.values())


def job(data: dict[str, Any], job_id: str) -> Job:
    """A job, or the state of one in an event. What a server says of it that can't be read counts as not said."""
    read = from_json(Job, {**data, "id": job_id}, lenient=True)
    error = problem(data.get("error"))
    word = data.get("status")
    if word == "canceled":
        read = replace(read, status=JobState.CANCELLED)
    elif error is not None and word not in list(JobState):
        read = replace(read, status=JobState.FAILED)
    return replace(read, progress=min(100, max(0, read.progress)), error=error)


def problem(data: Any) -> Problem | None:
    """The error of a job or a refusal: an object with a message, or only text."""
    if isinstance(data, str) and data.strip():
        data = {"message": data}
    if not isinstance(data, dict) or not isinstance(data.get("message"), str) or not data["message"].strip():
        return None
    code = data.get("code")
    data = {**data, "code": str(code)[:100] if isinstance(code, str | int) and code else "failed"}
    return from_json(Problem, {**data, "message": data["message"][:MOST_MESSAGE]}, lenient=True)
