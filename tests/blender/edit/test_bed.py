"""An ambience bed runs through all shots of a scene: one strip, lower under lines, one into the next where scenes
change; made by the real backend, laid in a real edit, and what the edit then sounds like."""

from __future__ import annotations

import os
from pathlib import Path

import aud
import bpy
import numpy as np
import pytest
import stand_in
from rooms import movie_output, room
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import strips
from take_one.scene.edit.cut import bed, effects, levels, uses
from take_one.scene.edit.out.collect import collect
from take_one.scene.model.shots import shot_list
from take_one.scene.session import pump
from take_one.scene.session.out import beds

ROOT = Path(__file__).resolve().parents[3]
PYTHON = os.environ.get("TAKE_ONE_PYTHON") or str(ROOT / ".dev" / "backend" / "bin" / "python")
pytestmark = pytest.mark.skipif(not Path(PYTHON).exists(), reason="needs the backend's environment")
SOUNDS = {"Hall": "rain", "Stairs": "rain", "Roof": "strong wind"}
FIRST = 31  # of the edit's frames


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A second of grey with a tone."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    folder = tmp_path_factory.mktemp("clips")
    aud.Sound.sine(440, 48000).limit(0, 1).volume(0.1).write(str(folder / "tone.wav"))
    scene = bpy.data.scenes.new("clip")
    scene.render.resolution_x, scene.render.resolution_y, scene.render.fps = 64, 36, 24
    scene.frame_start, scene.frame_end = 1, 24
    scene.sequence_editor_create()
    effects.new_effect(scene, "grey", "COLOR", 1, 1, 24)
    scene.sequence_editor.strips.new_sound("tone", str(folder / "tone.wav"), 2, 1)
    movie_output(scene, folder / "clip.mp4")
    bpy.ops.render.render(animation=True, scene=scene.name)
    return folder / "clip.mp4"


@pytest.fixture
def edit(clip, tmp_path, monkeypatch):
    """Three shots of a second each from frame 31 on: two in the rain, the first of which speaks, then one in the
    wind."""
    monkeypatch.setenv("TAKE_ONE_PYTHON", PYTHON)
    scene = room(64, 36, "BLENDER_WORKBENCH")
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    scene = bpy.context.scene
    stand_in.attach()
    for index, (name, sound) in enumerate(SOUNDS.items()):
        shot = shot_list.add_shot(scene, scene.camera)
        shot.name, shot.sound, shot.seconds = name, sound, 1.0
        pump.handle(stand_in.ready(shot, key=f"k{index}", source=clip, frame=FIRST + 24 * index))
    line = scene.take_one.shots[0].lines.add()
    line.speaker, line.line = "Anna", "Go."
    return bpy.data.scenes["Edit"]


def sounds(edit):
    return {strip.name: strip for strip in edit.sequence_editor.strips if strip.type == "SOUND"}


def heard(strip, frame):
    """The strip's volume at a frame."""
    return levels.between([(key.co.x, key.co.y) for key in levels._keys(strip)], frame)


def placed(edit):
    return {
        strip.name: (strip.type, strips.start(strip), strips.end(strip), strip.channel, strip.mute, strip.select)
        for strip in edit.sequence_editor.strips
    }


