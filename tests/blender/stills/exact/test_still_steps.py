"""Steps of a still, with stand-ins: which strip is on top, when a look is out of date, what is written and said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from take_one.client.protocol import Camera
from take_one.scene.app.errors import SceneError
from take_one.scene.stills import clip_frame, files, finer, quick_still, render, render_job, track
from take_one.scene.stills.borrow import depth_pass
from take_one.scene.stills.borrow.compositor import Composed
from take_one.scene.stills.coverage.margin import NONE, Margin
from take_one.scene.stills.files import Framing
from take_one.scene.stills.formats import exr, png

CAMERA = Camera("perspective", 10, 8, 5.0, 4.0, 20.0, 20.0)
FRAMING = Framing(CAMERA, 100.0, 2.0)

# --- poses ---

LENS = track.Lens("PERSP", 50.0, 6.0, "AUTO", 36.0, 24.0, 0.0, 0.0, 10.0)
AHEAD = ((1.0, 0.0, 0.0, 1.0), (0.0, 0.0, -1.0, 2.0), (0.0, 1.0, 0.0, 3.0), (0.0, 0.0, 0.0, 1.0))  # looks along y
POSE = track.Pose(0.0, AHEAD, LENS, 16.0, 8.0, 8.0, 4.0, 0.5)
TRACK = track.Track((POSE,), 16, 8)


def test_what_lies_on_the_pictures_edge_is_in_it():
    def at(x, y, depth=2.0):
        return [1 + (x - 8) / 16 * depth, 2 + depth, 3 - (y - 4) / 8 * depth]

    places = [(0, 4), (16, 4), (8, 0), (8, 8), (-0.25, 4), (16.25, 4), (8, -0.25), (8, 8.25)]
    assert track.in_picture(TRACK, POSE, np.array([at(*one) for one in places])).tolist() == [True] * 4 + [False] * 4
    inner = [(4, 4), (12, 4), (8, 2), (8, 6), (3.75, 4), (12.25, 4), (8, 1.75), (8, 6.25)]
    assert (
        track.in_picture(TRACK, POSE, np.array([at(*one) for one in inner]), 0.25).tolist() == [True] * 4 + [False] * 4
    )
    ends = np.array([at(8, 4, depth) for depth in (0.5, 0.5625, 0.4375)])
    assert track.in_picture(TRACK, POSE, ends).tolist() == [False, True, False]


@pytest.mark.parametrize(("lens", "scale"), [("PERSP", 2.0), ("ORTHO", 1.0)])
def test_a_picture_whose_middle_is_elsewhere_holds_more_on_one_side(lens, scale):
    """10 of its 16 pixels lie left of what it looks at, 3 of its 8 above."""
    aside = replace(POSE, cx=10.0, cy=3.0, fx=8.0, fy=4.0, lens=replace(LENS, type=lens))
    x, y = np.array([0.0, 16, -0.25, 16.25, 10, 10, 10, 10, 5, 12]), np.array([3.0, 3, 3, 3, 0, 8, -0.25, 8.25, 1, 6])
    places = np.column_stack([1 + (x - 10) / 8 * scale, np.full(10, 4.0), 3 - (y - 3) / 4 * scale])  # 2 before it
    inside = [True, True, False, False, True, True, False, False, True, True]
    assert track.in_picture(TRACK, aside, places).tolist() == inside
    begin, ways = track.rays_through(aside, x, y)
    assert begin + 2 * ways / ways[:, 1:2] == pytest.approx(places)


def test_rays_go_through_the_middles_of_parts():
    begin, ways = track.rays(TRACK, POSE, 4, 2)
    assert begin.tolist() == [[1, 2, 3]] * 8
    across, up = ways[:, 0] / ways[:, 1], ways[:, 2] / ways[:, 1]
    assert across == pytest.approx([(x - 8) / 16 for x in (2, 6, 10, 14)] * 2)
    assert up == pytest.approx([0.25] * 4 + [-0.25] * 4)
    assert np.linalg.norm(ways, axis=1) == pytest.approx(1)


def test_the_same_place_but_for_the_last_digits():
    for place, off, same in ((1.0, 4e-7, True), (1.0, 2e-6, False), (1000.0, 4e-4, True), (1000.0, 2e-3, False)):
        one = ((1.0, 0.0, 0.0, place),)
        assert track.same_place(one, ((1.0, 0.0, 0.0, place + off),)) is same, (place, off)
    assert POSE.place.tolist() == [1, 2, 3] and not POSE.is_orthographic


# --- a clip's frame ---


@pytest.mark.parametrize(
    ("index", "frame"), [(0, 1), (3, 4), (11, 12), (12, 12), (99, 12), (-1, 12), (-12, 1), (-13, 1)]
)
def test_a_frame_of_a_clip_by_its_number(index, frame, monkeypatch, tmp_path):
    shown = []
    movie = SimpleNamespace(elements=[SimpleNamespace(orig_width=40, orig_height=20)])

    class Plain:
        render = SimpleNamespace(resolution_x=1, resolution_y=1)

        def sequence_editor_create(self):
            return SimpleNamespace(strips=SimpleNamespace(new_movie=lambda *what: (shown.append(what), movie)[1]))

        def frame_set(self, number):
            shown.append(number)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            shown.append("gone")

    def fails(*_):
        raise RuntimeError("torn")

    monkeypatch.setattr(clip_frame.playhead, "plain_scene", lambda *size: (shown.append(size), Plain())[1])
    monkeypatch.setattr(clip_frame, "content_length", lambda one: 12)
    monkeypatch.setattr(clip_frame.files, "render_result", fails)
    context = SimpleNamespace(temp_override=lambda scene: bpy.context.temp_override())
    clip = tmp_path / "a.mp4"
    with pytest.raises(SceneError) as failed:
        clip_frame.save(context, clip, index, tmp_path / "a.png")
    assert failed.value.code == "render_failed"
    assert shown == [(1, 1), ("frame", str(clip), 1, 1), frame, "gone"]
    assert (Plain.render.resolution_x, Plain.render.resolution_y) == (40, 20)
    for nothing in ([], [SimpleNamespace(orig_width=0, orig_height=0)]):
        movie.elements = nothing
        with pytest.raises(SceneError) as failed:
            clip_frame.save(context, clip, index, tmp_path / "a.png")
        assert (failed.value.code, failed.value.fix) == ("no_frame", "retry")


# --- looks ---


@pytest.mark.parametrize(
    ("old", "new", "stale"),
    [
        (("RENDER", 4, "pose"), ("RENDER", 4, "pose"), False),
        (("RENDER", 4, "pose"), ("RENDER", 4, "other"), True),
        (("RENDER", 4, "pose"), ("RENDER", 5, "pose"), True),
        (("RENDER", 4, None), ("RENDER", 4, "pose"), False),
        (("RENDER", 4, "pose"), ("RENDER", 4, None), False),
        (("RENDER", 4, None), ("RENDER", 5, "pose"), True),
        (("IMAGE", None), ("IMAGE", None), False),
        (("IMAGE", None), ("RENDER", 4, "pose"), True),
        (("RENDER", None, "pose"), ("RENDER", None, "other"), True),  # only the last says whether the pose is known
        (("RENDER", None, "pose"), ("RENDER", None, "pose"), False),
    ],
)
def test_when_a_look_is_out_of_date(old, new, stale, monkeypatch):
    monkeypatch.setattr(quick_still, "mark_of", lambda shot: new)
    look = quick_still.QuickStill(None, old[0], 4, old, "")
    assert quick_still.is_stale(None, look) is stale


def test_the_last_look_goes_with_its_folder(tmp_path, monkeypatch):
    parts = quick_still.QuickStills()
    monkeypatch.setattr(quick_still, "app", lambda: SimpleNamespace(part=lambda kind: parts))
    shots = [SimpleNamespace(uid="a", still="", id_data=None),
             SimpleNamespace(uid="", still="sent", id_data=SimpleNamespace(session_uid=7))]  # fmt: skip
    assert [quick_still._key(shot) for shot in shots] == ["a", "blank card of 7"]
    for number, shot in enumerate(shots):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "still.png").write_text("")
        look = quick_still.QuickStill(folder / "still.png", "RENDER", 4, (), shot.still)
        parts.newest[quick_still._key(shot)] = look
        assert quick_still.newest(shot) is look
        shot.still = "another"
        assert quick_still.newest(shot) is None
    quick_still.forget(shots[0])
    assert [one.name for one in tmp_path.iterdir()] == ["1"] and list(parts.newest) == ["blank card of 7"]
    quick_still.forget(shots[0])  # which has none any more
    quick_still.forget(shots[1])
    assert list(tmp_path.iterdir()) == [] and parts.newest == {}


# --- renders ---


def task(folder, margin=NONE, **more):
    composed = Composed(("View",), True)
    given = {"scene": 1, "camera": 2, "frame": 4.0, "here": 9.0, "size": (10, 8), "folder": folder, "source": "RENDER",
             "composed": composed, "left": [render.PICTURE], "margin": margin, "framing": FRAMING}  # fmt: skip
    return render.Task(**{**given, **more})


def test_a_depth_is_written_whole_and_the_stills_part_of_it(tmp_path, monkeypatch):
    depth = np.arange(80, dtype=np.float32).reshape(8, 10) + 1
    read, cut = [], []
    monkeypatch.setattr(files, "read_layers", lambda *what: (read.append(what), depth)[1])
    monkeypatch.setattr(png, "cut_out", lambda *what: cut.append(what))
    written = {}
    monkeypatch.setattr(exr, "write_depth", lambda path, metres: written.__setitem__(path.name, metres))
    assert render.write_depth(task(tmp_path)) is None and read == []
    assert render.write_depth(task(tmp_path, has_depth=True, framing=None)) is None
    assert render.write_depth(task(tmp_path, has_depth=True)).things
    assert read[-1] == (tmp_path, ("View",)) and cut == []
    assert list(written) == ["depth.exr"]
    np.testing.assert_array_equal(written.pop("depth.exr"), 2 * np.minimum(depth, 1e9))
    render.write_depth(task(tmp_path, Margin(1, 2, 3, 1), has_depth=True))
    assert cut == [(tmp_path / "around.png", (1, 2, 7, 7), tmp_path / "still.png")]
    np.testing.assert_array_equal(written["around_depth.exr"], 2 * depth)
    np.testing.assert_array_equal(written["depth.exr"], 2 * depth[2:7, 1:7])

    def damaged(*_):
        (tmp_path / "around.png").write_text("")
        raise ValueError("The PNG is damaged.")

    monkeypatch.setattr(png, "cut_out", damaged)
    with pytest.raises(SceneError, match=r"wider picture: The PNG is damaged\.") as failed:
        render.write_depth(task(tmp_path, Margin(1, 0, 0, 0)))
    assert (failed.value.code, failed.value.fix) == ("render_failed", "retry")
    assert list(tmp_path.iterdir()) == []


def test_a_depth_is_nothing_from_the_far_clip_on(tmp_path, monkeypatch):
    written = []
    monkeypatch.setattr(exr, "write_depth", lambda path, metres: written.append((path.name, metres.tolist())))
    framing = FRAMING._replace(camera=Camera("perspective", 4, 1, 2.0, 0.5, 4.0, 4.0))
    found = files.write_depth(tmp_path, np.array([[1.5, 99.98, 99.995, np.inf]]), framing, "d.exr")
    assert written == [("d.exr", [[3.0, pytest.approx(199.96), 1e10, 1e10]])] and found.things
    assert not files.write_depth(tmp_path, np.full((1, 4), 1e10), framing).things and written[1][0] == "depth.exr"
    with pytest.raises(SceneError, match=r"^The render has 1x4 pixels, not 4x1\.$") as failed:
        files.write_depth(tmp_path, np.zeros((4, 1)), framing)
    assert (failed.value.code, failed.value.fix) == ("render_failed", "retry")


def test_what_a_still_is_once_it_is_written(tmp_path, monkeypatch):
    done = []
    plain = files.Still(tmp_path / "still.png", 6, 5, "RENDER", camera=CAMERA, notes=("a note",))
    monkeypatch.setattr(files, "finish", lambda *what: (done.append(what), plain)[1])
    depth = files.Depth(True, 0.0)
    assert render.finish(task(tmp_path, notes=["one"]), depth) is plain
    assert done == [(tmp_path, FRAMING, depth, "RENDER", ("one",))]
    moved = render.finish(task(tmp_path, composed=Composed(("View",), False)), None)
    assert (moved.camera, moved.notes) == (None, ("a note",))
    bare = render.finish(task(tmp_path), None)
    assert bare.notes == ("a note", "The render has no depth: the move is plainer.")
    wide = render.finish(task(tmp_path, Margin(1, 2, 3, 1)), depth)
    assert done[-1][1].camera.width == 6 and done[-1][1].camera.height == 5
    assert wide.around == files.Still(tmp_path / "around.png", 10, 8, "RENDER", tmp_path / "around_depth.exr", CAMERA)


def test_a_depth_that_was_lost_by_a_layers_name_is_said(monkeypatch, tmp_path):
    one = task(tmp_path, composed=Composed(("View", "a" * 61, "b" * 70), True))
    plain = "The render has no depth: the move is plainer."
    for version, layers, said in (
        (
            (4, 5, 9),
            one,
            "Blender 4.5.9 cuts off the name of view layer '" + "a" * 61 + "', and its depth is lost: shorten it.",
        ),
        ((4, 5, 9), task(tmp_path), plain),
        ((5, 0, 0), one, plain),
    ):
        app = SimpleNamespace(version=version, version_string=".".join(map(str, version)))
        monkeypatch.setattr(depth_pass, "bpy", SimpleNamespace(app=app))
        assert depth_pass.missing(layers.composed.layers) == said


def test_whether_a_scene_shows_what_was_asked_for(monkeypatch, tmp_path):
    monkeypatch.setattr(render, "picture_size", lambda scene: scene.size)
    for camera, frame, size, asked in (
        (2, 4.0, (10, 8), True), (2, 4.0005, (10, 8), True), (2, 4.002, (10, 8), False), (3, 4.0, (10, 8), False),
        (2, 4.0, (8, 10), False), (None, 4.0, (10, 8), False),
    ):  # fmt: skip
        own = SimpleNamespace(original=SimpleNamespace(session_uid=camera)) if camera else None
        scene = SimpleNamespace(camera=own, frame_float=frame, size=size)
        assert render.is_as_asked(scene, task(tmp_path)) is asked, (camera, frame, size)


def test_what_becomes_of_a_render_is_that_of_its_scene(monkeypatch, tmp_path):
    now = render.Rendering()
    monkeypatch.setattr(render, "state", lambda: now)
    assert not render.rendering()
    render.abandon()  # nothing
    for event, left in (("complete", "complete"), ("cancel", "cancelled")):
        now.pending = render.Pending(task(tmp_path), print)
        assert (now.pending.state, now.pending.again) == ("running", 3) and render.rendering()
        call = getattr(render, f"_on_{event}")
        call(SimpleNamespace(session_uid=5))
        assert now.pending.state == "running"
        call(SimpleNamespace(session_uid=1))
        assert now.pending.state == left
    now.pending.state = "prepared"
    render._on_complete(SimpleNamespace(session_uid=1))
    assert now.pending.state == "prepared"
    render.abandon()
    assert now.pending.state == "cancelled"
    with pytest.raises(SceneError) as busy:
        render.check_free()
    assert (busy.value.code, busy.value.fix) == ("render_busy", "retry")


def test_a_job_is_looked_at_again_the_sooner_the_next_render_is_to_begin(monkeypatch, tmp_path):
    now, done = render.Rendering(), []
    monkeypatch.setattr(render_job, "state", lambda: now)
    assert render_job._watch() is None
    for leads_to, pause in (("prepared", render_job.DRAWN), ("running", render_job.TICK)):
        now.pending = render.Pending(task(tmp_path), done.append, "complete")
        monkeypatch.setattr(render_job, "_next_step", lambda one, state=leads_to: setattr(one, "state", state))
        assert render_job._watch() == pause and now.pending is not None
    monkeypatch.setattr(render_job, "_next_step", lambda _: pytest.fail("it is still written"))
    now.pending.depth = SimpleNamespace(done=lambda: False)
    assert render_job._watch() == render_job.TICK and done == []
    assert render_job.DRAWN < render_job.TICK


def test_what_fails_is_said_with_its_scene(tmp_path):
    error = render.failed(SimpleNamespace(name="Hall"), RuntimeError("Error: No camera\n"))
    assert (error.code, error.message, error.fix) == (
        "render_failed", "Blender could not render scene 'Hall': No camera", "retry",
    )  # fmt: skip
    assert "scene ''" in render.failed(None, RuntimeError("x")).message
    error = render.cancelled()
    assert (error.code, error.message, error.fix) == (
        "render_cancelled", "The render of the still was cancelled.", "retry",
    )  # fmt: skip
    one = task(tmp_path, left=[render.DEPTH, render.PICTURE])
    render.pass_over(one, None, RuntimeError("Error: out of memory "))
    assert one.notes == ["The depth could not be rendered on its own: out of memory"]
    with pytest.raises(SceneError, match="out of memory"):
        render.pass_over(task(tmp_path), None, RuntimeError("out of memory"))


def test_what_was_only_written_on_the_way_is_removed(tmp_path):
    for name in ("part_layers.exr", "part_still.png", "still.png", "a_part_b"):
        (tmp_path / name).write_text("")
    render.clean(task(Path(tmp_path)))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a_part_b", "still.png"]


def test_rays_of_a_parallel_view_begin_side_by_side():
    flat = replace(POSE, lens=replace(LENS, type="ORTHO"))
    begin, ways = track.rays_through(flat, np.array([8.0, 24.0]), np.array([4.0, 20.0]))
    assert begin.tolist() == [[1, 2, 3], [2, 2, 1]] and ways.tolist() == [[0, 1, 0]] * 2


@pytest.mark.parametrize(
    ("change", "fine"),
    [
        ({}, True),
        ({"engine": "BLENDER_WORKBENCH"}, False),
        ({"use_freestyle": True}, False),
        ({"limit": 0.5}, False),
        ({"limit": 0.5, "engine": "EEVEE"}, True),
        ({"size": (2000, 2000), "count": 1}, False),
        ({"size": (2000, 1999), "count": 5}, True),  # 7.8 million pixels each
        ({"size": (2000, 1999), "count": 6}, False),
        ({"composes": True}, False),
        ({"drivers": True}, False),
    ],
)
def test_when_further_stills_are_finer(change, fine, monkeypatch):
    given = {"engine": "CYCLES", "use_freestyle": False, "limit": 0.0, "size": (640, 360), "count": 3, **change}
    monkeypatch.setattr(finer, "own_size", lambda scene: given["size"])
    monkeypatch.setattr(finer, "EEVEE", ("EEVEE",))
    monkeypatch.setattr(finer, "composes", lambda scene: given.get("composes", False))
    monkeypatch.setattr(finer, "drivers_ask", lambda scene: given.get("drivers", False))
    shown = SimpleNamespace(engine=given["engine"], use_freestyle=given["use_freestyle"])
    scene = SimpleNamespace(render=shown, cycles=SimpleNamespace(time_limit=given["limit"]))
    assert finer.may_be_finer(scene, given["count"]) is fine


@pytest.mark.parametrize(
    ("width", "height", "wanted"),
    [(640, 360, (896, 504)), (576, 324, (807, 454)), (324, 576, (454, 807)), (864, 486, (1209, 680)),
     (640, 361, (895, 505)), (500, 500, (700, 700)), (1281, 724, (1794, 1014)), (1920, 817, (2688, 1144))],
)  # fmt: skip
def test_a_finer_still_has_the_frames_proportions_to_the_pixel(width, height, wanted):
    """As many pixels to one of the frame's down as across: a clip's engine fits it in without a rest."""
    across, down = finer.size(width, height)
    assert (across, down) == wanted
    fine = min(across / width, down / height)
    assert (round(width * fine), round(height * fine)) == wanted
