"""Parts of what a .blend remembers, in figures: marks of strips, rates, films and their copies, whom to trust."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from rooms import a_take, camera
from take_one.client.home import home
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.model import lent, marks
from take_one.scene.model.properties import (
    options,
    pictures,
    rates,
)
from take_one.scene.model.shots import films, paths, shot_list, shown, takes, trust

E31 = 2**31


# Marks and rates


def test_what_strips_say_is_believed_as_far_as_it_can_be():
    def told(value, read):
        return read({"x": value}, "x")

    assert [told(value, marks.text) for value in ("a", "", 3, None, [1])] == ["a", "", "", "", ""]
    numbers = (5, -5, lent.LAST, -lent.LAST, lent.LAST + 1, -lent.LAST - 1, 2.5, "5", None, True)
    assert [told(value, marks.number) for value in numbers] == [5, -5, lent.LAST, -lent.LAST, 0, 0, 0, 0, 0, 1]
    assert [told(value, marks.count) for value in (5, 0, -5, "x")] == [5, 0, 0, 0]
    sizes = {(64, 36): (64, 36), (1, 1): (1, 1), (0, 5): None, (5, 0): None, (-1, 5): None, (65536, 1): (65536, 1),
             (1, 65537): None, (64.9, 36.2): (64, 36), (1, 2, 3): None, "ab": None, 5: None}  # fmt: skip
    assert {value: told(value, marks.size) for value in sizes} == sizes
    assert marks.size({}, "x") is None and marks.text({}, "x") == "" and marks.number({}, "x") == 0


@pytest.mark.parametrize(
    ("fps", "base", "rate"),
    [(24, 1.001, Fraction(24000, 1001)), (30, 1.001, Fraction(30000, 1001)), (24, 1.00101, Fraction(24000, 1001)),
     (25, 1.0, 25), (30, 1.25, 24), (25, 2.0, Fraction(25, 2)), (1, 3.0, Fraction(1, 3)),
     (24, 1.002, Fraction(24 * 500, 501))],
)  # fmt: skip
def test_rates_by_their_base(fps, base, rate):
    render = bpy.context.scene.render
    render.fps, render.fps_base = fps, base
    assert rates.frame_rate(bpy.context.scene) == rate


# Films


def record_of(file_id):
    return home() / "films" / f"{hashlib.sha256(file_id.encode()).hexdigest()[:32]}.json"


def test_where_a_film_lies_is_written_down(film, tmp_path):
    here = tmp_path / "a" / "film.blend"
    assert json.loads(record_of(film).read_text()) == {"file": str(here), "before": []}
    assert films.known(film) == films.Film(here) and not films.is_copy()
    for name in ("b", "c"):
        (tmp_path / name).mkdir()
        bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / name / "film.blend"))
    assert films.known(film) == films.Film(tmp_path / "c" / "film.blend", (here, tmp_path / "b" / "film.blend"))
    bpy.ops.wm.save_as_mainfile(filepath=str(here))
    places = tuple(tmp_path / name / "film.blend" for name in ("b", "c"))
    assert films.known(film) == films.Film(here, places), "where it is it was not before"
    written = record_of(film).stat().st_mtime_ns
    films.saved(str(here))
    assert record_of(film).stat().st_mtime_ns == written, "nothing is new"
    assert films.known("gone") is None


def test_a_copy_bears_an_id_of_its_own_place(film, tmp_path):
    (tmp_path / "b").mkdir()
    copy = tmp_path / "b" / "film.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(copy), copy=True)
    other = bpy.data.scenes.new("Trailer")
    other.take_one.file_id = "of another film"
    bpy.ops.wm.save_as_mainfile(filepath=str(copy), copy=True)
    bpy.ops.wm.open_mainfile(filepath=str(copy))
    own = hashlib.sha256(f"{film}\0{os.path.normcase(str(copy))}".encode()).hexdigest()[:16]
    assert films.open_id() == own != film
    assert [scene.take_one.file_id for scene in bpy.data.scenes] == [own, own]
    assert films.known(own) == films.Film(copy, ()) and not films.is_open(film)
    assert films.is_open(own) and not films.is_open("")
    left = app().part(films.Left)
    left.file_id = film
    assert films.is_open(film)
    films.opened()
    assert left.file_id == "" and not films.is_open(film)


def test_a_film_that_was_left_is_a_copy_that_still_takes_what_it_began(film, tmp_path):
    first = tmp_path / "a" / "film.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a" / "two.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(first))
    assert films.open_id() != film and app().part(films.Left).file_id == film
    assert films.is_open(film) and films.known(films.open_id()).before == (first,)
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "a" / "two.blend"))
    assert (films.open_id(), app().part(films.Left).file_id) == (film, "")


def test_nothing_is_remembered_of_what_has_no_place(film, tmp_path):
    bpy.ops.wm.read_homefile(use_empty=True)
    assert films.open_id() == "" and films.is_copy() is False
    films.opened()
    films.saved("")
    shot_list.add_shot(bpy.context.scene)
    assert films.open_id() != "" and not record_of(films.open_id()).exists()
    films.opened()
    films.saved("")
    assert not record_of(films.open_id()).exists()


def test_a_new_film_whose_id_is_taken_gets_its_own(film, tmp_path):
    """Saved for the first time though its id is that of a film elsewhere: what is remembered of it goes along."""
    bpy.ops.wm.read_homefile(use_empty=True)
    scene = bpy.context.scene
    shot = shot_list.add_shot(scene)
    scene.take_one.file_id = film
    takes.remember(shot, a_take(shot, "k1", 1))
    assert not films.is_copy(), "it lies nowhere yet"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "new.blend"))
    own = films.open_id()
    assert own != film and app().part(films.Left).file_id == film
    assert list(app().part(takes.Remembered).takes) == [(own, scene.take_one.shots[0].uid)]
    assert films.known(film).file == tmp_path / "a" / "film.blend"


# Shots of several scenes


def test_a_scene_of_a_library_keeps_its_films_id(monkeypatch):
    ids = ((None, "another"), ("set.blend", "theirs"), (None, ""), (None, "ours"))
    scenes = [SimpleNamespace(library=library, take_one=SimpleNamespace(file_id=uid)) for library, uid in ids]
    monkeypatch.setattr(films, "bpy", SimpleNamespace(data=SimpleNamespace(scenes=scenes)))
    films._give("ours")
    assert [scene.take_one.file_id for scene in scenes] == ["ours", "theirs", "", "ours"]


def test_the_window_shows_the_scene_of_the_shot_that_is_shown():
    scene, other = bpy.context.scene, bpy.data.scenes.new("Other")
    scene.camera = camera(scene, "Eye")
    for one, count in ((scene, 1), (other, 2)):
        for _ in range(count):
            shot_list.add_shot(one)
    shown.show(bpy.context, other.take_one.shots[1])
    assert (bpy.context.window.scene, other.take_one.active_shot) == (other, 1)
    shown.show(bpy.context, other.take_one.shots[0])
    assert (bpy.context.window.scene, other.take_one.active_shot) == (other, 0)
    bpy.context.window.scene = scene


@pytest.mark.parametrize(
    ("active", "moved", "by", "order", "then"),
    [(0, 1, -1, "bac", 1), (0, 0, 2, "bca", 2), (1, 2, -2, "cab", 2), (2, 0, 1, "bac", 2), (0, 2, 5, "abc", 0),
     (2, 2, -9, "cab", 0)],
)  # fmt: skip
def test_the_active_shot_stays_so_as_shots_move(active, moved, by, order, then):
    scene = bpy.context.scene
    for name in "abc":
        shot_list.add_shot(scene).name = name
    scene.take_one.active_shot = active
    shot_list.move_shot(scene.take_one.shots[moved], by)
    assert ("".join(shot.name for shot in scene.take_one.shots), scene.take_one.active_shot) == (order, then)


@pytest.mark.parametrize(
    ("count", "active", "gone", "then"),
    [(3, 0, 2, 0), (3, 1, 1, 1), (3, 2, 2, 1), (3, 2, 0, 1), (3, 1, 0, 0), (3, 0, 0, 0), (1, 0, 0, 0)],
)
def test_the_active_shot_stays_so_as_one_is_removed(count, active, gone, then):
    scene = bpy.context.scene
    for _ in range(count):
        shot_list.add_shot(scene)
    scene.take_one.active_shot = active
    shot_list.remove_shot(scene.take_one.shots[gone])
    assert (len(scene.take_one.shots), scene.take_one.active_shot) == (count - 1, then)


def test_a_direction_is_copied_in_place_of_what_was_there():
    scene, text = bpy.context.scene, bpy.data.texts.new("Words")
    for _ in range(2):
        shot_list.add_shot(scene)
    source, target = scene.take_one.shots
    for shot, words in ((source, ("Go.",)), (target, ("Stop.", "Wait."))):
        for word in words:
            line = shot.lines.add()
            line.speaker, line.language, line.line = f"says {word}", "French", word
            shot.references.add().path = f"//{word}png"
            options.set_value(shot, f"engine {word}", "steps", len(word))
    source.prompt_text, source.prompt, source.sound, source.seconds = text, "pan", "rain", 3.5
    shot_list.copy_direction(source, target)
    assert [(one.speaker, one.language, one.line) for one in target.lines] == [("says Go.", "French", "Go.")]
    assert [one.path for one in target.references] == ["//Go.png"]
    assert [(one.engine, one.name, one.value) for one in target.option_values] == [("engine Go.", "steps", "3")]
    assert (target.prompt, target.sound, target.seconds) == ("pan", "rain", 3.5)
    assert source.prompt_text == text and target.prompt_text not in (None, text)
    assert (source.name, target.name, source.uid != target.uid) == ("Shot 01", "Shot 02", True)


# Trust


def test_a_picture_counts_where_its_link_leads_too(film, tmp_path):
    real, link, other = (tmp_path / name for name in ("real.png", "link.png", "other.png"))
    real.write_bytes(b"x")
    other.write_bytes(b"y")
    link.symlink_to(real)
    trust.loaded()
    assert not trust.is_allowed(link) and trust.is_unseen(link)
    trust.allow(link)
    assert trust.is_allowed(link) and trust.is_allowed(real) and not trust.is_allowed(other)
    link.unlink()
    link.symlink_to(other)
    assert trust.is_allowed(link), "the user has chosen it by its name"
    trust.loaded()
    trust.allow(other)
    assert trust.is_allowed(link), "it leads to a chosen one"
    assert trust.is_allowed(tmp_path / "x" / ".." / "other.png")
    trust.loaded()
    assert app().part(pictures.Pictures).allowed == set()
    shot = bpy.context.scene.take_one.shots[0]
    own = takes.still_folder(shot, 1) / "still.png"
    assert not trust.is_unseen(own) and not trust.is_allowed(own)


@pytest.mark.parametrize("ask", [takes.next_number, lambda shot: takes.new_picture(shot, 0, "still.png")])
def test_what_is_made_before_the_film_is_saved_is_the_users_alone(ask, monkeypatch, tmp_path):
    """Whichever server makes it. Beside the film it is as open as the film's folder."""
    own = tmp_path / "own"
    (own / "unsaved").mkdir(parents=True)
    own.chmod(0o755)
    (own / "unsaved").chmod(0o755)
    monkeypatch.setenv("TAKE_ONE_HOME", str(own))
    shot = shot_list.add_shot(bpy.context.scene)
    ask(shot)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (own, own / "unsaved")]
    assert modes == [0o700, 0o700]
    own.chmod(0o755)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    ask(shot)
    assert stat.S_IMODE(own.stat().st_mode) == 0o755, "nothing of this film goes there any more"


