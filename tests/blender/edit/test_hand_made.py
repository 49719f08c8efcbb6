"""An edit made by hand, of strips of every kind, before and after every operation: only what should move has moved."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import bpy
import hand_made
import pytest
import stand_in
from hand_made import LOCKED, moved, told
from rooms import NEW, room
from take_one.client.protocol.edit import Changes, Cut
from take_one.scene.edit import burn_in, compare, landing, moving, strips
from take_one.scene.edit.cut import bed, fit, order, ripple, transitions, uses
from take_one.scene.edit.cut.ripple import Rules
from take_one.scene.edit.out.apply import apply
from take_one.scene.edit.out.collect import collect
from take_one.scene.model.shots import shot_list
from take_one.scene.session import pump

ALL, OURS, OFF = Rules(True, True, True), Rules(True, False, False), Rules(False, True, True)
OF = {"glow": "B", "speed": "B", "logo moved": "logo", "in inner": "meta", "inner meta": "meta", "in meta": "meta"}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return hand_made.clips(tmp_path_factory.mktemp("clips"))


@pytest.fixture(params=["24", "29.97"] if NEW else ["29.97"])
def edit(request, files, tmp_path):
    room(64, 36, "BLENDER_WORKBENCH")
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    stand_in.attach()
    landing.push_undo(bpy.context, "before")
    made = hand_made.build(files, request.param)
    landing.push_undo(bpy.context, "the edit")
    return made


def shot(name):
    return next(one for one in shot_list.all_shots() if one.name == name)


def use(edit, name):
    return uses.uses_of(edit, shot(name).uid)[0]


def behind(before, frame, by, but=()):
    """That all which begins at a frame or later, but is not locked, is elsewhere by as much, with its keys."""
    found = {name for name, (_, place, _, _) in before.items() if place[0] >= frame and name not in OF}
    found -= LOCKED | set(but) | {"own dissolve"}
    found |= {name for name, other in OF.items() if other in found}
    found |= {"own dissolve"} if {"C", "D"} <= found else set()
    return {name: (by,) * 3 + ((float(by),) if before[name][2] else ()) for name in found}


def longer(by, *names):
    return dict.fromkeys(names, (0, by, 0.0))


def markers(edit):
    return {one.name: one.frame for one in edit.timeline_markers}


def test_a_longer_shot(edit):
    before = told(edit)
    assert ripple.set_length(edit, use(edit, "A"), 30, ALL)
    assert moved(before, told(edit)) == behind(before, 61, 6) | longer(6, "A", "A words")
    assert markers(edit) == {"in A": 40, "in B": 76, "in C": 106, "in D": 136}


def test_what_moves_of_others_is_a_choice(edit):
    before = told(edit)
    assert ripple.set_length(edit, use(edit, "A"), 30, OURS)
    ours = {"B", "B sound", "C", "C sound", "D", "D sound", "glow", "speed", "own dissolve", "behind"}
    wanted = {name: by for name, by in behind(before, 61, 6).items() if name in ours}
    assert moved(before, told(edit)) == wanted | longer(6, "A", "A words")
    assert markers(edit) == {"in A": 40, "in B": 70, "in C": 100, "in D": 130}


@pytest.mark.parametrize("by", [5, -9])
def test_a_shot_that_the_user_dissolves_from_keeps_its_dissolve(edit, by):
    before = told(edit)
    assert ripple.set_length(edit, use(edit, "C"), 30 + by, ALL)
    wanted = behind(before, 113, by) | longer(by, "C", "C sound") | {"own dissolve": (by,) * 3}
    assert moved(before, told(edit)) == wanted
    assert markers(edit) == {"in A": 40, "in B": 70, "in C": 100, "in D": 130 + by}


def test_a_shot_shorter_than_its_dissolve_still_begins_first(edit):
    before = told(edit)
    assert ripple.set_length(edit, use(edit, "C"), 5, ALL)
    now = moved(before, told(edit))
    assert now["C"] == now["C sound"] == (0, -25, 0.0)
    assert {name: by for name, by in now.items() if name not in ("C", "C sound", "own dissolve")} == behind(
        before, 113, -21
    )
    assert (use(edit, "C").start, use(edit, "D").start) == (91, 92)


def test_without_ripple(edit):
    before = told(edit)
    assert not ripple.set_length(edit, use(edit, "A"), 30, OFF)
    assert order.arrange(edit, [shot(name).uid for name in "DCBA"], OFF) == 0
    assert told(edit) == before
    assert ripple.set_length(edit, use(edit, "A"), 20, OFF)
    assert moved(before, told(edit)) == longer(-4, "A", "A words")
    order.remove(edit, shot("D").uid, OFF)
    gone = {"D", "D sound", "own dissolve"}
    assert before.keys() - told(edit).keys() == gone


def test_another_order(edit):
    before = told(edit)
    assert order.arrange(edit, [shot(name).uid for name in "BACD"], ALL) == 2
    wanted = {"A": (30,) * 3, "A words": (30,) * 3, "title": (-24, -24, -24, -24), "glow": (-24, -24, -24, -24)}
    assert moved(before, told(edit)) == wanted | dict.fromkeys(("B", "B sound", "speed"), (-24,) * 3)
    assert markers(edit) == {"in A": 70, "in B": 46, "in C": 100, "in D": 130}


def test_shots_that_overlap_do_so_elsewhere_and_no_more_when_parted(edit):
    order.arrange(edit, [shot(name).uid for name in "ACDB"], ALL)
    row = {name: (use(edit, name).start, use(edit, name).end) for name in "ACDB"}
    assert row == {"A": (37, 61), "C": (61, 91), "D": (83, 113), "B": (113, 143)}
    cross = edit.sequence_editor.strips["own dissolve"]
    assert (strips.start(cross), strips.end(cross)) == (83, 91)
    order.arrange(edit, [shot(name).uid for name in "ADBC"], ALL)
    row = {name: (use(edit, name).start, use(edit, name).end) for name in "ADBC"}
    assert row == {"A": (37, 61), "D": (61, 91), "B": (91, 121), "C": (121, 151)}


def test_a_dissolve_by_hand_whose_shots_were_parted_is_told_of(edit, capfd):
    said = "The strips of 'own dissolve' do not meet any more."
    edit.take_one.ripple = True
    bpy.ops.takeone.shot_move(shot=shot("B").uid, by=2)
    assert transitions.torn(edit) == [] and said not in capfd.readouterr().out
    bpy.ops.takeone.shot_move(shot=shot("B").uid, by=-1)
    assert transitions.torn(edit) == ["own dissolve"] and capfd.readouterr().out.count(said) == 1
    bpy.ops.takeone.shot_move(shot=shot("A").uid, by=1)
    assert transitions.torn(edit) == ["own dissolve"] and said not in capfd.readouterr().out


def test_a_copy_comes_between(edit):
    edit.take_one.ripple = True
    before = told(edit)
    assert bpy.ops.takeone.shot_duplicate(shot=shot("B").uid) == {"FINISHED"}
    after = told(edit)
    new = after.keys() - before.keys()
    assert sorted(new) == ["B 2", "B 2 words"] and after["B 2"][1][:2] == (91, 121)
    assert moved(before, {name: one for name, one in after.items() if name not in new}) == behind(before, 91, 30)


def test_a_shot_is_split(edit):
    edit.frame_set(75)
    before = told(edit)
    assert bpy.ops.takeone.shot_split(shot=shot("B").uid) == {"FINISHED"}
    after = told(edit)
    new = after.keys() - before.keys()
    parted = {name: one[1][:2] for name, one in after.items() if name in new or one[1] != before[name][1]}
    assert {place for name, place in parted.items() if name in new} == {(75, 91)}
    assert {place for name, place in parted.items() if name not in new} == {(61, 75)}
    assert {"B", "B sound"} <= parted.keys() - new <= {"B", "B sound", "glow", "speed"}
    untouched = [name for name in before if name not in parted]
    assert [after[name] for name in untouched] == [before[name] for name in untouched]
    assert markers(edit) == {"in A": 40, "in B": 70, "in C": 100, "in D": 130}


@pytest.mark.parametrize(("name", "end", "gone"), [
    ("B", 91, {"B", "B sound", "glow", "speed"}),
    ("A", 61, {"A", "A words"}),
])  # fmt: skip
def test_a_shot_goes(edit, name, end, gone):
    before = told(edit)
    by = uses.uses_of(edit, shot(name).uid)[0].start - end
    order.remove(edit, shot(name).uid, ALL)
    after = told(edit)
    assert before.keys() - after.keys() == gone
    rest = {name: one for name, one in before.items() if name not in gone}
    wanted = {name: one for name, one in behind(before, end, by).items() if name in rest}
    assert moved(rest, after) == wanted


@pytest.mark.parametrize(("name", "kind", "changed"), [
    ("C", transitions.DISSOLVE, {"B": (0, 6, 0.0), "B sound": (0, 6, 0.0)}),
    ("C", transitions.DIP, {}), ("B", transitions.FADE_IN, {}), ("D", transitions.FADE_OUT, {}),
])  # fmt: skip
def test_transitions_move_nothing_and_go_again(edit, name, kind, changed):
    before = told(edit)
    assert transitions.add(edit, use(edit, name), kind, 6) == 6
    after = told(edit)
    new = after.keys() - before.keys()
    assert len(new) == 1
    for one, (_, place, _, more) in before.items():
        now = after[one]
        by = tuple(new - old for new, old in zip(now[1], place, strict=True))
        wanted = changed.get(one, (0, 0, 0.0))
        wanted = wanted if one not in ("glow", "speed") or not changed else (0, by[1], 0.0)
        assert by == wanted, one
        free = {"channel", "keys", "volume"} if one.startswith(("B", "C", "D")) else set()
        assert {k: v for k, v in more.items() if k not in free} == {k: v for k, v in now[3].items() if k not in free}
    transitions.remove(edit, use(edit, name), transitions.FADE_OUT if kind == "FADE_OUT" else "FADE_IN")
    rest = told(edit)
    assert [one for one in before if rest[one][:3] != before[one][:3]] == []


def test_beds_burn_ins_and_comparisons_come_and_go(edit, tmp_path):
    bpy.data.scenes["Scene"].take_one.ambience = "rain"
    before = told(edit)
    with wave.open(str(tmp_path / "bed.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes(bytes(2 * 48000 * 6))
    (run,) = bed.runs(edit)
    assert len(bed.lay(edit, [(run, tmp_path / "bed.wav", [(0.0, 0.0)])])) == 1
    after = told(edit)
    quiet = {"B sound", "C sound", "D sound"}
    assert all(after[name][3]["mute"] for name in quiet)
    assert {name: after[name] for name in before if name not in quiet} == {
        name: one for name, one in before.items() if name not in quiet
    }
    bed.remove(edit)
    assert told(edit) == before
    edit.take_one.burn_in.top_left, edit.take_one.burn_in.shown = "{shot}", True
    after = told(edit)
    assert len(after) == len(before) + len(burn_in.of(edit)) and {name: after[name] for name in before} == before
    edit.take_one.burn_in.shown = False
    assert told(edit) == before
    take = shot("B").takes[0]
    compare.show(edit, take, take, 61)
    assert {name: told(edit)[name] for name in before} == before
    compare.hide()
    assert told(edit) == before


def test_a_look_changes_nothing_and_a_timeline_only_its_shots(edit):
    before = told(edit)
    data = collect(edit)
    assert told(edit) == before
    places = {one.name: (one.id, one.places[0]) for one in data.shots}
    cuts = []
    for name, start, frames in (("B", 37, 22), ("A", 59, 24), ("C", 91, 30), ("D", 113, 30)):
        uid, place = places[name]
        cuts.append(Cut(uid, name, start, frames, place.offset + (3 if name == "B" else 0), 0, place.take))
    done = apply(edit, data, Changes(tuple(cuts)), bpy.data.scenes["Scene"])
    assert (done.changed, done.new) == (2, 0)
    wanted = {"A": (22,) * 3, "A words": (22,) * 3, "B": (-24, -32, -27), "B sound": (-24, -32, -27)}
    wanted |= {"glow": (-24, -32, -24.0, -27.0), "speed": (-24, -32, -24.0)}
    assert moved(before, told(edit)) == wanted
    assert markers(edit) == {"in A": 40, "in B": 70, "in C": 100, "in D": 130}


def test_a_retake_of_another_length_lands(edit, files):
    """B shows 30 of its 40 frames, and so does its retake; where it may be as long as it is, what follows moves."""
    rate = "24" if edit.render.fps == 24 else "29.97"
    edit.take_one.ripple = True
    before = told(edit)
    pump.handle(stand_in.ready(shot("B"), "k2", 2, files[rate], placement="REPLACE", frame=61))
    after = renamed(told(edit))
    assert moved(before, after) == {}
    assert fit.length_from_take(edit, "k2", "B") == 1
    after = renamed(told(edit))
    assert moved(before, after) == behind(before, 91, 10) | longer(10, "B", "B sound", "speed") | {
        "glow": (0, 10, 0.0, 0.0)
    }


def renamed(said):
    """What is told of the edit, the retake's strips under the names of the take before."""
    return json.loads(json.dumps(said).replace('"B_t002', '"B'))


