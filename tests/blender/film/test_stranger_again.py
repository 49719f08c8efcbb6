"""A take of a stranger's .blend made again, moved and refined: no file of the user's is overwritten, sent or moved."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from strangers import WAYS, Asking, a_still, a_take, keep, mine, own_clip, ways_to
from take_one.client.protocol import Direction, EngineInfo, TakeRequest, View
from take_one.operators.making import animate
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import current, moving
from take_one.scene.model.shots import films, kept, paths, shot_list, takes, trust
from take_one.scene.model.shots.shot_list import ensure_ids
from take_one.scene.session.press import again, together
from take_one.scene.session.press.press import Call, make_order


@pytest.mark.parametrize("status", ["FAILED", "CANCELLED", "READY"])
@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("way", WAYS)
def test_making_again_overwrites_no_file_of_the_users(shot, session, victim, way, there, status):
    take = a_take(shot, ways_to(victim, Path(bpy.data.filepath))[way], status)
    take.still = str(a_still(shot))
    keep(shot, take, Path(take.still))
    if not there:
        victim.unlink()
    again.make_again(shot, "k1")
    (path,) = session.paths
    assert trust.is_own(path) and not path.exists() and path.parent == takes.shot_folder(shot)
    assert session.requests[0].binding.take_uid in ("k1", session.keys[0])


def test_a_clip_that_is_there_is_not_overwritten_whatever_the_file_says_of_it(shot, session):
    take = a_take(shot, own_clip(shot), "FAILED")
    take.still = str(a_still(shot))
    keep(shot, take, Path(take.still))
    again.make_again(shot, "k1")
    assert [path.name for path in session.paths] == ["Kitchen_t002.mp4"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("field", ["request", "still", "both"])
def test_making_again_sends_no_file_of_the_users(shot, session, victim, way, field):
    secret = victim.with_name("still.png")
    secret.write_bytes(b"secret")
    named = ways_to(secret, Path(bpy.data.filepath))[way]
    image = Path(named) if way == "whole" else paths.absolute(named)
    take = a_take(shot, "", "FAILED")
    keep(shot, take, image if field != "still" else Path("/gone/still.png"))
    take.still = named if field != "request" else ""
    with pytest.raises(SceneError) as caught:
        again.make_again(shot, "k1")
    assert caught.value.code in {"foreign_file", "cannot_remake"}
    assert session.keys == []


def test_depth_and_other_views_are_not_sent_either(shot, session, victim):
    take = a_take(shot, "", "FAILED")
    still = a_still(shot)
    take.still = str(still)
    request = TakeRequest("draft", Direction("x"), (View(still, victim),), 2.5, Fraction(24), (96, 54), 7)
    kept.write(take, kept.Kept(request))
    with pytest.raises(SceneError) as caught:
        again.make_again(shot, "k1")
    assert (caught.value.code, str(victim) in caught.value.message) == ("foreign_file", True)
    kept.write(take, kept.Kept(replace(request, views=(View(still), View(victim, t=1.0)))))
    with pytest.raises(SceneError):
        again.make_again(shot, "k1")
    assert session.keys == []


def test_making_again_does_not_wait_for_a_file_that_is_not_open(shot, session):
    take = a_take(shot, "", "FAILED")
    take.still = str(a_still(shot))
    keep(shot, take, Path(take.still))
    request = kept.read(take).request
    other = stand_in.binding_of(shot, file_id="another film", scene_uid="another scene", shot_uid="another shot")
    kept.write(take, kept.Kept(replace(request, binding=other)))
    again.make_again(shot, "k1")
    binding = session.requests[0].binding
    assert (binding.file_id, binding.shot_uid) == (films.open_id(), shot.uid)
    assert films.is_open(binding.file_id)


def test_an_edit_of_several_films_scenes_is_one_film(shot, session, tmp_path):
    """A scene that was appended from another film brings its id along."""
    scene = bpy.data.scenes.new("AAA appended")
    scene.take_one.file_id, scene.take_one.uid = "of another film", "scene"
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    ids = {scene.take_one.file_id for scene in bpy.data.scenes if scene.take_one.file_id}
    assert len(ids) == 1
    assert all(films.is_open(ensure_ids(scene)[0]) for scene in bpy.data.scenes)


# --- copying ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["whole", "relative", "climbing", "doubled"])
def test_a_folder_of_the_users_is_not_brought_along(shot, victim, way):
    take = a_take(shot, ways_to(victim, Path(bpy.data.filepath))[way])
    take.still = str(victim.with_suffix(".jpg"))
    if moving.any_elsewhere():
        with pytest.raises(RuntimeError, match="is left alone"):
            bpy.ops.takeone.bring_takes()
    else:
        moving.bring_along()
    names = {path.name for path in (Path(bpy.data.filepath).parent / "takes").rglob("*") if not path.is_symlink()}
    assert names == {"Kitchen"}
    assert paths.absolute(take.clip) == victim
    assert mine(victim)


def test_what_lies_beside_takes_is_not_brought_along(shot, tmp_path, movie):
    take = a_take(shot, own_clip(shot, movie))
    take.clip = "//takes/Kitchen/Kitchen_t001.mp4"
    take.still = str(a_still(shot))
    (takes.still_folder(shot, 1) / "secret.txt").write_text("mine")
    (takes.still_folder(shot, 1) / "linked.png").symlink_to("/etc/hostname")
    other = tmp_path / "other" / "film.blend"
    other.parent.mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(other))
    assert bpy.ops.takeone.bring_takes() == {"FINISHED"}
    names = {path.name for path in (other.parent / "takes").rglob("*") if path.is_file()}
    assert names == {"Kitchen_t001.mp4", "Kitchen_t001.json", "still.png"}


# --- a picture from disk ----------------------------------------------------------------------------------------------


def test_the_press_shows_the_picture_that_the_file_names(shot, session, tmp_path, monkeypatch):
    shot.still_source, shot.image_path = "IMAGE", str(tmp_path / "passport.png")
    assert not trust.is_unseen(tmp_path / "passport.png")  # the user has typed it
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    shot = bpy.context.scene.take_one.shots[0]
    asking = Asking(shot="", image_path="", given=lambda _name: None, begun=0, context=bpy.context)
    asking.over_budget = lambda _context: ""
    asking.strange_picture = lambda _context: animate.Animate.strange_picture(asking, bpy.context)
    asking.begin = lambda _context: setattr(asking, "begun", asking.begun + 1)
    monkeypatch.setattr(animate, "bpy", SimpleNamespace(app=SimpleNamespace(background=False)))

    def press() -> tuple[int, int]:
        animate.Animate.invoke(asking, asking, None)
        return len(asking.asked), asking.begun

    assert press() == (1, 0)
    assert asking.asked[0]["message"] == f"The file says so: {tmp_path / 'passport.png'}"
    asking.image_path = "given"  # by whoever calls
    assert press() == (1, 1)
    asking.image_path, shot.still_source = "", "RENDER"
    assert press() == (1, 2)
    shot.still_source = "IMAGE"
    assert press() == (2, 2)
    trust.allow(tmp_path / "passport.png")
    assert press() == (2, 3)


def test_a_picture_that_was_shown_is_sent_without_another_question(shot, session, monkeypatch):
    shot.still_source, shot.image_path = "IMAGE", "//own.png"
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    monkeypatch.setattr(animate.connection, "ensure", lambda: None)
    monkeypatch.setattr(animate.jobs, "start", lambda _order: [])
    picture = Path(bpy.data.filepath).with_name("own.png")
    order = SimpleNamespace(engine=EngineInfo("draft"), seconds=5.0, options={}, following=(), takes=())
    asking = Asking(order=lambda _context: order, strange_picture=lambda _context: picture)
    asking.check_budget = lambda _context: None
    assert trust.is_unseen(picture)
    animate.Animate.begin(asking, bpy.context)
    assert not trust.is_unseen(picture)


@pytest.mark.parametrize("way", ["opened", "appended", "copied", "linked to"])
def test_no_order_sends_a_picture_that_only_a_file_has_named(shot, session, tmp_path, way):
    """As one request with another shot, or alone: the order itself is refused, whoever asks for it."""
    film, picture = tmp_path / "film", tmp_path / "Documents" / "passport.png"
    picture.parent.mkdir()
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    (film / "hero.png").symlink_to(picture)
    scene = bpy.context.scene
    shot_list.add_shot(scene)
    scene.take_one.shots[0].still_source = "IMAGE"
    scene.take_one.shots[0].image_path = "//hero.png" if way == "linked to" else str(picture)
    for one in scene.take_one.shots:
        one.engine = "draft"
    scene.name = "Strange"
    bpy.ops.wm.save_mainfile()
    if way == "appended":
        bpy.ops.wm.read_homefile(use_empty=True)
        bpy.ops.wm.save_as_mainfile(filepath=str(film / "mine.blend"))
        with bpy.data.libraries.load(str(film / "film.blend")) as (_there, here):
            here.scenes = ["Strange"]
    else:
        bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    strange, other = bpy.data.scenes["Strange"].take_one.shots
    if way == "copied":
        shot_list.copy_direction(strange, other)
        strange, other = other, strange
    app().state.engines = (EngineInfo("draft", shots=4, max_seconds=60.0, shot_requests=True),)
    for ask in (
        lambda: together.make(bpy.context, [strange, other]),
        lambda: make_order(bpy.context, strange),
        lambda: make_order(bpy.context, strange, Call(source="IMAGE")),
    ):
        with pytest.raises(SceneError) as told:
            ask()
        assert told.value.code == "unseen_picture"
        assert f"send {picture} for '{strange.name}'" in told.value.message  # where it is, with links followed
    given = film / "hero.png"
    assert make_order(bpy.context, strange, Call(image=given)).image == given
    trust.allow(picture)
    assert make_order(bpy.context, strange).image == (given if way == "linked to" else picture)
    trust.loaded()
    strange.image_path = str(picture)  # chosen on the card
    assert make_order(bpy.context, strange).image == picture


# --- linked -----------------------------------------------------------------------------------------------------------


def test_shots_of_a_linked_scene_are_only_read(shot, session, tmp_path):
    take = a_take(shot, own_clip(shot))
    take.still = str(a_still(shot))
    keep(shot, take, Path(take.still))
    library = bpy.data.filepath
    bpy.context.scene.name = "Library"
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.read_homefile(use_empty=True)
    with bpy.data.libraries.load(library, link=True) as (_there, here):
        here.scenes = ["Library"]
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "linking.blend"))
    linked = bpy.data.scenes["Library"].take_one.shots[0]
    before = [linked.takes[0].clip, linked.takes[0].still]
    for verb in (lambda: current.delete(linked, linked.takes[0]), lambda: again.make_again(linked, "k1")):
        with pytest.raises(SceneError) as caught:
            verb()
        assert caught.value.code == "linked"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film" / "linking.blend"))
    moving.find_moved()
    moving.bring_along()
    assert [linked.takes[0].clip, linked.takes[0].still] == before
    assert len(linked.takes) == 1 and app().state.last_error is None


def test_refining_reads_no_sidecar_of_a_strangers(shot, victim):
    from take_one.operators.making import refine

    take = a_take(shot, "")
    victim.with_suffix(".json").write_text(json.dumps({"facts": {"latents": "secret"}}))
    take.sidecar = str(victim.with_suffix(".json"))
    assert refine.saved_latents(take) == ""
    own = own_clip(shot).with_suffix(".json")
    for text, latents in (
        ('{"facts": {"latents": "abc"}}', "abc"),
        ('{"facts": [1]}', ""),
        ("[1]", ""),
        ("[" * 9000, ""),
    ):
        own.write_text(text)
        take.sidecar = str(own)
        assert refine.saved_latents(take) == latents
