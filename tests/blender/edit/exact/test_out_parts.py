"""What leaves the edit and comes back, part by part: spans, transitions, other strips, steps, other orders."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from cutting import colour_to
from leaving import two_pictures
from rooms import a_take, camera
from take_one.client.protocol import LANGUAGES
from take_one.client.protocol.direction import MAX_LINE, MAX_LINES, MAX_SPEAKER, MAX_TEXT
from take_one.client.protocol.edit import Changes, Cut, Edit, Place, Shot
from take_one.client.protocol.edit.edit import MAX_NAME
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import strips
from take_one.scene.edit.cut import effects
from take_one.scene.edit.cut.transitions import KIND_KEY
from take_one.scene.edit.cut.uses import BURN_KEY, WITH_KEY
from take_one.scene.edit.out import apply as applying
from take_one.scene.edit.out import collect as collecting
from take_one.scene.edit.out.collect import collect, collect_steps
from take_one.scene.model.shots import trust
from take_one.scene.model.shots.shot_list import add_shot

NEW = bpy.app.version >= (5, 0, 0)


@pytest.fixture
def edit(tmp_path):
    return two_pictures(tmp_path)


def shots():
    return bpy.context.scene.take_one.shots


def cross(edit, name, one, other, channel=30, kind="CROSS"):
    return effects.new_effect(edit, name, kind, channel, strips.start(other), 5, one, other)


# The edit as data


def test_only_what_joins_two_shots_is_a_dissolve(edit):
    row, (a, b) = edit.sequence_editor.strips, shots()
    setattr(row["A"], strips.END, 136)
    own = colour_to(edit, "own", 12, 100, 140)
    cross(edit, "joins", row["A"], row["B"])
    cross(edit, "gamma", row["A"], row["B"], 31, "GAMMA_CROSS")
    cross(edit, "half", row["A"], own, 32)
    cross(edit, "wipe", row["A"], row["B"], 33, "WIPE")
    data = collect(edit)
    assert [(one.kind, one.start, one.frames, one.before, one.after) for one in data.transitions] == [
        ("DISSOLVE", 131, 5, a.uid, b.uid)] * 2  # fmt: skip
    assert {one.name: one.kind for one in data.others} == {"own": "COLOR", "half": "CROSS", "wipe": "WIPE"}
    row["joins"].mute = row["gamma"].mute = True
    assert collect(edit).transitions == () and len(collect(edit).others) == 3


def test_fades_and_dips_are_told_where_their_shots_are(edit):
    a, b = (shot.uid for shot in shots())
    for number, (kind, uid, at, after) in enumerate((
        ("FADE_IN", a, 111, 116), ("FADE_OUT", b, 150, 161), ("DIP", b, 127, 135), ("DIP", a, 111, 119),
        ("FADE_IN", "gone", 111, 115), ("FADE_OUT", "gone", 111, 115), ("DIP", "gone", 127, 135), ("", b, 140, 150),
        ("DIP", b, 100, 120),
    )):  # fmt: skip
        colour_to(edit, f"{kind} {number}", 40 + number, at, after, **{KIND_KEY: kind, WITH_KEY: uid})
    found = collect(edit).transitions
    assert [(one.kind, one.start, one.frames, one.before, one.after) for one in found] == [
        ("FADE_IN", 111, 5, "", a), ("FADE_OUT", 150, 11, b, ""), ("FADE_OUT", 127, 4, a, ""),
        ("FADE_IN", 131, 4, "", b),
    ]  # fmt: skip
    assert [one.name for one in collect(edit).others] == ["FADE_IN 4", "FADE_OUT 5", "DIP 6"]


def test_what_is_nobodys_is_told_with_its_file(edit, tmp_path):
    row = edit.sequence_editor.strips
    image = row.new_image("still", str(tmp_path / "x" / "own.png"), 20, 140)
    image.mute = True
    colour_to(edit, "burn", 21, 101, 300, **{BURN_KEY: "top"})
    colour_to(edit, "over", 22, 111, 120, **{WITH_KEY: shots()[0].uid})
    colour_to(edit, "stray", 23, 111, 120, **{WITH_KEY: "gone", strips.SHOT_KEY: "gone"})
    assert [(one.name, one.kind, one.start, one.frames, one.offset, one.channel, one.file, one.enabled)
            for one in collect(edit).others] == [
        ("still", "IMAGE", 140, strips.length(image), 0, 20, tmp_path / "x" / "own.png", False),
        ("stray", "COLOR", 111, 9, 0, 23, None, True),
    ]  # fmt: skip
    span = collecting.Span(image, 5, 9, True)
    assert span.offset == 0 and collecting._file(SimpleNamespace(type="SOUND", sound=None)) is None
    for path, found in (("//a.mp4", tmp_path / "a.mp4"), ("", None), ("//a\0.mp4", None)):
        assert collecting._file(SimpleNamespace(type="MOVIE", filepath=path)) == found
        sound = SimpleNamespace(type="SOUND", sound=SimpleNamespace(filepath=path))
        assert collecting._file(sound) == found
    assert collecting._file(SimpleNamespace(type="IMAGE", elements=[])) is None
    early = SimpleNamespace(type="MOVIE", **{strips.CONTENT_START: 120})
    assert [collecting.Span(early, start, 9, True).offset for start in (111, 125)] == [-9, 5]
    others = list(collecting._others([collecting.Span(_movie(at), 111, 9, True) for at in (120, 105)], {}))
    assert [one.offset for one in others] == [0, 6]


def _movie(begins):
    """A movie strip of the user's whose file begins at a frame."""

    class Strip(dict):
        name, type, channel, filepath = "own", "MOVIE", 3, ""

    strip = Strip()
    setattr(strip, strips.CONTENT_START, begins)
    return strip


