"""A prompt that ComfyUI has: followed, fetched when it is done, withdrawn when nobody wants it any more."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from typing import Any

from ..engine import Cancelled, Clip, EngineError
from ..hosted.wire.http import Unreached, Wire
from . import result
from .server import address as addresses
from .server import calls
from .server.address import LABEL
from .server.listen import Listener
from .server.problems import failed
from .work import UNSENT, Work

LOOK_SECONDS = 1.0  # between two looks
STEP_SECONDS = 0.1  # between two words on how far it is
LOOK_FOR_SECONDS = 8.0  # how long an order that may be on its way is looked for
AWAY_SECONDS = 600.0  # how long ComfyUI may be away before a take is given up


def sought(wire: Wire, work: Work) -> str | None:
    """The prompt that was sent under the work's id, by its id in ComfyUI; None where ComfyUI does not have it.

    Raises:
        EngineError: `unreachable`: that can't be told now; the state stays.
        Cancelled: then what was found is withdrawn.
    """
    id = str(work.state["id"])
    until = time.monotonic() + LOOK_FOR_SECONDS * wire.pace
    try:
        while True:
            work.progress(0.01, f"Looking for it in {LABEL}")
            if (found := calls.find(wire, id)) is not None:
                return found
            if time.monotonic() > until:
                return None
            wire.wait(LOOK_SECONDS)
    except Unreached as error:
        raise addresses.unreached(work.address, str(error)) from None
    except Cancelled:
        wire.cancelled = lambda: False
        with contextlib.suppress(Unreached):
            if (found := calls.find(wire, id)) is not None:
                calls.take_back(wire, found)
        raise


def followed(wire: Wire, work: Work) -> Clip:
    """Waits for it, and fetches what it made.

    Raises:
        EngineError: it failed, is lost, or ComfyUI stayed away.
        Cancelled.
    """
    seen = time.monotonic()
    headers = addresses.headers(work.address)
    try:
        with Listener(work.address, str(work.state["id"]), work.prompt, headers) as listener:
            while True:
                try:
                    if (clip := _poll(wire, work, listener)) is not None:
                        return clip
                    seen = time.monotonic()
                except Unreached as error:
                    if time.monotonic() - seen > AWAY_SECONDS * wire.pace:
                        raise addresses.unreached(work.address, str(error)) from None
                    work.progress(0.02, f"No connection to {LABEL}: trying again")
                    wire.wait(LOOK_SECONDS)
    except Cancelled:
        take_back(wire, work.prompt)
        raise


def take_back(wire: Wire, prompt: str) -> None:
    """Withdraws it as far as ComfyUI can."""
    wire.cancelled = lambda: False
    with contextlib.suppress(Unreached, EngineError):
        calls.take_back(wire, prompt)


def _poll(wire: Wire, work: Work, listener: Listener) -> Clip | None:
    """One look, and the wait until the next. None: it is not done."""
    try:
        addresses.check_online(work.address)
    except EngineError as error:
        raise Unreached(error.message) from None
    entry = calls.finished(wire, work.prompt)
    if entry is None:
        before = calls.before(wire, work.prompt)
        if before is None and (entry := calls.finished(wire, work.prompt)) is None:  # it may have ended in between
            work.keep(phase=UNSENT)
            raise _lost()
    if entry is not None:
        return _ended(wire, work, entry)
    until = time.monotonic() + LOOK_SECONDS * wire.pace
    while time.monotonic() < until and not listener.state.over:
        work.report(listener.state, before or 0)
        wire.wait(STEP_SECONDS)
    wire.wait(STEP_SECONDS)
    return None


def _ended(wire: Wire, work: Work, entry: Mapping[str, Any]) -> Clip:
    """The clip of a prompt that is in the history."""

    def arrived(fraction: float) -> None:
        work.progress(0.92 + 0.03 * fraction, f"Fetching from {LABEL}")

    status = entry.get("status")
    try:
        if isinstance(status, dict) and status.get("status_str") == "error":
            raise failed(LABEL, status.get("messages"), work.titles)
        files = result.files_of(entry.get("outputs"), work.titles)
        clip = result.clip_of(wire, work.prompt, files, work.rate, arrived)
    except EngineError as error:
        if error.code != "unreachable":  # what can't be fetched now may be fetched later
            work.keep(phase=UNSENT)
        raise
    clip.facts = {"prompt_id": work.prompt, "comfyui": work.address}
    return clip


def _lost() -> EngineError:
    why = f"{LABEL} was started again or its queue was emptied, and it knows nothing of this take any more"
    return EngineError("engine_failed", f"{why}. Make it again.", "retry")
