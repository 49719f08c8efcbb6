"""A .blend from a stranger: whatever it says, only takes in the film's own folders are touched, and only when asked."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from rooms import clip
from take_one.client.protocol import Direction, TakeRequest, View
from take_one.operators.edit import takes as verbs
from take_one.operators.making import animate
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import current, moving
from take_one.scene.model.shots import films, kept, paths, takes, trust
from take_one.scene.model.shots.shot_list import add_shot, ensure_ids
from take_one.scene.session.press import again
from take_one.scene.session.press.press import make_order


@pytest.fixture
def session():
    return stand_in.attach()


@pytest.fixture(scope="module")
def movie(tmp_path_factory):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return clip(tmp_path_factory.mktemp("clips") / "take.mp4", 12)


@pytest.fixture
def shot(tmp_path):
    """A shot of a saved film, in a folder of its own."""
    shot = add_shot(bpy.context.scene)
    shot.name = "Kitchen"
    (tmp_path / "film").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film" / "film.blend"))
    return shot


@pytest.fixture
def victim(tmp_path):
    """The user's own document, and its neighbours."""
    folder = tmp_path / "Documents"
    folder.mkdir()
    for suffix in (".mp4", ".json", ".jpg", ".sh", ".txt"):
        (folder / f"Novel_t001{suffix}").write_text("mine")
    return folder / "Novel_t001.mp4"


def test_a_strangers_reference_pictures_are_not_sent_by_themselves(session, shot, victim):
    """Named by the file that is opened, or by a scene that is brought along later; what the user chooses is."""
    app().state.engines = (replace(stand_in.HORSE, references=2),)
    shot.engine = "horse"
    scene = bpy.context.scene
    scene.camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(scene.camera)
    scan = victim.with_name("passport.png")
    clip_still(scan)
    shot.references.add().path = str(scan)
    for opened in (False, True):  # as a scene that is appended has them, and the file that is opened
        if opened:
            trust.allow(scan)  # of another film
            bpy.ops.wm.save_mainfile()
            bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
            shot = bpy.context.scene.take_one.shots[0]
        assert shot.references[0].path == str(scan)
        with pytest.raises(SceneError, match="names reference pictures") as told:
            make_order(bpy.context, shot)
        assert told.value.code == "unseen_pictures"
        with pytest.raises(RuntimeError, match="names reference pictures"):
            bpy.ops.takeone.animate_frame()
    assert session.requests == []
    assert bpy.ops.takeone.references_allow() == {"FINISHED"}
    assert make_order(bpy.context, shot).references == (scan,)
    other = victim.with_name("other.png")
    other.write_bytes(scan.read_bytes())
    assert bpy.ops.takeone.reference_add(filepath=str(other)) == {"FINISHED"}
    assert make_order(bpy.context, shot).references == (scan, other)
    with pytest.raises(RuntimeError, match="no PNG, JPEG or WebP"):
        bpy.ops.takeone.reference_add(filepath=str(victim))
    shot.references.add().path = str(victim.with_suffix(".txt"))
    with pytest.raises(SceneError, match="takes 2 reference pictures, and the shot has 3"):
        make_order(bpy.context, shot)
    shot.engine = "draft"  # takes none: nothing is sent, and nothing asked
    assert make_order(bpy.context, shot).references == ()


def clip_still(path):
    image = bpy.data.images.new("scan", 8, 6)
    image.filepath_raw, image.file_format = str(path), "PNG"
    image.save()
    bpy.data.images.remove(image)


def a_take(shot, path, status="READY", uid="k1"):
    take = shot.takes.add()
    take.uid, take.number, take.status, take.clip = uid, 1, status, str(path)
    return take


