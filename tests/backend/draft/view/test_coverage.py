"""How much of a frame shows the still."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from backend.engines.draft.view import picture
from backend.engines.draft.view.coverage import Coverage
from tests.backend.draft.card import key, request


def test_coverage_is_the_share_of_the_frame_that_the_still_shows(scene: Path) -> None:
    still, _ = picture.load(request(scene, key(0)))
    coverage = Coverage(still)
    pose = np.eye(4)
    assert coverage(pose, 1.0) == coverage(pose, 2.0) == 1
    assert coverage(pose, 0.5) == pytest.approx(0.25, abs=0.05)
    angle = math.atan(0.25 * still.width / still.fx)
    turn = np.array([[math.cos(angle), 0, math.sin(angle)], [0, 1, 0], [-math.sin(angle), 0, math.cos(angle)]])
    pose[:3, :3] = turn
    left = coverage(pose, 1.0)
    pose[:3, :3] = turn.T
    assert 0.6 < left < 0.85 and coverage(pose, 1.0) == pytest.approx(left, abs=0.05)
