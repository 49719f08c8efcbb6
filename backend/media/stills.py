"""Pictures and depth as they come from anywhere, read alike for every engine: what a viewer shows, and metres."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engines.engine import EngineError
from .cicp import coding_of
from .colour import in_srgb

if TYPE_CHECKING:
    from PIL import Image, ImageFile

# Of pictures that are read, and how their files end. Other decoders of Pillow start programs, or few look after them.
FORMATS = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}
MAX_PIXELS = 8192 * 8192
SKY = 1e9  # metres; what lies as far away is no surface
ORIENTATION = 0x0112  # in EXIF
LYING = {5, 6, 7, 8}  # orientations that exchange width and height
MIRRORED = "mirrored"  # the channel of what plane mirrors show
DEPTH_NAMES = ("V", "Z")  # what Blender and other programs call the distance along the camera's axis
GREY_NAMES = ("y", "depth", "distance")
NOT_GREY = {"X", "U", "RY", "BY"}  # beside a Y: that is of a vector, or of colours
BESIDE_V = {"U", "S"}  # of a vector on a surface, or of hue, saturation and value
# By themselves, as a layer's only channel, too.
NEVER = ("a", "r", "g", "b", "u", "x", "y", "z", "v", "alpha", "mask", "matte", "mist")
NO_METRES = ("disparity", "inverse", "normalised", "normalized")  # in the name of a channel or its layer


def read_still(path: Path) -> Image.Image:
    """The picture as a viewer shows it: upright, in sRGB, over black where it is transparent; mode RGB, 8 bits.

    Raises:
        EngineError: `still_unreadable`.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(path, formats=tuple(FORMATS)) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise ValueError(f"it has {opened.width} x {opened.height} pixels")
            profile, steps = opened.info.get("icc_profile"), _steps(opened)
            hidden = _hidden(path, opened)
            opened.load()
            if hidden is not None:
                opened.putalpha(hidden)
            turned = _orientation(opened) != 1
            picture = ImageOps.exif_transpose(opened) if turned else opened  # it would copy that, too
            return _opaque(in_srgb(_eight_bits(picture, steps), profile, opened.info, coding_of(path)))
    except (OSError, Image.DecompressionBombError, ValueError, SyntaxError) as error:
        message = f"The still could not be read: {error}."
        raise EngineError("still_unreadable", message, param="input_reference") from error


def upright_size(picture: Image.Image) -> tuple[int, int]:
    """Width and height of an opened picture as a viewer shows it, by its EXIF orientation."""
    width, height = picture.size
    return (width, height) if _orientation(picture) not in LYING else (height, width)


def _orientation(picture: Image.Image) -> int:
    """By the file's EXIF alone, as viewers and Blender's side go by it: Pillow's own reading also heeds XMP and the
    text chunks of old programs, which outlive a turn of the pixels."""
    from PIL import Image

    if picture.format == "PNG" and "exif" not in picture.info:
        picture.load()  # it may stand at the end
    exif = Image.Exif()
    exif.load(picture.info.get("exif", b""))
    said = exif.get(ORIENTATION, 1)
    return said if isinstance(said, int) else 1


def _steps(opened: ImageFile.ImageFile) -> int:
    """How many levels of 8 bits a level of the file is, before it is loaded: a PNG's grey may have 2 or 4 bits."""
    packing = opened.tile[0].args if opened.tile else None
    return {"L;2": 85, "L;4": 17}.get(packing if isinstance(packing, str) else "", 1)


def _hidden(path: Path, opened: ImageFile.ImageFile) -> Image.Image | None:
    """The alpha of a PNG of 16-bit colours, one of which is transparent; None for any other picture. Pillow reads only
    their high bytes, too few to tell that colour: as if they stood the other way round, it reads the low ones."""
    from PIL import Image

    if not opened.tile or opened.tile[0].args != "RGB;16B" or "transparency" not in opened.info:
        return None
    colour = opened.info.pop("transparency")
    with Image.open(path, formats=("PNG",)) as low:
        low.tile = [tile._replace(args="RGB;16L") for tile in low.tile]
        low.load()
        same = np.ones((opened.height, opened.width), bool)
        for channel, level in enumerate(colour):
            same &= np.asarray(opened.getchannel(channel)) == level >> 8
            same &= np.asarray(low.getchannel(channel)) == level & 255
    return Image.fromarray(np.where(same, 0, 255).astype(np.uint8))


