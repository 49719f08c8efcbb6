"""A .blend from a stranger: whatever it says, only takes in the film's own folders are touched, and only when asked."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import bpy
import pytest
import stand_in
from strangers import WAYS, Asking, a_take, mine, own_clip, ways_to
from take_one.operators.edit import takes as verbs
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.model.shots import films, paths, takes, trust
from take_one.scene.session.press import references
from take_one.scene.session.press.press import make_order


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


@pytest.mark.parametrize(
    ("content", "link", "code", "says"),
    [
        (b"PRIVATE KEY", True, "no_image", "no PNG, JPEG or WebP file '{secret}'"),
        (b"PRIVATE KEY", False, "no_image", "no PNG, JPEG or WebP file '{hero}'"),
        (b"RIFF\x0a\x00\x00\x00WEBP", False, "", ""),
        (None, False, "no_image", "'{hero}' has 65 MB"),
    ],
)
def test_a_reference_is_a_picture_by_its_content_where_its_links_lead(
    session, shot, tmp_path, content, link, code, says
):
    secret, hero = tmp_path / "id_rsa.png", tmp_path / "film" / "hero.png"
    place = secret if link else hero
    place.write_bytes(b"\xff\xd8\xff\xe0" if content is None else content)
    if content is None:
        os.truncate(place, (65 << 20) + 1)
    if link:
        hero.symlink_to(secret)
    app().state.engines = (replace(stand_in.HORSE, references=2),)
    shot.engine, shot.still_source = "horse", "PLAYHEAD"
    shot.references.add().path = "//hero.png"
    assert references.unseen(shot) == [place]  # what the user is shown
    with pytest.raises(SceneError) as told:
        make_order(bpy.context, shot)
    assert told.value.code == "unseen_pictures"
    assert bpy.ops.takeone.references_allow() == {"FINISHED"}
    if not code:
        assert make_order(bpy.context, shot).references == (hero,)
        return
    with pytest.raises(SceneError) as told:
        make_order(bpy.context, shot)
    assert told.value.code == code and says.format(secret=secret, hero=hero) in told.value.message


def clip_still(path):
    image = bpy.data.images.new("scan", 8, 6)
    image.filepath_raw, image.file_format = str(path), "PNG"
    image.save()
    bpy.data.images.remove(image)


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
