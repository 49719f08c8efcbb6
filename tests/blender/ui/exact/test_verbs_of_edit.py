"""Verbs of takes and boards, step by step: what is done of what, with which words, and what is refused."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from hall import hall, with_takes
from lines import Blender, asking
from rooms import camera
from take_one.operators.edit import board as board_verbs
from take_one.operators.edit import takes as verbs
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.app.state import Job
from take_one.scene.edit import board, compare, current, edit_scene, landing, strips
from take_one.scene.edit.cut import effects
from take_one.scene.model.shots import card, paths, shot_list, shown, takes, trust
from take_one.scene.session import jobs
from take_one.scene.session.board import drawing, wanted
from take_one.scene.session.press import quotes
from take_one.scene.session.server import connection
from verb import Ops, overriding, verb


@pytest.fixture
def shot():
    return with_takes(hall())


@pytest.fixture
def told(monkeypatch):
    """What was done with the edit's windows and with files outside Blender, in order."""
    ops = Ops()
    monkeypatch.setattr(edit_scene, "reveal", ops.reveal)
    monkeypatch.setattr(verbs, "show_edit", ops.show_edit)
    monkeypatch.setattr(paths, "open_outside", ops.open)
    monkeypatch.setattr(trust, "check_clip", ops.check)
    return ops.calls


def edit():
    return edit_scene.ensure_edit_scene(bpy.context, bpy.context.scene)


def test_a_take_is_played_where_it_is_shown(shot, told, monkeypatch):
    clip, window, outside = Path("/clips/t2.mp4"), [None], [True]
    monkeypatch.setattr(edit_scene, "window_showing", lambda context, scene: window[0] if scene == "edit" else None)
    monkeypatch.setattr(paths, "can_open_outside", lambda: outside[0])
    other, mine = {strips.TAKE_KEY: "t1"}, {strips.TAKE_KEY: "t2"}
    found = [("edit", other)]
    monkeypatch.setattr(strips, "strips_of_shot", lambda uid: found if uid == "hall" else [])
    operator = verb(verbs.TAKEONE_OT_take_play, take="t2")

    def play():
        told.clear()
        assert operator.execute(bpy.context) == {"FINISHED"}
        return list(told)

    assert play() == [("check", clip), ("open", clip)]
    outside[0] = False
    assert play() == [("check", clip), ("open", clip)]
    found.append(("edit", mine))
    shows = ("reveal", bpy.context, "edit", mine, {"play": True})
    assert play() == [("check", clip), ("show_edit", bpy.context, "edit"), shows]
    outside[0] = True
    assert play() == [("check", clip), ("open", clip)]
    window[0] = object()
    assert play() == [shows]


def test_the_edit_is_shown_at_the_shots_strip(shot, told, monkeypatch):
    use = board.lay(edit(), shot, 11, (64, 36), 20)
    seen = [None]
    monkeypatch.setattr(edit_scene, "window_showing", lambda *_: seen[0])
    strip = use.strips[0]
    operator = verb(verbs.TAKEONE_OT_show_edit)
    here = object()
    for window, showing, opens in ((here, here, False), (here, None, True), (None, None, True), (here, object(), True)):
        told.clear()
        seen[0], context = showing, asking(window=window)
        assert operator.execute(context) == {"FINISHED"}
        assert told == [("show_edit", context, edit())] * opens + [("reveal", context, edit(), strip)]


def test_a_comparison_is_laid_where_the_edit_shows_the_shot(shot, told, monkeypatch):
    hidden = [0]
    ops = Ops(told)
    monkeypatch.setattr(compare, "hide", lambda: hidden[0])
    monkeypatch.setattr(compare, "other_take", lambda one, take: ("other", one, take))
    monkeypatch.setattr(compare, "show", ops.compare)
    monkeypatch.setattr(edit_scene, "window_showing", lambda *_: None)
    shot.active_take = 1
    take, others = shot.takes[1], ("other", shot, shot.takes[1])
    edit().frame_set(77)
    operator = verb(verbs.TAKEONE_OT_take_compare)
    assert operator.execute(bpy.context) == {"FINISHED"} and told == [("compare", edit(), others, take, 77)]
    strip = effects.new_effect(edit(), "take", "COLOR", 4, 31, 60)
    strip[strips.SHOT_KEY], strip[strips.TAKE_KEY] = "hall", "t1"
    told.clear()
    monkeypatch.setattr(verbs, "bpy", Blender(background=False))
    assert operator.execute(bpy.context) == {"FINISHED"} and edit().frame_current == 31
    assert told == [("compare", edit(), others, take, 31), ("show_edit", bpy.context, edit())]
    told.clear()
    monkeypatch.setattr(edit_scene, "window_showing", lambda *_: "window")
    verb(verbs.TAKEONE_OT_take_compare).execute(bpy.context)
    assert told == [("compare", edit(), others, take, 31)]
    hidden[0] = 2
    assert operator.execute(bpy.context) == {"FINISHED"} and len(told) == 1
    first = verb(verbs.TAKEONE_OT_take_compare, take="t1")
    assert first.execute(bpy.context) == {"FINISHED"} and told[1][3] == shot.takes[0]