def own_clip(shot, source=None, number=1) -> Path:
    path = takes.new_clip_path(shot, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(source.read_bytes() if source else b"clip")
    path.with_suffix(".json").write_text("{}")
    return path


def keep(shot, take, image: Path) -> None:
    """As a take that was made from this picture."""
    request = TakeRequest("draft", Direction("push in"), (View(image),), 2.5, Fraction(24), (96, 54), 7)
    kept.write(take, kept.Kept(request))


def mine(victim: Path) -> bool:
    files = sorted(path.name for path in victim.parent.iterdir())
    return len(files) == 5 and all(path.read_text() == "mine" for path in victim.parent.iterdir())


def ways_to(victim: Path, film: Path) -> dict[str, str]:
    """Names of one file as a .blend may hold them."""
    link, folder = film.parent / "takes" / "Kitchen", film.parent / "takes" / "Documents"
    link.mkdir(parents=True)
    (link / "Kitchen_t001.mp4").symlink_to(victim)
    folder.symlink_to(victim.parent)
    return {
        "whole": str(victim),
        "relative": f"//../Documents/{victim.name}",
        "climbing": f"//takes/Kitchen/../../../Documents/{victim.name}",
        "doubled": f"//{victim}",
        "link": "//takes/Kitchen/Kitchen_t001.mp4",
        "linked folder": f"//takes/Documents/{victim.name}",
    }


WAYS = ("whole", "relative", "climbing", "doubled", "link", "linked folder")


# --- the rule ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "Kitchen/Kitchen_t001.mp4",
        "Kitchen/Kitchen_t001.json",
        "Kitchen_2/Kitchen_t001.jpg",
        "Küche_1/Küche_1_t012.mp4",
        "Kitchen/stills/Kitchen_t001/still.png",
        "Kitchen/stills/Kitchen_t001/depth.exr",
    ],
)
def test_takes_in_the_films_folder_are_its_own(shot, name):
    path = Path(bpy.data.filepath).parent / "takes" / name
    assert trust.is_own(path) and trust.is_known(path)
    assert trust.is_own(takes.unsaved_folder(films.open_id()) / name)


@pytest.mark.parametrize(
    "name",
    [
        "film.blend",
        "takes/Kitchen_t001.mp4",
        "takes/Kitchen/Kitchen.mp4",
        "takes/Kitchen/Kitchen_t001.sh",
        "takes/Kitchen/Kitchen_t001.mp4.exe",
        "takes/Kitchen/Kitchen_t1.mp4",
        "takes/Kitchen/deep/Kitchen_t001.mp4",
        "takes/Kitchen/../../../Kitchen_t001.mp4",
        "takes/Kitchen/stills/other/still.png",
        "takes/Kitchen/stills/Kitchen_t001/still.sh",
        "takes/Kitchen/stills/Kitchen_t001/id_rsa",
        "TAKES/Kitchen/Kitchen_t001.mp4",
        "takes2/Kitchen/Kitchen_t001.mp4",
    ],
)
def test_nothing_else_is(shot, name):
    assert not trust.is_known(Path(bpy.data.filepath).parent / name)


@pytest.mark.parametrize(
    "stored",
    [r"\\evil\share\takes\Kitchen\Kitchen_t001.mp4", "//evil/takes/Kitchen/Kitchen_t001.mp4", r"C:\takes\K\K_t001.mp4"],
)
def test_another_machine_is_not_even_asked(shot, stored, monkeypatch):
    """On Windows the asking tells it the user's name and a hash of the password."""
    asked = []
    monkeypatch.setattr(os.path, "isfile", lambda path: bool(asked.append(str(path))))
    monkeypatch.setattr(os.path, "realpath", lambda path, **_: asked.append(str(path)) or str(path))
    take = a_take(shot, r"\\evil\share\Kitchen_t001.mp4")
    assert takes.clip_missing(take)
    assert not trust.is_known(Path(r"\\evil\share\Kitchen_t001.mp4"))
    assert not trust.is_known(paths.absolute(stored))
    assert not [path for path in asked if "evil" in path and not path.startswith(str(Path(bpy.data.filepath).parent))]


def test_takes_that_are_linked_as_a_whole_are_left_alone(shot, victim):
    folder = Path(bpy.data.filepath).parent / "takes"
    folder.symlink_to(victim.parent.parent)
    assert not trust.is_own(folder / "Documents" / victim.name)


