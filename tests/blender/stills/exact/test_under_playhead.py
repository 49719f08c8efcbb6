"""Which strip is under the playhead, with stand-ins, and the scene that its frame is read in."""

from __future__ import annotations

from types import SimpleNamespace

import bpy
import pytest
from take_one.scene.stills import playhead


def strip(name, kind="MOVIE", channel=1, begin=1, ends=10, mute=False, strips=()):
    return SimpleNamespace(name=name, type=kind, channel=channel, begin=begin, ends=ends, mute=mute, strips=strips,
                           channels=CHANNELS)  # fmt: skip


CHANNELS = [SimpleNamespace(mute=number == 7) for number in range(9)]


@pytest.mark.parametrize(
    ("strips", "found"),
    [
        ([strip("a"), strip("b", channel=3), strip("c", channel=2)], "b"),
        ([strip("a"), strip("b", "SOUND", 3), strip("c", "COLOR", 4), strip("d", "IMAGE", 2)], "d"),
        ([strip("a"), strip("b", channel=3, mute=True), strip("c", channel=7)], "a"),
        ([strip("a", begin=5)], "a"),
        ([strip("a", begin=6)], None),
        ([strip("a", ends=5)], None),
        ([strip("a", ends=6)], "a"),
        ([strip("a"), strip("m", "META", 4, strips=[strip("in", channel=2), strip("up", channel=5)])], "m up"),
        ([strip("a"), strip("m", "META", 4, strips=[strip("in", ends=3)])], "a"),
        ([], None),
    ],
)
def test_the_topmost_strip_that_shows_something(strips, found, monkeypatch):
    monkeypatch.setattr(playhead, "start", lambda one: one.begin)
    monkeypatch.setattr(playhead, "end", lambda one: one.ends)
    top = playhead._topmost(strips, CHANNELS, 5)
    assert (" ".join(one.name for one in top) if top else None) == found
    assert playhead._under_playhead(SimpleNamespace(sequence_editor=None)) is None


@pytest.mark.parametrize(
    ("over", "changes", "retimed"),
    [
        ("a", {}, True),
        ("b", {}, False),
        ("a", {"begin": 6}, False),
        ("b", {"begin": 6}, False),
        ("a", {"begin": 5, "ends": 6}, True),
        ("a", {"ends": 5}, False),
        ("a", {"mute": True}, False),
        ("a", {"type": "TRANSFORM"}, False),
        ("", {"keys": [1]}, True),
        ("", {"kind": "META", "strobe": 2}, True),
        ("", {"kind": "META", "strobe": 1}, False),
        ("", {"strobe": 2}, False),  # a movie is shown as it is held
    ],
)
def test_what_has_another_time_than_the_edit(over, changes, retimed, monkeypatch):
    monkeypatch.setattr(playhead, "start", lambda one: one.begin)
    monkeypatch.setattr(playhead, "end", lambda one: one.ends)
    asked, other = strip("a", changes.get("kind", "MOVIE")), strip("b")
    asked.strobe, asked.retiming_keys = changes.get("strobe", 1), changes.get("keys", ())
    effect = strip("fast", "SPEED", 2)
    effect.input_1 = {"a": asked, "b": other}.get(over)
    vars(effect).update(changes)
    edit = SimpleNamespace(frame_current=5, sequence_editor=SimpleNamespace(strips_all=[asked, other, effect]))
    assert playhead._is_retimed(edit, asked) is retimed


def test_a_plain_scene_shows_pictures_as_they_are_and_goes():
    before = len(bpy.data.scenes)
    with pytest.raises(ValueError, match="x"), playhead.plain_scene(70, 30) as scene:
        one, kind = scene.render, scene.render.image_settings
        assert (one.resolution_x, one.resolution_y, one.resolution_percentage, one.dither_intensity) == (70, 30, 100, 0)
        assert (kind.file_format, kind.color_mode, kind.color_depth) == ("PNG", "RGB", "8")
        assert scene.view_settings.view_transform == "Standard" and len(bpy.data.scenes) == before + 1
        raise ValueError("x")
    assert len(bpy.data.scenes) == before
