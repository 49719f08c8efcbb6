"""As a new user: from the zip to the first take, on a profile and a home with nothing in them. Needs the network."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from devtools.environments import pip_settings
from devtools.window.blender import BlenderWindow

from ..conftest import STRIPS


def settings() -> dict[str, str]:
    """This machine's pip settings as environment variables: Blender may not see the files that hold them."""
    given = {name: value for name, value in pip_settings().items() if name != "constraint"}  # all versions are locked
    return {f"PIP_{name.upper().replace('-', '_')}": value for name, value in given.items()}


@pytest.fixture(scope="module")
def blender(open_blender: Callable[..., BlenderWindow]) -> BlenderWindow:
    return open_blender("--online-mode", home="fresh", TAKE_ONE_PYTHON="", **settings())


def test_first_take_in_under_five_clicks(blender: BlenderWindow) -> None:
    began = time.monotonic()
    blender.show_tab()
    clicks = 1  # the tab
    blender.until("STATE.backend.state == 'missing'")
    blender.picture("not_installed")
    blender.click("takeone.install(")
    blender.until("STATE.install.fraction > 0.1")
    blender.picture("installing")
    blender.until("STATE.install.state == 'done' and STATE.backend.state == 'ready'", 600)
    installed = time.monotonic() - began
    blender.click("takeone.animate_frame")
    blender.until("not STATE.jobs and any(t.status == 'READY' for t in scene.take_one.shots[0].takes)", 300)
    print(f"installed after {installed:.0f} s, first take after {time.monotonic() - began:.0f} s")
    blender.picture("first_take")
    assert clicks + blender.clicks < 5
    assert len(blender.ask(STRIPS)) == 2
    assert blender.ask("STATE.last_error") is None


def test_without_the_network_it_says_so(open_blender: Callable[..., BlenderWindow]) -> None:
    offline = open_blender("--offline-mode", home="offline", TAKE_ONE_PYTHON="")
    offline.show_tab()
    offline.until("STATE.backend.state == 'missing'")
    offline.picture("offline")
    offline.run("try:\n    bpy.ops.takeone.install()\nexcept RuntimeError:\n    pass")
    assert offline.ask("STATE.last_error.fix") == "online_access"
    offline.picture("offline_error")