def test_a_bed_a_scene_ducks_under_lines_and_crosses_where_scenes_change(edit, tmp_path):
    before = placed(edit)
    assert bpy.ops.takeone.bed() == {"FINISHED"}
    found = sounds(edit)
    rain, wind = found["Bed 1: rain"], found["Bed 2: strong wind"]
    assert [(strips.start(one), strips.end(one)) for one in (rain, wind)] == [(31, 91), (67, 103)]
    assert rain.channel != wind.channel
    assert bpy.path.abspath(rain.sound.filepath).startswith(str(tmp_path / "takes" / "beds"))
    # equal power where one goes over into the other
    for frame, one, other in ((67, 1.0, 0.0), (79, 0.7071, 0.7071), (91, 0.0, 1.0)):
        assert (heard(rain, frame), heard(wind, frame)) == pytest.approx((one, other), abs=1e-3)
    # down by 6 dB under the line, as before it elsewhere
    spoken = [frame for frame in range(31, 55) if heard(rain, frame) == pytest.approx(10 ** (-6 / 20), abs=1e-3)]
    assert len(spoken) > 3 and heard(rain, 66) == pytest.approx(1.0, abs=1e-3)
    # of the takes the line alone is heard
    assert [found[f"{name}_t001 sound"].mute for name in SOUNDS] == [False, True, True]
    speaks = found["Hall_t001 sound"]
    assert heard(speaks, spoken[1]) == pytest.approx(1.0) and heard(speaks, 31) < 0.5
    moved = {name: row for name, row in placed(edit).items() if name in before}
    assert {name: row[:4] for name, row in moved.items()} == {name: row[:4] for name, row in before.items()}
    assert {sound.kind for sound in collect(edit).sounds if sound.name.startswith("Bed")} == {"BED"}
    assert not bed.is_stale(edit)

    # laid again, nothing is made anew; another line makes it stale
    files = sorted((tmp_path / "takes" / "beds").iterdir())
    bpy.ops.takeone.bed()
    assert sorted((tmp_path / "takes" / "beds").iterdir()) == files and len(bed.beds(edit)) == 2
    bpy.context.scene.take_one.shots[0].sound = "silence"
    assert bed.is_stale(edit)

    # away again, all is as it was
    bpy.ops.takeone.bed_remove()
    assert placed(edit) == before
    assert not any(levels.is_animated(one) for one in sounds(edit).values())
    assert {one.volume for one in sounds(edit).values()} == {1.0}


@pytest.mark.parametrize(
    ("gap", "rain", "wind", "begins"),
    [
        (0, (31, 91, 24), (67, 103, 24), 0.5),
        (24, (31, 115, 24), (91, 127, 24), 0.5),
        (25, (31, 79, 0), (104, 128, 0), 0.0),  # too far apart to meet
    ],
)
def test_beds_meet_over_a_gap_of_a_second_at_most(edit, gap, rain, wind, begins):
    """Start, end, frames of the crossing; and the line of the last shot, in seconds of its bed."""
    line = bpy.context.scene.take_one.shots[2].lines.add()
    line.line = "Stay."
    for name in ("Roof_t001", "Roof_t001 sound"):
        strip = edit.sequence_editor.strips[name]
        setattr(strip, strips.CONTENT_START, getattr(strip, strips.CONTENT_START) + gap)
    first, second = bed.runs(edit)
    assert (first.start, first.end, first.fade_out, first.fade_in) == (*rain, 0)
    assert (second.start, second.end, second.fade_in, second.fade_out) == (*wind, 0)
    assert [(one.start, one.seconds) for one in second.talk] == [(pytest.approx(begins), 1.0)]


def test_beds_go_by_what_the_edit_shows(edit):
    """A crossing that a short shot leaves room for; a line where its take would begin were it not trimmed, without the
    handles; a shot that is seen longer than the one that begins behind it."""
    row, shots = edit.sequence_editor.strips, bpy.context.scene.take_one.shots
    line = shots[1].lines.add()
    line.line = "Wait."
    for name in ("Stairs_t001", "Stairs_t001 sound"):
        setattr(row[name], strips.START, 60)
        row[name][strips.HEAD_KEY], row[name][strips.TAIL_KEY] = 2, 3
    for name in ("Roof_t001", "Roof_t001 sound"):
        setattr(row[name], strips.END, 90)
    rain, wind = bed.runs(edit)
    assert (rain.start, rain.end, rain.fade_out) == (31, 84, 10)
    assert (wind.start, wind.end, wind.fade_in) == (74, 90, 10)
    told = [(one.start * 24, one.seconds * 24, one.lines[0][2]) for one in rain.talk]
    assert told == [(0, 24, "Go."), (pytest.approx(57 - 31), pytest.approx(19), "Wait.")]

    for name, channel in (("Hall_t001", 9), ("Hall_t001 sound", 8)):
        row[name].channel = channel
        setattr(row[name], strips.END, 83)
    for name in ("Roof_t001", "Roof_t001 sound"):
        row.remove(row[name])
    (rain,) = bed.runs(edit)
    assert (rain.start, rain.end) == (31, 83)


