"""Names, numbers and files of takes."""

from __future__ import annotations

import shutil
from pathlib import Path

import bpy
import pytest
import stand_in
from rooms import clip
from stand_in import binding_of
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.app.state import Job
from take_one.scene.edit import board, current, edit_scene, moving, strips, trash
from take_one.scene.model.properties import options
from take_one.scene.model.properties.rates import frame_rate
from take_one.scene.model.shots import takes
from take_one.scene.model.shots.paths import stored_path
from take_one.scene.model.shots.shot_list import add_shot, ensure_ids, find_shot


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Kitchen", "Kitchen"),
        ("Küche / 1", "Küche_1"),
        ("a:b*c?<>|", "a_b_c"),
        ("../../etc", "etc"),
        ("", "shot"),
        ("con", "shot_con"),
        ("COM1", "shot_COM1"),
        ("...", "shot"),
        ("厨房", "厨房"),
        ("x" * 200, "x" * 48),
        ("a.", "a"),
    ],
)
def test_names_fit_every_file_system(name, safe):
    assert takes.safe_name(name) == safe


@pytest.fixture
def shot(tmp_path):
    shot = add_shot(bpy.context.scene)
    shot.name = "Kitchen"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    return shot


def landed(shot, number=1, uid="k1", source=None):
    path = takes.shot_folder(shot) / (takes.take_name(shot.name, number) + ".mp4")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(Path(source).read_bytes() if source else b"clip")
    path.with_suffix(".json").write_text("{}")
    take = shot.takes.add()
    take.uid, take.number, take.status, take.clip = uid, number, "READY", stored_path(path)
    takes.remember(shot, take)
    return take


def test_numbers_are_never_given_twice(shot):
    assert [takes.next_number(shot) for _ in range(3)] == [1, 2, 3]
    (takes.shot_folder(shot) / "Kitchen_t007.mp4").write_bytes(b"")
    assert takes.next_number(shot) == 8
    app().state.jobs["x"] = Job("x", binding_of(shot, "x", 12))
    assert takes.next_number(shot) == 13
    take = landed(shot, 20)
    current.delete(shot, take)
    assert takes.next_number(shot) == 21


def test_a_deleted_takes_number_survives_saving_and_loading(shot):
    current.delete(shot, landed(shot, takes.next_number(shot)))
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    assert takes.next_number(bpy.context.scene.take_one.shots[0]) == 2


def another_film(shot):
    """As another Blender sees it, whose film lies in the same folder and has a shot of the same name."""
    shot.last_number = 0
    shot.uid = "another"
    return shot


def test_a_number_is_taken_for_other_blenders_before_any_file_bears_it(shot):
    assert [takes.next_number(shot) for _ in range(3)] == [1, 2, 3]
    assert takes.next_number(another_film(shot)) == 4


def test_two_blenders_that_look_at_once_get_two_numbers(shot, monkeypatch):
    looked = Path.glob

    def and_meanwhile(folder, pattern):
        found = list(looked(folder, pattern))
        (takes.shot_folder(shot) / "stills" / "Kitchen_t002").mkdir(parents=True, exist_ok=True)
        return found

    assert takes.next_number(shot) == 1
    monkeypatch.setattr(Path, "glob", and_meanwhile)
    assert takes.next_number(shot) == 3


def test_a_folder_that_only_held_the_number_goes_when_the_clip_is_there(shot):
    first, second = takes.next_number(shot), takes.next_number(shot)
    (takes.still_folder(shot, first) / "still.png").touch()
    for number in (first, second):
        takes.release_number(takes.new_clip_path(shot, number))
    assert takes.still_folder(shot, first).is_dir()
    assert not takes.still_folder(shot, second).exists()


def test_two_shots_of_one_name_share_no_file(shot):
    other = add_shot(bpy.context.scene)
    other.name = "KITCHEN"
    first = bpy.context.scene.take_one.shots[0]
    landed(first, takes.next_number(first))
    (takes.shot_folder(other)).mkdir(parents=True, exist_ok=True)
    (takes.shot_folder(other) / "KITCHEN_t001.mp4").touch()
    assert takes.next_number(other) == 2


