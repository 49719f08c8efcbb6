"""Depth from an EXR of several layers, byte by byte: the nearest of those asked for, from the right channel."""

from __future__ import annotations

import os
import struct
import zlib

import numpy as np
import pytest
from no_file import blender  # noqa: F401
from take_one.scene.stills.formats import exr

NEAR = np.array([[1, 9, 3], [7, 2, 8]], np.float32)
FAR = np.array([[5, 4, 6], [1, 9, 2]], np.float32)
OTHER = np.full((2, 3), 0.5, np.float32)
KINDS = {np.dtype("<f2"): 1, np.dtype("<f4"): 2, np.dtype("<u4"): 0}


def attribute(name: str, kind: str, value: bytes) -> bytes:
    return name.encode() + b"\0" + kind.encode() + b"\0" + struct.pack("<i", len(value)) + value


def write(path, channels, compression=b"\0", flags=0, corner=(0, 0)):
    """An EXR of scan lines that are not compressed; channels in the order of their names, as the format wants."""
    channels = dict(sorted(channels.items()))
    height, width = next(iter(channels.values())).shape
    window = struct.pack("<4i", *corner, corner[0] + width - 1, corner[1] + height - 1)
    listed = b"".join(
        name.encode() + b"\0" + struct.pack("<iB3xii", KINDS[values.dtype], 0, 1, 1)
        for name, values in channels.items()
    )
    header = struct.pack("<II", 20000630, 2 | flags)
    header += attribute("channels", "chlist", listed + b"\0") + attribute("compression", "compression", compression)
    header += attribute("dataWindow", "box2i", window) + b"\0"
    lines = []
    for y in range(height):
        pixels = b"".join(values[y].tobytes() for values in channels.values())
        lines.append(struct.pack("<ii", corner[1] + y, len(pixels)) + pixels)
    at = len(header) + 8 * height
    offsets = [at + sum(map(len, lines[:y])) for y in range(height)]
    path.write_bytes(header + struct.pack(f"<{height}Q", *offsets) + b"".join(lines))
    return path


LAYERS = {
    "Back.Combined.R": OTHER,
    "Back.Depth.Z": FAR,
    "Front.Combined.A": OTHER.astype("<f2"),
    "Front.Depth.Z": NEAR,
    "Front.IndexOB.X": OTHER.astype("<u4"),
}


@pytest.mark.parametrize(
    ("layers", "wanted"),
    [(("Front",), NEAR), (("Back",), FAR), (("Front", "Back"), np.minimum(NEAR, FAR)), ((), np.minimum(NEAR, FAR)),
     (("Front", "Nobody"), NEAR)],
)  # fmt: skip
@pytest.mark.parametrize("corner", [(0, 0), (4, 7)])
def test_the_nearest_of_the_layers_that_are_in_the_picture(tmp_path, layers, wanted, corner):
    depth = exr.read_depth(write(tmp_path / "a.exr", LAYERS, corner=corner), layers)
    assert depth.dtype == np.float32
    np.testing.assert_array_equal(depth, wanted)


def test_half_floats_are_read_as_such(tmp_path):
    channels = {"A.Depth.Z": NEAR.astype("<f2"), "B.Depth.Z": FAR}
    np.testing.assert_array_equal(exr.read_depth(write(tmp_path / "a.exr", channels), ("A",)), NEAR)
    np.testing.assert_array_equal(exr.read_depth(write(tmp_path / "a.exr", channels), ("B",)), FAR)


def test_without_a_depth_pass_there_is_none(tmp_path):
    path = write(tmp_path / "a.exr", {"Front.Combined.R": OTHER, "Front.Mist.Z": OTHER})
    assert exr.read_depth(path) is None and exr.read_depth(path, ("Front",)) is None
    assert exr.read_depth(write(tmp_path / "a.exr", LAYERS), ("Depth",)) is None


@pytest.mark.parametrize(
    ("values", "says"),
    [({"compression": b"\3"}, "compressed"), ({"flags": 0x200}, "single-part"), ({"flags": 0x1000}, "single-part")],
)
def test_other_kinds_of_exr_are_refused(tmp_path, values, says):
    with pytest.raises(ValueError, match=says):
        exr.read_depth(write(tmp_path / "a.exr", LAYERS, **values))


