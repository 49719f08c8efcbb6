"""The list of shots, the edit's panels, menus, exports and the preferences line by line: what is drawn, in what it lies
and how it looks."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from hall import hall, unread
from lines import Blender, Lines, asking, check, lines
from paper import Window
from rooms import a_take
from stand_in import PLAIN, RICH
from take_one.client.commands.accounts import Account, AccountsState
from take_one.client.commands.export import ExportState
from take_one.client.commands.models import ModelsState
from take_one.client.protocol import Problem
from take_one.client.protocol.edit import Changes
from take_one.panels import export, keymap, menus, preferences, shots
from take_one.panels.parts import accounts, refresh, status
from take_one.scene.app.app import app
from take_one.scene.app.state import Backend, Install, Job
from take_one.scene.edit import edit_scene, strips
from take_one.scene.edit.cut import bed, fit
from take_one.scene.model.shots import shot_list
from take_one.scene.session.board import drawing
from take_one.scene.session.out import beds
from take_one.scene.session.out.exports import exports
from take_one.scene.session.server import preferences as chosen
from take_one.scene.session.server.accounts import accounts as keys
from take_one.scene.session.server.models import models


@pytest.fixture
def shot(monkeypatch):
    unread(monkeypatch)
    return hall(PLAIN, RICH, frames=30)


def edit():
    return edit_scene.ensure_edit_scene(bpy.context, bpy.context.scene)


def told(chapter, kind, book="edit", **more):
    check(book, chapter, lines(kind, **more))


def test_the_list_of_shots(shot, monkeypatch):
    told("the shots, where there is no edit", shots.TAKEONE_PT_shots)
    assert app().part(refresh.Drawn).panel
    edit().take_one.ripple = True
    movie = object()
    monkeypatch.setattr(drawing, "progress", lambda: (1, 4))
    monkeypatch.setattr(fit, "movie_of_shot", lambda scene, uid: movie if (scene, uid) == (edit(), "hall") else None)
    monkeypatch.setattr(fit, "held", lambda one: 3 if one is movie else 0)
    monkeypatch.setattr(fit, "hears_others", lambda scene, uid: (scene, uid) == (edit(), "hall"))
    monkeypatch.setattr(shots.strips, "length", lambda one: 41)
    monkeypatch.setattr(shots.marks, "count", lambda one, key: {(movie, shots.OVERLAP_KEY): 5}[one, key])
    told("the shots, one of which is longer in the edit", shots.TAKEONE_PT_shots)
    monkeypatch.setattr(fit, "held", lambda one: -2)
    monkeypatch.setattr(shots.strips, "length", lambda one: 35)
    monkeypatch.setattr(fit, "hears_others", lambda *_: False)
    edit().take_one.ripple = False
    said = lines(shots.draw_shot, context=Window(), edit=edit())
    assert said[-1] == "label text='2 frames cut' icon=INFO translate=False" and "long in the edit" not in said[-2]
    told("the list in a window of its own", shots.TAKEONE_OT_shot_list)
    told("the menu of the list", shots.TAKEONE_MT_shot_list)
    told("what moves with what", shots.draw_ripple, edit=edit())
    shot.uid = ""
    assert lines(shots.draw_shot, context=Window(), edit=edit()) == ["layout"]
    shot.id_data.take_one.shots.clear()
    told("no shots", shots.TAKEONE_PT_shots)
    context, operator = asking(), object()
    assert shots.TAKEONE_OT_shot_list.invoke(operator, context, None) == {"RUNNING_MODAL"}
    assert context.window_manager.calls == [("invoke_popup", (operator,), {"width": 900})]


def row(kind, shot, width):
    layout, context = Lines(), SimpleNamespace(region=SimpleNamespace(width=width), preferences=Window.preferences)
    shots.ShotRows.draw_item(SimpleNamespace(wide=kind.wide), context, layout, None, shot, 0, None, "")
    return layout.written


def test_rows_of_shots(shot, monkeypatch):
    check("edit", "the row of a shot that has nothing yet", row(shots.TAKEONE_UL_shots, shot, 559))
    take = a_take(shot, "t", 4, thumbnail="/t.png")
    shot.current_take, shot.note, shot.status, shot.still = "t", "lamp", "OMITTED", "/still.png"
    check("edit", "the row of a shot with a take", row(shots.TAKEONE_UL_shots, shot, 559))
    take.thumbnail = ""
    check("edit", "the row of a shot where there is room", row(shots.TAKEONE_UL_shots, shot, 560))
    assert row(shots.TAKEONE_UL_shots, shot, 560) == row(shots.TAKEONE_UL_shots_wide, shot, 100)
    layout = Lines()
    shots.TAKEONE_UL_shots.draw_filter(SimpleNamespace(), None, layout)
    assert layout.written == [
        "layout", "row align=True", " prop SimpleNamespace filter_name text=''", " prop SimpleNamespace status text=''",
    ]  # fmt: skip
    shot.camera = shot.id_data.camera = None
    assert shots.lens_of(shot) == "No camera"
    shot.id_data.camera = bpy.data.objects.new("Lamp", None)
    assert shots.lens_of(shot) == "No camera"


def test_the_edits_panels(shot, monkeypatch):
    for panel in (shots.TAKEONE_PT_burn_in, shots.TAKEONE_PT_bed):
        assert not panel.poll(bpy.context) and lines(panel) == ["layout"]
    edit().take_one.burn_in.shown = True
    monkeypatch.setattr(beds, "making", lambda: SimpleNamespace(exporter=SimpleNamespace(state=state)))
    state = ExportState("busy", "Mixing", 0.25)
    told("a bed that is being made", shots.TAKEONE_PT_bed)
    state = ExportState("done")
    monkeypatch.setattr(bed, "is_stale", lambda scene: scene == edit())
    told("a bed that is stale", shots.TAKEONE_PT_bed)
    told("the burn-ins", shots.TAKEONE_PT_burn_in)
    for panel in (shots.TAKEONE_PT_burn_in, shots.TAKEONE_PT_bed):
        assert panel.poll(bpy.context)
    layout = Lines()
    shots.TAKEONE_PT_burn_in.draw_header(SimpleNamespace(layout=layout), bpy.context)
    assert layout.written == ["layout", "prop TAKEONE_PG_burn_in shown text=''"]


def test_menus(shot, monkeypatch):
    a_take(shot, "t", 1)
    shot_list.add_shot(shot.id_data).name = "Roof"
    monkeypatch.setattr(shot_list, "all_shots", lambda: found)
    found = [SimpleNamespace(name="Hall", uid="h", camera=shot.camera, takes=[1]),
             SimpleNamespace(name="Roof", uid="r", camera=None, takes=[1, 2])]  # fmt: skip
    for name in ("shots", "moves", "animate", "transitions", "all"):
        told(f"menu {name}", getattr(menus, f"TAKEONE_MT_{name}"), "menus")
    for menu in menus.SUBMENUS:
        told(f"menu {menu.bl_label}", menu, "menus")
    found = []
    told("menu of no shots", menus.TAKEONE_MT_shots, "menus")
    eye = shot.id_data.camera
    lamp = bpy.data.objects.new("Lamp", None)
    for chapter, draw, more in (
        ("Render", menus._in_render_menu, {}),
        ("Add", menus._in_add_menu, {}),
        ("a strip of a shot", menus._on_strip, {"active_strip": {strips.SHOT_KEY: "x"}}),
        ("a camera", menus._on_camera, {"object": eye, "selected_objects": [eye]}),
        ("two cameras", menus._on_camera, {"object": eye, "selected_objects": [eye, eye]}),
    ):
        layout = Lines()
        draw(SimpleNamespace(layout=layout), SimpleNamespace(**more))
        check("menus", f"in Blender's menu of {chapter}", layout.written)
    layout = Lines()
    menus._on_camera(SimpleNamespace(layout=layout), SimpleNamespace(object=lamp, selected_objects=[lamp]))
    assert layout.written == ["layout"]


def test_exports(shot, monkeypatch):
    part = exports()
    part.exporter.state = ExportState("busy", "Rendering", 0.5)
    told("an export", export.TAKEONE_PT_export)
    part.exporter.state, part.written, part.said = ExportState("done"), ("/a/first.mp4", "C:\\b\\cut.mp4"), ("Look.",)
    for text, author in (("darker", "Zoe"), ("", "")):
        note = shot.client_notes.add()
        note.text, note.author, note.made, note.verdict = text, author, "2026-03-04", "Please change"
    part.changes, part.edit = Changes(()), object()
    found = [f"{number}" for number in range(14)]
    monkeypatch.setattr(Changes, "lines", lambda _, edit: found if edit is part.edit else [])
    told("what was exported, read and said", export.TAKEONE_PT_export)
    found = []
    told("a timeline that changes nothing", export.draw_changes, context=Window())
    part.edit = None
    assert lines(export.draw_changes, context=Window()) == ["layout"]


def test_accounts(monkeypatch):
    rows_ = (Account("a", "A", kept="keyring"), Account("b", "B", kept="environment"), Account("c", "C"),
             Account("d", "D", kept="none", workflows=True, models=("flow",)))  # fmt: skip
    keys().state = AccountsState("done", rows_)
    monkeypatch.setattr(accounts, "bpy", Blender(online_access=False))
    told("accounts", accounts.draw_accounts, "settings", context=Window(), chosen=SimpleNamespace(bl_rna=None))
    monkeypatch.setattr(accounts, "bpy", Blender(online_access=True))
    for state, words, said in (("busy", "", "busy"), ("failed", "No.", "refused"), ("done", "Good.", "tested")):
        keys().state = AccountsState(state, (), "a", words)
        told(f"accounts, {said}", accounts.draw_accounts, "settings", context=Window(), chosen=SimpleNamespace())


def test_models(shot):
    gpu = replace(RICH, lane="gpu:0")
    app().state.engines = (PLAIN, gpu)
    here = ({"name": "one", "state": "linked", "size": "1 GB", "bytes": 10**9},
            {"name": "two", "state": "missing", "size": "2 GB", "bytes": 1_999_000_000},
            {"name": "three", "state": "damaged", "size": "3 MB", "bytes": 3_400_000})  # fmt: skip
    models().state = ModelsState("done", here, {"fast": ["one"], "best": ["one", "two", "three"], "small": ["three"]})
    told("models", preferences.draw_models, "settings", context=Window())
    assert app().part(refresh.Drawn).models
    models().state = ModelsState("busy", (), {}, 0.5, 65, "Fetching")
    told("models that come", preferences.draw_models, "settings", context=Window())
    models().state = ModelsState("busy", (), {}, 0.5, 65, "")
    assert len(lines(preferences.draw_models, context=Window())) == 7
    models().state = ModelsState("cancelled")
    told("models that were stopped", preferences.draw_models, "settings", context=Window())
    models().state = ModelsState("failed", (), {}, message="No disk.", fix="free_space")
    app().state.engines = (PLAIN, replace(gpu, available=False, reason="No card.", fix=""))
    told("models without a card, and a failure", preferences.draw_models, "settings", context=Window())
    sizes = [{"name": "a", "state": "missing", "bytes": 10**9}, {"name": "b", "state": "ready", "bytes": 9},
             {"name": "c", "state": "linked", "bytes": 9}, {"name": "d", "state": "missing", "bytes": 999_400_000},
             {"name": "e", "state": "missing"}]  # fmt: skip
    assert [preferences.size_of(tuple(sizes), [*names]) for names in ("abc", "bcd", "e", "ade")] == [
        "1.0 GB", "999 MB", "0 MB", "2.0 GB",
    ]  # fmt: skip


@pytest.mark.parametrize("online", [False, True])
@pytest.mark.parametrize("state", ["missing", "outdated", "off", "ready"])
def test_the_preferences_of_this_computer(state, online, monkeypatch):
    stand_in.attach()
    app().state.backend = Backend(state, "Why.", "update")
    monkeypatch.setattr(preferences, "bpy", Blender(online_access=online))
    if (online, state) in ((False, "missing"), (True, "outdated")):
        app().state.install = Install("failed", 0, "No net.", "retry")
    layout = Lines()
    preferences.TAKEONE_AP_preferences.draw_local(SimpleNamespace(layout=layout), layout, Window())
    check("settings", f"this computer, {state}{', online' * online}", layout.written)


def test_the_preferences(monkeypatch):
    stand_in.attach()
    monkeypatch.setattr(chosen, "use_server", lambda: server)
    monkeypatch.setattr(chosen, "lacks_server", lambda: False)
    kind = preferences.TAKEONE_AP_preferences
    for name, code in (("bad_address", "bad_address"), ("x", "of a take")):
        app().state.fail(Problem(code, "No.", "connect"))
        server, app().state.backend, app().state.engines = True, Backend("ready", "Welcome.", "accounts"), (PLAIN,)
        there = "http://203.0.113.9:8000" if name == "x" else ""
        told(f"a server, error {code}", kind, "settings", backend="SERVER", server_url=there)
    app().state.dismiss()
    app().state.install = Install("running", 0.5, "Fetching")
    told("an installation", kind, "settings", backend="LOCAL", server_url="")
    server, app().state.install = False, Install()
    for state, fix in (("failed", "start"), ("reconnecting", "models"), ("ready", "update"), ("off", "")):
        app().state.backend = Backend(state, "Why.", fix)
        told(f"the state {state}", preferences.draw_state, "settings", context=Window())


def test_the_status_bar(shot, monkeypatch):
    layout = Lines()
    said = ("", "NONE")
    monkeypatch.setattr(status, "text", lambda: said)

    def mark(opened, *tabs):
        layout = Lines()
        regions = [SimpleNamespace(type=kind, active_panel_category=tab) for kind, tab in tabs]
        space = SimpleNamespace() if opened is None else SimpleNamespace(show_region_ui=opened)
        context = SimpleNamespace(space_data=space, area=SimpleNamespace(regions=regions))
        status._mark(SimpleNamespace(layout=layout), context)
        return layout.written[1:]

    status._draw(SimpleNamespace(layout=layout), None)
    assert layout.written == ["layout"] and mark(False) == []
    said = ("1 take", "RENDER_ANIMATION")
    status._draw(SimpleNamespace(layout=layout), None)
    assert layout.written[1:] == ["label text='1 take' icon=RENDER_ANIMATION translate=False"]
    toggle = "operator screen.region_toggle text={} icon={} emboss=False translate=False .region_type=UI"
    assert mark(None) == [] and mark(False) == [toggle.format("'1 take'", "RENDER_ANIMATION")]
    for tab in ("Take One", "Shots"):
        assert mark(True, ("UI", "Item"), ("UI", tab)) == [] == mark(True, ("UI", tab), ("UI", "Item"))
    shown = ["label text='1 take' icon=RENDER_ANIMATION translate=False"]
    assert mark(True, ("TOOLS", "Take One"), ("UI", "Item")) == shown
    said = ("A message", "ERROR")
    assert mark(True) == ["label text='' icon=ERROR translate=False"]
    assert mark(False) == [toggle.format("''", "ERROR")]


def test_what_the_status_says(shot, monkeypatch):
    state, now = app().state, [100.0]
    monkeypatch.setattr(status.time, "monotonic", lambda: now[0])
    assert status.text() == ("", "NONE")
    for key, progress, left in (("a", 10, 65.4), ("b", 40, 30.0), ("c", 70, None)):
        state.jobs[key] = Job(key, stand_in.binding_of(shot, key), progress=progress, eta_seconds=left)
    assert status.text() == ("3 takes, 40%  1:05 left", "RENDER_ANIMATION")
    state.jobs["a"].status = status.WAITING_FILE
    assert status.text() == ("2 takes, 55%  0:30 left", "RENDER_ANIMATION")
    monkeypatch.setattr(drawing, "progress", lambda: (2, 5))
    assert status.text() == ("Board 2 of 5", "IMAGE_DATA")
    monkeypatch.setattr(drawing, "progress", lambda: None)
    state.jobs.clear()
    state.landed, state.landed_at = "Hall, take 3", 80.0
    assert status.text() == ("", "NONE")
    state.landed_at = 80.5
    assert status.text() == ("Hall, take 3 has landed", "CHECKMARK")


def test_the_status_bar_is_drawn_anew_unless_a_tool_shows_its_help(monkeypatch):
    cleared = []
    spaces = [SimpleNamespace(status_text_set=lambda text, n=n: cleared.append((n, text))) for n in range(3)]
    busy = ([], ["knife"], [])
    windows = [SimpleNamespace(modal_operators=one, workspace=two) for one, two in zip(busy, spaces, strict=True)]
    context = SimpleNamespace(window_manager=SimpleNamespace(windows=windows))
    monkeypatch.setattr(status, "bpy", SimpleNamespace(context=context))
    status.redraw()
    assert cleared == [(0, None), (2, None)]


def test_shortcuts_are_set_and_removed(monkeypatch):
    made, gone = [], []

    def new(name, space_type):
        items = SimpleNamespace(
            new=lambda *said, **held: made.append((name, space_type, *said, held)) or len(made), remove=gone.append
        )
        return SimpleNamespace(keymap_items=items)

    config = SimpleNamespace(keymaps=SimpleNamespace(new=new))
    context = SimpleNamespace(window_manager=SimpleNamespace(keyconfigs=SimpleNamespace(addon=config)))
    monkeypatch.setattr(keymap, "bpy", SimpleNamespace(context=context))
    keymap.register()
    held = {"ctrl": True, "alt": True}
    assert made == [
        ("3D View", "VIEW_3D", "takeone.animate_frame", "A", "PRESS", held),
        ("Sequencer", "SEQUENCE_EDITOR", "takeone.animate_frame", "A", "PRESS", held),
        ("Sequencer", "SEQUENCE_EDITOR", "takeone.shot_split", "K", "PRESS", held),
        ("3D View", "VIEW_3D", "takeone.show_edit", "E", "PRESS", held),
        ("Sequencer", "SEQUENCE_EDITOR", "takeone.show_edit", "E", "PRESS", held),
    ]
    keymap.unregister()
    keymap.unregister()
    assert gone == [1, 2, 3, 4, 5]
    context.window_manager.keyconfigs.addon = None
    keymap.register()
    assert len(made) == 5 and app().part(keymap.Keys).items == []
