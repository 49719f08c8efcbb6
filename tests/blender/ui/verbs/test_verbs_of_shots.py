"""What verbs of shots, files and the set-up do and refuse: names, lengths, deleted takes, exports, fixes, accounts."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from paper import refused
from rooms import a_take, camera
from take_one.client.commands.accounts import Account, AccountsState
from take_one.client.protocol import Problem
from take_one.client.protocol.request import MAX_REFERENCES
from take_one.operators.edit import board as boards
from take_one.operators.edit import shot_row
from take_one.operators.edit import takes as take_verbs
from take_one.operators.out import export
from take_one.operators.setting_up import accounts as account_verbs
from take_one.operators.setting_up import trouble
from take_one.scene.app.app import app
from take_one.scene.app.state import Install
from take_one.scene.edit import board, edit_scene, strips, trash
from take_one.scene.edit.cut import effects, uses
from take_one.scene.model.properties import options
from take_one.scene.model.shots import shot_list, takes, trust
from take_one.scene.session.board import drawing
from take_one.scene.session.out import exports
from take_one.scene.session.server import accounts, connection, models, preferences
from take_one.scene.session.views import plans, walks


def test_references_are_pictures_and_not_too_many(shot, tmp_path):
    (tmp_path / "a.PNG").write_bytes(b"x")
    (tmp_path / "b.txt").write_bytes(b"x")
    for name in ("b.txt", "gone.png"):
        with pytest.raises(RuntimeError, match="is no PNG, JPEG or WebP picture"):
            bpy.ops.takeone.reference_add(filepath=str(tmp_path / name))
    assert bpy.ops.takeone.reference_add(filepath=str(tmp_path / "a.PNG")) == {"FINISHED"}
    assert [one.path for one in shot.references] == ["//a.PNG"] and trust.is_allowed(tmp_path / "a.PNG")
    bpy.ops.takeone.reference_add(directory=str(tmp_path), files=[{"name": "a.PNG"}, {"name": "a.PNG"}])
    assert len(shot.references) == 3
    while len(shot.references) < MAX_REFERENCES - 1:
        shot.references.add().path = "//a.PNG"
    assert bpy.ops.takeone.reference_add(filepath=str(tmp_path / "a.PNG")) == {"FINISHED"}
    with pytest.raises(RuntimeError, match=f"A shot has at most {MAX_REFERENCES} references"):
        bpy.ops.takeone.reference_add(filepath=str(tmp_path / "a.PNG"))
    assert bpy.ops.takeone.reference_remove(index=MAX_REFERENCES) == {"CANCELLED"}
    shot.references[1].path = "//strange.png"
    assert bpy.ops.takeone.reference_remove(index=0) == {"FINISHED"} and shot.references[0].path == "//strange.png"
    assert not trust.is_allowed(tmp_path / "strange.png")
    bpy.ops.takeone.references_allow()
    assert trust.is_allowed(tmp_path / "strange.png")
    options.set_value(shot, "plain", "steps", 4)
    bpy.ops.takeone.option_reset(name="steps")
    assert json.loads(shot.engine_options) == {}


def test_names_by_a_pattern(shot):
    names = [shot_row.named(pattern, 7, shot) for pattern in ("SH###", "#", "{name}_{camera}_##", " a ", "S## E###")]
    assert names == ["SH007", "7", "Hall_Wide_07", "a", "S07 E007"]
    shot.camera = None
    assert shot_row.named("{camera}{name}", 1, shot) == "Hall"
    shot_list.add_shot(shot.id_data).name = "SH020"
    bpy.ops.takeone.shots_rename(pattern="A#", first=3, step=4)
    assert [one.name for one in shot.id_data.take_one.shots] == ["A3", "A7"]
    with pytest.raises(RuntimeError, match="Two shots would be called ''"):
        bpy.ops.takeone.shots_rename(pattern=" ")


def test_a_shots_place_is_measured_at_the_active_strip(shot):
    edit = edit_scene.ensure_edit_scene(bpy.context, shot.id_data)
    with pytest.raises(RuntimeError, match="No strip in the edit shows shot 'Hall'"):
        bpy.ops.takeone.length_from_strip()
    first, second = (board.lay(edit, shot, at, (64, 36), frames) for at, frames in ((11, 24), (101, 36)))
    for use, seconds in ((first, 1.0), (second, 1.5)):
        edit.sequence_editor.active_strip = use.strips[0]
        bpy.ops.takeone.length_from_strip()
        assert shot.seconds == pytest.approx(seconds)
    assert take_verbs.strip_of(edit, shot, None) == uses.uses_of(edit, shot.uid)[0].strips[0]
    later = effects.new_effect(edit, "take", "COLOR", 30, 201, 9)
    later[strips.SHOT_KEY], later[strips.TAKE_KEY] = shot.uid, "t"
    take = a_take(shot, "t", 1)
    assert take_verbs.strip_of(edit, shot, take) == later
    assert take_verbs.strip_of(edit, SimpleNamespace(uid=""), None) is None


def test_a_take_is_deleted_by_a_script_only_with_its_files(shot, tmp_path, monkeypatch):
    folder = takes.shot_folder(shot)
    folder.mkdir(parents=True)
    for number in (1, 2, 3):
        (folder / f"Hall_t00{number}.mp4").write_bytes(b"x")
        a_take(shot, f"t{number}", number, clip=f"//takes/Hall/Hall_t00{number}.mp4")
    monkeypatch.setattr(trash, "discard", lambda path: path.unlink() or "trash")
    with pytest.raises(RuntimeError, match="with_files=True to delete the take and its files"):
        bpy.ops.takeone.take_delete()
    shot.active_take = 2
    assert bpy.ops.takeone.take_delete(take="t1", with_files=True) == {"FINISHED"}
    assert [take.uid for take in shot.takes] == ["t2", "t3"] and shot.active_take == 1
    assert sorted(path.name for path in folder.glob("*.mp4")) == ["Hall_t002.mp4", "Hall_t003.mp4"]
    bpy.ops.takeone.take_choose(take="t2")
    assert shot.active_take == 0
    with pytest.raises(RuntimeError, match="no longer in the file"):
        bpy.ops.takeone.take_rate(take="t1")
    bpy.ops.takeone.take_rate(take="t3", rating=2)
    assert [take.rating for take in shot.takes] == [0, 2]
    for _ in range(2):
        bpy.ops.takeone.take_delete(with_files=True)
        assert shot.active_take == 0
    assert len(shot.takes) == 0


def test_boards_are_made_for_shots_without_a_take(shot, ordered, monkeypatch):
    scene, drawn = shot.id_data, []
    monkeypatch.setattr(drawing, "now", lambda _, uids: drawn.append([uid for uid, _ in uids]))
    other = shot_list.add_shot(scene, scene.camera)
    shot = scene.take_one.shots[0]
    shot.current_take = "t"
    bpy.ops.takeone.board()
    assert drawn == [[other.uid]]
    other.current_take = "u"
    with pytest.raises(RuntimeError, match="Every shot has a take in the edit already"):
        bpy.ops.takeone.board()
    scene.timeline_markers.new("Wide", frame=20).camera, scene.frame_end = scene.camera, 59
    bpy.ops.takeone.shots_from_markers()
    assert [(order.shot_name, order.frame) for order in ordered] == [("Wide", 20)] and len(drawn) == 2
    bpy.ops.takeone.shots_from_markers(animate=False)
    assert len(ordered) == 1 and len(scene.take_one.shots) == 3
    stand = SimpleNamespace(animate=True, wanted=lambda _: boards.wanted.from_markers(scene))
    assert len(boards.FromScene.wishes(stand, bpy.context)) == 1, "it has no take yet"
    stand.animate = False
    assert boards.FromScene.wishes(stand, bpy.context) == []


def test_exports_go_where_they_are_told_with_the_right_ending(shot, tmp_path, monkeypatch):
    written = []
    monkeypatch.setattr(
        exports, "write_cut", lambda _, out, burn_in, page=None: written.append((out.name, burn_in, page))
    )
    monkeypatch.setattr(exports, "write_files", lambda _, out, options=(): written.append((out.name, options)))
    bpy.ops.takeone.export_cut(filepath=str(tmp_path / "a"), burn_in=True)
    bpy.ops.takeone.export_page(filepath=str(tmp_path / "b.HTML"))
    bpy.ops.takeone.export_edit(filepath=str(tmp_path / "c.otio"), kind="OTIO", relative=True)
    bpy.ops.takeone.export_edit(filepath=str(tmp_path / "c.otio"), kind="PDF", portrait=True)
    assert written == [
        ("a.mp4", True, None), ("cut.mp4", True, tmp_path / "b.HTML"), ("c.otio", ("--relative",)),
        ("c.otio.pdf", ("--portrait",)),
    ]  # fmt: skip
    with pytest.raises(RuntimeError, match="Choose where the file goes"):
        bpy.ops.takeone.export_cut()
    asked = SimpleNamespace(ending="_cut", suffix=".mp4", filepath="")
    context = SimpleNamespace(window_manager=SimpleNamespace(fileselect_add=lambda _: None))
    assert export.ExportOperator.ask(asked, context) == {"RUNNING_MODAL"}
    assert asked.filepath == str(tmp_path / "film_cut.mp4")
    monkeypatch.setattr(type(exports.exports()), "busy", True)
    assert refused(lambda cls, context: export.ExportOperator.poll.__func__(cls, context)) == "An export is running"


def test_what_helps_against_an_error_is_done(shot, monkeypatch):
    scene, pressed = shot.id_data, []
    monkeypatch.setattr(trouble, "_animate", lambda _: pressed.append("animate"))
    monkeypatch.setattr(connection, "ensure", lambda: None)
    app().state.fail(Problem("x", "y", "smaller_size"))
    for percent, wanted in ((100, 50), (15, 10)):
        shot.size_percent = percent
        bpy.ops.takeone.fix(fix="smaller_size")
        assert (shot.size_percent, app().state.last_error) == (wanted, None)
    for seconds, wanted in ((12.0, 6.0), (20.0, 8.0), (6.0, 3.0)):
        shot.seconds = seconds
        bpy.ops.takeone.fix(fix="shorter")
        assert shot.seconds == pytest.approx(wanted)
    assert len(pressed) == 5
    app().state.fail(Problem("x", "y", "retry"))
    bpy.ops.takeone.fix()
    assert len(pressed) == 6 and app().state.last_error is None
    moving = camera(scene, "Moving")
    for frame in (1, 9):
        moving.location.x = frame
        moving.keyframe_insert("location", frame=frame)
    shot.motion = "CAMERA"
    bpy.ops.takeone.fix(fix="pick_camera")
    assert (shot.camera, scene.camera, shot.motion) == (moving, moving, "CAMERA")
    bpy.data.objects.remove(moving)
    bpy.ops.takeone.fix(fix="pick_camera")
    assert (scene.camera.name, shot.motion) == ("Wide", "WORDS")
    app().state.install = Install("failed", message="No net.")
    app().state.fail(Problem("x", "y"))
    bpy.ops.takeone.dismiss_error(install=True)
    assert (app().state.install.state, app().state.last_error is None) == ("", False)
    bpy.ops.takeone.dismiss_error()
    assert app().state.last_error is None


def test_accounts_and_models_are_handed_on(session, tmp_path, monkeypatch):
    asked = []

    class Commands:
        busy = False
        state = AccountsState("done", (Account("a", "A"), Account("own", "Own", own_address=True, keyless=True)))

        def __getattr__(self, name):
            return lambda *said, **more: asked.append((name, *said, *more.values()))

    for module, name in ((accounts, "accounts"), (account_verbs, "accounts"), (models, "models")):
        monkeypatch.setattr(module, name, lambda: commands)
    monkeypatch.setattr("take_one.operators.setting_up.models.models", lambda: commands)
    commands = Commands()
    with pytest.raises(RuntimeError, match="Enter the account's key"):
        bpy.ops.takeone.account_add(provider="a", key="  ")
    with pytest.raises(RuntimeError, match="Say where the server is"):
        bpy.ops.takeone.account_add(provider="own", key="k")
    bpy.ops.takeone.account_add(provider="a", key=" k ", address=" https://x ")
    bpy.ops.takeone.account_add(provider="own", address="http://y")
    bpy.ops.takeone.account_test(provider="a")
    bpy.ops.takeone.account_remove(provider="a")
    bpy.ops.takeone.workflow_remove(provider="a", workflow="w")
    (tmp_path / "flow.json").write_text("{}")
    with pytest.raises(RuntimeError, match="There is no file"):
        bpy.ops.takeone.workflow_add(filepath=str(tmp_path / "none.json"))
    bpy.ops.takeone.workflow_add(filepath=str(tmp_path / "flow.json"))
    bpy.ops.takeone.models_link(directory=str(tmp_path))
    bpy.ops.takeone.models_refresh()
    assert asked == [
        ("add", "a", "k", "https://x"), ("add", "own", "", "http://y"), ("test", "a"), ("remove", "a"),
        ("remove_workflow", "a", "w"), ("add_workflow", "flow", tmp_path / "flow.json"),
        ("link", "all", Path(tmp_path)), ("refresh",),
    ]  # fmt: skip
    commands.busy = True
    assert not bpy.ops.takeone.account_test.poll() and not bpy.ops.takeone.models_link.poll()
    assert bpy.ops.takeone.models_cancel.poll() and preferences.use_server() is False


def test_shots_are_made_of_what_is_selected_else_of_all(shot, monkeypatch):
    scene = shot.id_data
    monkeypatch.setattr(drawing, "now", lambda *_: None)
    close = camera(scene, "Close")
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    for name, frame in (("One", 11), ("Two", 51)):
        edit.sequence_editor.strips.new_scene(name, scene, 3, frame)
        setattr(edit.sequence_editor.strips[name], strips.END, frame + 20)
    row = edit.sequence_editor.strips
    setattr(row["One"], strips.START, 15)  # at another frame of the scene than the other begins
    row["One"].select, row["Two"].select = False, True
    bpy.ops.takeone.shots_from_strips(animate=False)
    assert [one.name for one in scene.take_one.shots] == ["Hall", "Two"]
    row["Two"].select = False
    bpy.ops.takeone.shots_from_strips(animate=False)
    assert [one.name for one in scene.take_one.shots] == ["Hall", "Two", "One"]
    for item in scene.objects:
        item.select_set(item == close)
    bpy.ops.takeone.shots_from_cameras(animate=False)
    assert scene.take_one.shots[-1].name == "Close"


def test_a_walk_and_a_plan_are_made_at_once_in_scripts_and_by_the_timer_else(shot, monkeypatch):
    begun, waits = [], [False]
    monkeypatch.setattr("take_one.operators.making.walk.waits", lambda _: waits[0])
    monkeypatch.setattr(plans, "begin", lambda shot: begun.append(("plan", shot.name)))
    monkeypatch.setattr(plans, "of_shot", lambda shot: iter(()))
    monkeypatch.setattr(plans, "keep", lambda key, plan: begun.append(("kept", key)))
    monkeypatch.setattr(walks, "begin", lambda uids, work: begun.append(("walk", uids)))
    monkeypatch.setattr(walks, "steps", lambda *asked: begun.append(("steps", *asked[2:])))
    bpy.ops.takeone.plan_stills()
    camera(shot.id_data, "Close")
    bpy.ops.takeone.walkthrough(cameras="Wide\n Close \n\n", pace="LENGTH", seconds=9.0)
    made = shot.id_data.take_one.shots[-1]
    assert [one.camera.name for one in made.walk_cameras] == ["Wide", "Close"] and made.walk_by == "LENGTH"
    assert begun == [
        ("plan", "Hall"), ("steps", "LENGTH", pytest.approx(1.2), 9.0), ("walk", (made.uid, made.id_data.take_one.uid)),
    ]  # fmt: skip
    bpy.ops.takeone.walkthrough_again()
    assert begun[-1] == ("walk", (made.uid, made.id_data.take_one.uid))
    with pytest.raises(RuntimeError, match="There is no camera 'Attic' in scene"):
        bpy.ops.takeone.walkthrough(cameras="Attic")
    waits[0] = True
    shot.id_data.take_one.active_shot = 0
    bpy.ops.takeone.plan_stills()
    assert begun[-1] == ("kept", shot.id_data.take_one.shots[0].uid)


def test_pressed_in_the_interface_a_shot_goes_with_its_strips_and_boards_are_drawn(shot, monkeypatch):
    scene, drawn = shot.id_data, []
    monkeypatch.setattr(drawing, "now", lambda _, uids: drawn.append(len(uids)))
    assert bpy.ops.takeone.board("INVOKE_DEFAULT") == {"FINISHED"} and drawn == [1]
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    strips.trim(edit.sequence_editor.strips["Hall"], 7, 31)
    window = bpy.context.window
    window.screen.areas[0].type = "SEQUENCE_EDITOR"
    if not hasattr(window.workspace, "sequencer_scene"):
        window.scene = edit
    bpy.ops.takeone.show_edit()
    assert (edit.frame_current, edit.sequence_editor.active_strip.name) == (7, "Hall")
    asked = SimpleNamespace(shot=shot.uid, with_strips=False, execute=lambda _: {"FINISHED"})
    assert shot_row.TAKEONE_OT_shot_remove.invoke(asked, bpy.context, None) == {"FINISHED"} and asked.with_strips