def test_takes_are_told_as_far_as_they_are_known(edit, monkeypatch):
    shot = shots()[0]
    for number, (uid, status, clip) in enumerate((
        ("k1", "READY", "//takes/A/A_t001.mp4"), ("k2", "READY", "//other/A_t002.mp4"),
        ("k3", "FAILED", "//takes/A/A_t003.mp4"), ("", "READY", "//takes/A/A_t004.mp4"), ("k5", "READY", ""),
    ), 1):  # fmt: skip
        a_take(shot, uid, number, status, clip=clip, engine=f"e{number}", seed=number, rating=number, note=f"n{number}")
    shot.current_take = "k2"
    found = collect(edit).shots[0]
    folder = Path(bpy.data.filepath).parent / "takes" / "A"
    assert [(one.id, one.number, one.name, one.file, one.frames, one.handles, one.beyond) for one in found.takes] == [
        ("k1", 1, "A_t001", folder / "A_t001.mp4", 0, (0, 0), 0), ("k2", 2, "A_t002", None, 0, (0, 0), 0),
        ("k3", 3, "A_t003", None, 0, (0, 0), 0), ("k5", 5, "A_t005", None, 0, (0, 0), 0),
    ]  # fmt: skip
    assert [(one.engine, one.seed, one.rating, one.note) for one in found.takes][1] == ("e2", 2, 2, "n2")
    assert found.current == "k2"

    class Strip(dict):
        type = "MOVIE"

    strip = Strip({strips.TAKE_KEY: "k1", strips.HEAD_KEY: 6, strips.TAIL_KEY: 4, strips.BEYOND_KEY: 3})
    setattr(strip, strips.CONTENT_LENGTH, 40)
    setattr(strip, strips.TRIM_END, 3)
    placed = [collecting.Span(one, 0, 1, True) for one in (Strip({strips.TAKE_KEY: "k2"}), strip)]
    made = collecting._take(shot, shot.takes[0], placed, set())
    assert (made.frames, made.handles, made.beyond, made.file) == (43, (6, 4), 3, None)
    strip[strips.BEYOND_KEY] = -2
    assert collecting._take(shot, shot.takes[0], placed, set()).beyond == 0


def test_a_card_as_data(edit):
    scene, (a, b) = bpy.context.scene, shots()
    scene.camera = camera(scene, "Main")
    a.camera = camera(scene, "Own")
    a.camera.data.lens, a.frame, a.note, a.rating, a.status, a.seconds = 85, 44, "dark", 3, "REVIEW", 1.5
    data = collect(edit)
    assert [(one.camera, one.lens, one.scene, one.frame, one.frames, one.note, one.rating, one.status)
            for one in data.shots] == [
        ("Own", 85, "Scene", 44, 36, "dark", 3, "For Review"), ("Main", 50, "Scene", 0, 48, "", 0, "To Do"),
    ]  # fmt: skip
    a.camera.data.type = "ORTHO"
    scene.camera = bpy.data.objects.new("none", None)
    scene.collection.objects.link(scene.camera)
    assert [(one.camera, one.lens) for one in collect(edit).shots] == [("Own", 0), ("", 0)]
    scene.render.fps, a.seconds, b.seconds = 4, 0.1, 0.4
    assert [one.frames for one in collect(edit).shots] == [1, 2]
    b.name = "x" * (MAX_NAME + 5)
    b.prompt, b.sound = "p" * (MAX_TEXT + 9), "s" * (MAX_TEXT + 9)
    for number in range(MAX_LINES + 2):
        b.lines.add().line = f"line {number}"
    b.lines[1].line, b.lines[2].speaker, b.lines[2].line = "  ", "s" * 64, "l" * 1000
    found = collect(edit).shots[1]
    said = found.direction
    assert (len(found.name), len(said.prompt), len(said.sound)) == (MAX_NAME, MAX_TEXT, MAX_TEXT)
    assert (len(said.dialogue), said.dialogue[0].language) == (MAX_LINES, LANGUAGES[0])
    assert (len(said.dialogue[1].speaker), len(said.dialogue[1].line)) == (min(64, MAX_SPEAKER), min(1000, MAX_LINE))
    assert collecting._text("a\0b\ud800") == "ab?"
    line = SimpleNamespace(speaker="s" * 999, language="", line="l" * (MAX_LINE + 5))
    card = SimpleNamespace(lines=[line], sound="", prompt_text=None, prompt="")
    (told,) = collecting._direction(card).dialogue
    assert (len(told.speaker), told.language, len(told.line)) == (MAX_SPEAKER, LANGUAGES[0], MAX_LINE)


