"""What panels need besides drawing, step by step: pictures that come and go, what the timer does, what is added to
Blender's own."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from lines import Blender, Lines
from paper import Window
from rooms import a_take
from take_one.client.protocol import EngineInfo, Problem
from take_one.panels import menus, shots
from take_one.panels.parts import accounts as account_parts
from take_one.panels.parts import engines, pictures, refresh, setup, status
from take_one.panels.parts import layout as layout_parts
from take_one.panels.sidebar import card, direction, prompt, queue, settings, takes, walk
from take_one.scene.app import timer
from take_one.scene.app.app import app
from take_one.scene.app.state import RENDERING, Job
from take_one.scene.edit import strips
from take_one.scene.model.shots import shot_list
from take_one.scene.session import pump
from take_one.scene.session.server import accounts, connection, models
from verb import Ops, overriding


class Collection(dict):
    """In place of a preview collection: pictures by key, numbered as they come."""

    def __init__(self):
        super().__init__()
        self.asked = []

    def load(self, name, path, kind, **more):
        assert name not in self
        self.asked.append((Path(path).name, kind, more))
        self[name] = SimpleNamespace(icon_id=10 + len(self.asked), image_size=(1, 1))
        return self[name]


@pytest.fixture
def part(monkeypatch):
    part = app().part(pictures.Pictures)
    monkeypatch.setattr(part, "collection", Collection())
    return part


def test_pictures_are_loaded_when_they_are_wanted(part, tmp_path):
    paths = []
    for number in range(6):
        paths.append(tmp_path / f"{number}.{'mp4' if number == 1 else 'png'}")
        paths[-1].write_bytes(b"x")
    gone = str(tmp_path / "gone.png")
    assert pictures.icon("") == pictures.icon(gone) == 0 and list(part.wanted) == [gone]
    assert not pictures.load_wanted() and not part.wanted
    assert [pictures.icon(str(path), "here") for path in paths] == [0] * 6
    assert pictures.load_wanted() and [Path(path).name for path in part.wanted] == ["4.png", "5.png"]
    assert part.collection.asked == [
        ("0.png", "IMAGE", {}), ("1.mp4", "MOVIE", {}), ("2.png", "IMAGE", {}), ("3.png", "IMAGE", {}),
    ]  # fmt: skip
    assert pictures.icon(str(paths[1]), "here") == 12 and pictures.icon(str(paths[2])) == 13
    assert pictures.icon(str(paths[4]), "here") == 12 and pictures.icon(str(paths[4]), "there") == 0
    assert pictures.icon(str(paths[3]), "here") == 14 == pictures.icon(str(paths[5]), "here")
    assert pictures.load_wanted(1) and list(part.wanted) == [str(paths[5])]
    stamp = os.stat(paths[0]).st_mtime_ns  # noqa: PTH116
    assert next(iter(part.collection)) == f"{paths[0]}:0:{stamp}" and part.loaded[str(paths[0])][1] == 11


def test_the_first_pictures_go_where_there_are_too_many(part, tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "MAX_LOADED", 2)
    paths = [tmp_path / f"{number}.png" for number in range(4)]
    for path in paths:
        path.write_bytes(b"x")
        pictures.icon(str(path))
    assert pictures.load_wanted(9) and list(part.loaded) == [str(path) for path in paths[2:]]
    assert [Path(name.rpartition(":")[0].rpartition(":")[0]).name for name in part.collection] == ["2.png", "3.png"]


def test_a_live_picture_is_replaced_where_it_is_another(part):
    pictures.show_live("job", b"one")
    assert pictures.live_icon("job") == 11 and pictures.live_icon("other") == 0
    pictures.show_live("job", b"one")
    assert len(part.collection.asked) == 1
    pictures.show_live("job", b"two")
    assert pictures.live_icon("job") == 12 and list(part.collection) == [f"live:job:{hash(b'two')}"]
    assert part.collection.asked == [("job.jpg", "IMAGE", {"force_reload": True})] * 2
    assert (Path(part.folder.name) / "job.jpg").read_bytes() == b"two"
    pictures.drop_live("job")
    pictures.drop_live("job")
    assert pictures.live_icon("job") == 0 and not part.collection and not part.live


def test_pictures_are_freed(monkeypatch):
    removed, part = [], pictures.Pictures()
    folder = Path(part.folder.name)
    monkeypatch.setattr(bpy.utils.previews, "remove", removed.append)
    part.close()
    assert removed == [part.collection] and not folder.exists()
    monkeypatch.undo()
    bpy.utils.previews.remove(part.collection)


@pytest.fixture
def ticked(monkeypatch):
    """What the timer's round did."""
    ops = Ops()
    for module, name in ((status, "redraw"), (pump, "redraw"), (connection, "begin"), (pictures, "show_live"),
                         (pictures, "drop_live"), (strips, "refresh")):  # fmt: skip
        monkeypatch.setattr(module, name, getattr(ops, f"{module.__name__.rpartition('.')[2]}_{name}"))
    for module, name in ((models, "models"), (accounts, "accounts")):
        state = SimpleNamespace(state="")
        monkeypatch.setattr(module, name, lambda s=state, n=name: SimpleNamespace(state=s, refresh=getattr(ops, n)))
        monkeypatch.setattr(module, "poll", lambda: False)
    monkeypatch.setattr(pictures, "load_wanted", lambda: False)
    return ops


