"""For test files of numbers, bytes and stand-ins alone, which an empty file and the extension take 14 ms a test."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def blender():
    """In the stead of conftest.py's: Blender's file stays as it is, and the extension is not registered."""