def test_a_new_shot_is_laid_where_nothing_is(edit, files):
    before = told(edit)
    new = shot_list.add_shot(bpy.data.scenes["Scene"])
    new.name = "New"
    pump.handle(stand_in.ready(new, "k9", 1, files["24"], frame=70))
    after = told(edit)
    assert sorted(after.keys() - before.keys()) == ["New_t001", "New_t001 sound"]
    assert {name: after[name] for name in before} == before


@pytest.mark.parametrize("make", ["markers", "cameras", "strips"])
def test_shots_of_what_is_there_are_laid_beside_it(edit, make):
    scene = bpy.data.scenes["Scene"]
    marker = scene.timeline_markers.new("Wide", frame=9)
    marker.camera = scene.camera
    before = told(edit)
    assert getattr(bpy.ops.takeone, f"shots_from_{make}")(animate=False) == {"FINISHED"}
    after = told(edit)
    assert after.keys() > before.keys() and {name: after[name] for name in before} == before


def test_lists_and_files_are_no_matter_of_the_edit(edit, tmp_path):
    before = told(edit)
    shot_list.move_shot(shot("D"), -2)
    assert bpy.ops.takeone.shots_by_edit() == {"FINISHED"}
    assert [one.name for one in bpy.data.scenes["Scene"].take_one.shots] == list("ABCD")
    (tmp_path / "other").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "other" / "film.blend"))
    moving.bring_along()
    edit = bpy.data.scenes["Edit"]
    assert told(edit) == before
    files = [Path(bpy.path.abspath(one.filepath)) for one in edit.sequence_editor.strips if one.name in "BCD"]
    assert [file.is_file() for file in files] == [True] * 3


