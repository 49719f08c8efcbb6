"""What a still is put together from: the Render Result's files whatever the scene's own are like, remarks and their
limits, image files as they are, and what is said where something is missing."""

from __future__ import annotations

import json
import struct
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import bpy
import numpy as np
import pytest
from mathutils import Matrix
from rooms import picture, room, settings_of
from take_one.client.protocol import Camera
from take_one.scene.app.errors import SceneError
from take_one.scene.stills import capture, files
from take_one.scene.stills.borrow import depth_pass
from take_one.scene.stills.coverage.margin import Margin
from take_one.scene.stills.files import Depth, Framing
from take_one.scene.stills.formats import exr
from take_one.scene.stills.formats.orientation import _orientation as png_orientation

CAMERA = Camera("perspective", 5, 2, 2.5, 1.0, 4.0, 4.0)
FRAMING = Framing(CAMERA, 100.0, 1.0)
MOVED = "The camera has moved since the Render Result was rendered: the still shows what it saw then."
SPECKLED = "The depth pass of the Render Result is speckled, as in fog or with motion blur: the move is plainer."


def save(path: Path, values, kind="PNG") -> Path:
    """An image file of these values, [height, width, 3], top row first."""
    values = np.array(values, np.float32)
    high, wide = values.shape[:2]
    image = bpy.data.images.new("x", wide, high)
    image.pixels.foreach_set(np.concatenate([values[::-1], np.ones((high, wide, 1), np.float32)], -1).ravel())
    image.filepath_raw, image.file_format = str(path), kind
    image.save()
    bpy.data.images.remove(image)
    return path


@pytest.fixture
def scene() -> bpy.types.Scene:
    """Of 48 x 27 pixels with a depth pass, rendered; its files are to be 16-bit TIFF with alpha."""
    scene = room(48, 27)
    scene.cycles.samples = 1
    scene.view_layers[0].use_pass_z = True
    return scene


@pytest.mark.parametrize("kind", ["TIFF", "JPEG", "OPEN_EXR"])
def test_the_files_of_a_render_are_ours_whatever_the_scenes_are_like(kind, scene, tmp_path):
    bpy.ops.render.render()
    one = scene.render.image_settings
    one.file_format = kind
    if kind != "JPEG":
        one.color_mode, one.color_depth = "RGBA", "16"
    if kind == "OPEN_EXR":
        one.exr_codec, one.use_preview = "DWAA", True
    one.color_management = "OVERRIDE"
    one.view_settings.exposure = 2.5
    before = settings_of(scene)
    files.save_picture(scene, tmp_path / "a.png")
    files.save_layers(scene, tmp_path)
    assert settings_of(scene) == before
    assert struct.unpack(">IIBB", (tmp_path / "a.png").read_bytes()[16:26]) == (48, 27, 8, 2)  # bits, and RGB
    one.file_format, one.color_management = "PNG", "FOLLOW_SCENE"
    files.save_picture(scene, tmp_path / "plain.png")
    assert np.array_equal(picture(tmp_path / "a.png"), picture(tmp_path / "plain.png"))
    names = tuple(layer.name for layer in scene.view_layers)
    depth = files.read_layers(tmp_path, names)
    assert depth.shape == (27, 48) and 3 < depth.min() < 12 and len(np.unique(depth)) > 200
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "plain.png"]


def test_layers_that_cant_be_read_are_removed_too(tmp_path):
    (tmp_path / files.LAYERS).write_bytes(b"no picture at all")
    with pytest.raises(ValueError, match="not a single-part"):
        files.read_layers(tmp_path, ())
    assert not list(tmp_path.iterdir())


def test_without_a_render_there_is_no_result(tmp_path):
    with pytest.raises(RuntimeError, match=r"There is no Render Result\."):
        files.save_picture(bpy.context.scene, tmp_path / "a.png")
    save(tmp_path / "b.png", np.zeros((2, 2, 3)))
    bpy.data.images.load(str(tmp_path / "b.png"))
    with pytest.raises(RuntimeError, match=r"There is no Render Result\."):
        files.render_result()


