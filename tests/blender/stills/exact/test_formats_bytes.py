"""Picture files by their bytes: where EXIF stands and what it says, an EXR's header and lines, a PNG's filters."""

from __future__ import annotations

import itertools
import struct
import zlib

import numpy as np
import pytest
from no_file import blender  # noqa: F401
from take_one.scene.stills.formats import exr, orientation, png
from take_one.scene.stills.formats import tiff as tiffs

# --- profile ---

SAID = bytes(16) + b"RGB " + bytes(range(50))


def with_profile(order="<", kind=7, many=70, at=38, kinds=1, cut=None):
    """A TIFF of a directory only, whose profile lies behind it."""
    entries = struct.pack(order + "HHIHH", 339, 3, 1, kinds, 0) + struct.pack(order + "HHII", 34675, kind, many, at)
    first = {"<": b"II", ">": b"MM"}[order] + struct.pack(order + "HIH", 42, 8, 2)
    return (first + entries + bytes(4) + SAID)[:cut]


def test_where_a_profile_stands_in_a_tiff_and_whether_it_fits(tmp_path):
    for data, found in (
        (with_profile(), (SAID, True)),
        (with_profile(">"), (SAID, True)),
        (with_profile(kind=1), (SAID, True)),
        (with_profile(many=30), (SAID[:30], True)),
        (with_profile(at=39, many=len(SAID) - 1), (SAID[1:], False)),  # of other colours
        (with_profile(kinds=3), (SAID, False)),
        (with_profile(kind=2), (b"", False)),
        (with_profile(many=(16 << 20) + 1), (b"", False)),
        (with_profile(at=0xFFFFFFFF), (b"", False)),
        (with_profile(cut=30), (b"", False)),
        (with_profile(cut=9), (b"", False)),
        (with_profile(cut=3), (b"", False)),
        (b"II\x2c\0" + with_profile()[4:], (b"", False)),
        (b"II\x2b\0" + b"\xff" * 40, (b"", False)),
        (b"\x89PNG" + with_profile(), (b"", False)),
        (b"", (b"", False)),
    ):
        (tmp_path / "a.tif").write_bytes(data)
        assert tiffs.profile(tmp_path / "a.tif") == found, data


# --- orientation ---


def tiff(order="<", value=6, tag=0x0112, kind=3, others=1, cut=None):
    """A TIFF block whose entry of the orientation comes after so many others."""
    first = b"II*\0" if order == "<" else b"MM\0*"
    entries = [(0x010F, 3, 1, 8)] * others + [(tag, kind, 1, value)]
    packed = b"".join(struct.pack(order + "HHIHH", *entry, 0) for entry in entries)
    return (first + struct.pack(order + "I", 8) + struct.pack(order + "H", len(entries)) + packed)[:cut]


def test_what_exif_says():
    for order, value, others in itertools.product("<>", range(1, 10), (0, 1, 3)):
        assert orientation._orientation(tiff(order, value, others=others)) == value


def test_what_says_nothing_is_upright():
    for block in (
        b"",
        b"II*\0",
        tiff()[:7],
        b"XX*\0" + tiff()[4:],
        tiff(tag=0x0113),
        tiff(kind=4),
        tiff(cut=-5),
        tiff(cut=9),
        b"II*\0\x08\0\0\0",
        b"II*\0\xff\xff\xff\xff" + tiff()[8:],
    ):
        assert orientation._orientation(block) == 1, block


def test_an_entry_may_be_the_last_byte_of_all():
    assert orientation._orientation(tiff(cut=-2)) == 6  # what comes behind the value is none of it
    assert orientation._orientation(b"II*\0\x08\0\0\0\0\0") == 1


def jpeg(*blocks):
    return b"\xff\xd8" + b"".join(struct.pack(">BBH", 0xFF, kind, 2 + len(data)) + data for kind, data in blocks)


EXIF = b"Exif\0\0" + tiff()


def test_where_exif_stands_in_a_jpeg():
    for data, found in (
        (jpeg((0xE1, EXIF)), True),
        (jpeg((0xE0, b"JFIF\0"), (0xE1, b"http://ns.adobe.com/xap/"), (0xE1, EXIF)), True),
        (jpeg((0xE2, EXIF)), False),
        (jpeg((0xDA, b"x"), (0xE1, EXIF)), False),
        (b"\xff\xd8\xff\xe0\0\1" + jpeg((0xE1, EXIF))[2:], False),  # of no length that there is
        (jpeg((0xE0, b""), (0xE1, EXIF)), True),
        (jpeg((0xE0, b"abc"))[:-1] + b"\0" + jpeg((0xE1, EXIF))[2:], True),
        (b"\xff\xd8\0" + jpeg((0xE1, EXIF))[2:], False),
        (b"\xff\xd8", False),
        (b"\xff\xd8\xff\xe1\0", False),
    ):
        assert orientation._exif(data) == (tiff() if found else b""), data


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + b"sum."


