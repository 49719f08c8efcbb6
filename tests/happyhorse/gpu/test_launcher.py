"""The thread that hands work to a GPU: whose turn it is, and what becomes of work that nobody waited for. And models
that are small."""

from __future__ import annotations

import threading

import pytest
import torch

from backend.gpu import launcher as module
from backend.gpu.launcher import Launcher
from backend.gpu.small import Small, Where

CPU, CARD = torch.device("cpu"), torch.device("cuda", 2)


def cancelled() -> None:
    raise KeyError("cancelled")


@pytest.mark.parametrize("device", [CPU, CARD])
def test_all_is_done_on_one_thread_for_the_device(monkeypatch: pytest.MonkeyPatch, device: torch.device) -> None:
    chosen: list[tuple[torch.device, str]] = []
    monkeypatch.setattr(torch.cuda, "set_device", lambda one: chosen.append((one, threading.current_thread().name)))
    launcher = Launcher(device)
    names = [launcher.run(lambda: threading.current_thread().name, lambda: None) for _ in range(3)]
    launcher.close()
    assert names == ["launcher_0"] * 3
    assert chosen == ([] if device is CPU else [(CARD, "launcher_0")])


def test_who_asks_looks_out_for_a_cancel_until_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    launcher, go_on, polled, wait = Launcher(CPU), threading.Event(), [], module.wait
    pauses: list[float] = []
    monkeypatch.setattr(module, "wait", lambda what, pause: (pauses.append(pause), wait(what, pause))[1])

    def poll() -> None:
        polled.append(len(polled))
        if len(polled) == 3:
            go_on.set()

    assert launcher.run(lambda: go_on.wait(60) and "done", poll) == "done"
    assert len(polled) >= 3
    assert 0 < min(pauses) == max(pauses) <= 0.05
    launcher.close()


def test_a_cancel_while_what_came_before_goes_on_begins_nothing() -> None:
    launcher, go_on, done = Launcher(CPU), threading.Event(), []
    with pytest.raises(KeyError):
        launcher.run(lambda: go_on.wait(60) and done.append("first"), cancelled)
    with pytest.raises(KeyError):
        launcher.run(lambda: done.append("second"), cancelled)
    with pytest.raises(KeyError):
        launcher.finish(cancelled)
    go_on.set()
    launcher.finish()
    assert done == ["first"]
    launcher.finish(cancelled)  # nothing is under way
    launcher.close()
    assert done == ["first"]


def test_what_failed_with_nobody_there_is_nobodys_concern_and_closing_waits() -> None:
    launcher, go_on, done = Launcher(CPU), threading.Event(), []

    def fails() -> None:
        go_on.wait(60)
        done.append("tried")
        raise ZeroDivisionError

    with pytest.raises(KeyError):
        launcher.run(fails, cancelled)
    go_on.set()
    launcher.close()
    assert done == ["tried"]


class Model:
    """25 bytes, wherever they are."""

    bytes = 25

    def __init__(self) -> None:
        self.places: list[str] = []

    def to(self, device: torch.device) -> None:
        self.places.append(str(device))


def test_a_small_model_is_loaded_into_the_computers_memory_and_counted_where_it_is() -> None:
    small = Small(Model(), CARD)
    counts = lambda: (small.taken, small.lacking, small.unsaved, small.set_aside)  # noqa: E731
    assert counts() == (0, 25, 0, 25)
    small.unpark()
    assert (counts(), small.model.places) == ((25, 0, 25, 0), ["cuda:2"])
    small.park(1)  # goes as a whole
    assert (counts(), small.model.places) == ((0, 25, 0, 25), ["cuda:2", "cpu"])
    small.unpark()
    small.close()
    assert small.taken == 0


def test_where_a_small_model_works_is_said_to_people() -> None:
    assert (Where(CPU).words, Where(CARD).words) == ("the processor", "the graphics card")
    assert (Where(CPU).expected_peak, Where(CPU).expected_host) == (0, 0)
    assert Where(CARD, 5, 6) == Where(CARD, expected_peak=5, expected_host=6)
