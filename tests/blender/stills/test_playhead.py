"""The still is the frame under the edit's playhead, as its file has it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from rooms import NEW, clip, movie_output, picture, room, settings_of
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import strips
from take_one.scene.edit.cut.effects import new_effect
from take_one.scene.edit.strips import CONTENT_START, END, START
from take_one.scene.stills import capture as still
from take_one.scene.stills import clip_frame


def capture(scene, folder, **more):
    return still.capture(bpy.context, scene, folder, **more)


def test_the_frame_under_the_playhead(tmp_path):
    scene = room()
    edit = bpy.data.scenes.new("Edit")
    edit.render.fps = 24
    strips = edit.sequence_editor_create().strips
    red = clip(tmp_path / "red.mp4", 12, (0.8, 0.1, 0.1))
    blue = clip(tmp_path / "blue.mp4", 12, (0.1, 0.1, 0.8))
    for frame, path in ((1, red), (13, blue)):
        strips.new_movie(path.stem, str(path), 1, frame)
    edit.frame_current = 24
    before = settings_of(edit), settings_of(scene)
    result = capture(scene, tmp_path, source="PLAYHEAD")
    assert (settings_of(edit), settings_of(scene)) == before
    assert (result.width, result.height) == (64, 36)
    assert picture(result.image)[18, 32].argmax() == 2
    edit.frame_current = 12
    assert picture(capture(scene, tmp_path, source="PLAYHEAD").image)[18, 32].argmax() == 0
    edit.frame_current = 25
    with pytest.raises(SceneError) as caught:
        capture(scene, tmp_path, source="PLAYHEAD")
    assert caught.value.code == "no_frame"
    blue.unlink()
    edit.frame_current = 20
    with pytest.raises(SceneError) as caught:
        capture(scene, tmp_path, source="PLAYHEAD")
    assert caught.value.code == "no_frame"


def counting(path: Path, frames: int) -> Path:
    """A movie whose n-th frame, from 0 on, is a grey of 4 n."""
    scene = bpy.data.scenes.new("counting")
    scene.view_settings.view_transform = "Standard"
    scene.render.resolution_x, scene.render.resolution_y, scene.render.fps = 64, 36, 24
    scene.frame_start, scene.frame_end = 1, frames
    strips = scene.sequence_editor_create().strips
    for index in range(frames):
        ending = {"length": 1} if NEW else {"frame_end": index + 2}
        strip = strips.new_effect(name="grey", type="COLOR", channel=1, frame_start=index + 1, **ending)
        strip.color = (index * 4 / 255,) * 3
    movie_output(scene, path)
    bpy.ops.render.render(animation=True, scene=scene.name)
    bpy.data.scenes.remove(scene)
    return path


def grey(result: still.Still) -> float:
    return float(picture(result.image).mean()) * 255


@pytest.fixture(scope="module")
def movie(tmp_path_factory) -> Path:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return counting(tmp_path_factory.mktemp("movie") / "count.mp4", 60)


@pytest.fixture
def edit() -> bpy.types.Scene:
    scene = bpy.data.scenes.new("Edit")
    scene.render.fps = 24
    scene.sequence_editor_create()
    return scene


@pytest.mark.parametrize("window_frame", [1, 12, 37])
def test_the_windows_frame_does_not_count(window_frame, edit, movie, tmp_path):
    scene = room()
    edit.sequence_editor.strips.new_movie("m", str(movie), 1, 20)
    edit.frame_current = 45
    scene.frame_set(window_frame)
    before = settings_of(edit), settings_of(scene)
    result = capture(scene, tmp_path, source="PLAYHEAD")
    assert (settings_of(edit), settings_of(scene)) == before
    assert grey(result) == pytest.approx(100, abs=2)


def test_folders_with_braces_are_no_templates(edit, movie, tmp_path):
    scene = room()
    folder = tmp_path / "{TDA} model {frame}"
    folder.mkdir()
    inside = folder / "{x}.mp4"
    inside.write_bytes(movie.read_bytes())
    scene.render.filepath = edit.render.filepath = str(folder / "{blend_name}")
    edit.sequence_editor.strips.new_movie("m", str(inside), 1, 20)
    edit.frame_current = 45
    result = capture(scene, folder / "stills", source="PLAYHEAD")
    assert grey(result) == pytest.approx(100, abs=2)
    assert [path.name for path in (folder / "stills").iterdir()] == ["still.png"]
    scene.cycles.samples = 1
    assert capture(scene, folder / "render").depth.is_file()
    assert scene.render.filepath == str(folder / "{blend_name}")


def test_a_linked_edit_names_its_files_from_where_it_lies(edit, movie, tmp_path):
    scene = room()
    (tmp_path / "cut").mkdir()
    (tmp_path / "counted.mp4").write_bytes(movie.read_bytes())
    edit.sequence_editor.strips.new_movie("m", str(tmp_path / "counted.mp4"), 1, 20).filepath = "//../counted.mp4"
    edit.frame_current = 45
    library = tmp_path / "cut" / "edit.blend"
    bpy.data.libraries.write(str(library), {edit})
    bpy.data.scenes.remove(edit)
    with bpy.data.libraries.load(str(library), link=True) as (_, data):
        data.scenes = ["Edit"]
    assert grey(capture(scene, tmp_path / "still", source="PLAYHEAD")) == pytest.approx(100, abs=2)


@pytest.mark.parametrize("kind", ["movie", "cut movie", "picture"])
def test_a_file_that_cant_be_read_makes_no_picture(kind, edit, movie, tmp_path):
    scene, strips = room(), edit.sequence_editor.strips
    broken = tmp_path / ("broken.png" if kind == "picture" else "broken.mp4")
    broken.write_bytes(movie.read_bytes()[:600] if kind == "cut movie" else b"no picture")
    if kind == "picture":
        strips.new_image("p", str(broken), 1, 45)
    else:
        strips.new_movie("m", str(movie), 1, 20).filepath = str(broken)
    edit.frame_current = 45
    scenes = len(bpy.data.scenes)
    with pytest.raises(SceneError, match="can't be read as a picture") as caught:
        capture(scene, tmp_path / "still", source="PLAYHEAD")
    assert caught.value.code == "no_frame" and len(bpy.data.scenes) == scenes
    assert not (tmp_path / "still" / "still.png").exists()


def meta(strips, channel: int, first: int, last: int) -> bpy.types.Strip:
    made = strips.new_meta("meta", channel, 1)
    made.frame_final_start, made.frame_final_end = first, last + 1
    return made


def test_inside_a_meta_strip(edit, movie, tmp_path):
    """Its content lies in the times of the edit, and shows only where the meta strip does."""
    scene = room()
    strips = edit.sequence_editor.strips
    strips.new_movie("below", str(movie), 1, 40)
    outer = meta(strips, 3, 20, 50)
    inner = meta(outer.strips, 2, 20, 60)
    inner.strips.new_movie("m", str(movie), 4, 20)

    def seen(frame: int) -> float:
        edit.frame_current = frame
        return grey(capture(scene, tmp_path, source="PLAYHEAD"))

    assert seen(45) == pytest.approx(100, abs=2)
    assert seen(51) == pytest.approx(44, abs=2)  # the meta strip has ended
    inner.channels[4].mute = True
    assert seen(45) == pytest.approx(20, abs=2)
    inner.channels[4].mute = False
    inner.mute = True
    assert seen(45) == pytest.approx(20, abs=2)


def test_a_picture_strip_in_an_edit_of_stereo(edit, tmp_path):
    scene = room()
    image = bpy.data.images.new("x", 40, 30)
    image.pixels.foreach_set(np.tile(np.array([0.5, 0.25, 0.125, 1], np.float32), 40 * 30))
    image.filepath_raw, image.file_format = str(tmp_path / "picture.png"), "PNG"
    image.save()
    edit.render.use_multiview = True
    edit.sequence_editor.strips.new_image("p", str(tmp_path / "picture.png"), 1, 10)
    edit.frame_current = 10
    result = capture(scene, tmp_path / "still", source="PLAYHEAD")
    assert (result.width, result.height) == (40, 30)
    assert picture(result.image)[15, 20] == pytest.approx((0.5, 0.25, 0.125), abs=0.01)


def test_a_trimmed_strip_shows_its_file_from_where_it_lies(edit, movie, tmp_path):
    strip = edit.sequence_editor.strips.new_movie("m", str(movie), 1, 20)
    setattr(strip, START, 30)
    setattr(strip, END, 60)
    assert strips.content_span(strip) == 60
    for frame, shown in ((30, 40), (45, 100), (59, 156)):
        edit.frame_current = frame
        assert grey(capture(room(), tmp_path, source="PLAYHEAD")) == pytest.approx(shown, abs=2)
    for frame in (29, 60):
        edit.frame_current = frame
        with pytest.raises(SceneError):
            capture(room(), tmp_path, source="PLAYHEAD")


@pytest.mark.parametrize(
    ("cut", "backwards", "new", "old"),
    [(0, False, 100, 100), (5, False, 100, 120), (0, True, 136, 136), (5, True, 156, 136)],
)
def test_what_cuts_the_file_itself_counts(cut, backwards, new, old, edit, movie, tmp_path):
    """As the edit renders it: Blender 5 moves the strip's start with the cut, 4.5 does not."""
    strip = edit.sequence_editor.strips.new_movie("m", str(movie), 1, 20)
    strip.animation_offset_start, strip.use_reverse_frames = cut, backwards
    edit.frame_current = 45
    assert grey(capture(room(), tmp_path, source="PLAYHEAD")) == pytest.approx(new if NEW else old, abs=2)