@pytest.mark.parametrize("height", [1, 15, 16, 17, 40])
def test_what_is_written_is_read_by_blender(tmp_path, height):
    import bpy

    depth = np.random.default_rng(height).uniform(0.1, 90, (height, 7)).astype(np.float32)
    exr.write_depth(tmp_path / "d.exr", depth)
    image = bpy.data.images.load(str(tmp_path / "d.exr"))
    image.colorspace_settings.name = "Non-Color"
    assert tuple(image.size) == (7, height)
    read = np.empty(7 * height * image.channels, np.float32)
    image.pixels.foreach_get(read)
    np.testing.assert_array_equal(read.reshape(height, 7, image.channels)[::-1, :, 0], depth)
    assert [path.name for path in tmp_path.iterdir()] == ["d.exr"]


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
@pytest.mark.parametrize(("folder", "file"), [(0o750, 0o640), (0o700, 0o600), (0o775, 0o664)])
def test_it_is_as_open_to_others_as_its_folder(tmp_path, folder, file):
    tmp_path.chmod(folder)
    before = os.umask(0)
    try:
        exr.write_depth(tmp_path / "d.exr", NEAR)
    finally:
        os.umask(before)
    assert (tmp_path / "d.exr").stat().st_mode & 0o777 == file


@pytest.mark.parametrize("layer", ["k" * 56, "\u00fc" * 28, "k" * 59, "k" * 60])
def test_names_that_are_cut_off_are_known(tmp_path, layer):
    named = {
        f"{layer}.{name}".encode()[:64].decode(): values for name, values in (("Combined.R", OTHER), ("Depth.Z", FAR))
    }
    path = write(tmp_path / "a.exr", named)
    assert np.array_equal(exr.read_depth(path, (layer,)), FAR)
    assert exr.is_named(layer)


def test_a_name_that_may_be_another_pass_is_not_read(tmp_path):
    layer = "k" * 61
    assert exr.read_depth(write(tmp_path / "a.exr", {f"{layer}.De": OTHER}), (layer,)) is None
    assert not exr.is_named(layer)


def test_the_passes_that_tell_of_mirrors_are_of_the_layers_that_have_them(tmp_path):
    channels = {}
    for layer, number, first in (("A", "IndexMA.X", 1), ("B", "Material Index.X", 7), ("C", "IndexOB.X", 20)):
        names = ("Depth.Z", "Denoising Depth.Z", number, "Normal.X", "Normal.Y", "Normal.Z")
        channels |= {f"{layer}.{name}": NEAR + first + k for k, name in enumerate(names)}
    found = exr.read_passes(write(tmp_path / "a.exr", channels), ("B", "A", "C", "D"))
    assert len(found) == 2
    for passes, first in zip(found, (7, 1), strict=True):
        assert np.array_equal(np.stack([*passes[:3], *passes.normal]), np.stack([NEAR + first + k for k in range(6)]))
    assert exr.read_passes(write(tmp_path / "a.exr", LAYERS), ("Front", "Back")) == []


def test_what_mirrors_show_is_written_beside_the_depth(tmp_path):
    depth, mirrored = (np.random.default_rng(seed).uniform(0.1, 90, (19, 7)).astype(np.float32) for seed in (3, 4))
    exr.write_depth(tmp_path / "d.exr", depth, mirrored)
    data = (tmp_path / "d.exr").read_bytes()
    attributes, at = exr._header(data)
    assert [name for name, _ in exr._channels(attributes["channels"])] == ["V", "mirrored"]
    lines = []
    for offset, high in zip(struct.unpack_from("<2Q", data, at), (16, 3), strict=True):
        (size,) = struct.unpack_from("<i", data, offset + 4)
        raw = data[offset + 8 : offset + 8 + size]
        if size < high * 56:
            split = np.frombuffer(zlib.decompress(raw), np.uint8).astype(int)
            split = (np.cumsum(split) - 128 * np.arange(len(split))).astype(np.uint8)
            half = (len(split) + 1) // 2
            raw = np.stack([split[:half], split[half:]], 1).tobytes()
        lines.append(np.frombuffer(raw, "<f4").reshape(high, 2, 7))
    found = np.concatenate(lines)
    assert np.array_equal(found[:, 0], depth) and np.array_equal(found[:, 1], mirrored)
