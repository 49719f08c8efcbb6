"""The bridge to a cluster, with a Ray that is made up: machines as they change, and each order to its own line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.backend.cluster.made_up_ray import Ray, made_up


@pytest.fixture
def modules() -> Iterator[tuple[Ray, ModuleType, ModuleType]]:
    with made_up() as found:
        yield found


def test_the_machines_are_told_as_they_change(
    modules: tuple[Ray, ModuleType, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    ray, _, bridge = modules

    def node(name: str, alive: bool = True, **has: float) -> dict[str, Any]:
        return {"NodeID": name, "Alive": alive, "Resources": has}

    first = [node("b", CPU=4.0, GPU=2.0), node("a", CPU=8.0), node("dead", False, CPU=1.0)]
    seen = [first, first, [], [node("c")]]
    said: list[Any] = []

    def sleep(seconds: float) -> None:
        assert seconds == 1.0
        if not seen:
            raise KeyboardInterrupt
        ray.answers["nodes"] = seen.pop(0)

    ray.answers["nodes"] = []
    monkeypatch.setattr(bridge, "time", SimpleNamespace(sleep=sleep))
    with pytest.raises(KeyboardInterrupt):
        bridge._watch(said.append)
    two = [{"id": "a", "cpus": 8.0, "gpus": 0}, {"id": "b", "cpus": 4.0, "gpus": 2}]
    assert [one["nodes"] for one in said] == [[], two, [], [{"id": "c", "cpus": 0.0, "gpus": 0}]]


def test_a_cluster_of_this_machine_and_one_of_others(
    modules: tuple[Ray, ModuleType, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    ray, _, bridge = modules
    monkeypatch.setenv("PYTHONPATH", "/theirs")
    bridge._connect("local")
    bridge._connect("10.0.0.5:6379")
    common = {"namespace": "take-one", "configure_logging": False}
    root = str(bridge.ROOT)
    env = {"env_vars": {"PYTHONPATH": f"{root}:/theirs"}}
    here = {"include_dashboard": False, "_node_ip_address": "127.0.0.1", "runtime_env": env}
    code = {"py_modules": [f"{root}/backend", f"{root}/client"], "excludes": ["__pycache__", "*.pyc"]}
    there = {"address": "10.0.0.5:6379", **common, "runtime_env": code}
    assert ray.did == [("init", {"address": "local", **common, **here}), ("init", there)]
    assert Path(root, "backend", "jobs").is_dir()


class Told:
    """A line that is told things."""

    def __init__(self, say: Any, *given: Any) -> None:
        self.say, self.given, self.told = say, given, []  # type: ignore[var-annotated]
        lines.append(self)

    def send(self, message: Any) -> None:
        self.told.append(message)

    def kill(self) -> None:
        self.told.append("killed")


lines: list[Told] = []


def test_each_order_goes_to_its_own_line_and_to_none_that_has_ended(
    modules: tuple[Ray, ModuleType, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, bridge = modules
    monkeypatch.setattr(bridge, "Line", Told)
    lines.clear()
    said: list[Any] = []

    def orders() -> Iterator[dict[str, Any]]:
        yield {"do": "open", "line": 1, "cpus": 2.0, "gpus": 0}
        yield {"do": "open", "line": "2", "cpus": 0, "gpus": 3}
        yield {"do": "send", "line": 2, "message": "to two"}
        yield {"do": "send", "line": 1, "message": "to one"}
        lines[0].say({"ready": 1})
        lines[0].say({"ended": "so"})
        yield {"do": "send", "line": 1, "message": "late"}
        yield {"do": "kill", "line": 2}
        yield {"do": "kill", "line": 2}
        yield {"do": "send", "line": 7, "message": "to nobody"}
        yield {"do": "end"}
        raise AssertionError("nothing is read after the end")

    bridge._serve(said.append, orders(), "a registry", "/shared")
    assert [one.given for one in lines] == [(2.0, 0, "a registry", "/shared"), (0, 3, "a registry", "/shared")]
    assert [one.told for one in lines] == [["to one"], ["to two", "killed"]]
    assert said == [{"line": 1, "ready": 1}, {"line": 1, "ended": "so"}]


@pytest.mark.parametrize(
    ("failure", "said"),
    [(None, []), (ValueError(" no way \n"), [{"refused": "no way"}]), (KeyError(), [{"refused": "KeyError"}]),
     (ValueError("x" * 600), [{"refused": "x" * 500}])],
)  # fmt: skip
def test_a_bridge_serves_until_its_parent_is_gone_or_says_why_it_cannot(
    modules: tuple[Ray, ModuleType, ModuleType], monkeypatch: pytest.MonkeyPatch, failure: Exception | None, said: Any
) -> None:
    _, _, bridge = modules
    did: list[Any] = []

    class Ended(Exception):
        pass

    def connect(address: str) -> None:
        did.append(address)
        if failure is not None:
            raise failure

    def leave(code: int) -> None:
        did.append(("exit", code))
        raise Ended

    class Later:
        def __init__(self, seconds: float, call: Any, given: Any) -> None:
            did.append(("timer", seconds, call, given))

        def start(self) -> None:
            did.append("started")

    sent: list[Any] = []
    threads: list[Any] = []
    monkeypatch.setattr(bridge, "serve", lambda: (sent.append, "messages"))
    monkeypatch.setattr(bridge, "_connect", connect)
    monkeypatch.setattr(bridge.os, "_exit", leave)
    monkeypatch.setattr(bridge, "_serve", lambda *given: did.append(given[1:]))
    thread = lambda **how: SimpleNamespace(start=lambda: threads.append(how))  # noqa: E731
    monkeypatch.setattr(bridge, "threading", SimpleNamespace(Thread=thread, Timer=Later))
    monkeypatch.setattr(bridge.ray, "shutdown", lambda: did.append("left"), raising=False)
    with pytest.raises(Ended):
        bridge.main("local", "registry", "/shared")
    assert sent == said
    if failure is not None:
        assert did == ["local", ("exit", 1)] and threads == []
        return
    last = ("timer", bridge.LEAVE_SECONDS, leave, (0,))
    assert did == ["local", ("messages", "registry", "/shared"), last, "started", "left", ("exit", 0)]
    assert threads == [{"target": bridge._watch, "args": (sent.append,), "name": "nodes", "daemon": True}]