# --- deleting ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["READY", "FAILED", "CANCELLED", "WAITING"])
@pytest.mark.parametrize("way", WAYS)
def test_deleting_a_take_removes_no_file_of_the_users(shot, victim, way, status, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    a_take(shot, ways_to(victim, Path(bpy.data.filepath))[way], status)
    assert bpy.ops.takeone.take_delete(with_files=True) == {"FINISHED"}
    assert len(shot.takes) == 0
    assert mine(victim)
    assert not (tmp_path / "data" / "Trash").exists()


@pytest.mark.parametrize("status", ["READY", "FAILED"])
def test_no_file_goes_unasked(shot, status, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    path = own_clip(shot)
    a_take(shot, path, status)
    with pytest.raises(RuntimeError, match=r"Kitchen_t001\.mp4 would go to the trash"):
        bpy.ops.takeone.take_delete()
    assert path.is_file() and len(shot.takes) == 1
    assert bpy.ops.takeone.take_delete(with_files=True) == {"FINISHED"}
    assert not path.exists() and not path.with_suffix(".json").exists()


class Asking:
    """In place of an operator and its window manager: keeps what the user is asked."""

    def __init__(self, **values):
        self.asked: list[dict[str, str]] = []
        self.window_manager = self
        self.options = type("Options", (), {"is_invoke": True})
        self.__dict__ |= values

    def invoke_confirm(self, _operator, _event, **texts):
        self.asked.append(texts)
        return {"RUNNING_MODAL"}


@pytest.mark.parametrize("status", ["READY", "FAILED"])
def test_the_question_names_the_files(shot, status):
    path = own_clip(shot)
    take = a_take(shot, path, status)
    asking = Asking(take="", with_files=False, find=lambda _context: (shot, take))
    assert verbs.TAKEONE_OT_take_delete.invoke(asking, asking, None) == {"RUNNING_MODAL"}
    (texts,) = asking.asked
    assert texts["title"] == "Delete take 1?"
    assert texts["message"] == (
        f"Kitchen_t001.mp4, Kitchen_t001.json in {path.parent} go to the trash, its strips leave the edit."
    )
    assert (asking.take, asking.with_files) == ("k1", True)


# --- playing ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def opened(monkeypatch):
    """What was handed to the system."""
    handed = []
    monkeypatch.setattr(paths, "open_outside", handed.append)
    return handed


@pytest.mark.parametrize("way", WAYS)
def test_only_the_films_own_clips_are_played(shot, victim, way, opened, movie):
    shutil.copy(movie, victim)
    a_take(shot, ways_to(victim, Path(bpy.data.filepath))[way])
    with pytest.raises(RuntimeError, match="is left alone"):
        bpy.ops.takeone.take_play()
    with pytest.raises(RuntimeError, match="is left alone"):
        bpy.ops.takeone.take_show_file()
    assert opened == []


@pytest.mark.parametrize("name", ["Kitchen_t001.sh", "Kitchen_t001.mp4.exe", "Kitchen_t001.json", "Kitchen_t001.MP4"])
def test_only_movies_are_played_by_their_name(shot, name, opened, movie):
    path = takes.shot_folder(shot) / name
    path.parent.mkdir(parents=True)
    shutil.copy(movie, path)
    a_take(shot, path)
    with pytest.raises(RuntimeError, match="is left alone"):
        bpy.ops.takeone.take_play()
    assert opened == []


@pytest.mark.parametrize("content", [b"#!/bin/sh\nrm -rf ~\n", b"MZ\x90\x00", b"", b"\0\0\0\x10ftypisom\0\0\0\0"])
def test_only_movies_are_played_by_their_content(shot, content, opened):
    path = own_clip(shot)
    path.write_bytes(content)
    a_take(shot, path)
    with pytest.raises(RuntimeError, match="is no movie"):
        bpy.ops.takeone.take_play()
    assert opened == []


def test_a_take_is_played(shot, movie, opened):
    a_take(shot, own_clip(shot, movie))
    assert bpy.ops.takeone.take_play() == {"FINISHED"}
    assert bpy.ops.takeone.take_show_file() == {"FINISHED"}
    assert opened == [takes.new_clip_path(shot, 1), takes.shot_folder(shot)]


# --- making again -----------------------------------------------------------------------------------------------------


def a_still(shot) -> Path:
    image = takes.still_folder(shot, 1) / "still.png"
    image.parent.mkdir(parents=True, exist_ok=True)
    image.write_bytes(b"picture")
    return image


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
    trust.seen(tmp_path / "passport.png")
    assert press() == (2, 3)


def test_a_picture_that_was_shown_is_sent_without_another_question(shot, session, monkeypatch):
    shot.still_source, shot.image_path = "IMAGE", "//own.png"
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    monkeypatch.setattr(animate.connection, "ensure", lambda: None)
    monkeypatch.setattr(animate.jobs, "start", lambda _order: [])
    picture = Path(bpy.data.filepath).with_name("own.png")
    order = SimpleNamespace(engine=SimpleNamespace(rate=None), seconds=5.0)
    asking = Asking(order=lambda _context: order, strange_picture=lambda _context: picture)
    asking.check_budget = lambda _context: None
    assert trust.is_unseen(picture)
    animate.Animate.begin(asking, bpy.context)
    assert not trust.is_unseen(picture)


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
