"""The colours of pictures from anywhere, in sRGB: by the code points of a PNG, by an embedded profile, or by what a PNG
says of its gamma and its primaries."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .cicp import Coding

if TYPE_CHECKING:
    from PIL import Image, ImageCms

ROUNDING = 2  # levels
ROWS = 256  # that are converted at a time
SRGB = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)  # x, y of white, red, green, blue


def in_srgb(
    picture: Image.Image, profile: bytes | None, said: Mapping[Any, Any], coding: Coding | None = None
) -> Image.Image:
    """The picture converted from the `coding` of its colours, else from its embedded profile, else from what a PNG's
    chunks say (`said`, Pillow's info); as it is where there is nothing, or what does not fit it."""
    from PIL import Image, ImageCms

    if coding is not None:
        return _shown(picture, coding.light, _between(coding.primaries))
    if not profile:
        return _from_chunks(picture, said)
    alpha = picture.getchannel("A") if picture.mode in ("RGBA", "LA") else None
    plain = (
        picture.convert("RGB") if picture.mode == "RGBA" else picture.convert("L") if picture.mode == "LA" else picture
    )
    try:
        given, srgb = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
        transform = ImageCms.buildTransform(given, srgb, plain.mode, "RGB", intent)
    except (ImageCms.PyCMSError, OSError):
        return picture
    if plain.mode == "RGB" and _keeps(transform):
        return picture
    converted = ImageCms.applyTransform(plain, transform)
    assert isinstance(converted, Image.Image)
    if alpha is not None:
        converted.putalpha(alpha)
    return converted


def _keeps(transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether a transform is that of sRGB itself, in whatever words its profile says so: rounding apart, nothing
    changes."""
    from PIL import Image, ImageCms

    levels = np.linspace(0, 255, 9).astype(np.uint8)
    colours = np.stack(np.meshgrid(levels, levels, levels), -1).reshape(27, 27, 3)
    shown = ImageCms.applyTransform(Image.fromarray(colours), transform)
    return int(np.abs(np.asarray(shown).astype(int) - colours).max()) <= ROUNDING


def _from_chunks(picture: Image.Image, said: Mapping[Any, Any]) -> Image.Image:
    """By gAMA and cHRM (https://www.w3.org/TR/png-3/, 11.3.2), as browsers read them: where a PNG says sRGB, that goes
    before them, and cHRM needs gAMA."""
    gamma, primaries = float(said.get("gamma") or 0), said.get("chromaticity")
    if "srgb" in said or not 0.05 < gamma < 5:
        return picture
    to_srgb = _between(primaries) if primaries and len(primaries) == 8 else None
    if to_srgb is None and abs(gamma * 2.2 - 1) < 0.05:
        return picture
    return _shown(picture, (np.arange(256) / 255) ** (1 / gamma), to_srgb)


def _shown(picture: Image.Image, linear: np.ndarray, to_srgb: np.ndarray | None) -> Image.Image:
    """By the light of the 256 levels, of primaries from which `to_srgb` leads; what is beyond sRGB is cut."""
    alpha = picture.getchannel("A") if picture.mode in ("RGBA", "LA") else None
    plain = np.asarray(picture.convert("RGB"))
    shown = np.empty_like(plain)
    for top in range(0, len(plain), ROWS):
        light = linear[plain[top : top + ROWS]]
        light = np.clip(light if to_srgb is None else light @ to_srgb.T, 0, 1)
        curve = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
        shown[top : top + ROWS] = np.rint(curve * 255)
    return _with_alpha(shown, alpha)


def _with_alpha(colours: np.ndarray, alpha: Image.Image | None) -> Image.Image:
    from PIL import Image

    picture = Image.fromarray(colours)
    if alpha is not None:
        picture.putalpha(alpha)
    return picture


def _between(primaries: Sequence[float]) -> np.ndarray | None:
    """From linear light of these primaries (white, red, green, blue; x and y each) to that of sRGB, 3x3; None where
    they are sRGB's or none at all."""
    if np.allclose(primaries, SRGB, atol=2e-3):
        return None
    try:
        matrix = np.linalg.solve(_to_xyz(SRGB), _to_xyz(primaries))
    except (np.linalg.LinAlgError, ZeroDivisionError):
        return None
    return matrix / matrix.sum(axis=1, keepdims=True)  # white stays white, whichever it is


def _to_xyz(primaries: Sequence[float]) -> np.ndarray:
    x, y = np.array(primaries[0::2]), np.array(primaries[1::2])
    if (y <= 0).any():
        raise ZeroDivisionError
    columns = np.stack((x / y, np.ones(4), (1 - x - y) / y))
    return columns[:, 1:] * np.linalg.solve(columns[:, 1:], columns[:, 0])
