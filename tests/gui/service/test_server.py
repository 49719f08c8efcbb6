"""Connecting to a server in a real window: address and token typed in, what Test says, and where the token stays."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devtools.window.blender import MODULE, BlenderWindow

from .. import preferences
from ..server import serving

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "correct-horse-battery-7431"
WRONG = "wrong-horse-9182"
COMPUTER, SERVER = 0.25, 0.75  # of the width of the choice between the two
CHOSEN = f"bpy.context.preferences.addons['{MODULE}'].preferences"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Take One server in a home of its own. Its address."""
    home = tmp_path_factory.mktemp("server")
    with serving(ROOT, home, TOKEN) as address:
        yield address


@pytest.fixture(scope="module")
def website(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A web server that is no Take One. Its address."""
    folder = str(tmp_path_factory.mktemp("website"))

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=folder)  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()


@pytest.fixture(scope="module")
def blender(open_blender: Callable[..., BlenderWindow], profile: Path) -> BlenderWindow:
    window = open_blender("--online-mode", home="client")
    window.run("scene.take_one.blank.seconds = 1.0")
    window.show_tab()
    window.until("STATE.backend.state == 'ready'")
    preferences.open_preferences(window)
    return window


def enter(blender: BlenderWindow, address: str, token: str, picture: str = "") -> None:
    """Press *Address and Token*, type both, and confirm."""
    button = preferences.click(blender, "takeone.connect_server")
    # the dialog comes up under the mouse, with its first field a little above to the left
    blender.click_at(button.x - blender.pixels(85), button.y + blender.pixels(10), times=2)
    blender.press("ctrl+a")
    blender.write(address)
    blender.press("Tab")
    blender.write(token)
    if picture:
        blender.picture(picture)
    blender.press("Return", "Return")


def test_a_server_without_an_address_connects_to_nothing(blender: BlenderWindow) -> None:
    preferences.click(blender, ".backend", part=SERVER)
    blender.until("STATE.backend.state == 'off'")
    blender.picture("no_server")
    blender.click("takeone.animate_frame")
    blender.until("STATE.last_error and STATE.last_error.code == 'no_server'")
    assert blender.ask("STATE.last_error.fix") == "connect"
    assert blender.ask("len(STATE.jobs)") == 0
    blender.run("bpy.ops.takeone.dismiss_error()")


def test_a_wrong_token_is_said_and_asked_for_again(blender: BlenderWindow, server: str) -> None:
    enter(blender, server, WRONG, "typed")
    blender.until("STATE.backend.state == 'failed'")
    blender.picture("wrong_token")
    message, fix = blender.ask("(STATE.last_error.message, STATE.last_error.fix)")
    assert "token" in message and len(message) < 100
    assert fix == "connect"
    assert blender.find("takeone.fix(fix='connect'")


def test_a_wrong_address_is_said(blender: BlenderWindow) -> None:
    enter(blender, "http://127.0.0.1:9", "")
    blender.until("'Connection refused' in STATE.backend.message")
    blender.picture("wrong_address")
    assert blender.ask("STATE.backend.fix") == "connect"


def test_what_is_no_address_is_said(blender: BlenderWindow) -> None:
    enter(blender, "the studio's server", "")
    blender.until("STATE.last_error and STATE.last_error.code == 'bad_address'")
    blender.picture("no_address")
    assert blender.ask(f"{CHOSEN}.server_url") == "http://127.0.0.1:9"


def test_another_kind_of_server_is_said(blender: BlenderWindow, website: str) -> None:
    enter(blender, website, "")
    blender.until("STATE.backend.state == 'failed' and 'not a Take One server' in STATE.last_error.message")
    blender.picture("another_server")
    assert blender.ask("STATE.last_error.fix") == "connect"


def test_plain_http_to_another_machine_is_marked(blender: BlenderWindow) -> None:
    enter(blender, "http://192.0.2.7:8000", WRONG)
    blender.until(f"{CHOSEN}.server_url == 'http://192.0.2.7:8000'")
    blender.picture("plain_http")
    button = preferences.click(blender, "takeone.connect_server")
    blender.picture("plain_http_dialog")
    assert button
    blender.press("Escape")


def test_the_right_token_connects_and_test_says_what_is_offered(blender: BlenderWindow, server: str) -> None:
    enter(blender, server, TOKEN)
    blender.until("STATE.backend.state == 'ready'")
    assert blender.ask("STATE.last_error") is None
    blender.until("len(STATE.engines)")
    blender.run("STATE.engines = ()")
    preferences.click(blender, "takeone.backend_start")
    blender.until("STATE.backend.state == 'ready' and len(STATE.engines)")
    assert "draft" in blender.ask("[engine.id for engine in STATE.engines]")
    assert server in blender.ask("STATE.backend.message")
    blender.picture("connected")


def test_a_take_is_made_there(blender: BlenderWindow) -> None:
    blender.click("takeone.animate_frame")
    blender.until("not STATE.jobs and any(t.status == 'READY' for t in scene.take_one.shots[0].takes)")
    assert blender.ask("STATE.last_error") is None


def test_the_token_is_kept_apart_from_all_files_of_blender(
    blender: BlenderWindow, profile: Path, tmp_path: Path
) -> None:
    blender.run(f"bpy.ops.wm.save_as_mainfile(filepath={str(tmp_path / 'film.blend')!r}, compress=False)")
    blender.run("bpy.ops.wm.save_userpref()")
    home = Path(blender.ask("__import__('os').environ['TAKE_ONE_HOME']"))
    kept = home / "servers.json"  # where there is no keyring
    assert list(profile.rglob("userpref.blend"))
    searched = 0
    for folder in (tmp_path, profile, home, blender.folder):
        for path in folder.rglob("*"):
            if path.is_file() and path != kept:
                data = path.read_bytes()
                assert TOKEN.encode() not in data and WRONG.encode() not in data, path
                searched += 1
    assert searched > 20
    assert kept.stat().st_mode & 0o077 == 0
    assert TOKEN in kept.read_text()
    used = "[str(one.properties.token) for one in bpy.context.window_manager.operators if hasattr(one, 'properties') "
    assert all(not word for word in blender.ask(used + "and 'token' in one.properties.bl_rna.properties]"))


def test_back_on_this_computer(blender: BlenderWindow) -> None:
    preferences.click(blender, ".backend", part=COMPUTER)
    blender.until("STATE.backend.state == 'ready' and 'local' in STATE.backend.message")
    assert "Traceback" not in blender.log()
    assert "rna_uiItem" not in blender.log()