def test_the_timer_draws_anew_what_has_changed(ticked, monkeypatch):
    shot = shot_list.add_shot(bpy.context.scene)
    drawn, state = app().part(refresh.Drawn), app().state
    said = ("", "NONE")
    monkeypatch.setattr(status, "text", lambda: said)
    begin = ("connection_begin", False)

    def round_():
        ticked.calls.clear()
        assert refresh._task() == 0.1
        return list(ticked.calls)

    assert round_() == [("status_redraw",), begin] and round_() == [begin]
    job = Job("a", stand_in.binding_of(shot, "a"), preview=b"one", preview_count=1)
    state.jobs = {"a": job, "b": Job("b", stand_in.binding_of(shot, "b"))}
    state.changed()
    assert round_() == [("status_redraw",), ("pictures_show_live", "a", b"one"), begin]
    state.changed()
    assert round_() == [("status_redraw",), begin]
    job.preview, job.preview_count = b"two", 2
    state.changed()
    assert ("pictures_show_live", "a", b"two") in round_() and drawn.previews == {"a": 2}
    del state.jobs["a"]
    state.changed()
    assert round_() == [("status_redraw",), ("pictures_drop_live", "a"), begin] and drawn.previews == {}
    said = ("1 take", "X")
    assert round_() == [("status_redraw",), ("pump_redraw",), begin] and drawn.said == said
    for module, name in ((pictures, "load_wanted"), (models, "poll"), (accounts, "poll")):
        with monkeypatch.context() as patched:
            patched.setattr(module, name, lambda: True)
            assert round_() == [("pump_redraw",), begin]
    refresh.note_shown()
    refresh.note_models_shown()
    assert round_() == [("connection_begin", True), ("models",)]
    refresh.note_accounts_shown()
    assert round_()[1:] == [("models",), ("accounts",)]
    models.models().state.state = accounts.accounts().state.state = "done"
    assert round_() == [("connection_begin", True)]


def test_strips_of_a_file_that_went_are_drawn_anew_once(ticked, monkeypatch):
    drawn = app().part(refresh.Drawn)
    drawn.revision, drawn.said = app().state.revision, status.text()
    monkeypatch.setattr(strips, "strips_of_take", lambda uid: [("Edit", 1), ("Edit", 2)] if uid == "a" else [])
    refresh.note_file("a", True)
    refresh.note_file("b", True)
    refresh._task()
    assert ticked.calls == [("strips_refresh", "Edit"), ("connection_begin", False)] and drawn.changed == set()
    refresh._task()
    assert len(ticked.calls) == 3


def test_it_is_asked_once_whether_takes_come_along(ticked, monkeypatch):
    asked, possible, used = [], [False], []

    def bring(*said):
        asked.append(said)

    bring.poll = lambda: possible[0]
    context = SimpleNamespace(
        window_manager=SimpleNamespace(windows=["first", "second"]), temp_override=overriding(used)
    )
    own = SimpleNamespace(context=context, ops=SimpleNamespace(takeone=SimpleNamespace(bring_takes=bring)))
    monkeypatch.setattr(refresh, "bpy", own)
    refresh._ask_about_takes()
    assert used == []
    for possible[0], wanted in ((False, []), (True, [("INVOKE_DEFAULT",)])):
        app().state.takes_elsewhere = True
        refresh._task()
        assert asked == wanted and app().state.takes_elsewhere is False
    refresh._ask_about_takes()
    assert used == ["first", "first"] and len(asked) == 1


def test_the_timer_runs_where_there_is_a_window(monkeypatch):
    ops = Ops()
    monkeypatch.setattr(timer, "every", ops.every)
    for background, wanted in ((True, []), (False, [("every", refresh._task, 0.1)])):
        monkeypatch.setattr(refresh, "bpy", Blender(background=background))
        refresh.register()
        assert ops.calls == wanted