def test_a_shot_that_is_used_again_is_heard_by_the_bed_that_it_lies_over(edit, clip, tmp_path):
    """Hall, Stairs, Roof and Hall once more: its line is heard in both places, each by its own bed."""
    hall = bpy.context.scene.take_one.shots[0]
    strips.place(edit, clip, name="again", shot_uid=hall.uid, take_uid=hall.current_take, frame=103)
    once, again = (one for start in (31, 103) for one in sounds(edit).values() if strips.start(one) == start)
    rain, wind, more = bed.runs(edit)
    assert (more.start, more.end, more.shots) == (91, 127, (hall.uid,))
    file = clip.with_name("tone.wav")

    def down(*frames):
        """Points of a bed that is down from the second frame to the third, of its own."""
        return [(0.0, 0.0), *((frame / 24, gain) for frame, gain in zip(frames, (0, -6, -6, 0), strict=True)), (3, 0.0)]

    bed.lay(
        edit, [(rain, file, down(6, 9, 15, 18)), (wind, file, down(4, 8, 16, 20)), (more, file, down(18, 21, 27, 30))]
    )
    assert [round(heard(once, frame), 2) for frame in (34, 37, 40, 46, 49, 52)] == [0, 0, 1, 1, 0, 0]
    assert [round(heard(again, frame), 2) for frame in (106, 109, 112, 118, 121, 125)] == [0, 0, 1, 1, 0, 0]
    # down while it comes in
    crossing = next(one for one in bed.beds(edit) if strips.start(one) == 67)
    assert heard(crossing, 79) == pytest.approx(0.7071 * 10 ** (-6 / 20), abs=1e-3)
    last = next(one for one in bed.beds(edit) if strips.start(one) == 91)
    assert [round(heard(last, frame), 3) for frame in (91, 103, 127)] == [0, 0.707, 1]  # as loud at the film's end


def test_beds_move_along_with_the_takes_to_another_folder(edit, tmp_path):
    assert bpy.ops.takeone.bed() == {"FINISHED"}
    before, made = placed(edit), sorted((tmp_path / "takes" / "beds").iterdir())
    assert [path.suffix for path in made] == [".flac", ".json"] * 2
    strange = tmp_path / "elsewhere" / "beds" / made[0].name
    strange.parent.mkdir(parents=True)
    strange.write_bytes(b"somebody's own")
    edit.sequence_editor.strips["Bed 2: strong wind"].sound.filepath = str(strange)
    (tmp_path / "moved").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "moved" / "film.blend"))
    edit = bpy.data.scenes["Edit"]
    assert bpy.ops.takeone.bring_takes() == {"FINISHED"}
    here = tmp_path / "moved" / "takes" / "beds"
    rain = edit.sequence_editor.strips["Bed 1: rain"].sound.filepath
    assert Path(bpy.path.abspath(rain)).parent == here and rain.startswith("//takes/beds/bed_")
    name = Path(rain).stem
    assert sorted(path.name for path in here.iterdir()) == [f"{name}.flac", f"{name}.json"]
    assert (here / f"{name}.flac").read_bytes() == (tmp_path / "takes" / "beds" / f"{name}.flac").read_bytes()
    assert edit.sequence_editor.strips["Bed 2: strong wind"].sound.filepath == str(strange)  # no bed of this film
    assert placed(edit) == before
    # laid again, the one that came along is used, and only the other is made anew
    begun = (here / f"{name}.flac").stat().st_mtime_ns
    assert bpy.ops.takeone.bed() == {"FINISHED"}
    assert (here / f"{name}.flac").stat().st_mtime_ns == begun and len(list(here.iterdir())) == 4


def test_the_edit_sounds_like_rain_and_not_like_the_takes(edit, tmp_path):
    bpy.context.scene.take_one.ambience = "rain"
    edit.take_one.bed_takes = "LINES"
    bpy.ops.takeone.bed()
    (rain,) = bed.beds(edit)
    assert (strips.start(rain), strips.end(rain)) == (31, 103)  # one through all three
    edit.frame_start, edit.frame_end = 31, 102
    lines_only = levels_of(edit)
    edit.take_one.bed_takes = "ALL"
    bpy.ops.takeone.bed()
    assert not any(strip.mute for strip in edit.sequence_editor.strips)
    everything = levels_of(edit)
    assert lines_only["tone"] < everything["tone"] / 20
    assert 0.003 < lines_only["all"] < everything["all"] / 2


