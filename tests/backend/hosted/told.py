"""A wire whose answers are told beforehand: for tests of what is sent, and of what is made of each answer."""

from __future__ import annotations

from typing import Any

from backend.engines.hosted.wire.http import Answer


class Told:
    """Its answers by path, in their order; the last one stays. `seen` is what was asked, sent and waited for."""

    def __init__(
        self, answers: dict[str, Any], address: str = "http://here:1", label: str = "ComfyUI at here:1"
    ) -> None:
        self.answers, self.address, self.label = answers, address, label
        self.seen: list[Any] = []
        self.pace = 1.0

    def ask(self, path: str, params: Any = None, patience: float = 20.0) -> Answer:
        self.seen.append(("GET", path, patience) if params is None else ("GET", path, params))
        return self._next(path)

    def send(self, method: str, path: str, body: Any = None, headers: Any = None, **more: Any) -> Answer:
        parts = [one for one in (body, headers, more) if one]
        self.seen.append((method, path, *parts))
        return self._next(path)

    def wait(self, seconds: float) -> None:
        self.seen.append(("wait", seconds))

    def _next(self, path: str) -> Answer:
        told = self.answers[path]
        one = (told.pop(0) if len(told) > 1 else told[0]) if isinstance(told, list) else told
        if isinstance(one, Exception):
            raise one
        return one if isinstance(one, Answer) else Answer(200, one, {})


def told(status: int, data: Any = None) -> Answer:
    return Answer(status, data, {})
