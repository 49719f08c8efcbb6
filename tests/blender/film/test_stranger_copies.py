"""Two files that bear one id: a copy gets an id of its own, and nothing of the original's is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import bpy
import pytest
from stand_in import ready
from take_one.scene.edit import landing, moving, strips
from take_one.scene.model.shots import films, takes
from take_one.scene.model.shots.paths import stored_path
from take_one.scene.model.shots.shot_list import add_shot, ensure_ids
from take_one.scene.session import pump


@pytest.fixture
def unsaved(session):
    """The clip of a take that was made before the file had a place."""
    shot = add_shot(bpy.context.scene)
    shot.name = "Kitchen"
    take = shot.takes.add()
    path = takes.new_clip_path(shot, 1)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"clip")
    path.with_suffix(".json").write_text("{}")
    take.uid, take.number, take.status, take.clip = "k1", 1, "READY", stored_path(path)
    takes.remember(shot, take)
    return path


def save(path: Path, **more) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    bpy.ops.wm.save_as_mainfile(filepath=str(path), **more)
    return path


def load(path: Path) -> str:
    """Open a file; returns its id."""
    bpy.ops.wm.open_mainfile(filepath=str(path))
    return films.open_id()


def the_take():
    return bpy.context.scene.take_one.shots[0].takes[0]


@pytest.mark.parametrize("how", ["save copy", "save as", "file manager"])
def test_opening_a_copy_removes_no_takes_of_the_original(unsaved, tmp_path, how):
    """Both files on disk name the unsaved takes, and the copy was saved twice since."""
    original = save(tmp_path / "a" / "film.blend")
    copy = tmp_path / "b" / "film.blend"
    if how == "file manager":
        copy.parent.mkdir()
        shutil.copy(original, copy)
    else:
        save(copy, copy=how == "save copy")
    if how == "save as":
        original, copy = copy, original
    load(copy)
    bpy.ops.wm.save_mainfile()
    load(copy)
    assert unsaved.is_file() and unsaved.with_suffix(".json").is_file()
    assert takes.clip_path(the_take()).is_file()
    load(original)
    assert takes.clip_path(the_take()).is_file()


def test_only_what_lies_beside_the_file_byte_for_byte_is_removed(unsaved, tmp_path):
    film = save(tmp_path / "film.blend")
    bpy.ops.wm.save_mainfile()
    beside = tmp_path / "takes" / "Kitchen"
    changed = beside / "Kitchen_t001.json"
    changed.unlink()
    changed.write_text("[]")  # of the same size
    extra = unsaved.with_name("Kitchen_t002.mp4")
    extra.write_bytes(b"of a Blender that was killed")
    shutil.rmtree(beside / "stills", ignore_errors=True)
    folder = takes.unsaved_folder(films.open_id())
    stranger = folder / "notes.txt"
    stranger.write_text("mine")
    bpy.ops.wm.read_homefile(use_empty=True)
    load(film)
    assert not unsaved.exists()
    assert unsaved.with_suffix(".json").read_text() == "{}"
    assert extra.is_file() and stranger.is_file()


@pytest.mark.parametrize("pointing", [1, 2])
def test_originals_stay_as_long_as_anything_points_to_one(unsaved, tmp_path, pointing):
    film = save(tmp_path / "film.blend")
    shot = bpy.context.scene.take_one.shots[0]
    other = shot.takes.add()
    other.uid, other.number, other.status = "k2", 2, "READY"
    other.clip = "//takes/Kitchen/Kitchen_t001.mp4"
    shot.takes[pointing - 1].clip = str(unsaved)
    shot.takes[2 - pointing].clip = "//takes/Kitchen/Kitchen_t001.mp4"
    moving.clear_unsaved()
    assert unsaved.is_file()
    shot.takes[pointing - 1].clip = "//takes/Kitchen/Kitchen_t001.mp4"
    moving.clear_unsaved()
    assert not unsaved.exists()
    assert film.is_file()


def test_originals_stay_as_long_as_a_strip_points_to_one(session, movie, tmp_path):
    shot = add_shot(bpy.context.scene)
    shot.name = "Kitchen"
    pump.handle(ready(shot, "k1", 1, movie))
    old = takes.clip_path(shot.takes[0])
    save(tmp_path / "film.blend")
    movie = next(strip for _, strip in strips.strips_of_take("k1") if strip.type == "MOVIE")
    movie.filepath = str(old)
    moving.clear_unsaved()
    assert old.is_file()
    movie.filepath = "//takes/Kitchen/Kitchen_t001.mp4"
    moving.clear_unsaved()
    assert not old.exists()


@pytest.mark.parametrize("how", ["save copy", "file manager", "renamed in the same folder"])
def test_a_copy_has_an_id_of_its_own_and_keeps_it(session, tmp_path, how):
    add_shot(bpy.context.scene)
    original = save(tmp_path / "film.blend")
    old = films.open_id()
    copy = tmp_path / ("film2.blend" if how == "renamed in the same folder" else "b/film.blend")
    copy.parent.mkdir(exist_ok=True)
    if how == "save copy":
        save(copy, copy=True)
        assert films.open_id() == old
    else:
        shutil.copy(original, copy)
    new = load(copy)
    assert new != old
    assert load(original) == old
    assert load(copy) == new  # though it was not saved
    bpy.ops.wm.save_mainfile()
    assert (load(original), load(copy)) == (old, new)


def test_a_film_that_was_moved_or_renamed_is_the_same(session, tmp_path):
    add_shot(bpy.context.scene)
    film = save(tmp_path / "a" / "film.blend")
    old = films.open_id()
    bpy.ops.wm.read_homefile(use_empty=True)
    (tmp_path / "a").rename(tmp_path / "b")
    assert load(tmp_path / "b" / "film.blend") == old
    (tmp_path / "b" / "film.blend").rename(tmp_path / "b" / "final.blend")
    assert load(tmp_path / "b" / "final.blend") == old
    assert not film.exists()


@pytest.mark.parametrize("how", ["save copy", "file manager"])
def test_a_job_of_the_original_lands_in_the_original(session, movie, tmp_path, how):
    shot = add_shot(bpy.context.scene)
    shot.name = "Kitchen"
    original = save(tmp_path / "a" / "film.blend")
    event = ready(shot, "k1", 1, movie)
    take = shot.takes.add()
    take.uid, take.number, take.status = "k1", 1, "WAITING"
    session.unfinished = lambda: ["k1"]
    bpy.ops.wm.save_mainfile()
    copy = tmp_path / "b" / "film.blend"
    if how == "save copy":
        save(copy, copy=True)
    else:
        copy.parent.mkdir()
        shutil.copy(original, copy)
    load(copy)
    pump.handle(event)
    assert session.landed_keys == [] and the_take().status == "WAITING"
    load(original)
    pump.handle(event)
    assert session.landed_keys == ["k1"] and the_take().status == "READY"


@pytest.mark.parametrize("opened", ["the new file", "the one that was left"])
def test_a_job_lands_in_the_film_that_was_saved_as_another_file(session, movie, tmp_path, opened):
    """Its work goes on in the new file; the one that was left still waits for the take, too."""
    shot = add_shot(bpy.context.scene)
    shot.name = "Kitchen"
    left = save(tmp_path / "film_v1.blend")
    take = shot.takes.add()
    take.uid, take.number, take.status = "k1", 1, "WAITING"
    session.unfinished = lambda: ["k1"]
    event = ready(shot, "k1", 1, movie)
    bpy.ops.wm.save_mainfile()
    new = save(tmp_path / "film_v2.blend")
    assert films.open_id() == event.binding.file_id
    bpy.ops.wm.read_homefile(use_empty=True)
    assert not landing.file_is_open(event.binding.file_id)
    load(new if opened == "the new file" else left)
    pump.handle(event)
    assert session.landed_keys == ["k1"] and the_take().status == "READY"
    assert len(strips.strips_of_take("k1")) == 2
    assert load(left) != load(new)


def test_an_id_that_is_taken_is_not_given_to_a_new_film(session, tmp_path):
    """As where a start-up file was made from a film."""
    add_shot(bpy.context.scene)
    ensure_ids(bpy.context.scene)
    old = films.open_id()
    template = save(tmp_path / "template.blend", copy=True)
    first = save(tmp_path / "first.blend")
    bpy.ops.wm.read_homefile(use_empty=True, filepath=str(template))
    bpy.context.scene.take_one.file_id = old  # untitled, and not told to the handler
    second = save(tmp_path / "second.blend")
    assert films.open_id() != old
    assert landing.file_is_open(old)  # what it has begun lands in it
    new = films.open_id()
    assert (load(first), load(second)) == (old, new)


def test_an_undo_does_not_bring_the_old_id_back(session, tmp_path):
    add_shot(bpy.context.scene)
    original = save(tmp_path / "film.blend")
    copy = tmp_path / "copy.blend"
    shutil.copy(original, copy)
    new = load(copy)
    bpy.ops.ed.undo_push(message="as it was opened")
    takes.keep_ids(bpy.context.scene)
    bpy.context.scene.name = "Changed"
    bpy.ops.ed.undo_push(message="changed")
    bpy.ops.ed.undo()
    assert films.open_id() == new


def test_what_this_machine_remembers_may_be_damaged(session, tmp_path):
    add_shot(bpy.context.scene)
    film = save(tmp_path / "film.blend")
    old = films.open_id()
    (record,) = [path for path in (takes.home() / "films").iterdir() if str(film) in path.read_text()]
    nul = ('{"file": "a\\u0000b", "before": []}', '{"file": "x", "before": ["a\\u0000b"]}')
    for text in (*nul, "", "[1]", "{}", '{"file": 3, "before": []}', '{"file": "x", "before": 3}', "\0", "[" * 9000):
        record.write_text(text)
        assert films.known(old) is None
        assert load(film) == old
    assert films.known(old) == films.Film(film)
    if hasattr(record, "chmod"):
        assert record.stat().st_mode & 0o077 == 0


def test_a_copy_of_a_film_that_was_saved_elsewhere_still_knows_its_takes(unsaved, tmp_path):
    save(tmp_path / "a" / "film.blend")
    second = save(tmp_path / "b" / "film.blend")
    third = tmp_path / "c" / "film.blend"
    third.parent.mkdir()
    shutil.copy(second, third)
    load(third)
    assert the_take().clip == str(tmp_path / "a" / "takes" / "Kitchen" / "Kitchen_t001.mp4")
    assert bpy.ops.takeone.bring_takes() == {"FINISHED"}
    assert the_take().clip == "//takes/Kitchen/Kitchen_t001.mp4"
    assert takes.clip_path(the_take()) == third.parent / "takes" / "Kitchen" / "Kitchen_t001.mp4"