def test_what_is_added_to_blenders_own_goes_again(monkeypatch):
    ops = Ops()
    menu_names = ("TOPBAR_MT_render", "SEQUENCER_MT_add", "SEQUENCER_MT_context_menu", "VIEW3D_MT_object_context_menu")
    names = (*menu_names, "STATUSBAR_HT_header", "VIEW3D_HT_header", "SEQUENCER_HT_header")
    types = SimpleNamespace(**{name: getattr(ops, name) for name in names})
    manager = types.WindowManager = type("WindowManager", (), {})
    for module, added in (
        (menus, [("TOPBAR_MT_render", menus._in_render_menu), ("SEQUENCER_MT_add", menus._in_add_menu),
                 ("SEQUENCER_MT_context_menu", menus._on_strip), ("VIEW3D_MT_object_context_menu", menus._on_camera)]),
        (status, [("STATUSBAR_HT_header", status._draw), ("VIEW3D_HT_header", status._mark),
                  ("SEQUENCER_HT_header", status._mark)]),
    ):  # fmt: skip
        monkeypatch.setattr(module, "bpy", SimpleNamespace(types=types))
        for word, change in (("append", module.register), ("remove", module.unregister)):
            ops.calls.clear()
            change()
            assert ops.calls == [(f"{name}.{word}", draw) for name, draw in added]
    for module, held in ((settings, [one[0] for one in settings.FOLDS]), (shots, ["take_one_shot"])):
        monkeypatch.setattr(module, "bpy", SimpleNamespace(types=types))
        module.register()
        assert [name for name in vars(manager) if name.startswith("take_one")] == held
        module.unregister()
        assert not any(name.startswith("take_one") for name in vars(manager))


def test_which_panels_there_are(monkeypatch):
    made = {(one.bl_space_type, one.bl_region_type, one.bl_category, getattr(one, "bl_parent_id", ""), one.__name__)
            for kind in (card, direction, prompt, queue, settings, takes, walk) for one in kind.CLASSES
            if issubclass(one, bpy.types.Panel)}  # fmt: skip
    names = ("shot", "direction", "prompt", "queue", "settings", "takes", "walk")
    assert made == {
        (space, "UI", "Take One", f"TAKEONE_PT_shot_{home}" if name != "shot" else "", f"TAKEONE_PT_{name}_{home}")
        for home, space in (("view3d", "VIEW_3D"), ("sequencer", "SEQUENCE_EDITOR")) for name in names
    }  # fmt: skip
    heads = []
    monkeypatch.setattr(direction.TAKEONE_PT_presets, "draw_panel_header", heads.append)
    direction.DirectionPanel.draw_header_preset(SimpleNamespace(layout="layout"), None)
    assert heads == ["layout"]


def test_when_panels_are_shown():
    shot = shot_list.add_shot(bpy.context.scene)
    plain = EngineInfo("plain", camera_path=False, depth=True)
    app().state.engines, shot.engine = (plain, EngineInfo("form", prompt_form=True, camera_path=True)), "plain"
    kinds = (walk.WalkPanel, prompt.PromptPanel, takes.TakesPanel)
    assert [kind.poll(bpy.context) for kind in kinds] == [False, False, False]
    shot.engine = "form"
    a_take(shot, "t", 1)
    assert [kind.poll(bpy.context) for kind in kinds] == [True, True, True]
    assert engines.capabilities(shot).id == "form"
    app().state.engines = (EngineInfo("form"),)
    assert engines.capabilities(shot) == EngineInfo("form", sound=True, camera_path=True, dialogue=True)
    listed = (plain, EngineInfo("a", available=False, fix="accounts"), EngineInfo("b", available=False, fix="models"))
    assert [one.id for one in account_parts.offered(listed)] == ["plain", "b"]
    assert [one.id for one in account_parts.offered(listed, "a")] == ["plain", "a", "b"]


def test_the_first_that_renders_is_told_apart():
    shot = shot_list.add_shot(bpy.context.scene)
    jobs = [Job(key, stand_in.binding_of(shot, key), RENDERING) for key in "ab"]
    assert queue.is_rendered(jobs[1])
    app().state.jobs = {job.key: job for job in jobs}
    assert [queue.is_rendered(job) for job in jobs] == [True, False]
    app().state.fail(Problem("x", "y"))
    assert status.text()[0].startswith("2 takes")


