"""A part cut out of Blender's own PNGs: to the bit, with their colour chunks, nothing half-written."""

from __future__ import annotations

import zlib

import bpy
import numpy as np
import pytest
import rooms
from take_one.scene.stills import files
from take_one.scene.stills.formats import png


def chunks_of(path):
    data, at, found = path.read_bytes(), 8, []
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


def besides_pixels(path):
    return [one for one in chunks_of(path) if one[0] not in {b"IHDR", b"IDAT"}]


@pytest.fixture
def picture(tmp_path):
    """Of 67 x 44 pixels, smooth and noisy by turns: all filters of the format are in it."""
    y, x = np.mgrid[:44, :67]
    random = np.random.default_rng(5)
    pixels = np.ones((44, 67, 4), np.float32)
    for channel in range(3):
        smooth = 0.5 + 0.3 * np.sin(x / 9 + channel) + 0.2 * np.cos(y / 5 - channel)
        pixels[..., channel] = (
            smooth + random.normal(0, 0.004, smooth.shape) * (y > 15) + 0.3 * (x * y % 7 > 4) * (y > 30)
        )
    image = bpy.data.images.new("Pattern", 67, 44)
    image.pixels.foreach_set(pixels.clip(0, 1).ravel())
    image.filepath_raw, image.file_format = str(tmp_path / "all.png"), "PNG"
    image.save()
    return tmp_path / "all.png"


@pytest.mark.parametrize("rows", [512, 13])
@pytest.mark.parametrize("box", [(0, 0, 67, 44), (11, 5, 60, 41), (0, 26, 1, 44), (66, 0, 67, 13)])
def test_each_pixel_is_as_it_was(picture, tmp_path, monkeypatch, box, rows):
    lines = zlib.decompress(b"".join(data for kind, data in chunks_of(picture) if kind == b"IDAT"))
    assert set(lines[:: len(lines) // 44]) >= {1, 2, 4}
    monkeypatch.setattr(png, "ROWS", rows)
    png.cut_out(picture, box, tmp_path / "part.png")
    left, top, right, bottom = box
    assert np.array_equal(rooms.picture(tmp_path / "part.png"), rooms.picture(picture)[top:bottom, left:right])


def test_each_filter_is_read(picture, tmp_path):
    """Lines by hand, each of another filter than the one before, against a plain reading of the format."""
    random = np.random.default_rng(8)
    told = random.integers(0, 256, (15, 9, 3), dtype=np.uint8)
    kinds = (np.arange(15, dtype=np.uint8) * 2 + 3) % 5
    values = np.zeros((16, 10, 3), int)
    for row, column, channel in np.ndindex(15, 9, 3):
        a, b, c = (int(values[row + 1 - up, column + 1 - left, channel]) for up, left in ((0, 1), (1, 0), (1, 1)))
        nearest = min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
        guess = (0, a, b, (a + b) // 2, nearest)[kinds[row]]
        values[row + 1, column + 1, channel] = (int(told[row, column, channel]) + guess) % 256
    assert np.array_equal(png._unfiltered(kinds, told, np.zeros((9, 3), np.int16)), values[1:, 1:])


def test_what_the_file_says_of_its_colours_is_kept(tmp_path):
    scene = rooms.room(48, 27)
    scene.cycles.samples = 1
    scene.display_settings.display_device = "Display P3"
    bpy.ops.render.render()
    files.save_picture(scene, tmp_path / "all.png")
    png.cut_out(tmp_path / "all.png", (9, 2, 40, 23), tmp_path / "part.png")
    kept = besides_pixels(tmp_path / "part.png")
    assert kept == besides_pixels(tmp_path / "all.png") and kept[-1] == (b"IEND", b"")
    assert {b"cICP", b"iCCP"} <= {kind for kind, _ in kept} or not rooms.NEW
    assert rooms.picture(tmp_path / "part.png").shape == (21, 31, 3)


def test_what_is_no_whole_picture(picture, tmp_path):
    data = picture.read_bytes()
    begin = data.index(b"IDAT")
    for wrong, said in (
        (b"GIF89a" + data, "no PNG"),
        (data[: begin + 90], "damaged"),
        (data[: begin - 4], "ends early"),
        (data[: begin + 40] + b"\0\1" + data[begin + 42 :], "damaged"),
    ):
        picture.write_bytes(wrong)
        with pytest.raises(ValueError, match=said):
            png.cut_out(picture, (1, 1, 9, 9), tmp_path / "part.png")
        assert [one.name for one in tmp_path.iterdir()] == ["all.png"]
    picture.write_bytes(data)
    with pytest.raises(ValueError, match="67 x 44 pixels: too few"):
        png.cut_out(picture, (1, 1, 68, 9), tmp_path / "part.png")
