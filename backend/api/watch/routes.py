"""The routes of what is seen while the service works."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from client.protocol.codec import to_json

from ..document import ERROR
from . import cluster, metrics, page

router = APIRouter(responses=ERROR)


@router.get("/metrics", response_class=PlainTextResponse)
def numbers(request: Request) -> Response:
    parts = request.app.state.parts
    text = metrics.page(parts.pool.meter.registry, parts.pool.places(), parts.store.counts(), parts.cards.now())
    return Response(text, media_type=metrics.CONTENT_TYPE, headers={"Cache-Control": "no-store"})


@router.get("/v1/cluster")
def what_runs_where(request: Request) -> dict[str, Any]:
    parts, user = request.app.state.parts, str(request.scope["user"])
    found = cluster.cluster(user, parts.pool.places(), parts.store.counts(), parts.cards.now())
    return dict(to_json(found))


@router.get("/status", response_class=HTMLResponse)
def status() -> HTMLResponse:
    """The page itself, which is the same for anybody; what it shows it asks for with a token."""
    return HTMLResponse(page.HTML, headers=page.HEADERS)
