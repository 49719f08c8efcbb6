"""Operators and the card, without a backend: what they change, what they say, what they leave behind."""

from __future__ import annotations

import inspect
import sys
import threading
from pathlib import Path
from types import ModuleType

import bpy
import pytest


def card():
    from take_one.scene.model.shots import shot_list

    return shot_list.card(bpy.context.scene)


def add_take(shot, uid: str, clip: str = "", **values):
    take = shot.takes.add()
    take.uid, take.clip, take.number, take.status = uid, clip, len(shot.takes), "READY"
    for name, value in values.items():
        setattr(take, name, value)
    return take


def our_operators() -> list[type]:
    from take_one import operators

    return list(operators.CLASSES)


def test_every_operator_says_what_happens():
    for cls in our_operators():
        tip = inspect.getdoc(cls)
        assert tip and not tip.endswith("."), cls  # Blender sets the full stop
        assert tip.lower() != cls.bl_label.lower(), cls
        assert len(tip) <= 120, cls
        assert cls.bl_idname.startswith("takeone."), cls
        assert cls.__name__ == "TAKEONE_OT_" + cls.bl_idname.removeprefix("takeone."), cls


def test_every_verb_is_in_the_menu_that_search_looks_through():
    from take_one.panels import menus

    in_menu = {verb for group in menus.VERBS for verb in group}
    in_menu |= {"animate_frame", "retake", "variations", "animate_cameras", "walkthrough", "guide"}
    # those that need to be told on what: pressed beside what they act on
    told = {"shot_choose", "engine_choose", "take_choose", "take_rate", "queue_move", "line_move", "models_download"}
    told |= {"preset_add", "option_reset", "add_words", "account_add", "account_test", "account_remove"}
    told |= {"workflow_remove", "reference_add", "reference_remove", "references_allow"}
    assert {cls.bl_idname.removeprefix("takeone.") for cls in our_operators()} == in_menu | told


def test_every_poll_that_says_no_says_why():
    bpy.context.scene.camera = None
    silent = []
    for cls in our_operators():
        operator = getattr(bpy.ops.takeone, cls.bl_idname.removeprefix("takeone."))
        if operator.poll():
            continue
        with pytest.raises(RuntimeError) as error:
            operator()
        if "context is incorrect" in str(error.value):
            silent.append(cls.bl_idname)
    assert silent == []


def test_the_blank_card_becomes_the_first_shot():
    from take_one.scene.model.shots import shot_list

    blank = card()
    assert blank.uid == ""
    blank.prompt, blank.seconds = "orbit left", 3.0
    bpy.ops.takeone.line_add(speaker="ANNA", language="German", line="Wir sind spät.")
    bpy.ops.takeone.line_add(line="Na und?")
    shot = shot_list.ensure_shot(bpy.context.scene)
    assert shot.uid and shot.prompt == "orbit left" and shot.seconds == 3.0
    assert [(line.speaker, line.language) for line in shot.lines] == [("ANNA", "German"), ("ANNA", "German")]


def test_length_in_frames_follows_the_scenes_rate():
    scene = bpy.context.scene
    scene.render.fps, scene.render.fps_base = 24, 1.001
    shot = card()
    shot.seconds = 5.0
    assert shot.frames == 120
    shot.frames = 48
    assert shot.seconds == pytest.approx(2.002)


def test_a_shot_starts_with_the_direction_of_the_one_before():
    bpy.ops.takeone.shot_add()
    card().prompt = "crane up"
    bpy.ops.takeone.shot_add(duplicate=True)
    shots = bpy.context.scene.take_one.shots
    assert [shot.prompt for shot in shots] == ["crane up", "crane up"]
    assert len({shot.uid for shot in shots}) == 2 and len({shot.name for shot in shots}) == 2
    bpy.ops.takeone.shot_choose(shot=shots[0].uid)
    assert bpy.context.scene.take_one.active_shot == 0
    bpy.ops.takeone.shot_remove()
    assert [shot.name for shot in shots] == ["Shot 02"]


def test_the_prompt_may_live_in_a_text_block():
    from take_one.scene.model.properties import properties

    card().prompt = "push in"
    bpy.ops.takeone.prompt_text()
    card().prompt_text.write("\nthen pan left")
    assert properties.prompt_of(card()) == "push in\nthen pan left"


