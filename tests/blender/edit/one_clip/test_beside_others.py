"""Takes that come onto strips with others right beside them, on the same channels: no strip moves, whatever the file's
handles are; those of a clip of several shots are as long as the shots before."""

from __future__ import annotations

import bpy
import pytest
import stand_in
from rooms import clip, room
from take_one.client.protocol import BoundPart
from take_one.scene.app.app import app
from take_one.scene.edit import current, strips
from take_one.scene.edit.cut import transitions, uses
from take_one.scene.model.shots import shot_list
from take_one.scene.session import pump

LENGTHS = {"Hall": 10, "Stairs": 14, "Roof": 9, "Yard": 12}  # frames; each take has 5 more at its end
TAIL = 5


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    folder = tmp_path_factory.mktemp("clips")
    return {count: clip(folder / f"{count}.mp4", count, fps=25) for count in (14, 15, 17, 19, 22, 65)}


@pytest.fixture
def shots(clips):
    """Four shots in a row, from frame 1 of an edit of 25 frames a second on."""
    stand_in.attach()
    scene = room(64, 36, "BLENDER_WORKBENCH")
    scene.render.fps = 25
    scene.frame_set(37)
    for name in LENGTHS:
        shot_list.add_shot(scene, scene.camera).name = name
    for shot in scene.take_one.shots:
        source = clips[LENGTHS[shot.name] + TAIL]
        pump.handle(stand_in.ready(shot, key=shot.name, source=source, placement="AFTER", tail=TAIL))
    edit = bpy.data.scenes["Edit"]
    assert {(strip.type, strip.channel) for strip in edit.sequence_editor.strips} == {("MOVIE", 2), ("SOUND", 1)}
    return scene.take_one.shots


def places(edit):
    """Where each strip of the edit is, those in meta strips too: begin, end, channel."""
    found = edit.sequence_editor.strips_all
    return sorted(
        (strip.get("take_one_shot") or strip.name, strip.type, strips.start(strip), strips.end(strip), strip.channel)
        for strip in found
    )


def begins(edit, shot):
    """Where in their file the shot's strips begin."""
    return [strips.start(strip) - strips.content_start(strip) for _, strip in strips.strips_of_shot(shot.uid)]


def land_together(shots, order, clips):
    """One clip of 65 frames with takes of these shots, each as long as its place and its tail."""
    first, parts = 0, []
    for number, name in enumerate(order):
        shot = shots[name]
        frames = LENGTHS[name] + TAIL
        parts.append(BoundPart(shot.uid, f"k1-{number}" if number else "k1", name, 2, first, frames, 0, TAIL))
        first += frames
    event = stand_in.ready(shots[order[0]], number=2, source=clips[65], parts=tuple(parts), placement="REPLACE")
    assert pump.handle(event) is None
    return {part.shot_name: part.first for part in parts}


@pytest.mark.parametrize("order", [tuple(LENGTHS), ("Yard", "Stairs", "Hall", "Roof")])
@pytest.mark.parametrize(("dissolve", "cut"), [(0, 0), (4, 3)])
def test_takes_of_one_clip(shots, clips, order, dissolve, cut):
    """In the edit's order and in another, under a dissolve, and where the user has cut off a shot's beginning."""
    edit = bpy.data.scenes["Edit"]
    if dissolve:
        assert transitions.add(edit, uses.uses(edit)[2], transitions.DISSOLVE, dissolve) == dissolve
        for strip in uses.uses(edit)[3].strips:
            setattr(strip, strips.START, strips.start(strip) + cut)
    before = places(edit)
    first = land_together(shots, order, clips)
    assert (places(edit), app().state.last_error) == (before, None)
    trimmed = {"Yard": cut}
    assert {shot.name: begins(edit, shot) for shot in shots} == {
        name: [first[name] + trimmed.get(name, 0)] * 2 for name in LENGTHS
    }

    # those that were there before, and those of the clip again
    for number in (0, 1):
        for shot in reversed(shots):
            current.make_current(shot, shot.takes[number])
            wanted = (first[shot.name] if number else 0) + trimmed.get(shot.name, 0)
            assert (places(edit), begins(edit, shot)) == (before, [wanted] * 2)


@pytest.mark.parametrize("meta", [False, True])
def test_a_take_with_frames_before_its_shot(shots, clips, meta):
    """A retake with a camera of its own motion, and one by words again; in the edit and in a meta strip."""
    edit = bpy.data.scenes["Edit"]
    if meta:
        into_meta(edit)
    before = places(edit)
    for key, source, head, tail in (("k2", clips[22], 5, 3), ("k3", clips[19], 0, 5), ("k4", clips[65], 50, 1)):
        pump.handle(
            stand_in.ready(shots["Stairs"], key, int(key[1]), source, placement="REPLACE", head=head, tail=tail)
        )
        assert (places(edit), begins(edit, shots["Stairs"])) == (before, [head] * 2)


def into_meta(edit):
    """The four shots inside a meta strip."""
    editor = edit.sequence_editor
    meta = editor.strips.new_meta("Scene", 5, 1)
    for strip in [strip for strip in editor.strips if strip != meta]:
        strip.move_to_meta(meta)


@pytest.mark.parametrize("own", [2, 128])
def test_a_strip_is_on_its_own_channel_afterwards_if_nothing_is_in_the_way(shots, own):
    """Strips of one channel lie over each other where the user has changed the edit's rate."""
    movie = next(strip for _, strip in strips.strips_of_shot(shots["Stairs"].uid) if strip.type == "MOVIE")
    movie.channel = own
    with strips.aside(movie):
        assert movie.channel == {2: 128, 128: 127}[own]
        setattr(movie, strips.END, 60)
    assert (strips.start(movie), strips.end(movie), movie.channel) == (11, 60, {2: 3, 128: 128}[own])