def test_where_exif_stands_in_a_png():
    for chunks, found in (
        ([chunk(b"eXIf", tiff())], tiff()),
        ([chunk(b"IHDR", bytes(13)), chunk(b"IDAT", b""), chunk(b"eXIf", tiff()), chunk(b"IEND", b"")], tiff()),
        ([chunk(b"tEXt", chunk(b"eXIf", b"x"))], b""),
        ([chunk(b"tEXt", b"abcde"), chunk(b"eXIf", b"")], b""),
        ([chunk(b"tEXt", b"abcde"), chunk(b"eXIf", b"ab")[:-4]], b"ab"),
        ([chunk(b"tEXt", b"abc"), b"\0\0\0\0eXI"], b""),
    ):
        assert orientation._exif(b"\x89PNG\r\n\x1a\n" + b"".join(chunks)) == found, chunks


def test_where_exif_stands_in_a_webp():
    def webp(*parts):
        body = b"".join(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in parts)
        return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body

    assert orientation._exif(webp((b"VP8X", bytes(10)), (b"VP8L", b"abc"), (b"EXIF", tiff()))) == tiff()
    assert orientation._exif(webp((b"EXIF", EXIF))) == tiff()
    assert orientation._exif(webp((b"VP8L", b"abcd"), (b"XMP ", EXIF))) == b""
    assert orientation._exif(webp((b"EXIF", EXIF)).replace(b"WEBP", b"WAVE")) == b""
    assert orientation._exif(b"RIFX" + webp((b"EXIF", EXIF))[4:]) == b""
    whole = webp((b"VP8L", b"ab"), (b"EXIF", b""))  # the last eight bytes are a chunk
    assert orientation._chunk(whole[:-1], 12, b"EXIF", "<", length_first=False) == b""
    assert orientation._chunk(webp((b"EXIF", b"ab")), 12, b"EXIF", "<", length_first=False) == b"ab"


def test_which_pictures_lie(tmp_path, monkeypatch):
    for value in range(11):
        (tmp_path / "a.jpg").write_bytes(jpeg((0xE1, b"Exif\0\0" + tiff(">", value))))
        assert orientation.lies(tmp_path / "a.jpg") is (value in (5, 6, 7, 8)), value
    (tmp_path / "a.jpg").write_bytes(jpeg((0xE1, EXIF)))
    monkeypatch.setattr(orientation, "MOST", 40)
    assert not orientation.lies(tmp_path / "a.jpg")


# --- EXR ---


def test_a_depth_is_written_as_the_format_says(tmp_path):
    depth = np.linspace(0.5, 9, 35 * 3, dtype=np.float32).reshape(35, 3)
    exr.write_depth(tmp_path / "d.exr", depth)
    data = (tmp_path / "d.exr").read_bytes()
    assert struct.unpack_from("<II", data) == (20000630, 2)
    attributes, at = exr._header(data)
    window = struct.pack("<4i", 0, 0, 2, 34)
    assert attributes == {
        "channels": b"V\0" + struct.pack("<iB3xii", 2, 0, 1, 1) + b"\0",
        "compression": b"\3",
        "dataWindow": window,
        "displayWindow": window,
        "lineOrder": b"\0",
        "pixelAspectRatio": struct.pack("<f", 1),
        "screenWindowCenter": struct.pack("<2f", 0, 0),
        "screenWindowWidth": struct.pack("<f", 1),
    }
    offsets = struct.unpack_from("<3Q", data, at)
    assert offsets[0] == at + 24
    rows = []
    for offset, end, top, high in zip(offsets, (*offsets[1:], len(data)), (0, 16, 32), (16, 16, 3), strict=True):
        first, size = struct.unpack_from("<ii", data, offset)
        assert (first, offset + 8 + size) == (top, end)
        raw = data[offset + 8 : end]
        if size < high * 12:
            split = np.frombuffer(zlib.decompress(raw), np.uint8).astype(int)
            split = (np.cumsum(split) - 128 * np.arange(len(split))).astype(np.uint8)
            half = (len(split) + 1) // 2
            whole = np.empty(len(split), np.uint8)
            whole[::2], whole[1::2] = split[:half], split[half:]
            raw = whole.tobytes()
        rows.append(np.frombuffer(raw, "<f4").reshape(high, 3))
    np.testing.assert_array_equal(np.concatenate(rows), depth)


