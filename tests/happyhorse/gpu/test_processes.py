"""Processes that are begun before it is known what for: who gets which, how each is begun and ended."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from typing import Any

import pytest

from backend.gpu import processes


class Begun:
    """A process that notes what is done to it."""

    def __init__(self, maker: str, said: list[tuple[Any, ...]]) -> None:
        self.maker, self.said, self.code = maker, said, None
        self.stdin, self.stdout = io.BytesIO(), io.BytesIO()

    def poll(self) -> int | None:
        return self.code

    def kill(self) -> None:
        self.said.append(("kill", self.maker))

    def wait(self) -> None:
        self.said.append(("wait", self.maker))


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Begun]:
    """Those that were begun, in their order; none stay early from test to test."""
    found: list[Begun] = []
    said: list[tuple[Any, ...]] = []

    def new(maker: str) -> Begun:
        found.append(Begun(maker, said))
        return found[-1]

    monkeypatch.setattr(processes, "_new", new)
    monkeypatch.setattr(processes, "_early", {})
    return found


def test_each_maker_gets_its_own_the_first_begun_first_and_none_that_has_ended(begun: list[Begun]) -> None:
    processes.start_early("a", 2)
    processes.start_early("b", 1)
    processes.start_early("a", 1)
    assert [one.maker for one in begun] == ["a", "a", "b", "a"]
    begun[0].code = 0  # as a code of success is no process either
    assert processes.started("b") is begun[2]
    assert processes.started("a") is begun[1]
    assert processes.started("a") is begun[3]
    assert processes.started("a") is begun[4]
    assert processes.started("c") is begun[5]
    assert [one.maker for one in begun[4:]] == ["a", "c"]


def test_those_that_nobody_asked_for_are_ended_and_no_others(begun: list[Begun]) -> None:
    processes.start_early("a", 2)
    processes.start_early("b", 1)
    taken = processes.started("a")
    processes.end_early()
    assert begun[0].said == [("kill", "a"), ("wait", "a"), ("kill", "b"), ("wait", "b")]
    assert [(one.stdin.closed, one.stdout.closed) for one in begun] == [(False, False), (True, True), (True, True)]
    assert taken is begun[0]
    assert processes.started("a") is begun[3]  # what was ended is handed out to nobody
    processes.end_early()
    assert len(begun[0].said) == 4


@pytest.mark.parametrize("path", ["", "/their/own"])
def test_it_finds_our_code_from_anywhere_and_speaks_utf_8(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    asked: list[tuple[Any, dict[str, Any]]] = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **facts: asked.append((command, facts)))
    monkeypatch.setenv("PYTHONPATH", path)
    monkeypatch.setenv("SOME_OTHER", "kept")
    processes._new("module:name")
    [(command, facts)] = asked
    assert command == [sys.executable, "-m", "backend.gpu.member", "module:name"]
    assert (facts["stdin"], facts["stdout"], facts.get("stderr")) == (subprocess.PIPE, subprocess.PIPE, None)
    paths = facts["env"]["PYTHONPATH"].split(os.pathsep)
    assert (processes.ROOT / "backend" / "gpu" / "member.py").is_file()
    assert paths == [str(processes.ROOT), *filter(None, [path])]  # ours first
    assert (facts["env"]["PYTHONUTF8"], facts["env"]["SOME_OTHER"]) == ("1", "kept")