@pytest.mark.parametrize(
    ("eyes", "off", "kept"),
    [(("_L", "_R"), (), "_L"), (("_R",), (), "_R"), (("_L", "_R"), ("left",), "_R"), ((), (), None)],
)
def test_of_a_stereo_pictures_files_the_first_eyes_is_kept(eyes, off, kept, tmp_path):
    scene = bpy.context.scene
    scene.render.use_multiview = True
    for name in off:
        scene.render.views[name].use = False
    path = tmp_path / "part_shot [1].png"
    for eye in eyes:
        path.with_name(f"part_shot [1]{eye}.png").write_text(eye)
    (tmp_path / "part_shot 1_L.png").write_text("another's")
    (tmp_path / "part_shot [1]_L.exr").write_text("another kind's")
    assert files._keep_first_eye(path, scene) is (kept is not None)
    names = {one.name for one in tmp_path.iterdir()} - {"part_shot 1_L.png", "part_shot [1]_L.exr"}
    assert names == ({path.name} if kept else set()) and (not kept or path.read_text() == kept)


def test_what_is_doubtful_is_said_from_three_per_cent_on(tmp_path):
    save(tmp_path / "still.png", np.random.default_rng(3).random((2, 5, 3)))
    told = files.finish(tmp_path, FRAMING, Depth(True, 0.031), "RENDER", ("first",))
    note = (
        "3 % of the depth is doubtful, as where hair or leaves are finer than a pixel: the move may tear the picture"
        " there."
    )
    assert told.notes == ("first", note) and told.depth == tmp_path / "depth.exr"
    assert files.finish(tmp_path, FRAMING, Depth(True, 0.467), "RENDER").notes[0].startswith("47 % of the depth")
    plain = files.finish(tmp_path, FRAMING, Depth(True, depth_pass.MANY), "VIEWPORT", ("first",))
    assert (plain.notes, plain.source, plain.camera) == (("first",), "VIEWPORT", CAMERA)
    assert (plain.width, plain.height, plain.image) == (5, 2, tmp_path / "still.png")
    assert json.loads((tmp_path / "camera.json").read_text())["cx"] == 2.5
    without = files.finish(tmp_path, FRAMING, None, "RESULT", ("first",))
    assert (without.depth, without.notes, without.camera) == (None, ("first",), CAMERA)


@pytest.mark.parametrize(
    ("channel", "least", "most", "things", "flat"),
    [(2, 0.3, 0.3, False, True), (2, 0.3, 0.315, False, True), (2, 0.3, 0.34, False, False), (0, 0, 1, False, False),
     (1, 0.3, 0.3, True, False)],
)  # fmt: skip
def test_nothing_is_visible_where_all_is_far_and_of_one_colour(channel, least, most, things, flat, tmp_path):
    values = np.full((2, 5, 3), (0.1, 0.5, 0.3), np.float32)
    values[..., channel] = least
    values[1, 3, channel] = most
    save(tmp_path / "still.png", values)
    if flat:
        with pytest.raises(SceneError, match="one flat colour") as caught:
            files.finish(tmp_path, FRAMING, Depth(things, 0.0), "RENDER")
        assert (caught.value.code, caught.value.fix) == ("nothing_visible", "pick_camera")
    else:
        assert files.finish(tmp_path, FRAMING, Depth(things, 0.0), "RENDER").depth == tmp_path / "depth.exr"
    assert len(bpy.data.images) == 0


def test_a_picture_of_one_colour_without_depth_is_none(tmp_path):
    save(tmp_path / "still.png", np.full((2, 5, 3), (0.0, 0.1, 0.0), np.float32))
    with pytest.raises(SceneError, match="whether the compositor is given the render") as caught:
        files.finish(tmp_path, FRAMING, None, "RENDER")
    assert (caught.value.code, caught.value.fix) == ("nothing_visible", "retry")


def test_a_disk_error_says_where_and_why(tmp_path):
    said = files.disk_error(tmp_path, OSError(13, "Permission denied"))
    assert (said.code, said.message) == ("disk", f"The still could not be written to {tmp_path}: Permission denied.")
    assert "went away." in files.disk_error(tmp_path, OSError("went away")).message


def test_a_still_of_another_size_with_a_margin(scene, tmp_path):
    margin = Margin(3, 1, 2, 4)
    bpy.ops.mesh.primitive_cube_add(size=0.5)
    beside = bpy.context.object  # the still ends a step before it
    beside.name, bpy.data.objects["Cube"].name = "Vase", "Sofa"
    left = -(2.5 + 32 + 0.5) / 64 * 36 / 50  # of what is 1 m ahead: in the middle of the margin
    beside.matrix_world = scene.camera.matrix_world @ Matrix.Translation((left * 9, 0, -9)) @ Matrix.Scale(0.5, 4)
    still = capture.capture(bpy.context, scene, tmp_path, size=(69, 41), margin=margin)
    assert (still.width, still.height, still.around.width, still.around.height) == (64, 36, 69, 41)
    assert picture(still.image).shape == (36, 64, 3) and still.source == still.around.source == "RENDER"
    assert np.array_equal(picture(still.around.image)[1:37, 3:67], picture(still.image))
    assert [one.name for one in still.camera.things] == ["Sofa"] and still.around.camera.things == ()
    assert still.around.notes == () and still.around.camera.cx == pytest.approx(still.camera.cx + 3)


