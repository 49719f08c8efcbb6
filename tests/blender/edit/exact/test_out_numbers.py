"""What leaves the edit and comes back, in figures: each function with values that differ from each other, on both sides
of every limit."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from cutting import colour_to
from leaving import show, two_pictures
from rooms import a_take
from take_one.client.protocol.edit import Changes, Cut, Edit, Marker, Place, Shot, SoundStrip
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import strips
from take_one.scene.edit.cut import effects, keys
from take_one.scene.edit.cut.transitions import KIND_KEY
from take_one.scene.edit.cut.uses import BED_KEY, WITH_KEY
from take_one.scene.edit.out import apply as applying
from take_one.scene.edit.out import collect as collecting
from take_one.scene.edit.out import render_cut
from take_one.scene.edit.out.apply import _Step
from take_one.scene.edit.out.collect import Span, collect, collect_steps
from take_one.scene.model.shots import trust
from take_one.scene.model.shots.shot_list import add_shot
from take_one.scene.model.shots.shown import SHOT_KEY


@pytest.fixture
def edit(tmp_path):
    return two_pictures(tmp_path)


def shots():
    return bpy.context.scene.take_one.shots


class Strip(dict):
    """A strip that is only looked at: its marks, and what it is."""

    def __init__(self, kind, marks=None, **told):
        super().__init__(marks or {})
        self.type, self.name, self.channel, self.filepath, self.sound, self.volume = kind, "strip", 1, "", None, 1.0
        setattr(self, strips.CONTENT_START, 0)
        for name, value in told.items():
            setattr(self, name, value)


# --- the edit as data ---


def third(edit):
    """A third shot behind the others, from 161 to 180."""
    shot = add_shot(bpy.context.scene)
    shot.name = "C"
    show(edit, shot, 14, 161, 180)
    return shot.uid


def told(edit):
    return [(one.kind, one.start, one.frames, one.before, one.after) for one in collect(edit).transitions]


def test_a_dip_is_between_the_two_pictures_that_meet_under_it(edit):
    """Neither another shot's, nor what is no picture, nor one that ends elsewhere."""
    a, b = (shot.uid for shot in shots())
    c = third(edit)
    colour_to(edit, "own", 3, 150, 161)
    sound = colour_to(edit, "no picture", 4, 155, 161, **{SHOT_KEY: a})
    dip = colour_to(edit, "dip", 30, 157, 167, **{KIND_KEY: "DIP", WITH_KEY: c})
    assert told(edit) == [("FADE_OUT", 157, 4, b, ""), ("FADE_IN", 161, 6, "", c)]
    setattr(edit.sequence_editor.strips["B"], strips.END, 160)
    assert told(edit) == []  # no picture ends there
    setattr(edit.sequence_editor.strips["B"], strips.END, 161)
    for first, after, found in ((160, 162, 2), (161, 166, 0), (157, 161, 0), (150, 158, 0)):
        strips.remove([(edit, dip)])
        dip = colour_to(edit, "dip", 30, first, after, **{KIND_KEY: "DIP", WITH_KEY: c})
        assert len(told(edit)) == found, (first, after)
    dip[WITH_KEY] = a
    strips.remove([(edit, sound)])
    setattr(dip, strips.START, 106)
    setattr(dip, strips.END, 116)
    assert told(edit) == []  # nothing is before the first


def test_sounds_say_whose_they_are_and_how_loud():
    rows = {"a": object()}
    ours = {SHOT_KEY: "a", strips.TAKE_KEY: "t"}
    sound = SimpleNamespace(filepath="/x/own.wav")
    given = [
        Strip("SOUND", ours, name="take", channel=3, volume=0.25, sound=sound),
        Strip("SOUND", {**ours, SHOT_KEY: "gone"}, name="stranger", volume=-2.0),
        Strip("SOUND", {BED_KEY: "x", strips.TAKE_KEY: "t"}, name="bed", channel=9, volume=1000.5),
        Strip("SOUND", {**ours, BED_KEY: "x"}, name="b" * 9999, volume=1000.0),
        Strip("MOVIE", ours),
    ]
    for index, one in enumerate(given):
        setattr(one, strips.CONTENT_START, 10 * index)
    found = list(collecting._sounds([Span(one, 50, 7, one.channel != 9) for one in given], rows))
    assert found[0] == SoundStrip(name="take", start=50, frames=7, offset=50, kind="TAKE", file=Path("/x/own.wav"),
                                  shot="a", take="t", channel=3, volume=0.25, enabled=True)  # fmt: skip
    assert [(one.kind, one.shot, one.take, one.offset, one.volume, one.enabled) for one in found[1:]] == [
        ("OWN", "", "", 40, 0.0, True), ("BED", "", "", 30, 1000.0, False), ("TAKE", "a", "t", 20, 1000.0, True),
    ]  # fmt: skip
    assert len(found[3].name) == collecting.MAX_NAME


