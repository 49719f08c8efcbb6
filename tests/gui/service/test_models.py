"""The models in the preferences of a real window: the list, a download that is stopped and goes on, links."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend.engines.happyhorse.files.catalogue import COMPONENTS
from devtools.model import tiny
from devtools.window.blender import MODULE, BlenderWindow
from tests.happyhorse.hub import Hub, serving

from .. import preferences

STATE = f"__import__('{MODULE}.scene.session.server.models', fromlist=['models']).models().state"
READY = f"{{one['name'] for one in {STATE}.models if one['state'] in ('ready', 'linked')}}"
WHOLE = {"distill", "turbo_vae", "t5gemma", "wan_vae", "stable_audio"}  # what 256p needs


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny models in the layout of the published ones."""
    made = tmp_path_factory.mktemp("tiny")
    tiny.make(made)
    return made


@pytest.fixture(scope="module")
def hub(folder: Path) -> Iterator[Hub]:
    """They are published on this machine."""
    files: dict[str, dict[str, bytes]] = {}
    for component in COMPONENTS:
        place = folder / (component.folder or component.repository.rpartition("/")[2])
        published = files.setdefault(component.repository, {})
        for path in place.iterdir():
            published[f"{component.folder}/{path.name}".lstrip("/")] = path.read_bytes()
    with serving(Hub(files)) as served:
        yield served


@pytest.fixture(scope="module")
def blender(open_blender: Callable[..., BlenderWindow], hub: Hub) -> BlenderWindow:
    window = open_blender("--online-mode", home="models", TAKE_ONE_HUB=hub.url, HF_TOKEN="")
    window.show_tab()
    window.until("STATE.backend.state == 'ready'")
    # as on a machine with a card: without one there is nothing to download; accounts would push it out of the window
    window.run(
        f"drawn = __import__('{MODULE}.panels.preferences', fromlist=['x'])\n"
        "drawn.has_gpu, drawn.draw_accounts = lambda: True, lambda *_: None"
    )
    preferences.open_preferences(window)
    return window


def test_the_list_says_what_is_here_and_how_large_the_rest_is(blender: BlenderWindow) -> None:
    blender.until(f"{STATE}.state == 'done'")
    names = sorted(component.name for component in COMPONENTS)
    assert blender.ask(f"sorted(one['name'] for one in {STATE}.models)") == names
    assert blender.ask(f"all('GB' in one['size'] for one in {STATE}.models)")
    assert blender.ask(f"all(one['bytes'] >= 10**8 for one in {STATE}.models)")
    assert blender.ask(f"not {READY}")
    blender.picture("missing")


def test_a_download_that_is_stopped_goes_on_where_it_was(blender: BlenderWindow, hub: Hub) -> None:
    hub.stop_at = 3 << 19  # it stays in the middle of a file
    preferences.click(blender, 'takeone.models_download(model="256p")')
    incoming = "__import__('pathlib').Path(__import__('os').environ['TAKE_ONE_HOME'], 'models', '.incoming')"
    blender.until(f"any(part.stat().st_size > 1 << 20 for part in {incoming}.glob('*.part'))")
    blender.picture("downloading")
    preferences.click(blender, "takeone.models_cancel")
    blender.until(f"{STATE}.state == 'cancelled'")
    blender.picture("stopped")
    assert blender.ask(f"{READY} < {WHOLE}")
    hub.stop_at = None
    hub.go_on.set()
    before = len(hub.asked)
    preferences.click(blender, 'takeone.models_download(model="256p")')
    blender.until(f"{STATE}.state == 'done' and {READY} >= {WHOLE}")
    blender.picture("ready")
    assert any(asked and int(asked[6:-1]) > 0 for _method, _path, asked in hub.asked[before:])


def test_a_damaged_file_is_said_and_not_kept(blender: BlenderWindow, hub: Hub) -> None:
    damaged = next(path for path in hub.files["GAIR/daVinci-MagiHuman"] if path.startswith("540p_sr/model-00002"))
    hub.wrong_sum.add(damaged)
    preferences.click(blender, 'takeone.models_download(model="540p")')
    blender.until(f"{STATE}.state == 'failed'")
    blender.picture("damaged")
    assert "damaged" in blender.ask(f"{STATE}.message")
    assert blender.ask(f"'540p_sr' not in {READY}")
    hub.wrong_sum.clear()
    preferences.click(blender, 'takeone.models_download(model="540p")')
    blender.until(f"{STATE}.state == 'done' and '540p_sr' in {READY}")


def test_a_full_disk_is_said_before_anything_comes(blender: BlenderWindow, hub: Hub) -> None:
    large = next(path for path in hub.files["GAIR/daVinci-MagiHuman"] if path.startswith("1080p_sr/model-00002"))
    hub.claimed[large] = 4 * 10**12
    before = len(hub.asked)
    preferences.click(blender, 'takeone.models_download(model="1080p")')
    blender.until(f"{STATE}.state == 'failed'")
    blender.picture("disk_full")
    assert blender.ask(f"{STATE}.fix") == "free_space"
    assert not [path for _method, path, _range in hub.asked[before:] if "/resolve/" in path]
    assert preferences.find(blender, "takeone.fix(fix='free_space'")
    hub.claimed.clear()


def link(blender: BlenderWindow, folder: Path, picture: str = "") -> None:
    """Press *Link Folder*, go to the folder, and confirm."""
    preferences.click(blender, "takeone.models_link")
    blender.until("any(a.type == 'FILE_BROWSER' for w in bpy.context.window_manager.windows for a in w.screen.areas)")
    blender.until_handled()
    chosen = "region_of('FILE_BROWSER', 'WINDOW')[1].spaces.active.params"
    blender.run(f"{chosen}.directory = {str(folder).encode()!r}")
    blender.until_handled()
    if picture:
        blender.picture(picture)
    x, y, width, height = blender.place("FILE_BROWSER", "WINDOW")
    blender.move_to(x + width // 2, max(20, y + height // 2))
    blender.press("Return")
    blender.until(
        "not any(a.type == 'FILE_BROWSER' for w in bpy.context.window_manager.windows for a in w.screen.areas)"
    )


def test_a_wrong_folder_says_what_it_looks_like(blender: BlenderWindow, tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"\xff\xd8")
    link(blender, tmp_path, "choosing")
    blender.until(f"{STATE}.state == 'failed'")
    blender.picture("wrong_folder")
    message = blender.ask(f"{STATE}.message")
    assert tmp_path.name in message and "looks like" in message


def test_a_folder_is_linked_without_copying(blender: BlenderWindow, folder: Path) -> None:
    link(blender, folder)
    blender.until(f"{STATE}.state == 'done' and len({READY}) == {len(COMPONENTS)}")
    assert blender.ask(f"all(one['state'] == 'linked' for one in {STATE}.models)")
    blender.picture("linked")
    assert "Traceback" not in blender.log()
    assert "rna_uiItem" not in blender.log()
