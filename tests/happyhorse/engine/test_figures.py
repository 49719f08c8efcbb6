"""Figures of the engine's parts, to the last one: what a step costs, what a preview shows, who has which frames."""

from __future__ import annotations

import contextlib
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import diffusers.hooks
import numpy as np
import pytest
import torch

from backend.engines.engine import EngineError
from backend.engines.happyhorse import text
from backend.engines.happyhorse.memory import handover, plans, work
from backend.engines.happyhorse.memory.handover import Handover, others
from backend.engines.happyhorse.memory.plans import Shape, decode_bytes, sound_bytes
from backend.engines.happyhorse.memory.team import Team, _broken_off
from backend.engines.happyhorse.pipeline import preview
from backend.engines.happyhorse.pipeline.ahead import ahead
from backend.engines.happyhorse.pipeline.pipeline import _Job
from backend.engines.happyhorse.pipeline.progress_estimate import decode_cost, pass_cost
from backend.engines.happyhorse.request import settings
from backend.engines.happyhorse.sampling.super_resolution import alpha_table, start
from backend.engines.happyhorse.transformer.config import BASE
from backend.engines.happyhorse.transformer.sharing import sizes, token_cuts
from backend.engines.happyhorse.vaes.turbo_windows import cut_windows

GIB = 1 << 30
CPU = torch.device("cpu")


def test_what_a_pass_and_frames_cost() -> None:
    assert pass_cost(10_000) == pytest.approx(0.41 + 0.08) and pass_cost(20_000) == pytest.approx(0.82 + 0.32)
    assert decode_cost(1920, 1088, 125) == pytest.approx(2.2e-8 * 1920 * 1088 * 125)


@pytest.mark.parametrize(("strips", "large", "small"), [(1, 1.0, 1.0), (2, 0.72, 0.72), (4, 0.5, 0.5), (8, 0.4, 0.4)])
def test_room_for_frames_and_for_sound(strips: int, large: float, small: float) -> None:
    assert decode_bytes(1920, 1088, strips) == int((6400 * 1920 * 1088 + 2.5 * GIB) * large) + GIB // 4
    assert decode_bytes(448, 256, strips) == int(12_500 * 448 * 256 * small) + GIB // 4
    assert sound_bytes(126) == 126 * 6 * 1024 * 1024 + GIB // 4


def test_a_preview_is_the_picture_by_a_map_of_the_latents_own() -> None:
    """Latents of which every colour is a sum: the map is found again, and the middle frame is shown by it."""
    random = torch.Generator().manual_seed(3)
    latent = torch.randn(1, 48, 1, 16, 24, generator=random)
    wanted = 0.15 * torch.randn(49, 3, generator=random)
    colours = (latent[0, :, 0].flatten(1).T @ wanted[:48] + wanted[48]).T.reshape(1, 3, 16, 24)
    picture = colours.repeat_interleave(16, 2).repeat_interleave(16, 3).numpy()
    found = preview.fit(latent, picture)
    assert found.shape == (49, 3)
    np.testing.assert_allclose(found, wanted, atol=0.02)
    video = torch.randn(1, 48, 4, 9, 16, generator=random)
    shown = preview.render(video, wanted)
    assert shown.shape == (144, 256, 3) and shown.dtype == torch.uint8
    small = (video[0, :, 2].flatten(1).T @ wanted[:48] + wanted[48]).reshape(9, 16, 3)
    middle = ((small.clamp(-1, 1) / 2 + 0.5) * 255).mean((0, 1))
    assert shown.float().mean((0, 1)).tolist() == pytest.approx(middle.tolist(), abs=6)
    flat = preview.render(
        torch.zeros(1, 48, 1, 9, 5), torch.cat([torch.zeros(48, 3), torch.tensor([[-1.0, 0.2, 3.0]])])
    )
    assert flat.shape == (144, 80, 3) and flat[7, 7].tolist() == [0, 153, 255]
    chart = preview.chart()
    assert chart.shape == (1, 3, 256, 256) and chart.dtype == np.float32 and (chart.min(), chart.max()) == (-1, 1)
    assert chart[0, :, 255, 0].tolist() == pytest.approx([-1, 1, 2 * 12 / 15 - 1])
    assert chart[0, :, 0, 128].tolist() == pytest.approx([2 * 128 / 255 - 1, -1, 2 * 2 / 15 - 1])