def test_a_place_has_a_take_where_it_is_a_movie():
    for kind, take, offset in (("MOVIE", "t", 3), ("IMAGE", "", 0)):
        strip = Strip(kind, {strips.TAKE_KEY: "t"}, channel=5)
        setattr(strip, strips.CONTENT_START, 97)
        assert collecting._place(Span(strip, 100, 20, False)) == Place(100, 20, offset, take, 5, False)
    assert collecting._place(Span(Strip("MOVIE"), 1, 2, True)) == Place(1, 2, 1, "", 1, True)


def test_what_is_a_shots_picture():
    for kind, marks, found in (("MOVIE", {SHOT_KEY: "a"}, True), ("IMAGE", {SHOT_KEY: "a"}, True),
                               ("SOUND", {SHOT_KEY: "a"}, False), ("COLOR", {SHOT_KEY: "a"}, False),
                               ("MOVIE", {SHOT_KEY: ""}, False), ("IMAGE", {}, False)):  # fmt: skip
        assert collecting.shot_strip(Strip(kind, marks)) is found


def test_which_files_are_asked_for(monkeypatch):
    """Stills, clips of ready takes, and pictures that stand for shots: each where it is told."""
    monkeypatch.setattr(collecting.takes, "clip_path", lambda take: Path("/clips") / take.clip)

    def take(clip, status="READY"):
        return SimpleNamespace(clip=clip, status=status)

    def picture(name, marks=None):
        return Strip("IMAGE", marks, directory="/p/", elements=[SimpleNamespace(filename=name)])

    cards = [SimpleNamespace(still="/s/1.png", takes=[take("a"), take("b", "FAILED"), take("")]),
             SimpleNamespace(still="", takes=[take("c")])]  # fmt: skip
    ours = {SHOT_KEY: "a"}
    given = [picture("x.png", ours), picture("y.png"), Strip("MOVIE", ours, filepath="/z.mp4"),
             Strip("IMAGE", ours, elements=[]), picture("w.png", ours)]  # fmt: skip
    found = list(collecting._files(cards, [Span(one, 1, 1, True) for one in given]))
    assert found == [Path("/s/1.png"), Path("/clips/a"), Path("/clips/c"), Path("/p/x.png"), Path("/p/w.png")]
    placed = [Span(one, 1, 1, True) for one in given]
    assert collecting._board(placed, {Path("/p/w.png"), Path("/z.mp4")}) == Path("/p/w.png")
    assert collecting._board(placed, {Path("/z.mp4")}) is None
    assert collecting._board(placed, {Path("/p/w.png"), Path("/p/x.png")}) == Path("/p/x.png")


def test_markers_and_words():
    camera = SimpleNamespace(name="Eye")
    assert collecting._marker(SimpleNamespace(frame=7, name="m", camera=camera)) == Marker(7, "m", camera="Eye")
    assert collecting._marker(SimpleNamespace(frame=-3, name="", camera=None)) == Marker(-3, "", camera="")
    assert collecting._name("x" * 9999) == "x" * collecting.MAX_NAME and collecting._text("\0a\udcffä") == "a?ä"


def test_an_edit_is_read_in_steps_of_so_many_files_and_shots(edit, monkeypatch):
    """Three shots, two at a time; their five files, three at a time."""
    third(edit)
    for shot in shots():
        shot.still = f"//{shot.name}.png"
    asked, made, real = [], [], collecting._shot
    monkeypatch.setattr(collecting, "FILES_A_STEP", 2)
    monkeypatch.setattr(collecting, "SHOTS_A_STEP", 2)
    monkeypatch.setattr(trust, "known", lambda paths: asked.append([one.name for one in paths]) or set(paths[:1]))
    monkeypatch.setattr(collecting, "_shot", lambda shot, placed, known: (
        made.append((shot.name, [one.strip.name for one in placed], sorted(one.name for one in known)))
        or real(shot, placed, known)))  # fmt: skip
    steps, seen = collect_steps(edit), []
    while True:
        try:
            next(steps)
            seen.append((len(asked), len(made)))
        except StopIteration as done:
            data = done.value
            break
    assert seen == [(0, 0), (0, 0), (1, 0), (2, 0), (3, 0), (3, 2), (3, 3), (3, 3)]
    assert asked == [["A.png", "B.png"], ["C.png", "none.png"], ["none.png", "none.png"]]
    known = ["A.png", "C.png", "none.png"]
    assert made == [("A", ["A"], known), ("B", ["B"], known), ("C", ["C"], known)]
    assert [shot.name for shot in data.shots] == ["A", "B", "C"]
    assert [shot.picture and shot.picture.name for shot in data.shots] == ["none.png"] * 3


