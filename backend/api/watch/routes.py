"""The routes of what is seen while the service works."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from client.protocol.codec import to_json

from ..document import Call
from . import cluster, metrics, page


def numbers(request: Request) -> Response:
    parts = request.app.state.parts
    text = metrics.page(parts.pool.meter.registry, parts.pool.places(), parts.store.counts(), parts.cards.now())
    return Response(text, media_type=metrics.CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def what_runs_where(request: Request) -> JSONResponse:
    parts, user = request.app.state.parts, str(request.scope["user"])
    found = cluster.cluster(user, parts.pool.places(), parts.store.counts(), parts.cards.now())
    return JSONResponse(to_json(found))


async def status(_: Request) -> HTMLResponse:
    """The page itself, which is the same for anybody; what it shows it asks for with a token."""
    return HTMLResponse(page.HTML, headers=page.HEADERS)


CALLS = (
    Call("GET", "/metrics", numbers),
    Call("GET", "/v1/cluster", what_runs_where),
    Call("GET", "/status", status),
)
