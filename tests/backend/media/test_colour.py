"""What a PNG says of its colours without a profile, and depth files that hold a part of their frame."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR
import pytest
from PIL import Image

from backend.jobs.inspection import inspect
from backend.media import colour
from backend.media.stills import SKY, read_depth, read_still

P3 = (0.3127, 0.3290, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06)
SRGB = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)


def png(path: Path, colour: tuple[int, int, int], *chunks: tuple[bytes, bytes], alpha: int | None = None) -> Path:
    """A picture of 4 x 2 with these chunks in front of its pixels."""
    mode, pixel = ("RGB", colour) if alpha is None else ("RGBA", (*colour, alpha))
    Image.new(mode, (4, 2), pixel).save(path)
    data = path.read_bytes()
    packed = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    ]
    path.write_bytes(data[:33] + b"".join(packed) + data[33:])
    return path


def gamma(value: float) -> tuple[bytes, bytes]:
    return b"gAMA", struct.pack(">I", round(value * 1e5))


def primaries(values: tuple[float, ...]) -> tuple[bytes, bytes]:
    return b"cHRM", struct.pack(">8I", *(round(value * 1e5) for value in values))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ([gamma(1.0)], 188),  # linear light, as some renderers write it
        ([gamma(0.45455)], 128),  # what sRGB is said to be
        ([gamma(0.22727)], 62),
        ([gamma(1.0), (b"sRGB", b"\0")], 128),
        ([gamma(0.0)], 128),
        ([gamma(0.45455), primaries(SRGB)], 128),
        ([primaries(P3)], 128),  # without a gamma it is not heard
        ([gamma(1.0), primaries((0.3127,) * 8)], 188),  # no primaries at all
        ([gamma(1.0), primaries((0.0,) * 8)], 188),
    ],
)
def test_the_gamma_of_a_png_counts(tmp_path: Path, said: list[tuple[bytes, bytes]], shown: int) -> None:
    assert read_still(png(tmp_path / "a.png", (128, 128, 128), *said)).getpixel((3, 1)) == (shown,) * 3


def test_the_primaries_of_a_png_count(tmp_path: Path) -> None:
    said = (gamma(0.45455), primaries(P3))
    # From Display P3 to sRGB in linear light: https://www.w3.org/TR/css-color-4/#color-conversion-code
    matrix = np.array([[1.22494, -0.22494, 0], [-0.042057, 1.042057, 0], [-0.019638, -0.078636, 1.098274]])
    light = np.clip(matrix @ (np.array([180, 90, 30]) / 255) ** 2.2, 0, 1)
    wanted = 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    shown = read_still(png(tmp_path / "a.png", (180, 90, 30), *said)).getpixel((1, 1))
    assert shown == pytest.approx(wanted, abs=1) and shown != pytest.approx((180, 90, 30), abs=5)
    grey = read_still(png(tmp_path / "b.png", (200, 200, 200), *said)).getpixel((1, 1))
    assert grey == pytest.approx((200,) * 3, abs=1)


def coded(*codes: int) -> tuple[bytes, bytes]:
    return b"cICP", bytes(codes)


@pytest.mark.parametrize(
    ("said", "given", "shown"),
    [
        ([coded(12, 13, 0, 1)], (200, 30, 40), (218, 0, 27)),  # Display P3
        ([coded(1, 13, 0, 1)], (200, 30, 40), (200, 30, 40)),
        ([coded(1, 1, 0, 1)], (200, 30, 40), (200, 30, 40)),  # as a film's frame says
        ([coded(9, 13, 0, 1)], (128, 150, 140), (111, 153, 139)),  # BT.2020
        ([coded(1, 8, 0, 1)], (128, 64, 255), (188, 137, 255)),  # linear light
        ([coded(1, 4, 0, 1)], (128, 64, 255), (129, 62, 255)),
        ([coded(1, 13, 0, 0)], (16, 126, 235), (0, 128, 255)),  # limited range
        ([coded(1, 16, 0, 1)], (148, 80, 255), (255, 69, 255)),  # PQ: its white is 203 cd/m2
        ([coded(1, 18, 0, 1)], (191, 95, 255), (254, 98, 255)),  # HLG: its white is three quarters
        ([coded(12, 13, 0, 1), gamma(1.0)], (200, 30, 40), (218, 0, 27)),  # goes before all others
        ([coded(2, 2, 0, 1), gamma(1.0)], (128, 128, 128), (188, 188, 188)),  # says nothing
        ([coded(1, 13, 1, 1)], (200, 30, 40), (200, 30, 40)),  # of luma and colour differences, which no PNG holds
        ([coded(12, 13, 0)], (200, 30, 40), (200, 30, 40)),
    ],
)
def test_the_code_points_of_a_png_count(tmp_path: Path, said, given, shown) -> None:
    assert read_still(png(tmp_path / "a.png", given, *said)).getpixel((3, 1)) == shown


def test_a_picture_with_code_points_keeps_its_transparency(tmp_path: Path) -> None:
    picture = png(tmp_path / "a.png", (255, 255, 255), coded(12, 13, 0, 1), alpha=64)
    assert read_still(picture).getpixel((0, 0)) == (64,) * 3


@pytest.mark.parametrize(("bits", "step"), [(2, 85), (4, 17)])
def test_the_transparent_level_of_a_grey_of_few_bits(tmp_path: Path, bits: int, step: int) -> None:
    levels = np.arange(4)
    row = bytes(np.packbits(np.unpackbits(levels.astype(np.uint8)[:, None], axis=1)[:, -bits:]))
    body = [
        (b"IHDR", struct.pack(">IIBBBBB", 4, 1, bits, 0, 0, 0, 0)),
        (b"tRNS", struct.pack(">H", 2)),
        (b"IDAT", zlib.compress(b"\0" + row)),
        (b"IEND", b""),
    ]
    chunks = [
        struct.pack(">I", len(one)) + name + one + struct.pack(">I", zlib.crc32(name + one)) for name, one in body
    ]
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    assert np.asarray(read_still(tmp_path / "a.png"))[0, :, 0].tolist() == [0, step, 0, 3 * step]


def test_what_is_transparent_stays_so_with_a_gamma(tmp_path: Path) -> None:
    path = png(tmp_path / "a.png", (128, 128, 128), gamma(1.0), alpha=0)
    assert read_still(path).getpixel((0, 0)) == (0, 0, 0)


def test_a_phones_jpeg_of_several_pictures_is_its_first(tmp_path: Path) -> None:
    shown, hidden = Image.new("RGB", (32, 16), (220, 30, 40)), Image.new("RGB", (8, 4), (0, 0, 0))
    shown.save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=[hidden], quality=98)
    assert inspect.picture(tmp_path / "a.jpg", "input_reference") == (".jpg", 32, 16)
    picture = read_still(tmp_path / "a.jpg")
    assert picture.size == (32, 16)
    assert np.abs(np.subtract(picture.getpixel((20, 9)), (220, 30, 40))).max() <= 3


@pytest.mark.parametrize(
    ("window", "frame", "corner", "middle"),
    [
        (((2, 1), (5, 3)), ((0, 0), (7, 4)), None, 5.0),  # cropped to what is there
        (((-1, -1), (6, 4)), ((0, 0), (5, 3)), 10.0, 28.0),  # more than the frame
        (((20, 1), (23, 3)), ((0, 0), (7, 4)), None, None),  # beside it
        (((10, 10), (13, 12)), ((10, 10), (13, 12)), 1.0, 11.0),
    ],
)
def test_a_depth_is_that_of_the_whole_frame(tmp_path: Path, window, frame, corner, middle) -> None:
    (left, top), (right, bottom) = window
    high, wide = bottom - top + 1, right - left + 1
    metres = np.arange(1, 1 + high * wide, dtype=np.float32).reshape(high, wide)
    windows = {"dataWindow": window, "displayWindow": frame}
    header: dict[str, Any] = {name: tuple(np.array(one, np.int32) for one in box) for name, box in windows.items()}
    OpenEXR.File(
        {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage, **header}, {"Z": metres}
    ).write(str(tmp_path / "z.exr"))
    depth = read_depth(tmp_path / "z.exr")
    (x, y), (end, last) = frame
    assert depth.shape == (last - y + 1, end - x + 1)
    for value, wanted in ((depth[0, 0], corner), (depth[2, 2], middle)):
        assert value >= SKY if wanted is None else value == wanted


@pytest.mark.parametrize(
    ("value", "level", "shown"),
    [
        (0.5, 13, 9),  # below the knee of the curve
        (0.5, 14, 10),
        (0.5, 16, 13),
        (0.5, 200, 206),
        (0.05, 240, 240),  # out of what is believed
        (0.0501, 240, 148),
        (4.99, 14, 197),
        (5.0, 14, 14),
        (0.431, 128, 124),  # beyond a twentieth from sRGB's own
        (0.432, 128, 128),
        (0.477, 128, 128),
        (0.478, 128, 134),
    ],
)
def test_a_gamma_to_the_level(tmp_path: Path, value: float, level: int, shown: int) -> None:
    assert read_still(png(tmp_path / "a.png", (level,) * 3, gamma(value))).getpixel((1, 1)) == (shown,) * 3


@pytest.mark.parametrize(("off", "counts"), [(0.0015, False), (0.004, True)])
def test_primaries_that_are_nearly_those_of_srgb_are_those(tmp_path: Path, off: float, counts: bool) -> None:
    said = (gamma(0.45455), primaries((*SRGB[:2], SRGB[2] + off, *SRGB[3:])))
    shown = read_still(png(tmp_path / "a.png", (250, 10, 10), *said)).getpixel((1, 1))
    assert (shown != (250, 10, 10)) is counts


def test_every_row_of_a_tall_picture_is_converted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colour, "ROWS", 2)
    levels = [10, 60, 128, 200, 250]
    Image.fromarray(np.array([[[level] * 3] * 4 for level in levels], np.uint8)).save(tmp_path / "tall.png")
    data = (tmp_path / "tall.png").read_bytes()
    name, body = gamma(1.0)
    chunk = struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    (tmp_path / "tall.png").write_bytes(data[:33] + chunk + data[33:])
    shown = read_still(tmp_path / "tall.png")
    assert [shown.getpixel((1, row))[0] for row in range(5)] == [56, 133, 188, 229, 253]