def test_the_edits_own_numbers(edit):
    edit.render.resolution_x, edit.render.resolution_y, edit.render.resolution_percentage = 333, 77, 50
    edit.render.fps, edit.render.fps_base, edit.frame_start = 30, 1.001, 120
    data = collect(edit)
    assert (data.size, data.start, data.frames, data.title) == ((166, 38), 120, 41, "film")
    assert math.isclose(float(data.fps), 30 / 1.001, rel_tol=1e-9) and data.made.endswith("+00:00")
    assert len(data.made) == 25 and data.id.endswith(".Edit") and len(data.id) > 10
    assert [(one.start, one.frames) for shot in data.shots for one in shot.places] == [(111, 20), (131, 30)]


# --- changes ---


def as_was(*places):
    """The edit as data that was read: places of A and B."""
    rows = tuple(Shot(shot.uid, shot.name, places=tuple(p for uid, p in places if uid == shot.uid)) for shot in shots())
    return Edit("x", "film", 25, (64, 36), 101, 60, rows)


PLACE = Place(50, 20)  # to before 70


def at(first, after, kind="COLOR"):
    strip = Strip(kind)
    for name, value in ((strips.START, first), (strips.END, after)):
        setattr(strip, name, value)
    return strip


def test_what_meets_a_place():
    for first, after, meets in ((40, 50, False), (40, 51, True), (69, 80, True), (70, 80, False), (55, 60, True)):
        assert applying._meets(at(first, after), PLACE) is meets


def test_what_lies_over_a_shot_goes_with_its_beginning_or_its_end():
    for first, after, wanted in ((50, 69, (7, 0)), (50, 70, (7, 3)), (49, 75, (7, 3)), (51, 70, (10, 0)),
                                 (60, 80, (10, 0)), (55, 60, (7, 0))):  # fmt: skip
        strip = at(first, after)
        assert applying._over(strip, PLACE, 7, 3) == _Step(strip, wanted[0], 0, wanted[1])


def test_a_strip_is_never_without_frames_while_it_is_trimmed(edit):
    """The handle that goes outwards goes first."""
    one = colour_to(edit, "one", 30, 100, 110)
    for head, tail, found in ((-15, 20, (115, 130)), (10, -20, (105, 110)), (0, 0, (105, 110)), (2, 3, (103, 113))):
        applying._trim(_Step(one, 0, head, tail))
        assert (strips.start(one), strips.end(one)) == found, (head, tail)


def test_a_picture_has_no_head_and_a_movie_as_much_as_its_file_begins_earlier(edit, monkeypatch):
    a = shots()[0].uid
    strip = edit.sequence_editor.strips["A"]
    was = as_was((a, Place(111, 20, 8)))
    cut = Cut(a, "A", 120, 26, 3, 0)
    assert applying._move(edit, was, cut) == applying._Move((_Step(strip, 9, 0, 6),), 120)
    movie = Strip("MOVIE", {SHOT_KEY: a})
    sound, over, cross, beside = (Strip(kind, {key: a}) for kind, key in (
        ("SOUND", SHOT_KEY), ("TEXT", WITH_KEY), ("CROSS", WITH_KEY), ("SOUND", SHOT_KEY)))  # fmt: skip
    for one, first, after in ((movie, 111, 131), (sound, 111, 129), (over, 111, 140), (cross, 111, 131),
                              (beside, 131, 140)):  # fmt: skip
        setattr(one, strips.START, first)
        setattr(one, strips.END, after)
        setattr(one, strips.LENGTH, after - first)
    film = SimpleNamespace(sequence_editor=SimpleNamespace(strips=[movie, sound, over, cross, beside]))
    found = applying._move(film, was, cut)
    assert [(one.strip, one.shift, one.head, one.tail) for one in found.steps] == [
        (movie, 14, 5, 1), (sound, 14, 5, 1), (over, 9, 0, 6),
    ]  # fmt: skip
    for same in (Cut(a, "A", 111, 20, 8, 0), Cut(a, "A", 9, 9, 9, 1), Cut("", "new", 9, 9)):
        assert applying._move(film, was, same) is None
    for changed in (Place(112, 20, 8), Place(111, 21, 8)):
        with pytest.raises(SceneError) as caught:
            applying._move(film, as_was((a, changed)), cut)
        message = "The edit has changed since the timeline was read: shot 'A'. Read it again."
        assert (caught.value.code, str(caught.value)) == ("changed", message)
    with pytest.raises(SceneError):
        applying._move(SimpleNamespace(sequence_editor=SimpleNamespace(strips=[sound])), was, cut)


