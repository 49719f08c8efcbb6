"""The draft engine's clips against scenes whose truth can be worked out: a far wall and a card before it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.engines.draft import DraftEngine, shot
from backend.engines.draft.engine import coverage_notes
from backend.engines.draft.view import picture
from backend.engines.engine import Cancelled, EngineError
from client.protocol import Camera, Focus, Keyframe, Thing
from tests.backend.draft.card import CARD, FOCAL, HEIGHT, WALL, WIDTH, frames, key, psnr, request, view, write_depth


@pytest.mark.parametrize(
    ("said", "cores", "expected"),
    [(None, 8, 4), ("", 3, 3), ("2", 8, 2), ("1", 8, 1), ("16", 8, 4), ("3,2", 8, 3), ("0", 2, 2), ("many", 8, 4)],
)
def test_it_draws_with_as_many_threads_as_it_may(
    monkeypatch: pytest.MonkeyPatch, said: str | None, cores: int, expected: int
) -> None:
    monkeypatch.setattr(shot.os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if said is not None:
        monkeypatch.setenv("OMP_NUM_THREADS", said)
    assert shot.workers() == expected


@pytest.mark.parametrize(
    ("move", "least"),
    [
        ({"x": 0.25}, 31),
        ({"y": 0.2}, 31),
        ({"z": -0.8}, 31),
        ({"z": 0.5}, 31),
        ({"turn": 0.12}, 31),
        ({"zoom": 1.4}, 33),
    ],
)
def test_last_frame_is_what_the_camera_would_see(scene: Path, move: dict[str, float], least: float) -> None:
    made = frames(request(scene, key(0), key(1, **move)))
    turn, zoom = move.get("turn", 0.0), move.get("zoom", 1.0)
    c, s = np.cos(turn), np.sin(turn)
    position = np.array([move.get("x", 0), -move.get("y", 0), -move.get("z", 0)])
    truth, _ = view(np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]]), position, zoom)
    assert len(made) == 4
    seen = (slice(16, -16), slice(30, -30))  # what comes in at the frame's edge is anyone's guess
    assert psnr(made[-1][seen], truth[seen]) > least
    still = np.asarray(Image.open(scene / "still.png"))
    assert psnr(made[-1][seen], truth[seen]) > psnr(still[seen], truth[seen]) + 8


def test_first_frame_is_the_still(scene: Path) -> None:
    still = np.asarray(Image.open(scene / "still.png"))
    assert psnr(frames(request(scene, key(0), key(1, x=0.4)))[0], still) > 45


def test_what_the_card_hid_is_wall_and_not_stretched_card(scene: Path) -> None:
    asked = request(scene, key(0), key(1, x=0.3))
    truth, depth = view(np.eye(3), np.array([0.3, 0, 0]))
    made = frames(asked)[-1]
    loaded, _ = picture.load(asked)
    edge = np.flatnonzero(np.diff(depth[HEIGHT // 2]) != 0)
    # Right of the card the wall comes into sight, by the parallax between the two.
    hidden = slice(edge[-1] + 3, edge[-1] + 1 + int(0.3 * FOCAL * (1 / CARD - 1 / WALL)) - 1)
    rows = slice(HEIGHT // 2 - 15, HEIGHT // 2 + 15)
    off = np.abs(made[rows, hidden].astype(float) - truth[rows, hidden])
    assert loaded.has_depth and off.mean() < 25


def test_same_request_gives_same_bytes_on_any_number_of_cores(
    scene: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = request(scene, key(0), key(1, x=0.2, turn=0.1))
    made = []
    for cores in (1, 2, 4):
        monkeypatch.setattr("backend.engines.draft.shot.workers", lambda cores=cores: cores)
        made.append(frames(asked))
    assert all(np.array_equal(a, b) and np.array_equal(a, c) for a, b, c in zip(*made, strict=True))


def test_still_of_another_size_is_cropped_to_fill(scene: Path) -> None:
    made = frames(request(scene, key(0), key(1, z=-0.3), size=(160, 160)))
    assert {frame.shape for frame in made} == {(160, 160, 3)}
    side = HEIGHT
    left = (WIDTH - side) // 2
    crop = Image.open(scene / "still.png").crop((left, 0, left + side, side))
    assert psnr(made[0], np.asarray(crop.resize((160, 160), Image.Resampling.LANCZOS))) > 35


def test_orthographic_camera_sees_parallel(tmp_path: Path) -> None:
    """A turn about the up axis moves what is farther the other way; sizes stay."""
    rgb = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    rgb[:, :, 1] = 90
    depth = np.full((HEIGHT, WIDTH), 10.0, np.float32)
    rgb[50:80, 100:130] = 220
    depth[50:80, 100:130] = 8.0
    Image.fromarray(rgb).save(tmp_path / "still.png")
    write_depth(tmp_path / "depth.exr", depth)
    camera = Camera("orthographic", WIDTH, HEIGHT, WIDTH / 2, HEIGHT / 2, scale=0.02)
    turn = 0.1
    made = frames(request(tmp_path, key(0), key(1, turn=turn), camera=camera))
    assert psnr(made[0], rgb) > 45
    bright = np.argwhere(made[-1][:, :, 0] > 150)
    # Camera axes: x to the right is -sin(turn) of what lies in front.
    middle = ((115 - WIDTH / 2) * 0.02 * np.cos(turn) + 8.0 * np.sin(turn)) / 0.02 + WIDTH / 2
    assert abs(bright[:, 1].mean() + 0.5 - middle) < 1.0
    assert abs(np.ptp(bright[:, 0]) - 29) <= 1


def test_sky_stays_where_it_is_when_the_camera_trucks(tmp_path: Path) -> None:
    rgb = np.full((HEIGHT, WIDTH, 3), (90, 140, 220), np.uint8)
    rgb[10:14, 100:104] = 255  # a cloud
    depth = np.full((HEIGHT, WIDTH), 1e10, np.float32)
    v = np.arange(80, HEIGHT)
    depth[80:] = (1.5 * FOCAL / (v + 0.5 - HEIGHT / 2))[:, None]
    rgb[80:] = (120, 110, 100)
    Image.fromarray(rgb).save(tmp_path / "still.png")
    write_depth(tmp_path / "depth.exr", depth)
    made = frames(request(tmp_path, key(0), key(1, x=1.0)))[-1]
    assert psnr(made[:70], rgb[:70]) > 45


def test_beyond_a_bush_at_the_frame_s_edge_there_is_sky_above_the_horizon_and_ground_below(tmp_path: Path) -> None:
    """A turn of some 20 degrees to the left: of the bush only a strip goes on, as a mirror image."""
    sky, ground = (90, 140, 220), (120, 110, 100)
    rgb = np.full((HEIGHT, WIDTH, 3), sky, np.uint8)
    depth = np.full((HEIGHT, WIDTH), 1e10, np.float32)
    depth[80:] = (1.5 * FOCAL / (np.arange(80, HEIGHT) + 0.5 - HEIGHT / 2))[:, None]
    rgb[80:] = ground
    bush = (slice(10, 60), slice(0, 110))
    depth[bush] = np.random.default_rng(3).uniform(3.0, 4.5, (50, 110))
    rgb[bush] = (20, 120, 30)
    Image.fromarray(rgb).save(tmp_path / "still.png")
    write_depth(tmp_path / "depth.exr", depth)
    made = frames(request(tmp_path, key(0), key(1, turn=0.35)))[-1].astype(int)
    shift = round(FOCAL * np.tan(0.35))
    assert shift > 60
    far_left = slice(0, shift - 45)
    assert np.abs(made[5:55, far_left] - sky).max() < 16
    assert np.abs(made[100:, far_left] - ground).max() < 16
    assert (np.abs(made[20:50, shift + 4 : shift + 16] - (20, 120, 30)).max(-1) < 40).mean() > 0.9


def test_without_depth_it_moves_flat_and_says_so(scene: Path) -> None:
    asked = request(scene, key(0), key(1, zoom=1.3), camera=None, depth=None)
    clip = DraftEngine().generate(asked, lambda *_: None, lambda: False)
    assert any("no depth" in note for note in clip.notes)
    assert psnr(next(clip.frames), np.asarray(Image.open(scene / "still.png"))) > 45


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda depth: np.where(depth > 4, np.nan, depth), "no numbers"),
        (lambda depth: -depth, "negative"),
        (lambda depth: depth * 0, "zero"),
        (lambda depth: depth[:, : WIDTH // 2], "120 x 136"),
    ],
)
def test_bad_depth_is_refused(scene: Path, tmp_path: Path, spoil: object, says: str) -> None:
    _, depth = view(np.eye(3), np.zeros(3))
    bad = write_depth(tmp_path / "bad.exr", spoil(depth))
    with pytest.raises(EngineError, match=says) as caught:
        DraftEngine().generate(request(scene, key(0), key(1, x=0.1), depth=bad), lambda *_: None, lambda: False)
    assert caught.value.code == "depth_unusable"


def test_a_depth_that_is_no_exr_is_refused(scene: Path) -> None:
    with pytest.raises(EngineError) as caught:
        DraftEngine().generate(request(scene, key(0), depth=scene / "still.png"), lambda *_: None, lambda: False)
    assert caught.value.code == "depth_unusable"


@pytest.mark.parametrize("matrix", [np.eye(4) * 2, np.diag([-1.0, 1, 1, 1])])
def test_a_path_that_scales_or_mirrors_the_camera_is_refused(scene: Path, matrix: np.ndarray) -> None:
    with pytest.raises(EngineError) as caught:
        DraftEngine().generate(request(scene, Keyframe(0.0, tuple(map(tuple, matrix)))), lambda *_: None, lambda: False)
    assert caught.value.code == "path_unusable"


@pytest.mark.parametrize("words", ["slow push in", "orbit", "truck right"])
def test_two_seeds_show_two_takes_and_one_seed_the_same(scene: Path, words: str) -> None:
    one, same, other = (frames(request(scene, prompt=words, seed=seed, seconds=4, fps=1))[-1] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    off = np.abs(one.astype(int) - other).max(-1)
    assert (off > 8).mean() > 0.2


def test_a_take_says_which_words_were_cut_and_what_a_camera_can_not_do(scene: Path) -> None:
    asked = request(scene, prompt="360 around the card as the light fades, then rack focus to the wall", seed=0)
    notes = DraftEngine().generate(asked, lambda *_: None, lambda: False).notes
    assert any(note.startswith('"360 around the card') and "of 360 degrees: a single still" in note for note in notes)
    assert "The draft moves only the camera. As in the still stay: the light." in notes
    assert "The focus is not pulled: everything stays as sharp as it is in the still." in notes
    along = DraftEngine().generate(
        request(scene, key(0), key(1, x=0.1), prompt="the curtains sway"), lambda *_: None, lambda: False
    )
    assert along.notes[0] == "The draft moves only the camera. As in the still stay: the curtains."


def test_what_the_lens_focuses_on_and_what_is_named_is_what_the_camera_turns_about(scene: Path) -> None:
    """The card is at 3 m, the wall at 6."""
    lens = Camera("perspective", WIDTH, HEIGHT, WIDTH / 2, HEIGHT / 2, FOCAL, FOCAL)
    wall = Thing("Wall", (0.0, 0.0, -WALL), (20.0, 20.0, 0.1))
    for camera, words, far in (
        (lens, "orbit left 5 degrees", CARD),
        (replace(lens, focus=Focus(4.5)), "orbit left 5 degrees", 4.5),
        (replace(lens, things=(wall,)), "orbit left 5 degrees around the wall", WALL),
    ):
        made = DraftEngine().generate(
            request(scene, prompt=words, camera=camera, seed=0), lambda *_: None, lambda: False
        )
        assert made.path is not None
        pose = np.array(made.path.keyframes[-1].matrix)
        turned = np.arctan2(-pose[0, 2], pose[2, 2])
        assert np.degrees(turned) == pytest.approx(5, abs=0.01)
        assert pose[0, 3] == pytest.approx(-far * np.sin(np.radians(5)), abs=1e-3), words


def test_what_it_can_do() -> None:
    able = DraftEngine().capabilities()
    assert (able.max_seconds, able.max_pixels, able.views) == (180, 4096 * 2304, 64)
    words = ("sound", "depth", "camera_path", "dialogue", "words_path", "handles", "overscan", "finer_views")
    assert all(getattr(able, word) for word in (*words, "shot_requests", "shot_stills"))
    assert not able.last_frame and not able.references


def test_it_says_how_far_it_is_with_a_picture_of_every_frame_or_twelve(scene: Path) -> None:
    said: list[tuple[float, str, bool]] = []

    def progress(fraction: float, stage: str, preview: np.ndarray | None = None) -> None:
        said.append((round(fraction, 6), stage, preview is not None))
        assert preview is None or preview.shape == (HEIGHT // 4, WIDTH // 4, 3)

    asked = request(scene, key(0), key(1.0, x=0.2), seconds=26 / 8)
    assert len(list(DraftEngine().generate(asked, progress, lambda: False).frames)) == 26
    assert said[0] == (0.0, "Reading the still", False) and said[1][0] == 0.02
    assert said[2:] == [
        (0.1, "Moving the camera", False),
        *((round(0.1 + 0.9 * (k + 1) / 26, 6), "Moving the camera", k % 2 == 0) for k in range(26)),
    ]


@pytest.mark.parametrize(
    ("unseen", "said"),
    [
        ([0.0, 0.0049, 0.001], ()),
        ([0.0, 0.006, 0.003], ("0.3 % of the picture is guessed: no view shows it.",)),
        ([0.0, 0.0999, 0.05], ("5 % of the picture is guessed: no view shows it.",)),
        (
            [0.0, 0.05, 0.12, 0.3, 0.13],
            (
                "12 % of the picture is guessed: no view shows it. From 0.5 s on it is more than 10 %, at 0.8 s 30 %: "
                "render more views along the path, or move less.",
            ),
        ),
    ],
)
def test_what_no_view_showed_is_said_in_shares_and_seconds(unseen: list[float], said: tuple[str, ...]) -> None:
    assert coverage_notes(unseen, 4.0) == said


def test_cancel_is_heard_between_frames(scene: Path) -> None:
    asked = request(scene, key(0), key(1, x=0.1), seconds=5.0)
    stop = []
    clip = DraftEngine().generate(asked, lambda *_: None, lambda: bool(stop))
    next(clip.frames)
    stop.append(True)
    with pytest.raises(Cancelled):
        for _ in range(2):
            next(clip.frames)


def test_importing_the_engine_is_quick_and_compiles_nothing() -> None:
    code = (
        "import sys, backend.engines.draft as d; d.DraftEngine().capabilities();"
        "print([n for n in ('numba', 'cv2', 'PIL', 'OpenEXR') if n in sys.modules])"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