def test_a_latent_and_frames_are_handed_on_in_one_file() -> None:
    shape, counts = (1, 2, 3, 2, 5), (4, 0, 2)
    made = Handover.made(shape, counts)
    try:
        assert made.path.stat().st_size == 4 * 60 + 6 * 3 * 32 * 80
        assert [tuple(part.shape) for part in made.frames] == [(4, 32, 80, 3), (0, 32, 80, 3), (2, 32, 80, 3)]
        made.latent[:] = torch.arange(60, dtype=torch.float32).view(shape)
        made.frames[0][3, 31, 79, 2], made.frames[2][0, 0, 0, 0] = 17, 23
        other = Handover.opened(made.path, shape, counts)
        assert other.latent[0, 1, 2, 1, 4] == 59 and other.latent.shape == shape
        assert (other.frames[0][3, 31, 79, 2], other.frames[2][0, 0, 0, 0]) == (17, 23)
        assert made.fits(list(shape), list(counts)) and made.small
        assert not made.fits((1, 2, 3, 5, 2), counts) and not made.fits(shape, (4, 2, 0))
        large = replace(made, latent=torch.empty(handover.KEPT_BYTES // 4 + 1, device="meta"))
        assert not large.small
    finally:
        made.hide()
    assert not made.path.exists() and made.latent[0, 0, 0, 0, 1] == 1
    with pytest.raises(FileNotFoundError):
        Handover.opened(made.path, shape, counts)
    assert others((5, 4, 3, 2, 1), 2) == [0, 4, 0, 2, 0] and others((5, 4, 3, 2), 3) == [0, 4, 3, 0]


@pytest.mark.skipif(sys.platform != "linux", reason="several share a take on Linux only")
def test_what_a_take_asks_for_whole_and_where_its_first_stage_is_kept() -> None:
    job = object.__new__(_Job)
    job.frames, job.sounds, job.grid, job.size = 5, 31, (448, 256), (1920, 1088)
    job.options = SimpleNamespace(model="distill", quality="1080p", eight_bit=True, gpus=2)
    refiner = settings.REFINERS["1080p"]
    stages = [("distill", Shape(5, 16, 28, 31)), (refiner, Shape(5, 68, 120, 31))]
    whole = work.Work(stages, (1920, 1088), True, 2, ["distill", refiner])
    assert job._work(None) == whole
    assert job._work(object()) == replace(whole, stages=stages[1:])
    job.options.quality, job.size = "256p", job.grid
    assert job._work(None) == work.Work(stages[:1], (448, 256), True, 2, ["distill"])


def test_only_who_is_there_is_asked_to_give_way() -> None:
    sent: list[object] = []
    team = object.__new__(Team)
    team._members = None
    team.give_way("distill")
    members = SimpleNamespace(alive=False, send=lambda do, **given: sent.append((do, given)))
    team._members = members
    team.give_way("base")
    assert sent == []
    members.alive = True
    team.give_way("540p_sr")
    assert sent == [("give_way", {"answered": False, "name": "540p_sr"})]


@pytest.mark.parametrize("error", [RuntimeError("it broke\nat a place"), torch.OutOfMemoryError("no\nroom")])
def test_why_an_exchange_failed_is_said_in_a_line(error: Exception) -> None:
    failed: list[str] = []
    members = SimpleNamespace(alive=False, check=lambda: None, fail=lambda lost: failed.append(str(lost)))
    with contextlib.suppress(torch.OutOfMemoryError), _broken_off(members):
        raise error
    memory = isinstance(error, torch.OutOfMemoryError)
    assert failed == ["rank 0 failed (no\nroom)" if memory else "an exchange failed (it broke)"]


@pytest.mark.parametrize(
    ("capability", "raised", "supported"),
    [((9, 0), None, True), ((8, 9), None, True), ((8, 6), None, False), ((9, 0), RuntimeError("no kernel"), False)],
)
def test_whether_a_gpu_has_products_of_eight_bits(
    monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int], raised: Exception | None, supported: bool
) -> None:
    """A product of matrices of zeros is tried, each row with a scale."""
    made: list[tuple[object, ...]] = []

    class Operand:
        def __init__(self, values: torch.Tensor, scales: torch.Tensor) -> None:
            made.append((tuple(values.shape), values.dtype, tuple(scales.shape)))

        def product(self, rows: object, expert: int) -> None:
            if raised is not None:
                raise raised

    stand_in = SimpleNamespace(
        device=torch.device,
        cuda=SimpleNamespace(get_device_capability=lambda _: capability),
        zeros=lambda *shape, dtype, device: torch.zeros(*shape, dtype=dtype),
        ones=lambda *shape, device: torch.ones(*shape),
        OutOfMemoryError=torch.OutOfMemoryError,
    )
    monkeypatch.setattr(plans, "torch", stand_in)
    monkeypatch.setattr(plans, "Rows", Operand)
    monkeypatch.setattr(plans, "Matrix", Operand)
    assert plans.supports_fp8.__wrapped__("cuda") is supported
    tried = [((16, 32), plans.FP8, (16, 1)), ((1, 16, 32), plans.FP8, (1, 16))]
    assert made == (tried if capability >= (8, 9) else [])
    assert plans.supports_fp8.__wrapped__("cpu") is False


@pytest.mark.parametrize(("frames", "made"), [(3, [9]), (6, [9, 12]), (7, [9, 16]), (8, [9, 16, 4])])
def test_how_many_frames_each_window_gives(frames: int, made: list[int]) -> None:
    found = [window.made for window in cut_windows(frames, 3, 4)]
    assert found == made and sum(found) == 4 * frames - 3


def test_blocks_of_the_text_encoder_come_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    monkeypatch.setattr(diffusers.hooks, "apply_group_offloading", lambda *given, **how: told.append((*given, how)))
    encoder = torch.nn.Linear(2, 2)
    text._stream(encoder, torch.device("meta"))
    how = {"onload_device": torch.device("meta"), "offload_device": CPU, "offload_type": "block_level"}
    how |= {"num_blocks_per_group": 1, "use_stream": True, "low_cpu_mem_usage": True}
    assert told == [(encoder, how)]


def test_how_many_share_a_take() -> None:
    assert sizes(BASE) == [n for n in range(1, 9) if BASE.heads % n == 0 and BASE.kv_heads % n == 0]
    most = sizes(BASE)[-1]
    assert [work.gpus(0, [BASE], here, CPU) for here in (1, 2, 3, most + 9)] == [
        1, 2, max(n for n in sizes(BASE) if n <= 3), most,
    ]  # fmt: skip
    assert work.gpus(2, [BASE], 1, CPU) == 2  # on the processor, for checks
    for asked, here, said in ((7, 9, "So many can: 1, 2"), (2, 1, "this engine has 1")):
        with pytest.raises(EngineError, match=said) as caught:
            work.gpus(asked, [BASE], here, torch.device("cuda"))
        assert (caught.value.code, caught.value.param) == ("invalid_request", "extra_params.options.gpus")
    assert work.gpus(2, [BASE], 2, torch.device("cuda")) == 2
    assert work.short(int(3.26 * GIB), int(1.04 * GIB)) == "3.3 GiB are needed and 1.0 are free"
    assert "and 0.0 are free" in str(work.too_large(GIB, -5)) and work.too_large(GIB, 1).fix == "smaller_size"


@pytest.mark.parametrize(
    ("video", "rest", "ranks", "cuts"),
    [
        (100, 20, 1, (0, 120)),
        (100, 20, 2, (0, 60, 120)),
        (100, 20, 4, (0, 30, 60, 90, 120)),
        (10, 90, 4, (0, 3, 6, 10, 100)),  # the others are all the last one's
        (3, 1, 4, (0, 1, 2, 3, 4)),
    ],
)
def test_where_tokens_are_cut(video: int, rest: int, ranks: int, cuts: tuple[int, ...]) -> None:
    assert token_cuts(video, rest, ranks) == cuts


def test_too_few_tokens_are_not_shared() -> None:
    with pytest.raises(ValueError, match="4 ranks can't share 2 video tokens"):
        token_cuts(2, 9, 4)


def test_how_much_of_the_signal_stays_at_each_noise_level() -> None:
    beta = np.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2
    alpha = np.sqrt(np.cumprod(1 - beta))
    wanted = (alpha - alpha[-1]) * alpha[0] / (alpha[0] - alpha[-1])
    np.testing.assert_allclose(alpha_table().numpy(), wanted, atol=1e-5)
    video, noise = torch.ones(1, 48, 2, 2, 3), torch.full((1, 48, 2, 4, 5), 2.0)
    made = start(video, (4, 5), noise, 500)
    assert made.shape == noise.shape
    assert made.flatten()[7] == pytest.approx(wanted[500] + 2 * (1 - wanted[500] ** 2) ** 0.5, abs=1e-4)


def test_answers_are_made_one_ahead_and_no_more() -> None:
    asked: list[int] = []
    with ThreadPoolExecutor(1) as beside:

        def draw() -> int:
            asked.append(len(asked))
            return asked[-1]

        answers = ahead(beside, draw, 3)
        beside.submit(lambda: None).result()
        assert asked == [0]
        assert next(answers) == 0
        beside.submit(lambda: None).result()
        assert asked == [0, 1] and list(answers) == [1, 2] and asked == [0, 1, 2]
        assert list(ahead(beside, draw, 0)) == [] and asked == [0, 1, 2]


@pytest.mark.parametrize(
    ("seconds", "latents"),
    [(0.04, 1), (0.04004, 1), (0.0401, 2), (0.2, 2), (0.21, 3), (5 / 3, 12), (0.0, 1)],
)
def test_lengths_at_their_bounds(seconds: float, latents: int) -> None:
    """A thousandth of a frame is no frame."""
    assert settings.latent_frames(seconds) == latents
    assert settings.frame_count(latents) == 4 * latents - 3
    assert settings.audio_frames(seconds) >= settings.frame_count(latents)