def test_the_strips_colour_space_counts(edit, movie, tmp_path):
    strip = edit.sequence_editor.strips.new_movie("m", str(movie), 1, 20)
    edit.frame_current = 45
    strip.colorspace_settings.name = "Linear Rec.709"
    assert grey(capture(room(), tmp_path, source="PLAYHEAD")) == pytest.approx(168, abs=3)


@pytest.mark.parametrize(("strobe", "shown"), [(1, 13), (4, 12), (5, 10), (9, 9)])
def test_a_strip_that_holds_each_frame_for_some(strobe, shown, edit, movie, tmp_path):
    strip = edit.sequence_editor_create().strips.new_movie("held", str(movie), 1, 2)
    strip.strobe = strobe
    edit.frame_current = 2 + 13
    assert grey(capture(bpy.data.scenes["Scene"], tmp_path, source="PLAYHEAD")) == pytest.approx(4 * shown, abs=1.5)


@pytest.mark.parametrize(
    ("span", "rate", "backwards", "strobe", "at", "index"),
    [
        (60, 30, False, 0, 35, 25), (75, 30, False, 0, 35, 20), (75, 30, False, 0, 36, 21), (75, 30, False, 0, 9, 0),
        (75, 30, False, 0, 99, 59), (75, 30, True, 0, 10, 59), (75, 30, True, 0, 34, 40), (75, 30, False, 6, 39, 18),
        (30, 12, False, 0, 15, 10), (61, 30, True, 1, 12, 58), (75, 24, False, 0, 35, 25),
    ],
)  # fmt: skip
def test_which_frame_a_strip_shows(span, rate, backwards, strobe, at, index, monkeypatch):
    """Of 60 frames from frame 10 on, 24 of them a second."""
    monkeypatch.setattr(strips, "content_span", lambda _strip: span)
    held = {CONTENT_START: 10.0, "fps": 24.0, "use_reverse_frames": backwards, "strobe": strobe}
    assert strips.index_at(SimpleNamespace(**held), at, 60, rate) == index


