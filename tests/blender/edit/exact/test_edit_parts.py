"""Parts of the edit in figures: what a strip says of its file, a swap's sound, a board's end, a tab, two takes."""

from __future__ import annotations

from types import SimpleNamespace

import bpy
import pytest
import stand_in
from cutting import extent
from rooms import a_take
from take_one.scene.app import timer
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import board, compare, current, edit_scene, strips, swapping
from take_one.scene.edit.cut import effects, keys
from take_one.scene.edit.cut.uses import uses_of
from take_one.scene.model.shots import shot_list
from take_one.scene.model.shots.kept import Kept, write


@pytest.fixture
def edit():
    """An edit of 24 frames a second from 37 on, of a scene with one shot, whose current take is t1."""
    stand_in.attach()
    scene = bpy.context.scene
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    edit.render.fps, edit.frame_start, edit.frame_end = 24, 37, 37
    edit.render.resolution_x, edit.render.resolution_y = 64, 36
    shot = shot_list.add_shot(scene)
    shot.name, shot.current_take = "Hall", "t1"
    return edit


def the_shot():
    return bpy.context.scene.take_one.shots[0]


def place(edit, path, frame=40, take="t1", **more):
    return strips.place(edit, path, name=take, shot_uid=the_shot().uid, take_uid=take, frame=frame, **more)


def test_what_a_strip_shows_of_its_file(edit, clips):
    movie, sound = place(edit, clips["a"], handles=(3, 5))
    told = [strips.start, strips.end, strips.length, strips.content_start, strips.content_length, strips.own_end]
    assert [[number(strip) for number in told] for strip in (movie, sound)] == [[40, 56, 16, 37, 24, 61]] * 2
    movie[strips.BEYOND_KEY] = 4
    setattr(movie, strips.TRIM_END, 4)
    assert (strips.content_length(movie), strips.own_end(movie)) == (24, 57)
    assert (movie.color_tag, sound.color_tag) == (strips.color_of(the_shot().uid),) * 2
    assert len({strips.color_of(chr(97 + number)) for number in range(7)}) == 7
    assert strips.color_of("a") == strips.color_of("h") == strips.COLORS[97 % 7]


def test_a_clip_that_blender_can_not_read_leaves_nothing(edit, tmp_path):
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"no movie")
    one = effects.new_effect(edit, "one", "COLOR", 1, 40, 9)
    for lay in (lambda: place(edit, bad), lambda: swapping.swap([one], bad, name="x", take_uid="t2")):
        with pytest.raises(SceneError, match=r"Blender can't read the clip .*bad\.mp4\. Make the take again") as caught:
            lay()
        assert (caught.value.code, caught.value.fix) == ("clip_unreadable", "retry")
        assert [strip.name for strip in edit.sequence_editor.strips] == ["one"]


def test_a_swapped_picture_has_the_place_of_the_one_before(edit, clips):
    """By the size that the strip says of itself, else that of its first file."""
    movie, _ = place(edit, clips["tall"])
    movie.transform.scale_x, movie.transform.scale_y = 0.5, 0.25
    swapping.swap([movie], clips["a"], name="x", take_uid="t2")
    assert (movie.transform.scale_x, movie.transform.scale_y) == pytest.approx((0.25, 0.375))
    assert tuple(movie[strips.SIZE_KEY]) == (64, 36)
    del movie[strips.SIZE_KEY]  # its first file had 32 x 54
    swapping.swap([movie], clips["tall"], name="x", take_uid="t3")
    assert (movie.transform.scale_x, movie.transform.scale_y) == pytest.approx((0.25, 0.375))
    assert tuple(movie[strips.SIZE_KEY]) == (32, 54) and movie.select is False


@pytest.mark.parametrize(
    ("end", "tail", "trimmed"), [(64, 0, False), (63, 0, True), (60, 4, False), (59, 4, True), (70, 0, False)]
)
def test_a_swap_says_whether_the_user_has_cut_the_end(edit, clips, end, tail, trimmed):
    movie, _ = place(edit, clips["a"])
    movie[strips.TAIL_KEY] = tail
    setattr(movie, strips.END, end)
    swapping.swap([movie], clips["b"], name="x", take_uid="t2")
    assert (bool(movie[strips.TRIMMED_KEY]), extent(movie)[:2]) == (trimmed, (40, end))


