"""A take that is made again, and which of several takes the edit and the panel show."""

from __future__ import annotations

import bpy
import pytest
import stand_in
from rooms import clip
from stand_in import ready
from take_one.scene.edit import strips
from take_one.scene.model import takes
from take_one.scene.model.properties import add_shot
from take_one.scene.session import pump
from test_landing import seen


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return clip(tmp_path_factory.mktemp("clips") / "take.mp4", 24)


@pytest.fixture
def session():
    return stand_in.attach()


@pytest.fixture
def shot():
    shot = add_shot(bpy.context.scene)
    shot.name = "Kitchen"
    return shot


def test_a_take_made_again_comes_back_under_its_strips(shot, source, session):
    pump.handle(ready(shot, "k1", 1, source))
    pump.handle(ready(shot, "k2", 2, source, placement="REPLACE"))
    shot.takes[0].rating = 4
    for number in (1, 2):
        (takes.shot_folder(shot) / f"Kitchen_t00{number}.mp4").unlink()
    pump.handle(ready(shot, "again", 1, source, take_uid="k1", placement="REPLACE", remade=True))
    assert [(take.uid, take.number, take.rating) for take in shot.takes] == [("k1", 1, 4), ("k2", 2, 0)]
    assert shot.current_take == "k2"
    assert len(strips.strips_of_take("k2")) == 2
    before = seen()
    sound = next(strip.sound for _, strip in strips.strips_of_take("k2") if strip.type == "SOUND")
    pump.handle(ready(shot, "again2", 2, source, take_uid="k2", placement="REPLACE", remade=True))
    assert seen() == before
    assert sound.samplerate == 48000
    assert not any(takes.clip_missing(take) for take in shot.takes)
    assert session.landed_keys == ["k1", "k2", "again", "again2"]


def test_a_failed_take_that_is_made_again_keeps_its_place_in_the_list(shot, source, session):
    event = ready(shot, "again", 1, source, take_uid="k1")
    take = shot.takes.add()
    take.uid, take.number, take.status = "k1", 1, "FAILED"
    pump.handle(event)
    assert [(take.uid, take.status) for take in shot.takes] == [("k1", "READY")]
    assert len(strips.strips_of_take("k1")) == 2


def test_the_buttons_follow_the_take_that_the_edit_shows(shot, source, session):
    pump.handle(ready(shot, "k1", 1, source))
    pump.handle(ready(shot, "k2", 2, source, placement="REPLACE"))
    assert shot.active_take == 1
    shot.active_take = 0
    pump.handle(ready(shot, "k3", 3, source, placement="REPLACE"))
    assert (shot.active_take, shot.current_take) == (0, "k3")


def test_a_take_without_strips_is_laid_when_it_is_made_current(shot, source, session):
    pump.handle(ready(shot, "k1", 1, source))
    strips.remove(strips.strips_of_shot(shot.uid))
    shot.id_data.take_one.placement = "AFTER"
    assert bpy.ops.takeone.take_make_current() == {"FINISHED"}
    assert len(strips.strips_of_take("k1")) == 2
