"""Burn-ins drawn into an exported cut, read back frame by frame."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from backend.export.errors import ExportError
from backend.export.paper.burn import burn, draw
from client.protocol.edit import Edit
from client.protocol.edit.burn_in import BurnIn
from tests.backend.export.conftest import SIZE, clip


def read(path: Path) -> tuple[np.ndarray, float, tuple[int, ...]]:
    """Frames, seconds of sound, and how the colours are said to be."""
    with av.open(str(path)) as container:
        video, sound = container.streams.video[0], container.streams.audio[0]
        assert video.average_rate == 24
        context = video.codec_context
        colors = (int(context.colorspace), int(context.color_range), int(context.color_primaries))
        frames = np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video)]).astype(int)
        return frames, float((sound.duration or 0) * (sound.time_base or 0)), colors


def test_each_frame_says_what_it_is_and_the_rest_stays(film: Edit, tmp_path: Path) -> None:
    cut, out, told = tmp_path / "cut.mp4", tmp_path / "out.mp4", []
    clip(cut, (60, 90, 60), film.frames)
    template = BurnIn(*[""] * 5, bottom_right="{frame:3}")
    assert burn(film, cut, out, template, None, lambda done, total: told.append((done, total))) == []
    before, seconds, colors = read(cut)
    after, same_seconds, same_colors = read(out)
    assert after.shape == before.shape == (film.frames, SIZE[1], SIZE[0], 3)
    assert same_seconds == pytest.approx(seconds, abs=0.001) and same_colors == colors == (1, 1, 1)
    corner, rest = np.s_[:, SIZE[1] - 14 :, SIZE[0] // 2 :], np.s_[:, : SIZE[1] // 2, : SIZE[0] // 2]
    assert np.abs(after[rest] - before[rest]).mean() < 2.5
    assert (after[corner].max(axis=(1, 2, 3)) > 200).all() and (before[corner].max(axis=(1, 2, 3)) < 120).all()
    changes = np.abs(np.diff(after[corner], axis=0)).max(axis=(1, 2, 3))
    assert (changes > 40).all()  # another number on every frame
    assert told[-1] == (240, 240)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["cut.mp4", "out.mp4"]


def test_a_movie_that_is_not_the_cut_is_refused_and_nothing_is_left(film: Edit, tmp_path: Path) -> None:
    short = film.shots[0].takes[0].file
    assert short is not None
    with pytest.raises(ExportError, match="has 72 frames and the edit 240"):
        burn(film, short, tmp_path / "out.mp4", BurnIn())
    (tmp_path / "bad.mp4").write_bytes(b"no movie")
    with pytest.raises(ExportError, match="can't be read"):
        burn(film, tmp_path / "bad.mp4", tmp_path / "out.mp4", BurnIn())
    assert [file.name for file in tmp_path.iterdir()] == ["bad.mp4"]


class Marks:
    """Letters that are squares of 200, half of which shows."""

    def __init__(self, high: int, wide: int) -> None:
        self.made = np.full((high, wide, 4), (200, 200, 200, 0.5), np.float32)
        self.sizes: list[int] = []

    def picture(self, text: str, size: int) -> np.ndarray:
        self.sizes.append(size)
        return self.made


@pytest.mark.parametrize(
    ("place", "rows", "columns"),
    [
        ("top_left", (4, 10), (9, 29)),
        ("top_centre", (4, 10), (190, 210)),
        ("top_right", (4, 10), (371, 391)),
        ("bottom_left", (190, 196), (9, 29)),
        ("bottom_right", (190, 196), (371, 391)),
    ],
)
def test_a_text_lies_beside_the_margin_and_shows_what_is_below(place: str, rows: tuple, columns: tuple) -> None:
    frame = np.full((200, 400, 3), 100, np.uint8)
    marks = Marks(6, 20)
    made = draw(frame, {place: "x"}, marks)  # type: ignore[arg-type]
    assert marks.sizes == [9] and (frame == 100).all()
    expected = frame.copy()
    expected[slice(*rows), slice(*columns)] = 150
    np.testing.assert_array_equal(made, expected)
    large = draw(frame, {place: "x"}, Marks(300, 500))  # type: ignore[arg-type]
    assert (large == 150).all()
    draw(np.zeros((1000, 10, 3), np.uint8), {place: "x"}, marks)  # type: ignore[arg-type]
    assert marks.sizes == [9, 30]
