"""Takes of one clip: what each event and sidecar of a part says, where its file goes, and what its strips show."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from rooms import clip
from take_one.client.protocol import BoundPart
from take_one.scene.edit import several, strips
from take_one.scene.model.shots import shot_list, takes

NAMES = ("Hall", "Stairs", "Roof")


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return clip(tmp_path_factory.mktemp("clips") / "whole.mp4", 30)


@pytest.fixture
def event(source):
    """One clip of three shots' takes, of numbers 2, 5 and 7, which nothing is said of yet."""
    stand_in.attach()
    scene = bpy.context.scene
    for name in NAMES:
        shot_list.add_shot(scene).name = name
    parts = tuple(
        BoundPart(shot.uid, f"k1-{number}" if number else "k1", shot.name, (2, 5, 7)[number], *place)
        for number, (shot, place) in enumerate(zip(scene.take_one.shots, ((0, 8), (8, 12), (20, 10)), strict=True))
    )
    return stand_in.ready(scene.take_one.shots[0], number=2, source=source, parts=parts)


def files(event):
    return [one.clip.relative_to(event.clip.parent.parent).as_posix() for one in several.parts(event)]


def test_a_clip_of_one_shot_is_its_own_event(event):
    alone = event._replace(binding=replace(event.binding, parts=()))
    assert list(several.parts(alone)) == [alone]


def test_parts_lie_in_their_shots_folders_as_the_same_data(event):
    wanted = ["Hall/Hall_t002.mp4", "Stairs/Stairs_t005.mp4", "Roof/Roof_t007.mp4"]
    found = list(several.parts(event))
    assert files(event) == wanted and files(event) == wanted, "done again it finds them there"
    assert found[0].clip == event.clip and all(event.clip.samefile(one.clip) for one in found)
    assert [one.sidecar for one in found] == [one.clip.with_suffix(".json") for one in found]
    assert [one.key for one in found] == ["k1", "k1-1", "k1-2"]
    assert [(one.binding.head, one.binding.tail, one.binding.beyond) for one in found] == [
        (0, 22, 22), (8, 10, 10), (20, 0, 0),
    ]  # fmt: skip
    assert [(one.job.seed, one.job.prompt, one.job.binding) for one in found] == [
        (None, "", one.binding) for one in found
    ]
    copied = found[2].clip
    copied.unlink()
    shutil.copy(event.clip, copied)  # as on a disk without links
    assert files(event) == wanted


def test_a_place_that_another_file_took_is_left_to_it(event):
    """Its shot gives the next number; one that is gone counts on from its own, and its folder is by its name."""
    stairs = bpy.context.scene.take_one.shots[1]
    stairs.last_number = 8
    folder = takes.shot_folder(stairs)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Stairs_t005.mp4").write_bytes(b"another film's")
    bpy.context.scene.take_one.shots.remove(2)
    roof = folder.with_name("Roof")
    roof.mkdir()
    for number, suffix in ((7, ".mp4"), (8, ".json")):
        (roof / f"Roof_t00{number}{suffix}").write_bytes(b"another film's")
    found = list(several.parts(event))
    assert [one.clip.name for one in found] == ["Hall_t002.mp4", "Stairs_t009.mp4", "Roof_t009.mp4"]
    assert [one.binding.number for one in found] == [2, 9, 9]
    assert (folder / "Stairs_t005.mp4").read_bytes() == b"another film's"


def test_a_shot_that_was_renamed_has_its_part_under_its_new_name(event):
    bpy.context.scene.take_one.shots[2].name = "Sky"
    assert files(event)[2] == "Sky/Sky_t007.mp4"


@pytest.mark.parametrize("shots", [None, "x", [3, {"direction": [], "seed": "x"}], [{}, {"direction": {"prompt": 4}}]])
def test_a_sidecar_of_a_strange_shape_says_nothing_of_its_parts(event, shots):
    event.sidecar.write_text(json.dumps({"engine": "draft", "seed": 3, "shots": shots}))
    found = list(several.parts(event))
    assert [(one.job.seed, one.job.prompt) for one in found] == [(None, "")] * 3
    said = [json.loads(one.sidecar.read_text()) for one in found]
    assert [one["engine"] for one in said] == ["draft"] * 3
    assert [one["beyond"] for one in said] == [22, 10, 0]