def test_a_takes_file_is_shown_where_it_is_known(shot, told, tmp_path, monkeypatch):
    known = [False]
    monkeypatch.setattr(trust, "is_known", lambda path: known[0] and path.name == "t.mp4")
    take = shot.takes[0]
    take.clip = str(tmp_path / "t.mp4")
    operator = verb(verbs.TAKEONE_OT_take_show_file, take="t1")
    with pytest.raises(SceneError) as caught:
        operator.show(bpy.context)
    assert caught.value.message == trust.foreign(tmp_path / "t.mp4").message and told == []
    known[0] = True
    operator.show(bpy.context)
    take.clip = str(tmp_path / "gone" / "t.mp4")
    with pytest.raises(SceneError, match=f"The folder of this take is gone: {tmp_path / 'gone'}") as caught:
        operator.show(bpy.context)
    assert caught.value.code == "no_folder"
    asked = []
    monkeypatch.setattr(takes, "new_clip_path", lambda *said: asked.append(said) or tmp_path / "new" / "t.mp4")
    (tmp_path / "new").mkdir()
    take.clip = ""
    assert operator.execute(bpy.context) == {"FINISHED"}
    assert told == [("open", tmp_path), ("open", tmp_path / "new")] and asked == [(shot, 1)]


def test_a_take_is_deleted_with_what_is_known_to_be_its_own(shot, tmp_path, monkeypatch):
    files, stopped, gone = [Path("/clips/t1.mp4")], [], ["trash"]
    monkeypatch.setattr(current, "files_of", lambda take: files if take.uid == "t1" else [])
    monkeypatch.setattr(current, "delete", lambda one, take: stopped.append((one, take.uid)) or gone[0])
    monkeypatch.setattr(jobs, "cancel", stopped.append)
    operator = verb(verbs.TAKEONE_OT_take_delete, take="t1")
    assert operator.execute(bpy.context) == {"CANCELLED"} and stopped == []
    assert app().state.last_error.message == (
        "/clips/t1.mp4 would go to the trash. Say with_files=True to delete the take and its files."
    )
    operator.with_files, operator.reports[:] = True, []
    app().state.jobs["t1"] = Job("t1", stand_in.binding_of(shot, "t1"))
    assert operator.execute(bpy.context) == {"FINISHED"} and stopped == [(shot, "t1"), "t1"]
    assert operator.reports == [("INFO", "Take 1 is in the trash")]
    clip = tmp_path / "own.mp4"
    clip.write_bytes(b"x")
    shot.takes[1].clip = str(clip)
    for gone[0], words in (("deleted", "Take 2 is deleted"), ("", "Take 2 is off the list")):
        second = verb(verbs.TAKEONE_OT_take_delete, take="t2")
        assert second.execute(bpy.context) == {"FINISHED"}
        assert second.reports == [("INFO", words), ("WARNING", trust.foreign(clip).message)]
    clip.unlink()
    second = verb(verbs.TAKEONE_OT_take_delete, take="t2")
    assert second.execute(bpy.context) == {"FINISHED"} and second.reports == [("INFO", "Take 2 is off the list")]
    shot.takes[1].clip = ""
    monkeypatch.setattr(paths, "is_there", lambda _: True)
    second = verb(verbs.TAKEONE_OT_take_delete, take="t2")
    assert second.execute(bpy.context) == {"FINISHED"} and second.reports == [("INFO", "Take 2 is off the list")]
    first = verb(verbs.TAKEONE_OT_take_delete, take="t1", with_files=True)
    assert first.execute(bpy.context) == {"FINISHED"} and first.reports == [("INFO", "Take 1 is off the list")]
    lost = verb(verbs.TAKEONE_OT_take_delete, take="gone")
    assert lost.invoke(asking(), None) == {"CANCELLED"} and app().state.last_error.code == "no_take"
    for status in ("FAILED", "CANCELLED"):
        shot.takes[1].status = status
        failed = verb(verbs.TAKEONE_OT_take_delete, take="t2")
        failed.execute = lambda _: {"PASS_THROUGH"}
        assert failed.invoke(asking(), None) == {"PASS_THROUGH"} and failed.with_files is False


