"""Shared by the tests of the service: pictures to send, and a service to send them to."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.backend.service_process import Service


@pytest.fixture(scope="session")
def still() -> bytes:
    """A small PNG, 64x48."""
    ramp = np.linspace(0, 255, 64, dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(np.dstack([np.tile(ramp, (48, 1))] * 3)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="session")
def depth(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small depth EXR, 64x48, 3 m everywhere."""
    import OpenEXR

    path = tmp_path_factory.mktemp("depth") / "depth.exr"
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File(header, {"V": np.full((48, 64), 3.0, np.float32)}).write(str(path))
    return path.read_bytes()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A running service, shared by the tests of a module."""
    running = Service(tmp_path_factory.mktemp("home")).start()
    yield running
    running.end()


@pytest.fixture
def own_service(tmp_path: Path) -> Iterator[Service]:
    """A service of the test's own, not started yet."""
    mine = Service(tmp_path / "home")
    yield mine
    mine.end()