@pytest.mark.parametrize(
    ("away", "x", "turn", "zoom", "notes"),
    [(0, 1e-6, 0, 0, ()), (0, 2e-5, 0, 0, (MOVED,)), (0, 0, 1e-7, 0, ()), (0, 0, 2e-5, 0, (MOVED,)),
     (1000, 1e-4, 0, 0, ()), (1000, 0.01, 0, 0, (MOVED,)), (0, 0, 0, 0.001, ()), (0, 0, 0, 0.1, (MOVED,))],
)  # fmt: skip
def test_a_camera_has_moved_where_one_would_see_it(away, x, turn, zoom, notes, scene, tmp_path):
    for one in bpy.data.objects:
        one.location.x += away
    bpy.ops.render.render()
    scene.camera.location.x += x
    scene.camera.rotation_euler.z += turn
    scene.camera.data.lens += zoom
    bpy.context.view_layer.update()
    still = capture.capture(bpy.context, scene, tmp_path, source="RESULT")
    assert still.notes == notes and still.depth is not None


def test_a_render_result_is_of_the_shots_camera_or_says_so(scene, tmp_path):
    bpy.ops.render.render()
    other = bpy.data.objects.new("Other", scene.camera.data)
    scene.collection.objects.link(other)
    still = capture.capture(bpy.context, scene, tmp_path, source="RESULT", camera=other)
    assert still.notes == (MOVED,) and still.camera.matrix_world[0][3] == pytest.approx(5.0)
    bpy.data.objects["Cube"].name = "Sofa"
    assert [one.name for one in capture.capture(bpy.context, scene, tmp_path, source="RESULT").camera.things] == [
        "Sofa"
    ]
    scene.collection.objects.unlink(other)  # of a camera that can't be looked through nothing is said
    assert capture.capture(bpy.context, scene, tmp_path, source="RESULT", camera=other).notes == ()


@pytest.mark.parametrize(("share", "deep"), [(capture.SPECKLED, True), (capture.SPECKLED + 0.001, False)])
def test_a_speckled_render_result_has_no_depth(share, deep, scene, monkeypatch, tmp_path):
    bpy.ops.render.render()
    monkeypatch.setattr(capture, "doubtful", lambda _depth: share)
    still = capture.capture(bpy.context, scene, tmp_path, source="RESULT")
    assert (still.depth is not None, still.camera is not None, SPECKLED in still.notes) == (deep, deep, not deep)
    assert (still.width, still.height, still.source) == (48, 27, "RESULT")


def test_a_render_result_of_another_size_than_its_camera_has_no_depth(scene, monkeypatch, tmp_path):
    bpy.ops.render.render()
    known = capture.rendered.framing(scene)
    for change in ({"width": 49}, {"height": 26}):
        other = known._replace(camera=replace(known.camera, **change))
        monkeypatch.setattr(capture.rendered, "framing", lambda _scene, other=other: other)
        still = capture.capture(bpy.context, scene, tmp_path, source="RESULT")
        assert still.depth is None and still.notes[0].startswith("Where the camera was for the Render Result is not")


@pytest.mark.parametrize("name", ["photo.PNG", "photo.JPeG", "photo.bmp", "photo.TGA"])
def test_an_image_file_is_taken_as_it_is_where_engines_read_it(name, tmp_path):
    kind = {"png": "PNG", "jpeg": "JPEG", "bmp": "BMP", "tga": "TARGA"}[name.lower().partition(".")[2]]
    path = save(tmp_path / name, np.full((3, 7, 3), (0.2, 0.6, 0.8)), kind)
    still = capture.capture(bpy.context, bpy.context.scene, tmp_path / "still", source="IMAGE", image_path=path)
    own = kind in {"PNG", "JPEG"}
    assert still.image.name == ("still" + path.suffix.lower() if own else "still.png")
    assert (still.image.read_bytes() == path.read_bytes()) is own
    assert (still.width, still.height, still.source) == (7, 3, "IMAGE")
    assert still.notes == ("An image file has no depth: the camera move is plainer.",)
    assert np.allclose(picture(still.image)[1, 3], (0.2, 0.6, 0.8), atol=0.02)
    assert len(bpy.data.images) == 0 and len(bpy.data.scenes) == 1


