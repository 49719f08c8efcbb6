"""The routes. Each checks what HTTP asks, and hands on."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse

from client.protocol import JobState
from client.protocol.codec import to_json

from .. import __version__
from ..engines.engine import EngineError
from ..jobs.inspection.inspector import Inspector
from ..jobs.pool import Pool
from ..jobs.request import invalid, parse_json
from ..jobs.store.row import StoredJob
from ..jobs.store.store import Store
from .answers import POLL_MS, engine_json, job_json, state_json
from .document import GUIDE, MOVE, PAGE, QUESTION, RETRY, SPENDING, SUBMISSION, VARIANT, Call, asked, document
from .errors import HANDLERS, OneShape
from .guard import Guard
from .guides import Guides, Handed
from .questions import estimate, final_prompt, words_path
from .submission import Intake, idempotency_key, read
from .users import Users
from .watch import routes as watch
from .watch.cards import Cards

PROTOCOL = 1
POLL_SECONDS = 0.1
KEEP_ALIVE_SECONDS = 10.0
ANSWER_THREADS = 32
INTAKE_THREADS = 16  # more than may be at the check of a slow picture: see Inspector
FILES = {
    "video": ("clip.mp4", "video/mp4"),
    "thumbnail": ("thumbnail.jpg", "image/jpeg"),
    "sidecar": ("sidecar.json", "application/json"),
}


@dataclass(frozen=True)
class Parts:
    """What the routes work with."""

    store: Store
    pool: Pool
    inspector: Inspector
    users: Users
    names: frozenset[str] = frozenset({"localhost"})
    exposed: bool = False
    stopping: Callable[[], bool] = lambda: False
    registry: str = "backend.engines.registry"
    cards: Cards = field(default_factory=Cards)


def make_app(parts: Parts, default_model: str = "draft") -> Starlette:
    """The service as an ASGI application. Its lifespan starts and stops the pool."""

    intake_threads = ThreadPoolExecutor(INTAKE_THREADS, "intake")
    intake = Intake(parts.store, parts.pool, parts.inspector, default_model)
    guides = Guides(intake, parts.store.folder.parent / "guides")

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(ANSWER_THREADS, "answer"))
        parts.pool.start()
        await asyncio.to_thread(parts.inspector.start)
        await asyncio.to_thread(guides.sweep)
        yield
        await asyncio.to_thread(parts.pool.stop)
        guides.stop()
        parts.inspector.stop()
        intake_threads.shutdown(wait=False, cancel_futures=True)
        parts.store.close()

    app = Starlette(
        routes=[call.route() for call in (*CALLS, *watch.CALLS)],
        middleware=[
            Middleware(Guard, who=parts.users.named, names=parts.names, exposed=parts.exposed),
            Middleware(OneShape),
        ],
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )
    app.state.parts, app.state.store = parts, parts.store
    app.state.intake, app.state.intake_threads, app.state.guides = intake, intake_threads, guides
    return app


async def health(request: Request) -> JSONResponse:
    known = {} if request.scope["user"] is None else {"protocol": PROTOCOL, "pid": os.getpid()}
    return JSONResponse({"status": "ok", "version": __version__, **known})


async def described(_: Request) -> JSONResponse:
    return JSONResponse(document((*CALLS, *watch.CALLS), __version__))


def models(request: Request) -> JSONResponse:
    engines = _parts(request).pool.engines()
    return JSONResponse({"object": "list", "data": [engine_json(engine) for engine in engines.values()]})


async def prompt(request: Request) -> JSONResponse:
    return JSONResponse({"prompt": await _ask(request, final_prompt)})


async def price(request: Request) -> JSONResponse:
    return JSONResponse({"price": to_json(await _ask(request, estimate))})


async def path(request: Request) -> JSONResponse:
    found = await _ask(request, words_path)
    return JSONResponse(to_json(found) if found is not None else {"path": None, "notes": []})


async def _ask(request: Request, question: Callable[[Pool, str, dict[str, Any], str], Any]) -> Any:
    """What `question` says to the submission in the body."""
    body = parse_json(await request.body() or b"{}", "body")
    if not isinstance(body, dict):
        raise invalid("The body must be a JSON object.", "body")
    parts, default_model = _parts(request), request.app.state.intake.default_model
    return await asyncio.to_thread(question, parts.pool, parts.registry, body, default_model)


async def submit(request: Request) -> JSONResponse:
    """A large submission takes a while to read and to check: on threads of its own, so that nothing else waits."""
    key = idempotency_key(request)
    state, loop = request.app.state, asyncio.get_running_loop()
    submission = await read(request)
    try:
        job = await loop.run_in_executor(state.intake_threads, state.intake.take, submission, key, _user(request))
    finally:
        submission.close()
    return await asyncio.to_thread(_job_answer, request, job)


async def guide(request: Request) -> Response:
    """What the views show along the path. The client waits; nobody else does, and it stops when the client goes."""
    stopping = _parts(request).stopping

    async def unwanted() -> bool:
        return stopping() or await request.is_disconnected()

    submission = await read(request)
    try:
        return Handed(await request.app.state.guides.make(submission, _user(request), unwanted))
    finally:
        submission.close()


def jobs(request: Request) -> JSONResponse:
    query, store = asked(request, PAGE), _parts(request).store
    limit = query["limit"]
    found = store.page(limit + 1, query["after"], query["order"] == "asc", _user(request))
    positions = store.positions()
    page = [job_json(store, job, positions) for job in found[:limit]]
    ends = {"first_id": page[0]["id"], "last_id": page[-1]["id"]} if page else {"first_id": None, "last_id": None}
    return JSONResponse({"object": "list", "data": page, **ends, "has_more": len(found) > limit})


def job(request: Request) -> JSONResponse:
    return _job_answer(request, _job(request))


def cancel(request: Request) -> JSONResponse:
    job_id = _job(request).id
    cancelled = _parts(request).store.cancel(job_id)
    if cancelled is None:
        raise _unknown(job_id)
    _parts(request).pool.wake()
    return _job_answer(request, cancelled)


def delete(request: Request) -> JSONResponse:
    job_id = _job(request).id
    if not _parts(request).store.delete(job_id):
        raise _unknown(job_id)
    return JSONResponse({"id": job_id, "object": "video.deleted", "deleted": True})


async def retry(request: Request) -> JSONResponse:
    """Has a failed job go on from what is known of it. `send_again`: the user says that an order whose answer was lost
    is to be sent, and perhaps paid, once more."""
    body = parse_json(await request.body() or b"{}", "body")
    send = body.get("send_again", False) if isinstance(body, dict) else None
    if not isinstance(send, bool):
        raise invalid('Send {"send_again": true or false}.', "send_again")
    return await asyncio.to_thread(_retry, request, send)


def _retry(request: Request, send: bool) -> JSONResponse:
    job_id = _job(request).id
    queued = _parts(request).store.again(job_id, send)
    if queued is None:
        raise _unknown(job_id)
    _parts(request).pool.wake()
    return _job_answer(request, queued)


def spending(request: Request) -> JSONResponse:
    """What the caller spent, by currency: on a film, and on everything since a time (seconds since 1970; by default
    within 24 hours)."""
    query = asked(request, SPENDING)
    since = time.time() - 86_400 if query["since"] is None else query["since"]
    on_film, lately = _parts(request).store.spent(query["film"], since, _user(request))
    return JSONResponse({"film": on_film, "since": lately})


async def move(request: Request) -> JSONResponse:
    body = parse_json(await request.body() or b"{}", "body")
    before = body.get("before") if isinstance(body, dict) else body
    if not isinstance(before, str | None):
        raise invalid('Send {"before": the id of a waiting job, or null}.', "before")
    return await asyncio.to_thread(_move, request, before)


def _move(request: Request, before: str | None) -> JSONResponse:
    moved = _job(request)
    if before is not None:
        _job_called(request, before)
    _parts(request).store.move(moved.id, before)
    return _job_answer(request, _job(request))


def content(request: Request) -> Response:
    variant, found = asked(request, VARIANT)["variant"], _job(request)
    if not found.status.over:
        raise EngineError("not_ready", f"The take is not made yet: it is {found.status}.", "")
    if found.status != JobState.COMPLETED:
        raise EngineError("not_found", f"There is no take: the job is {found.status}.", "retry")
    name, kind = FILES[variant]
    path = _parts(request).store.attempt_folder(found) / name
    if not path.is_file():
        raise EngineError("gone", "The take's file was removed from the backend's folder. Make it again.", "retry")
    return FileResponse(path, media_type=kind, headers={"Cache-Control": "no-store"})


def events(request: Request) -> StreamingResponse:
    job_id = _job(request).id
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(_parts(request), job_id), media_type="text/event-stream", headers=headers)


async def _events(parts: Parts, job_id: str) -> AsyncIterator[str]:
    """The present state first, then each change, then the end. Who lost the stream opens it again."""
    shown: dict[str, Any] = {}
    pictures = 0
    silent = 0.0
    while not parts.stopping():
        try:
            over, state, pictures = await asyncio.to_thread(_poll, parts.store, job_id, pictures)
        except EngineError:  # another program holds the list of jobs: later, then
            over, state = False, shown
        if over:
            yield _event("end", state)
            return
        if state != shown:
            yield _event("progress", state)
            shown = {name: value for name, value in state.items() if name != "preview"}
            silent = 0.0
        elif silent >= KEEP_ALIVE_SECONDS:
            yield ": still here\n\n"
            silent = 0.0
        await asyncio.sleep(POLL_SECONDS)
        silent += POLL_SECONDS


def _poll(store: Store, job_id: str, pictures: int) -> tuple[bool, dict[str, Any], int]:
    """Whether the job is over; the job then, else how far it is; and how many previews there were. A preview
    beyond the first `pictures` is part of it."""
    found = store.get(job_id)
    if found is None:
        return True, {"id": job_id, "object": "video.deleted", "deleted": True}, pictures
    if found.status.over:
        return True, job_json(store, found), pictures
    state = state_json(store, found)
    progress = store.progress(job_id)
    if progress.preview is not None and progress.pictures != pictures and found.status == JobState.IN_PROGRESS:
        state["preview"] = "data:image/jpeg;base64," + base64.b64encode(progress.preview).decode()
    return False, state, progress.pictures


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


def _user(request: Request) -> str:
    """Who calls; the guard let nobody else through."""
    return str(request.scope["user"])


def _job(request: Request) -> StoredJob:
    """The job that the path names."""
    return _job_called(request, request.path_params["job_id"])


def _job_called(request: Request, job_id: str) -> StoredJob:
    """The caller's job of this id. Another user's is as unknown as one that there is not."""
    found = _parts(request).store.get(job_id)
    if found is None or found.owner != _user(request):
        raise _unknown(job_id)
    return found


def _unknown(job_id: str) -> EngineError:
    return EngineError("not_found", f"There is no job {job_id[:80]}.", "", "id")


def _job_answer(request: Request, job: StoredJob) -> JSONResponse:
    headers = {"openai-poll-after-ms": str(POLL_MS)} if not job.status.over else {}
    return JSONResponse(job_json(_parts(request).store, job), headers=headers)


CALLS = (
    Call("GET", "/health", health),
    Call("GET", "/openapi.json", described),
    Call("GET", "/v1/models", models),
    Call("POST", "/v1/prompt", prompt, about=QUESTION),
    Call("POST", "/v1/estimate", price, about=QUESTION),
    Call("POST", "/v1/path", path),
    Call("POST", "/v1/guide", guide, about=GUIDE),
    Call("POST", "/v1/videos", submit, about=SUBMISSION),
    Call("GET", "/v1/videos", jobs, PAGE),
    Call("GET", "/v1/videos/{job_id}", job),
    Call("DELETE", "/v1/videos/{job_id}", delete),
    Call("POST", "/v1/videos/{job_id}/cancel", cancel),
    Call("POST", "/v1/videos/{job_id}/retry", retry, about=RETRY),
    Call("POST", "/v1/videos/{job_id}/move", move, about=MOVE),
    Call("GET", "/v1/videos/{job_id}/content", content, VARIANT),
    Call("HEAD", "/v1/videos/{job_id}/content", content, VARIANT),
    Call("GET", "/v1/videos/{job_id}/events", events),
    Call("GET", "/v1/spending", spending, SPENDING),
)
