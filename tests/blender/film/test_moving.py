"""Where a film's files lie: what is brought along and under which name, what is pointed to it, and what stays."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest
from strangers import a_still, own_clip
from take_one.scene.edit import edit_scene, moving
from take_one.scene.edit.cut import effects
from take_one.scene.edit.cut.uses import BED_KEY
from take_one.scene.model.shots import films, takes
from take_one.scene.model.shots.paths import absolute, stored_path
from take_one.scene.model.shots.shot_list import add_shot

BED = "bed_0123456789abcdef"


def a_shot(name, uid, number=1):
    """A shot with a take whose clip, sidecar, picture and still are there."""
    shot = add_shot(bpy.context.scene)
    shot.name = name
    path = own_clip(shot, number=number)
    path.write_bytes(f"clip of {name}".encode())
    path.with_suffix(".jpg").write_bytes(b"small")
    take = shot.takes.add()
    take.uid, take.number, take.status = uid, number, "READY"
    take.clip, take.sidecar, take.thumbnail = (
        stored_path(path.with_suffix(suffix)) for suffix in (".mp4", ".json", ".jpg")
    )
    take.still = stored_path(a_still(shot))
    takes.remember(shot, take)
    return shot


def save(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return path.parent


def shots():
    return bpy.context.scene.take_one.shots


def an_image(edit, name, folder, *files):
    """An image strip of one picture, or of several."""
    editor = edit.sequence_editor
    image = editor.strips.new_image(name, f"{folder}/{files[0]}", len(editor.strips) + 1, 10)
    for file in files[1:]:
        image.elements.append(file)
    return image


def test_all_that_names_a_file_names_its_new_place(session, tmp_path):
    """Takes, stills, movies, single pictures and sounds; not a sequence of pictures, which is the user's own."""
    a_shot("Kitchen", "k1")
    take = shots()[0].takes[0]
    old = takes.clip_path(take)
    edit = edit_scene.ensure_edit_scene(bpy.context, bpy.context.scene)
    still = Path(take.still)
    single = an_image(edit, "single", still.parent, still.name)
    several = an_image(edit, "several", still.parent, still.name, still.name)
    own = an_image(edit, "own", tmp_path, "own.png")
    shots()[0].still = str(still)
    folder = save(tmp_path / "film" / "film.blend")
    here = folder / "takes" / "Kitchen"
    place = "//takes/Kitchen/"
    take = shots()[0].takes[0]
    wanted = ["Kitchen_t001.mp4", "Kitchen_t001.json", "Kitchen_t001.jpg", "stills/Kitchen_t001/still.png"]
    assert [getattr(take, name) for name in moving.FILES] == [place + name for name in wanted]
    assert shots()[0].still == place + wanted[3]
    assert (single.directory, single.elements[0].filename) == (place + "stills/Kitchen_t001/", "still.png")
    assert [absolute(image.directory) for image in (several, own)] == [still.parent, tmp_path]
    assert sorted(path.name for path in here.rglob("*") if path.is_file()) == sorted(Path(name).name for name in wanted)
    assert old.samefile(here / wanted[0]), "a second name, no copy, where the disk allows it"
    assert moving.relocate_takes() == 0
    take.clip, take.still, single.directory = str(old), str(still), f"{still.parent}/"
    assert moving.relocate_takes() == 3
    assert (take.clip, take.still) == (place + wanted[0], place + wanted[3])
    assert takes._landed(shots()[0])["k1"]["clip"] == take.clip, "also what an undo brings back"


def test_where_the_disk_has_no_links_files_are_copied_as_open_as_their_folder(session, tmp_path, monkeypatch):
    def no_links(*_):
        raise OSError("no links here")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    a_shot("Kitchen", "k1")
    old = takes.clip_path(shots()[0].takes[0])
    old.write_bytes(bytes(range(256)) * 9000)
    here = save(tmp_path / "film.blend") / "takes" / "Kitchen" / "Kitchen_t001.mp4"
    assert here.read_bytes() == old.read_bytes() and not old.samefile(here)
    assert here.stat().st_mode & 0o066 == here.parent.stat().st_mode & 0o066


