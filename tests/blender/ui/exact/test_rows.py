"""Verbs of shots and of their row, step by step: what moves, what is told of it, what is refused."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from lines import asking
from rooms import a_take, camera
from take_one.operators import report
from take_one.operators.edit import shot_row, shots, transitions
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import board, edit_scene
from take_one.scene.edit.cut import fit, order, ripple, uses
from take_one.scene.edit.cut import transitions as cuts
from take_one.scene.model.shots import shot_list, shown
from take_one.scene.session.board import drawing
from take_one.scene.session.words import text_window
from verb import verb

PLACES = (("Hall", 11, 20), ("Stairs", 31, 30), ("Roof", 61, 40))


@pytest.fixture
def scene():
    """Three shots with a board each, the second of which is shown."""
    stand_in.attach()
    scene = bpy.context.scene
    scene.camera = camera(scene, "Wide")
    scene.frame_set(9)
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    for name, frame, frames in PLACES:
        shot = shot_list.add_shot(scene, scene.camera)
        shot.name, shot.uid, shot.frames = name, name.lower(), frames
        board.lay(edit, shot, frame, (64, 36), frames)
    scene.take_one.active_shot = 1
    return scene


def edit():
    return bpy.data.scenes["Edit"]


def names(scene):
    return [shot.name for shot in scene.take_one.shots]


@pytest.fixture
def parted(monkeypatch):
    """An edit from which each change takes two of nine transitions."""
    counts = iter(range(9, 0, -2))
    asked = []
    monkeypatch.setattr(cuts, "between", lambda one: asked.append(one) or next(counts))
    return asked


TWO = [("INFO", "2 dissolves or dips went: their shots are no neighbours any more")]


def test_which_shot_a_verb_acts_on(scene, monkeypatch):
    acted, torn = [], []

    @contextlib.contextmanager
    def saying(operator):
        torn.append(operator)
        yield
        torn.append(len(acted))

    monkeypatch.setattr(shot_row, "saying_torn", saying)
    for given, wanted in (("", "Stairs"), ("roof", "Roof")):
        operator = verb(shot_row.TAKEONE_OT_shot_split, shot=given)
        operator.act = lambda context, shot: acted.append(shot.name)
        assert operator.execute(bpy.context) == {"FINISHED"} and acted[-1] == wanted
    assert torn[1] == 1 and torn[2:] == [operator, 2]
    operator.shot = "gone"
    with pytest.raises(SceneError, match="no longer in the file") as caught:
        operator.find(bpy.context)
    assert caught.value.code == "no_shot" and operator.execute(bpy.context) == {"CANCELLED"} and len(acted) == 2
    with pytest.raises(NotImplementedError):
        shot_row.ShotOperator.act(operator, bpy.context, None)


def test_the_edit_follows_a_shot_that_moves(scene, parted, monkeypatch):
    arranged = []
    monkeypatch.setattr(order, "arrange", lambda *said: arranged.append(said))
    operator = verb(shot_row.TAKEONE_OT_shot_move, by=-1)
    operator.act(bpy.context, scene.take_one.shots[2])
    assert names(scene) == ["Hall", "Roof", "Stairs"] and arranged == [(edit(), ["hall", "roof", "stairs"])]
    assert operator.reports == TWO and parted == [edit(), edit()]
    monkeypatch.setattr(shot_row, "edit_of", lambda *_: None)
    operator.by = 1
    operator.act(bpy.context, scene.take_one.shots[0])
    assert names(scene) == ["Roof", "Hall", "Stairs"] and len(arranged) == 1 and operator.reports == TWO


def test_the_list_is_brought_into_the_edits_order(scene):
    strange = shot_list.add_shot(scene)
    strange.name = "Sky"
    shot_list.move_shot(strange, -9)
    shot_list.move_shot(scene.take_one.shots[3], -2)
    assert names(scene) == ["Sky", "Roof", "Hall", "Stairs"]
    assert verb(shot_row.TAKEONE_OT_shots_by_edit).execute(bpy.context) == {"FINISHED"}
    assert names(scene) == ["Hall", "Stairs", "Roof", "Sky"]


def test_a_copy_is_laid_behind_its_original_where_the_edit_ripples(scene, monkeypatch):
    told = []
    monkeypatch.setattr(ripple, "ripple", lambda *said: told.append(("ripple", *said)))
    monkeypatch.setattr(drawing, "lay", lambda context, *said: told.append(("lay", *said)))
    monkeypatch.setattr(drawing, "begin_or_draw", lambda context, *said: told.append(("draw", *said)))
    operator = verb(shot_row.TAKEONE_OT_shot_duplicate)
    operator.act(bpy.context, scene.take_one.shots[1])
    assert names(scene) == ["Hall", "Stairs", "Stairs 2", "Roof"] and told == [] and scene.take_one.active_shot == 2
    edit().take_one.ripple = True
    operator.act(bpy.context, scene.take_one.shots[0])
    new = scene.take_one.shots[1]
    uids = (new.uid, scene.take_one.uid)
    assert told == [("ripple", edit(), 31, 20), ("lay", [uids], [(31, 20)]), ("draw", [uids])]
    assert names(scene)[1] == "Hall 2" and scene.take_one.active_shot == 1
    operator.act(bpy.context, new)  # which the edit does not show
    assert len(told) == 3 and len(scene.take_one.shots) == 6


def test_a_shot_is_split_and_the_new_one_is_shown(scene, monkeypatch):
    drawn, split = [], []
    roof = scene.take_one.shots[2]
    monkeypatch.setattr(board, "split", lambda *said: split.append(said) or roof)
    monkeypatch.setattr(drawing, "begin_or_draw", lambda *said: drawn.append(said))
    edit().frame_set(40)
    operator = verb(shot_row.TAKEONE_OT_shot_split)
    operator.act(bpy.context, scene.take_one.shots[1])
    assert split == [(edit(), scene.take_one.shots[1], 40)] and scene.take_one.active_shot == 2
    assert drawn == [(bpy.context, [("roof", scene.take_one.uid)])]
    monkeypatch.setattr(shot_row, "edit_of", lambda *_: None)
    for kind in (shot_row.TAKEONE_OT_shot_split, shot_row.TAKEONE_OT_length_from_take):
        with pytest.raises(SceneError, match="There is no edit yet: animate a frame first") as caught:
            verb(kind).act(bpy.context, roof)
        assert caught.value.code == "no_edit"


def test_a_shot_is_removed_with_its_strips_or_alone(scene, parted, monkeypatch):
    removed = []
    monkeypatch.setattr(order, "remove", lambda *said: removed.append(said))
    linked = SimpleNamespace(library=object(), sequence_editor=object())
    empty = SimpleNamespace(library=None, sequence_editor=None)
    own = SimpleNamespace(data=SimpleNamespace(scenes=[linked, empty, edit()]))
    monkeypatch.setattr(shot_row, "bpy", own)
    operator = verb(shot_row.TAKEONE_OT_shot_remove, with_strips=True)
    operator.act(bpy.context, scene.take_one.shots[1])
    assert names(scene) == ["Hall", "Roof"] and removed == [(edit(), "stairs")] and operator.reports == TWO
    verb(shot_row.TAKEONE_OT_shot_remove).act(bpy.context, scene.take_one.shots[0])
    assert names(scene) == ["Roof"] and len(removed) == 1
    done = verb(shot_row.TAKEONE_OT_shot_remove, shot="gone")
    done.execute = lambda _: {"PASS_THROUGH"}
    assert done.invoke(asking(), None) == {"PASS_THROUGH"} and done.with_strips is True and done.shot == "gone"
    done.shot = ""
    assert done.invoke(asking(), None) == {"PASS_THROUGH"} and done.shot == ""


def test_shots_are_named_unless_two_would_be_called_the_same(scene, monkeypatch):
    told = []
    monkeypatch.setattr(board, "renamed", lambda shot: told.append(shot.name))
    scene.take_one.shots[1].status = "APPROVED"
    rename = verb(shot_row.TAKEONE_OT_shots_rename, pattern="S##", first=5, step=5)
    assert [(shot.name, name) for shot, name in rename.names(bpy.context)] == [
        ("Hall", "S05"), ("Stairs", "S10"), ("Roof", "S15"),
    ]  # fmt: skip
    rename.status = "APPROVED"
    assert [name for _, name in rename.names(bpy.context)] == ["S05"]
    for pattern, status in (("Hall", "APPROVED"), ("One", "ALL"), ("", "APPROVED")):
        rename.pattern, rename.status = pattern, status
        with pytest.raises(SceneError, match=f"Two shots would be called '{pattern}'") as caught:
            rename.rename(bpy.context)
        assert caught.value.code == "same_name" and names(scene) == ["Hall", "Stairs", "Roof"] and told == []
    rename.pattern, rename.status = "Stairs", "APPROVED"
    assert rename.execute(bpy.context) == {"FINISHED"} and told == ["Stairs"]
    rename.pattern, rename.status = "{name} #", "ALL"
    assert rename.execute(bpy.context) == {"FINISHED"}
    assert names(scene) == ["Hall 5", "Stairs 10", "Roof 15"] == told[1:]


def test_lengths_go_between_shot_strip_and_take(scene, monkeypatch):
    told = []
    stairs = scene.take_one.shots[1]
    second = board.lay(edit(), stairs, 201, (64, 36), 25)
    monkeypatch.setattr(fit, "length_from_strip", lambda scene, use, shot: told.append((scene, use.start, shot)))
    monkeypatch.setattr(fit, "length_from_take", lambda *said: told.append(said))
    operator = verb(shot_row.TAKEONE_OT_length_from_strip)
    for active in (None, second.strips[0], uses.uses_of(edit(), "roof")[0].strips[0]):
        edit().sequence_editor.active_strip = active
        operator.act(bpy.context, stairs)
    assert told == [(edit(), 31, stairs), (edit(), 201, stairs), (edit(), 31, stairs)]
    with pytest.raises(SceneError, match="No strip in the edit shows shot 'Sky'") as caught:
        operator.act(bpy.context, SimpleNamespace(uid="sky", name="Sky", id_data=scene))
    assert caught.value.code == "no_strip"
    a_take(stairs, "t", 12)
    told.clear()
    verb(shot_row.TAKEONE_OT_length_from_take).act(bpy.context, stairs)
    assert told == [(edit(), "t", "Stairs_t012")]
    stairs.takes.clear()
    with pytest.raises(SceneError, match="There is no edit yet"):
        verb(shot_row.TAKEONE_OT_length_from_take).act(bpy.context, stairs)


def test_the_edit_of_a_shot_is_one_with_strips(scene, monkeypatch):
    hall = scene.take_one.shots[0]
    assert shot_row.edit_of(bpy.context, hall) == edit()
    found = SimpleNamespace(sequence_editor=None)
    monkeypatch.setattr(shot_row, "find_edit_scene", lambda *_: found)
    assert shot_row.edit_of(bpy.context, hall) is None
    found = None
    assert shot_row.edit_of(bpy.context, hall) is None


def test_transitions_step_by_step(scene, monkeypatch):
    added, removed, count = [], [], [0]
    stairs = scene.take_one.shots[1]
    monkeypatch.setattr(cuts, "add", lambda scene, use, *said: added.append((scene, use.start, *said)) or count[0])
    monkeypatch.setattr(cuts, "remove", lambda scene, use, kind: removed.append((scene, use.start, kind)))
    for count[0], said in ((10, [("WARNING", "10 frames long: there are no more")]), (11, []), (12, [])):
        operator = verb(transitions.TAKEONE_OT_transition, kind="DIP", frames=12, color=[0.1, 0.2, 0.3])
        operator.act(bpy.context, stairs)
        assert operator.reports == said and added[-1] == (edit(), 31, "DIP", 12, (0.1, 0.2, 0.3))
    verb(transitions.TAKEONE_OT_transition_remove).act(bpy.context, stairs)
    assert removed == [(edit(), 31, cuts.FADE_IN), (edit(), 31, cuts.FADE_OUT)]
    for one, strange in ((edit(), SimpleNamespace(uid="x", name="Sky")), (None, stairs)):
        with pytest.raises(SceneError, match=f"No strip in the edit shows shot '{strange.name}'") as caught:
            transitions.shown_use(one, strange)
        assert caught.value.code == "no_strip"


def test_what_is_torn_is_told(monkeypatch):
    torn = {"Edit": ["A", "old"], "Other": ["old"]}
    linked = SimpleNamespace(name="Linked", library=object(), sequence_editor=object())
    edits = [SimpleNamespace(name=name, library=None, sequence_editor=object()) for name in torn]
    empty = SimpleNamespace(name="Empty", library=None, sequence_editor=None)
    own = SimpleNamespace(data=SimpleNamespace(scenes=[linked, empty, *edits]))
    monkeypatch.setattr(report, "bpy", own)
    monkeypatch.setattr(cuts, "torn", lambda one: torn[one.name])
    operator = verb(shot_row.TAKEONE_OT_shot_split)
    with report.saying_torn(operator):
        pass
    assert operator.reports == []
    with report.saying_torn(operator):
        torn["Other"], torn["Edit"] = ["old", "Z"], ["C", "B"]
    assert operator.reports == [
        ("WARNING", "The strips of 'B', 'C', 'Z' do not meet any more. Remove it, or bring them together again."),
    ]  # fmt: skip


def test_a_shot_is_added_with_a_camera(scene):
    close, lamp = camera(scene, "Close"), bpy.data.objects.new("Lamp", None)
    stairs = scene.take_one.shots[1]
    stairs.prompt = "climb"

    def added(item, **given):
        context = SimpleNamespace(object=item, scene=scene, area=None, window=None)
        assert verb(shots.TAKEONE_OT_shot_add, **given).execute(context) == {"FINISHED"}
        new = scene.take_one.shots[scene.take_one.active_shot]
        return new.camera.name, new.prompt

    assert added(close, duplicate=True) == ("Close", "climb")
    assert added(None, duplicate=True) == ("Wide", "climb")
    assert added(lamp) == ("Wide", "") and len(scene.take_one.shots) == 6
    scene.take_one.shots.clear()
    assert added(close, duplicate=True) == ("Close", "")
    shot = scene.take_one.shots[0]
    assert verb(shots.TAKEONE_OT_shot_use_frame).execute(bpy.context) == {"FINISHED"}
    assert (shot.frame, shot.frame_lock) == (9, True)


def test_a_shot_is_chosen(scene, monkeypatch):
    hall, _, roof = scene.take_one.shots
    close = camera(scene, "Close")
    hall.frame, hall.frame_lock, hall.camera = 31, False, close
    assert verb(shots.TAKEONE_OT_shot_choose, shot="hall").execute(bpy.context) == {"FINISHED"}
    assert (scene.take_one.active_shot, scene.frame_current, scene.camera) == (0, 9, close)
    hall.frame_lock = True
    roof.camera = bpy.data.objects.new("Elsewhere", bpy.data.cameras.new("Elsewhere"))
    set_to = []
    monkeypatch.setattr(shots, "own_frame", lambda one: set_to.append(one) or 31)
    verb(shots.TAKEONE_OT_shot_choose, shot="hall").execute(bpy.context)
    assert scene.frame_current == 9 and set_to == [scene]
    verb(shots.TAKEONE_OT_shot_choose, shot="roof").execute(bpy.context)
    assert (scene.take_one.active_shot, scene.camera) == (2, close)
    gone = verb(shots.TAKEONE_OT_shot_choose, shot="x")
    assert gone.execute(bpy.context) == {"CANCELLED"} and scene.take_one.active_shot == 2
    assert gone.reports == [("ERROR", "This shot is no longer in the file")]


def test_words_seeds_and_engines(scene, monkeypatch):
    stairs, windows, drawn = scene.take_one.shots[1], [], []
    monkeypatch.setattr(text_window, "show", lambda *said: windows.append(said))
    monkeypatch.setattr(shots.random, "randint", lambda *said: drawn.append(said) or 77)
    stairs.prompt = "climb"
    for _ in range(2):
        assert verb(shots.TAKEONE_OT_prompt_text).execute(bpy.context) == {"FINISHED"}
    text = stairs.prompt_text
    assert (text.name, text.as_string().strip(), len(bpy.data.texts)) == ("Stairs prompt", "climb", 1)
    assert windows == [(bpy.context, text)] * 2
    verb(shots.TAKEONE_OT_new_seed).execute(bpy.context)
    verb(shots.TAKEONE_OT_engine_choose, engine="rich").execute(bpy.context)
    assert (stairs.seed, drawn, stairs.engine) == (77, [(0, 2**31 - 1)], "rich")
    stairs.name = ""
    stairs.prompt_text = None
    verb(shots.TAKEONE_OT_prompt_text).execute(bpy.context)
    assert stairs.prompt_text.name == "Shot prompt" and shown.shot_of(bpy.context) == stairs
    assert app().state.last_error is None


def test_lines_are_removed_and_moved_within_their_list(scene):
    shot = scene.take_one.shots[1]
    for word in "abcd":
        shot.lines.add().line = word

    def after(kind, active, **given):
        shot.active_line = active
        verb(kind, **given).execute(bpy.context)
        return "".join(one.line for one in shot.lines), shot.active_line

    assert after(shots.TAKEONE_OT_line_move, 1, by=2) == ("acdb", 3)
    assert after(shots.TAKEONE_OT_line_move, 2, by=-1) == ("adcb", 1)
    assert after(shots.TAKEONE_OT_line_move, 3, by=5) == ("adcb", 3)
    assert after(shots.TAKEONE_OT_line_move, 0, by=-5) == ("adcb", 0)
    assert after(shots.TAKEONE_OT_line_remove, 3) == ("adc", 2)
    assert after(shots.TAKEONE_OT_line_remove, 0) == ("dc", 0)
    assert after(shots.TAKEONE_OT_line_remove, 1) == ("d", 0)
    assert after(shots.TAKEONE_OT_line_remove, 7) == ("", 0)