def test_what_does_not_get_smaller_is_kept_as_it_is():
    noise = np.random.default_rng(1).integers(0, 256, 96, dtype=np.uint8).tobytes()
    assert exr._zip(noise) == noise
    assert len(exr._zip(bytes(96))) < 30


def test_names_that_blender_cuts_off():
    assert exr.is_named("v" * 60) and not exr.is_named("v" * 61)
    assert exr.is_named("\u00e9" * 30) and not exr.is_named("\u00e9" * 30 + "v")
    assert list(exr._depth_names("View")) == ["View.Depth.Z", "View.Depth.Z"]
    assert list(exr._depth_names("v" * 58)) == ["v" * 58 + ".Depth.Z", "v" * 58 + ".Depth"]
    assert list(exr._depth_names("v" * 61)) == ["v" * 61 + ".Depth.Z"]
    assert (exr.BACKGROUND, exr.ZIP_ROWS, exr.NAME) == (1e10, 16, 64)


def test_the_channels_of_a_file_in_its_order():
    packed = b"".join(
        name + b"\0" + struct.pack("<iB3xii", kind, 0, 1, 1) for name, kind in ((b"A.R", 1), (b"B\xff", 0), (b"Z", 2))
    )
    found = exr._channels(packed + b"\0" + b"more")
    assert found == [("A.R", np.dtype("<f2")), ("B\ufffd", np.dtype("<u4")), ("Z", np.dtype("<f4"))]


# --- PNG ---


def picture(path, pixels, colour, extra=(), parts=1, kinds=None):
    """A PNG by hand: uint8 [h, w, channels], its lines unfiltered (or of `kinds`), its pixels in so many chunks."""
    height, width = pixels.shape[:2]
    kinds = np.zeros(height, np.uint8) if kinds is None else kinds
    lines = zlib.compress(b"".join(bytes([kind]) + row.tobytes() for kind, row in zip(kinds, pixels, strict=True)))
    step = -(-len(lines) // parts)
    blocks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)), *extra]
    blocks += [(b"IDAT", lines[at : at + step]) for at in range(0, len(lines), step)] + [(b"IEND", b"")]
    packed = b"".join(struct.pack(">I", len(b)) + a + b + struct.pack(">I", zlib.crc32(a + b)) for a, b in blocks)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + packed)
    return path


def read(path):
    """Chunks besides the pixels, and the pixels, of lines that are all of the filter by three neighbours."""
    data, at, others, lines = path.read_bytes(), 8, [], b""
    while at < len(data):
        length, kind = struct.unpack_from(">I", data, at)[0], data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", data, at + 8 + length)[0] == zlib.crc32(kind + body)
        others, lines = (others, lines + body) if kind == b"IDAT" else ([*others, (kind, body)], lines)
        at += 12 + length
    width, height, _, colour = struct.unpack_from(">IIBB", others[0][1])
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    told = np.frombuffer(zlib.decompress(lines), np.uint8).reshape(height, 1 + width * channels)
    assert (told[:, 0] == 4).all()
    values = np.zeros((height + 1, width + 1, channels), int)
    for y, x, c in np.ndindex(height, width, channels):
        left, up, corner = int(values[y + 1, x, c]), int(values[y, x + 1, c]), int(values[y, x, c])
        guess = min((abs(up - corner), 0, left), (abs(left - corner), 1, up), (abs(left + up - 2 * corner), 2, corner))
        values[y + 1, x + 1, c] = (int(told[y, 1 + x * channels + c]) + guess[2]) % 256
    return others, values[1:, 1:]


@pytest.mark.parametrize(("colour", "channels"), [(0, 1), (2, 3), (4, 2), (6, 4)])
@pytest.mark.parametrize("rows", [3, 4, 512])
def test_a_part_of_each_kind_is_as_it_was(colour, channels, rows, tmp_path, monkeypatch):
    monkeypatch.setattr(png, "ROWS", rows)
    pixels = np.random.default_rng(colour).integers(0, 256, (11, 9, channels), dtype=np.uint8)
    extra = [(b"gAMA", b"\0\0\xb1\x8f"), (b"tEXt", b"a\0b")]
    picture(tmp_path / "a.png", pixels, colour, extra, parts=3)
    for box in ((0, 0, 9, 11), (2, 3, 7, 8), (8, 10, 9, 11), (0, 5, 1, 6), (3, 0, 9, 4)):
        png.cut_out(tmp_path / "a.png", box, tmp_path / "b.png")
        left, top, right, bottom = box
        others, found = read(tmp_path / "b.png")
        head = struct.pack(">IIBBBBB", right - left, bottom - top, 8, colour, 0, 0, 0)
        assert others == [(b"IHDR", head), *extra, (b"IEND", b"")]
        np.testing.assert_array_equal(found, pixels[top:bottom, left:right])


