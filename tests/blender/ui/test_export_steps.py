"""The edit is read in steps, between which Blender draws and the user works on."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from rooms import clip
from take_one.client.commands.export import ExportState
from take_one.client.home import home
from take_one.client.protocol.edit import Changes, Cut, Place, Transition
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import strips
from take_one.scene.edit.cut import effects, uses
from take_one.scene.edit.out import apply
from take_one.scene.edit.out.collect import Seen, collect, collect_steps
from take_one.scene.model.shots import shown, takes
from take_one.scene.model.shots.shot_list import add_shot
from take_one.scene.session.out import exports


def many_shots(folder, count=200):
    """An edit of so many shots with three takes each, their files known by name alone."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "long.blend"))
    scene, edit = bpy.context.scene, bpy.data.scenes.new("Edit")
    takes.keep_ids(scene)
    made = edit.sequence_editor_create().strips
    for index in range(count):
        shot = add_shot(scene)
        shot.name, shot.prompt, shot.sound = f"SH{index:03d}", "slowly push in", "rain"
        for number in (1, 2, 3):
            take = shot.takes.add()
            take.uid, take.number, take.status = f"{index}-{number}", number, "READY"
            take.clip = f"//takes/{shot.name}/{shot.name}_t{number:03d}.mp4"
        shot.still = f"//takes/{shot.name}/stills/{shot.name}_t001/still.png"
        strip = made.new_image(shot.name, str(folder / f"{index}.png"), 2, 1 + 24 * index)
        strip[shown.SHOT_KEY], strip[uses.BOARD_KEY] = shot.uid, True
        setattr(strip, strips.END, 25 + 24 * index)
    return edit


def test_two_hundred_shots_are_read_in_steps_of_33_ms(tmp_path):
    edit = many_shots(tmp_path)
    costs: list[list[float]] = []
    for _ in range(3):
        steps, costs = collect_steps(edit), [*costs, []]
        while True:
            began = time.thread_time()
            try:
                next(steps)
            except StopIteration as done:
                data = done.value
                break
            finally:
                costs[-1].append(time.thread_time() - began)
    assert len(data.shots) == 200 and len(costs[0]) > 10
    assert data.shots[137].takes[2].file == tmp_path / "takes" / "SH137" / "SH137_t003.mp4"
    assert (data.shots[137].places[0].start, data.shots[137].places[0].frames) == (1 + 24 * 137, 24)
    best = [min(step) for step in zip(*costs, strict=True)]  # what a step costs, not what else the machine was doing
    print(f"{len(best)} steps, longest {1000 * max(best):.1f} ms, all {1000 * sum(best):.0f} ms")
    assert max(best) < 0.033


