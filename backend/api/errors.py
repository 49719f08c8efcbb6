"""Every error in one shape: {"error": {"code", "message", "param", "fix"}}."""

from __future__ import annotations

import http
import logging
import sqlite3
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from client.protocol import Problem
from client.protocol.codec import to_json

from ..engines.engine import EngineError
from ..media.disk import disk_full, is_full

log = logging.getLogger("take_one.api")

STATUS = {
    "unauthorized": 401,
    "forbidden": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "not_ready": 409,
    "not_waiting": 409,
    "idempotency_conflict": 409,
    "engine_unavailable": 409,
    "gone": 410,
    "too_large": 413,
    "queue_full": 429,
    "engine_failed": 500,
    "engine_killed": 500,
    "out_of_memory": 500,
    "busy": 503,
    "starting": 503,
    "disk_full": 507,
}


def answer(error: EngineError, headers: dict[str, str] | None = None) -> JSONResponse:
    """The answer for an error: its own status, 400 for what a client can put right."""
    return JSONResponse({"error": to_json(error.problem)}, STATUS.get(error.code, 400), headers)


async def _engine_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, EngineError)
    return answer(error)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "invalid_request")
    said = error.detail if error.detail != http.HTTPStatus(error.status_code).phrase else ""
    message = {404: "There is nothing at this address.", 405: "This address does not take that method."}.get(
        error.status_code, said or "The request can't be read."
    )
    body = {"error": to_json(Problem(code, message))}
    headers = {"Allow": ", ".join(_methods(request))} if error.status_code == 405 else error.headers
    return JSONResponse(body, error.status_code, dict(headers or {}))


def _methods(request: Request) -> list[str]:
    """Those that the address of `request` takes: each of them has a route of its own."""
    routes = [route for route in request.app.routes if isinstance(route, Route)]
    here = [route for route in routes if route.matches(request.scope)[0] != Match.NONE]
    return sorted(method for route in here for method in route.methods or ())


async def _gone(_: Request, error: Exception) -> JSONResponse:
    return answer(EngineError("invalid_request", "The request broke off."))  # nobody reads it


async def _storage(request: Request, error: Exception) -> JSONResponse:
    full = is_full(error)
    if full or (isinstance(error, sqlite3.OperationalError) and "full" in str(error)):
        return answer(disk_full(request.app.state.store.folder))
    return await _unexpected(request, error)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s", request.method, request.url.path, exc_info=error)
    unexpected = EngineError("internal_error", f"The service failed: {type(error).__name__}.", "open_log")
    return JSONResponse({"error": to_json(unexpected.problem)}, 500)


HANDLERS: dict[Any, Any] = {
    EngineError: _engine_error,
    HTTPException: _http,
    ClientDisconnect: _gone,
    OSError: _storage,
    sqlite3.Error: _storage,
    Exception: _unexpected,
}


@dataclass(frozen=True)
class OneShape:
    """ASGI middleware: errors that libraries answer in words of their own, such as that of a range, get our shape."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        replaced = False

        async def shaped(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and _is_foreign(message):
                replaced = True
                await _reshaped(message)(scope, receive, send)
            elif not replaced:
                await send(message)

        await self.app(scope, receive, shaped)


def _is_foreign(message: Message) -> bool:
    kinds = [value for name, value in message["headers"] if name == b"content-type"]
    return message["status"] >= 400 and not any(kind.startswith(b"application/json") for kind in kinds)


def _reshaped(message: Message) -> JSONResponse:
    words = {400: "The request can't be read.", 416: "The take has no such range of bytes."}
    phrase = http.HTTPStatus(message["status"]).phrase
    problem = Problem("invalid_request", words.get(message["status"], f"{phrase}."))
    kept = {name.decode(): value.decode("latin-1") for name, value in message["headers"] if name == b"content-range"}
    return JSONResponse({"error": to_json(problem)}, message["status"], kept)
