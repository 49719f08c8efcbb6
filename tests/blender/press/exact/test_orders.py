"""Orders in figures: handles at rates that differ, sizes, seeds, places, what is refused, what several shots share."""

from __future__ import annotations

import errno
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import bpy
import pytest
import stand_in
from rooms import camera
from take_one.client.protocol import BoundPart, EngineInfo, View
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.app.objects import ObjectId
from take_one.scene.edit import board, edit_scene, strips
from take_one.scene.edit.cut import uses
from take_one.scene.model.properties.properties import MAX_SEED
from take_one.scene.model.shots import kept, shot_list, takes, trust
from take_one.scene.session.press import cameras, continuity, handles, references, sending, together
from take_one.scene.session.press.order import clip_size, requests
from take_one.scene.session.press.press import Call, make_order

PLAIN = EngineInfo("plain", "Plain", max_seconds=10, max_pixels=640 * 360, handles=True, shots=4, shot_requests=True)
ENDS = replace(PLAIN, id="ends", name="Ends", last_frame=True, references=2, views=9, max_pixels=0)


@pytest.fixture
def session():
    session = stand_in.attach()
    app().state.engines = (PLAIN, ENDS)
    return session


@pytest.fixture
def scene(session, tmp_path):
    """A saved film of three shots, at frame 33 of a scene of 30 frames a second; its edit has 25, and stands at 77."""
    scene = bpy.data.scenes.new("Set")
    scene.render.resolution_x, scene.render.resolution_y, scene.render.fps = 640, 360, 30
    scene.camera = camera(scene)
    for name in ("Hall", "Stairs", "Roof"):
        shot = shot_list.add_shot(scene, scene.camera)
        shot.name, shot.engine, shot.seconds, shot.prompt = name, "plain", 2.0, "push in"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    scene = bpy.data.scenes["Set"]
    scene.take_one.handles = 0
    scene.frame_set(33)
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    edit.render.fps = 25
    edit.frame_set(77)
    return scene


def moving(scene):
    """A camera that goes to the right, a metre a frame, from frame 10 on."""
    eye = camera(scene, "Crane")
    for frame in range(10, 100):
        eye.location.x = frame
        eye.keyframe_insert("location", frame=frame)
    return eye


@pytest.mark.parametrize(
    ("wanted", "moved", "seconds", "longest", "found"),
    [
        (5, True, 2.0, 10.0, (2.4, 5, 5, 6)),  # 5 frames of 25 a second are 6 of the scene's 30
        (5, False, 2.0, 10.0, (2.2, 0, 5, 0)),
        (0, True, 2.0, 10.0, (2.0, 0, 0, 0)),
        (1, True, 2.0, 10.0, (2.08, 1, 1, 1)),
        (5, True, 2.0, 2.12, (2.12, 1, 2, 1)),  # room for three
        (5, True, 2.0, 2.04, (2.04, 0, 1, 0)),  # room for one
        (5, True, 2.0, 2.0, (2.0, 0, 0, 0)),
        (5, False, 0.01, 10.0, (0.24, 0, 5, 0)),  # a frame at least
        (5, True, 2.0, 0.0, (2.4, 5, 5, 6)),  # nobody knows how long a clip may be
    ],
)
def test_handles_by_the_room_that_a_clip_leaves(scene, wanted, moved, seconds, longest, found):
    shot = scene.take_one.shots[0]
    made = handles.of(shot, replace(PLAIN, max_seconds=longest), wanted, moved, seconds, Fraction(25))
    assert (made.seconds, made.head, made.tail, made.frames) == (pytest.approx(found[0]), *found[1:])
    none = handles.of(shot, replace(PLAIN, handles=False), wanted, moved, seconds, Fraction(25))
    assert none == handles.Handles(seconds)


@pytest.mark.parametrize(("frame", "negative", "found"), [(3, False, (2, 3)), (0, False, (0, 0)), (-4, False, (0, 0)),
                                                          (3, True, (5, 6)), (6, False, (5, 6))])  # fmt: skip
