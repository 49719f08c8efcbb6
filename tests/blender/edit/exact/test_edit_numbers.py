"""The edit's own parts in figures: boards and their words, parts of one clip, where moved files go, takes that are
found; each on both sides of its limits."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from cutting import an_edit, colour, use_of
from rooms import a_take
from take_one.client.events import TakeReady
from take_one.client.protocol import Binding, BoundPart, Job, JobState, Price, Result
from take_one.client.protocol.codec import to_json
from take_one.scene.edit import board, found, moving, several, strips
from take_one.scene.edit.cut import effects
from take_one.scene.edit.cut.uses import BOARD_KEY, WITH_KEY
from take_one.scene.model.properties.properties import MAX_SEED
from take_one.scene.model.shots import kept, shot_list, takes


@pytest.fixture
def edit():
    stand_in.attach()
    return an_edit(24)


def a_shot(name="Hall", **more):
    shot = shot_list.add_shot(bpy.context.scene)
    shot.name = name
    for key, value in more.items():
        setattr(shot, key, value)
    return shot


class Strip(dict):
    """A strip that is only looked at."""

    def __init__(self, kind="SOUND", first=0, after=10, marks=None, **told):
        super().__init__(marks or {})
        self.type, self.name = kind, kind
        for name, value in ((strips.START, first), (strips.END, after), (strips.CONTENT_START, first), *told.items()):
            setattr(self, name, value)


# --- boards ---


def test_a_boards_words_are_the_shots_name_and_what_happens(edit):
    shot = a_shot(prompt="push\nin ")
    for speaker, words in (("Ann", "Go."), ("Bob", ""), ("", "No.")):
        line = shot.lines.add()
        line.speaker, line.line = speaker, words
    assert board.words_of(shot) == "Hall\npush in Ann: Go. No."
    shot.lines.clear()
    for count, wanted in ((160, "x" * 160), (161, "x" * 157 + "..."), (0, None)):
        shot.prompt = "x" * count
        assert board.words_of(shot) == ("Hall" if wanted is None else f"Hall\n{wanted}")
    shot.prompt = "x" * 156 + " " + "y" * 20
    assert board.words_of(shot) == "Hall\n" + "x" * 156 + "..."
    for seconds, frames in ((1.0, 24), (0.99, 24), (0.97, 23)):
        shot.seconds = seconds
        assert board.frames_of(edit, shot) == frames
    assert board.frames_of(edit, SimpleNamespace(seconds=0.001)) == 1


def test_how_a_boards_words_look(edit):
    shot = a_shot(prompt="push in")
    for high, size in ((1000, 35), (1010, 35), (1020, 36), (100, 12)):
        edit.render.resolution_y = high
        words = board.add_words(edit, shot, 3, 50, 24)
        assert (words.font_size, words.text, words.name.partition(".")[0]) == (size, "Hall\npush in", "Hall words")
        strips.remove([(edit, words)])
    words = board.add_words(edit, shot, 4, 50, 24)
    assert (strips.start(words), strips.end(words), words.channel) == (50, 74, 4)
    assert tuple(words.location) == pytest.approx((0.5, 0.08)) and words.wrap_width == pytest.approx(0.9)
    assert tuple(words.box_color) == pytest.approx((0, 0, 0, 0.6)) and words.use_box
    assert (words.anchor_x, words.anchor_y, words[WITH_KEY], words[BOARD_KEY]) == ("CENTER", "BOTTOM", shot.uid, True)


@pytest.mark.parametrize(
    ("size", "scale"), [((64, 36), 1), ((128, 36), 0.5), ((64, 72), 0.5), ((32, 9), 2), ((16, 18), 2)]
)
def test_a_boards_picture_fills_its_place_also_in_another_size(size, scale, edit):
    shot = a_shot()
    use = board.lay(edit, shot, 50, size)
    picture = next(strip for strip in use.strips if strip.type == "IMAGE")
    assert (picture.transform.scale_x, picture.transform.scale_y) == pytest.approx((scale, scale))
    board.resize(use, (size[0] * 2, size[1] * 4))
    assert (picture.transform.scale_x, picture.transform.scale_y) == pytest.approx((scale / 2, scale / 4))
    assert tuple(picture[strips.SIZE_KEY]) == (size[0] * 2, size[1] * 4)
    del picture[strips.SIZE_KEY]
    board.resize(use, (1, 1))
    assert picture.transform.scale_x == pytest.approx(scale / 2) and strips.SIZE_KEY not in picture


def test_a_renamed_shots_board_says_it_and_what_is_the_users_stays(edit):
    shot = a_shot(prompt="push in")
    board.lay(edit, shot, 50, (64, 36))
    own = effects.new_effect(edit, "title", "TEXT", 20, 50, 24)
    own.text, own[WITH_KEY] = "mine", shot.uid
    colour(edit, "tint", 21, 50, 24, **{WITH_KEY: shot.uid})
    other = edit.sequence_editor.strips.new_image("photo", "//x.png", 22, 50)
    other[strips.SHOT_KEY] = shot.uid
    shot.name = "Yard"
    board.renamed(shot)
    told = {(one.type, one.name) for one in edit.sequence_editor.strips}
    assert told == {("IMAGE", "Yard"), ("TEXT", "Yard words"), ("TEXT", "title"), ("COLOR", "tint"), ("IMAGE", "photo")}
    assert own.text == "mine" and edit.sequence_editor.strips["Yard words"].text == "Yard\npush in"
    assert [(film.name, use.start) for film, use in board.boards_of(shot.uid)] == [("Edit", 50)]
    for strip in use_of(edit, shot.uid).strips:
        strip.pop(BOARD_KEY, None)
    assert board.boards_of(shot.uid) == [] == board.boards_of("gone")


# --- moved files ---


def test_only_a_picture_by_itself_is_a_file(edit, tmp_path):
    row = edit.sequence_editor.strips
    one = row.new_image("one", str(tmp_path / "a.png"), 3, 50)
    many = row.new_image("many", str(tmp_path / "a.png"), 4, 50)
    many.elements.append("b.png")
    assert [moving._is_picture(strip) for strip in (one, many, colour(edit, "x", 5, 50, 9))] == [True, False, False]
    picture = moving.Picture(one)
    assert Path(picture.filepath) == tmp_path / "a.png"
    picture.filepath = "//b/c.png"
    assert (one.directory, one.elements[0].filename, picture.filepath) == ("//b/", "c.png", "//b/c.png")
    several_ = SimpleNamespace(directory="/x/", elements=[SimpleNamespace(filename=name) for name in "ab"])
    assert moving.Picture(several_).filepath == "/x/a"
    moving.Picture(several_).filepath = "/y/z"
    assert [one.filename for one in several_.elements] == ["z", "b"]


def test_a_folder_gets_a_number_where_other_files_are_in_the_way(tmp_path):
    folder, target = tmp_path / "from" / "Hall", tmp_path / "takes"
    files = [folder / "a.mp4", folder / "stills" / "b.png"]
    for index, file in enumerate(files):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(str(index))

    def at(name):
        return {files[0]: target / name / "a.mp4", files[1]: target / name / "stills" / "b.png"}

    assert moving._places(folder, files, target) == at("Hall")
    (target / "Hall" / "stills").mkdir(parents=True)
    (target / "Hall" / "stills" / "b.png").write_text("1")
    assert moving._places(folder, files, target) == at("Hall")  # the same is there
    (target / "Hall" / "a.mp4").write_text("other")
    assert moving._places(folder, files, target) == at("Hall_2")
    (target / "Hall_2").symlink_to(tmp_path)
    assert moving._places(folder, files, target) == at("Hall_3")
    moving._bring(files[0], target / "Hall_3" / "x" / "a.mp4")
    assert (target / "Hall_3" / "x" / "a.mp4").samefile(files[0])


# --- parts of one clip ---


def test_notes_are_about_one_shot_or_the_whole_clip():
    notes = ("all", "Shot 1: one", "Shot 2: two", "Shot 02: again", "all", "Shot 12: far", "shot 1: no", "Shot 1:none")
    assert several._notes(notes, 0) == ("all", "one", "shot 1: no", "Shot 1:none")
    assert several._notes(notes, 1) == ("all", "two", "again", "shot 1: no", "Shot 1:none")
    assert several._notes(notes, 11) == ("all", "far", "shot 1: no", "Shot 1:none")


def test_the_picture_beside_a_sound_is_the_one_that_is_seen_longest():
    sound = Strip(first=50, after=70)
    early, late, away = Strip("MOVIE", 40, 58), Strip("MOVIE", 58, 90), Strip("MOVIE", 70, 99)
    assert several._beside(sound, [early, late, away]) is late and several._beside(sound, [early, away]) is early
    assert several._beside(sound, [away]) is None is several._beside(sound, [])


def test_a_sound_ends_where_its_own_shot_does():
    """Beside a picture from 50 to 90."""
    cases = [
        (90, None, 30, 80),
        (80, None, 30, 80),
        (85, None, 30, 80),
        (70, None, 30, 70),
        (90, None, 60, 90),
        (80, 30, None, 90),
        (75, 30, None, 75),
        (90, None, None, 90),
    ]
    for end, was, own, ends in cases:
        sound = Strip(first=50, after=end, marks={strips.OWN_KEY: was} if was else {})
        several._note_own(sound, Strip("MOVIE", 50, 90), own)
        assert (strips.end(sound), sound.get(strips.OWN_KEY)) == (ends, own)


def test_each_part_of_a_clip_is_a_take_with_its_own_words(edit, tmp_path):
    clip = tmp_path / "Hall" / "Hall_t003.mp4"
    clip.parent.mkdir()
    clip.write_bytes(b"clip")
    parts = BoundPart("gone too", "k", "Hall", 3, 0, 20, 1, 2), BoundPart("gone", "k~1", "Yard", 7, 20, 15, 3, 4)
    binding = Binding("file", "scene", "gone too", "k", "Hall", 3, "REPLACE", parts=parts)
    whole = {"engine": "horse", "cost": {"a": 1}, "camera": "first", "seed": 1, "shots": [
        {"seed": 11, "direction": {"prompt": "one", "sound": "rain"}, "seconds": 2.0},
        {"seed": 12, "direction": {"prompt": "two"}, "path": "p", "other": 1}]}  # fmt: skip
    clip.with_suffix(".json").write_text(json.dumps(whole))
    cost = Price(2.0, "USD")
    job = Job("id", JobState.COMPLETED, 100, binding=binding, result=Result(notes=("all", "Shot 2: dark"), cost=cost))
    made = list(several.parts(TakeReady("k", clip, clip.with_suffix(".json"), job, binding)))
    assert [
        (one.key, one.clip.name, one.job.seed, one.job.prompt, one.job.result.notes, one.job.result.cost)
        for one in made
    ] == [
        ("k", "Hall_t003.mp4", 11, "one", ("all",), cost),
        ("k~1", "Yard_t007.mp4", 12, "two", ("all", "dark"), None),
    ]
    assert made[1].clip == tmp_path / "Yard" / "Yard_t007.mp4" and made[1].clip.samefile(clip)
    first, second = (json.loads(one.sidecar.read_text()) for one in made)
    assert (first["prompt"], first["sound"], first["camera"], first["seed"], first["seconds"]) == (
        "one", "rain", "first", 11, 2.0)  # fmt: skip
    assert (second["prompt"], second["seed"], second["path"], second["engine"]) == ("two", 12, "p", "horse")
    assert not {"camera", "other"} & set(second) and (first["cost"], second["cost"]) == ({"a": 1}, None)
    assert [(one["handles"], one["beyond"], one["notes"], one["shot_of_clip"]) for one in (first, second)] == [
        ([1, 17], 15, ["all"], 1), ([23, 4], 0, ["all", "dark"], 2),
    ]  # fmt: skip
    assert second["binding"] == to_json(made[1].binding)
    again = list(several.parts(TakeReady("k", clip, clip.with_suffix(".json"), job, binding)))
    assert [one.clip for one in again] == [one.clip for one in made]
    alone = TakeReady("k", clip, clip.with_suffix(".json"), job, replace(binding, parts=()))
    assert list(several.parts(alone)) == [alone]


# --- takes that are found ---


@pytest.mark.parametrize(
    ("number", "seed", "wanted"),
    [(0, -5, (1, 0)), (7, MAX_SEED + 9, (7, MAX_SEED)), (2, "x", (2, 0)), (3, 12, (3, 12))],
)
def test_a_take_that_is_found_is_as_its_sidecar_says(number, seed, wanted, edit, tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    shot = a_shot()
    a_take(shot, "old", 5)
    shot.last_number = 5
    binding = Binding("file", "scene", shot.uid, "new", "Hall", number, "REPLACE", head=-2, tail=4, beyond=3)
    said = {"engine": "horse", "seed": seed, "created_at": "2024", "prompt": "push in slowly"}
    path = tmp_path / "takes" / "Hall" / "x.json"
    found._add(shot, binding, said, path)
    take = next(one for one in shot.takes if one.uid == "new")
    assert (take.number, take.seed, take.status, take.engine) == (*wanted, "READY", "horse")
    assert (take.clip, take.sidecar) == ("//takes/Hall/x.mp4", "//takes/Hall/x.json")
    told = kept.read(take)
    assert (told.head, told.tail, told.beyond, told.made) == (0, 4, 3, "2024")
    assert take.words == takes.first_words("push in slowly") and shot.last_number == max(5, wanted[0])
    assert [one.number for one in shot.takes] == sorted(one.number for one in shot.takes)
    found._add(shot, replace(binding, take_uid="bare", number=9), {"prompt": 3}, path)
    bare = next(one for one in shot.takes if one.uid == "bare")
    assert (bare.engine, bare.words, bare.seed, shot.last_number) == ("", "", 0, 9)
    assert found._binding({"binding": to_json(binding)}) == binding
    for wrong in ({}, {"binding": 3}, {"binding": to_json(replace(binding, number=takes.HIGHEST_NUMBER))}):
        assert found._binding(wrong) is None