def tiff(path: Path, order: str, *, big=False, bits=8, kind=1, orientation=0, profile=b"") -> Path:
    """A TIFF of 3 x 2 pixels: the directory, the values that are too long for it, the pixels."""
    levels = np.array([[200, 40, 40, 40, 40, 200, 7, 120, 133], [0, 255, 9, 90, 91, 92, 30, 20, 10]])
    pixels = (levels * 257).astype(order + "u2") if bits == 16 else levels.astype("u1")
    pixels = (levels / 255).astype(order + "f4") if bits == 32 else pixels
    shorts = struct.Struct(order + "3H")
    tags = {256: (3, 3), 257: (3, 2), 258: (3, shorts.pack(bits, bits, bits)), 259: (3, 1), 262: (3, 2)}
    tags |= {273: (4, pixels.tobytes()), 277: (3, 3), 278: (3, 2), 279: (4, pixels.nbytes)}
    tags |= {274: (3, orientation)} if orientation else {}
    tags |= {339: (3, shorts.pack(kind, kind, kind)), 34675: (7, profile)}
    count, number, head = ("Q", "Q", 16) if big else ("H", "I", 8)
    room = 8 if big else 4
    at = head + struct.calcsize(order + count) + len(tags) * (4 + 2 * room) + room
    entries, beyond = b"", b""
    for tag, (form, held) in sorted(tags.items()):
        many = 1 if isinstance(held, int) or tag == 273 else len(held) // {3: 2, 7: 1}[form]
        if isinstance(held, int):
            value = struct.pack(order + {3: "H", 4: "I"}[form], held).ljust(room, b"\0")
        elif tag != 273 and len(held) <= room:
            value = held.ljust(room, b"\0")
        else:
            value = struct.pack(order + (number if tag != 273 or not big else "I4x"), at + len(beyond))
            beyond += held
        entries += struct.pack(order + "HH" + number, tag, form, many) + value
    first = {"<": b"II", ">": b"MM"}[order] + struct.pack(
        order + ("HHHQ" if big else "HI"), *((43, 8, 0, 16) if big else (42, 8))
    )
    path.write_bytes(first + struct.pack(order + count, len(tags)) + entries + bytes(room) + beyond)
    return path


def chunks_of(png: Path) -> dict[bytes, bytes]:
    data, at, found = png.read_bytes(), 8, {}
    while at < len(data):
        length = struct.unpack_from(">I", data, at)[0]
        found[data[at + 4 : at + 8]] = data[at + 8 : at + 8 + length]
        at += 12 + length
    return found


PROFILE = bytes(12) + b"mntrRGB XYZ " + bytes(range(200))


@pytest.mark.parametrize("orientation", [0, 1, 3, 6, 8])
@pytest.mark.parametrize(("order", "big", "bits"), [("<", False, 8), (">", False, 16), ("<", True, 8)])
def test_a_tiff_brings_its_orientation_and_its_profile_along(order, big, bits, orientation, tmp_path):
    path = tiff(tmp_path / "a.tif", order, big=big, bits=bits, orientation=orientation, profile=PROFILE)
    still = capture.capture(bpy.context, bpy.context.scene, tmp_path / "still", source="IMAGE", image_path=path)
    assert (still.width, still.height) == ((2, 3) if orientation in (6, 8) else (3, 2))
    found = chunks_of(still.image)
    assert png_orientation(found.get(b"eXIf", b"")) == max(1, orientation)
    name, _, packed = found[b"iCCP"].partition(b"\0")
    assert (name, packed[:1], zlib.decompress(packed[1:])) == (b"ICC profile", b"\0", PROFILE)
    assert not {b"sRGB", b"gAMA", b"cHRM", b"cICP"} & set(found), "what it says beside that is not so"
    assert still.notes == ("An image file has no depth: the camera move is plainer.",)
    shown = np.rint(picture(still.image) * 255).astype(int)
    assert shown.tolist() == [[[200, 40, 40], [40, 40, 200], [7, 120, 133]], [[0, 255, 9], [90, 91, 92], [30, 20, 10]]]


