"""A clip of several shots comes home: a file a take, step by step; what each sidecar says; disks that refuse."""

from __future__ import annotations

import errno
import json
import os
import shutil
from dataclasses import replace
from fractions import Fraction

import bpy
import pytest
import stand_in
from rooms import clip, room
from take_one.client.protocol import BoundPart, Price
from take_one.scene.app.app import app
from take_one.scene.edit import landing, moving, several
from take_one.scene.model.shots import kept, shot_list, takes, trust
from take_one.scene.session import pump

NAMES = ("Hall", "Stairs", "Roof")
SAID = {
    "seed": 4,
    "camera": {"a": 1},
    "views": [{"t": 0.5}],
    "still_sha256": "aa",
    "depth_sha256": "bb",
    "last_frame_sha256": "cc",
    "engine": "draft",
    "cost": None,
    "shots": [
        {"direction": {"prompt": "walk"}, "seconds": 0.5, "seed": 4},
        {"direction": {"prompt": "run"}, "seconds": 0.75, "seed": 5},
        {"direction": {"prompt": "fly"}, "seconds": 0.25, "seed": 6, "camera": {"c": 3}, "still_sha256": "dd"},
    ],
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return clip(tmp_path_factory.mktemp("clips") / "whole.mp4", 36)


@pytest.fixture
def ready(whole):
    """The event of three shots of 12, 18 and 6 frames, the second with handles of 2 and 3."""
    stand_in.attach()
    scene = room(64, 36, "BLENDER_WORKBENCH")
    scene.frame_set(7)
    for name in NAMES:
        shot = shot_list.add_shot(scene, scene.camera)
        shot.name = name
    shots = scene.take_one.shots
    lengths = ((0, 12, 0, 0), (12, 18, 2, 3), (30, 6, 0, 0))
    parts = tuple(
        BoundPart(shot.uid, f"k1-{number}" if number else "k1", shot.name, 1, *lengths[number])
        for number, shot in enumerate(shots)
    )
    event = stand_in.ready(shots[0], source=whole, parts=parts, placement="AFTER")
    for number, shot in enumerate(shots):
        take = shot.takes.add()
        take.uid, take.number, take.status = parts[number].take_uid, 1, "WAITING"
    event.sidecar.write_text(json.dumps(SAID))
    return event._replace(job=replace(event.job, seconds=1.5, fps=Fraction(24)))


def no_links(*_):
    raise OSError(errno.EPERM, "no links here")


def test_copies_are_made_one_a_step_as_open_as_their_folder(ready, monkeypatch):
    monkeypatch.setattr(os, "link", no_links)
    folder = ready.clip.parent.parent
    for name in NAMES[1:]:
        (folder / name).mkdir(exist_ok=True)
        (folder / name).chmod(0o755)
    steps, files = landing.land_steps(bpy.context, ready), []
    for _ in range(3):
        next(steps)
        files.append([name for name in NAMES if (folder / name / f"{name}_t001.mp4").is_file()])
    assert files == [["Hall"], ["Hall", "Stairs"], ["Hall", "Stairs", "Roof"]]
    for _ in steps:
        pass
    if os.name == "posix":
        for name in NAMES[1:]:
            assert (folder / name / f"{name}_t001.mp4").stat().st_mode & 0o044 == 0o044
    assert [shot.takes[0].status for shot in bpy.context.scene.take_one.shots] == ["READY"] * 3


def test_a_sidecar_says_only_what_is_of_its_own_shot(ready):
    pump.handle(ready)
    first, second, third = (
        json.loads(takes.clip_path(shot.takes[0]).with_suffix(".json").read_text())
        for shot in bpy.context.scene.take_one.shots
    )
    assert {name: first.get(name) for name in several.OF_STILL} == {name: SAID[name] for name in several.OF_STILL}
    assert not set(several.OF_STILL) & set(second)
    assert {name: third[name] for name in several.OF_STILL if name in third} == {
        "still_sha256": "dd",
        "camera": {"c": 3},
    }
    assert [(one["prompt"], one["seed"], one["engine"]) for one in (first, second, third)] == [
        ("walk", 4, "draft"),
        ("run", 5, "draft"),
        ("fly", 6, "draft"),
    ]


def test_the_cost_is_said_once_and_each_note_where_it_belongs(ready):
    """By the events of the parts, and by what is written beside each clip."""
    notes = ("One clip.", "Shot 1: a push in.", "Shot 2: too dark.", "Shot 2: no voice.", "Shot 12: none of ours.")
    price = Price(2.4, "EUR", exact=True)
    job = replace(ready.job, result=replace(ready.job.result, notes=notes, cost=price))
    ready.sidecar.write_text(json.dumps({**SAID, "cost": {"amount": 2.4, "currency": "EUR"}}))
    parts = list(several.parts(ready._replace(job=job)))
    wanted = [("One clip.", "a push in."), ("One clip.", "too dark.", "no voice."), ("One clip.",)]
    assert [one.job.result.notes for one in parts] == wanted
    assert [one.job.result.cost for one in parts] == [price, None, None]
    said = [json.loads(one.sidecar.read_text()) for one in parts]
    assert [tuple(one["notes"]) for one in said] == wanted
    assert [one["cost"] for one in said] == [{"amount": 2.4, "currency": "EUR"}, None, None]
    assert [(one["shot_of_clip"], one["handles"]) for one in said] == [(1, [0, 24]), (2, [14, 9]), (3, [30, 0])]
    assert [(one.job.seed, one.job.prompt) for one in parts] == [(4, "walk"), (5, "run"), (6, "fly")]
    assert [one.binding.take_uid for one in parts] == ["k1", "k1-1", "k1-2"]


def test_shots_that_are_gone_come_back_as_long_as_they_were(ready):
    shots = bpy.context.scene.take_one.shots
    shots.clear()
    pump.handle(ready)
    assert app().state.last_error is None
    assert {shot.name: (shot.prompt, round(shot.seconds * 24, 3)) for shot in shots} == {
        "Hall": ("walk", 12),
        "Stairs": ("run", 13),
        "Roof": ("fly", 6),
    }
    assert [kept.read(shot.takes[0]).beyond for shot in shots] == [24, 6, 0]


def test_a_full_disk_is_told_and_the_takes_land_later(ready, monkeypatch):
    monkeypatch.setattr(os, "link", no_links)
    copy = several.copy_whole

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(several, "copy_whole", full)
    before = app().state.revision
    shots = bpy.context.scene.take_one.shots
    assert pump.handle(ready) is not None
    error = app().state.last_error
    assert (error.code, error.fix) == ("disk", "free_space") and "No space left" in error.message
    assert app().state.revision > before
    assert [shot.takes[0].status for shot in shots] == ["READY", "WAITING", "WAITING"]
    assert app().state.jobs == {} and "k1" not in pump.session().landed_keys

    monkeypatch.setattr(several, "copy_whole", copy)
    assert pump.handle(ready) is None
    assert [shot.takes[0].status for shot in shots] == ["READY"] * 3
    assert pump.session().landed_keys == ["k1"]


@pytest.mark.parametrize("name", ["Stairs_t001.mp4", "Stairs_t001.json"])
@pytest.mark.parametrize("links", [True, False])
def test_what_bears_its_name_already_is_not_written_over_though_its_shot_is_gone(ready, monkeypatch, name, links):
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    folder = ready.clip.parent.parent / "Stairs"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / name).write_text("another film's")
    bpy.context.scene.take_one.shots.clear()
    pump.handle(ready)
    assert app().state.last_error is None
    assert (folder / name).read_text() == "another film's"
    assert sorted(path.name for path in folder.iterdir()) == sorted([name, "Stairs_t002.json", "Stairs_t002.mp4"])
    assert [shot.takes[0].number for shot in bpy.context.scene.take_one.shots] == [1, 2, 1]


