"""Steps are told when the device has done them, whatever was handed to it since."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from backend.engines.engine import Cancelled
from backend.engines.happyhorse.pipeline import steps
from backend.engines.happyhorse.pipeline.progress_estimate import ProgressEstimate, Stage
from backend.engines.happyhorse.pipeline.steps import Steps


@pytest.fixture
def device(monkeypatch):
    """One that does a step when it is told to."""
    made = SimpleNamespace(done=0, ordered=0)

    def ordered(stage, shown):
        made.ordered += 1
        number = made.ordered
        return SimpleNamespace(stage=stage, preview=shown, done=lambda: number <= made.done)

    monkeypatch.setattr(steps, "_Step", SimpleNamespace(ordered=ordered))
    return made


def begun(told, cancelled=lambda: False, check=lambda: None):
    progress = ProgressEstimate(lambda *what: told.append(what[1:]), cancelled, [Stage("Base", 3, 1.0)])
    found = Steps(progress, check)
    found.begin("Base")
    return found


def test_a_step_is_told_once_and_only_when_it_is_done(device):
    told = []
    found = begun(told)
    found.ordered("Base", torch.full((1, 1, 3), 7))
    found.poll()
    assert told == [("Base, 1 of 3",)]
    device.done = 1
    found.poll()
    found.poll()
    found.ordered("Base", torch.full((1, 1, 3), 8))
    assert [words for words, *_ in told] == ["Base, 1 of 3", "Base, 2 of 3"]
    assert np.array_equal(told[1][1], np.full((1, 1, 3), 7))
    device.done = 2
    found.wait()
    assert [words for words, *_ in told] == ["Base, 1 of 3", "Base, 2 of 3", "Base, 3 of 3"]
    assert np.array_equal(told[2][1], np.full((1, 1, 3), 8))


def test_a_cancel_and_a_failure_end_the_wait(device):
    cancels = []
    found = begun([], lambda: bool(cancels))
    found.ordered("Base", torch.zeros(1, 1, 3))
    cancels.append(True)
    with pytest.raises(Cancelled):
        found.wait()

    def lost():
        raise RuntimeError("a GPU is gone")

    found = begun([], check=lost)
    found.ordered("Base", torch.zeros(1, 1, 3))
    with pytest.raises(RuntimeError, match="a GPU is gone"):
        found.wait()


def test_a_step_that_a_failure_broke_off_is_not_told(device):
    """The device is done with it all the same, and nothing of it is of use."""
    told = []

    def check():
        if device.done:
            raise RuntimeError("a GPU is gone")

    found = begun(told, check=check)
    found.ordered("Base", torch.zeros(1, 1, 3))

    def broken_off():
        device.done = 1
        return True

    found._unreported.done = broken_off
    with pytest.raises(RuntimeError, match="a GPU is gone"):
        found.wait()
    assert [words for words, *_ in told] == ["Base, 1 of 3"]