def test_deleting_removes_strips_and_trashes_files(shot, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    bpy.ops.wm.save_mainfile()
    source = clip(tmp_path / "source.mp4", 12)
    take = landed(shot, 1, "k1", source)
    path = takes.clip_path(take)
    scene = edit_scene.ensure_edit_scene(bpy.context, bpy.context.scene)
    strips.place(scene, path, name="x", shot_uid=shot.uid, take_uid="k1", frame=1)
    shot.current_take = "k1"
    assert current.delete(shot, take) == "trash"
    assert len(scene.sequence_editor.strips) == len(shot.takes) == 0
    assert shot.current_take == ""
    assert not path.exists()
    trashed = tmp_path / "data" / "Trash"
    assert sorted(file.name for file in (trashed / "files").iterdir()) == [
        "Kitchen_t001.json",
        "Kitchen_t001.mp4",
    ]
    info = (trashed / "info" / "Kitchen_t001.mp4.trashinfo").read_text()
    assert info.startswith("[Trash Info]\nPath=/") and "Kitchen_t001.mp4" in info


def test_trash_keeps_both_of_two_files_with_one_name(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for text in ("one", "two"):
        (tmp_path / "a.mp4").write_text(text)
        assert trash.discard(tmp_path / "a.mp4") == "trash"
    texts = sorted(file.read_text() for file in (tmp_path / "data" / "Trash" / "files").iterdir())
    assert texts == ["one", "two"]


def test_without_a_trash_the_file_is_deleted(tmp_path, monkeypatch):
    (tmp_path / "data").write_text("not a folder")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "a.mp4").write_text("clip")
    assert trash.discard(tmp_path / "a.mp4") == "deleted"
    assert not (tmp_path / "a.mp4").exists()


def test_a_missing_clip_is_noticed_and_not_made_current(shot):
    take = landed(shot)
    assert not takes.clip_missing(take)
    takes.clip_path(take).unlink()
    assert takes.clip_missing(take)
    with pytest.raises(SceneError) as caught:
        current.make_current(shot, take)
    assert (caught.value.code, caught.value.fix) == ("clip_missing", "retry")


def test_takes_of_an_unsaved_file_move_beside_it_when_it_is_saved(tmp_path):
    scene = bpy.context.scene
    shot = add_shot(scene)
    shot.name = "Kitchen"
    source = clip(tmp_path / "source.mp4", 12)
    take = landed(shot, 1, "k1", source)
    file_id, _ = ensure_ids(scene)
    old = takes.clip_path(take)
    assert old.is_relative_to(takes.unsaved_folder(file_id))
    cut = edit_scene.ensure_edit_scene(bpy.context, scene)
    strips.place(cut, old, name="x", shot_uid=shot.uid, take_uid="k1", frame=1)
    film = tmp_path / "project" / "film.blend"
    film.parent.mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(film))
    take = bpy.context.scene.take_one.shots[0].takes[0]
    assert take.clip == "//takes/Kitchen/Kitchen_t001.mp4"
    assert takes.clip_path(take).read_bytes() == source.read_bytes()
    paths = [strip.filepath if strip.type == "MOVIE" else strip.sound.filepath for _, strip in strips.all_strips()]
    assert paths == ["//takes/Kitchen/Kitchen_t001.mp4"] * 2
    assert old.exists()  # what was just saved still points there
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=str(film))
    moving.clear_unsaved()
    assert not takes.unsaved_folder(file_id).exists()
    assert not takes.clip_missing(bpy.context.scene.take_one.shots[0].takes[0])


def test_originals_stay_while_the_saved_file_points_to_them(tmp_path):
    stand_in.attach()
    shot = add_shot(bpy.context.scene)
    old = takes.clip_path(landed(shot, 1, "k1"))
    film = tmp_path / "film.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(film))
    bpy.ops.wm.open_mainfile(filepath=str(film))
    assert old.exists()
    assert bpy.context.scene.take_one.shots[0].takes[0].clip == "//takes/Shot_01/Shot_01_t001.mp4"
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=str(film))
    assert not old.exists()
    assert not takes.clip_missing(bpy.context.scene.take_one.shots[0].takes[0])


