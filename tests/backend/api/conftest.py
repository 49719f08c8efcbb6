"""A service in this process, for the tests of its routes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from backend.jobs.store import store as store_module
from client.protocol import CameraPath, Keyframe, Price, TakeRequest, WordsPath
from client.protocol.camera import IDENTITY
from tests.backend.api.here import Here


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Here]:
    clock = iter(range(1000, 9000))  # each job is a second younger
    monkeypatch.setattr(store_module.time, "time", lambda: float(next(clock)))
    asked: list[Any] = []

    class Asked:
        def final_prompt(self, request: TakeRequest) -> str:
            asked.append(request)
            return f"in its own words: {request.direction.prompt}"

        def estimate(self, request: TakeRequest) -> Price | None:
            asked.append(request)
            return Price(1.5) if request.seconds > 1 else None

        def words_path(self, request: TakeRequest, whole: bool) -> Any:
            asked.append((request, whole))
            return WordsPath(CameraPath((Keyframe(0.0, IDENTITY), Keyframe(1.0, IDENTITY))), ("It stands.",))

    registry = ModuleType("made_up_registry")
    registry.engine = lambda name: (asked.append(name), Asked())[1]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "made_up_registry", registry)
    found = Here(tmp_path, "made_up_registry")
    found.asked = asked
    yield found
    found.store.close()