def test_what_is_off_what_crosses_and_how_loud_it_is(tmp_path):
    edit = many_shots(tmp_path, 3)
    second = edit.sequence_editor.strips["SH001"]
    setattr(second, strips.END, 60)
    edit.sequence_editor.strips["SH002"].channel = 3
    render = edit.render
    render.resolution_x, render.resolution_y, render.resolution_percentage = 4, 1000, 10
    own = {name: effects.new_effect(edit, name, "COLOR", channel, 90, 20) for name, channel in (("off", 5), ("on", 6))}
    edit.sequence_editor.channels[5].mute = True
    other = effects.new_effect(edit, "other", "COLOR", 7, 100, 20)
    effects.new_effect(edit, "theirs", "CROSS", 8, 100, 10, own["on"], other)
    effects.new_effect(edit, "half", "CROSS", 9, 90, 10, second, other)
    effects.new_effect(edit, "shots", "CROSS", 10, 49, 11, second, edit.sequence_editor.strips["SH002"])
    shot = bpy.context.scene.take_one.shots[0]
    source = clip(tmp_path / "take.mp4", 40)
    movie, sound = strips.place(edit, source, name="T", shot_uid=shot.uid, take_uid="0-2", frame=201)
    for strip in (movie, sound):
        setattr(strip, strips.START, 204)
        setattr(strip, strips.END, 230)
    sound.volume, movie.channel, sound.mute = 0.25, 12, True
    inner = effects.new_effect(edit, "inner", "COLOR", 20, 300, 10)
    meta = edit.sequence_editor.strips.new_meta("meta", 21, 300)
    inner.move_to_meta(meta)
    meta.mute = True
    data = collect(edit)
    assert data.size == (1, 100) and data.transitions == (
        Transition("DISSOLVE", 49, 11, *(shot.uid for shot in bpy.context.scene.take_one.shots[1:3])),
    )
    assert {one.name: (one.kind, one.channel, one.enabled) for one in data.others} == {
        "off": ("COLOR", 5, False),
        "on": ("COLOR", 6, True),
        "other": ("COLOR", 7, True),
        "theirs": ("CROSS", 8, True),
        "half": ("CROSS", 9, True),
        "inner": ("COLOR", 20, False),
    }
    assert data.shots[0].places == (Place(1, 24, channel=2), Place(204, 26, 3, "0-2", 12))
    (heard,) = data.sounds
    assert (heard.start, heard.frames, heard.offset, heard.volume, heard.enabled) == (204, 26, 3, 0.25, False)
    assert (heard.take, data.shots[0].takes[1].frames, data.shots[0].takes[0].frames) == ("0-2", 40, 0)
    render.resolution_x, render.resolution_y = 1000, 4
    assert collect(edit).size == (100, 1)


def test_shots_take_the_order_of_the_film_and_the_chosen_one_stays_chosen(tmp_path):
    many_shots(tmp_path, 4)
    room = bpy.context.scene.take_one
    uids = [shot.uid for shot in room.shots]
    room.active_shot = 1
    apply._order(Changes(tuple(Cut(uids[index], "", 1, 9, 0, 0) for index in (2, 0, 2))))
    assert [shot.uid for shot in room.shots] == [uids[index] for index in (2, 3, 0, 1)]
    assert room.shots[room.active_shot].uid == uids[1]


def test_an_edit_that_changes_while_it_is_read_is_read_anew(tmp_path):
    edit = many_shots(tmp_path, 60)
    steps = collect_steps(edit)
    for _ in range(4):
        next(steps)
    edit.sequence_editor.strips["SH050"].name = "other"
    setattr(edit.sequence_editor.strips["other"], strips.END, 20 + 24 * 50)
    with pytest.raises(StopIteration) as done:
        while True:
            next(steps)
    assert done.value.value.shots[50].places[0].frames == 19
    steps = collect_steps(edit)
    next(steps)
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "long.blend"))  # which has no edit, or another of the same name
    bpy.data.scenes.new("Edit")
    with pytest.raises(SceneError, match="not there any more"):
        next(steps)


@pytest.mark.parametrize("change", ["lands", "clip", "current", "gone"])
def test_a_take_that_changes_while_the_edit_is_read_is_read_anew(tmp_path, change):
    steps = collect_steps(many_shots(tmp_path, 60))
    shot = bpy.context.scene.take_one.shots[2]
    shot.takes[1].status = "WAITING"
    next(steps)
    while len(steps.gi_yieldfrom.gi_frame.f_locals.get("shots", ())) != 40:
        next(steps)
    if change == "lands":
        shot.takes[1].status = "READY"
    elif change == "clip":
        shot.takes[0].clip = "//takes/SH002/SH002_t009.mp4"
    elif change == "current":
        shot.current_take = "2-3"
    else:
        shot.takes.remove(2)
    with pytest.raises(StopIteration) as done:
        while True:
            next(steps)
    read = done.value.value.shots[2]
    files = [one.file.name if one.file else None for one in read.takes]
    wanted = ["SH002_t001.mp4", None, "SH002_t003.mp4"]
    if change == "lands":
        wanted[1] = "SH002_t002.mp4"
    elif change == "clip":
        wanted[0] = "SH002_t009.mp4"
    elif change == "gone":
        wanted.pop()
    assert (files, read.current) == (wanted, "2-3" if change == "current" else "")