def test_where_this_machine_saw_the_film_before_is_known_and_not_its_own(film, tmp_path):
    shot = bpy.context.scene.take_one.shots[0]
    before = takes.shot_folder(shot) / "Shot_01_t001.mp4"
    unsaved = takes.unsaved_folder(film) / "Shot_01" / "Shot_01_t001.mp4"
    (tmp_path / "b").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "b" / "film.blend"))
    here = tmp_path / "b" / "takes" / "Shot_01" / "Shot_01_t001.mp4"
    found = (before, unsaved, here, tmp_path / "x_t001.mp4")
    assert [(trust.is_own(path), trust.is_known(path)) for path in found] == [
        (False, True), (True, True), (True, True), (False, False),
    ]  # fmt: skip
    assert trust.known([before, unsaved, here, tmp_path / "x_t001.mp4"]) == {before, unsaved, here}
    before.parent.mkdir(parents=True)
    before.write_bytes(b"x")
    assert trust.present([here, before, unsaved]) == [before]
    assert str(trust.foreign(here).message).startswith(f"'{here}' is left alone: it is no take in the folders of this")
    assert trust.foreign(here).code == "foreign_file"


def test_another_machine_is_asked_only_where_the_film_lies_on_it(monkeypatch):
    asked = []
    monkeypatch.setattr(paths.os.path, "isfile", lambda path: asked.append(str(path)) or True)
    far, other, near = Path("\\\\Server\\share\\a.png"), Path("\\\\other\\share\\a.png"), Path("/a.png")
    for blend, found in (("", [False, False, True]), ("\\\\server\\SHARE\\film.blend", [True, False, True]),
                         ("C:\\film.blend", [False, False, True])):  # fmt: skip
        monkeypatch.setattr(paths, "bpy", SimpleNamespace(data=SimpleNamespace(filepath=blend)))
        assert [paths.is_there(path) for path in (far, other, near)] == found
    assert asked == ["/a.png", str(far), "/a.png", "/a.png"]


def test_what_the_system_can_not_open_is_said(monkeypatch, tmp_path):
    opened = []

    def path_open(filepath):
        opened.append(filepath)
        if filepath.endswith("b"):
            raise RuntimeError("no")

    monkeypatch.setattr(paths, "bpy", SimpleNamespace(ops=SimpleNamespace(wm=SimpleNamespace(path_open=path_open))))
    paths.open_outside(tmp_path / "a")
    with pytest.raises(SceneError, match=rf"The system could not open '{tmp_path}/b'\. Open it by hand") as caught:
        paths.open_outside(tmp_path / "b")
    assert (caught.value.code, opened) == ("no_program", [str(tmp_path / "a"), str(tmp_path / "b")])
    systems = (("linux", None, False), ("linux", "/bin/x", True), ("darwin", None, True), ("win32", None, True))
    for platform, there, can in systems:
        monkeypatch.setattr(paths, "sys", SimpleNamespace(platform=platform))
        which = {"xdg-open": there}.get
        monkeypatch.setattr(paths, "shutil", SimpleNamespace(which=which))
        assert paths.can_open_outside() is can
