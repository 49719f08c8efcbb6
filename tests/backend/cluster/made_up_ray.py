"""As much of Ray as the lines to actors use, in this process: calls are written down, and a test answers them."""

from __future__ import annotations

import importlib
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest


class RayError(Exception):
    """Ray's own."""


class ActorUnavailableError(RayError):
    """It can't be reached just now."""


class GetTimeoutError(RayError):
    """It did not answer in time."""


class RayTaskError(RayError):
    """What was raised there."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


class Ray(ModuleType):
    """The module. `asked` are the calls of actors: name and values; `did` is all else. `answers` of a call are what it
    gives, by its name: a value, an error, or a function of its values; `says` is what the actor has to say."""

    def __init__(self) -> None:
        super().__init__("ray")
        self.asked: list[tuple[Any, ...]] = []
        self.did: list[tuple[Any, ...]] = []
        self.answers: dict[str, Any] = {"about": {"folder": "/there", "host": "h", "pid": 1}}
        self.says: queue.Queue[Any] = queue.Queue()
        self.limits: list[float | None] = []
        self.news = threading.Condition()

    def note(self, where: list[tuple[Any, ...]], *what: Any) -> None:
        with self.news:
            where.append(what)
            self.news.notify_all()

    def until(self, true: Callable[[], Any]) -> None:
        """What is asked or done makes this true within a while."""
        with self.news:
            assert self.news.wait_for(true, 20)

    def remote(self, kind: Any) -> Any:
        """An actor is made of it."""
        actor = SimpleNamespace()

        def made(**options: Any) -> Any:
            def begun(*values: Any) -> Any:
                self.note(self.did, "begun", kind.__name__, options, values)
                return _Actor(self)

            return SimpleNamespace(remote=begun)

        actor.options = made
        return actor

    def get(self, call: Callable[[], Any], timeout: float | None) -> Any:
        self.limits.append(timeout)
        return call()

    def kill(self, actor: Any) -> None:
        self.note(self.did, "killed")
        self.says.put(RayError("it was killed"))

    def nodes(self) -> list[dict[str, Any]]:
        return self.answers["nodes"]  # type: ignore[no-any-return]

    def init(self, **options: Any) -> None:
        self.note(self.did, "init", options)

    def answer(self, name: str, values: tuple[Any, ...]) -> Any:
        self.note(self.asked, name, *values)
        if name == "receive":
            said = self.says.get(timeout=20)
        else:
            said = self.answers.get(name)
            said = said(*values) if callable(said) else said
        if isinstance(said, Exception):
            raise said
        return said


class _Actor:
    def __init__(self, ray: Ray) -> None:
        self._ray = ray

    def __getattr__(self, name: str) -> Any:
        if name == "forget":  # nobody waits for it
            return SimpleNamespace(remote=lambda job: self._ray.note(self._ray.asked, "forget", job))
        return SimpleNamespace(remote=lambda *values: lambda: self._ray.answer(name, values))


@contextmanager
def made_up() -> Iterator[tuple[Ray, ModuleType, ModuleType]]:
    """Ray, and the modules `line` and `bridge`, which have it for the real one."""
    ray = Ray()
    errors, util, groups, ways = (
        ModuleType(f"ray.{name}") for name in ("exceptions", "util", "placement", "scheduling")
    )
    for error in (RayError, ActorUnavailableError, GetTimeoutError, RayTaskError):
        setattr(errors, error.__name__, error)
    groups.PlacementGroup = object  # type: ignore[attr-defined]
    groups.placement_group = lambda *a, **k: (ray.note(ray.did, "group", a, k), "a group")[1]  # type: ignore[attr-defined]
    groups.remove_placement_group = lambda group: ray.note(ray.did, "removed", group)  # type: ignore[attr-defined]
    ways.PlacementGroupSchedulingStrategy = lambda group: ("in", group)  # type: ignore[attr-defined]
    ours = ("backend.jobs.cluster.line", "backend.jobs.cluster.bridge")
    with pytest.MonkeyPatch.context() as patch:
        for name, module in (
            ("ray", ray), ("ray.exceptions", errors), ("ray.util", util), ("ray.util.placement_group", groups),
            ("ray.util.scheduling_strategies", ways),
        ):  # fmt: skip
            patch.setitem(sys.modules, name, module)
        for name in ours:
            patch.delitem(sys.modules, name, raising=False)
        line, bridge = map(importlib.import_module, ours)
        yield ray, line, bridge
        for name in ours:
            sys.modules.pop(name, None)
    ray.says.put(RayError("the test is over"))
