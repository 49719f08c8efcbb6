"""A still with more around it: the same first frame, and true picture where the frame leaves the still's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.engines.draft import DraftEngine
from backend.engines.draft.shot import begin
from backend.engines.draft.view.views import around
from backend.engines.engine import Clip
from client.protocol import Camera, TakeRequest, View
from tests.backend.draft.card import FOCAL, HEIGHT, WIDTH, key, psnr, request, view, write_depth

LEFT, RIGHT = 70, 12
TURN = 0.2  # radians to the left: it takes 65 pixels


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> TakeRequest:
    """A pan to the left, with a wider picture of the still; the still is what lies inside."""
    folder = tmp_path_factory.mktemp("wide")
    rgb, depth = view(np.eye(3), np.zeros(3), left=LEFT, right=RIGHT)
    Image.fromarray(rgb).save(folder / "around.png")
    Image.fromarray(rgb[:, LEFT : LEFT + WIDTH]).save(folder / "still.png")
    write_depth(folder / "depth.exr", depth[:, LEFT : LEFT + WIDTH])
    asked = request(folder, key(0), key(1, turn=TURN), seconds=9 / 8)
    camera = Camera("perspective", LEFT + WIDTH + RIGHT, HEIGHT, LEFT + WIDTH / 2, HEIGHT / 2, FOCAL, FOCAL)
    more = View(folder / "around.png", write_depth(folder / "around.exr", depth), camera, 1e-4)
    return replace(asked, views=(*asked.views, more))


def made(asked: TakeRequest) -> tuple[Clip, list[np.ndarray]]:
    clip = DraftEngine().generate(asked, lambda *_: None, lambda: False)
    return clip, list(clip.frames)


def alone(asked: TakeRequest) -> TakeRequest:
    return replace(asked, views=asked.views[:1])


def truth(turn: float) -> np.ndarray:
    c, s = np.cos(turn), np.sin(turn)
    return view(np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]]), np.zeros(3))[0]


@pytest.mark.parametrize("percent", [100, 50, 75])
def test_the_first_frame_is_the_still(wide: TakeRequest, percent: int) -> None:
    size = (WIDTH * percent // 100, HEIGHT * percent // 100)
    asked = replace(wide, size=size)
    still = begin(alone(asked)).still.rgb
    _, frames = made(asked)
    assert frames[0].shape == (*size[::-1], 3)
    inner = slice(4, -4)  # a smaller picture's pixels at the border lack what they are a mean of
    assert psnr(frames[0][inner, inner], still[inner, inner]) > (70 if percent != 75 else 65)
    assert psnr(frames[0], still) > (70 if percent == 100 else 45)


def test_what_the_frame_leaves_the_still_for_is_true(wide: TakeRequest) -> None:
    clip, frames = made(wide)
    other, guessed = made(alone(wide))
    assert clip.facts["views"] == other.facts["views"] == 1
    # What is left are wedges above and below, where a turned frame is taller than the still.
    assert other.facts["unseen"] > 0.1 and clip.facts["unseen"] < 0.02
    assert not [note for note in clip.notes if "left out" in note]
    for at in (4, 8):
        true = truth(TURN * at / 8)
        beside = np.s_[16:-16, : at * 6]
        assert psnr(frames[at][beside], true[beside]) > max(36, psnr(guessed[at][beside], true[beside]) + 8)


def test_further_views_stand_beside_it(wide: TakeRequest) -> None:
    c, s = np.cos(TURN), np.sin(TURN)
    turned = ((c, 0.0, s, 0.0), (0.0, 1.0, 0.0, 0.0), (-s, 0.0, c, 0.0), (0.0, 0.0, 0.0, 1.0))
    assert wide.still is not None and wide.still.camera is not None
    last = View(wide.still.image, wide.still.depth, replace(wide.still.camera, matrix_world=turned), 0.9)
    film = begin(replace(wide, views=(*wide.views, last))).film
    assert [place.view.image.name for place in film.places] == ["around.png", "still.png"]
    assert (film.picture(0).width, film.picture(1).width) == (LEFT + WIDTH + RIGHT, WIDTH)


def test_words_go_as_far_as_the_wider_picture_shows(wide: TakeRequest) -> None:
    spoken = replace(wide, path=None, direction=replace(wide.direction, prompt="pan left 12 degrees"))
    ends = [np.array(begin(one).path.keyframes[-1].matrix)[0, 0] for one in (alone(spoken), spoken)]
    assert np.degrees(np.arccos(ends[1])) == pytest.approx(12, abs=0.1)
    assert np.degrees(np.arccos(ends[0])) <= 12.1


@pytest.mark.parametrize("changed", ["place", "smaller", "right", "below", "later", "flat", "no depth"])
def test_what_is_no_wider_picture_of_the_still_is_none(wide: TakeRequest, changed: str) -> None:
    more = wide.views[1]
    assert around(wide) is more and more.camera is not None
    camera = more.camera
    away = ((1.0, 0.0, 0.0, 0.01), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0))
    other = {
        "place": replace(more, camera=replace(camera, matrix_world=away)),
        "smaller": replace(more, camera=replace(camera, cx=camera.cx - LEFT - 1)),
        "right": replace(more, camera=replace(camera, width=camera.width - RIGHT - 1)),
        "below": replace(more, camera=replace(camera, height=camera.height - 1)),
        "later": replace(more, t=0.002),
        "flat": replace(more, camera=Camera("orthographic", 322, 136, 190, 68, scale=0.01)),
        "no depth": replace(more, depth=None),
    }[changed]
    assert around(replace(wide, views=(wide.views[0], other))) is None


def test_an_orthographic_one_too(wide: TakeRequest) -> None:
    """A truck of 32 pixels shows what lies 32 pixels to the side, to the bit but for rounding."""
    still, more = wide.views
    flat = Camera("orthographic", WIDTH, HEIGHT, WIDTH / 2, HEIGHT / 2, scale=0.02)
    wider = replace(flat, width=LEFT + WIDTH + RIGHT, cx=LEFT + WIDTH / 2)
    shape = (HEIGHT, LEFT + WIDTH + RIGHT)
    folder = Path(more.image).parent
    level = write_depth(folder / "level.exr", np.full(shape, 5.0, np.float32))
    inner = write_depth(folder / "inner.exr", np.full((HEIGHT, WIDTH), 5.0, np.float32))
    views = (replace(still, camera=flat, depth=inner), replace(more, camera=wider, depth=level))
    path = request(folder, key(0), key(1, x=-0.64)).path
    _, frames = made(replace(wide, views=views, path=path))
    whole = np.asarray(Image.open(more.image))
    for at in (4, 8):
        first = LEFT - 4 * at
        assert psnr(frames[at], whole[:, first : first + WIDTH]) > 45