def test_a_locked_strip_or_channel_is_named_and_all_stays(edit):
    a, b = (shot.uid for shot in shots())
    row = edit.sequence_editor.strips
    cuts = Cut(b, "B", 111, 30, 0, 0), Cut(a, "A", 141, 20, 0, 0)
    for lock in (lambda on: setattr(row["A"], "lock", on),
                 lambda on: setattr(edit.sequence_editor.channels[row["A"].channel], "lock", on)):  # fmt: skip
        lock(True)
        with pytest.raises(SceneError) as caught:
            applying.apply(edit, collect(edit), Changes(cuts), bpy.context.scene)
        message = "Strip 'A', or its channel, is locked. Unlock it."
        assert (caught.value.code, str(caught.value)) == ("locked", message)
        assert [(strips.start(row[name]), shots()[index].name) for index, name in enumerate("AB")] == [
            (111, "A"), (131, "B"),
        ]  # fmt: skip
        lock(False)
    assert applying.apply(edit, collect(edit), Changes(cuts), bpy.context.scene) == applying.Done(2, 0, ())


def test_remarks_are_in_their_order_and_frames_reach_the_last_strip(edit):
    a, b = (shot.uid for shot in shots())
    for uid in ("k1", "k2"):
        a_take(shots()[1], uid, 1)
    was = as_was((a, Place(111, 20)), (b, Place(131, 30, 0, "k1")))
    cuts = (Cut(b, "B", 131, 30, 0, 0, "k2"), Cut(a, "A2", 300, 5, 0, 1), Cut("", "", 400, 50),
            Cut(a, "A", 171, 9, 0, 0), Cut(b, "B2", 1, 1, 0, -1))  # fmt: skip
    edit.frame_end = 20
    done = applying.apply(edit, was, Changes(cuts), bpy.context.scene)
    assert done == applying.Done(1, 1, (
        "Shot 'A2' is used once more there: lay it yourself.", "Shot 'B2' is used once more there: lay it yourself.",
        "Another take of 'B' is shown there: make it current yourself."))  # fmt: skip
    assert edit.frame_end == 179 and [shot.name for shot in shots()] == ["B", "Shot 03", "A"]


def test_animation_goes_with_strips_and_effects_that_follow_them(edit):
    a, b = (shot.uid for shot in shots())
    row = edit.sequence_editor.strips
    effect = effects.new_effect(edit, "gamma", "GAMMA_CROSS", 40, 111, 20, row["A"], row["A"])
    for strip, frame in ((row["A"], 115), (effect, 116), (row["B"], 140)):
        strip.blend_alpha = 0.5
        strip.keyframe_insert("blend_alpha", frame=frame)
    cuts = Cut(b, "B", 131, 30, 0, 0), Cut(a, "A", 201, 20, 0, 0)
    applying.apply(edit, collect(edit), Changes(cuts), bpy.context.scene)
    assert {path.split('"')[1]: curve.keyframe_points[0].co.x for path, curve in keys.curves(edit)} == {
        "A": 205, "gamma": 206, "B": 140,
    }  # fmt: skip


# --- the cut's own render ---


def test_a_side_whose_render_can_not_be_even_stays():
    """One that is not rendered at all does not count as even."""
    cases = [
        (15, 10, 15),
        (19, 10, 19),
        (39, 10, 29),
        (20, 10, 20),
        (2, 100, 2),
        (3, 100, 2),
        (1, 100, 1),
        (7, 50, 5),
        (3, 50, 3),
    ]
    for side, percent, wanted in cases:
        assert render_cut._even(side, percent) == wanted
