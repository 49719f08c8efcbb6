"""What no golden tensor covers: guidance by frame and by noise, latents of another take, caches, noise in order."""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
import torch

from backend.engines.engine import EngineError
from backend.engines.happyhorse.cache import Cache
from backend.engines.happyhorse.memory.plans import Shape, decode_bytes, encode_bytes, sound_bytes
from backend.engines.happyhorse.pipeline import latents
from backend.engines.happyhorse.pipeline.ahead import ahead
from backend.engines.happyhorse.sampling import samplers, super_resolution
from backend.engines.happyhorse.transformer.kernels import ops
from backend.engines.happyhorse.transformer.streaming import streamed_blocks
from backend.gpu.memory import GIB

TEXT, NEGATIVE = torch.ones(1, 4, 8), torch.zeros(1, 6, 8)


def velocity(video: torch.Tensor, audio: torch.Tensor, text: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """One with the text, nothing without it: so what a solver is given is the strength of the guidance."""
    value = 1.0 if text.shape[1] == 4 else 0.0
    return torch.full_like(video, value), torch.full_like(audio, value)


class Recorder(samplers.UniPC):
    """A solver that keeps what it is given."""

    made: list[Recorder] = []

    def __init__(self, sigmas: tuple[float, ...]) -> None:
        super().__init__(sigmas)
        self.given: list[torch.Tensor] = []
        Recorder.made.append(self)

    def step(self, latent: torch.Tensor, velocity: torch.Tensor) -> torch.Tensor:
        self.given.append(velocity.clone())
        return super().step(latent, velocity)


@pytest.fixture
def solvers(monkeypatch: pytest.MonkeyPatch) -> list[Recorder]:
    monkeypatch.setattr(Recorder, "made", [])
    monkeypatch.setattr(samplers, "UniPC", Recorder)
    monkeypatch.setattr(super_resolution, "UniPC", Recorder)
    return Recorder.made


def noise(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


def test_guidance_of_the_picture_drops_late_and_that_of_the_sound_does_not(solvers: list[Recorder]) -> None:
    samplers.sample_base(velocity, TEXT, NEGATIVE, noise(1, 48, 2, 2, 2), noise(1, 5, 64), steps=32)
    timesteps = samplers.Schedule.shifted(32).timesteps
    assert 4 < sum(step <= 500 for step in timesteps) < 16
    video, audio = solvers
    strengths = [float(given.max()) for given in video.given]
    assert strengths == [5.0 if step > 500 else 2.0 for step in timesteps]
    assert all(float(given.min()) == strength for given, strength in zip(video.given, strengths, strict=True))
    assert [float(given.min()) for given in audio.given] == [5.0] * 32


@pytest.mark.parametrize(("guidance", "early", "late"), [(3.5, 2.0, 3.5), (1.5, 1.5, 1.5)])
def test_refining_guides_the_first_thirteen_frames_less(
    solvers: list[Recorder], guidance: float, early: float, late: float
) -> None:
    video = noise(1, 48, 16, 2, 2)
    super_resolution.refine(
        velocity,
        TEXT,
        video,
        noise(1, 5, 64),
        noise(1, 48, 16, 4, 4),
        noise(1, 5, 64),
        negative_text=NEGATIVE,
        steps=2,
        guidance=guidance,
    )
    (solver,) = solvers
    for given in solver.given:
        assert given[0, 0, :, 0, 0].tolist() == [early] * 13 + [late] * 3


def test_without_a_negative_text_refining_takes_one_pass_a_step_and_mixes_the_sound(solvers: list[Recorder]) -> None:
    heard: list[torch.Tensor] = []

    def model(video: torch.Tensor, audio: torch.Tensor, text: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        heard.append(audio)
        return velocity(video, audio, text)

    audio, fresh = noise(1, 5, 64), noise(1, 6, 64)[:, :5]
    super_resolution.refine(model, TEXT, noise(1, 48, 2, 2, 2), audio, noise(1, 48, 2, 4, 4), fresh, steps=3)
    assert len(heard) == 3
    assert torch.allclose(heard[0], 0.7 * fresh + 0.3 * audio)
    assert [float(given.max()) for given in solvers[0].given] == [1.0] * 3


def test_steps_are_told_with_what_is_clean(solvers: list[Recorder]) -> None:
    told: list[tuple[int, torch.Tensor]] = []
    video = noise(1, 48, 2, 2, 2)
    samplers.sample_distilled(
        velocity,
        TEXT,
        video,
        noise(1, 5, 64),
        iter([(0 * video, torch.zeros(1, 5, 64))] * 2),
        steps=3,
        on_step=lambda number, clean: told.append((number, clean)),
    )
    assert [number for number, _ in told] == [1, 2, 3]
    sigma = samplers.Schedule.shifted(3).sigmas[0]
    assert torch.allclose(told[0][1], video - sigma)


# Saved latents


RECIPE = {"latent_frames": 3, "grid": [64, 32], "seed": 7}


@pytest.fixture
def saved(home: object) -> latents.Latents:
    made = latents.Latents(noise(1, 48, 3, 2, 4), noise(1, 9, 64), RECIPE)
    latents.save(made)
    return made


def test_latents_come_back_under_the_name_of_their_recipe(saved: latents.Latents) -> None:
    found = latents.find(saved.reference)
    assert found is not None and found.recipe == RECIPE
    assert torch.equal(found.video, saved.video) and torch.equal(found.audio, saved.audio)
    assert latents.reference(dict(reversed(RECIPE.items()))) == saved.reference
    assert latents.reference({**RECIPE, "seed": 8}) != saved.reference
    assert latents.wanted(saved.reference, {**RECIPE, "seed": 8}).recipe == RECIPE


@pytest.mark.parametrize(
    ("change", "what"), [({"latent_frames": 4}, "another length"), ({"grid": [32, 64]}, "another shape")]
)
def test_latents_of_another_take_are_refused(saved: latents.Latents, change: dict[str, object], what: str) -> None:
    with pytest.raises(EngineError, match=what) as caught:
        latents.wanted(saved.reference, {**RECIPE, **change})
    assert (caught.value.code, caught.value.param) == ("invalid_request", "extra_params.options.refine_from")


def test_latents_that_are_gone_are_said(home: object) -> None:
    with pytest.raises(EngineError) as caught:
        latents.wanted("0" * 64, RECIPE)
    assert (caught.value.code, caught.value.fix) == ("latents_gone", "retry")


# The cache


def keys(cache: Cache) -> list[str]:
    return sorted(path.stem[0] for path in cache.folder.iterdir())


def test_what_was_unused_for_longest_goes_and_only_as_much_as_must(home: object) -> None:
    tensor = {"a": torch.zeros(250)}
    probe = Cache("probe", 1 << 20)
    probe.write("0" * 64, tensor)
    size = next(probe.folder.iterdir()).stat().st_size
    cache = Cache("small", 3 * size)
    for index, key in enumerate("abc"):
        cache.write(key * 64, tensor)
        os.utime(cache._path(key * 64), (1000 + index, 1000 + index))
    assert keys(cache) == ["a", "b", "c"]  # as much as is allowed, to the byte
    assert cache.read("a" * 64) is not None  # its use makes it the last to go
    cache.write("d" * 64, tensor)
    assert keys(cache) == ["a", "c", "d"]
    (cache.folder / "half-written.part").write_bytes(b"x" * size)
    os.utime(cache.folder / "half-written.part", (1, 1))
    os.utime(cache._path("c" * 64), (2, 2))
    cache.write("e" * 64, tensor)
    assert keys(cache) == ["a", "d", "e"]
    assert cache.read("f" * 64) is None and cache.read("../" + "a" * 61) is None


# Memory, and noise drawn ahead


def test_what_is_set_free_is_what_was_measured_and_not_much_more() -> None:
    sizes = {"1080p": (1920, 1088), "540p": (896, 512), "256p": (448, 256)}
    measured = {"1080p": 2.56, "540p": 0.57, "256p": 0.15}
    for name, size in sizes.items():
        assert measured[name] <= encode_bytes(*size) / GIB <= 1.4 * measured[name] + 0.15
    strips = {"1080p": (11.1, 7.6, 5.3, 3.9), "540p": (5.1, 3.6, 2.0, 1.3), "256p": (1.3, 0.9, 0.8, 0.6)}
    for name, size in sizes.items():
        for count, took in zip((1, 2, 4, 8), strips[name], strict=True):
            assert took <= decode_bytes(*size, count) / GIB <= 1.6 * took + 0.3, (name, count)
    for count, took in ((126, 0.6), (251, 1.3)):
        assert took <= sound_bytes(count) / GIB <= 1.5 * took + 0.15


def test_tokens_and_bytes_of_a_shape() -> None:
    shape = Shape(5, 16, 28, 126, 100)
    assert shape.tokens == 5 * 8 * 14 + 126 + 100
    assert shape.latent_bytes == 4 * 48 * 5 * 16 * 28


@pytest.mark.parametrize("count", [0, 1, 4])
def test_noise_is_drawn_ahead_in_its_order_and_no_more_than_is_used(count: int) -> None:
    drawn: list[int] = []

    def draw() -> tuple[int, int]:
        drawn.append(len(drawn))
        return drawn[-1], -drawn[-1]

    with ThreadPoolExecutor(1) as beside:
        assert list(ahead(beside, draw, count)) == [(index, -index) for index in range(count)]  # type: ignore[arg-type]
    assert drawn == list(range(count))


def test_heads_in_groups_lie_side_by_side_and_are_gated_each_by_its_own() -> None:
    x, shift, gates = noise(2, 3, 2, 5), noise(20), noise(3, 4)
    out = torch.empty(3, 20)
    ops.gate(x, None, None, out)
    for n in range(3):
        assert torch.equal(out[n], torch.cat([x[group, n, head] for group in range(2) for head in range(2)]))
    ops.gate(x, shift, gates, out)
    for n in range(3):
        for head in range(4):
            wanted = (x[head // 2, n, head % 2] + shift[5 * head : 5 * head + 5]) / (
                1 + math.exp(-float(gates[n, head]))
            )
            torch.testing.assert_close(out[n, 5 * head : 5 * head + 5], wanted)


def test_activations_in_figures() -> None:
    """Both end at 7, the linear half at 7 either way."""
    up = torch.tensor([[-3.0, 0.5, 8.0, 9.0, -8.0, 2.0]])
    sigmoid = [value / (1 + math.exp(-1.702 * value)) for value in (-3.0, 0.5, 7.0, 7.0, -8.0, 2.0)]
    torch.testing.assert_close(ops.activate(up, True, torch.float32), torch.tensor([sigmoid]))
    gated = [sigmoid[0] * 8, sigmoid[1] * -6, sigmoid[2] * 3]
    torch.testing.assert_close(ops.activate(up, False, torch.float32), torch.tensor([gated]))


@pytest.mark.parametrize("shares", [1, 4])
@pytest.mark.parametrize("room", [500, 1000, 1399, 1400, 1700, 1749, 1750, 1999, 2000])
def test_as_few_blocks_are_streamed_as_fit_and_evenly(room: int, shares: int) -> None:
    """Ten shared blocks of 100 bytes and two of experts of 500; two slots are as large as what goes through them."""
    sizes = [500, *[100] * 5, 500, *[100] * 5]
    blocks = [SimpleNamespace(bytes=size, experts=1 if size == 100 else 8) for size in sizes]
    found = streamed_blocks(blocks, room, shares)  # type: ignore[arg-type]

    def needed(experts: bool, count: int) -> int:
        part = lambda size: 0 if shares == 1 else size // shares  # noqa: E731
        own = (2 * part(500) if experts else 1000) + count * part(100)
        return own + (10 - count) * 100 + 2 * (500 if experts else 100)

    if room == 2000:
        assert found == frozenset()
        return
    fits = next((count for count in range(11) if needed(False, count) <= room), None)
    experts = fits is None
    count = fits if fits is not None else next((n for n in range(11) if needed(True, n) <= room), 10)
    assert {0, 6} <= found if experts else not {0, 6} & found
    shared = [index for index in range(12) if index not in (0, 6)]
    assert found - {0, 6} == {shared[k * 10 // count] for k in range(count)}
