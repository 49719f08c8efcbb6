"""What a .blend remembers, in figures: ranges, names, numbers, which files are a film's own, what the panels show."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from rooms import camera
from stand_in import binding_of
from strangers import own_clip
from take_one.client.protocol import Direction, Line, Price, TakeRequest, View
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.app.state import Job
from take_one.scene.edit import edit_scene
from take_one.scene.edit.cut import effects
from take_one.scene.model import lent
from take_one.scene.model.properties import edit_of, options, pictures, properties
from take_one.scene.model.shots import card, films, kept, paths, shot_list, shown, takes, trust


@pytest.mark.parametrize(
    ("owner", "name", "default", "low", "high"),
    [
        ("shot", "seconds", 5, 0.1, 180), ("shot", "size_percent", 100, 10, 100), ("shot", "seed", 0, 0, 2**31 - 1),
        ("shot", "still_count", 5, 1, 32), ("shot", "walk_speed", 1.2, 0.05, 50), ("shot", "walk_seconds", 20, 1, 180),
        ("shot", "rating", 0, 0, 5), ("take", "rating", 0, 0, 5), ("take", "seed", 0, 0, 2**31 - 1),
        ("scene", "handles", 12, 0, 240),
    ],
)  # fmt: skip
def test_fields_hold_what_they_may(shot, owner, name, default, low, high):
    item = {"shot": shot, "take": shot.takes.add(), "scene": shot.id_data.take_one}[owner]
    assert getattr(item, name) == pytest.approx(default)
    for value, wanted in ((low - 1, low), (high + 1 if high < 2**31 - 1 else high, high)):
        setattr(item, name, value)
        assert getattr(item, name) == pytest.approx(wanted)


def test_what_a_new_card_says(shot):
    state = shot.id_data.take_one
    assert [getattr(state, one) for one in ("ripple", "ripple_others", "ripple_markers")] == [False, True, True]
    assert (shot.scene_facts, shot.frame_lock, shot.seed_lock, shot.status) == (True, False, False, "TODO")
    assert (shot.still_source, shot.motion, shot.stills, shot.walk_by) == ("RENDER", "WORDS", "AUTO", "SPEED")
    assert (state.placement, state.bed_takes, state.burn_in.shown) == ("REPLACE", "LINES", False)
    places = ("top_left", "top", "top_right", "bottom_left", "bottom", "bottom_right")
    assert [getattr(state.burn_in, place) for place in places] == [
        "{title}", "", "{date}", "{shot}  {take}", "{camera}  {lens}", "{timecode}  {frame:4}",
    ]  # fmt: skip
    shot.still_count = 7
    found = []
    for stills in ("AUTO", "NUMBER", "ONE"):
        shot.stills = stills
        found.append(properties.stills_of(shot))
    assert found == [None, 7, 1]
    shot.camera = camera(shot.id_data)
    with pytest.raises(TypeError):
        shot.camera = "no camera"


def test_frames_of_a_shot_are_its_edits(shot):
    scene = shot.id_data
    scene.render.fps, scene.render.fps_base = 30, 1.0
    shot.seconds = 1.5
    assert (shot.frames, edit_of.take_rate(scene)) == (45, 30)
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    edit.render.fps, edit.render.fps_base = 25, 1.0
    assert (shot.frames, edit_of.take_rate(scene)) == (38, 25)
    shot.frames = 40
    assert shot.seconds == pytest.approx(1.6)
    shot.frames = 0
    assert shot.frames == 3, "a tenth of a second is the least"


def test_words_of_one_line_are_on_the_card_and_more_in_a_text(shot):
    shot.words = "push in"
    assert (shot.prompt, shot.prompt_text) == ("push in", None)
    shot.words = "push in\nthen stop"
    text = shot.prompt_text
    assert (text.name, text.as_string(), shot.prompt) == ("Kitchen prompt", "push in\nthen stop", "push in")
    shot.words = "push in\nthen stop"
    assert (shot.prompt_text, len(bpy.data.texts)) == (text, 1)
    shot.words = "pan"
    assert (shot.words, shot.prompt_text, text.as_string()) == ("pan", None, "push in\nthen stop")


def test_the_edit_of_a_scene_is_the_made_one_else_the_named_one_else_itself():
    scene = bpy.context.scene
    context = SimpleNamespace(workspace=None)
    find = edit_of.find_edit_scene
    assert find(context, scene) is None
    scene.sequence_editor_create()
    assert find(context, scene) is None
    effects.new_effect(scene, "c", "COLOR", 1, 1, 5)
    assert find(context, scene) == scene
    named = bpy.data.scenes.new("Edit")
    assert find(context, scene) == named and find(context, named) is None
    made = bpy.data.scenes.new("Cut")
    made[edit_of.EDIT_KEY] = True
    assert find(context, scene) == find(context, named) == made and find(context, made) == named
    context.workspace = SimpleNamespace(sequencer_scene=scene)
    assert find(context, scene) == find(context, named) == scene
    context.workspace.sequencer_scene = named
    assert find(context, named) == made, "without strips it is no edit of its own"


# Names and numbers


def test_first_words_and_names_of_takes():
    assert [takes.take_name("Küche 1", number) for number in (7, 1234)] == ["Küche_1_t007", "Küche_1_t1234"]
    assert takes.first_words("x" * 32) == "x" * 32 and takes.first_words("a  b\nc") == "a b c"
    assert takes.first_words("one " + "x" * 29) == "one..." and takes.first_words("abc def", 4) == "abc..."
    assert [takes.part_key("k", number) for number in (0, 2)] == ["k", "k-2"]
    assert [takes.job_of(uid) for uid in ("k", "k-2")] == ["k", "k"]


def test_a_number_is_kept_where_nothing_else_has_it(shot):
    still = takes.still_folder(shot, 4)
    assert takes.keep_number(shot, 4, still) == 4 and not still.exists(), "it is this shot's already"
    assert takes.keep_number(shot, 5, Path("/elsewhere/stills/x")) == 5 and takes.still_folder(shot, 5).is_dir()
    assert takes.keep_number(shot, 5, Path("/elsewhere/stills/x")) == 6, "another took it"
    own_clip(shot, number=9)
    assert takes.keep_number(shot, 9, takes.still_folder(shot, 9)) == 10
    assert takes.keep_number(shot, 0, still) == 11
    assert takes.keep_number(shot, takes.HIGHEST_NUMBER, still) == 12
    shot.takes.add().number = takes.HIGHEST_NUMBER
    assert takes.next_number(shot) == 13
    shot.takes.add().number = takes.HIGHEST_NUMBER - 1
    assert takes.next_number(shot) == takes.HIGHEST_NUMBER


def test_other_shots_numbers_and_files_are_their_own(shot):
    other = shot_list.add_shot(shot.id_data)
    app().state.jobs["j"] = Job("j", binding_of(other, "j", 40))
    (takes.shot_folder(shot)).mkdir(parents=True)
    for name in ("Kitchen2_t050.mp4", "Kitchen_t7x.mp4", "kitchen_T0012.jpg", "x_Kitchen_t060.mp4"):
        (takes.shot_folder(shot) / name).touch()
    assert takes.next_number(shot) == 13


def test_takes_that_wait_are_ready_where_their_clip_is(shot):
    for number, uid in enumerate(("a", "b-1", "c"), 1):
        take = shot.takes.add()
        take.uid, take.number, take.status = uid, number, "WAITING"
    clip = own_clip(shot, number=3)
    assert [take.uid for _, take in takes.waiting()] == ["a", "b-1", "c"]
    takes.reconcile({"b"})
    assert [take.status for take in shot.takes] == ["CANCELLED", "WAITING", "READY"]
    assert (shot.takes[2].clip, takes.clip_path(shot.takes[2])) == ("//takes/Kitchen/Kitchen_t003.mp4", clip)
    assert [takes.clip_missing(take) for take in shot.takes] == [False, False, False]
    takes.choose(shot, shot.takes[1])
    assert shot.active_take == 1
    clip.unlink()
    for index in (2, 1):
        with pytest.raises(SceneError) as caught:
            takes.check_clip(shot.takes[index])
        assert (caught.value.code, caught.value.fix) == ("clip_missing", "retry")


def test_a_view_that_is_kept_comes_back_and_another_stays(shot):
    scene = shot.id_data
    eye, other = camera(scene, "Eye"), camera(scene, "Other")
    takes.keep_view(shot, eye, 33)
    takes.keep_view(shot, other, 44)
    assert (shot.camera, shot.frame, shot.frame_lock) == (eye, 33, True)
    for lose, wanted in (({"camera": None}, (eye, 33)), ({"frame_lock": False, "frame": 1}, (eye, 33))):
        for name, value in lose.items():
            setattr(shot, name, value)
        takes.restore_after_undo()
        assert (shot.camera, shot.frame, shot.frame_lock) == (*wanted, True)
    shot.camera, shot.frame = other, 50
    takes.restore_after_undo()
    assert (shot.camera, shot.frame) == (other, 50)


# The list of shots, and what is shown


def test_names_and_ids_of_new_shots():
    first, second = bpy.context.scene, bpy.data.scenes.new("Second")
    one = shot_list.add_shot(first)
    one.name = "Shot 02"
    two, three = shot_list.add_shot(first), shot_list.add_shot(second)
    assert [shot.name for shot in (first.take_one.shots[0], first.take_one.shots[1], three)] == [
        "Shot 02", "Shot 03", "Shot 01",
    ]  # fmt: skip
    assert first.take_one.active_shot == 1 and len({one.uid, two.uid, three.uid}) == 3
    assert first.take_one.file_id == second.take_one.file_id != "" and first.take_one.uid != second.take_one.uid
    assert [shot_list.free_name(name) for name in ("Shot 01", "Shot 02", "New")] == ["Shot 01 2", "Shot 02 2", "New"]
    assert shot_list.free_name("Shot 01", three.uid) == "Shot 01"
    for active, wanted in ((-1, None), (0, "Shot 02"), (1, "Shot 03"), (2, None)):
        first.take_one.active_shot = active
        found = shot_list.active_shot(first)
        assert (found.name if found else None) == wanted
        assert shot_list.card(first) == (found or first.take_one.blank)
    with pytest.raises(LookupError, match="no shot gone"):
        shot_list.shot_with("gone")


def test_the_blank_card_becomes_the_first_shot(tmp_path):
    scene = bpy.context.scene
    blank = scene.take_one.blank
    blank.prompt, blank.seconds, blank.camera, blank.image_path = "pan", 3.5, camera(scene), str(tmp_path / "a.png")
    blank.prompt_text = bpy.data.texts.new("mine")
    blank.lines.add().line = "Go."
    blank.references.add().path = "/r.png"
    options.set_value(blank, "draft", "steps", 4)
    pictures_of = app().part(pictures.Pictures)
    pictures_of.allowed.clear()
    shot = shot_list.ensure_shot(scene)
    assert (shot.prompt, shot.seconds, shot.camera, shot.prompt_text.name) == ("pan", 3.5, scene.objects[0], "mine")
    assert ([one.line for one in shot.lines], [one.path for one in shot.references]) == (["Go."], ["/r.png"])
    assert (options.kept(shot, "draft"), len(bpy.data.texts), pictures_of.allowed) == ({"steps": 4}, 1, set())
    assert shot_list.ensure_shot(scene) == shot and len(scene.take_one.shots) == 1
    copy = shot_list.insert_copy(shot)
    assert (copy.prompt_text.name, len(copy.lines), copy.camera) == ("mine.001", 0, scene.objects[0])
    with pictures.copying():
        with pictures.copying():
            pass
        copy.image_path = "/b.png"
    copy.image_path = str(tmp_path / "x" / ".." / "c.png")
    assert pictures_of.allowed == {tmp_path / "c.png"}


def test_in_the_sequencer_the_active_strips_shot_is_shown(shot):
    scene, other = shot.id_data, shot_list.add_shot(shot.id_data)
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    strip = effects.new_effect(edit, "one", "COLOR", 1, 1, 9)
    second = effects.new_effect(edit, "two", "COLOR", 2, 1, 9)
    strip[shown.SHOT_KEY], second[shown.SHOT_KEY] = scene.take_one.shots[0].uid, other.uid
    area = SimpleNamespace(type="SEQUENCE_EDITOR")
    scene.take_one.active_shot = 1
    context = SimpleNamespace(area=area, scene=edit, active_strip=strip, window=None, workspace=None)
    assert shown.shot_of(context).name == "Kitchen" and shown.shot_scene(context) == scene
    context.area = SimpleNamespace(type="VIEW_3D")
    assert shown.shot_of(context) == other
    context.area, edit.sequence_editor.active_strip = area, strip
    shown.show(context, other)
    assert edit.sequence_editor.active_strip == second and scene.take_one.active_shot == 1
    context.active_strip = second
    shown.show(context, scene.take_one.shots[0])
    assert (edit.sequence_editor.active_strip, scene.take_one.active_shot) == (strip, 0)
    context.active_strip = None
    assert shown.shot_of(context).name == "Kitchen"
    scene.take_one.shots[0].takes.add().uid = "t"
    for index, uid in ((0, "t"), (1, None), (-1, None)):
        scene.take_one.shots[0].active_take = index
        found = shown.take_of(context)
        assert (found.uid if found else None) == uid


def test_a_takes_settings_are_put_on_the_card(shot, tmp_path):
    take, picture = shot.takes.add(), takes.still_folder(shot, 1) / "reference_1.png"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"x")
    lines = (Line("Ann", "French", "Oui."), Line("", "English", "No."))
    asked = TakeRequest(
        "horse", Direction("pan", lines, "rain"), (View(picture),), 2.0, Fraction(24), (64, 36), 2**32 - 1,
        options={"steps": 3, "final_prompt": "x"}, binding=replace(binding_of(shot), head=12, tail=6),
        references=(picture, tmp_path / "gone.png"),
    )  # fmt: skip
    with pytest.raises(SceneError, match="did not keep its settings"):
        card.copy_settings(shot, take)
    kept.write(take, kept.Kept(asked, cost=Price(1.5)))
    shot.lines.add().line, shot.prompt_text, shot.motion = "Old.", bpy.data.texts.new("t"), "CAMERA"
    card.copy_settings(shot, take)
    assert (shot.prompt, shot.sound, shot.engine, shot.seed, shot.seed_lock) == (
        "pan",
        "rain",
        "horse",
        2**31 - 1,
        True,
    )
    assert (shot.seconds, shot.motion, shot.prompt_text) == (pytest.approx(30 / 24), "WORDS", None)
    assert [(one.speaker, one.language, one.line) for one in shot.lines] == [
        ("Ann", "French", "Oui."), ("", "English", "No."),
    ]  # fmt: skip
    assert options.kept(shot, "horse") == {"steps": 3}
    assert [one.path for one in shot.references] == ["//takes/Kitchen/stills/Kitchen_t001/reference_1.png"]
    assert trust.is_allowed(picture) and kept.cost_of(take) == Price(1.5)
    take.request = json.dumps({"cost": None})
    assert kept.cost_of(take) is None


# Files


def test_which_files_are_a_films_own(shot, tmp_path):
    folder = tmp_path / "film" / "takes"
    names = {
        "Kitchen/Kitchen_t001.mp4": True, "Kitchen/Kitchen_t001.json": True, "Kitchen/K-1_t0000000001.jpg": True,
        "Kitchen/Kitchen_t01.mp4": False, "Kitchen/Kitchen_t00000000001.mp4": False, "Kitchen/Kitchen_t001.mov": False,
        "Kitchen_t001.mp4": False, "Kitchen/x/Kitchen_t001.mp4": False, "Kitchen/stills/Kitchen_t001/a.exr": True,
        "Kitchen/stills/Kitchen_t001/a.sh": False, "Kitchen/stills/other/a.exr": False, "Kitchen/a b_t001.mp4": False,
        f"Kitchen/{'x' * 64}_t001.mp4": True, f"Kitchen/{'x' * 65}_t001.mp4": False,
        "beds/bed_0123456789abcdef.flac": True, "beds_2/bed_0123456789abcdef.json": True,
        "beds/bed_0123456789abcdeg.flac": False, "beds/bed_0123456789abcdef.mp4": False,
        "Kitchen/../Kitchen/Kitchen_t002.mp4": True, "../Kitchen/Kitchen_t001.mp4": False,
    }  # fmt: skip
    assert {name: trust.is_own(folder / name) for name in names} == names
    own = [folder / name for name, is_own in names.items() if is_own]
    assert trust.known([*own, tmp_path / "a.mp4"]) == set(own) and trust.present(own) == []
    assert trust.is_own(takes.unsaved_folder(films.open_id()) / "K" / "K_t001.mp4")
    own_clip(shot)
    assert trust.present(own) == own[:2]


def test_what_a_picture_and_a_movie_are_by_their_content(tmp_path, monkeypatch):
    file = tmp_path / "a.png"
    pictures_of = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFFabcdWEBP")
    for begins in (*pictures_of, b"RIFFabcdWAVE", b"\x89PNG", b""):
        file.write_bytes(begins)
        if begins in pictures_of:
            trust.check_picture(file)
            continue
        with pytest.raises(SceneError, match="There is no PNG, JPEG or WebP file") as caught:
            trust.check_picture(file)
        assert (caught.value.code, caught.value.fix) == ("no_image", "retry")
    assert trust.MOST_PICTURE == 64 * 1024 * 1024
    monkeypatch.setattr(trust, "MOST_PICTURE", 2 << 20)
    for size, fits in ((2 << 20, True), ((2 << 20) + 1, False)):
        with file.open("wb") as open_file:
            open_file.write(b"\xff\xd8\xff")
            open_file.truncate(size)
        if fits:
            trust.check_picture(file)
        else:
            with pytest.raises(SceneError, match=r"has 2 MB, and a picture may have 2\."):
                trust.check_picture(file)
    for path, code in ((tmp_path / "x.mp4", "foreign_file"), (file, "foreign_file")):
        with pytest.raises(SceneError) as caught:
            trust.check_clip(path)
        assert caught.value.code == code


def test_paths_as_they_are_kept_and_found(shot, tmp_path):
    film = tmp_path / "film"
    assert paths.stored_path(film / "takes" / "a.mp4") == "//takes/a.mp4"
    assert paths.stored_path(tmp_path / "film2" / "a.mp4") == str(tmp_path / "film2" / "a.mp4")
    assert paths.absolute("//takes/../a.mp4") == film / "a.mp4"
    assert [paths.lies_in(Path(one), Path("/a/b")) for one in ("/a/b/c", "/a/b", "/a/bc", "/a", "a/b/c")] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert paths.is_there(film / "film.blend") and not paths.is_there(film) and not paths.is_there(Path("x" * 5000))
    assert not paths.is_there(Path("\\\\server\\share\\a.png"))
    found = [paths.disk_fix(OSError(number, "")) for number in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC)]
    assert found == ["save_as"] * 3 + ["free_space"]
    assert trust.real(film / "film.blend") == Path(os.path.realpath(film / "film.blend"))
    bpy.ops.wm.read_homefile(use_empty=True)
    assert paths.stored_path(film / "a.mp4") == str(film / "a.mp4")


# What is lent


def test_frames_are_put_where_blender_takes_them():
    scene, edit = bpy.context.scene, bpy.context.preferences.edit
    before = edit.use_negative_frames
    edit.use_negative_frames = False
    try:
        for frame in (-3.0, 0.0, 7.5):
            lent.put_frame(scene, frame)
            assert scene.frame_float == frame and edit.use_negative_frames is False
        for wrong, error in ((lent.LAST + 1, ValueError), (float("nan"), ValueError), ("x", TypeError)):
            with pytest.raises(error):
                lent.put_frame(scene, wrong)
        lent.put_frame(scene, lent.LAST)
    finally:
        edit.use_negative_frames = before
    render = scene.render
    render.resolution_x, render.resolution_y, render.resolution_percentage = 101, 7, 50
    assert lent.own_size(scene) == (50, 3)
    render.resolution_percentage = 1
    assert lent.own_size(scene) == (1, 1)
    for text in ("[]", "{", '{"values": 3}', '{"values": [{"path": "frame_float"}]}'):
        scene[lent.RECORD] = text
        assert list(lent.lent(scene, "frame_float")) == []
