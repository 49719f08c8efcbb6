"""Frames, drawn from the layers, also where the still shows nothing."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from backend.engines.draft.camera import paths
from backend.engines.draft.view import layers, margins, picture
from backend.engines.draft.view.drawing.renderer import Renderer, Sight
from client.protocol import Camera, CameraPath, Keyframe
from tests.backend.draft.card import CARD, FOCAL, HEIGHT, WALL, WIDTH, key, request


def test_nothing_is_left_unpainted_when_the_camera_turns_away(scene: Path) -> None:
    """A pan by half the picture: what comes in is wall, not black and not one repeated column."""
    loaded, _ = picture.load(request(scene))
    path = paths.poses(CameraPath((key(0), key(1, turn=-0.5))), 5)
    made = layers.build(loaded, margins.parallax(loaded, path), margins.margins(loaded, path), 1)
    frame = Renderer(loaded).frame([Sight(loaded, made, path[-1])]).rgb
    new = frame[:, WIDTH // 2 + 10 :]
    assert new.min(-1).max(0).min() > 10
    assert np.abs(np.diff(new.astype(float), axis=1)).mean() > 0.3


@pytest.mark.parametrize(("near", "is_shown"), [(0.0, True), (0.04, True), (0.06, False)])
def test_what_is_nearer_than_the_camera_shows_is_not_drawn(scene: Path, near: float, is_shown: bool) -> None:
    """0.05 m before the card, which then fills the frame; else the wall is there, but where the card hid it."""
    camera = Camera("perspective", WIDTH, HEIGHT, WIDTH / 2, HEIGHT / 2, FOCAL, FOCAL, near=near)
    loaded, _ = picture.load(request(scene, camera=camera))
    path = paths.poses(CameraPath((key(0), key(1, z=0.05 - CARD))), 2)
    made = layers.build(loaded, margins.parallax(loaded, path), margins.margins(loaded, path), 1, False)
    frame = Renderer(loaded).frame([Sight(loaded, made, path[-1])])
    half = 0.5 * WALL / CARD / (WALL - CARD + 0.05) * FOCAL  # of the wall that the card hides in the still, in pixels
    beside = np.abs(np.arange(WIDTH) + 0.5 - WIDTH / 2) > half + 6
    row = frame.nearness[HEIGHT // 2]
    if is_shown:
        assert row == pytest.approx(1 / 0.05, rel=1e-3)
    else:
        assert row[beside] == pytest.approx(1 / (WALL - CARD + 0.05), rel=1e-3) and beside.sum() > 60
        assert np.isneginf(row[WIDTH // 2 - 30 : WIDTH // 2 + 30]).all()


def drawn_over(renderer: Renderer, sight: Sight, before: int, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """The frame of `sight`, if the memory for it held `before` in every byte."""
    empty = np.empty
    with monkeypatch.context() as patch:
        patch.setattr(np, "empty", lambda shape, dtype=float: np.full(shape, before, dtype))
        frame = renderer.frame([sight]).rgb
    assert np.empty is empty
    return frame


def test_where_nothing_is_hit_the_frame_does_not_show_what_memory_held(
    scene: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded, _ = picture.load(request(scene))
    up = Keyframe(
        1.0,
        (
            (1, 0, 0, 0),
            (0, *np.round((math.cos(1.3), -math.sin(1.3)), 9), 0),
            (0, *np.round((math.sin(1.3), math.cos(1.3)), 9), 0),
            (0, 0, 0, 1),
        ),
    )
    for end in (key(1, turn=math.pi), key(1, turn=2.0), up):
        path = paths.poses(CameraPath((key(0), end)), 2)
        made = layers.build(loaded, margins.parallax(loaded, path), margins.margins(loaded, path), 1)
        renderer = Renderer(loaded)
        one, other = (drawn_over(renderer, Sight(loaded, made, path[-1]), before, monkeypatch) for before in (7, 248))
        np.testing.assert_array_equal(one, other)
    behind = paths.poses(CameraPath((key(0), key(1, turn=math.pi))), 2)[-1]
    mean = [round(float(channel.mean())) for channel in np.moveaxis(loaded.rgb, 2, 0)]
    np.testing.assert_array_equal(
        renderer.frame([Sight(loaded, made, behind)]).rgb, np.broadcast_to(mean, (HEIGHT, WIDTH, 3))
    )