@pytest.mark.parametrize(
    ("more", "is_said"),
    [
        ({"profile": PROFILE.replace(b"RGB ", b"GRAY")}, True),
        ({"profile": PROFILE, "bits": 32, "kind": 3}, True),
        ({"profile": b""}, False),
    ],
)
def test_a_profile_that_does_not_fit_is_said(more, is_said, tmp_path):
    path = tiff(tmp_path / "a.tiff", "<", **more)
    still = capture.capture(bpy.context, bpy.context.scene, tmp_path / "still", source="IMAGE", image_path=path)
    said = "The image file's colour profile is of a kind that is not read: its colours may differ."
    assert still.notes[1:] == ((said,) if is_said else ())
    assert b"iCCP" not in chunks_of(still.image)


def test_no_image_file_is_named(tmp_path):
    with pytest.raises(SceneError, match=r"There is no image file ''\. Choose one") as caught:
        capture.capture(bpy.context, bpy.context.scene, tmp_path, source="IMAGE")
    assert caught.value.fix == "retry"
    with pytest.raises(SceneError, match=r"There is no image file '.*still'"):  # a folder
        capture.capture(bpy.context, bpy.context.scene, tmp_path, source="IMAGE", image_path=tmp_path / "still")
    (tmp_path / "none.tif").write_bytes(b"II*\0")
    with pytest.raises(SceneError, match=r"'none\.tif' could not be opened as an image"):
        capture.image_size(tmp_path / "none.tif", tmp_path / "out.png")
    assert len(bpy.data.images) == 0 and not (tmp_path / "out.png").exists()


def test_depth_is_background_from_just_before_the_far_clip(tmp_path):
    depth = np.array([[0.5, 99.9899, 99.9901, 100.0, 1e9]] * 2, np.float32)
    made = files.write_depth(tmp_path, depth, Framing(CAMERA, 100.0, 2.0), "other.exr")
    assert [path.name for path in tmp_path.iterdir()] == ["other.exr"] and made.things and made.doubtful == 0
    image = bpy.data.images.load(str(tmp_path / "other.exr"))
    assert np.array(image.pixels[:]).reshape(2, 5, -1)[0, :, 0].tolist() == pytest.approx(
        [1.0, 199.9798, exr.BACKGROUND, exr.BACKGROUND, exr.BACKGROUND]
    )


def test_a_still_is_of_where_its_camera_was_when_it_was_rendered(scene, tmp_path):
    def later(one, *_):
        one.camera.location.x = 9.0

    bpy.app.handlers.render_post.append(later)
    try:
        still = capture.capture(bpy.context, scene, tmp_path)
    finally:
        bpy.app.handlers.render_post.remove(later)
    assert (still.camera.matrix_world[0][3], scene.camera.location.x, still.around) == (5.0, 9.0, None)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit of a file's size")
def test_what_blender_wrote_only_a_part_of_is_said_and_takes_no_place(tmp_path):
    """As on a disk that is full, of which Blender says nothing: here the system lets no file grow beyond a size."""
    import resource

    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y, scene.render.engine = 64, 36, "BLENDER_WORKBENCH"
    scene.camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    bpy.ops.render.render()
    picture_, layers = tmp_path / "whole.png", tmp_path / files.LAYERS
    writes = {
        picture_: lambda: files.save_picture(scene, picture_),
        layers: lambda: files.save_layers(scene, tmp_path),
    }
    for path, write in writes.items():
        write()
        before = path.read_bytes()
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        for size in (0, 1, 300, len(before) // 2, len(before) - 1):
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
            try:
                with pytest.raises(OSError, match="not written whole, as on a full disk") as caught:
                    write()
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
            assert files.disk_error(tmp_path, caught.value).fix == "free_space", size
            assert path.read_bytes() == before and list(tmp_path.glob("part_part*")) == [], size
    assert {path.name for path in tmp_path.iterdir()} == {"whole.png", files.LAYERS}


def test_an_exr_is_whole_from_its_header_to_its_last_row(tmp_path):
    """Cut off anywhere, or with a row that is not there."""
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y, scene.render.engine = 8, 5, "BLENDER_WORKBENCH"
    scene.camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    bpy.ops.render.render()
    files.save_layers(scene, tmp_path)
    data = (tmp_path / files.LAYERS).read_bytes()
    cut = tmp_path / "cut.exr"
    for size in (*range(0, len(data), 23), len(data) - 1):
        cut.write_bytes(data[:size])
        assert not exr.is_whole(cut), size
    rows = data.index(struct.pack("<iI", 0, (len(data) - data.rindex(struct.pack("<i", 4))) - 8)) - 8 * 5
    cut.write_bytes(data[: rows + 16] + bytes(8) + data[rows + 24 :])
    assert not exr.is_whole(cut)
    cut.write_bytes(data)
    assert exr.is_whole(cut)