def test_without_a_camera_the_error_stays_until_it_is_fixed():
    from take_one.scene.app.app import app

    bpy.context.scene.camera = None
    with pytest.raises(RuntimeError, match="camera"):
        bpy.ops.takeone.animate_frame(prompt="push in")
    assert bpy.context.scene.take_one.shots[0].last_number == 0  # the next take is the first
    assert app().state.last_error and app().state.last_error.fix == "pick_camera"
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    bpy.context.scene.collection.objects.link(camera)
    bpy.ops.takeone.fix()
    assert bpy.context.scene.camera == camera
    assert app().state.last_error is None


def test_every_fix_has_a_button_and_an_action():
    from take_one.operators.setting_up import trouble

    assert set(trouble.HELP) == set(trouble.ACTIONS)


def test_an_unknown_shot_is_said():
    with pytest.raises(RuntimeError, match="no shot named 'Kitchen'"):
        bpy.ops.takeone.animate_frame(shot="Kitchen")


def test_a_server_needs_an_address():
    from take_one.operators.setting_up import setup
    from take_one.scene.app.app import app

    class Asked:
        url, token = "192.168.1.20", ""

        def report(self, *_: object) -> None: ...

    with pytest.raises(setup.SceneError, match="http"):
        setup.TAKEONE_OT_connect_server.connect(Asked())
    assert app().state.backend.state == "off"


def test_installing_offline_says_so():
    from take_one.scene.app.app import app

    if bpy.app.online_access:
        pytest.skip("this bpy is online")
    with pytest.raises(RuntimeError, match="online access"):
        bpy.ops.takeone.install()
    assert app().state.last_error.fix == "online_access"


def test_stars_come_and_go():
    bpy.ops.takeone.shot_add()
    take = add_take(card(), "one")
    bpy.ops.takeone.take_rate(rating=4)
    assert take.rating == 4
    bpy.ops.takeone.take_rate(rating=4)
    assert take.rating == 0


def test_a_takes_settings_go_back_on_the_card():
    import json

    bpy.ops.takeone.shot_add()
    kept = {
        "engine": "draft",
        "prompt": "tilt up",
        "sound": "sea",
        "seconds": 2.5,
        "fps": "24",
        "width": 64,
        "height": 36,
        "seed": 77,
        "still": "/stills/still.png",
        "path": None,
        "options": {"quality": "best"},
        "lines": [{"speaker": "A", "language": "French", "line": "Oui."}],
    }
    add_take(card(), "one", request=json.dumps({"kept": kept}))
    bpy.ops.takeone.take_copy_settings()
    shot = card()
    assert (shot.prompt, shot.sound, shot.seconds, shot.seed, shot.seed_lock) == ("tilt up", "sea", 2.5, 77, True)
    assert (json.loads(shot.engine_options), shot.motion) == ({"quality": "best"}, "WORDS")
    assert [(line.speaker, line.language, line.line) for line in shot.lines] == [("A", "French", "Oui.")]


def test_presets_bring_a_direction_back(tmp_path, monkeypatch):
    from take_one.operators.making import presets

    monkeypatch.setattr(bpy.utils, "user_resource", lambda *_a, **_k: str(tmp_path))
    shot = card()
    shot.prompt, shot.seconds = "dolly zoom", 4.0
    bpy.ops.takeone.line_add(speaker="B", line="Look.")
    bpy.ops.takeone.preset_add(name="Vertigo")
    shot.prompt, shot.seconds = "", 9.0
    shot.lines.clear()
    (path,) = tmp_path.glob("*.py")
    bpy.ops.script.execute_preset(filepath=str(path), menu_idname="TAKEONE_PT_presets")
    shot = card()
    assert (shot.prompt, shot.seconds, len(shot.lines)) == ("dolly zoom", 4.0, 1)
    assert presets.FOLDER in bpy.types.TAKEONE_PT_presets.preset_subdir


def ours(name: str) -> bool:
    return name == "take_one" or name.startswith("take_one.")