@pytest.fixture
def left(session, tmp_path):
    """A film of two shots that was saved in another folder: its takes lie where it was."""
    save(tmp_path / "a" / "film.blend")
    a_shot("Pantry", "p1")
    a_shot("Kitchen", "k1")
    bpy.ops.wm.save_mainfile()
    save(tmp_path / "b" / "film.blend")
    return tmp_path / "a" / "takes"


def test_takes_that_do_not_lie_beside_the_film_are_told_by_their_folders(left, tmp_path):
    third = a_shot("Hall", "h1")
    strange = third.takes.add()
    strange.uid, strange.clip = "x", str(tmp_path / "Novel_t001.mp4")
    third.takes.add().uid = "none"
    assert moving.elsewhere() == [left / "Kitchen", left / "Pantry"]
    assert moving.left_alone() == [tmp_path / "Novel_t001.mp4"]
    assert moving.any_elsewhere()
    (left / "Pantry" / "Pantry_t001.mp4").unlink()
    assert moving.elsewhere() == [left / "Kitchen"]
    third.takes.remove(1)
    shots()[0].takes.clear()
    assert moving.any_elsewhere()
    shots()[1].takes[0].clip = "//takes/Kitchen/Kitchen_t001.mp4"
    assert not moving.any_elsewhere() and moving.elsewhere() == [] and moving.left_alone() == []


def test_files_go_into_the_first_folder_where_no_other_films_are_in_the_way(left, tmp_path):
    """One with the same bytes is theirs already; a link is nobody's."""
    here = tmp_path / "b" / "takes"
    for name, text in (("Kitchen", "another film's"), ("Pantry", "clip of Pantry")):
        (here / name).mkdir(parents=True)
        (here / name / f"{name}_t001.mp4").write_text(text)
    (tmp_path / "mine").mkdir()
    (here / "Kitchen_2").symlink_to(tmp_path / "mine")
    assert bpy.ops.takeone.bring_takes() == {"FINISHED"}
    pantry, kitchen = (shot.takes[0] for shot in shots())
    assert [getattr(kitchen, name) for name in moving.FILES] == [
        f"//takes/Kitchen_3/{name}"
        for name in ("Kitchen_t001.mp4", "Kitchen_t001.json", "Kitchen_t001.jpg", "stills/Kitchen_t001/still.png")
    ]
    assert pantry.clip == "//takes/Pantry/Pantry_t001.mp4"
    assert (here / "Kitchen_3" / "Kitchen_t001.mp4").read_text() == "clip of Kitchen"
    assert (here / "Kitchen" / "Kitchen_t001.mp4").read_text() == "another film's"
    assert list((tmp_path / "mine").iterdir()) == [] and not (here / "Pantry_2").exists()
    assert (left / "Kitchen" / "Kitchen_t001.mp4").is_file(), "another file may use the originals"


def test_what_is_brought_once_is_brought_from_then_on(left):
    for shot in shots():
        shot.takes[0].still = shot.takes[0].thumbnail = shot.takes[0].sidecar = ""
    assert moving.bring_along() == 2
    assert moving.relocate_takes() == 0
    for shot in shots():
        shot.takes[0].clip = str(left / shot.name / f"{shot.name}_t001.mp4")
    assert moving.relocate_takes() == 2, "the user wanted them there"
    assert [shot.takes[0].clip for shot in shots()] == [f"//takes/{n}/{n}_t001.mp4" for n in ("Pantry", "Kitchen")]


def test_nothing_is_brought_where_a_link_leads(left, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "b" / "takes").symlink_to(tmp_path / "mine")
    assert moving.bring_along() == 0
    assert list((tmp_path / "mine").iterdir()) == []
    assert moving.any_elsewhere()


