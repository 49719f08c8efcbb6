"""Runs what blocks in a thread, so that who waits for it can be interrupted meanwhile."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from typing import Any

TICK = 0.1  # seconds between two looks at whether to go on

Check = Callable[[], None]


def attended(
    work: Callable[[], Iterator[Any]], check: Check, give_up: Callable[[], None]
) -> Generator[Any, None, None]:
    """Hands on what `work` yields and raises, as it comes. `check` is called at least each tick; when it raises, or
    nobody wants more, `give_up` makes `work` end."""
    items: queue.Queue[tuple[str, Any]] = queue.Queue(16)
    over = threading.Event()

    def hand(kind: str, item: Any) -> None:
        while not over.is_set():
            try:
                items.put((kind, item), timeout=TICK)
            except queue.Full:
                continue
            return

    def run() -> None:
        try:
            for item in work():
                hand("item", item)
                if over.is_set():
                    return
            hand("end", None)
        except BaseException as error:  # noqa: BLE001  it is raised where it is waited for
            hand("error", error)

    threading.Thread(target=run, name="take one", daemon=True).start()
    try:
        while True:
            check()
            try:
                kind, item = items.get(timeout=TICK)
            except queue.Empty:
                continue
            if kind == "end":
                return
            if kind == "error":
                raise item
            yield item
    finally:
        over.set()
        give_up()