def test_no_handle_begins_before_blenders_first_frame(scene, frame, negative, found):
    shot = scene.take_one.shots[0]
    shot.frame, shot.frame_lock = frame, True
    edit = bpy.context.preferences.edit
    before, edit.use_negative_frames = edit.use_negative_frames, negative
    try:
        made = handles.of(shot, PLAIN, 5, True, 2.0, Fraction(25))
    finally:
        edit.use_negative_frames = before
    assert (made.head, made.frames, made.tail) == (*found, 5)


def test_the_span_of_a_take_has_its_handles(scene):
    shot = scene.take_one.shots[0]
    scene.take_one.handles = 5
    assert handles.span(shot) == (27, 72)
    shot.still_source = "IMAGE"
    assert handles.span(shot) == (33, 66)
    shot.engine = "another, of which nothing is known"
    assert handles.span(shot) == (33, 60)


def test_an_order_says_all_that_the_press_found(scene):
    scene.take_one.handles, scene.take_one.placement = 5, "AFTER"
    shot = scene.take_one.shots[1]
    shot.camera, shot.motion, shot.size_percent, shot.seed, shot.seed_lock = moving(scene), "CAMERA", 50, 9, True
    shot.last_number = 4
    order = make_order(bpy.context, shot, Call((3, 8), refines="k0"))
    assert (order.frame, order.frame_count, order.head, order.tail) == (27, 72, 5, 5)
    assert (order.seconds, order.fps, order.size_percent, order.picture) == (2.4, Fraction(25), 50, (640, 360))
    assert (order.camera, order.start, order.stills, order.last) == (ObjectId.of(shot.camera), None, None, None)
    assert [pose.place[0] for pose in (order.track.poses[0], order.track.poses[-1])] == pytest.approx([27, 98])
    assert len(order.path.keyframes) == 72
    edit = bpy.data.scenes["Edit"]
    assert (order.place.placement, order.place.frame, order.place.refines) == ("AFTER", 77, "k0")
    assert order.place.edit_uid == edit.take_one.uid != ""
    assert [(take.number, take.seed, take.clip.name) for take in order.takes] == [
        (5, 3, "Stairs_t005.mp4"), (6, 8, "Stairs_t006.mp4"),
    ]  # fmt: skip
    assert order.folder == takes.still_folder(shot, 5)
    assert (shot.seed, shot.frame, shot.frame_lock) == (9, 33, True), "what one press says is not the card's"
    bound = order.binding(order.takes[1])
    assert (bound.number, bound.take_uid, bound.head, bound.tail, bound.frame) == (6, order.takes[1].key, 5, 5, 77)
    sent = requests(order, (View(Path("/a.png")),))
    assert [(key, one.seed, one.size) for key, one in sent] == [
        (take.key, take.seed, (320, 180)) for take in order.takes
    ]


def test_a_press_by_words_keeps_where_its_camera_stood(scene):
    shot = scene.take_one.shots[0]
    shot.seed, shot.seed_lock = 5, True
    order = make_order(bpy.context, shot)
    assert order.start.place == pytest.approx((5, -8, 4)) and (order.track, order.path) == (None, None)
    assert ([take.seed for take in order.takes], order.stills, order.frame_count) == ([5], None, 60)
    shot.seed_lock = False
    order = make_order(bpy.context, shot, Call(placement="REPLACE", overrides={"stills": 3, "seconds": 1.0}))
    assert (order.takes[0].seed, 0 <= shot.seed <= MAX_SEED) == (shot.seed, True)
    assert (order.place.placement, order.stills, order.seconds, order.frame_count) == ("REPLACE", 3, 1.0, 30)
    order = make_order(bpy.context, shot, Call(source="VIEWPORT"))
    assert (order.start, order.source) == (None, "VIEWPORT")
    scene.take_one.handles = 5
    picture = Path("/end.png")
    for engine, last in (("plain", None), ("ends", picture)):
        order = make_order(bpy.context, shot, Call(last=picture, overrides={"engine": engine}))
        assert (order.last, order.tail, order.seconds) == (last, 0, 2.0), "it ends on the picture"
    (_, sent) = requests(order, (View(Path("/a.png")),))[0]
    assert [(view.image.name, view.t) for view in sent.views] == [("a.png", 0.0), ("end.png", 1.0)]
    bpy.data.scenes.remove(bpy.data.scenes["Edit"])
    if hasattr(bpy.context.workspace, "sequencer_scene"):
        bpy.context.workspace.sequencer_scene = None
    order = make_order(bpy.context, shot)
    assert (order.fps, order.place.frame, order.place.edit_uid, order.tail) == (Fraction(30), None, "", 5)