def test_takes_are_chosen_shown_rated_and_copied(shot, monkeypatch):
    ops = Ops()
    monkeypatch.setattr(landing, "show", ops.show)
    monkeypatch.setattr(card, "copy_settings", ops.copy)
    take = shot.takes[1]
    for kind in (verbs.TAKEONE_OT_take_make_current, verbs.TAKEONE_OT_take_copy_settings, verbs.TAKEONE_OT_take_choose):
        assert verb(kind, take="t2").execute(bpy.context) == {"FINISHED"}
    assert ops.calls == [("show", bpy.context, shot, take), ("copy", shot, take)] and shot.active_take == 1
    for rating, stars in ((3, 3), (4, 4), (4, 0)):
        verb(verbs.TAKEONE_OT_take_rate, take="t2", rating=rating).execute(bpy.context)
        assert take.rating == stars and shot.takes[0].rating == 0


def test_the_video_editing_workspace_is_shown(monkeypatch):
    appended, spaces = [], {}
    space = SimpleNamespace()

    def append(**said):
        appended.append(said)
        spaces["Video Editing"] = space

    own = SimpleNamespace(
        data=SimpleNamespace(workspaces=spaces), utils=SimpleNamespace(system_resource=lambda kind: f"/{kind}"),
        ops=SimpleNamespace(workspace=SimpleNamespace(append_activate=append)),
    )  # fmt: skip
    monkeypatch.setattr(verbs, "bpy", own)
    used = []

    first, second = SimpleNamespace(), SimpleNamespace()
    context = SimpleNamespace(
        window=None, window_manager=SimpleNamespace(windows=[first, second]), temp_override=overriding(used)
    )
    assert verbs.show_edit(context, "edit") is first and first.workspace is space and first.scene == "edit"
    template = "/SCRIPTS/startup/bl_app_templates_system/Video_Editing/startup.blend"
    assert appended == [{"idname": "Video Editing", "filepath": template}]
    space.sequencer_scene, context.window = None, second
    assert verbs.show_edit(context, "edit") is second and space.sequencer_scene == "edit"
    assert len(appended) == 1 and not hasattr(second, "scene") and used == [first, second]


@pytest.mark.parametrize("wait", [False, True])
@pytest.mark.parametrize("animate", [False, True])
def test_shots_from_a_scene(shot, monkeypatch, wait, animate):
    scene = shot.id_data
    uids = [("hall", scene.take_one.uid), ("roof", scene.take_one.uid)]
    found = [SimpleNamespace(at=None, frames=None), SimpleNamespace(at=31, frames=20)]
    ops = Ops()

    def ensure(*said):
        ops.ensure(*said)
        shot_list.add_shot(scene, scene.camera).uid = "roof"
        return uids

    def draw(*said):
        ops.now(*said)
        raise SceneError("x", "No picture.")

    monkeypatch.setattr(connection, "ensure", ops.connect)
    monkeypatch.setattr(wanted, "ensure", ensure)
    monkeypatch.setattr(wanted, "report", lambda count, new: f"{count} shots, {new} new")
    monkeypatch.setattr(shown, "show_first", ops.show)
    monkeypatch.setattr(
        drawing, "lay", lambda *said: ops.lay(*said) or SimpleNamespace(edit=SimpleNamespace(name="Edit"))
    )
    monkeypatch.setattr(drawing, "queue", lambda shots: [(one.uid, scene.take_one.uid) for one in shots])
    monkeypatch.setattr(drawing, "begin", ops.begin)
    monkeypatch.setattr(drawing, "now", draw)
    monkeypatch.setattr(jobs, "run_blocking", ops.run)
    monkeypatch.setattr(board_verbs, "make_order", lambda context, one, call: (one.uid, call.placement))
    operator = verb(board_verbs.TAKEONE_OT_shots_from_cameras, animate=animate)
    operator.wanted = lambda _: found
    operator.check_budget = lambda context, waits: ops.check(waits)
    monkeypatch.setattr(board_verbs, "waits", lambda _: wait)
    assert operator.execute(bpy.context) == {"FINISHED"}
    hall = scene.take_one.shots[0]
    begun = [
        ("ensure", found, hall), ("show", uids), ("lay", bpy.context, uids, [(None, None), (31, 20)]),
    ]  # fmt: skip
    paid = [("connect",), ("check", wait)] * animate
    if not wait:
        assert ops.calls == [*paid, *begun, ("begin", uids, uids * animate)]
        assert operator.reports == [("INFO", "2 shots, 1 new")]
        return
    made = [("run", ("hall", "REPLACE")), ("run", ("roof", "REPLACE"))] * animate
    assert ops.calls == [*paid, *begun, ("now", bpy.context, uids), *made]
    assert operator.reports == [
        ("INFO", "2 shots, 1 new"), ("WARNING", "No picture."), ("INFO", "The board of 2 shots is in 'Edit'"),
    ]  # fmt: skip
    assert app().state.last_error.message == "No picture."