@pytest.mark.parametrize("how", ["speed", "meta", "scene", "scene in meta"])
def test_what_has_another_time_or_hides_the_movie_is_refused(how, edit, movie, tmp_path):
    """And what of it is muted, or not at the playhead, is not in the way."""
    strips = edit.sequence_editor_create().strips
    where = strips.new_meta("Held", 3, 1) if "meta" in how else None
    inside = where.strips if where else strips
    strip = inside.new_movie("count", str(movie), 1, 2)
    over = where or strip
    if how == "speed":
        over = new_effect(edit, "Fast", "SPEED", 2, 2, 58, strip)
    elif how == "meta":
        over.strobe = 3
    else:
        other = bpy.data.scenes.new("Other")
        other.frame_end = 50
        over = inside.new_scene("Titles", other, 2, 2)
    if where is not None:
        for name, value in ((START, 2), (END, 60)):
            setattr(where, name, value)
    edit.frame_current = 15
    refused = {"speed": "'count' is retimed", "meta": "'Held' is retimed"}
    with pytest.raises(SceneError, match=refused.get(how, "'Titles' over the movies is of no file: Scene")) as caught:
        capture(bpy.data.scenes["Scene"], tmp_path, source="PLAYHEAD")
    assert caught.value.code == "no_frame"
    if how == "meta":
        over.strobe = 1
    else:
        over.mute = True
    assert grey(capture(bpy.data.scenes["Scene"], tmp_path, source="PLAYHEAD")) == pytest.approx(52, abs=1.5)
    over.mute = how == "meta"
    edit.frame_current = 55
    if how.startswith("scene"):
        assert grey(capture(bpy.data.scenes["Scene"], tmp_path, source="PLAYHEAD")) == pytest.approx(212, abs=1.5)


