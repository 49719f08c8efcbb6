"""Which card there is, by what a made-up `nvidia-smi` prints, and how often that is asked."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from backend.gpu import probe
from backend.gpu.probe import Card

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the tool is a script")

Tool = Callable[[str], Path]


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tool:
    """Puts an `nvidia-smi` of so much shell on the path; answers the file in which it notes what it was asked."""
    folder, asked = tmp_path / "bin", tmp_path / "asked"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setattr(probe, "_last", None)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)

    def write(body: str) -> Path:
        path = folder / "nvidia-smi"
        path.write_text(f'#!/bin/sh\necho "$@" >> {asked}\n{body}\n')
        path.chmod(0o755)
        return asked

    return write


def test_the_card_with_the_most_memory_and_what_it_is_sold_as(tool: Tool) -> None:
    asked = tool("echo ' 8192 , Small'; echo '[N/A], ?'; echo '81559, NVIDIA H100, 80GB HBM3 '; echo '24564, RTX'")
    assert probe.probe_gpu() == Card("NVIDIA H100, 80GB HBM3", 81559 / 1024)
    assert asked.read_text() == "--query-gpu=memory.total,name --format=csv,noheader,nounits\n"
    assert probe.visible() == 3


@pytest.mark.parametrize("body", ["echo '8192, Card'; exit 9", "true", "echo 'No devices were found'"])
def test_a_tool_that_fails_or_finds_nothing_is_no_card(tool: Tool, body: str) -> None:
    tool(body)
    assert probe.probe_gpu() is None
    assert (probe.poll(), probe.visible()) == (None, 0)


def test_a_tool_that_cannot_be_started_or_is_not_there_is_no_card(tool: Tool, tmp_path: Path) -> None:
    assert probe.probe_gpu() is None
    tool("true")
    (tmp_path / "bin" / "nvidia-smi").write_bytes(b"\x00\x01 no program")
    assert probe.probe_gpu() is None


def test_it_is_asked_at_most_twice_a_minute(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(monotonic=lambda: clock.now, now=5.0)
    monkeypatch.setattr(probe, "time", clock)
    asked = tool("echo '8192, First'")
    times = lambda: asked.read_text().count("\n")  # noqa: E731
    assert (probe.poll(), probe.poll(), probe.visible(), times()) == (Card("First", 8.0), Card("First", 8.0), 1, 1)
    tool("echo '8192, First'; echo '12288, Second'")
    clock.now = 35.0
    assert (probe.poll(), probe.visible(), times()) == (Card("First", 8.0), 1, 1)
    clock.now = 35.01
    assert (probe.poll(), probe.visible(), times()) == (Card("Second", 12.0), 2, 2)
    clock.now = 65.0  # counted from the second time
    assert (probe.poll(), times()) == (Card("Second", 12.0), 2)
    assert (probe.probe_gpu(), times()) == (Card("Second", 12.0), 3)  # at once, whatever was kept


@pytest.mark.parametrize(("chosen", "count"), [("0", 1), ("1,3", 2), ("", 0), (" , 2,", 1), ("GPU-5a, GPU-6b", 2)])
def test_the_environment_says_which_cards_may_be_used(
    tool: Tool, monkeypatch: pytest.MonkeyPatch, chosen: str, count: int
) -> None:
    asked = tool("echo '8192, Card'")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", chosen)
    assert probe.visible() == count
    assert not asked.exists()