def test_what_stands_beside_words_takes_room_from_them(monkeypatch):
    def widths(draw, width, **more):
        layout = Lines()
        region = SimpleNamespace(width=width) if width else None
        draw(layout, context=SimpleNamespace(preferences=Window.preferences, region=region), **more)
        said = [line.partition("text=")[2].partition(" icon=")[0].strip("'") for line in layout.written]
        return [len(one) for one in said if one.startswith("a")]

    words = " ".join(["a" * 20] * 3)
    app().state.fail(Problem("x", words))
    shot = shot_list.add_shot(bpy.context.scene)
    monkeypatch.setattr(card, "picture_of", lambda _: ("/a.png", words, "NONE"))
    monkeypatch.setattr(pictures, "icon", lambda *_: 1)
    for draw, beside, more in ((setup.draw_error, 45, {}), (card.draw_picture, 100, {"shot": shot})):
        assert widths(draw, 70 + beside + 6.6 * 20 + 0.5, **more) == [20, 20, 20]
        assert widths(draw, 70 + beside + 6.6 * 20 - 0.5, **more)[0] == 19
    assert widths(layout_parts.wrapped, 10, text="a" * 16 + " " + "a" * 16) == [16, 16]
    assert widths(layout_parts.wrapped, 0, text="a" * 34 + " " + "a" * 35) == [34, 34, 1]
    context = SimpleNamespace(preferences=Window.preferences, region=None)
    assert layout_parts.region_scale(context, 20.0) == 13.0 and layout_parts.region_scale(context) == 10.0
    twice = SimpleNamespace(system=SimpleNamespace(ui_scale=2.0))
    context = SimpleNamespace(preferences=twice, region=SimpleNamespace(width=300))
    assert layout_parts.region_scale(context) == 5.5
    layout = Lines()
    layout_parts.wrapped(layout, context, "a" * 13)
    assert len(layout.written) == 3, "sixteen letters are the fewest"
    large = SimpleNamespace(preferences=twice, region=SimpleNamespace())
    for width, wide in ((839, False), (840, True)):
        large.region.width = width
        assert takes.is_wide(large) is wide
    for width, count in ((1119, 8), (1120, 12)):
        layout, large.region.width = Lines(), width
        shots.ShotRows.draw_item(SimpleNamespace(wide=False), large, layout, None, shot, 0, None, "")
        assert len(layout.written) == count
    layout = Lines()
    layout_parts.wrapped(layout, context, "a" * 20)
    assert [line[-40:] for line in layout.written[2:]] == [
        f" label text={'a' * 16} icon=NONE translate=False"[-40:], " label text=aaaa icon=NONE translate=False"[-40:],
    ]  # fmt: skip
    layout = Lines()
    layout_parts.wrapped(layout, context, f"{'a' * 16} {'b' * 16} c", icon="INFO")
    assert [line.split()[-2] for line in layout.written[2:]] == ["icon=INFO", "icon=BLANK1", "icon=BLANK1"]


def test_what_the_preferences_and_the_window_keep():
    known = bpy.types.AddonPreferences.bl_rna_get_subclass_py("TAKEONE_AP_preferences").bl_rna.properties
    for name in ("budget_day", "budget_film"):
        assert (known[name].hard_min, known[name].default) == (0.0, 0.0)
    assert [one.identifier for one in known["backend"].enum_items] == ["LOCAL", "SERVER"]
    scene, manager = bpy.context.scene, bpy.context.window_manager
    assert manager.take_one_shot == 0
    for name in ("Hall", "Roof", "Sky"):
        shot_list.add_shot(scene).name = name
    for index in (1, 2, 0):
        manager.take_one_shot = index
        assert (manager.take_one_shot, scene.take_one.active_shot) == (index, index)
    manager.take_one_shot = 3
    assert scene.take_one.active_shot == 0


def test_how_long_something_takes_is_said_in_minutes():
    said = [layout_parts.time_left(seconds) for seconds in (None, -3, 0.4, 59.6, 61, 3599.4)]
    assert said == ["", "0:00 left", "0:00 left", "1:00 left", "1:01 left", "59:59 left"]
    scene = bpy.context.scene
    for seconds, status_ in ((61.25, "TODO"), (9.5, "WORK"), (100.0, "OMITTED")):
        shot = shot_list.add_shot(scene)
        shot.seconds, shot.status = seconds, status_
    assert shots.total(scene) == "2 shots, 1:10.8, 1698 frames"
    moments = (0, 1, 2, 47, 48)
    planned = SimpleNamespace(plan=SimpleNamespace(moments=moments, covered=(0.9, 0.8, 0.7, 0.6, 0.5)))
    assert walk.bars(planned) == [0.8, 0.7, 0.5]
