"""Whether an upload or a download goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from .errors import Stopped

CHUNK = 1 << 16


class Going:
    """A transfer under way, which another thread may give up until all was handed over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stopped = False
        self._complete = False

    def stop(self) -> bool:
        """Give it up. False where all was handed over already, so that it counts as done."""
        with self._lock:
            if self._complete:
                return False
            self._stopped = True
            return True

    def check(self, complete: bool = False) -> None:
        """Go on, or raise Stopped. With `complete` this was the last step that can be given up."""
        with self._lock:
            if self._stopped:
                raise Stopped
            self._complete = self._complete or complete


class Body:
    """A request's body, read in pieces for as long as it goes on."""

    def __init__(self, data: bytes, going: Going) -> None:
        self._data = memoryview(data)
        self._at = 0
        self._going = going

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self.read(CHUNK):
            yield chunk

    def read(self, size: int = -1) -> bytes:
        end = len(self._data) if size < 0 else min(len(self._data), self._at + size)
        self._going.check(complete=end == len(self._data))
        chunk = bytes(self._data[self._at : end])
        self._at = end
        return chunk
