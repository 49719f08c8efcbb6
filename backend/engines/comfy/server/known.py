"""What is known of a ComfyUI, for those who can't wait for it: whether it answers, and its nodes."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from ...engine import EngineError
from ...hosted.wire.http import Unreached
from ..graph.spec import Kind, Kinds
from . import address as addresses
from . import calls

FRESH_SECONDS = 5.0
KIND_SECONDS = 60.0  # how long what it says of a class of nodes holds: its models come and go
WAIT_SECONDS = 0.4


@dataclass
class Known:
    """`answers` is None as long as nobody knows. `kinds` are None where it has no such class."""

    answers: bool | None = None
    why: str = ""
    kinds: dict[str, tuple[float, Kind | None]] = field(default_factory=dict)
    asked: float = -1e9
    busy: bool = False


_known: dict[str, Known] = {}
_lock = threading.Lock()


def known(address: str, kinds: tuple[str, ...]) -> tuple[bool | None, str, Kinds, bool]:
    """Whether it answers (None: not known yet), why not, what it says of these classes, and whether that is all of
    them. Quick: it is asked on a thread, and what was known before is told meanwhile."""
    with _lock:
        entry = _known.setdefault(address, Known())
        stale = time.monotonic() - entry.asked > FRESH_SECONDS
        missing = [kind for kind in kinds if _old(entry, kind)]
        start = not entry.busy and (stale or (missing and entry.answers is not False))
        if start:
            entry.busy, entry.asked = True, time.monotonic()
            thread = threading.Thread(target=_ask, args=(address, entry, missing), daemon=True)
            thread.start()
    if start:
        thread.join(WAIT_SECONDS)
    with _lock:
        known = {kind: entry.kinds[kind][1] for kind in kinds if kind in entry.kinds}
        there = {kind: about for kind, about in known.items() if about is not None}
        return entry.answers, entry.why, there, len(known) == len(kinds)


def _old(entry: Known, kind: str) -> bool:
    known = entry.kinds.get(kind)
    return known is None or time.monotonic() - known[0] > KIND_SECONDS or known[1] is None


def _ask(address: str, entry: Known, wanted: list[str]) -> None:
    answers, why, found = True, "", None
    try:
        wire = addresses.wire(address)
        try:
            if not wanted:
                calls.version(wire, patience=1.0)
            found = calls.kinds(wire, wanted, patience=1.0)
        finally:
            wire.close()
    except (Unreached, EngineError) as error:
        answers, why = False, str(error)
    with _lock:
        entry.answers, entry.why, entry.busy = answers, why, False
        if found is not None:
            entry.kinds |= {kind: (time.monotonic(), found.get(kind)) for kind in wanted}