def test_an_edit_lasts_from_its_first_frame_to_what_is_shown_last(edit):
    colour_to(edit, "burn", 21, 101, 400, **{BURN_KEY: "top"})
    muted = colour_to(edit, "muted", 22, 200, 300)
    muted.mute = True
    colour_to(edit, "compared", 23, 101, 500, **{strips.COMPARE_KEY: True})
    assert (collect(edit).start, collect(edit).frames) == (101, 60)
    muted.mute = False
    assert collect(edit).frames == 199
    edit.frame_start = 350
    assert collect(edit).frames == 0
    strips.remove([(edit, strip) for strip in edit.sequence_editor.strips])
    edit.frame_start, edit.frame_end = 101, 160
    assert collect(edit).frames == 60 and collect(edit).shots[0].places == ()
    bare = bpy.data.scenes.new("x" * 60)
    assert (collect(bare).title, collect(bare).fps, collect(bare).sounds) == ("film", Fraction(24), ())
    edit.render.resolution_x, edit.render.resolution_y, edit.render.resolution_percentage = 101, 7, 50
    assert collect(edit).size == (50, 4)
    edit.render.resolution_x, edit.render.resolution_percentage = 4, 1
    assert collect(edit).size == (1, 1)


def test_what_is_inside_meta_strips_is_cut_and_switched_off_with_them(edit):
    row = edit.sequence_editor.strips
    outer, inner = row.new_meta("outer", 20, 200), row.new_meta("inner", 21, 200)
    spans = {"left": (190, 215), "right": (215, 240), "within": (212, 214), "off": (205, 230), "edge": (190, 201),
             "early": (190, 200), "late": (225, 230)}  # fmt: skip
    parts = {name: colour_to(edit, name, 22 + n, *span) for n, (name, span) in enumerate(spans.items())}
    for part in parts.values():
        part.move_to_meta(inner)
    parts["off"].mute = True
    inner.move_to_meta(outer)
    setattr(inner, strips.END, 225)
    setattr(outer, strips.END, 223)
    assert [(strips.start(one), strips.end(one)) for one in (inner, outer)] == [(200, 225), (200, 223)]

    def told():
        found = (one for one in collecting._spans(edit) if one.strip.name not in "AB")
        return {one.strip.name: (one.start, one.frames, one.enabled) for one in found}

    assert told() == {
        "left": (200, 15, True), "right": (215, 8, True), "within": (212, 2, True), "off": (205, 18, False),
        "edge": (200, 1, True),
    }  # fmt: skip
    inner.channels[parts["right"].channel].mute = True
    assert [one[2] for one in told().values()] == [True, False, True, False, True]
    outer.mute = True
    assert {one[2] for one in told().values()} == {False}
    outer.mute, edit.sequence_editor.channels[outer.channel].mute = False, True
    assert {one[2] for one in told().values()} == {False}


def test_an_edit_that_is_changed_while_it_is_read_is_read_anew(edit, monkeypatch):
    looked = []
    monkeypatch.setattr(trust, "known", lambda paths: looked.append(len(list(paths))) or set())
    steps = collect_steps(edit)
    for _ in range(3):
        next(steps)
    colour_to(edit, "new", 30, 300, 310)
    found = None
    while found is None:
        try:
            next(steps)
        except StopIteration as done:
            found = done.value
    assert [one.name for one in found.others] == ["new"]
    steps, count = collect_steps(edit), 0
    with pytest.raises(SceneError, match="The edit changes while it is read") as caught:
        while True:
            next(steps)
            count += 1
            colour_to(edit, f"more {count}", 40 + count, 300, 310)
    assert (caught.value.code, caught.value.fix) == ("changed", "retry")
    assert count == 2 * collecting.MOST_TRIES


