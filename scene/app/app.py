"""All that Take One knows while it is enabled: made in register(), dropped in unregister().

Each room keeps its own part here, a class of its own, so that no module holds anything that outlives the extension.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeVar, cast, runtime_checkable

from .state import State

Part = TypeVar("Part")


@runtime_checkable
class Closing(Protocol):
    """A part that has something to end."""

    def close(self) -> None:
        """End it: called once, when the extension is disabled."""


class App:
    """`state` is what panels show; `part` holds what else a room remembers."""

    def __init__(self) -> None:
        self.state = State()
        self._parts: dict[type, Any] = {}

    def part(self, kind: type[Part]) -> Part:
        """The only object of this class, made on first use."""
        if kind not in self._parts:
            self._parts[kind] = kind()
        return cast(Part, self._parts[kind])

    def close(self) -> None:
        """End what the parts began, the newest first."""
        for part in reversed(list(self._parts.values())):
            if isinstance(part, Closing):
                part.close()
        self._parts.clear()


_app: App | None = None


def app() -> App:
    """The running extension. Raises RuntimeError unless it is enabled."""
    if _app is None:
        raise RuntimeError("Take One is not enabled.")
    return _app


def register() -> None:
    """Begin with nothing known."""
    global _app
    _app = App()


def unregister() -> None:
    """End all that runs, and forget everything."""
    global _app
    if _app is not None:
        _app.close()
    _app = None