def test_what_is_said_of_a_shot_stands_above_what_is_said_of_all(event):
    more = {"seconds": 1.5, "seed": 9, "path": {"p": 1}, "views": [1], "width": 7, "direction": {"prompt": "fly"}}
    event.sidecar.write_text(
        json.dumps({"seed": 3, "seconds": 4.0, "prompt": "all", "path": None, "width": 64, "shots": [{}, more]})
    )
    first, second, third = (json.loads(one.sidecar.read_text()) for one in several.parts(event))
    names = ("seconds", "seed", "path", "views", "width", "prompt", "shot_of_clip")
    assert [second.get(name) for name in names] == [1.5, 9, {"p": 1}, [1], 64, "fly", 2]
    assert [first.get(name) for name in names] == [4.0, 3, None, None, 64, "all", 1]
    assert [third.get(name) for name in names] == [4.0, 3, None, None, 64, "all", 3]
    assert [one["binding"]["take_uid"] for one in (first, second, third)] == ["k1", "k1-1", "k1-2"]


def test_notes_of_a_result_are_those_of_the_shot_once(event):
    notes = ("All.", "Shot 1: a.", "Shot 3: c.", "Shot 3: All.", "Shot 12: x.", "See Shot 2: y.")
    event = event._replace(job=replace(event.job, result=replace(event.job.result, notes=notes)))
    assert [one.job.result.notes for one in several.parts(event)] == [
        ("All.", "a.", "See Shot 2: y."), ("All.", "See Shot 2: y."), ("All.", "c.", "See Shot 2: y."),
    ]  # fmt: skip
    bare = event._replace(job=replace(event.job, result=None))
    assert [(one.job.result.notes, one.job.result.cost) for one in several.parts(bare)] == [((), None)] * 3


def test_strips_hold_their_last_own_frame_wherever_they_are(source):
    """Of two uses of a take the first has frames beyond already; a sound goes by the picture seen most with it."""
    edit = bpy.data.scenes.new("Edit")
    edit.render.fps = 24
    laid = {}
    for name, frame in (("one", 40), ("two", 100)):
        steps = strips.place(edit, source, name=name, shot_uid="s", take_uid="k", frame=frame)
        laid[name] = steps.movie, steps.sound
    movies = [next(strip for strip in edit.sequence_editor.strips if strip.name == name) for name in laid]
    setattr(movies[0], strips.END, 60)
    several.note_beyond("k", 12)
    first, second = (edit.sequence_editor.strips[f"{name} sound"] for name in laid)
    assert [strips.content_length(movie) for movie in movies] == [30, 30]
    assert [strips.own_end(movie) for movie in movies] == [58, 118]
    assert [strips.end(movie) for movie in movies] == [60, 130]
    assert [getattr(movie, strips.TRIM_END) for movie in movies] == [12, 12]
    assert [(strips.end(one), one[strips.OWN_KEY]) for one in (first, second)] == [(58, 18), (118, 18)]
    del movies[0][strips.BEYOND_KEY]  # a use that was laid since
    setattr(movies[0], strips.TRIM_END, 0)
    several.note_beyond("k", 0)
    assert [getattr(movie, strips.TRIM_END) for movie in movies] == [0, 0]
    assert not any(strips.BEYOND_KEY in movie for movie in movies)
    several.note_beyond("k", 40)  # more than the file has: a stranger's number
    assert [getattr(movie, strips.TRIM_END) for movie in movies] == [29, 29]
    assert {one[strips.OWN_KEY] for one in (first, second)} == {1}
    assert [strips.end(one) for one in (first, second)] == [41, 101]
    for beyond in (0, 1):
        several.note_beyond("k", beyond)
        assert [getattr(movie, strips.TRIM_END) for movie in movies] == [beyond, beyond]
        assert [movie.get(strips.BEYOND_KEY) for movie in movies] == [beyond or None] * 2


def test_the_picture_beside_a_sound_is_the_one_that_is_seen_for_most_of_it():
    def strip(first, after):
        return SimpleNamespace(**{strips.START: first, strips.END: after})

    sound, long, near, away = strip(50, 70), strip(64, 200), strip(45, 65), strip(70, 90)
    assert several._beside(sound, [long, near, away]) is near and several._beside(sound, [long, away]) is long
    assert several._beside(sound, [away]) is several._beside(sound, []) is None
