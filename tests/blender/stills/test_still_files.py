"""The files of a still, from values that are known: depth in metres, the far clip, EXIF byte by byte."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from no_file import blender  # noqa: F401
from rooms import depth_of
from take_one.client.protocol import Camera
from take_one.scene.app.errors import SceneError
from take_one.scene.stills import files
from take_one.scene.stills.borrow.depth_pass import MANY, doubtful
from take_one.scene.stills.formats import exr, orientation

CAMERA = Camera("perspective", 5, 2, 2.5, 1.0, 4.0, 4.0)
DEPTH = np.array([[1, 20, 99.98, 99.991, 100], [101, 1e10, np.inf, np.nan, 50]], np.float32)


@pytest.mark.parametrize("unit", [1.0, 0.01, 25.0])
def test_depth_is_in_metres_and_what_is_beyond_the_far_clip_is_background(tmp_path, unit):
    made = files.write_depth(tmp_path, DEPTH, files.Framing(CAMERA, 100.0, unit))
    far = exr.BACKGROUND
    wanted = [[unit, 20 * unit, 99.98 * unit, far, far], [far, far, far, far, 50 * unit]]
    np.testing.assert_allclose(depth_of(tmp_path / "depth.exr"), wanted, rtol=1e-6)
    assert made.things


def test_nothing_but_background(tmp_path):
    made = files.write_depth(tmp_path, np.full((2, 5), 100.0), files.Framing(CAMERA, 100.0, 1.0))
    assert not made.things
    assert files.write_depth(tmp_path, np.full((2, 5), 99.0), files.Framing(CAMERA, 100.0, 1.0)).things


@pytest.mark.parametrize("shape", [(5, 2), (2, 4), (3, 5)])
def test_a_depth_of_another_size_is_refused(tmp_path, shape):
    with pytest.raises(SceneError, match=f"{shape[1]}x{shape[0]} pixels, not 5x2") as caught:
        files.write_depth(tmp_path, np.ones(shape, np.float32), files.Framing(CAMERA, 100.0, 1.0))
    assert caught.value.code == "render_failed" and not list(tmp_path.iterdir())


def test_speckle_counts_by_its_share():
    smooth = np.tile(np.linspace(4, 5, 60, dtype=np.float32), (40, 1))
    assert doubtful(smooth) < 0.001
    speckled = smooth.copy()
    rows, columns = np.mgrid[0:40:4, 0:60:4]
    speckled[rows, columns] = 40.0
    assert doubtful(speckled) > MANY > 0.0


# EXIF


def tiff(value, order="<", extra=0):
    """The block with an orientation after so many other entries."""
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(order + "I", 8)
    entries = [struct.pack(order + "HHII", 0x0100 + index, 4, 1, 7) for index in range(extra)]
    entries.append(struct.pack(order + "HHIHH", 0x0112, 3, 1, value, 0))
    return head + struct.pack(order + "H", len(entries)) + b"".join(entries) + struct.pack(order + "I", 0)


def jpeg(block, before=()):
    parts = [struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data for marker, data in before]
    parts.append(struct.pack(">BBH", 0xFF, 0xE1, len(block) + 8) + b"Exif\0\0" + block)
    return b"\xff\xd8" + b"".join(parts) + b"\xff\xda\0\x02"


def png(block, before=()):
    chunks = [*before, (b"eXIf", block)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + b"\0\0\0\0" for name, data in chunks
    )


def webp(block, before=()):
    chunks = [*before, (b"EXIF", block)]
    return b"RIFF\0\0\0\0WEBP" + b"".join(
        name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks
    )


MADE = {
    "jpeg": lambda block: jpeg(block),
    "jpeg, after others": lambda block: jpeg(
        block, [(0xE0, b"JFIF\0"), (0xE1, b"http://ns.adobe.com\0xmp"), (0xFE, b"")]
    ),
    "png": lambda block: png(block, [(b"IHDR", b"x" * 13)]),
    "png, at the end": lambda block: png(block, [(b"IHDR", b"x" * 13), (b"IDAT", b"y" * 1001)]),
    "webp": lambda block: webp(block, [(b"VP8X", b"x" * 10)]),
    "webp, after an odd chunk": lambda block: webp(block, [(b"VP8X", b"x" * 10), (b"VP8 ", b"y" * 333)]),
    "webp, with a head": lambda block: webp(b"Exif\0\0" + block, [(b"VP8 ", b"y" * 333)]),
}


@pytest.mark.parametrize("kind", MADE)
def test_a_picture_lies_where_exif_says_so(tmp_path, kind):
    path = tmp_path / "picture"
    for order in "<>":
        for value in range(1, 9):
            path.write_bytes(MADE[kind](tiff(value, order, extra=value % 3)))
            assert orientation.lies(path) is (value >= 5), (order, value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff\xe1\0\x01",
        jpeg(tiff(6))[:20],
        png(tiff(6))[:30],
        webp(tiff(6))[:24],
        jpeg(b"XX" + tiff(6)[2:]),
        jpeg(tiff(6)[:8]),
        b"GIF89a" + tiff(6),
    ],
)
def test_what_cant_be_read_is_upright(tmp_path, content):
    (tmp_path / "picture").write_bytes(content)
    assert orientation.lies(tmp_path / "picture") is False