@pytest.mark.parametrize("change", ["start", "length", "mute", "take", "shot's take", "its status", "marker", "name"])
def test_what_counts_as_a_change(edit, change):
    shot = shots()[0]
    take = a_take(shot, "k1", 1)
    strip = edit.sequence_editor.strips["A"]
    before = collecting._mark(collecting._look(edit.session_uid))
    assert before == collecting._mark(collecting._look(edit.session_uid, before))
    match change:
        case "start":
            setattr(strip, strips.CONTENT_START, 90)
        case "length":
            setattr(strip, strips.END, 120)
        case "mute":
            strip.mute = True
        case "take":
            strip[strips.TAKE_KEY] = "k1"
        case "shot's take":
            shot.current_take = "k1"
        case "its status":
            take.status = "FAILED"
        case "marker":
            edit.timeline_markers.new("x", frame=1)
        case "name":
            strip.name = "other"
    assert collecting._mark(collecting._look(edit.session_uid)) != before
    with pytest.raises(collecting._Changed):
        collecting._look(edit.session_uid, before)


# Changes


def as_was(*places, take=""):
    """The edit as data that was read: places of A and B."""
    rows = tuple(
        Shot(shot.uid, shot.name, places=tuple(place for uid, place in places if uid == shot.uid)) for shot in shots()
    )
    return Edit("x", "film", Fraction(25), (64, 36), 101, 60, rows)


def test_strips_wait_far_away_while_others_take_their_places(edit):
    """A and B change places on one channel."""
    row, (a, b) = edit.sequence_editor.strips, (shot.uid for shot in shots())
    row["B"].channel = 2
    cuts = Cut(b, "B", 111, 30, place=0), Cut(a, "A", 141, 20, place=0)
    done = applying.apply(edit, collect(edit), Changes(cuts), bpy.context.scene)
    assert (done.changed, done.new) == (2, 0)
    found = {one.name: (strips.start(one), strips.end(one), one.channel) for one in row}
    assert found == {"B": (111, 141, 2), "A": (141, 161, 2)}
    assert [shot.name for shot in shots()] == ["B", "A"]


def test_a_further_use_of_a_shot_moves_alone(edit):
    row, (a, _b) = edit.sequence_editor.strips, (shot.uid for shot in shots())
    row["B"][strips.SHOT_KEY] = a
    cuts = Cut(a, "A", 111, 20, place=0), Cut(a, "A", 150, 24, place=1)
    done = applying.apply(edit, collect(edit), Changes(cuts), bpy.context.scene)
    assert (done.changed, done.new, done.remarks) == (1, 0, ())
    assert {one.name: (strips.start(one), strips.end(one)) for one in row} == {"A": (111, 131), "B": (150, 174)}


def test_another_take_is_named_and_left(edit):
    a, b = (shot.uid for shot in shots())
    for uid in ("k1", "k2"):
        a_take(shots()[0], uid, 1)
    was = as_was((a, Place(111, 20, 0, "k1")), (b, Place(131, 30)))
    cut = Cut(a, "A", 111, 20, place=0, take="k2")
    assert applying._other_takes(was, Changes((cut, replace(cut, take="k1"), cut))) == [cut, cut]
    for more in ({"take": "gone"}, {"shot": "gone"}, {"shot": b}, {"take": ""}, {"place": 1}):
        assert applying._other_takes(was, Changes((replace(cut, **more),))) == []
    done = applying.apply(edit, was, Changes((cut,)), bpy.context.scene)
    assert (done.changed, done.remarks) == (0, ("Another take of 'A' is shown there: make it current yourself.",))


def test_shots_that_are_not_named_stay_behind_the_one_before_them(edit):
    for name in "CD":
        add_shot(bpy.context.scene).name = name
    a, b, c, _d = (shot.uid for shot in shots())
    scene = bpy.context.scene
    for active, order, names in ((1, (c, a), "CDAB"), (3, (a, c), "ABCD"), (0, (c,), "ABCD"), (2, (b, a, b), "BCDA")):
        scene.take_one.active_shot, chosen = active, shots()[active].name
        others = (Cut("", "new", 5, 5), Cut("gone", "", 9, 9))
        applying._order(Changes((*(Cut(uid, "x", 1, 2) for uid in order), *others)))
        assert "".join(shot.name for shot in shots()) == names
        assert shots()[scene.take_one.active_shot].name == chosen


def test_new_shots_are_named_and_as_long_as_there(edit):
    scene = bpy.context.scene
    scene.camera = camera(scene, "Main")
    for name, note, wanted in (("Yard", " a\n gate ", ("Yard", "a gate")), ("", "x" * 1200, ("Shot 04", "x" * 1000))):
        shot = applying._new_shot(edit, scene, Cut("", name, 200, 35, note=note))
        assert (shot.name, shot.prompt) == wanted and shot.seconds == pytest.approx(1.4)
        assert shot.camera == scene.camera
    assert [(one.name, one.frame) for one in edit.timeline_markers] == [("Yard", 200), ("Shot 04", 200)]