@pytest.mark.parametrize(("index", "shown"), [(0, 0), (17, 68), (59, 236), (75, 236), (-1, 236), (-43, 68), (-99, 0)])
def test_a_frame_of_a_clip(index, shown, movie, tmp_path):
    before, scenes = settings_of(bpy.context.scene), list(bpy.data.scenes)
    assert clip_frame.save(bpy.context, movie, index, tmp_path / "frame.png") == (64, 36)
    assert (settings_of(bpy.context.scene), list(bpy.data.scenes)) == (before, scenes)
    seen = picture(tmp_path / "frame.png") * 255
    assert seen.shape == (36, 64, 3) and seen.mean() == pytest.approx(shown, abs=2)


def test_a_clip_without_a_picture(tmp_path):
    (tmp_path / "broken.mp4").write_bytes(b"no picture")
    with pytest.raises(SceneError, match=r"broken\.mp4' holds no picture") as caught:
        clip_frame.save(bpy.context, tmp_path / "broken.mp4", 0, tmp_path / "frame.png")
    assert (caught.value.code, caught.value.fix) == ("no_frame", "retry") and len(bpy.data.scenes) == 1


def test_the_highest_that_shows_is_taken(edit, movie, tmp_path):
    strips, scene = edit.sequence_editor.strips, room()
    _low, high = (strips.new_movie(name, str(movie), channel, 20) for name, channel in (("low", 2), ("high", 5)))
    ending = {"length": 50} if NEW else {"frame_end": 70}
    strips.new_effect(name="cover", type="COLOR", channel=7, frame_start=20, **ending)
    setattr(high, START, 30)

    def seen(frame: int) -> str:
        edit.frame_current = frame
        found = still.playhead._under_playhead(edit)
        return found and found[-1].name

    assert [seen(frame) for frame in (19, 20, 29, 30, 79, 80)] == [None, "low", "low", "high", "high", None]
    high.mute = True
    assert seen(30) == "low"
    high.mute, edit.sequence_editor.channels[5].mute = False, True
    assert seen(30) == "low"
    edit.sequence_editor.channels[2].mute = True
    assert seen(30) is None
    with pytest.raises(SceneError, match="no movie or picture under the playhead") as caught:
        capture(scene, tmp_path, source="PLAYHEAD")
    assert caught.value.fix == "retry"


def test_each_picture_of_a_sequence_is_itself(edit, tmp_path):
    greys = [0.2, 0.4, 0.6]
    for number, grey in enumerate(greys):
        image = bpy.data.images.new("x", 40 + number, 30)
        image.pixels.foreach_set(np.tile(np.array([grey, grey, grey, 1], np.float32), (40 + number) * 30))
        image.filepath_raw, image.file_format = str(tmp_path / f"p{number}.png"), "PNG"
        image.save()
    strip = edit.sequence_editor.strips.new_image("p", str(tmp_path / "p0.png"), 1, 10)
    for number in (1, 2):
        strip.elements.append(f"p{number}.png")
    setattr(strip, END, 13)
    for number, wanted in enumerate(greys):
        edit.frame_current = 10 + number
        result = capture(room(), tmp_path / f"{number}", source="PLAYHEAD")
        assert grey_of(result) == pytest.approx(wanted, abs=0.01) and result.width == 40 + number
        assert (result.height, result.source, result.notes) == (30, "PLAYHEAD", ())
    (tmp_path / "p2.png").unlink()
    with pytest.raises(SceneError, match=r"The file of strip 'p' is gone: .*p2\.png\.") as caught:
        capture(room(), tmp_path / "gone", source="PLAYHEAD")
    assert (caught.value.code, caught.value.fix) == ("no_frame", "retry")


def grey_of(result: still.Still) -> float:
    return float(picture(result.image).mean())


def test_an_edit_of_another_rate_than_the_clips_and_than_blenders(edit, movie, tmp_path):
    edit.render.fps = 12
    edit.sequence_editor.strips.new_movie("m", str(movie), 1, 20)
    edit.frame_current = 31
    assert grey(capture(room(), tmp_path, source="PLAYHEAD")) == pytest.approx(44, abs=2)


def test_a_frame_beyond_the_files_end_is_its_last(edit, movie, tmp_path):
    strip = edit.sequence_editor.strips.new_movie("m", str(movie), 1, 20)
    setattr(strip, END, 100)
    setattr(strip, START, 5)
    for frame, shown in ((90, 236), (10, 0)):
        edit.frame_current = frame
        assert grey(capture(room(), tmp_path, source="PLAYHEAD")) == pytest.approx(shown, abs=2)
