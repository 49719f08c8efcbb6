"""The extension in a real bpy: the repository's root is loaded as package `take_one` and registered."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest

bpy = pytest.importorskip("bpy", reason="needs a Python with bpy")

sys.path.insert(0, str(Path(__file__).parent))  # for rooms.py
HOME = tempfile.TemporaryDirectory(prefix="take-one-")
os.environ["TAKE_ONE_HOME"] = HOME.name


import load_extension  # noqa: E402

load_extension.load().unregister()


@pytest.fixture(scope="module", autouse=True)
def preferences():
    """Blender as it is delivered, with its preferences and extensions: six times the work that an empty file is."""
    bpy.ops.wm.read_factory_settings(use_empty=True)


@pytest.fixture(autouse=True)
def blender():
    """An empty file with the extension registered."""
    import take_one

    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    take_one.register()
    yield
    take_one.unregister()


@pytest.fixture
def calls():
    return []


@pytest.fixture
def watch(monkeypatch, calls):
    """Stand-ins that write down what they were given, each with its answer; an exception is raised."""

    def watch(where, **answers):
        for name, answer in answers.items():

            def stand_in(*given, _name=name, _answer=answer, **more):
                calls.append((_name, *given, more) if more else (_name, *given))
                if isinstance(_answer, BaseException):
                    raise _answer
                return _answer(*given) if callable(_answer) else _answer

            monkeypatch.setattr(where, name, stand_in)

    return watch