@pytest.mark.parametrize(
    "box", [(-1, 0, 5, 5), (0, -1, 5, 5), (5, 0, 5, 5), (0, 5, 5, 5), (0, 0, 10, 5), (0, 0, 5, 12)]
)
def test_a_box_lies_within_the_picture(box, tmp_path):
    picture(tmp_path / "a.png", np.zeros((11, 9, 3), np.uint8), 2)
    with pytest.raises(ValueError, match=r"^a\.png has 9 x 11 pixels: too few\.$"):
        png.cut_out(tmp_path / "a.png", box, tmp_path / "b.png")
    assert not (tmp_path / "b.png").exists()


@pytest.mark.parametrize(("depth", "colour", "interlaced"), [(16, 2, 0), (4, 0, 0), (8, 3, 0), (8, 2, 1), (8, 5, 0)])
def test_other_kinds_are_not_read(depth, colour, interlaced, tmp_path):
    picture(tmp_path / "a.png", np.zeros((2, 2, 3), np.uint8), 2)
    head = struct.pack(">IIBBBBB", 2, 2, depth, colour, 0, 0, interlaced)
    data = bytearray((tmp_path / "a.png").read_bytes())
    data[16:33] = head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    (tmp_path / "a.png").write_bytes(data)
    with pytest.raises(ValueError, match=r"^a\.png is of a kind of PNG that is not read here\.$"):
        png.cut_out(tmp_path / "a.png", (0, 0, 1, 1), tmp_path / "b.png")


def test_too_few_lines_and_a_filter_that_there_is_not(tmp_path):
    pixels = np.zeros((5, 4, 1), np.uint8)
    picture(tmp_path / "a.png", pixels, 0, kinds=[0, 1, 2, 3, 4])
    png.cut_out(tmp_path / "a.png", (0, 0, 4, 5), tmp_path / "b.png")
    picture(tmp_path / "a.png", pixels, 0, kinds=[0, 1, 5, 3, 4])
    with pytest.raises(ValueError, match=r"^The PNG is damaged\.$"):
        png.cut_out(tmp_path / "a.png", (0, 0, 4, 5), tmp_path / "c.png")
    data = bytearray(picture(tmp_path / "a.png", pixels, 0).read_bytes())
    head = struct.pack(">IIBBBBB", 4, 6, 8, 0, 0, 0, 0)  # a line more than there is
    data[16:33] = head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    (tmp_path / "a.png").write_bytes(data)
    png.cut_out(tmp_path / "a.png", (0, 0, 4, 5), tmp_path / "d.png")
    with pytest.raises(ValueError, match=r"^The PNG ends early\.$"):
        png.cut_out(tmp_path / "a.png", (0, 0, 4, 6), tmp_path / "e.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.png", "d.png"]


def test_which_neighbour_a_pixel_is_expected_by():
    left, up, corner = (np.array(one, np.int16) for one in ([9, 5, 7, 4, 9], [2, 8, 7, 6, 7], [2, 8, 7, 5, 8]))
    # left + up - corner is 9, 5, 7, 5, 8: the left, the left, all alike, neither of two, the corner
    assert png._paeth(left, up, corner).tolist() == [9, 5, 7, 5, 8]
    assert left.tolist() == [9, 5, 7, 4, 9] and up.tolist() == [2, 8, 7, 6, 7]


@pytest.mark.parametrize(
    ("kept", "says"), [(0, "ends early"), (4, "ends early"), (7, "ends early"), (8, "is damaged"), (20, "is damaged")]
)
def test_a_file_that_breaks_off_in_a_chunk_or_between_two(kept, says, tmp_path):
    data = picture(tmp_path / "a.png", np.zeros((5, 4, 1), np.uint8), 0).read_bytes()
    (tmp_path / "a.png").write_bytes(data[: 33 + kept])  # behind the head: length, name, pixels, sum
    with pytest.raises(ValueError, match=rf"^The PNG {says}\.$"):
        png.cut_out(tmp_path / "a.png", (0, 0, 4, 5), tmp_path / "b.png")
    (tmp_path / "a.png").write_bytes(data[:-2] + b"\0\0")
    with pytest.raises(ValueError, match=r"^The PNG is damaged\.$"):
        png.cut_out(tmp_path / "a.png", (0, 0, 4, 5), tmp_path / "b.png")