def test_beds_come_along_with_what_they_were_made_of(left, tmp_path):
    edit = edit_scene.ensure_edit_scene(bpy.context, bpy.context.scene)
    folder = left / "beds"
    folder.mkdir()
    for suffix, source in ((".flac", b"fLaC"), (".json", b"{}")):
        (folder / f"{BED}{suffix}").write_bytes(source)
    (folder / "bed_other.flac").write_bytes(b"another film's")
    bed = edit.sequence_editor.strips.new_sound("Bed", str(folder / f"{BED}.flac"), 9, 10)
    bed[BED_KEY] = "mark"
    effects.new_effect(edit, "colour", "COLOR", 10, 10, 5)[BED_KEY] = "of a stranger"
    for shot in shots():
        shot.takes.clear()
    assert moving.elsewhere() == [folder]
    assert moving.bring_along() == 1
    assert bed.sound.filepath == f"//takes/beds/{BED}.flac"
    assert {path.name for path in (tmp_path / "b" / "takes" / "beds").iterdir()} == {f"{BED}.flac", f"{BED}.json"}
    assert moving.elsewhere() == []


def test_what_lies_beside_the_film_is_found_under_any_old_name(left, tmp_path):
    for shot in shots():
        own_clip(shot)
        still = Path("takes") / shot.name / "stills" / f"{shot.name}_t001" / "still.png"
        shot.takes[0].still = str(tmp_path / "gone" / still)
        shot.takes[0].thumbnail = ""
    assert moving.find_moved() == 0, "those that are named are there, or nowhere"
    edit = edit_scene.ensure_edit_scene(bpy.context, bpy.context.scene)
    own = an_image(edit, "own", "/gone/Hall", "Hall_t001.jpg")
    own_clip(a_shot("Hall", "h1")).with_suffix(".jpg").write_bytes(b"small")
    a_still(shots()[1])
    (left.parent).rename(tmp_path / "c")
    assert moving.find_moved() == 5  # two clips, two sidecars, a still
    assert [shot.takes[0].clip for shot in list(shots())[:2]] == [
        f"//takes/{n}/{n}_t001.mp4" for n in ("Pantry", "Kitchen")
    ]
    assert shots()[1].takes[0].still == "//takes/Kitchen/stills/Kitchen_t001/still.png"
    assert shots()[0].takes[0].still.startswith(str(tmp_path / "gone"))
    assert own.directory == "/gone/Hall/", "that is the user's own"
    bpy.ops.wm.read_homefile(use_empty=True)
    assert moving.find_moved() == 0


def test_paths_are_whole_where_the_film_goes_to_another_folder_and_short_again(left, tmp_path):
    kitchen = shots()[1].takes[0]
    moving.bring_along()
    short, here = kitchen.clip, tmp_path / "b"
    moving.hold_paths(str(here / "other.blend"))
    assert kitchen.clip == short
    kitchen.thumbnail = str(tmp_path / "picture.jpg")
    moving.hold_paths(str(tmp_path / "c" / "film.blend"))
    assert [kitchen.clip, kitchen.still] == [
        str(here / "takes" / "Kitchen" / "Kitchen_t001.mp4"),
        str(here / "takes" / "Kitchen" / "stills" / "Kitchen_t001" / "still.png"),
    ]
    moving.store_paths()
    assert (kitchen.clip, kitchen.thumbnail) == (short, str(tmp_path / "picture.jpg"))
    assert takes._landed(shots()[1])["k1"]["thumbnail"] == kitchen.thumbnail


def test_originals_go_once_each_lies_beside_the_film_and_folders_that_are_empty(session, tmp_path):
    """Of two shots the second's lies beside it under another name; what is there only in part stays."""
    a_shot("Kitchen", "k1")
    a_shot("Hall", "h1")
    folder = takes.unsaved_folder(films.open_id())
    for name in ("Hall", "Hall/stills/Hall_t002/deep"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    here = tmp_path / "takes"
    (here / "Hall").mkdir(parents=True)
    (here / "Hall" / "Hall_t001.mp4").write_text("another film's")
    save(tmp_path / "film.blend")
    assert shots()[1].takes[0].clip == "//takes/Hall_2/Hall_t001.mp4"
    (here / "Kitchen" / "Kitchen_t001.jpg").unlink()
    moving.clear_unsaved()
    assert [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()] == [
        "Kitchen/Kitchen_t001.jpg"
    ]
    assert sorted(path.name for path in folder.rglob("*") if path.is_dir()) == ["Kitchen"]
    (here / "Kitchen" / "Kitchen_t001.jpg").write_bytes(b"small")
    moving.clear_unsaved()
    assert not folder.exists()
