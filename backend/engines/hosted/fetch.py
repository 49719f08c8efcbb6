"""The clip of an order that is done: fetched, and on again where it broke off."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from pathlib import Path
from typing import Any, Protocol

from client.protocol import Price, TakeRequest

from ...home import home, make_private
from ..engine import Clip, EngineError, Progress
from .providers.provider import Poll, Provider, Stage, Ticket
from .request.ask import Ask
from .request.model import Model
from .request.still import WHOLE, Sent, middle, nearest
from .wire.http import Wire
from .wire.problems import expired

FOLDER = "downloads"
OLD_SECONDS = 2 * 86_400.0  # what is older was left by a process that ended in the midst of it
GONE = (403, 404, 410)


class Work(Protocol):
    """What of a job is needed here."""

    request: TakeRequest
    progress: Progress
    asked: Ask
    state: dict[str, Any]
    cost: Price | None

    @property
    def still(self) -> Sent | None: ...


def clip_of(provider: Provider, model: Model, wire: Wire, ticket: Ticket, poll: Poll, work: Work) -> Clip:
    """Fetches the clip. An address that has expired is asked for once more.

    Raises:
        EngineError: `expired`; `unreachable`: it did not come through.
    """
    path = place(provider.name, ticket)

    def arrived(fraction: float) -> None:
        work.progress(0.9 + 0.05 * fraction, f"Fetching from {provider.label}")

    refused = wire.fetch(poll.url, path, arrived)
    if refused is not None and refused.status in GONE:
        poll = provider.poll(wire, model, ticket)
        refused = wire.fetch(poll.url, path, arrived) if poll.stage is Stage.DONE else refused
    if refused is None:
        return _clip(provider, model, ticket, poll, work, path)
    path.unlink(missing_ok=True)
    if refused.status in GONE:
        raise expired(provider.label, provider.keeps)
    raise EngineError("unreachable", f"{provider.label} answers {refused.status} instead of the clip.", "retry")


def _clip(provider: Provider, model: Model, ticket: Ticket, poll: Poll, work: Work, path: Path) -> Clip:
    if path.stat().st_size == 0:
        path.unlink()
        raise EngineError("engine_failed", f"The clip from {provider.label} is empty.", "retry")
    facts = {
        "model": model.endpoint,
        "provider": provider.label,
        "order": {**ticket},
        "prompt_sent": work.asked.prompt,
        "seconds_made": work.asked.seconds,
        "seed_sent": work.asked.seed if model.seed else None,
        **poll.facts,
    }
    window = _window(model, work)
    cost = poll.cost or work.cost
    return Clip(file=path, facts=facts, window=window, cost=cost, notes=_notes(model, work))


def _window(model: Model, work: Work) -> tuple[float, float, float, float] | None:
    """Where in the clip the picture is that was asked for: None: everywhere."""
    if model.references:
        size = work.request.size
        window = middle(nearest(size, model.fields["shapes"]), size)
    else:
        window = work.still.window if work.still is not None else WHOLE
    return None if window == WHOLE else window


def _notes(model: Model, work: Work) -> tuple[str, ...]:
    notes = []
    if work.asked.seconds > work.request.seconds + 1e-6:
        notes.append(f"{model.name} makes clips of whole lengths: {work.asked.seconds} s were made and paid.")
    if model.references:
        notes.append(f"{model.name} made it of pictures: it does not begin with the still.")
    if not model.seed:
        notes.append(f"{model.name} takes no seed: made again, it comes out otherwise.")
    return tuple(notes)


def place(name: str, ticket: Ticket) -> Path:
    """Where the clip of this order at the provider `name` goes. What others left behind long ago is removed."""
    folder = home() / FOLDER
    make_private(home())
    folder.mkdir(exist_ok=True)
    for left in folder.iterdir():
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > OLD_SECONDS:
                left.unlink()
    digest = hashlib.sha256(json.dumps(ticket, sort_keys=True).encode()).hexdigest()[:24]
    return folder / f"{name}-{digest}.mp4"