def test_one_undo_takes_each_back(edit):
    edit.take_one.ripple = True
    landing.push_undo(bpy.context, "ripple on")
    before, names = told(edit), [one.name for one in shot_list.all_shots()]

    def verbs():
        yield lambda: setattr(shot("A"), "frames", 33)
        yield lambda: bpy.ops.takeone.shot_move(shot=shot("B").uid, by=-1)
        yield lambda: bpy.ops.takeone.shot_duplicate(shot=shot("B").uid)
        yield lambda: bpy.ops.takeone.shot_remove(shot=shot("C").uid, with_strips=True)
        yield lambda: ripple.set_length(bpy.data.scenes["Edit"], use(bpy.data.scenes["Edit"], "C"), 20, ALL)
        yield split
        for name, kind in (("C", transitions.DISSOLVE), ("C", transitions.DIP), ("B", transitions.FADE_IN)):
            yield lambda name=name, kind=kind: add(name, kind)
        yield lambda: setattr(bpy.data.scenes["Edit"].take_one.burn_in, "shown", True)

    def split():
        scene = bpy.data.scenes["Edit"]
        scene.frame_set(use(scene, "B").start + 9)
        assert bpy.ops.takeone.shot_split(shot=shot("B").uid) == {"FINISHED"}

    def add(name, kind):
        scene = bpy.data.scenes["Edit"]
        transitions.add(scene, use(scene, name), kind, 6)

    for verb in verbs():
        verb()
        assert told(bpy.data.scenes["Edit"]) != before
        landing.push_undo(bpy.context, "done")
        bpy.ops.ed.undo()
        assert told(bpy.data.scenes["Edit"]) == before
        assert [one.name for one in shot_list.all_shots()] == names