def test_a_sidecar_that_no_file_can_hold_lets_its_takes_land(ready):
    ready.sidecar.write_text(json.dumps({**SAID, "note": "\ud800"}))
    assert pump.handle(ready) is None
    assert [shot.takes[0].status for shot in bpy.context.scene.take_one.shots] == ["READY"] * 3


@pytest.fixture
def saved(tmp_path):
    """An empty file in a folder of its own, and a folder elsewhere that is somebody's."""
    (tmp_path / "film").mkdir()
    (tmp_path / "mine").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film" / "film.blend"))
    return tmp_path / "film", tmp_path / "mine"


@pytest.mark.parametrize("link", ["takes", "takes/Stairs"])
def test_a_link_that_came_since_is_not_followed(saved, ready, link):
    film, mine = saved
    clip_there = ready.clip.read_bytes()
    shutil.rmtree(film / "takes")
    (film / link).parent.mkdir(exist_ok=True)
    (film / link).symlink_to(mine)
    for path, data in ((ready.clip, clip_there), (ready.sidecar, json.dumps(SAID).encode())):
        if link == "takes/Stairs":
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
    home = takes.unsaved_folder(ready.binding.file_id)
    if link == "takes":  # the whole clip came where it was to go before the link was there
        whole = home / "Hall" / ready.clip.name
        whole.parent.mkdir(parents=True, exist_ok=True)
        whole.write_bytes(clip_there)
        whole.with_suffix(".json").write_text(json.dumps(SAID))
        ready = ready._replace(clip=whole, sidecar=whole.with_suffix(".json"))
    assert pump.handle(ready) is None
    shots = bpy.context.scene.take_one.shots
    assert list(mine.iterdir()) == []
    assert [shot.takes[0].status for shot in shots] == ["READY"] * 3
    wanted = home / "Stairs" if link == "takes" else film / "takes" / "Stairs_2"
    assert takes.clip_path(shots[1].takes[0]) == wanted / "Stairs_t001.mp4"
    assert all(trust.is_own(takes.clip_path(shot.takes[0])) for shot in shots)
    moving.relocate_takes()
    assert list(mine.iterdir()) == []


@pytest.mark.parametrize("link", ["takes", "takes/Hall"])
def test_no_press_where_takes_would_go_where_a_link_leads(saved, link):
    film, mine = saved
    (film / link).parent.mkdir(exist_ok=True)
    (film / link).symlink_to(mine)
    fake = stand_in.attach()
    scene = room(64, 36, "BLENDER_WORKBENCH")
    shot = shot_list.add_shot(scene, scene.camera)
    shot.name = "Hall"
    with pytest.raises(RuntimeError, match="is a link, and Take One writes nothing where it leads"):
        bpy.ops.takeone.animate_frame()
    assert app().state.last_error.fix == "save_as"
    assert list(mine.iterdir()) == [] and fake.keys == []
