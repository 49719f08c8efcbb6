"""The extension in a real bpy: the repository's root is loaded as package `take_one` and registered."""

from __future__ import annotations

import os
import sys
import tempfile
import typing
from pathlib import Path
from typing import Any

import pytest

bpy = pytest.importorskip("bpy", reason="needs a Python with bpy")

sys.path.insert(0, str(Path(__file__).parent))  # for rooms.py
HOME = tempfile.TemporaryDirectory(prefix="take-one-")
os.environ["TAKE_ONE_HOME"] = HOME.name


import load_extension  # noqa: E402

load_extension.load().unregister()

EMPTY = Path(HOME.name) / "empty.blend"
hints_of = typing.get_type_hints
HINTS: dict[type, dict[str, Any]] = {}


def hints(about: Any, *given: Any, **more: Any) -> dict[str, Any]:
    """typing.get_type_hints, which Blender asks each time that a class is registered: a third of its time."""
    if not (isinstance(about, type) and issubclass(about, bpy.types.bpy_struct)):
        return hints_of(about, *given, **more)
    if about not in HINTS:
        HINTS[about] = hints_of(about, *given, **more)
    return HINTS[about]


typing.get_type_hints = hints


@pytest.fixture(scope="module", autouse=True)
def preferences():
    """Blender as it is delivered, with its preferences and extensions: ten times the work that an empty file is."""
    bpy.ops.wm.read_factory_settings(use_empty=True)


@pytest.fixture(scope="session")
def empty() -> str:
    """Blender's own empty file, brought to this version and saved: to do so takes as long as to read it."""
    if not EMPTY.exists():
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        bpy.ops.wm.save_as_mainfile(filepath=str(EMPTY), copy=True, compress=False)
    return str(EMPTY)


@pytest.fixture(autouse=True)
def blender(empty):
    """An empty file with the extension registered."""
    import take_one

    bpy.ops.wm.read_homefile(filepath=empty, use_empty=True)
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