def test_which_shots_a_scene_has(shot, monkeypatch):
    scene = shot.id_data
    close = camera(scene, "Close")
    elsewhere = bpy.data.objects.new("Elsewhere", bpy.data.cameras.new("Elsewhere"))
    scene.collection.objects.link(bpy.data.objects.new("Lamp", None))
    for name in ("from_markers", "from_cameras", "from_strips"):
        monkeypatch.setattr(wanted, name, lambda *said, name=name: (name, *said))
    chosen = []
    monkeypatch.setattr(board_verbs, "selected_cameras", lambda _: chosen)
    cameras = verb(board_verbs.TAKEONE_OT_shots_from_cameras)
    every = [one for one in scene.objects if one.type == "CAMERA"]
    assert cameras.wanted(bpy.context) == ("from_cameras", scene, every) and len(every) == 2
    chosen = [close, elsewhere]
    assert cameras.wanted(bpy.context) == ("from_cameras", scene, [close])
    assert verb(board_verbs.TAKEONE_OT_shots_from_markers).wanted(bpy.context) == ("from_markers", scene)
    board.lay(edit(), shot, 11, (64, 36), 20)
    row = edit().sequence_editor.strips
    one, two = (row.new_scene(name, scene, 9, frame) for name, frame in (("A", 11), ("B", 41)))
    for strip in row:
        strip.select = strip not in (one, two)
    found = verb(board_verbs.TAKEONE_OT_shots_from_strips)
    assert found.wanted(bpy.context) == ("from_strips", edit(), list(row))
    two.select = True
    assert found.wanted(bpy.context) == ("from_strips", edit(), [two])
    with pytest.raises(NotImplementedError):
        board_verbs.FromScene.wanted(found, bpy.context)


def test_what_shots_from_a_scene_cost(shot, monkeypatch):
    monkeypatch.setattr(wanted, "cards", lambda found, model: cards if (found, model) == ("found", shot) else [])
    monkeypatch.setattr(quotes, "of_card", lambda *said: said)
    monkeypatch.setattr(drawing, "queue", lambda shots: shots if shots == ["b"] else [])
    cards = [("a", 1.5, True), ("b", 2.5, False), ("c", 3.5, False)]
    operator = verb(board_verbs.TAKEONE_OT_shots_from_markers)
    operator.wanted = lambda _: "found"
    assert operator.wishes(bpy.context) == [("a", 1.5), ("b", 2.5)]
    operator.animate = False
    assert operator.wishes(bpy.context) == []


def test_boards_are_laid_and_drawn_now_or_by_the_timer(shot, monkeypatch):
    scene, ops = shot.id_data, Ops()
    shot_list.add_shot(scene).uid = "roof"
    for name in ("lay", "now", "begin"):
        monkeypatch.setattr(drawing, name, getattr(ops, name))
    uids = [("hall", scene.take_one.uid), ("roof", scene.take_one.uid)]
    laid = ("lay", bpy.context, uids, [(None, None)] * 2)
    operator = verb(board_verbs.TAKEONE_OT_board)
    for press in (operator.execute, lambda context: operator.invoke(context, None)):
        ops.calls.clear()
        assert press(bpy.context) == {"FINISHED"} and ops.calls == [laid, ("now", bpy.context, uids)]
    monkeypatch.setattr(board_verbs, "bpy", Blender(background=False))
    ops.calls.clear()
    assert operator.invoke(bpy.context, None) == {"FINISHED"} and ops.calls == [laid, ("begin", uids, [])]
    for one in scene.take_one.shots:
        one.current_take = "t"
    with pytest.raises(SceneError, match="Every shot has a take in the edit already") as caught:
        operator.draw_all(bpy.context, True)
    assert caught.value.code == "no_shots" and len(ops.calls) == 2