def levels_of(edit):
    """How loud the second shot's tone and the noise beside it are, rendered by the edit's own mixer."""
    with bpy.context.temp_override(scene=edit):
        path = Path(bpy.app.tempdir) / "mix.wav"
        bpy.ops.sound.mixdown(filepath=str(path), container="WAV", codec="PCM", accuracy=1024)
    samples = aud.Sound(str(path)).data()[48000:72000].mean(axis=1)
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) / len(samples)
    tone = spectrum[int(440 / 2) - 1 : int(440 / 2) + 2].max()
    return {"tone": float(tone), "all": float(np.sqrt(np.mean(samples**2)))}


A_BED = bed.Run("rain", 31, 91, 24.0)


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("[[0, 0], [0.5, -6], [0.5, 0]]", [(0, 0), (0.5, -6), (0.5, 0)]),  # as one that speaks at once
        ("[[0, 1e308], [1, 1e308]]", None),
        ("[[1e308, 0]]", None),
        ("[[0, 200]]", None),
        ("[[0, -61]]", None),
        ("[[-1, 0]]", None),
        ("[[5, 0], [0, -3]]", None),
        ("[[0, 0], [0, 0, 0]]", None),
        ('[[0, "x"]]', None),
        ("[[NaN, 0]]", None),
        (f"[[1{'0' * 400}, 0]]", None),
        ("[" * 100_000, None),
        ("[]", None),
        ("7", None),
        (None, None),  # a pipe, which never ends
    ],
)
def test_numbers_that_came_with_the_film_are_a_beds_or_none(tmp_path, told, found):
    path = tmp_path / f"bed_{A_BED.mark}.flac"
    path.write_bytes(b"x")
    if told is None:
        os.mkfifo(path.with_suffix(".json"))
    else:
        path.with_suffix(".json").write_text(f'{{"ducking": {told}}}')
    assert beds._ducking(path) == found


def test_beds_that_can_not_be_laid_take_none_away(edit, tmp_path):
    bpy.ops.takeone.bed()
    before = placed(edit)
    with pytest.raises(IndexError):  # a bed without a point
        bed.lay(edit, [(A_BED, tmp_path / "none.flac", [])])
    assert placed(edit) == before and len(bed.beds(edit)) == 2


def test_beds_of_which_one_finds_no_channel_are_all_gone(edit, monkeypatch):
    """Half a sound under a film is worse than none: and the takes sound as they did."""
    before = placed(edit)
    bpy.ops.takeone.bed()
    file = next(Path(bpy.path.abspath(strip.sound.filepath)) for strip in bed.beds(edit))
    made = [(run, file, [(0.0, 0.0)]) for run in bed.runs(edit)]
    usable = strips.usable_channels
    monkeypatch.setattr(strips, "usable_channels", lambda _, first, after: usable(_, first, after) * (first < 60))
    with pytest.raises(SceneError) as caught:
        bed.lay(edit, made)
    assert caught.value.code == "no_channel"
    assert placed(edit) == before and bed.beds(edit) == []


@pytest.mark.parametrize(
    ("shape", "volume"),
    [(7, None), ("1234", "loud"), ([1e9, 3.0], [1.0]), (["x"], float("nan")), ({"a": 1}, 1e30), ([float("inf")], 1.0)],
)
def test_what_a_stranger_wrote_on_strips_does_not_keep_beds(edit, shape, volume):
    """A volume that can't be is that of the strip."""
    for strip in edit.sequence_editor.strips:
        strip[bed.QUIET_KEY], strip[levels.SHAPE_KEY] = True, shape
        if volume is not None:
            strip[levels.VOLUME_KEY] = volume
    assert bed.remove(edit) == 0
    assert not [one for one in edit.sequence_editor.strips if bed.QUIET_KEY in one]
    found = sounds(edit)["Hall_t001 sound"]
    assert not levels.is_animated(found) and found.volume == (100.0 if volume == 1e30 else 1.0)
    found.volume, found[levels.VOLUME_KEY] = 0.5, "loud"
    levels.shape(found, [(32.0, 1.0), (40.0, 0.5)])
    assert [(key.co.x, key.co.y) for key in levels._keys(found)] == [(32.0, 0.5), (40.0, 0.25)]
    levels.unshape(found)
    assert not levels.is_animated(found) and found.volume == 0.5


def test_what_is_missing_is_said(edit):
    for shot in bpy.context.scene.take_one.shots:
        shot.sound = ""
    with pytest.raises(RuntimeError, match="No shot says what is heard"):
        bpy.ops.takeone.bed()
    assert uses.uses(edit) and not bed.beds(edit)