def test_takes_stay_valid_when_the_file_is_saved_in_another_folder(shot, tmp_path):
    source = clip(tmp_path / "source.mp4", 12)
    path = takes.clip_path(landed(shot, 1, "k1", source))
    cut = edit_scene.ensure_edit_scene(bpy.context, bpy.context.scene)
    strips.place(cut, path, name="x", shot_uid=shot.uid, take_uid="k1", frame=1)
    copy, other = tmp_path / "copy" / "film.blend", tmp_path / "other" / "deep" / "film.blend"
    for place in (copy, other):
        place.parent.mkdir(parents=True)
    bpy.ops.wm.save_as_mainfile(filepath=str(copy), copy=True)
    assert bpy.context.scene.take_one.shots[0].takes[0].clip == "//takes/Kitchen/Kitchen_t001.mp4"
    bpy.ops.wm.save_as_mainfile(filepath=str(other))
    for place in (other, copy):
        bpy.ops.wm.open_mainfile(filepath=str(place))
        take = bpy.context.scene.take_one.shots[0].takes[0]
        assert takes.clip_path(take) == path
        assert not takes.clip_missing(take)
        for _, strip in strips.strips_of_take("k1"):
            file = strip.filepath if strip.type == "MOVIE" else strip.sound.filepath
            assert Path(bpy.path.abspath(file)).resolve() == path.resolve()


def test_takes_are_brought_along_where_the_user_wants_it(shot, tmp_path):
    source = clip(tmp_path / "source.mp4", 12)
    take = landed(shot, 1, "k1", source)
    old = takes.clip_path(take)
    still = old.parent / "stills" / "Kitchen_t001" / "still.png"
    still.parent.mkdir(parents=True)
    still.write_bytes(b"still")
    still.with_name("depth.exr").write_bytes(b"depth")
    take.still = stored_path(still)
    (old.parent / "Kitchen_t009.mp4").write_bytes(b"of another film in the same folder")
    cut = edit_scene.ensure_edit_scene(bpy.context, bpy.context.scene)
    strips.place(cut, old, name="x", shot_uid=shot.uid, take_uid="k1", frame=1)
    assert not moving.any_elsewhere()
    other = tmp_path / "other" / "film.blend"
    stranger = other.parent / "takes" / "Kitchen" / "Kitchen_t001.mp4"
    stranger.parent.mkdir(parents=True)
    stranger.write_bytes(b"a take of a film that was there")
    bpy.ops.wm.save_as_mainfile(filepath=str(other))
    assert app().state.takes_elsewhere
    assert moving.any_elsewhere()
    assert moving.elsewhere() == [old.parent]
    assert bpy.ops.takeone.bring_takes() == {"FINISHED"}
    take = bpy.context.scene.take_one.shots[0].takes[0]
    assert take.clip == "//takes/Kitchen_2/Kitchen_t001.mp4"
    assert take.still == "//takes/Kitchen_2/stills/Kitchen_t001/still.png"
    paths = [strip.filepath if strip.type == "MOVIE" else strip.sound.filepath for _, strip in strips.all_strips()]
    assert paths == ["//takes/Kitchen_2/Kitchen_t001.mp4"] * 2
    here = {path.name for path in (other.parent / "takes" / "Kitchen_2").rglob("*") if path.is_file()}
    assert here == {"Kitchen_t001.mp4", "Kitchen_t001.json", "still.png", "depth.exr"}
    assert takes.clip_path(take).read_bytes() == old.read_bytes() == source.read_bytes()
    assert stranger.read_bytes() == b"a take of a film that was there"
    assert not moving.any_elsewhere()
    app().state.takes_elsewhere = False
    bpy.ops.wm.save_as_mainfile(filepath=str(other.with_name("film2.blend")))
    assert not app().state.takes_elsewhere


def test_takes_do_not_wait_for_jobs_that_there_are_no_more(shot, tmp_path):
    for number, uid in enumerate(("made", "lost", "running"), 1):
        take = shot.takes.add()
        take.uid, take.number, take.status = uid, number, "WAITING"
    clip_path = takes.new_clip_path(shot, 1)
    clip_path.parent.mkdir(parents=True)
    clip_path.write_bytes(b"clip")
    app().state.jobs["running"] = Job("running", binding_of(shot, "running", 3))
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    found = bpy.context.scene.take_one.shots[0].takes
    assert [take.status for take in found] == ["READY", "CANCELLED", "WAITING"]
    assert takes.clip_path(found[0]) == clip_path


def test_undo_does_not_make_a_landed_take_wait(shot):
    uid = shot.uid
    take = shot.takes.add()
    take.uid, take.number, take.status = "k1", 1, "WAITING"
    app().state.jobs["k1"] = Job("k1", binding_of(find_shot(uid)))
    bpy.ops.ed.undo_push(message="made while the take was made")
    shot.takes.remove(0)
    take = landed(shot, 1, "k1")
    take.notes = "The words chose a push in."
    takes.remember(shot, take)
    del app().state.jobs["k1"]
    bpy.ops.ed.undo_push(message="landed")
    bpy.ops.ed.undo()
    (take,) = bpy.context.scene.take_one.shots[0].takes
    assert (take.uid, take.status, take.clip) == ("k1", "READY", "//takes/Kitchen/Kitchen_t001.mp4")
    assert take.notes == "The words chose a push in."