def test_a_swapped_sound_is_as_the_one_before_and_a_same_file_is_named_anew(edit, clips, tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(clips["a"].parent / "film.blend"))
    edit = bpy.data.scenes["Edit"]
    _, sound = place(edit, clips["a"])
    sound.sound.filepath = str(clips["a"])
    sound.sound.use_mono = sound.sound.use_memory_cache = True
    swapping.swap([sound], clips["a"], name="x", take_uid="t2")
    assert sound.sound.filepath == "//a.mp4", "read anew"
    swapping.swap([sound], clips["b"], name="x", take_uid="t3")
    new = sound.sound
    assert (new.filepath, new.use_mono, new.use_memory_cache, len(bpy.data.sounds)) == ("//b.mp4", True, True, 1)
    sound.sound = None
    swapping.swap([sound], clips["a"], name="x", take_uid="t4")
    assert (sound.sound.filepath, sound.sound.use_mono, sound.name) == ("//a.mp4", False, "x sound")
    assert (sound[strips.TAKE_KEY], sound[strips.JOB_KEY]) == ("t4", "t4")


def test_a_file_slips_under_a_strip_that_is_shorter_than_it_goes(edit, clips):
    """By 10 frames either way under 3: what is shown, what is keyed and what lies over it stay."""
    movie, _ = place(edit, clips["a"], handles=(11, 10))
    other = effects.new_effect(edit, "other", "COLOR", 9, 30, 40)
    over = effects.new_effect(edit, "over", "GAMMA_CROSS", 10, 40, 3, movie, other)
    movie.blend_alpha = 0.5
    movie.keyframe_insert("blend_alpha", frame=41)
    assert extent(movie)[:2] == (40, 43)
    for head in (1, 20, 11):
        swapping.swap([movie], clips["b"], name="x", take_uid="t2", handles=(head, 3))
        assert (extent(movie)[:2], strips.content_start(movie)) == ((40, 43), 40 - head)
        assert extent(over)[:2] == (40, 43)
        ((_, curve),) = keys.curves(edit)
        assert [key.co.x for key in curve.keyframe_points] == [41]


def test_a_current_take_has_no_handles_below_none(edit, clips, tmp_path):
    shot = the_shot()
    movie, sound = place(edit, clips["a"])
    take = a_take(shot, "t2", 2, clip=str(clips["b"]))
    write(take, Kept(head=-3, tail=-4))
    assert current.make_current(shot, take) == 2
    assert [strip.get(strips.HEAD_KEY) for strip in (movie, sound)] == [0, 0]
    assert [strip.get(strips.TAIL_KEY) for strip in (movie, sound)] == [0, 0]
    assert (strips.content_start(movie), shot.current_take, movie.name) == (40, "t2", "Hall_t002 (6 cut)")
    assert current.make_current(shot, take) == 0
    write(take, Kept(head=2, tail=5, beyond=4))
    shot.current_take = "gone"
    third = a_take(shot, "t3", 3, clip=str(clips["b"]))
    write(third, Kept(head=2, tail=5, beyond=4))
    assert current.make_current(shot, third) == 2
    assert [movie[key] for key in (strips.HEAD_KEY, strips.TAIL_KEY, strips.BEYOND_KEY)] == [2, 5, 4]
    assert (current.files_of(third), sound[strips.OWN_KEY]) == ([], 26)


@pytest.mark.parametrize(
    ("blocked", "locked", "channels"),
    [((), (), (2, 1)), ((1,), (), (2, 4)), ((), (2,), (5, 1)), ((), (1, 2), (5, 4))],
)
def test_a_take_has_the_channels_of_its_board_where_they_are_free(edit, clips, blocked, locked, channels):
    """The board is longer than the take, which is as long as it then; what is in the way there is behind the take."""
    shot = the_shot()
    shot.seconds = 1.25
    use = board.lay(edit, shot, 40, (64, 36))
    assert {strip.type: extent(strip) for strip in use.all} == {"IMAGE": (40, 70, 2), "TEXT": (40, 70, 3)}
    for channel in blocked:
        effects.new_effect(edit, "own", "COLOR", channel, 65, 4)
    movie, sound = place(edit, clips["a"])
    for channel in locked:
        edit.sequence_editor.channels[channel].lock = True
    assert (extent(movie), extent(sound)) == ((40, 64, 5), (40, 64, 4))
    (use,) = uses_of(edit, shot.uid)
    board.replace(edit, use, "t1")
    assert (extent(movie), extent(sound)) == ((40, 70, channels[0]), (40, 70, channels[1]))
    assert [strip.name for strip in edit.sequence_editor.strips if strip.type in ("IMAGE", "TEXT")] == []


def test_the_other_of_two_takes(edit):
    shot = the_shot()
    a_take(shot, "t1", 1)
    assert compare.other_take(shot, shot.takes[0]) is None
    for number, status in ((2, "FAILED"), (3, "READY"), (4, "READY"), (5, "WAITING")):
        a_take(shot, f"t{number}", number, status)
    takes_ = {take.uid: take for take in shot.takes}

    def other(uid, of):
        shot.current_take = uid
        return compare.other_take(shot, takes_[of]).uid

    assert [other("t1", of) for of in ("t1", "t3", "t4")] == ["t4", "t1", "t1"]
    assert [other("t2", of) for of in ("t4", "t1")] == ["t3", "t4"]