@pytest.mark.parametrize(
    ("card", "engine", "code", "fix", "text"),
    [
        ({"seconds": 10.5}, {}, "too_long", "shorter", "Plain makes up to 10 seconds, and the shot is 10.5."),
        ({"size_percent": 102}, {}, "too_large", "smaller_size",
         "Plain can't make 652x366, only up to 0.2 megapixels."),
        ({}, {"available": False, "reason": "No card.", "fix": "install"}, "engine_unavailable", "install",
         "Plain can't run here: No card."),
        ({"motion": "CAMERA"}, {}, "camera_still", "pick_camera",
         "The camera is not animated. Animate it, or let the words choose the move."),
    ],
)  # fmt: skip
def test_what_can_not_be_made_is_said(scene, card, engine, code, fix, text):
    shot = scene.take_one.shots[0]
    make_order(bpy.context, shot, Call(overrides={"seconds": 10.0, "size_percent": 100}))
    app().state.engines = (replace(PLAIN, **engine),)
    before = shot.last_number
    with pytest.raises(SceneError) as caught:
        make_order(bpy.context, shot, Call(overrides=card))
    assert (caught.value.code, caught.value.fix, caught.value.message) == (code, fix, text)
    assert shot.last_number == before


def test_clips_have_even_sides_of_sixteen_at_least():
    asked = ((641, 363, 100), (641, 363, 50), (40, 30, 10))
    assert [clip_size(*one, None) for one in asked] == [(640, 362), (320, 180), (16, 16)]


def test_a_request_that_can_not_be_written_down_lists_no_take(scene, session, monkeypatch):
    shot = scene.take_one.shots[0]
    order = make_order(bpy.context, shot)
    view = View(Path("/a/still.png"))
    for number, fix in ((errno.ENOSPC, "free_space"), (errno.EROFS, "save_as")):

        def refuse(*_, number=number):
            raise OSError(number, "it said no")

        monkeypatch.setattr(session, "submit", refuse)
        with pytest.raises(SceneError, match="it said no") as caught:
            sending.send(order, (view,), ())
        assert (caught.value.code, caught.value.fix, len(shot.takes), app().state.jobs) == ("disk", fix, 0, {})
    monkeypatch.undo()
    before = app().state.revision
    assert sending.send(order, (view,), ("A mirror.", "Dark.")) == order.keys == session.keys
    take = shot.takes[0]
    assert (take.uid, take.number, take.status, take.engine) == (
        order.keys[0],
        order.takes[0].number,
        "WAITING",
        "plain",
    )
    assert (take.seed, take.still, shot.still, take.notes) == (
        order.takes[0].seed, "/a/still.png", "/a/still.png", "A mirror.\nDark.",
    )  # fmt: skip
    assert kept.read(take) == kept.Kept(session.requests[0], ("A mirror.", "Dark."))
    assert session.paths == [order.takes[0].clip] and order.takes[0].clip.parent.is_dir()
    assert set(app().state.jobs) == {order.keys[0]} and app().state.revision > before


def test_references_are_bounded_and_copied_in_their_order(scene, tmp_path):
    shot = scene.take_one.shots[0]
    assert references.of_card(shot, ENDS) == ()
    files = [tmp_path / name for name in ("b.JPG", "a.png", "c.webp")]
    for file in files:
        file.write_bytes(b"\xff\xd8\xff" + file.name.encode())
        shot.references.add().path = str(file)
    assert references.of_card(shot, PLAIN) == ()
    with pytest.raises(SceneError, match="Ends takes 2 reference pictures, and the shot has 3") as caught:
        references.of_card(shot, ENDS)
    assert (caught.value.code, caught.value.param) == ("bad_request", "references")
    shot.references.remove(2)
    trust.allow(files[0])
    with pytest.raises(SceneError, match="names reference pictures to send"):
        references.of_card(shot, ENDS)
    assert references.unseen(shot) == [files[1]]
    trust.allow(files[1])
    assert references.of_card(shot, ENDS) == tuple(files[:2])
    order = make_order(bpy.context, shot, Call(overrides={"engine": "ends"}))
    copied = references.kept(order).references
    assert [copy.parent for copy in copied] == [order.folder] * 2
    assert [copy.suffix for copy in copied] == [".jpg", ".png"]
    assert [copy.read_bytes()[3:] for copy in copied] == [b"b.JPG", b"a.png"] and len({*copied}) == 2
    files[1].unlink()
    with pytest.raises(SceneError) as caught:
        references.kept(order)
    assert caught.value.code == "disk"
    files[0].rename(files[0].with_suffix(".txt"))
    shot.references[0].path = str(files[0].with_suffix(".txt"))
    trust.allow(files[0].with_suffix(".txt"))
    with pytest.raises(SceneError, match=r"There is no PNG, JPEG or WebP file '.*b\.txt'") as caught:
        references.of_card(shot, ENDS)
    assert caught.value.code == "no_image"