def _eight_bits(picture: Image.Image, steps: int = 1) -> Image.Image:
    """Pillow cuts 16-bit grey off at 255 where it is asked for 8 bits, and takes the level that is transparent as the
    file counts it."""
    from PIL import Image

    if steps > 1 and isinstance(picture.info.get("transparency"), int):
        picture.info["transparency"] *= steps
    if picture.mode.startswith("I"):
        levels = np.asarray(picture)
        grey = Image.fromarray(np.clip(np.rint(levels / 257.0), 0, 255).astype(np.uint8))
        if "transparency" in picture.info:
            grey.putalpha(Image.fromarray(np.where(levels == picture.info["transparency"], 0, 255).astype(np.uint8)))
        return grey
    if picture.mode == "P" or "transparency" in picture.info:
        return picture.convert("RGBA")
    return picture


def _opaque(picture: Image.Image) -> Image.Image:
    from PIL import Image

    if picture.mode == "RGB":
        return picture
    if picture.mode not in ("RGBA", "LA", "PA", "RGBa", "La"):
        return picture.convert("RGB")
    picture = picture.convert("RGBA")
    black = Image.new("RGBA", picture.size, (0, 0, 0, 255))
    return Image.alpha_composite(black, picture).convert("RGB")


def read_depth(path: Path, param: str = "depth") -> np.ndarray:
    """`read_depths` without what mirrors show."""
    return read_depths(path, param)[0]


def read_depths(path: Path, param: str = "depth") -> tuple[np.ndarray, np.ndarray | None]:
    """Metres from the camera plane, float32 [height, width], as the EXR has them; sky is >= SKY. And, where it has
    any, those of what plane mirrors show, as long as the way of the light: 0 where there is no mirror.

    Raises:
        EngineError: `depth_unusable`: the file is no EXR, or what it holds is no depth.
    """
    import OpenEXR

    try:
        with OpenEXR.File(str(path), separate_channels=True) as file:
            channels, headers = channels_of(file), headers_of(file)
    except (RuntimeError, OSError, ValueError, TypeError) as error:
        raise _unusable(f"it could not be read as OpenEXR ({error})", param) from error
    name = depth_channel(channels, param)
    if channels[name].dtype.kind in "iu":
        raise _unusable("it holds whole numbers, as passes of things' numbers and millimetres do", param)
    depth, header = channels[name].astype(np.float32), headers[name]
    if depth.ndim != 2 or min(depth.shape) < 2:
        raise _unusable("it is no picture", param)
    depth = _of_frame(depth, header, param)
    if np.isnan(depth).any():
        raise _unusable("it holds values that are no numbers", param)
    if depth.min() < 0:
        raise _unusable("it holds negative distances; metres in front of the camera are needed", param)
    hit = depth < SKY
    if hit.any() and not (depth[hit] > 0).any():
        raise _unusable("it is zero everywhere", param)
    if hit.all() and depth.min() == depth.max() and depth.size > 4 and depth.max() in (0.0, 1.0):
        raise _unusable("it is the same everywhere", param)
    if depth.min() == 0.0 and depth[hit].max(initial=0.0) == 1.0:
        raise _unusable("it runs from 0 to 1, as pictures and normalised passes do; metres are needed", param)
    if MIRRORED not in channels:
        return depth, None
    mirrored = _of_frame(channels[MIRRORED].astype(np.float32), headers[MIRRORED], param)
    return depth, np.where(mirrored > 0, mirrored, np.float32(0)) if mirrored.shape == depth.shape else None


def check_frame(depth: tuple[int, ...], still: tuple[int, ...]) -> None:
    """A depth of another size [height, width] than the still's is fine if it shows the same frame.

    Raises:
        EngineError: `depth_unusable`.
    """
    if abs(depth[1] / depth[0] - still[1] / still[0]) > 0.02 * still[1] / still[0]:
        raise _unusable(f"it is {depth[1]} x {depth[0]} and the still is {still[1]} x {still[0]}", "depth")


