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
from typing import Any, Literal

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse

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
from .document import ERROR, GUIDE, MOVE, QUESTION, RETRY, SUBMISSION
from .errors import OneShape, add_handlers
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

router = APIRouter(responses=ERROR)


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


def make_app(parts: Parts, default_model: str = "draft") -> FastAPI:
    """The service as an ASGI application. Its lifespan starts and stops the pool."""

    intake_threads = ThreadPoolExecutor(INTAKE_THREADS, "intake")
    intake = Intake(parts.store, parts.pool, parts.inspector, default_model)
    guides = Guides(intake, parts.store.folder.parent / "guides")

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
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

    app = FastAPI(
        title="Take One",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.parts, app.state.store = parts, parts.store
    app.state.intake, app.state.intake_threads, app.state.guides = intake, intake_threads, guides
    app.include_router(router)
    app.include_router(watch.router)
    add_handlers(app)
    app.add_middleware(OneShape)  # type: ignore[arg-type]
    app.add_middleware(Guard, who=parts.users.named, names=parts.names, exposed=parts.exposed)  # type: ignore[arg-type]
    return app


@router.get("/health")
async def health(request: Request) -> dict[str, Any]:
    if request.scope["user"] is None:
        return {"status": "ok", "version": __version__}
    return {"status": "ok", "version": __version__, "protocol": PROTOCOL, "pid": os.getpid()}


@router.get("/v1/models")
def models(request: Request) -> dict[str, Any]:
    engines = _parts(request).pool.engines()
    return {"object": "list", "data": [engine_json(engine) for engine in engines.values()]}


@router.post("/v1/prompt", openapi_extra=QUESTION)
async def prompt(request: Request) -> dict[str, str]:
    return {"prompt": await _ask(request, final_prompt)}


@router.post("/v1/estimate", openapi_extra=QUESTION)
async def price(request: Request) -> dict[str, Any]:
    return {"price": to_json(await _ask(request, estimate))}


@router.post("/v1/path")
async def path(request: Request) -> dict[str, Any]:
    found = await _ask(request, words_path)
    return to_json(found) if found is not None else {"path": None, "notes": []}


async def _ask(request: Request, question: Callable[[Pool, str, dict[str, Any], str], Any]) -> Any:
    """What `question` says to the submission in the body."""
    body = parse_json(await request.body() or b"{}", "body")
    if not isinstance(body, dict):
        raise invalid("The body must be a JSON object.", "body")
    parts, default_model = _parts(request), request.app.state.intake.default_model
    return await asyncio.to_thread(question, parts.pool, parts.registry, body, default_model)


@router.post("/v1/videos", openapi_extra=SUBMISSION)
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


@router.post("/v1/guide", openapi_extra=GUIDE, response_class=Response)
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


@router.get("/v1/videos")
def jobs(
    request: Request,
    limit: int = Query(1000, ge=1, le=1000),
    after: str | None = None,
    order: Literal["asc", "desc"] = "desc",
) -> dict[str, Any]:
    store = _parts(request).store
    found = store.page(limit + 1, after, order == "asc", _user(request))
    positions = store.positions()
    page = [job_json(store, job, positions) for job in found[:limit]]
    ends = {"first_id": page[0]["id"], "last_id": page[-1]["id"]} if page else {"first_id": None, "last_id": None}
    return {"object": "list", "data": page, **ends, "has_more": len(found) > limit}


@router.get("/v1/videos/{job_id}")
def job(request: Request, job_id: str) -> JSONResponse:
    return _job_answer(request, _job(request, job_id))


@router.post("/v1/videos/{job_id}/cancel")
def cancel(request: Request, job_id: str) -> JSONResponse:
    _job(request, job_id)
    cancelled = _parts(request).store.cancel(job_id)
    if cancelled is None:
        raise _unknown(job_id)
    _parts(request).pool.wake()
    return _job_answer(request, cancelled)


@router.delete("/v1/videos/{job_id}")
def delete(request: Request, job_id: str) -> dict[str, Any]:
    _job(request, job_id)
    if not _parts(request).store.delete(job_id):
        raise _unknown(job_id)
    return {"id": job_id, "object": "video.deleted", "deleted": True}


@router.post("/v1/videos/{job_id}/retry", openapi_extra=RETRY)
async def retry(request: Request, job_id: str) -> JSONResponse:
    """Has a failed job go on from what is known of it. `send_again`: the user says that an order whose answer was lost
    is to be sent, and perhaps paid, once more."""
    body = parse_json(await request.body() or b"{}", "body")
    send = body.get("send_again", False) if isinstance(body, dict) else None
    if not isinstance(send, bool):
        raise invalid('Send {"send_again": true or false}.', "send_again")
    return await asyncio.to_thread(_retry, request, job_id, send)


def _retry(request: Request, job_id: str, send: bool) -> JSONResponse:
    _job(request, job_id)
    queued = _parts(request).store.again(job_id, send)
    if queued is None:
        raise _unknown(job_id)
    _parts(request).pool.wake()
    return _job_answer(request, queued)


@router.get("/v1/spending")
def spending(request: Request, film: str = "", since: float | None = None) -> dict[str, Any]:
    """What the caller spent, by currency: on a film, and on everything since a time (seconds since 1970; by default
    within 24 hours)."""
    since = time.time() - 86_400 if since is None else since
    on_film, lately = _parts(request).store.spent(film, since, _user(request))
    return {"film": on_film, "since": lately}


@router.post("/v1/videos/{job_id}/move", openapi_extra=MOVE)
async def move(request: Request, job_id: str) -> JSONResponse:
    body = parse_json(await request.body() or b"{}", "body")
    before = body.get("before") if isinstance(body, dict) else body
    if not isinstance(before, str | None):
        raise invalid('Send {"before": the id of a waiting job, or null}.', "before")
    return await asyncio.to_thread(_move, request, job_id, before)


def _move(request: Request, job_id: str, before: str | None) -> JSONResponse:
    for wanted in (job_id, before):
        if wanted is not None:
            _job(request, wanted)
    _parts(request).store.move(job_id, before)
    return _job_answer(request, _job(request, job_id))


@router.get("/v1/videos/{job_id}/content")
@router.head("/v1/videos/{job_id}/content")
def content(request: Request, job_id: str, variant: Literal["video", "thumbnail", "sidecar"] = "video") -> Response:
    found = _job(request, job_id)
    if not found.status.over:
        raise EngineError("not_ready", f"The take is not made yet: it is {found.status}.", "")
    if found.status != JobState.COMPLETED:
        raise EngineError("not_found", f"There is no take: the job is {found.status}.", "retry")
    name, kind = FILES[variant]
    path = _parts(request).store.attempt_folder(found) / name
    if not path.is_file():
        raise EngineError("gone", "The take's file was removed from the backend's folder. Make it again.", "retry")
    return FileResponse(path, media_type=kind, headers={"Cache-Control": "no-store"})


@router.get("/v1/videos/{job_id}/events")
def events(request: Request, job_id: str) -> StreamingResponse:
    _job(request, job_id)
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


def _job(request: Request, job_id: str) -> StoredJob:
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