def traces() -> dict[str, object]:
    """What of the extension is in Blender and in its own modules."""
    import take_one
    from take_one.scene.app import timer

    lists = [getattr(bpy.app.handlers, name) for name in dir(bpy.app.handlers)]
    held = {
        f"{module}.{name}": repr(value)
        for module, loaded in sys.modules.items()
        if ours(module)
        for name, value in vars(loaded).items()
        if not (name.startswith("__") or callable(value) or isinstance(value, ModuleType))
    }
    assert take_one.__name__ in sys.modules
    return {
        "handlers": sum(
            ours(str(getattr(one, "__module__", ""))) for all_ in lists if isinstance(all_, list) for one in all_
        ),
        "types": [name for name in dir(bpy.types) if name.startswith("TAKEONE_")],
        "operators": dir(bpy.ops.takeone),
        "scene": hasattr(bpy.types.Scene, "take_one"),
        "timer": bpy.app.timers.is_registered(timer._tick),
        "threads": {thread.name for thread in threading.enumerate()},
        "modules": held,
    }


def live() -> None:
    from take_one.scene.model.shots import shot_list

    """A life in which every part comes to hold something."""
    from take_one.panels.parts import pictures, refresh
    from take_one.scene.app.app import app
    from take_one.scene.app.errors import SceneError
    from take_one.scene.edit import moving
    from take_one.scene.model.shots import takes
    from take_one.scene.session import pump
    from take_one.scene.session.server import connection, models

    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = 64, 36
    scene.camera = bpy.data.objects.new("Eye", bpy.data.cameras.new("Eye"))
    scene.collection.objects.link(scene.camera)
    bpy.ops.mesh.primitive_cube_add(location=(0, 0, -5))
    shot = shot_list.add_shot(scene)
    takes.keep_ids(scene)
    takes.keep_view(shot, scene.camera, 5)
    takes.remember(shot, add_take(shot, "one"))
    connection.session().replay()
    connection.begin(False)
    models.models()
    moving.bring_along()
    refresh.note_file("one", True)
    refresh.note_shown()
    pictures.icon("/gone.png", "here")
    pictures.show_live("one", b"jpeg")
    app().state.fail(SceneError("a_test", "Something."))
    bpy.ops.takeone.preview_still()
    pump.pump()


def test_off_and_on_again_leaves_nothing_behind():
    import take_one
    from take_one.scene.app.app import app

    on = traces()
    take_one.unregister()
    off = traces()
    assert (off["handlers"], off["types"], off["operators"]) == (0, [], [])
    assert (off["scene"], off["timer"]) == (False, False)
    with pytest.raises(RuntimeError, match="not enabled"):
        app()
    for _ in range(2):
        take_one.register()
        assert {**traces(), "modules": 0} == {**on, "modules": 0}
        live()
        take_one.unregister()
        assert traces() == off
    take_one.register()
    assert app().state.last_error is None and not app().state.jobs


def test_there_is_one_timer():
    root = Path(inspect.getfile(sys.modules["take_one"])).parent
    folders = ("panels", "operators", "scene", "client")
    found = [path for folder in folders for path in (root / folder).rglob("*.py") if "app.timers" in path.read_text()]
    assert found == [root / "scene" / "app" / "timer.py"]


def test_every_icon_is_in_this_blender():
    import re
    from pathlib import Path

    from take_one.operators.setting_up import trouble
    from take_one.panels import preferences
    from take_one.panels.sidebar import takes

    root = Path(inspect.getfile(preferences)).parents[1]
    text = "".join(path.read_text() for name in ("panels", "operators") for path in (root / name).rglob("*.py"))
    used = set(re.findall(r'icon="([A-Z_0-9]+)"', text)) | {icon for _label, icon, _tip in trouble.HELP.values()}
    used |= set(takes.STATUS_ICONS.values()) | set(preferences.MODEL_ICONS.values())
    used |= {icon for _text, icon in preferences.STATES.values()}
    known = bpy.types.UILayout.bl_rna.functions["label"].parameters["icon"].enum_items.keys()
    assert len(used) > 30
    assert used <= set(known), used - set(known)


def test_a_fix_that_cannot_help_says_so_without_a_traceback(capsys):
    if bpy.app.online_access:
        pytest.skip("this bpy is online")
    assert bpy.ops.takeone.fix(fix="install") == {"CANCELLED"}
    assert "Traceback" not in capsys.readouterr().err
