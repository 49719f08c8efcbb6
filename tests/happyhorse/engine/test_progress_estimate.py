"""Progress grows evenly in time, by what the steps really take."""

from __future__ import annotations

import numpy as np
import pytest

from backend.engines.engine import Cancelled
from backend.engines.happyhorse.pipeline import progress_estimate as module
from backend.engines.happyhorse.pipeline.progress_estimate import ProgressEstimate, Stage


class Run:
    """An estimate with a clock of its own."""

    def __init__(self, stages, cancelled=lambda: False):
        self.now, self.told = 0.0, []
        self.progress = ProgressEstimate(
            lambda *what: self.told.append(what), cancelled, stages, clock=lambda: self.now
        )

    def step(self, stage, seconds):
        self.now += seconds
        self.progress.step(stage)


def test_time_left_follows_the_measured_steps():
    run = Run([Stage("base", 4, 1.0), Stage("refine", 2, 10.0)])
    run.progress.note("Loading")
    run.now += 100  # loading is not a step
    run.progress.begin("base")
    run.step("base", 3.0)  # three times as slow as on an H100
    assert run.progress.seconds_left() == pytest.approx(3 * 3 + 2 * 30)
    for _ in range(3):
        run.step("base", 3.0)
    run.progress.begin("refine")
    run.step("refine", 30.0)
    assert run.progress.seconds_left() == pytest.approx(30)
    run.step("refine", 30.0)
    assert run.told[-1][0] == pytest.approx(1)
    fractions = [what[0] for what in run.told]
    assert fractions == sorted(fractions)
    # Even in time: after 12 of 72 seconds a sixth of what follows the overhead.
    assert run.told[5][0] == pytest.approx(module.OVERHEAD + (1 - module.OVERHEAD) / 6)


def test_stages_are_named_with_their_steps():
    run = Run([Stage("base", 2, 1.0), Stage("decode", 1, 1.0)])
    run.progress.begin("base")
    run.step("base", 1)
    run.step("base", 1)
    run.progress.begin("decode")
    assert [what[1] for what in run.told] == ["base, 1 of 2", "base, 2 of 2", "base, 2 of 2", "decode"]


def test_a_skipped_stage_does_not_count():
    run = Run([Stage("base", 8, 1.0), Stage("refine", 1, 1.0)])
    run.progress.skip("base")
    assert run.progress.seconds_left() == 1.0


def test_it_never_falls_back_when_steps_become_slower():
    run = Run([Stage("base", 3, 1.0)])
    run.progress.begin("base")
    run.step("base", 1)
    run.step("base", 50)
    run.step("base", 1)
    fractions = [what[0] for what in run.told]
    assert fractions == sorted(fractions)


def test_cancelling_is_noticed_everywhere():
    wanted = False
    run = Run([Stage("base", 3, 1.0)], cancelled=lambda: wanted)
    run.progress.begin("base")
    wanted = True
    for told in (
        lambda: run.progress.step("base", np.zeros((1, 1, 3))),
        lambda: run.progress.note(""),
        lambda: run.progress.begin("base"),
        run.progress.check,
    ):
        with pytest.raises(Cancelled):
            told()


def test_what_lies_between_two_stages_is_no_steps_time():
    run = Run([Stage("base", 4, 1.0), Stage("refine", 2, 10.0)])
    run.progress.begin("base")
    run.step("base", 2.0)
    assert run.progress.seconds_left() == pytest.approx(2.0 * (3 + 20))
    run.progress.note("Loading")
    run.now += 100.0
    run.step("base", 7.0)  # it began no step after the note: it is done, and nothing is known of its time
    assert run.progress.seconds_left() == pytest.approx(2.0 / 2 * (2 + 20))
    run.step("base", 4.0)
    assert run.progress.seconds_left() == pytest.approx(6.0 / 3 * (1 + 20))
    fractions = [told[0] for told in run.told]
    assert (
        fractions == sorted(fractions) and run.told[1][1] == "base, 2 of 4" and run.told[2] == (fractions[2], "Loading")
    )
