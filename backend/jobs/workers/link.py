"""What a queue needs of a worker, whether it is a process of ours or an actor on another machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, Protocol

from ..lanes import Slot

Aside = Callable[[dict[str, Any]], bool]  # sees each message first, and says whether it was for it


class Loss(Enum):
    """What the end of a worker means to the job that it had."""

    FAILS = "fails"  # the job ended it, most likely
    COUNTS = "counts"  # the machine may have gone: the job is made elsewhere, so many times
    AGAIN = "again"  # the job has nothing to do with it


class Link(Protocol):
    """A line to one worker. It takes the messages of `worker.Worker`, and gives back its answers."""

    @property
    def ready(self) -> bool:
        """Whether a job that is given to it now begins now."""
        ...

    @property
    def alive(self) -> bool: ...

    @property
    def ending(self) -> str:
        """How it ended, for people: "was ended by SIGKILL"."""
        ...

    @property
    def exit_code(self) -> int | None:
        """That of its process; negative: the signal that ended it. None while it runs, or where nobody can know."""
        ...

    @property
    def loss(self) -> Loss: ...

    def send(self, message: dict[str, Any]) -> None:
        """Sends a message; into the void where it has ended."""
        ...

    def receive(self, seconds: float) -> dict[str, Any] | None:
        """The next message, None after `seconds` or at its end."""
        ...

    def last_words(self) -> str: ...

    def kill(self) -> None:
        """Ends it at once."""
        ...

    def wait(self, seconds: float) -> None:
        """Waits for its end and the end of its output."""
        ...


class Crew(Protocol):
    """Who works for the queue. The worker of the slot `describing` also says what the engines can do."""

    describing: Slot
    registry: str  # the module that names the engines

    def slots(self) -> Sequence[Slot]:
        """The other slots that there is room for now."""
        ...

    def start(self, slot: Slot, aside: Aside | None = None) -> Link:
        """A worker for `slot`.

        Raises:
            OSError: there is no room for another process.
        """
        ...

    def stop(self) -> None:
        """Ends what belongs to no single worker."""
        ...
