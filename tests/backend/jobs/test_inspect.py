"""The check of pictures and EXRs by itself: both sides of each limit, and nothing of their names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenEXR
import pytest
from PIL import Image

from backend.engines.engine import EngineError
from backend.jobs.inspection import inspect


def save(path: Path, size: tuple[int, int], kind: str = "PNG", **options: object) -> Path:
    Image.new("RGB", size, (200, 100, 50)).save(path, kind, **options)
    return path


def exr(path: Path, width: int, height: int, channels: int = 1, corner: tuple[int, int] = (0, 0)) -> Path:
    names = ["V", "A", "B", "G"][:channels]
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    header["dataWindow"] = (
        np.array(corner, np.int32),
        np.array((corner[0] + width - 1, corner[1] + height - 1), np.int32),
    )
    OpenEXR.File(header, {name: np.full((height, width), 2.0, np.float32) for name in names}).write(str(path))
    return path


def refused(call: object, *values: object) -> EngineError:
    with pytest.raises(EngineError) as caught:
        call(*values)  # type: ignore[operator]
    assert caught.value.code == "invalid_file"
    return caught.value


@pytest.mark.parametrize(("kind", "suffix"), [("PNG", ".png"), ("JPEG", ".jpg"), ("WEBP", ".webp")])
def test_the_kind_is_that_of_the_content(tmp_path: Path, kind: str, suffix: str) -> None:
    assert inspect.file("picture", save(tmp_path / "a.part", (40, 30), kind), "view_1") == (suffix, 40, 30)


def test_a_picture_may_have_so_many_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspect, "MAX_PIXELS", 40 * 30)
    assert inspect.picture(save(tmp_path / "a", (30, 40)), "depth")[1:] == (30, 40)
    error = refused(inspect.picture, save(tmp_path / "a", (41, 30)), "last_frame")
    assert (error.param, error.fix) == ("last_frame", "smaller_size") and "last_frame is 41x30" in error.message


def test_an_animation_is_refused(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), (index, 0, 0)) for index in (0, 200)]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:])
    assert "animation" in refused(inspect.picture, tmp_path / "a.webp", "still").message


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF"])
def test_other_kinds_are_refused(tmp_path: Path, kind: str) -> None:
    assert (
        "not a PNG, JPEG or WebP" in refused(inspect.picture, save(tmp_path / "a.png", (8, 8), kind), "still").message
    )


@pytest.mark.parametrize("kept", [0.5, 0.9])
def test_a_picture_that_breaks_off_is_refused(tmp_path: Path, kept: float) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (48, 64, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(data[: int(len(data) * kept)])
    assert refused(inspect.picture, tmp_path / "a.png", "still").param == "still"


def test_an_exr_is_measured_by_its_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = exr(tmp_path / "a", 7, 5, corner=(3, 2))
    assert inspect.file("depth", path, "view_1_depth") == (".exr", 7, 5)
    monkeypatch.setattr(inspect, "MAX_PIXELS", 35)
    assert inspect.depth(path) == (".exr", 7, 5)
    monkeypatch.setattr(inspect, "MAX_PIXELS", 34)
    assert refused(inspect.depth, path, "view_1_depth").fix == "smaller_size"


def test_all_channels_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = exr(tmp_path / "a", 7, 5, channels=3)
    monkeypatch.setattr(inspect, "MAX_BYTES", 7 * 5 * 3 * 4)
    assert inspect.depth(path) == (".exr", 7, 5)
    monkeypatch.setattr(inspect, "MAX_BYTES", 7 * 5 * 3 * 4 - 1)
    assert "7x5" in refused(inspect.depth, path).message


def test_all_parts_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large one may come after a small one."""
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    frame = (np.array([0, 0], np.int32), np.array([6, 4], np.int32))
    small, large = ({"name": name, "displayWindow": frame, **header} for name in ("small", "large"))
    parts = [OpenEXR.Part(small, {"Z": np.ones((2, 2), np.float32)}), OpenEXR.Part(large, {"A": np.ones((5, 7), "f4")})]
    OpenEXR.File(parts).write(str(tmp_path / "a.exr"))
    monkeypatch.setattr(inspect, "MAX_PIXELS", 35)
    monkeypatch.setattr(inspect, "MAX_BYTES", (4 + 35) * 4)
    assert inspect.depth(tmp_path / "a.exr") == (".exr", 2, 2)
    monkeypatch.setattr(inspect, "MAX_BYTES", (4 + 35) * 4 - 1)
    assert "2x2" in refused(inspect.depth, tmp_path / "a.exr").message
    monkeypatch.setattr(inspect, "MAX_PIXELS", 34)
    assert "7x5" in refused(inspect.depth, tmp_path / "a.exr").message


@pytest.mark.parametrize("content", [b"", b"\x76\x2f\x31", b"PNG", b"\x76\x2f\x31\x01" + b"x" * 99])
def test_what_is_no_exr_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.exr").write_bytes(content)
    assert refused(inspect.depth, tmp_path / "a.exr", "depth").param == "depth"


def test_an_exr_that_breaks_off_is_refused(tmp_path: Path) -> None:
    path = exr(tmp_path / "a.exr", 64, 48)
    path.write_bytes(path.read_bytes()[:-40])
    refused(inspect.depth, path)
