"""An edit that leaves Blender: a film of two pictures, and exports whose commands are kept and not run."""

from __future__ import annotations

import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

import bpy
import stand_in
from take_one.client.commands.export import ExportState
from take_one.client.home import home
from take_one.scene.edit import edit_scene, strips
from take_one.scene.edit.cut import effects
from take_one.scene.model.shots.shot_list import add_shot
from take_one.scene.session.out import beds, exports
from take_one.scene.session.server import preferences

HERE = (preferences.ROOT, {"TAKE_ONE_HOME": str(home())})


class Exporter:
    """In place of the one that runs commands: it keeps them, and ends as it is told."""

    def __init__(self, ends=None):
        self.state, self.ends = ExportState(), ends or ExportState("done", answer={"written": [Path("a.otio")]})
        self.began, self.cancels, self.news = [], 0, False

    busy = property(lambda self: self.state.state == "busy")

    def start(self, steps, room, first=None):
        if first is not None:
            first()
        self.began.append((steps, room))
        self.state = ExportState("busy")

    def wait(self):
        self.state = self.ends

    def poll(self):
        return self.news

    def cancel(self):
        self.cancels += 1

    def close(self):
        self.cancels += 10


@contextmanager
def installed(tmp_path, monkeypatch):
    """A saved film whose edit has one strip from 101 to 125, and a backend that is installed. What its exporters, which
    do nothing, leave to their commands is removed."""
    stand_in.attach()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    edit = edit_scene.ensure_edit_scene(bpy.context, bpy.context.scene)
    edit.render.fps, edit.render.resolution_x, edit.render.resolution_y = 25, 64, 36
    edit.frame_start = edit.frame_end = 101
    effects.new_effect(edit, "one", "COLOR", 1, 101, 24)
    for where in (exports, beds):
        monkeypatch.setattr(where, "backend_python", lambda _home: Path(sys.executable))
    yield edit
    shutil.rmtree(home() / "exports", ignore_errors=True)


def rooms():
    """The folders of exports that are there."""
    folder = home() / "exports"
    return set(folder.iterdir()) if folder.is_dir() else set()


def two_pictures(tmp_path) -> bpy.types.Scene:
    """A saved film: an edit of 25 frames a second from 101 on; pictures of A from 111 to 131, of B behind it to 161."""
    stand_in.attach()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    scene = bpy.context.scene
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    edit.render.fps, edit.frame_start, edit.frame_end = 25, 101, 160
    edit.render.resolution_x, edit.render.resolution_y = 64, 36
    for number, (name, at, after) in enumerate((("A", 111, 131), ("B", 131, 161))):
        shot = add_shot(scene)
        shot.name, shot.seconds = name, 2.0
        show(edit, shot, 2 + 6 * number, at, after)
    return edit


def show(edit, shot, channel, at, after):
    """A picture of the shot."""
    strip = edit.sequence_editor.strips.new_image(shot.name, "//none.png", channel, at)
    strip[strips.SHOT_KEY] = shot.uid
    setattr(strip, strips.LENGTH, after - at)
    return strip
