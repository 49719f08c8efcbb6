"""Where strips go and what a swap keeps: exact channels, sizes and settings, each differing from the others."""

from __future__ import annotations

import bpy
import pytest
from rooms import NEW, clip
from take_one.scene.edit import compare, current, strips, swapping
from take_one.scene.model.shots import shot_list


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return {
        "a": clip(folder / "a.mp4", 24, (0.8, 0.1, 0.1)),
        "b": clip(folder / "b.mp4", 24, (0.1, 0.8, 0.1)),
        "wide": clip(folder / "wide.mp4", 24, (0.5, 0.1, 0.5), size=(128, 54)),
        "short": clip(folder / "short.mp4", 9, (0.5, 0.5, 0.1)),
    }


@pytest.fixture
def edit():
    scene = bpy.data.scenes.new("Edit")
    scene.render.fps, scene.render.fps_base = 24, 1.0
    scene.render.resolution_x, scene.render.resolution_y = 64, 36
    scene.sequence_editor_create()
    return scene


def colour(edit, channel, first, after):
    ending = {"length": after - first} if NEW else {"frame_end": after}
    strip = edit.sequence_editor.strips.new_effect(
        name=f"c{channel}", type="COLOR", channel=channel, frame_start=first, **ending
    )
    strip.select = False
    return strip


def place(edit, path, frame=10, take="t1", **more):
    return strips.place(edit, path, name=f"Kitchen_{take}", shot_uid="s1", take_uid=take, frame=frame, **more)


def channels(placed):
    return placed.sound.channel, placed.movie.channel


@pytest.mark.parametrize(
    ("there", "wanted"),
    [([(1, 10, 34), (3, 10, 34)], (4, 5)), ([(1, 34, 60)], (1, 2)), ([(1, 1, 10)], (1, 2)), ([(1, 33, 60)], (2, 3)),
     ([(1, 1, 11)], (2, 3)), ([(2, 12, 14)], (3, 4)), ([(127, 10, 34)], (1, 2)), ([(126, 10, 34)], (127, 128))],
)  # fmt: skip
def test_takes_lie_above_what_shows_there_and_only_there(edit, clips, there, wanted):
    for one in there:
        colour(edit, *one)
    assert channels(place(edit, clips["a"])) == wanted


def test_the_sound_lies_right_below_its_picture_where_there_is_room(edit, clips):
    editor = edit.sequence_editor
    editor.channels[2].lock = True
    assert channels(place(edit, clips["a"])) == (1, 3)
    assert place(edit, clips["a"], frame=100, take="t2", sound=False).movie.channel == 1
    colour(edit, 1, 200, 230)
    assert place(edit, clips["a"], frame=200, take="t3", sound=False).movie.channel == 3


def test_a_take_of_another_shape_fills_the_same_place_and_back_again(edit, clips):
    movie, sound = place(edit, clips["a"])
    movie.transform.scale_x, movie.transform.scale_y = 1.2, 0.6
    swapping.swap([movie, sound], clips["wide"], name="x", take_uid="t2")
    assert (movie.transform.scale_x, movie.transform.scale_y) == pytest.approx((1.2 * 64 / 128, 0.6 * 36 / 54))
    swapping.swap([movie, sound], clips["b"], name="y", take_uid="t3")
    assert (movie.transform.scale_x, movie.transform.scale_y) == pytest.approx((1.2, 0.6))
    assert (movie.name, sound.name) == ("y", "y sound")
    assert {strip[key] for strip in (movie, sound) for key in (strips.TAKE_KEY, strips.JOB_KEY)} == {"t3"}


@pytest.mark.parametrize("name", ["use_mono", "use_memory_cache"])
def test_a_swap_keeps_how_the_sound_is_read(edit, clips, name):
    movie, sound = place(edit, clips["a"])
    setattr(sound.sound, name, True)
    swapping.swap([movie, sound], clips["b"], name="x", take_uid="t2")
    settings = {one: getattr(sound.sound, one) for one in ("use_mono", "use_memory_cache")}
    assert settings == {one: one == name for one in settings}


def test_trims_stay_where_a_shorter_take_comes(edit, clips):
    movie, sound = place(edit, clips["a"])
    for strip in (movie, sound):
        setattr(strip, strips.START, 13)
        setattr(strip, strips.END, 30)
    swapping.swap([movie, sound], clips["short"], name="x", take_uid="t2")
    assert [(strips.start(strip), strips.end(strip)) for strip in (movie, sound)] == [(13, 30)] * 2
    assert strips.content_start(movie) == 10 and strips.content_length(movie) == 9


def test_a_sound_that_another_strip_plays_stays(edit, clips):
    place(edit, clips["a"])
    other = place(edit, clips["a"], frame=100, take="t2")
    other.sound.sound = strips.strips_of_take("t1")[1][1].sound
    kept = other.sound.sound.name
    strips.remove(strips.strips_of_take("t1"))
    assert kept in bpy.data.sounds and other.sound.sound is not None
    strips.remove(strips.strips_of_take("t2"))
    assert kept not in bpy.data.sounds


@pytest.mark.parametrize(
    ("handles", "wanted"),
    [((12, 11), (100, 101, 88, 12, 11)), ((12, 12), (88, 112, 88, None, None)), ((30, 0), (70, 94, 70, None, None))],
)
def test_handles_that_leave_nothing_are_none(edit, clips, handles, wanted):
    movie, sound = place(edit, clips["a"], frame=100, handles=handles)
    numbers = strips.start(movie), strips.end(movie), strips.content_start(movie)
    assert (*numbers, movie.get(strips.HEAD_KEY), movie.get(strips.TAIL_KEY)) == wanted
    assert (strips.start(sound), strips.end(sound), strips.content_start(sound)) == numbers


