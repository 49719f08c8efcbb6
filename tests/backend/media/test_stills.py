"""Pictures and depth from elsewhere: what a viewer shows, and metres."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from backend.engines.engine import EngineError
from backend.jobs.inspection import inspect
from backend.media import stills
from backend.media.stills import SKY, depth_channel, read_depth, read_still

RED, GREEN, BLUE = (200, 40, 40), (40, 200, 40), (40, 40, 200)
# Where a viewer shows the stored picture's top left corner, for each EXIF orientation.
CORNERS = {
    1: "top left",
    2: "top right",
    3: "bottom right",
    4: "bottom left",
    5: "top left",
    6: "top right",
    7: "bottom right",
    8: "bottom left",
}


def saved(picture: Image.Image, path: Path, **options: object) -> Path:
    picture.save(path, **options)
    return path


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_upright_and_so_is_its_size(tmp_path: Path, suffix: str, orientation: int) -> None:
    lying = Image.new("RGB", (64, 32), RED)
    lying.paste(BLUE, (0, 0, 16, 8))
    exif = Image.Exif()
    exif[0x0112] = orientation
    lossless = {".jpg": {"quality": 100, "subsampling": 0}, ".webp": {"lossless": True}}.get(suffix, {})
    path = saved(lying, tmp_path / f"a{suffix}", exif=exif, **lossless)
    size = (64, 32) if orientation <= 4 else (32, 64)
    assert inspect.picture(path, "still")[1:] == size
    shown = read_still(path)
    assert shown.size == size
    corners = {
        "top left": (2, 2),
        "top right": (size[0] - 3, 2),
        "bottom left": (2, size[1] - 3),
        "bottom right": (size[0] - 3, size[1] - 3),
    }
    blue = [name for name, place in corners.items() if np.abs(np.subtract(shown.getpixel(place), BLUE)).max() < 12]
    assert blue == [CORNERS[orientation]]


def test_16_bit_grey_keeps_its_middle_and_its_ends(tmp_path: Path) -> None:
    ramp = np.array([[0, 128, 257, 32768, 65280, 65535]] * 4, np.uint16)
    shown = np.asarray(read_still(saved(Image.fromarray(ramp), tmp_path / "a.png")))
    assert shown.shape == (4, 6, 3)
    assert shown[0, :, 1].tolist() == [0, 0, 1, 128, 254, 255]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_black_and_what_is_half_is_darker(tmp_path: Path, mode: str) -> None:
    picture = Image.new("RGBA", (3, 2), (255, 255, 255, 255))
    picture.putpixel((1, 0), (255, 255, 255, 0))
    if mode == "P":
        picture = picture.quantize(4)
    else:
        picture.putpixel((2, 0), (200, 200, 200, 128))
        picture = picture.convert(mode)
    shown = read_still(saved(picture, tmp_path / "a.png"))
    assert shown.getpixel((0, 0)) == (255, 255, 255)
    assert shown.getpixel((1, 0)) == (0, 0, 0)
    if mode != "P":
        assert shown.getpixel((2, 0)) == (100, 100, 100)


def test_a_colour_that_is_transparent_by_a_chunk(tmp_path: Path) -> None:
    picture = Image.new("RGB", (2, 1), RED)
    picture.putpixel((1, 0), GREEN)
    shown = read_still(saved(picture, tmp_path / "a.png", transparency=GREEN))
    assert (shown.getpixel((0, 0)), shown.getpixel((1, 0))) == (RED, (0, 0, 0))


def test_a_grey_of_16_bits_that_is_transparent(tmp_path: Path) -> None:
    picture = Image.fromarray(np.array([[1000, 40000, 65535]], np.uint16))
    shown = read_still(saved(picture, tmp_path / "a.png", transparency=40000))
    assert [shown.getpixel((x, 0))[0] for x in range(3)] == [4, 0, 255]


def test_a_colour_of_16_bits_that_is_transparent_and_none_that_is_nearly_it(tmp_path: Path) -> None:
    hidden, near, white = (32900, 16450, 49345), (32900, 16450, 49346), (65535, 65534, 65535)
    rows = b"".join(b"\0" + struct.pack(">9H", *row) for row in (hidden + near + white, white + hidden + near))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 3, 2, 16, 2, 0, 0, 0)),
        (b"tRNS", struct.pack(">3H", *hidden)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    packed = (struct.pack(">I", len(data)) + kind + data for kind, data in chunks)
    data = b"".join(one + struct.pack(">I", zlib.crc32(one[4:])) for one in packed)
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + data)
    black, shown, brightest = [0, 0, 0], [128, 64, 192], [255, 255, 255]
    assert np.asarray(read_still(tmp_path / "a.png")).tolist() == [
        [black, shown, brightest],
        [brightest, black, shown],
    ]


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_there_is_not_turns_nothing(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(Image.new("RGB", (64, 32), RED), tmp_path / "a.jpg", exif=exif)
    assert inspect.picture(path, "still")[1:] == read_still(path).size == (64, 32)


XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>"""


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp"])
def test_viewers_pass_over_an_orientation_in_xmp(tmp_path: Path, suffix: str) -> None:
    """It is left behind where a program turns the pixels and writes EXIF anew, or none."""
    picture = Image.new("RGB", (64, 32), RED)
    options: dict[str, Any] = {"xmp": XMP}
    if suffix == ".png":
        options = {"pnginfo": PngImagePlugin.PngInfo()}
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", XMP.decode())
    path = saved(picture, tmp_path / f"a{suffix}", **options)
    with Image.open(path) as opened:
        assert opened.getexif()[0x0112] == 6
    assert inspect.picture(path, "still")[1:] == read_still(path).size == (64, 32)
    exif = Image.Exif()
    exif[0x0112] = 8
    path = saved(picture, tmp_path / f"b{suffix}", exif=exif, **options)
    assert inspect.picture(path, "still")[1:] == read_still(path).size == (32, 64)


