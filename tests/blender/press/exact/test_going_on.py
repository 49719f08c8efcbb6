"""A shot that goes on where another ends, and walks through selected cameras, with stand-ins: what is asked for, in
which order, and what is said where it can not be."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from mathutils import Matrix
from rooms import camera
from take_one.client.protocol import EngineInfo
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import strips
from take_one.scene.model.shots import shot_list
from take_one.scene.session.press import continuity
from take_one.scene.session.press.press import Call
from take_one.scene.session.views import walks


def said(caught):
    return caught.value.code, str(caught.value), caught.value.fix


def card(name="Hall", **more):
    told = {"name": name, "uid": name, "current_take": "t", "engine": "horse", "still": "", "seconds": 1.5,
            "id_data": SimpleNamespace(name="Set")}  # fmt: skip
    return SimpleNamespace(**{**told, **more})


# --- going on ---


def test_a_shot_begins_with_the_last_picture_of_the_one_before(watch, calls):
    before, shot, picture = card("Before"), card("Shot"), Path("/p/before.png")
    watch(continuity, neighbour=before, save_last_frame="saved", make_order="order", _still_behind="behind")
    watch(continuity.takes, new_picture=picture)
    assert continuity.order_on("context", shot) == "order"
    assert calls == [
        ("neighbour", "context", shot, -1), ("new_picture", shot, 0, "before.png"),
        ("save_last_frame", "context", before, picture),
        ("make_order", "context", shot, Call(source="IMAGE", image="saved", placement="REPLACE", last=None)),
    ]  # fmt: skip
    calls.clear()
    continuity.order_on("context", shot, True)
    assert [one[0] for one in calls] == ["neighbour", "_still_behind", "new_picture", "save_last_frame", "make_order"]
    assert calls[-1][-1].last == "behind" and calls[1] == ("_still_behind", "context", shot)
    calls.clear()
    watch(continuity, neighbour=None)
    for begin in (continuity.order_on, continuity.begin_at_moment):
        with pytest.raises(SceneError) as caught:
            begin("context", shot)
        assert said(caught)[:2] == ("no_shot", "There is no shot before this one")
    assert [one[0] for one in calls] == ["neighbour"] * 2


def test_a_shot_begins_at_the_moment_where_the_other_ends(watch):
    before, shot = card("Before", seconds=1.3), card("Shot", frame=0, frame_lock=False)
    watch(continuity, neighbour=before, frame_rate=lambda scene: {"Set": 30}[scene.name])
    watch(continuity.shot_list, frame_of=lambda one: {"Before": 40}[one.name])
    continuity.begin_at_moment("context", shot)
    assert (shot.frame, shot.frame_lock) == (79, True)


@pytest.fixture
def films(watch):
    """A take of which the edit shows two places, the later one from 100 to 130; its file begins at 90."""
    movie = {strips.TAKE_KEY: "t"}
    given = SimpleNamespace(edit="edit", movie=movie, own_end=140, tail=5, take=SimpleNamespace(uid="t"))
    given.found = [SimpleNamespace(end=70), SimpleNamespace(end=130)]
    watch(continuity.shot_list, find_take=lambda *_: given.take)
    watch(continuity.takes, check_clip=None, clip_path=lambda take: Path("/clips") / take.uid)
    watch(continuity.trust, check_clip=None)
    watch(continuity, find_edit_scene=lambda *_: given.edit)
    watch(continuity.uses, uses_of=lambda *_: given.found)
    watch(continuity.fit, movie_of=lambda *_: given.movie)
    watch(continuity.strips, own_end=lambda *_: given.own_end, content_start=90)
    watch(continuity.kept, read=lambda *_: SimpleNamespace(tail=given.tail))
    watch(continuity.clip_frame, save=None)
    return given


def saved(calls):
    assert continuity.save_last_frame("context", card(), Path("/p.png")) == Path("/p.png")
    name, context, clip, index, path = calls[-1]
    assert (name, context, clip, path) == ("save", "context", Path("/clips/t"), Path("/p.png"))
    return index


def test_the_last_frame_is_the_last_that_the_edit_shows_of_the_take(films, calls):
    assert saved(calls) == 39
    shot = card()
    continuity.save_last_frame("context", shot, Path("/p.png"))
    told = {name: given for name, *given in calls}
    assert told["find_take"] == [shot, "t"] and told["uses_of"] == ["edit", "Hall"]
    assert told["find_edit_scene"] == ["context", shot.id_data] and told["movie_of"] == [films.found[-1]]
    names = [one[0] for one in calls]
    assert names.index("check_clip") < names.index("clip_path") < len(names) - 1 and names.count("check_clip") == 4
    films.own_end = 125
    assert saved(calls) == 34  # what is held
    films.movie = {strips.TAKE_KEY: "other"}
    assert saved(calls) == -6
    films.movie, films.tail = None, -3
    assert saved(calls) == -1
    films.found, films.movie = [], {strips.TAKE_KEY: "t"}
    assert saved(calls) == -1
    films.edit, films.tail = None, 2
    assert saved(calls) == -3


def test_without_a_take_there_is_no_last_frame(films, calls):
    message = "'Hall', the shot before, has no take yet. Make one first."
    with pytest.raises(SceneError) as caught:
        continuity.save_last_frame("context", card(current_take=""), Path("/p.png"))
    assert said(caught) == ("no_take", message, "retry") and calls == []
    films.take = None
    with pytest.raises(SceneError) as caught:
        continuity.save_last_frame("context", card(), Path("/p.png"))
    assert said(caught) == ("no_take", message, "retry") and [one[0] for one in calls] == ["find_take"]


def test_the_still_behind_is_there_or_what_is_lacking_is_said(watch, calls, monkeypatch):
    behind, engines = card("Roof", still="//roof.png"), {"horse": EngineInfo("horse", "Horse", last_frame=True)}
    present = {Path("/film/roof.png")}
    watch(continuity, neighbour=lambda *_: behind, absolute=Path("/film/roof.png"))
    watch(continuity.trust, present=lambda paths: [one for one in paths if one in present])
    state = SimpleNamespace(engine=lambda name: engines.get(name))
    monkeypatch.setattr(continuity, "app", lambda: SimpleNamespace(state=state))
    shot = card()
    assert continuity._still_behind("context", shot) == Path("/film/roof.png")
    assert calls[0] == ("neighbour", "context", shot, 1) and ("absolute", "//roof.png") in calls
    engines["horse"] = None
    assert continuity._still_behind("context", shot) == Path("/film/roof.png")  # nobody has said that it can't
    present.clear()
    lacks = ("no_still", "'Roof', the shot behind, has no still yet. Draw the board, or animate it.")
    for still in ("//roof.png", ""):
        behind.still = still
        with pytest.raises(SceneError) as caught:
            continuity._still_behind("context", shot)
        assert said(caught)[:2] == lacks
    behind = None
    with pytest.raises(SceneError) as caught:
        continuity._still_behind("context", shot)
    assert said(caught)[:2] == ("no_shot", "There is no shot behind this one")
    engines["horse"] = EngineInfo("horse", "Horse")
    with pytest.raises(SceneError) as caught:
        continuity._still_behind("context", shot)
    assert said(caught)[:2] == ("no_last_frame", "Horse can't end on a picture. Choose another engine.")


# --- walks ---


@pytest.fixture
def chosen(monkeypatch):
    """What is selected, as the timer sees it."""
    found = []
    monkeypatch.setattr(walks.shown, "selected_cameras", lambda context: list(found))
    return found


def items(*names):
    return [SimpleNamespace(name=name, session_uid=100 + ord(name)) for name in names]


def test_cameras_keep_the_order_in_which_they_were_selected(chosen):
    a, b, c = items(*"abc")
    order = []
    for now in ([b], [a, b], [a, b, c], [a, c], [a, b, c]):
        chosen[:] = now
        order.append("".join(one.name for one in walks.in_order("context")))
    assert order == ["b", "ba", "bac", "ac", "acb"]


def test_a_panel_is_drawn_anew_once_another_is_selected(chosen):
    state, revisions = app().state, []
    for now in (items("a"), items("a"), items("a", "b"), items("b"), items("b")):
        chosen[:] = now
        before = state.revision
        assert walks._watch() == walks.LOOK
        revisions.append(state.revision > before)
    assert revisions == [True, False, True, True, False]


def test_only_a_window_is_looked_at(monkeypatch):
    tasks = []
    monkeypatch.setattr(walks.timer, "every", lambda *given: tasks.append(given))
    walks.register()
    assert tasks == []
    monkeypatch.setattr(walks, "bpy", SimpleNamespace(app=SimpleNamespace(background=False)))
    walks.register()
    assert tasks == [(walks._watch, 0.2)]


def test_what_no_walk_goes_through(monkeypatch):
    scene = bpy.context.scene
    one, two = camera(scene, "One"), camera(scene, "Two")
    for few in ([], [one]):
        with pytest.raises(SceneError) as caught:
            walks.check(few)
        assert said(caught)[:2] == (
            "few_cameras", "A walk needs two cameras at least. Select them in the order of the walk.")  # fmt: skip
    walks.check([one, two])
    empty = bpy.data.objects.new("Empty", None)
    two.data.type = "ORTHO"
    for wrong in (two, empty):
        with pytest.raises(SceneError) as caught:
            walks.check([one, wrong])
        text = f"'{wrong.name}' is no perspective camera. A walk goes through those only."
        assert said(caught) == ("bad_camera", text, "pick_camera")


def test_a_stop_is_where_a_camera_stands_whatever_its_size():
    placed = Matrix(((0, -2, 0, 1), (2, 0, 0, 2), (0, 0, 2, 3), (0, 0, 0, 1)))
    item = SimpleNamespace(name="Eye", data=SimpleNamespace(lens=35), matrix_world=placed)
    stop = walks._stop(item)
    assert (stop.name, stop.lens, stop.place.tolist()) == ("Eye", 35.0, [1, 2, 3])
    assert np.allclose(stop.look.to_matrix(), ((0, -1, 0), (1, 0, 0), (0, 0, 1)), atol=1e-6)


def test_a_shot_of_a_walk_is_named_and_knows_its_cameras(monkeypatch):
    scene = bpy.context.scene
    first = shot_list.add_shot(scene)
    first.name, first.prompt = "Walk 01", "slowly"
    one, two = camera(scene, "One"), camera(scene, "Two")
    scene.take_one.active_shot = 0
    shot = walks.shot_of_walk(bpy.context, [two, one])
    assert (shot.name, shot.prompt, walks.cameras_of(shot)) == ("Walk 02", "slowly", [two, one])
    bpy.data.objects.remove(two)
    assert walks.cameras_of(shot) == [one] and walks._free_name("Run") == "Run 01"


def stretch(begins, hurry=1.0, line="line", names=("A", "B")):
    stops = [SimpleNamespace(name=name) for name in names]
    return SimpleNamespace(begins=begins, hurry=hurry, line=line, stops=stops)


def test_what_there_is_to_say_of_a_walks_length():
    cases = [
        (5.0, None, []),
        (5.05, 5.0, []),
        (5.1, 5.0, ["5.0 s are too few to look around where it stands."]),
        (180.04, None, []),
        (181.0, None, ["A shot takes 180 s at most: the end of the walk is not in it. Use fewer cameras."]),
    ]
    for seconds, wanted, notes in cases:
        scene = bpy.context.scene
        scene.unit_settings.system, scene.unit_settings.scale_length = "METRIC", 0.5
        walk = SimpleNamespace(seconds=seconds, wanted=wanted, speed=2.5, cuts=(), stretches=[stretch(0)])
        assert walks.remarks(scene, walk, 10) == [f"{seconds:.1f} s at 1.2 m/s", *notes]


def test_cuts_and_hurries_of_a_walk_are_named_where_they_are():
    scene = bpy.context.scene
    scene.render.fps, scene.render.fps_base = 30, 1.2
    stretches = [stretch(0, 1.05), stretch(2.02, 1.06, names="CXD"), stretch(4.5, 2.0, None, "EF")]
    walk = SimpleNamespace(seconds=6.0, wanted=None, speed=1.0, cuts=(("B", "C"), ("D", "E")), stretches=stretches)
    assert walks.remarks(scene, walk, 10)[1:] == [
        "There is no free way from 'B' to 'C': it cuts there, at frame 60.",
        "There is no free way from 'D' to 'E': it cuts there, at frame 122.",
        "From 'C' to 'D' the way is too short for their looks: it turns 1.1 times too fast.",
        "From 'E' to 'F' the time is too short: it turns 2.0 times too fast.",
    ]
