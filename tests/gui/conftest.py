"""A real Blender with its window, and the extension installed from the zip in a clean profile."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from devtools import build  # noqa: E402
from devtools.window.blender import PICTURES, BlenderWindow, install_zip  # noqa: E402

from .workers import Workers  # noqa: E402

SCALE = 1.0 if os.environ.get(PICTURES) else 0.5  # nobody looks at what no picture is taken of
SHOTS = ROOT / ".dev" / "screenshots"
# a scene that renders in a blink, and no second window for it
SMALL = """
bpy.context.preferences.view.render_display_type = "NONE"
scene.render.engine = "BLENDER_WORKBENCH"
scene.render.resolution_x, scene.render.resolution_y = 320, 180
"""
EDIT = "next((s for s in bpy.data.scenes if s.sequence_editor and s.sequence_editor.strips_all), None)"
STRIPS = f"[(strip.type, strip.name, strip.channel) for strip in {EDIT}.sequence_editor.strips_all] if {EDIT} else []"


@pytest.fixture(scope="session")
def zip_path() -> Path:
    """The extension's zip: the one that the build made, else one made now."""
    if not os.environ.get("BLENDER"):
        pytest.skip("the variable BLENDER names no Blender")
    given = os.environ.get("TAKE_ONE_ZIP")
    return Path(given) if given else build.build(ROOT / "dist")


@pytest.fixture(scope="session")
def fresh(zip_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Blender profile with the extension installed and nothing else. It is not used itself."""
    profile = tmp_path_factory.mktemp("fresh") / "profile"
    install_zip(zip_path, profile)
    return profile


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where every module's profile is: in one place, so that the draft's kernels are compiled once."""
    return tmp_path_factory.mktemp("window") / "profile"


@pytest.fixture(scope="module")
def profile(fresh: Path, place: Path) -> Path:
    """A profile of the module's own, whose preferences may be saved and whose extension may be changed."""
    shutil.rmtree(place, ignore_errors=True)  # what a backend still writes there is written over
    shutil.copytree(fresh, place, dirs_exist_ok=True)
    return place


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the Take One homes of the module's Blenders lie."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def workers(homes: Path) -> Iterator[Workers]:
    """What makes takes for the module's Blenders; it goes on when the test has ended."""
    found = Workers(homes)
    yield found
    found.go_on()


@pytest.fixture(scope="module")
def open_blender(
    profile: Path, homes: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Callable[..., BlenderWindow]]:
    """Opens a Blender with a Take One home of its own; all are closed when the module's tests are done."""
    opened: list[BlenderWindow] = []

    def start(*arguments: str, home: str = "home", scale: float = SCALE, **environment: str) -> BlenderWindow:
        folder = tmp_path_factory.mktemp("blender")
        variables = {"BLENDER_USER_RESOURCES": str(profile), "TAKE_ONE_HOME": str(homes / home), **environment}
        name = request.module.__name__.rpartition(".")[2].removeprefix("test_")
        window = BlenderWindow(folder, variables, arguments, shots=SHOTS / name, scale=scale)
        opened.append(window)
        window.run(SMALL)
        return window

    yield start
    for window in opened:
        window.close()