def test_shots_of_selected_cameras_are_those_that_they_see(scene):
    """Of three cameras one has a shot; the others get shots with the shown direction, but not its lines."""
    bpy.context.window.scene = scene
    shown = scene.take_one.shots[1]
    scene.take_one.active_shot = 1
    shown.prompt, shown.camera = "pan left", camera(scene, "B")
    shown.lines.add().line = "Wait."
    scene.take_one.shots[0].camera = scene.take_one.shots[2].camera = camera(scene, "C")
    camera(scene, "A")
    for item in scene.objects:
        item.select_set(item.name in "ABC")
    assert [card.name for card in cameras.cards_of_selected(bpy.context)] == ["Stairs", "Stairs", "Hall"]
    found = cameras.shots_of_selected(bpy.context)
    shots = {shot.uid: shot for shot in scene.take_one.shots}
    assert [shots[uid].name for uid, _ in found] == ["A", "Stairs", "Hall"]
    assert {home for _, home in found} == {scene.take_one.uid} and len(shots) == 4
    new = shots[found[0][0]]
    assert (new.prompt, len(new.lines), new.camera.name, scene.take_one.active_shot) == ("pan left", 0, "A", 1)
    assert cameras.shots_of_selected(bpy.context) == found


def test_neighbours_are_those_of_the_edit_else_of_the_list(scene):
    hall, stairs, roof = scene.take_one.shots
    edit = bpy.data.scenes["Edit"]

    def names(shot):
        found = (continuity.neighbour(bpy.context, shot, by) for by in (-1, 1))
        return [one.name if one is not None else None for one in found]

    assert [names(one) for one in (hall, stairs, roof)] == [[None, "Stairs"], ["Hall", "Roof"], ["Stairs", None]]
    board.lay(edit, roof, 11, (64, 36))
    board.lay(edit, hall, 161, (64, 36))
    assert [names(one) for one in (hall, stairs, roof)] == [["Roof", None], ["Hall", "Roof"], [None, "Hall"]]
    roof.seconds, roof.frame, roof.frame_lock = 1.5, 40, True
    continuity.begin_at_moment(bpy.context, hall)
    assert (hall.frame, hall.frame_lock) == (85, True)
    with pytest.raises(SceneError, match="no shot before"):
        continuity.begin_at_moment(bpy.context, roof)
    assert [shot.name for shot in together.row(bpy.context, roof)] == ["Roof", "Hall"]
    assert [shot.name for shot in together.row(bpy.context, stairs)] == ["Stairs", "Roof"]
    assert [one.name for one in together.whole_row(bpy.context, scene, set())] == ["Roof", "Hall"]
    assert [one.name for one in together.whole_row(bpy.context, scene, {stairs.uid})] == ["Hall", "Stairs", "Roof"]
    assert (len(uses.uses(edit)), strips.last_frame(edit)) == (2, 211)


@pytest.mark.parametrize(("seconds", "step", "whole"), [(2.0, 1.0, 2.0), (2.0001, 1.0, 3.0), (2.0000005, 1.0, 2.0),
                                                        (2.1, 0.5, 2.5), (0.2, 0.0, 0.2), (0.2, 5.0, 5.0)])  # fmt: skip
def test_lengths_in_a_clip_of_several_are_whole_steps(seconds, step, whole):
    assert together.whole(seconds, step) == whole


