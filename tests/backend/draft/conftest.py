"""Shared by the tests of the draft engine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.backend.draft.card import view, write_depth


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scene")
    rgb, depth = view(np.eye(3), np.zeros(3))
    Image.fromarray(rgb).save(folder / "still.png")
    write_depth(folder / "depth.exr", depth)
    return folder
