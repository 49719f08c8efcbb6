"""Pictures as they are sent, read by the service's own reader; a guide as it comes."""

from __future__ import annotations

import io
import json
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import torch
from PIL import Image

from backend.media.stills import SKY, read_depth
from integrations.comfyui import pictures
from integrations.comfyui.errors import TakeOneError

FRAMES, HEIGHT, WIDTH = 5, 18, 32


def test_a_depth_arrives_as_it_was(tmp_path: Path) -> None:
    depth = np.random.default_rng(5).uniform(0.3, 90.0, (18, 31)).astype(np.float32)
    depth[3, 4] = pictures.SKY
    (tmp_path / "depth.exr").write_bytes(pictures.exr(depth))
    found = read_depth(tmp_path / "depth.exr")
    np.testing.assert_array_equal(found, depth)
    assert found[3, 4] >= SKY
    assert pictures.exr(depth) == pictures.exr(depth.copy())


@pytest.mark.parametrize(
    ("meaning", "metres"),
    [
        (pictures.METRES, [pictures.SKY, 0.25, 0.75, 1.0]),
        (pictures.LINEAR, [2.0, 4.0, 8.0, 10.0]),
        (pictures.INVERSE, [10.0, 5.0, 2.5, 2.0]),
    ],
)
def test_each_kind_of_depth_means_its_metres(meaning: str, metres: list[float]) -> None:
    grey = np.array([[0.0, 0.25, 0.75, 1.0]], np.float32)[..., None].repeat(3, axis=2)
    np.testing.assert_allclose(pictures.metres(grey, meaning, 2.0, 10.0), [metres], rtol=1e-6)


def test_no_depth_is_none() -> None:
    with pytest.raises(TakeOneError, match="holds no distances"):
        pictures.metres(np.zeros((2, 2, 3), np.float32), pictures.METRES, 1.0, 2.0)
    with pytest.raises(TakeOneError, match="above 0 and below far, not 3 and 2 m"):
        pictures.metres(np.ones((2, 2, 3), np.float32), pictures.INVERSE, 3.0, 2.0)


def test_a_still_is_sent_level_for_level() -> None:
    levels = np.arange(6 * 7 * 3, dtype=np.uint8).reshape(6, 7, 3)
    alpha = torch.zeros(1, 6, 7, 1)
    image = torch.cat([torch.from_numpy(levels)[None] / 255.0, alpha], dim=3)
    data = pictures.png(pictures.one_picture(image, "image"))
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(data))), levels)
    beyond = np.array([[[-0.2, 0.5, 1.7], [np.nan, 0.2, 1.0]]], np.float32)
    assert list(Image.open(io.BytesIO(pictures.png(beyond))).tobytes()) == [0, 128, 255, 0, 51, 255]
    mask = pictures.png(pictures.one_picture(torch.full((1, 4, 4), 0.5), "mask"))
    assert Image.open(io.BytesIO(mask)).getpixel((2, 2)) == (128, 128, 128)
    with pytest.raises(TakeOneError, match="image holds 3 pictures, and one is needed"):
        pictures.one_picture(torch.zeros(3, 4, 4, 3), "image")


def film(frames: np.ndarray, form: str) -> bytes:
    data = io.BytesIO()
    with av.open(data, "w", "matroska") as out:
        stream: Any = out.add_stream("ffv1", rate=24)
        stream.height, stream.width, stream.pix_fmt = *frames.shape[1:3], "bgr0" if form == "rgb24" else form
        for frame in frames:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format=form)))
        out.mux(stream.encode(None))
    return data.getvalue()


def films() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(7)
    return {
        "warp.mkv": rng.integers(0, 256, (FRAMES, HEIGHT, WIDTH, 3), np.uint8),
        "mask.mkv": rng.choice(np.array([0, 255], np.uint8), (FRAMES, HEIGHT, WIDTH)),
        "depth.mkv": rng.integers(0, 65536, (FRAMES, HEIGHT, WIDTH), np.uint16),
    }