def test_between_two_steps_nothing_of_blenders_is_kept(tmp_path):
    steps = collect_steps(many_shots(tmp_path, 60))
    for _ in range(3):
        next(steps)
    while steps.gi_yieldfrom is not None:
        inner = steps.gi_yieldfrom.gi_frame.f_locals
        kept = [name for name, value in inner.items() if isinstance(value, (bpy.types.bpy_struct, Seen))]
        assert not kept, kept
        try:
            next(steps)
        except StopIteration:
            break


@pytest.fixture
def window(tmp_path, monkeypatch):
    """Blender with a window, as far as exports know, and an edit of 60 shots. Returns what was started, as it is."""
    edit = many_shots(tmp_path, 60)
    started = []
    monkeypatch.setattr(exports, "bpy", WithWindow())
    monkeypatch.setattr(exports, "_backend", lambda: ("python",))
    monkeypatch.setattr(exports, "edit_of", lambda _: bpy.data.scenes[edit_name])
    monkeypatch.setattr(exports, "_start", lambda *all_: started.append(all_))
    monkeypatch.setattr(exports, "_save_copy", Path.touch)
    edit_name = edit.name
    yield started
    exports.exports().reading, exports.exports().exporter.state = None, ExportState()


class WithWindow:
    """`bpy` in a Blender that is not in the background."""

    app = SimpleNamespace(background=False, binary_path="blender", autoexec_fail=False)

    def __getattr__(self, name):
        return getattr(bpy, name)


def rooms():
    folder = home() / "exports"
    return list(folder.iterdir()) if folder.is_dir() else []


def read_to_the_end():
    for _ in range(100):
        if exports.exports().reading is None:
            return
        exports.task()


@pytest.mark.parametrize("kind", [exports.FILES, exports.CHANGES, exports.CUT])
def test_an_undo_while_the_edit_is_read_does_not_end_the_export(window, tmp_path, kind):
    bpy.ops.ed.undo_push(message="before")
    bpy.data.scenes["Edit"].frame_current = 3
    bpy.ops.ed.undo_push(message="after")
    if kind == exports.FILES:
        exports.write_files(bpy.context, tmp_path / "x.otio")
    elif kind == exports.CHANGES:
        exports.read_changes(bpy.context, tmp_path / "x.otio")
    else:
        exports.write_cut(bpy.context, tmp_path / "x.mp4", burn_in=False)
    for _ in range(3):
        exports.task()
    assert exports.exports().reading is not None
    bpy.ops.ed.undo()
    read_to_the_end()
    ((what, name, data, *_),) = window
    assert (what, name, len(data.shots)) == (kind, "Edit", 60)


def test_what_nobody_expects_ends_the_export_and_is_raised(window, tmp_path, monkeypatch):
    exports.write_files(bpy.context, tmp_path / "x.otio")
    before = rooms()

    def break_down(_name, _data, room):
        assert room.is_dir()
        raise ReferenceError("gone")

    exports.exports().go_on = break_down
    with pytest.raises(ReferenceError, match="gone"):
        read_to_the_end()
    part = exports.exports()
    assert (part.reading, part.exporter.state.state, part.busy) == (None, "failed", False)
    assert rooms() == before
    exports.write_files(bpy.context, tmp_path / "x.otio")  # the next one goes on
    read_to_the_end()
    assert window[0][0] == exports.FILES


def test_an_edit_that_is_gone_is_said_and_another_can_be_exported(window, tmp_path):
    exports.write_files(bpy.context, tmp_path / "x.otio")
    exports.task()
    bpy.data.scenes.remove(bpy.data.scenes["Edit"])
    read_to_the_end()
    part = exports.exports()
    assert (part.busy, part.exporter.state.state) == (False, "failed")
    assert "not there any more" in app().state.last_error.message
    assert window == []


def test_stop_ends_what_is_busy_though_nothing_runs(window):
    part = exports.exports()
    part.exporter.state = ExportState("busy", "Reading the edit")
    exports.stop()
    assert not part.busy and part.exporter.state.state == "cancelled"
