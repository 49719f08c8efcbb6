"""One take at hand: what is wanted, what is written down of it, what is told of it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from client.protocol import TakeRequest

from ..engine import Commit, Progress
from ..hosted.wire.http import Wire
from .graph.fill import Graph
from .server import address as addresses
from .server.address import LABEL
from .server.listen import RunState, picture

SENDING, SENT, UNSENT = "sending", "sent", "unsent"
MAX_TITLES = 8 << 10  # bytes of JSON: a state holds 16 KiB


@dataclass
class Work:
    """`state` is what is on the disk: see `engine.py`."""

    request: TakeRequest
    progress: Progress
    cancelled: Callable[[], bool]
    commit: Commit
    state: dict[str, Any] = field(default_factory=dict)
    _shown: bytes = b""

    @property
    def address(self) -> str:
        """Where it was sent: it stays there, whatever the account says meanwhile."""
        return str(self.state["address"])

    @property
    def prompt(self) -> str:
        """Its id in ComfyUI."""
        return str(self.state["prompt"])

    @property
    def rate(self) -> Fraction:
        """The frames a second of what is made."""
        return Fraction(str(self.state["rate"]))

    @property
    def titles(self) -> dict[str, str]:
        """The titles of its nodes."""
        found: dict[str, str] = self.state.get("titles", {})
        return found

    def wire(self) -> contextlib.closing[Wire]:
        """The way to where it was sent."""
        return contextlib.closing(addresses.wire(self.address, self.cancelled))

    def keep(self, **changes: Any) -> None:
        """Has a state on the disk.

        Raises:
            Cancelled: nobody wants it any more.
        """
        state = {**self.state, **changes}
        self.commit(state)
        self.state = state

    def report(self, state: RunState, before: int) -> None:
        """How far it is: `before` others are before it."""
        if before and not state.begun:
            self.progress(0.02, f"In the queue of {LABEL}: {before} before it")
            return
        preview = None
        if state.preview != self._shown:
            self._shown, preview = state.preview, picture(state.preview)
        node = self.titles.get(state.node, "")
        stage = f"Made by {LABEL}: {node}" if node else f"Made by {LABEL}"
        self.progress(0.05 + 0.85 * state.fraction(int(self.state["nodes"])), stage, preview)


def facts_of(graph: Graph, rate: Fraction) -> dict[str, Any]:
    """What of a filled workflow is kept in the state."""
    titles: dict[str, str] = {}
    size = 0
    for id, node in graph.items():
        title = str(node["_meta"]["title"])[:40]
        size += len(json.dumps({id: title}))
        if size > MAX_TITLES:
            break
        titles[id] = title
    return {"nodes": len(graph), "titles": titles, "rate": str(rate)}
