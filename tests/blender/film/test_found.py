"""Takes that lie beside the film and are in no list; and what the system's trash is told of a file."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path

import bpy
import pytest
from stand_in import binding_of
from take_one.client.protocol.codec import to_json
from take_one.scene.edit import found, trash
from take_one.scene.model.shots import kept, takes
from take_one.scene.model.shots.shot_list import add_shot, ensure_ids

SAID = {"engine": "wan", "seed": 7, "created_at": "2026-03-04T05:06:07", "prompt": "push in"}


def lie(shot, number, binding=None, clip=True, name="", **said) -> Path:
    """The files of a take beside the film, which say that it is the shot's of this number."""
    binding = binding or binding_of(shot, f"{shot.name}{number}", number)
    path = takes.shot_folder(shot) / (name or f"{takes.take_name(shot.name, number)}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"binding": to_json(binding), **SAID, **said}))
    if clip:
        path.with_suffix(".mp4").write_bytes(b"clip")
    return path


def listed(shot):
    return [(take.uid, take.number) for take in shot.takes]


@pytest.fixture
def hall(shot):
    hall = add_shot(shot.id_data)
    hall.name = "Hall"
    return hall


@pytest.fixture
def kitchen(hall):
    """The first of two shots, with takes 2 and 5 in its list, of which the buttons act on the second."""
    kitchen = hall.id_data.take_one.shots[0]
    for number in (2, 5):
        take = kitchen.takes.add()
        take.uid, take.number, take.status = f"Kitchen{number}", number, "READY"
        take.clip = f"//takes/Kitchen/Kitchen_t00{number}.mp4"
        lie(kitchen, number, prompt="another")
    kitchen.active_take, kitchen.last_number = 1, 5
    return kitchen


def test_takes_come_back_to_their_shots_by_their_numbers(kitchen):
    hall = kitchen.id_data.take_one.shots[1]
    whole = binding_of(kitchen, "Kitchen7", 7, head=3, tail=12, beyond=9)
    lie(kitchen, 7, whole, seed=2**32 - 1, prompt="the camera goes once around the table and stops")
    lie(
        kitchen,
        3,
        binding_of(kitchen, "Kitchen3", 3, head=-1, tail=-2, beyond=-3),
        seed=-(2**40),
        engine=None,
        created_at=None,
        prompt=["no words"],
    )
    lie(kitchen, 4, seed="many", engine="draft")
    lie(hall, 9)
    hall.last_number = 12
    film = bpy.data.filepath
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=film)
    kitchen, hall = bpy.context.scene.take_one.shots
    assert listed(kitchen) == [(f"Kitchen{number}", number) for number in (2, 3, 4, 5, 7)]
    assert listed(hall) == [("Hall9", 9)] and (kitchen.last_number, hall.last_number) == (7, 12)
    assert kitchen.takes[kitchen.active_take].uid == "Kitchen5"
    assert [take.notes for take in kitchen.takes] == [
        "" if take.number in (2, 5) else "It landed after the file was saved last" for take in kitchen.takes
    ]
    third, fourth, last = kitchen.takes[1], kitchen.takes[2], kitchen.takes[4]
    assert (last.status, last.clip, last.sidecar, last.engine, last.seed, last.words) == (
        "READY", "//takes/Kitchen/Kitchen_t007.mp4", "//takes/Kitchen/Kitchen_t007.json", "wan", 2**31 - 1,
        "the camera goes once around the...",
    )  # fmt: skip
    assert kept.read(last) == kept.Kept(head=3, tail=12, beyond=9, made="2026-03-04T05:06:07")
    assert (third.engine, third.seed, third.words, kept.read(third)) == ("", 0, "", kept.Kept())
    assert (fourth.engine, fourth.seed, fourth.words) == ("draft", 0, "push in")
    assert found.bring_back() == 0
    hall.takes.clear()
    kitchen.takes.remove(1)
    assert found.bring_back() == 2


