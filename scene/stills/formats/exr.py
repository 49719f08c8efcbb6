"""Depth to and from OpenEXR files, with numpy alone: Blender's Python ships no EXR library on every version.

Format: https://openexr.com/en/latest/OpenEXRFileLayout.html
"""

from __future__ import annotations

import mmap
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ....client.files import mode_beside, write_whole

MAGIC = 20000630
BACKGROUND = 1e10  # Blender's own depth of nothing
PIXEL_TYPES: dict[int, np.dtype[Any]] = {0: np.dtype("<u4"), 1: np.dtype("<f2"), 2: np.dtype("<f4")}
ZIP_ROWS = 16
NAME = 64  # bytes of a channel's name that Blender 4 writes
MIRRORED = "mirrored"  # the channel of what is seen in mirrors
PARTS = {  # what a view layer's channels of a render of the depth are called, here and in Blender 4
    "depth": ("Depth.Z",),
    "along": ("Denoising Depth.Z",),
    "number": ("Material Index.X", "IndexMA.X"),
    "x": ("Normal.X",),
    "y": ("Normal.Y",),
    "z": ("Normal.Z",),
}


class Passes(NamedTuple):
    """Of a view layer, float32 [height, width] each: its depth, how far rays went, which materials they met, and
    the normals [3, height, width] there."""

    depth: np.ndarray
    along: np.ndarray
    number: np.ndarray
    normal: np.ndarray


def write_depth(path: Path, depth: np.ndarray, mirrored: np.ndarray | None = None) -> None:
    """Write float32 [height, width] metres as a ZIP-compressed EXR of the channel V, and as a second one, MIRRORED,
    those of what mirrors show. Written aside, then renamed."""
    height, width = depth.shape
    rows = np.stack([depth] if mirrored is None else [depth, mirrored], 1).astype("<f4")  # a row of each channel
    names = (b"V",) if mirrored is None else (b"V", MIRRORED.encode())
    channels = b"".join(name + b"\0" + struct.pack("<iB3xii", 2, 0, 1, 1) for name in names)
    window = struct.pack("<4i", 0, 0, width - 1, height - 1)
    header = (
        struct.pack("<II", MAGIC, 2)
        + b"".join(
            (
                _attribute("channels", "chlist", channels + b"\0"),
                _attribute("compression", "compression", b"\x03"),
                _attribute("dataWindow", "box2i", window),
                _attribute("displayWindow", "box2i", window),
                _attribute("lineOrder", "lineOrder", b"\0"),
                _attribute("pixelAspectRatio", "float", struct.pack("<f", 1)),
                _attribute("screenWindowCenter", "v2f", struct.pack("<2f", 0, 0)),
                _attribute("screenWindowWidth", "float", struct.pack("<f", 1)),
            )
        )
        + b"\0"
    )
    chunks = []
    for top in range(0, height, ZIP_ROWS):
        packed = _zip(rows[top : top + ZIP_ROWS].tobytes())
        chunks.append(struct.pack("<ii", top, len(packed)) + packed)
    offsets = len(header) + 8 * len(chunks) + np.cumsum([0, *map(len, chunks[:-1])])
    write_whole(path, header + offsets.astype("<u8").tobytes() + b"".join(chunks), mode_beside(path.parent))


def read_depth(path: Path, layers: tuple[str, ...] = ()) -> np.ndarray | None:
    """The nearest depth over these view layers (none named: over all) of an uncompressed single-part EXR, float32
    [height, width].

    None where none of them has a depth pass, or only one whose name Blender 4 cut off too soon (see `is_named`).

    Raises:
        ValueError: the file is not such an EXR.
    """
    wanted, depth = {name for layer in layers for name in _depth_names(layer)}, None
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for name, channel in _read(data, path.name):
            if name in wanted if wanted else name.endswith("Depth.Z"):
                layer = channel()
                depth = layer if depth is None else np.minimum(depth, layer)
    return depth