@pytest.mark.parametrize("handles", [(2, 5), (5, 2)])
def test_a_swap_remembers_whether_its_end_was_trimmed(edit, clips, handles):
    movie, sound = place(edit, clips["a"], frame=100, handles=handles)
    assert strips.end(movie) == 117
    for end, trimmed in ((117, False), (116, True)):
        setattr(movie, strips.END, end)
        swapping.swap([movie, sound], clips["b"], name="x", take_uid="t2", handles=handles)
        assert (bool(movie[strips.TRIMMED_KEY]), strips.end(movie)) == (trimmed, end)


def test_the_numbers_of_a_strip(edit, clips):
    movie, _ = place(edit, clips["a"], frame=20)
    setattr(movie, strips.START, 25)
    setattr(movie, strips.END, 40)
    numbers = [
        one(movie) for one in (strips.start, strips.end, strips.length, strips.content_start, strips.content_length)
    ]
    assert numbers == [25, 40, 15, 20, 24]


def test_a_shots_colour_is_its_own():
    assert strips.color_of("a") == strips.color_of("a") != strips.color_of("b")
    assert {strips.color_of(chr(97 + index)) for index in range(7)} == set(strips.COLORS)


# Current takes, deleted takes, two side by side


@pytest.fixture
def shot(clips):
    shot = shot_list.add_shot(bpy.context.scene)
    for number, name in enumerate(("a", "b", "short"), start=1):
        take = shot.takes.add()
        take.uid, take.number, take.status, take.clip = f"t{number}", number, "READY", str(clips[name])
    return shot


def lay(edit, shot, index, frame):
    return strips.place(
        edit,
        strips.Path(bpy.path.abspath(shot.takes[index].clip)),
        name="x",
        shot_uid=shot.uid,
        take_uid=shot.takes[index].uid,
        frame=frame,
    )


def test_only_the_strips_of_the_current_take_change(edit, shot):
    lay(edit, shot, 0, 10)
    lay(edit, shot, 1, 100)
    shot.current_take = "t1"
    assert current.make_current(shot, shot.takes[2]) == 2
    shown = sorted((strips.start(strip), strip[strips.TAKE_KEY]) for _, strip in strips.strips_of_shot(shot.uid))
    assert shown == [(10, "t3"), (10, "t3"), (100, "t2"), (100, "t2")]
    assert shot.current_take == "t3"
    assert current.make_current(shot, shot.takes[2]) == 0  # it is that already


@pytest.mark.parametrize(("deleted", "active", "after"), [(0, 2, 1), (2, 2, 1), (1, 0, 0)])
def test_a_deleted_take_is_no_longer_current_and_its_number_is_used(edit, shot, deleted, active, after):
    shot.current_take, shot.active_take, shot.last_number = f"t{deleted + 1}", active, 0
    current.delete(shot, shot.takes[deleted])
    assert [take.uid for take in shot.takes] == [uid for uid in ("t1", "t2", "t3") if uid != f"t{deleted + 1}"]
    assert (shot.current_take, shot.active_take, shot.last_number) == ("", after, deleted + 1)


def test_another_takes_strips_and_place_stay(edit, shot):
    lay(edit, shot, 0, 10)
    lay(edit, shot, 1, 100)
    shot.current_take = "t2"
    current.delete(shot, shot.takes[0])
    assert shot.current_take == "t2"
    assert {strip[strips.TAKE_KEY] for _, strip in strips.strips_of_shot(shot.uid)} == {"t2"}


@pytest.mark.parametrize("percent", [100, 50])
def test_two_takes_lie_side_by_side_as_long_as_the_longer(edit, shot, percent):
    edit.render.resolution_percentage = percent
    lay(edit, shot, 0, 10)
    compare.show(edit, shot.takes[2], shot.takes[1], 10)
    laid = {strip.type: [] for _, strip in compare._strips()}
    for _, strip in compare._strips():
        laid[strip.type].append(strip)
    (black,), movies = laid["COLOR"], sorted(laid["MOVIE"], key=lambda strip: strip.transform.offset_x)
    assert [bpy.path.basename(strip.filepath) for strip in movies] == ["short.mp4", "b.mp4"]
    assert [strip.transform.offset_x for strip in movies] == [-16, 16]
    assert (strips.start(black), strips.end(black)) == (10, 34)
    assert [strips.end(strip) for strip in movies] == [19, 34]
    assert 2 < black.channel < min(strip.channel for strip in movies)
    assert movies[0].channel != movies[1].channel
    assert not any(strip.select for _, strip in compare._strips())


def test_what_a_take_is_compared_with(shot):
    shot.current_take = "t2"
    assert compare.other_take(shot, shot.takes[0]).uid == "t2"
    assert compare.other_take(shot, shot.takes[1]).uid == "t3"
    assert compare.other_take(shot, shot.takes[2]).uid == "t2"
    shot.takes[1].status = "FAILED"
    assert compare.other_take(shot, shot.takes[0]).uid == "t3"
    assert compare.other_take(shot, shot.takes[2]).uid == "t1"
    shot.takes[0].status = "WAITING"
    assert compare.other_take(shot, shot.takes[2]) is None