def test_comparisons_stay_out_of_renders():
    def listed():
        return [getattr(bpy.app.handlers, name).count(function) for name, function in compare.HANDLERS]

    assert [name for name, _ in compare.HANDLERS] == ["render_init", "render_complete", "render_cancel"]
    assert listed() == [1, 1, 1]
    compare.unregister()
    compare.unregister()
    assert listed() == [0, 0, 0]
    compare.register()
    assert listed() == [1, 1, 1]


def test_two_takes_lie_side_by_side_at_half_their_size(edit, clips):
    shot = the_shot()
    for number, name in ((1, "a"), (2, "tall")):
        a_take(shot, f"t{number}", number, clip=str(clips[name]))
    left, right = shot.takes
    edit.render.resolution_percentage = 50
    compare.show(edit, left, right, 70)
    found = {strip.name: strip for strip in edit.sequence_editor.strips}
    assert {name: extent(strip) for name, strip in found.items()} == {
        "Compare": (70, 94, 3), "Compare take 1": (70, 94, 4), "Compare take 2": (70, 94, 5),
    }  # fmt: skip
    first, second, black = found["Compare take 1"], found["Compare take 2"], found["Compare"]
    assert (first.transform.offset_x, second.transform.offset_x) == (-16, 16)
    assert first.transform.scale_x == first.transform.scale_y == pytest.approx(0.5)
    assert second.transform.scale_x == second.transform.scale_y == pytest.approx(36 / 54 / 2)
    assert tuple(black.color) == (0, 0, 0) and all(strip[compare.KEY] is True for strip in found.values())
    effects.new_effect(edit, "high", "COLOR", 126, 100, 9)
    effects.new_effect(edit, "low", "COLOR", 2, 110, 5)
    edit.sequence_editor.channels[1].lock = True
    compare.show(edit, right, left, 100)
    assert sorted(extent(strip)[2] for _, strip in compare._strips()) == [3, 4, 5]
    assert compare.showing()


class Window:
    """`bpy` in a Blender that has a window."""

    app = SimpleNamespace(background=False)

    def __getattr__(self, name):
        return getattr(bpy, name)


@pytest.mark.parametrize(("play", "opens"), [(False, 0), (True, 2), (True, 99)])
def test_a_tab_is_opened_as_soon_as_its_window_is_drawn(edit, monkeypatch, play, opens):
    asked, played, tasks = [], [], []
    monkeypatch.setattr(edit_scene, "bpy", Window())
    monkeypatch.setattr(timer, "every", tasks.append)
    monkeypatch.setattr(edit_scene, "_open_tab", lambda uid: asked.append(uid) or len(asked) > opens)
    monkeypatch.setattr(edit_scene, "_play", played.append)
    strip = effects.new_effect(edit, "one", "COLOR", 1, 50, 9)
    edit_scene.reveal(bpy.context, edit, strip, play)
    (look,) = tasks
    pauses = []
    while not pauses or pauses[-1] is not None:
        pauses.append(look())
    assert pauses == [edit_scene.TRY_SECONDS] * min(opens, edit_scene.MOST_TRIES - 1) + [None]
    assert (set(asked), played) == ({edit.session_uid}, [edit.session_uid] if play else [])
    edit_scene.reveal(bpy.context, edit, None)
    assert len(tasks) == 1
    monkeypatch.setattr(edit_scene, "bpy", bpy)
    edit_scene.reveal(bpy.context, edit, strip)
    assert len(tasks) == 1, "in the background"


def test_our_tab_is_opened_unless_the_list_is(monkeypatch):
    class Side:
        """A region of tabs that is drawn, or not yet."""

        def __init__(self, kind, tab=None):
            self.type, self.tab = kind, tab

        @property
        def active_panel_category(self):
            if self.tab is None:
                raise AttributeError
            return self.tab

        @active_panel_category.setter
        def active_panel_category(self, tab):
            self.tab = tab

    seen, space = [], SimpleNamespace(show_region_ui=False)
    monkeypatch.setattr(edit_scene, "_bring_into_sight", lambda *said: seen.append(said))
    for tab, after, done in ((None, None, False), ("Tool", "Take One", True), ("Shots", "Shots", True)):
        side, other = Side("UI", tab), Side("HEADER", "Tool")
        area = SimpleNamespace(spaces=SimpleNamespace(active=space), regions=[other, side])
        monkeypatch.setattr(edit_scene, "_strips_of", lambda _uid, area=area: [("window", area, "region")])
        assert edit_scene._open_tab(7) is done
        assert (side.tab, other.tab, space.show_region_ui) == (after, "Tool", True)
        assert seen.pop() == ("window", area, "region")
    monkeypatch.setattr(edit_scene, "_strips_of", lambda _uid: [])
    assert edit_scene._open_tab(7) is False and seen == []