def guide(path: Path, packed: int = zipfile.ZIP_STORED, frames: int = FRAMES, width: int = WIDTH) -> Path:
    about = {"fps": 24000 / 1001, "size": [width, HEIGHT], "frames": [{"near": 1.0, "far": 9.0}] * frames}
    forms = {"warp.mkv": "rgb24", "mask.mkv": "gray", "depth.mkv": "gray16le"}
    with zipfile.ZipFile(path, "w", packed) as archive:
        archive.writestr("guide.json", json.dumps(about))
        for name, values in films().items():
            archive.writestr(name, film(values, forms[name]))
    return path


def test_a_guide_is_read_exactly(tmp_path: Path) -> None:
    found = pictures.read_guide(guide(tmp_path / "guide.zip"))
    made = films()
    assert (found.warp.shape, found.mask.shape) == ((FRAMES, HEIGHT, WIDTH, 3), (FRAMES, HEIGHT, WIDTH))
    assert found.depth.shape == (FRAMES, HEIGHT, WIDTH, 3)
    for frame in (0, 2, FRAMES - 1):
        np.testing.assert_array_equal(np.rint(found.warp[frame].numpy() * 255), made["warp.mkv"][frame])
        np.testing.assert_array_equal(found.mask[frame].numpy() * 255, made["mask.mkv"][frame])
        for channel in (0, 2):
            np.testing.assert_array_equal(
                np.rint(found.depth[frame, ..., channel].numpy() * 65535), made["depth.mkv"][frame]
            )
    assert Fraction(pictures.rate_of(found.about)).limit_denominator(1001) == Fraction(24000, 1001)
    assert [path.name for path in tmp_path.iterdir()] == ["guide.zip"]


@pytest.mark.parametrize(("said", "rate"), [("24000/1001", 24000 / 1001), (23.976, 23.976), (25, 25.0)])
def test_a_guide_says_its_rate(said: object, rate: float) -> None:
    assert pictures.rate_of({"fps": said}) == pytest.approx(rate, abs=1e-12)


@pytest.mark.parametrize("said", ["1e999999999", "0", "0.0/5", "24/0", "-24", "nan", "", None, "9999999"])
def test_a_rate_that_makes_no_sense_is_refused_at_once(said: object) -> None:
    with pytest.raises(TakeOneError, match="does not say its frame rate"):
        pictures.rate_of({"fps": said})


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"frames": FRAMES + 1}, "warp.mkv has 5 frames of 6"),
        ({"frames": FRAMES - 1}, "warp.mkv has other frames than guide.json says"),
        ({"width": WIDTH * 2}, "warp.mkv has other frames than guide.json says"),
        ({"packed": zipfile.ZIP_DEFLATED}, "warp.mkv is packed"),
        ({"width": 1 << 27}, "is not accepted: make it smaller"),
    ],
)
def test_a_guide_that_is_not_what_it_says_is_refused(changes: dict[str, int], why: str, tmp_path: Path) -> None:
    with pytest.raises(TakeOneError, match=why):
        pictures.read_guide(guide(tmp_path / "guide.zip", **changes))


def test_what_is_no_guide_is_refused(tmp_path: Path) -> None:
    (tmp_path / "guide.zip").write_bytes(b"<html>")
    with pytest.raises(TakeOneError, match="guide can't be read: File is not a zip file"):
        pictures.read_guide(tmp_path / "guide.zip")


@pytest.mark.parametrize(
    ("size", "frames", "why"),
    [
        ([1 << 15, 1 << 15], 1, "no item named"),
        ([1 << 15, (1 << 15) + 1], 1, "is not accepted"),
        ([1 << 14, 1 << 14], 4, "no item named"),
        ([1 << 14, 1 << 14], 5, "is not accepted: make it smaller"),
        ([1, 1], 1, "no item named"),
        ([0, 9], 1, "A guide of 1 frames of 0x9 is not accepted"),
        ([9, 9], 0, "A guide of 0 frames"),
    ],
)
def test_how_large_a_guide_may_be(size: list[int], frames: int, why: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "guide.zip", "w") as archive:
        archive.writestr("guide.json", json.dumps({"size": size, "frames": frames}))
    with pytest.raises(TakeOneError, match=why):
        pictures.read_guide(tmp_path / "guide.zip")