def _of_frame(depth: np.ndarray, header: dict[str, Any], param: str) -> np.ndarray:
    """The depth of the whole frame: a file may hold only a part of it (its data window, as programs write it that
    crop), or more than it."""
    if "dataWindow" not in header or "displayWindow" not in header:
        return depth
    (left, top), (right, bottom) = ((int(one[0]), int(one[1])) for one in header["dataWindow"])
    (x, y), (end, last) = ((int(one[0]), int(one[1])) for one in header["displayWindow"])
    width, height = end - x + 1, last - y + 1
    if (left, top, right, bottom) == (x, y, end, last) or depth.shape != (bottom - top + 1, right - left + 1):
        return depth
    if not (min(width, height) > 1 and width * height <= MAX_PIXELS):
        raise _unusable(f"its frame has {width} x {height} pixels", param)
    whole = np.full((height, width), 10 * SKY, np.float32)
    rows, columns = slice(max(top, y), min(bottom, last) + 1), slice(max(left, x), min(right, end) + 1)
    if rows.start < rows.stop and columns.start < columns.stop:
        inside = depth[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
        whole[rows.start - y : rows.stop - y, columns.start - x : columns.stop - x] = inside
    return whole


def channels_of(file: Any) -> dict[str, np.ndarray]:
    """The channels of an opened OpenEXR.File by name; with its part's name where several parts have one of the name."""
    return {name: np.asarray(part.channels[own].pixels) for name, own, part in _named(file)}


def headers_of(file: Any) -> dict[str, dict[str, Any]]:
    """The header of each channel's part, by the channels' names as `channels_of` has them."""
    return {name: dict(part.header) for name, _, part in _named(file)}


def _named(file: Any) -> list[tuple[str, str, Any]]:
    found = [(part.name(), name, part) for part in file.parts for name in part.channels]
    times = Counter(name for _, name, _ in found)
    return [(f"{of}.{name}" if times[name] > 1 and of else name, name, part) for of, name, part in found]


def depth_channel(channels: dict[str, np.ndarray], param: str = "depth") -> str:
    """The channel that holds the depth: V or Z, one layer's Depth.Z or Depth.V, else the grey of a grey picture.

    Colours, alpha, mist, disparities and a part of a vector are never taken for metres.

    Raises:
        EngineError: `depth_unusable`, which names what is there.
    """
    there = ", ".join(sorted(channels)[:12]) or "none"
    channels = {name: held for name, held in channels.items() if not any(no in name.lower() for no in NO_METRES)}
    found = [name for name in sorted(channels) if _is_depth(name, channels)]
    named = [name for name in found if name.lower().split(".")[-2:-1] == ["depth"]]
    for candidates in ([name for name in found if "." not in name][:1], named, found):
        if len(candidates) == 1:
            return candidates[0]
    if found:
        which = ", ".join(found)
        raise _unusable(f"it has depth in several layers ({which}); save the one that belongs to the still", param)
    for name in sorted(channels, key=lambda one: one.lower() not in GREY_NAMES):
        if name.lower() in GREY_NAMES and not NOT_GREY.intersection(one.upper() for one in channels):
            return name
    if "R" in channels and all(np.array_equal(channels["R"], channels.get(name, channels["R"])) for name in "GB"):
        return "R"
    if len(channels) == 1 and (only := next(iter(channels))).lower().rpartition(".")[2] not in NEVER:
        return only
    raise _unusable(f"none of its channels is a depth (V, Z or a layer's Depth.Z); it has {there}", param)


def _is_depth(name: str, channels: dict[str, np.ndarray]) -> bool:
    """Whether a channel is a distance by its name: V or Z, but no vector's (with X and Y or U beside it), no
    colour's and no mist."""
    layer, dot, last = name.rpartition(".")
    beside = {other[len(layer + dot) :].upper() for other in channels if other.startswith(layer + dot)}
    is_vector = {"X", "Y"} <= beside if last.upper() == "Z" else bool(BESIDE_V & beside)
    return last.upper() in DEPTH_NAMES and not is_vector and layer.rpartition(".")[2].lower() != "mist"


def _unusable(why: str, param: str) -> EngineError:
    return EngineError("depth_unusable", f"The depth of the still cannot be used: {why}.", param=param)
