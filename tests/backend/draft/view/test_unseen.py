"""What a path tells of surfaces that no view shows: views that show what is behind them do not show the frame."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.engines.draft import DraftEngine
from backend.engines.draft.shot import begin
from backend.engines.draft.view import picture
from backend.engines.draft.view.unseen import boxes, unseen_along
from backend.engines.engine import Clip
from backend.guide.guide import guide
from client.protocol import Camera, CameraPath
from client.protocol.camera import Rows
from tests.backend.draft.card import FOCAL, HEIGHT, WIDTH, key, request

NONE: Rows = ((0.0,),)
LEFT, HIGH = WIDTH // 4, HEIGHT // 2  # a cell of two rows of four


def first_cell(metres: float) -> Rows:
    """So far is what no view shows in the first of two rows of four cells."""
    return (metres, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0)


def made(scene: Path, *rows: Rows) -> tuple[Clip, list[np.ndarray]]:
    """A clip of four frames whose camera stands: what its keyframes tell, evenly in time."""
    times = np.linspace(0, 1, len(rows))
    keys = [replace(key(float(t)), unseen=told) for t, told in zip(times, rows, strict=True)]
    clip = DraftEngine().generate(request(scene, *keys), lambda *_: None, lambda: False)
    return clip, list(clip.frames)


def test_what_is_drawn_behind_it_is_not_seen_and_is_filled(scene: Path) -> None:
    """The wall is at 6 m. Each frame is by what is told nearest in time."""
    clip, frames = made(scene, NONE, first_cell(4.0))
    assert clip.facts["unseen"] == 0.0625  # an eighth of half the frames
    assert any(note.startswith("6 % of the picture is guessed") and "From 0.2 s on" in note for note in clip.notes)
    still = np.asarray(Image.open(scene / "still.png")).astype(int)
    off = np.abs(np.array(frames).astype(int) - still).max(-1)
    assert off[:2].max() <= 1 and off[2:, HIGH:].max() <= 1 and off[2:, :HIGH, LEFT:].max() <= 1
    filled = frames[3][:HIGH, :LEFT].astype(int)
    assert np.median(off[3, :HIGH, :LEFT]) > 10
    assert np.abs(np.diff(filled, axis=1)).mean() < 0.5 * np.abs(np.diff(still[:HIGH, :LEFT], axis=1)).mean()


@pytest.mark.parametrize(("metres", "unseen"), [(5.0, 0.125), (5.5, 0.0), (6.0, 0.0), (9.0, 0.0)])
def test_what_is_drawn_as_near_or_nearer_is_seen(scene: Path, metres: float, unseen: float) -> None:
    clip, _ = made(scene, first_cell(metres))
    assert clip.facts["unseen"] == unseen


def test_what_no_view_shows_is_not_counted_again(scene: Path) -> None:
    """The camera looks half past what the still shows."""
    counted = []
    for rows in (NONE, ((2.0,) * 8,) * 8):
        asked = request(scene, replace(key(0.0, turn=0.5), unseen=rows))
        clip = DraftEngine().generate(asked, lambda *_: None, lambda: False)
        list(clip.frames)
        counted.append(clip.facts["unseen"])
    assert 0.4 < counted[0] < 0.6
    assert counted[1] == pytest.approx(1, abs=2e-3)


def test_a_guide_has_a_hole_there(scene: Path) -> None:
    frames = list(guide(request(scene, replace(key(0.0), unseen=first_cell(4.0)))).frames)
    for frame in frames:
        hole = np.zeros((HEIGHT, WIDTH), bool)
        hole[:HIGH, :LEFT] = True
        assert (frame.hole == hole).all()
        assert (frame.warp[hole] == 0).all() and (frame.inverse_depth[hole] == 0).all()


def test_squares_are_where_they_are_from_anywhere(scene: Path) -> None:
    """Told at 4 m before a camera; from half a metre to the right and one ahead they are nearer, and moved."""
    asked = request(scene, replace(key(0.0), unseen=first_cell(4.0)), key(1.0, x=0.5, z=-1.0))
    film = begin(asked).film
    here = boxes(film.hiding, 0.0, film.poses[0], film.still)
    assert here.pixels.tolist() == [[0, 0, LEFT, HIGH]] and here.nearness.tolist() == [0.25]
    there = boxes(film.hiding, 1.0, film.poses[-1], film.still)
    ahead, over = FOCAL / 3.0, WIDTH / 2
    right = over + ahead * ((LEFT - over) / FOCAL * 4.0 - 0.5)
    assert there.pixels.tolist() == [[0, 0, round(right), HIGH]] and there.nearness == pytest.approx([1 / 3])
    past = boxes(film.hiding, 1.0, replace(film.poses[-1], position=np.array([0.0, 0.0, 4.5])), film.still)
    assert not len(past.pixels) and not len(past.nearness)


def test_squares_of_an_orthographic_camera(tmp_path: Path, scene: Path) -> None:
    """A pixel is 0.02 m; it has zoomed in by 2 where they are told."""
    camera = Camera("orthographic", WIDTH, HEIGHT, WIDTH / 2, HEIGHT / 2, scale=0.02)
    (unseen,) = unseen_along(CameraPath((replace(key(0.0, x=0.3, zoom=2.0), unseen=first_cell(4.0)),)), camera)
    left, top = 0.3 - WIDTH / 2 * 0.01, -HEIGHT / 2 * 0.01
    assert unseen.corners[0] == pytest.approx(np.array([[left, top, 4.0], [left + LEFT * 0.01, 0.0, 4.0]]))
    still, _ = picture.load(request(scene, key(0.0), camera=camera))
    found = boxes([unseen], 0.0, begin(request(scene, key(0.0), camera=camera)).film.poses[0], still)
    x = WIDTH / 2 + left / 0.02
    assert found.pixels.tolist() == [[round(x), HEIGHT // 4, round(x + LEFT / 2), HIGH]]
    assert found.nearness.tolist() == [-4.0]


def test_a_still_without_a_camera_is_told_nothing() -> None:
    assert unseen_along(CameraPath((replace(key(0.0), unseen=first_cell(4.0)),)), None) == []