def test_files_that_are_no_takes_of_this_film_stay_out_of_its_lists(kitchen, tmp_path):
    own = binding_of(kitchen, "strange", 11)
    lie(kitchen, 11, replace(own, file_id="another film"))
    lie(kitchen, 12, replace(own, shot_uid="a shot that is gone"))
    lie(kitchen, 13, replace(own, number=takes.HIGHEST_NUMBER))
    lie(kitchen, 14, replace(own, take_uid="Kitchen5"))
    lie(kitchen, 15, clip=False)
    lie(kitchen, 16, name="notes.json")
    for number, text in enumerate(("[]", "{}", '{"binding": 3}', '{"binding": {"file_id": 1}}'), 17):
        lie(kitchen, number).write_text(text)
    mine = tmp_path / "mine"
    mine.mkdir()
    takes.shot_folder(kitchen).with_name("Elsewhere").symlink_to(mine)
    there = lie(kitchen, 21)
    there.rename(mine / there.name)
    there.with_suffix(".mp4").rename(mine / "Kitchen_t021.mp4")
    lie(kitchen, 25, clip=False).with_suffix(".mp4").symlink_to(mine / "Kitchen_t021.mp4")
    assert found.bring_back() == 0
    lie(kitchen, 22, replace(own, number=takes.HIGHEST_NUMBER - 1))
    lie(kitchen, 23, replace(own, take_uid="none", number=0))
    lie(kitchen, 24, replace(own, take_uid="none", number=24))
    assert found.bring_back() == 2
    assert listed(kitchen) == [("none", 1), ("Kitchen2", 2), ("Kitchen5", 5), ("strange", 999_999)]


def test_no_more_files_are_looked_at_than_a_film_may_have(kitchen, monkeypatch):
    for number in (1, 3, 6):
        lie(kitchen, number)
    for most, more in ((3, 2), (4, 0), (5, 1)):  # 2 and 5 are in the list
        monkeypatch.setattr(found, "MOST_FILES", most)
        assert found.bring_back() == more
    assert [take.number for take in kitchen.takes] == [1, 2, 3, 5, 6]


def test_nothing_is_looked_for_beside_a_file_that_was_never_saved(session):
    shot = add_shot(bpy.context.scene)
    shot.name = "Kitchen"
    ensure_ids(shot.id_data)
    assert lie(shot, 1).is_file() and found.bring_back() == 0


def test_the_takes_of_a_linked_scene_are_its_own_files(kitchen, tmp_path):
    library = str(tmp_path / "library.blend")
    bpy.data.libraries.write(library, {kitchen.id_data})
    uid, scene = kitchen.uid, kitchen.id_data
    lie(kitchen, 9)
    with bpy.data.libraries.load(library, link=True) as (_, wanted):
        wanted.scenes = [scene.name]
    (linked,) = [one for one in bpy.data.scenes if one.library is not None]
    scene.take_one.shots.remove(0)
    assert linked.take_one.shots[0].uid == uid
    assert found.bring_back() == 0 and len(linked.take_one.shots[0].takes) == 2


def test_the_trash_is_told_where_a_file_was_and_when(tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    folder = tmp_path / "Küche 1"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for text in ("one", "two", "three"):
        Path("a b.mp4").write_text(text)
        assert trash.discard(Path("a b.mp4")) == "trash"
    place = tmp_path / "home" / ".local" / "share" / "Trash"
    files = {path.name: path.read_text() for path in (place / "files").iterdir()}
    assert files == {"a b.mp4": "one", "a b 2.mp4": "two", "a b 3.mp4": "three"}
    info = {path.name: path.read_text().splitlines() for path in (place / "info").iterdir()}
    assert set(info) == {f"{name}.trashinfo" for name in files}
    for first, path, date in info.values():
        assert (first, path) == ("[Trash Info]", f"Path={tmp_path}/K%C3%BCche%201/a%20b.mp4")
        assert re.fullmatch(r"DeletionDate=20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d", date)
    if os.name == "posix":
        assert {(place / name).stat().st_mode & 0o777 for name in ("files", "info")} == {0o700}
