"""What strips say of themselves in a stranger's .blend may be of any kind: it counts as not said."""

from __future__ import annotations

import bpy
import pytest
import stand_in
from rooms import clip
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import board, burn_in, edit_scene, strips
from take_one.scene.edit.cut import bed, fit, transitions, uses
from take_one.scene.edit.out.collect import collect
from take_one.scene.model import marks
from take_one.scene.model.shots import shot_list
from take_one.scene.session import pump

IDS = (strips.SHOT_KEY, strips.TAKE_KEY, strips.JOB_KEY, strips.WITH_KEY, strips.BURN_KEY, transitions.KIND_KEY)
COUNTS = (strips.HEAD_KEY, strips.TAIL_KEY, strips.BEYOND_KEY, strips.OWN_KEY, uses.OVERLAP_KEY)
OTHERS = (strips.SIZE_KEY, strips.BED_KEY, strips.TRIMMED_KEY, bed.QUIET_KEY, "take_one_shape", "take_one_volume")
VALUES = (
    2**31 - 1, -(2**31), 2.5, float("nan"), float("inf"), "x", "", True, [1, 2], [1.0], ["a"], {}, {"a": 1}, b"by\xff",
    [{"a": 1}], [], "\n\u202e\U0001f600", "block",
)  # fmt: skip


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return clip(tmp_path_factory.mktemp("clips") / "take.mp4", 34)


@pytest.fixture
def film(source):
    """An edit of a take with handles and a fade, and of a board."""
    stand_in.attach()
    scene = bpy.context.scene
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    for name in ("Hall", "Stairs"):
        shot = shot_list.add_shot(scene)
        shot.name, shot.seconds = name, 1.25
        board.lay(edit, shot, strips.last_frame(edit), (64, 36))
    ready = stand_in.ready(scene.take_one.shots[0], "k0", 3, source, placement="REPLACE", head=2, tail=2)
    pump.handle(ready)
    transitions.add(edit, uses.uses(edit)[0], transitions.FADE_IN, 6)
    return edit


def use_all(edit: bpy.types.Scene, source) -> None:
    """What draws, lands, goes out and is pressed. What is refused is refused with a sentence."""
    scene = next(one for one in bpy.data.scenes if one.take_one.shots)
    shots = scene.take_one.shots
    collect(edit)
    burn_in.update(edit, edit.frame_current, all_words=True)
    edit.take_one.burn_in.shown = True
    edit.take_one.burn_in.top = "{lens} {take}"
    bed.is_stale(edit)
    for shot in shots:
        movie = fit.movie_of_shot(edit, shot.uid)
        if movie is not None:
            fit.held(movie)
            fit.hears_others(edit, shot.uid)
    pump.handle(stand_in.ready(shots[0], "k0", 3, source, placement="REPLACE", head=1, tail=3))
    pump.handle(stand_in.ready(shots[1], "k1", 4, source, placement="REPLACE", head=1, tail=3))
    edit.take_one.ripple = True
    shots[0].seconds = 1.5
    for use in uses.uses(edit):
        for kind in (transitions.DISSOLVE, transitions.FADE_OUT):
            try:
                transitions.add(edit, use, kind, 4)
            except SceneError as error:
                assert error.message
        transitions.remove(edit, next(one for one in uses.uses(edit) if one.shot_uid == use.shot_uid))
    bed.remove(edit)


@pytest.mark.parametrize("value", VALUES, ids=[repr(one)[:20] for one in VALUES])
def test_marks_of_any_kind(film, source, value, capfd):
    for number, strip in enumerate(film.sequence_editor.strips):
        for key in (*IDS[number % 2 :: 2], *COUNTS, *OTHERS):
            strip[key] = film if value == "block" else value
    use_all(film, source)
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("value", ["7", 7.0, [7], {"a": 7}, b"7", 1 << 21, -(1 << 21)])
def test_a_number_of_another_kind_counts_as_not_there(film, value):
    (movie,) = [strip for strip in film.sequence_editor.strips if strip.type == "MOVIE"]
    shown = [(use.start, use.end) for use in uses.uses(film)]
    assert (fit.shot_frames(movie), strips.own_end(movie) - strips.content_start(movie)) == (30, 34)
    for key in (uses.OVERLAP_KEY, strips.HEAD_KEY, strips.TAIL_KEY, strips.BEYOND_KEY):
        movie[key] = value
    assert [(use.start, use.end) for use in uses.uses(film)] == shown
    assert (fit.shot_frames(movie), strips.own_end(movie) - strips.content_start(movie)) == (34, 34)
    movie[strips.HEAD_KEY], movie[strips.BEYOND_KEY] = 3, 5
    for strip in uses.uses(film)[0].strips:
        strip[uses.OVERLAP_KEY] = 4
    assert fit.shot_frames(movie) == strips.content_length(movie) - 3
    assert uses.uses(film)[0].end == shown[0][1] - 4
    for strip in uses.uses(film)[0].strips:
        strip[uses.OVERLAP_KEY] = 900  # a shot is never without a frame
    assert (uses.uses(film)[0].start, uses.uses(film)[0].end) == (shown[0][0], shown[0][0] + 1)


@pytest.mark.parametrize(
    ("told", "size"),
    [((64, 36), (64, 36)), ((64.0, 36.0), (64, 36)), ((0, 36), None), ((64, -1), None), ((1, 2, 3), None), ("ab", None),
     (3, None), ((1 << 17, 36), None), ((float("nan"), 1.0), None)],
)  # fmt: skip
def test_the_size_that_a_strip_tells(film, told, size):
    strip = film.sequence_editor.strips[0]
    strip[strips.SIZE_KEY] = told
    assert marks.size(strip, strips.SIZE_KEY) == size


def test_a_shot_that_has_only_its_sound_left(film, source):
    """The user took away the picture: nothing can be dissolved, and no board is there."""
    scene = next(one for one in bpy.data.scenes if one.take_one.shots)
    (movie,) = [strip for strip in film.sequence_editor.strips if strip.type == "MOVIE"]
    (sound,) = [strip for strip in film.sequence_editor.strips if strip.type == "SOUND"]
    film.sequence_editor.strips.remove(movie)
    sound[uses.BOARD_KEY] = True  # as splitting the shot leaves it
    with pytest.raises(SceneError, match="has only its sound here"):
        transitions.add(film, uses.uses(film)[1], transitions.DISSOLVE, 4)
    pump.handle(stand_in.ready(scene.take_one.shots[0], "k9", 9, source, placement="AFTER"))
    assert [strip.type for _, strip in strips.strips_of_take("k9")].count("MOVIE") == 1