def turned_primaries() -> bytes:
    """A profile whose red is sRGB's green, its green sRGB's blue, its blue sRGB's red: the tags have changed places."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {bytes(data[at : at + 4]): at for at in range(132, 132 + 12 * int.from_bytes(data[128:132], "big"), 12)}
    places = [tags[name] + 4 for name in (b"rXYZ", b"gXYZ", b"bXYZ")]
    entries = [bytes(data[at : at + 8]) for at in places]
    for place, entry in zip(places, (*entries[1:], entries[0]), strict=True):
        data[place : place + 8] = entry
    return bytes(data)


@pytest.mark.parametrize(("suffix", "mode"), [(".jpg", "RGB"), (".png", "RGB"), (".webp", "RGB"), (".png", "P")])
def test_an_embedded_profile_counts(tmp_path: Path, suffix: str, mode: str) -> None:
    profile = turned_primaries()
    lossless = {".jpg": {"quality": 100, "subsampling": 0}, ".webp": {"lossless": True}}.get(suffix, {})
    picture = Image.new("RGB", (16, 16), RED)
    picture = picture.quantize(4) if mode == "P" else picture
    path = saved(picture, tmp_path / f"a{suffix}", icc_profile=profile, **lossless)
    assert np.abs(np.subtract(read_still(path).getpixel((8, 8)), GREEN)).max() <= 4


def test_an_srgb_profile_changes_nothing(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    pixels = np.random.default_rng(1).integers(0, 256, (24, 32, 3), np.uint8)
    path = saved(Image.fromarray(pixels), tmp_path / "a.png", icc_profile=profile)
    assert np.array_equal(np.asarray(read_still(path)), pixels)


def test_a_profile_that_is_none_is_left_out(tmp_path: Path) -> None:
    path = saved(Image.new("RGB", (4, 4), RED), tmp_path / "a.png", icc_profile=b"not a profile")
    assert read_still(path).getpixel((1, 1)) == RED


def test_a_file_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.png").write_bytes(b"\x89PNG\r\n\x1a\nnot a picture")
    with pytest.raises(EngineError) as failure:
        read_still(tmp_path / "b.png")
    assert (failure.value.code, failure.value.param) == ("still_unreadable", "input_reference")


METRES = np.linspace(1.5, 9.0, 12, dtype=np.float32).reshape(3, 4)
ALPHA = np.ones((3, 4), np.float32)
GREY = np.full((3, 4), 0.5, np.float32)


def exr(path: Path, *parts: dict[str, np.ndarray]) -> Path:
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    made = [OpenEXR.Part({**header, "name": f"part{at}"}, channels) for at, channels in enumerate(parts)]
    OpenEXR.File(made).write(str(path))
    return path


@pytest.mark.parametrize(
    "parts",
    [
        [{"V": METRES}],
        [{"Z": METRES}],
        [{"R": METRES, "G": METRES, "B": METRES, "A": ALPHA}],
        [{"Y": METRES}],
        [{"ViewLayer.Combined.A": ALPHA, "ViewLayer.Combined.R": GREY, "ViewLayer.Depth.Z": METRES}],
        [{"ViewLayer.Combined.A": ALPHA, "ViewLayer.Combined.R": GREY}, {"ViewLayer.Depth.Z": METRES}],
        [{"R": GREY, "G": GREY, "B": GREY, "A": ALPHA, "Z": METRES}],
        [{"depth.z": METRES, "R": GREY, "G": METRES, "B": GREY}],
        [{"V.Depth.Z": METRES, "V.Mist.Z": GREY, "V.Normal.X": GREY, "V.Normal.Y": GREY, "V.Normal.Z": GREY}],
        [{"V.Depth.Z": METRES, "V.Denoising Depth.Z": GREY}],
        [{"R": METRES, "G": GREY, "B": GREY, "Depth": METRES}],
        [{"Z": METRES, "UV.U": GREY, "UV.V": ALPHA}],
    ],
    ids=[
        "V",
        "Z",
        "grey",
        "Y",
        "layer",
        "part",
        "colour and Z",
        "small",
        "mist and normal",
        "denoising",
        "large",
        "places",
    ],
)
def test_the_depth_is_found(tmp_path: Path, parts: list[dict[str, np.ndarray]]) -> None:
    path = exr(tmp_path / "d.exr", *parts)
    assert inspect.depth(path) == (".exr", 4, 3)
    assert np.array_equal(read_depth(path), METRES)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([{"A": ALPHA}], "it has A"),
        ([{"ViewLayer.Combined.A": ALPHA}], "it has ViewLayer.Combined.A"),
        ([{"R": METRES, "G": GREY, "B": GREY}], "it has B, G, R"),
        ([{"Near.Depth.Z": METRES, "Far.Depth.Z": METRES}], r"several layers \(Far.Depth.Z, Near.Depth.Z\)"),
        ([{"Z": METRES}, {"Z": GREY}], r"several layers \(part0.Z, part1.Z\)"),
        ([{"ViewLayer.Mist.Z": GREY}], "it has ViewLayer.Mist.Z"),
        ([{"N.X": GREY, "N.Y": GREY, "N.Z": METRES}], "it has N.X, N.Y, N.Z"),
        ([{"X": GREY, "Y": METRES, "Z": METRES, "A": ALPHA}], "it has A, X, Y, Z"),
        ([{"ViewLayer.Mist.X": GREY, "ViewLayer.Mist.Y": GREY}], "it has ViewLayer.Mist.X, ViewLayer.Mist.Y"),
        ([{"ViewLayer.UV.U": GREY, "ViewLayer.UV.V": METRES, "ViewLayer.UV.A": ALPHA}], "it has ViewLayer.UV.A, View"),
        ([{"H": GREY, "S": GREY, "V": METRES}], "it has H, S, V"),
        ([{"Y": METRES, "U": GREY, "V": GREY}], "it has U, V, Y"),
        ([{"mist": METRES}], "it has mist"),
        ([{"left.Z": METRES, "right.Z": METRES}], r"several layers \(left.Z, right.Z\)"),
    ],
)
def test_what_is_no_depth_is_refused_by_what_is_there(
    tmp_path: Path, parts: list[dict[str, np.ndarray]], words: str
) -> None:
    path = exr(tmp_path / "d.exr", *parts)
    for read in (read_depth, inspect.depth):
        with pytest.raises(EngineError, match=words):
            read(path)


@pytest.mark.parametrize(
    ("depth", "words"),
    [
        (np.full((2, 2), 3.0), ""),
        (np.full((1, 4), 3.0), "no picture"),
        (np.full((4, 1), 3.0), "no picture"),
        (np.array([[1, 2], [3, np.nan]]), "no numbers"),
        (np.array([[1, 2], [3, -0.001]]), "negative"),
        (np.array([[0, 2], [3, 4]]), ""),
        (np.zeros((3, 3)), "zero everywhere"),
        (np.array([[0, 0], [0, 1e10]]), "zero everywhere"),
        (np.ones((3, 3)), "same everywhere"),
        (np.ones((2, 2)), ""),
        (np.full((3, 3), 2.0), ""),
        (np.full((3, 3), 1e10), ""),
        (np.array([[0, 0.25], [0.5, 1]]), "runs from 0 to 1, as pictures"),
        (np.array([[0, 0.25], [1, 1e10]]), "runs from 0 to 1, as pictures"),
        (np.array([[0.01, 0.25], [0.5, 1]]), ""),
        (np.array([[1000, 2500], [8000, 4000]], np.uint32), "whole numbers"),
        (np.array([[0, 0.25], [0.5, 1.01]]), ""),
        (np.array([[2, np.inf], [3, 4]]), ""),
        (np.array([[2, -np.inf], [3, 4]]), "negative"),
    ],
)
def test_what_can_be_a_depth_and_what_can_not(tmp_path: Path, depth: np.ndarray, words: str) -> None:
    path = exr(tmp_path / "d.exr", {"V": depth if depth.dtype == np.uint32 else depth.astype(np.float32)})
    if not words:
        assert np.array_equal(read_depth(path), depth.astype(np.float32))
        return
    with pytest.raises(EngineError, match=words) as caught:
        read_depth(path, "view_1_depth")
    assert (caught.value.code, caught.value.param) == ("depth_unusable", "view_1_depth")


def test_what_mirrors_show_is_of_the_depths_own_shape_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = METRES * 2
    shown[0, 1], shown[2, 3] = -1.0, np.nan
    depth, mirrored = stills.read_depths(exr(tmp_path / "a.exr", {"V": METRES, "mirrored": shown}))
    assert mirrored is not None and mirrored.dtype == np.float32
    np.testing.assert_array_equal(depth, METRES)
    np.testing.assert_array_equal(mirrored, np.where(np.isin(np.arange(12).reshape(3, 4), (1, 11)), 0, METRES * 2))
    assert stills.read_depths(exr(tmp_path / "b.exr", {"V": METRES}))[1] is None
    halved = {"V": METRES, "mirrored": np.ones((2, 2), np.float32)}  # every other pixel, as EXR may hold it
    monkeypatch.setattr(stills, "channels_of", lambda _: halved)
    monkeypatch.setattr(stills, "headers_of", lambda _: {"V": {}, "mirrored": {}})
    monkeypatch.setattr(stills, "_of_frame", lambda values, *_: values)
    assert stills.read_depths(tmp_path / "a.exr")[1] is None


def test_a_depth_that_was_cropped_in_a_part_of_its_own(tmp_path: Path) -> None:
    """Its part's window counts, not the first one's; and so does its size at the door."""
    frame = (np.array([10, 20], np.int32), np.array([15, 23], np.int32))
    held = (np.array([11, 20], np.int32), np.array([14, 22], np.int32))
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage, "displayWindow": frame}
    colours = OpenEXR.Part({**header, "dataWindow": frame, "name": "c"}, {"R": np.ones((4, 6), np.float32)})
    path = tmp_path / "d.exr"
    OpenEXR.File([colours, OpenEXR.Part({**header, "dataWindow": held, "name": "d"}, {"Z": METRES})]).write(str(path))
    wanted = np.full((4, 6), 10 * SKY, np.float32)
    wanted[:3, 1:5] = METRES
    assert np.array_equal(read_depth(path), wanted)
    assert inspect.depth(path) == (".exr", 4, 3)


@pytest.mark.parametrize("left", [3, 4, 5, 9, 15, 16, 17])
@pytest.mark.parametrize("top", [16, 17, 18, 23, 24, 25])
def test_the_window_of_a_depth_in_or_beside_its_frame(left: int, top: int) -> None:
    """A frame of 7 x 4 from (8, 20) on and a depth of 4 x 3: what lies in it is where it lies, the rest is sky."""
    windows = {"dataWindow": ((left, top), (left + 3, top + 2)), "displayWindow": ((8, 20), (14, 23))}
    header = {name: [np.array(one) for one in ends] for name, ends in windows.items()}
    wanted = np.full((4, 7), 10 * SKY, np.float32)
    for row, column in np.ndindex(3, 4):
        y, x = top + row - 20, left + column - 8
        if 0 <= y < 4 and 0 <= x < 7:
            wanted[y, x] = METRES[row, column]
    assert np.array_equal(stills._of_frame(METRES, header, "depth"), wanted)


def test_what_is_no_png_jpeg_or_webp_is_not_decoded_whatever_its_name(tmp_path: Path) -> None:
    disguised = tmp_path / "x.png"
    Image.new("RGB", (8, 4), RED).save(disguised, format="GIF")
    with pytest.raises(EngineError, match="could not be read"):
        read_still(disguised)


@pytest.mark.parametrize(
    ("names", "channel"),
    [
        ("Z ViewLayer.Depth.Z", "Z"),  # a part without a layer's name comes first
        ("V Z", "V"),
        ("X Z", "Z"),  # a vector has all three
        ("a.X a.Z b.Depth.Z", "b.Depth.Z"),
        ("a.X a.Y a.Z b.Z", "b.Z"),
        ("a.Z a.mist.Z", "a.Z"),
        ("a.Depth.V b.Z", "a.Depth.V"),
        ("Y", "Y"),
        ("distance id", "distance"),
        ("Z disparity.Z", "Z"),
        ("disparity.Z a.Z", "a.Z"),
        ("a.metres", "a.metres"),
    ],
)
def test_which_channel_is_the_depth(names: str, channel: str) -> None:
    assert depth_channel({name: np.full((2, 2), index) for index, name in enumerate(names.split())}) == channel


@pytest.mark.parametrize("names", ["a.Z b.Z", "X Y Z", "Y RY BY", "Y X", "mist.Z", "A", "a.a", "a.Depth.Z b.Depth.Z",
    "disparity", "Disparity.V", "a.InverseDepth.Z", "depth_normalized", "b.Normalised.Z"])  # fmt: skip
def test_which_channel_is_none(names: str) -> None:
    with pytest.raises(EngineError) as refused:
        depth_channel({name: np.full((2, 2), index) for index, name in enumerate(names.split())}, "view_2_depth")
    assert (refused.value.code, refused.value.param) == ("depth_unusable", "view_2_depth")


def test_what_is_as_far_as_the_sky_is_no_surface(tmp_path: Path) -> None:
    depth = np.zeros((4, 4), np.float32)
    depth[0, 0] = SKY
    with pytest.raises(EngineError, match="zero everywhere"):
        read_depth(exr(tmp_path / "a.exr", {"V": depth}))
    depth[0, 0] = SKY / 2
    assert read_depth(exr(tmp_path / "b.exr", {"V": depth})).max() == SKY / 2


def test_a_picture_may_have_so_many_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(Image.new("RGB", (30, 20), RED), tmp_path / "a.png")
    monkeypatch.setattr(stills, "MAX_PIXELS", 600)
    assert read_still(path).size == (30, 20)
    monkeypatch.setattr(stills, "MAX_PIXELS", 599)
    with pytest.raises(EngineError, match="30 x 20 pixels"):
        read_still(path)