def test_deleting_a_take_in_the_making_cancels_it(shot, monkeypatch):
    from take_one.operators.edit import takes as verbs

    cancelled = []
    monkeypatch.setattr(verbs.jobs, "cancel", cancelled.append)
    take = shot.takes.add()
    take.uid, take.number, take.status = "k1", 1, "WAITING"
    app().state.jobs["k1"] = Job("k1", binding_of(shot))
    assert bpy.ops.takeone.take_delete() == {"FINISHED"}
    assert cancelled == ["k1"]
    assert len(shot.takes) == 0


def test_takes_are_found_beside_a_file_that_was_moved_with_them(tmp_path):
    shot = add_shot(bpy.context.scene)
    shot.name = "Kitchen"
    source = clip(tmp_path / "source.mp4", 12)
    old = takes.clip_path(landed(shot, 1, "k1", source))
    still = old.parent / "stills" / "Kitchen_t001" / "still.png"
    still.parent.mkdir(parents=True)
    still.write_bytes(b"still")
    shot.takes[0].still = stored_path(still)
    cut = edit_scene.ensure_edit_scene(bpy.context, bpy.context.scene)
    strips.place(cut, old, name="x", shot_uid=shot.uid, take_uid="k1", frame=1)
    film = tmp_path / "project" / "film.blend"
    film.parent.mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(film))  # once: what is on disk names the folder of unsaved takes
    shutil.rmtree(old.parent.parent)
    there = tmp_path / "another machine"
    film.parent.rename(there)
    bpy.ops.wm.open_mainfile(filepath=str(there / "film.blend"))
    take = bpy.context.scene.take_one.shots[0].takes[0]
    assert take.clip == "//takes/Kitchen/Kitchen_t001.mp4"
    assert take.still == "//takes/Kitchen/stills/Kitchen_t001/still.png"
    assert not takes.clip_missing(take)
    paths = [strip.filepath if strip.type == "MOVIE" else strip.sound.filepath for _, strip in strips.all_strips()]
    assert paths == ["//takes/Kitchen/Kitchen_t001.mp4"] * 2


def test_a_take_without_files_is_just_taken_off_the_list(shot):
    take = shot.takes.add()
    take.uid, take.number, take.status = "k1", 1, "CANCELLED"
    assert current.delete(shot, take) == ""
    assert len(shot.takes) == 0


def test_the_first_words_of_a_direction_end_with_a_word():
    assert takes.first_words(" a  quiet\nroom ") == "a quiet room"
    assert takes.first_words("x" * 32) == "x" * 32
    assert takes.first_words("slowly push in to the red door", 20) == "slowly push in to..."


def test_takes_stand_by_their_numbers_and_the_chosen_one_stays_chosen():
    shot = add_shot(bpy.context.scene)
    for number in (3, 1, 4, 2):
        take = shot.takes.add()
        take.uid, take.number = f"t{number}", number
    shot.active_take = 2
    takes.sort(shot)
    assert [take.uid for take in shot.takes] == ["t1", "t2", "t3", "t4"] and shot.active_take == 3


def test_a_board_says_what_happens_and_who_says_what():
    shot = add_shot(bpy.context.scene)
    shot.name, shot.prompt = "A", "push in\nslowly"
    for speaker, said in (("Ann", "Hi."), ("", "Bye."), ("Bob", "")):
        line = shot.lines.add()
        line.speaker, line.line = speaker, said
    assert board.words_of(shot) == "A\npush in slowly Ann: Hi. Bye."
    shot.prompt = "x" * 500
    assert board.words_of(shot) == "A\n" + "x" * (board.LONGEST_WORDS - 3) + "..."


def test_the_edits_rate_is_a_fraction_and_text_is_as_it_was_written():
    render = bpy.context.scene.render
    rates = ((24, 1.0, (24, 1)), (24, 1.001, (24000, 1001)), (30, 1.001, (30000, 1001)), (25, 2.0, (25, 2)))
    for fps, base, wanted in rates:
        render.fps, render.fps_base = fps, base
        assert frame_rate(bpy.context.scene).as_integer_ratio() == wanted
    assert options.shown("Küche") == '"Küche"' and options.shown([1.5, True]) == "[1.5, true]"