def read_passes(path: Path, layers: tuple[str, ...]) -> list[Passes]:
    """Of those of these view layers that have all of them, from a file as `read_depth` takes it.

    Raises:
        ValueError: the file is not such an EXR.
    """
    parts = {f"{layer}.{name}": (layer, part) for layer in layers for part, names in PARTS.items() for name in names}
    found: dict[str, dict[str, np.ndarray]] = {layer: {} for layer in layers}
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for name, channel in _read(data, path.name):
            if name in parts:
                layer, part = parts[name]
                found[layer][part] = channel()
    whole = [one for one in found.values() if len(one) == len(PARTS)]
    return [Passes(one["depth"], one["along"], one["number"], np.stack([one[k] for k in "xyz"])) for one in whole]


def is_whole(path: Path) -> bool:
    """Whether an uncompressed single-part EXR has all of its rows. Raises OSError."""
    with path.open("rb") as file:
        try:
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                attributes, position = _header(data)
                _, top, _, bottom = struct.unpack("<4i", attributes["dataWindow"])
                offsets = struct.unpack_from(f"<{bottom - top + 1}Q", data, position)
                (size,) = struct.unpack_from("<i", data, max(offsets) + 4)
                return bool(min(offsets) > 0 and max(offsets) + 8 + size <= len(data))
        except (ValueError, IndexError, KeyError, struct.error, OverflowError):
            return False


def is_named(layer: str) -> bool:
    """Whether enough is left of "Depth" behind the name of a view layer, in a channel's name that Blender 4 cuts off,
    to tell it from all other passes."""
    return len(f"{layer}.Dep".encode()) <= NAME


def _depth_names(layer: str) -> Iterator[str]:
    whole = f"{layer}.Depth.Z"
    yield whole
    if is_named(layer):
        yield whole.encode()[:NAME].decode()


def _read(data: mmap.mmap, file_name: str) -> Iterator[tuple[str, Callable[[], np.ndarray]]]:
    """The channels by name, each with what reads it as float32 [height, width]."""
    magic, version = struct.unpack_from("<II", data)
    if magic != MAGIC or version & 0x1A00:  # tiled, deep or of several parts
        raise ValueError(f"{file_name} is not a single-part scan-line EXR")
    attributes, position = _header(data)
    if attributes["compression"] != b"\0":
        raise ValueError(f"{file_name} is compressed")
    left, top, right, bottom = struct.unpack("<4i", attributes["dataWindow"])
    width, height = right - left + 1, bottom - top + 1
    offsets = struct.unpack_from(f"<{height}Q", data, position)

    def channel(start: int, kind: np.dtype[Any]) -> np.ndarray:
        size = width * kind.itemsize
        raw = b"".join(data[offset + start : offset + start + size] for offset in offsets)
        return np.frombuffer(raw, kind).reshape(height, width).astype(np.float32)

    start = 8
    for name, kind in _channels(attributes["channels"]):
        yield name, partial(channel, start, kind)
        start += width * kind.itemsize


def _attribute(name: str, kind: str, value: bytes) -> bytes:
    return name.encode() + b"\0" + kind.encode() + b"\0" + struct.pack("<i", len(value)) + value


def _zip(raw: bytes) -> bytes:
    """OpenEXR's ZIP: even bytes, then odd bytes, each as the difference to the one before, deflated."""
    flat = np.frombuffer(raw, np.uint8)
    split = np.concatenate((flat[::2], flat[1::2]))
    split[1:] = np.diff(split) + np.uint8(128)
    packed = zlib.compress(split.tobytes(), 4)
    return packed if len(packed) < len(raw) else raw


def _header(data: mmap.mmap) -> tuple[dict[str, bytes], int]:
    """The attributes' values by name, and where the line offsets begin."""
    attributes: dict[str, Any] = {}
    position = 8
    while data[position]:
        name_end = data.find(b"\0", position)
        kind_end = data.find(b"\0", name_end + 1)
        if not position < name_end < kind_end:
            raise ValueError("The header of the EXR ends early.")
        (size,) = struct.unpack_from("<i", data, kind_end + 1)
        value = kind_end + 5
        attributes[data[position:name_end].decode()] = data[value : value + size]
        position = value + size
    return attributes, position + 1


def _channels(packed: bytes) -> list[tuple[str, np.dtype[Any]]]:
    """Names and types in file order."""
    result = []
    position = 0
    while packed[position]:
        end = packed.index(b"\0", position)
        (kind,) = struct.unpack_from("<i", packed, end + 1)
        result.append((packed[position:end].decode(errors="replace"), PIXEL_TYPES[kind]))  # may be cut in a letter
        position = end + 17
    return result
