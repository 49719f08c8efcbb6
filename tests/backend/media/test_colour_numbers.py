"""The tables and curves of colours by their standards' numbers, what a profile may change, and cropped depth entire."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR
import pytest
from PIL import Image, ImageCms

from backend.engines.engine import EngineError
from backend.media import cicp, colour, stills
from backend.media.cicp import coding_of
from backend.media.colour import in_srgb
from backend.media.stills import SKY, check_frame, read_depth, read_still, upright_size

# ITU-T H.273, table 2: x and y of red, green, blue; and of white, which is D65 unless it says so.
TABLE = {
    1: ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060)),
    5: ((0.640, 0.330), (0.290, 0.600), (0.150, 0.060)),
    6: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070)),
    7: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070)),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + b"crc."


def png(path: Path, *chunks: bytes) -> Path:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    return path


def test_the_primaries_are_those_of_the_standard(tmp_path: Path) -> None:
    for code in range(24):
        found = coding_of(png(tmp_path / "a.png", chunk(b"cICP", bytes((code, 13, 0, 1)))))
        if code not in TABLE:
            assert found is None, code
            continue
        assert found is not None
        white = (0.314, 0.351) if code == 11 else (0.3127, 0.3290)
        assert found.primaries == tuple(part for pair in (white, *TABLE[code]) for part in pair), code


def test_the_transfers_are_those_of_the_standard(tmp_path: Path) -> None:
    def light(code: int) -> np.ndarray | None:
        found = coding_of(png(tmp_path / "a.png", chunk(b"cICP", bytes((1, code, 0, 1)))))
        return None if found is None else found.light

    known = {code: light(code) for code in range(24)}
    assert {code for code, one in known.items() if one is not None} == {1, 4, 5, 6, 8, 13, 14, 15, 16, 18}
    levels = np.arange(256) / 255
    srgb = [levels[k] / 12.92 if levels[k] <= 0.04045 else ((levels[k] + 0.055) / 1.055) ** 2.4 for k in range(256)]
    for code in (1, 6, 13, 14, 15):
        np.testing.assert_allclose(known[code], srgb, rtol=1e-12)
    for code, power in ((4, 2.2), (5, 2.8), (8, 1.0)):
        np.testing.assert_allclose(known[code], levels**power, rtol=1e-12)
    assert known[4][128] == pytest.approx(0.2195, abs=1e-4)  # type: ignore[index]


def test_light_of_high_range_is_that_of_its_recommendations() -> None:
    """ITU-R BT.2100, tables 4 and 5: cd/m2 of PQ and of HLG on a screen of 1000, worked out with 40 digits."""
    pq = {0.0: 0.0, 0.1: 0.32456559146, 0.25: 5.15417600983, 0.5: 92.2457089941, 0.75: 983.377855587, 1.0: 10_000.0}
    hlg = {0.0: 0.0, 0.25: 9.60529074460, 0.5: 50.6970284911, 0.50001: 50.6994620262, 0.75: 203.152145945}
    for code, wanted in ((16, pq), (18, {**hlg, 1.0: 1000.00003232})):
        shown = cicp._light(code, np.array(list(wanted)))
        assert shown is not None
        np.testing.assert_allclose(shown * 203, list(wanted.values()), rtol=1e-8, atol=1e-12)


def test_limited_range_goes_from_16_to_235(tmp_path: Path) -> None:
    found = coding_of(png(tmp_path / "a.png", chunk(b"cICP", bytes((1, 8, 0, 0)))))
    assert found is not None
    at = {0: 0, 16: 0, 17: 1 / 219, 126: 110 / 219, 234: 218 / 219, 235: 1, 255: 1}
    assert {level: found.light[level] for level in at} == pytest.approx(at)
    assert coding_of(png(tmp_path / "b.png", chunk(b"cICP", bytes((1, 8, 1, 0))))) is None


P3 = chunk(b"cICP", bytes((12, 13, 0, 1)))


@pytest.mark.parametrize(
    ("chunks", "found"),
    [
        ((P3,), True),
        ((chunk(b"IHDR", bytes(13)), chunk(b"gAMA", bytes(4)), P3), True),
        ((chunk(b"tEXt", b""), P3), True),
        ((chunk(b"tEXt", P3),), False),  # it is only told of
        ((chunk(b"IDAT", bytes(5)), P3), False),
        ((chunk(b"IEND", b""), P3), False),
        ((chunk(b"cICP", bytes((12, 13, 0))),), False),
        ((chunk(b"cICP", bytes((12, 13, 0, 1, 0))), P3), False),
        ((chunk(b"cICP", bytes((12, 13, 0, 1)))[:10],), False),  # breaks off
        ((chunk(b"cICP", bytes((12, 13, 0, 1)))[:7],), False),
        ((), False),
    ],
)
def test_where_the_code_points_stand(tmp_path: Path, chunks: tuple[bytes, ...], found: bool) -> None:
    assert (coding_of(png(tmp_path / "a.png", *chunks)) is not None) is found


def test_what_is_no_png_has_no_code_points_and_not_every_chunk_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.jpg").write_bytes(b"\x89PNG\r\n\x1a\r" + P3)
    assert coding_of(tmp_path / "a.jpg") is None
    monkeypatch.setattr(cicp, "MOST", 3)
    rest = [chunk(b"tEXt", b"a")] * 3
    assert coding_of(png(tmp_path / "a.png", *rest[:2], P3)) is not None
    assert coding_of(png(tmp_path / "b.png", *rest, P3)) is None


@pytest.mark.parametrize(("off", "kept"), [(0, True), (2, True), (-2, True), (3, False), (-3, False)])
def test_a_profile_that_is_srgb_but_for_rounding_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, off: int, kept: bool
) -> None:
    """One colour of those that are tried is shown `off` levels away, in blue."""
    asked: list[Any] = []

    def build(*given: Any) -> str:
        asked.append(given[2:])
        return "transform"

    def apply(picture: Image.Image, transform: str) -> Image.Image:
        asked.append((picture.size, transform))
        levels = np.array(picture).astype(int)
        levels[13, 14, 2] += off
        return Image.fromarray(levels.astype(np.uint8))

    monkeypatch.setattr(ImageCms, "buildTransform", build)
    monkeypatch.setattr(ImageCms, "applyTransform", apply)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = Image.new("RGB", (30, 20), (10, 20, 30))
    shown = in_srgb(picture, profile, {})
    assert (shown is picture) is kept
    assert shown.getpixel((14, 13)) == (10, 20, 30 if kept else 30 + off)
    tried = ((27, 27), "transform")
    wanted = [("RGB", "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC), tried]
    assert asked == (wanted if kept else [*wanted, ((30, 20), "transform")])


def test_all_colours_are_tried_of_a_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[np.ndarray] = []

    def apply(picture: Image.Image, _: object) -> Image.Image:
        tried.append(np.asarray(picture))
        return picture

    monkeypatch.setattr(ImageCms, "applyTransform", apply)
    assert colour._keeps("transform")  # type: ignore[arg-type]
    colours = {tuple(map(int, pixel)) for pixel in tried[0].reshape(-1, 3)}
    levels = {0, 31, 63, 95, 127, 159, 191, 223, 255}
    assert colours == {(red, green, blue) for red in levels for green in levels for blue in levels}


@pytest.mark.parametrize("mode", ["RGBA", "LA", "L"])
def test_a_profile_keeps_what_is_transparent(monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    modes: list[str] = []
    monkeypatch.setattr(ImageCms, "buildTransform", lambda *given: modes.append(given[2]))
    monkeypatch.setattr(ImageCms, "applyTransform", lambda picture, _: Image.new("RGB", picture.size, (1, 2, 3)))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    shown = in_srgb(Image.new("RGBA", (3, 2), (9, 9, 9, 77)).convert(mode), profile, {})
    assert (shown.mode, shown.getpixel((2, 1))) == (("RGB", (1, 2, 3)) if mode == "L" else ("RGBA", (1, 2, 3, 77)))
    assert modes == ["RGB" if mode == "RGBA" else "L"]
    monkeypatch.setattr(ImageCms, "buildTransform", lambda *_: (_ for _ in ()).throw(ImageCms.PyCMSError("no")))
    plain = Image.new(mode, (3, 2))
    assert in_srgb(plain, profile, {}) is plain


METRES = np.arange(1, 13, dtype=np.float32).reshape(3, 4)


@pytest.mark.parametrize(
    ("at", "frame", "rows", "columns"),
    [  # METRES' top left corner; the frame; and where in it which part of METRES lies
        ((12, 21), ((10, 20), (17, 25)), (slice(1, 4), slice(0, 3)), (slice(2, 6), slice(0, 4))),
        ((8, 19), ((10, 20), (13, 22)), (slice(0, 2), slice(1, 3)), (slice(0, 2), slice(2, 4))),
        ((12, 22), ((10, 20), (13, 23)), (slice(2, 4), slice(0, 2)), (slice(2, 4), slice(0, 2))),
        ((10, 20), ((10, 20), (11, 21)), (slice(0, 2), slice(0, 2)), (slice(0, 2), slice(0, 2))),
        ((14, 20), ((10, 20), (13, 22)), (slice(0, 0), slice(0, 0)), (slice(0, 0), slice(0, 0))),
        ((10, 23), ((10, 20), (13, 22)), (slice(0, 0), slice(0, 0)), (slice(0, 0), slice(0, 0))),
        ((7, 20), ((10, 20), (13, 22)), (slice(0, 3), slice(0, 3)), (slice(0, 1), slice(3, 4))),
    ],
)
def test_each_pixel_of_a_cropped_depth_lies_where_it_belongs(at, frame, rows, columns) -> None:
    header = {"dataWindow": (at, (at[0] + 3, at[1] + 2)), "displayWindow": frame}
    (x, y), (end, last) = frame
    wanted = np.full((last - y + 1, end - x + 1), 10 * SKY, np.float32)
    wanted[rows[0], columns[0]] = METRES[rows[1], columns[1]]
    np.testing.assert_array_equal(stills._of_frame(METRES, header, "depth"), wanted)
    for without in ("dataWindow", "displayWindow"):
        assert stills._of_frame(METRES, {without: header[without]}, "depth") is METRES
    other = {**header, "dataWindow": (at, (at[0] + 4, at[1] + 2))}  # not of the size that is held
    assert stills._of_frame(METRES, other, "depth") is METRES


@pytest.mark.parametrize(
    ("size", "most", "fine"), [((1, 9), 99, False), ((9, 1), 99, False), ((9, 2), 18, True), ((9, 2), 17, False)]
)
def test_a_frame_that_is_none_is_not_made(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], most: int, fine: bool
) -> None:
    monkeypatch.setattr(stills, "MAX_PIXELS", most)
    header = {"dataWindow": ((0, 0), (3, 2)), "displayWindow": ((0, 0), (size[0] - 1, size[1] - 1))}
    if fine:
        assert stills._of_frame(METRES, header, "depth").shape == size[::-1]
        return
    with pytest.raises(EngineError, match=rf"used: its frame has {size[0]} x {size[1]} pixels\.$") as refused:
        stills._of_frame(METRES, header, "view_3_depth")
    assert (refused.value.code, refused.value.param) == ("depth_unusable", "view_3_depth")


def test_how_far_a_depth_s_shape_may_be_from_the_still_s() -> None:
    for depth, still in (((100, 200), (50, 100)), ((100, 203), (100, 200)), ((100, 197), (100, 200))):
        check_frame(depth, still)
    for depth, still in (((100, 205), (100, 200)), ((100, 195), (100, 200)), ((200, 100), (100, 200))):
        with pytest.raises(
            EngineError, match=f"it is {depth[1]} x {depth[0]} and the still is {still[1]} x {still[0]}"
        ):
            check_frame(depth, still)


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"none")
    with pytest.raises(EngineError, match=r"^The still could not be read: cannot identify") as refused:
        read_still(tmp_path / "a.png")
    assert (refused.value.code, refused.value.param) == ("still_unreadable", "input_reference")
    (tmp_path / "a.exr").write_bytes(b"none")
    words = r"^The depth of the still cannot be used: it could not be read as OpenEXR \("
    with pytest.raises(EngineError, match=words) as refused:
        read_depth(tmp_path / "a.exr", "view_4_depth")
    assert (refused.value.code, refused.value.param) == ("depth_unusable", "view_4_depth")


def test_channels_of_several_parts_are_told_apart_and_have_their_own_headers(tmp_path: Path) -> None:
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    parts = [
        OpenEXR.Part({**header, "name": name, "comments": f"of {name}"}, channels)
        for name, channels in (("near", {"Z": METRES, "A": METRES + 1}), ("far", {"Z": METRES + 2}))
    ]
    OpenEXR.File(parts).write(str(tmp_path / "a.exr"))
    with OpenEXR.File(str(tmp_path / "a.exr"), separate_channels=True) as file:
        channels, headers = stills.channels_of(file), stills.headers_of(file)
    assert {name: float(one[0, 0]) for name, one in channels.items()} == {"A": 2.0, "near.Z": 1.0, "far.Z": 3.0}
    assert {name: one["comments"] for name, one in headers.items()} == {
        "A": "of near",
        "near.Z": "of near",
        "far.Z": "of far",
    }


def test_of_many_channels_a_dozen_are_named() -> None:
    many = {f"c{index:02}": np.full((2, 2), index) for index in range(14)}
    named = ", ".join(f"c{index:02}" for index in range(12))
    with pytest.raises(EngineError, match=rf"a layer's Depth\.Z\); it has {named}\.$"):
        stills.depth_channel(many)
    with pytest.raises(EngineError, match=r"it has none\.$"):
        stills.depth_channel({})


def test_a_picture_s_size_as_it_is_shown() -> None:
    for orientation in (None, *range(1, 10)):
        picture = Image.new("RGB", (30, 20))
        if orientation:
            exif = Image.Exif()
            exif[0x0112] = orientation
            picture.info["exif"] = exif.tobytes()
        assert upright_size(picture) == ((20, 30) if orientation in (5, 6, 7, 8) else (30, 20)), orientation


def test_white_stays_white_whichever_it_is() -> None:
    matrix = colour._between(cicp.PRIMARIES[11])
    assert matrix is not None
    np.testing.assert_allclose(matrix.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(colour._to_xyz(colour.SRGB).sum(axis=1), [0.950456, 1, 1.089058], rtol=1e-5)
    # From BT.2020 to BT.709: ITU-R BT.2087, table 2, the inverse
    wanted = [[1.660491, -0.587641, -0.072850], [-0.124550, 1.132900, -0.008349], [-0.018151, -0.100579, 1.118730]]
    np.testing.assert_allclose(colour._between(cicp.PRIMARIES[9]), wanted, atol=2e-6)  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [0, 2, 7, 9])
def test_primaries_are_eight_numbers_or_none(count: int) -> None:
    picture = Image.new("RGB", (2, 2), (200, 30, 40))
    p3 = (0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.5)
    assert colour._from_chunks(picture, {"gamma": 1 / 2.2, "chromaticity": p3[:count]}) is picture
    assert colour._from_chunks(picture, {"gamma": 1 / 2.2, "chromaticity": p3[:8]}).getpixel((0, 0)) != (200, 30, 40)


def test_planes_of_four_pixels_that_differ() -> None:
    """By BT.709-6, items 3.2 to 3.4, without rounding: luma of each, colour of the mean of all four."""
    from backend.media.planes import planar

    rgb = np.array([[(250, 10, 40), (30, 200, 90)], [(5, 60, 220), (120, 130, 70)]], np.uint8)
    luma = rgb @ np.array([0.2126, 0.7152, 0.0722])
    red, _, blue = rgb.reshape(4, 3).mean(0)
    wanted = [16 + 219 / 255 * luma, 128 + 224 / 255 * (blue - luma.mean()) / 1.8556,
              128 + 224 / 255 * (red - luma.mean()) / 1.5748]  # fmt: skip
    for plane, values in zip(planar(np.ascontiguousarray(rgb)).planes, wanted, strict=True):
        held = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
        np.testing.assert_allclose(held, np.broadcast_to(values, held.shape), atol=0.51)
    twice = np.tile(rgb, (2, 3, 1))
    for one, plane in zip(planar(np.ascontiguousarray(rgb)).planes, planar(twice).planes, strict=True):
        part = np.frombuffer(memoryview(one), np.uint8).reshape(one.height, one.line_size)[:, : one.width]
        held = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
        np.testing.assert_array_equal(held, np.tile(part, (2, 3)))
