"""How much a guide may be: to the frame."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import pytest

from backend.engines.engine import EngineError
from backend.guide import limits
from devtools.take_requests import take_request


def test_all_frames_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = dataclasses.replace(take_request(seconds=2, size=(64, 48)), fps=Fraction(24))
    monkeypatch.setattr(limits, "MOST_PIXELS", 48 * 64 * 48)
    limits.check_whole(asked)
    with pytest.raises(EngineError) as refused:
        limits.check_whole(dataclasses.replace(asked, seconds=2.01))
    assert (refused.value.param, refused.value.fix) == ("seconds", "shorter")
    assert refused.value.message == "A guide of 64x48 has at most 48 frames, this one would have 49."