def test_shots_fit_in_one_clip_as_long_as_their_engine_makes_it(scene):
    hall, stairs, roof = scene.take_one.shots
    hall.seconds, stairs.seconds, roof.seconds = 1.5, 2.5, 3.0

    def fitting(**more):
        app().state.engines = (replace(PLAIN, **more), ENDS)
        return [one.name for one in together.fitting(bpy.context, hall)]

    assert fitting(max_seconds=7.0) == fitting(max_seconds=0.0) == ["Hall", "Stairs", "Roof"]
    assert fitting(max_seconds=6.9) == ["Hall", "Stairs"]
    assert fitting(max_seconds=7.0, shot_seconds=1.0) == ["Hall", "Stairs"]
    assert fitting(shots=2) == ["Hall", "Stairs"] and fitting(shots=1) == ["Hall"]
    stairs.engine = "ends"
    assert fitting() == ["Hall"]


@pytest.mark.parametrize(
    ("count", "engine", "code", "text"),
    [
        (1, {}, "one_shot", "One request for several shots needs two of them, one behind the other"),
        (3, {"shots": 2}, "not_together", "Plain makes at most 2 shots in one clip."),
        (2, {"shots": 1}, "not_together", "Plain makes one shot at a time. Choose another engine."),
        (2, {"shot_requests": False}, "not_together",
         "The server of Plain takes one shot in a request. Update Take One there."),
        (3, {"max_seconds": 5.9}, "too_long", "Plain makes up to 5.9 seconds, and these shots are 6. Choose fewer."),
    ],
)  # fmt: skip
def test_shots_that_are_no_one_request(scene, count, engine, code, text):
    app().state.engines = (replace(PLAIN, **engine), ENDS)
    with pytest.raises(SceneError) as caught:
        together.make(bpy.context, list(scene.take_one.shots[:count]))
    assert (caught.value.code, caught.value.message) == (code, text)
    assert [shot.last_number for shot in scene.take_one.shots] == [0, 0, 0]


def test_shots_that_are_one_request_share_it(scene, session):
    """Three of two seconds, of an engine that makes whole ones of 0.75: 2.25 each, the rest is each one's handle."""
    app().state.engines = (replace(ENDS, shot_seconds=0.75, max_seconds=6.75, shot_stills=True, views=7), PLAIN)
    hall, stairs, roof = scene.take_one.shots
    for shot in scene.take_one.shots:
        shot.engine, shot.size_percent = "ends", 50
    roof.size_percent = 100
    order = together.make(bpy.context, [hall, stairs, roof])
    row = (order, *order.following)
    assert [(one.shot_name, one.seconds, one.tail, one.size_percent) for one in row] == [
        ("Hall", 2.25, 6, 50), ("Stairs", 2.25, 6, 50), ("Roof", 2.25, 6, 50),
    ]  # fmt: skip
    assert [one.engine.views for one in row] == [2, 2, 2]
    key = order.keys[0]
    assert [one.keys for one in row] == [[key], [f"{key}-1"], [f"{key}-2"]]
    assert {name for one in row for name in one.job_keys} == {key}
    bound = together.binding(order, order.takes[0])
    takes = ((hall, key), (stairs, f"{key}-1"), (roof, f"{key}-2"))
    assert bound.parts == tuple(
        BoundPart(shot.uid, uid, shot.name, 1, 56 * place, 56) for place, (shot, uid) in enumerate(takes)
    )
    found = [(one, (View(Path(f"/{one.shot_name}.png")),), (f"of {one.shot_name}",)) for one in row]
    assert together.send(found) == [key]
    (request,) = session.requests
    assert (request.binding.head, request.binding.tail, request.seconds) == (0, 0, 6.72)
    assert request.binding.parts == tuple(replace(part, tail=6) for part in bound.parts)
    assert [(one.takes[0].uid, one.takes[0].notes, one.still) for one in scene.take_one.shots] == [
        (key, "of Hall", "/Hall.png"), (f"{key}-1", "of Stairs", "/Stairs.png"), (f"{key}-2", "of Roof", "/Roof.png"),
    ]  # fmt: skip
    assert session.paths == [order.takes[0].clip]
    assert together.binding(replace(order, following=()), order.takes[0]).parts == ()
