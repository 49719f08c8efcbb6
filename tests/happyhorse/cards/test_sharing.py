"""A pass of the transformer that several ranks share is the pass of one, bit for bit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from backend.engines.happyhorse.memory.plans import Demand, Plan, Shape, choose_plans, working_bytes
from backend.engines.happyhorse.transformer import sharing
from backend.engines.happyhorse.transformer.config import BASE, SR_1080P, TransformerConfig, parameter_shapes
from backend.engines.happyhorse.transformer.layout import Layout
from backend.engines.happyhorse.transformer.model import Transformer
from backend.engines.happyhorse.transformer.recording import Recording, _Part
from backend.gpu.memory import GIB
from tests.happyhorse.golden import Case


class Threads:
    """Ranks that are threads of this process: the exchange of `backend.gpu.ranks`, by hand."""

    def __init__(self, rank: int, size: int, given: list[Sequence[Tensor]], all_there: threading.Barrier) -> None:
        self.rank, self.size, self._given, self._all_there = rank, size, given, all_there

    def exchange(self, rows: Tensor, given: Sequence[int], taken: Sequence[int], out: Tensor | None = None) -> Tensor:
        self._given[self.rank] = rows.split(list(given))
        self._all_there.wait(20)
        came = [each[self.rank] for each in self._given]
        assert [len(part) for part in came] == list(taken)
        whole = torch.cat(came, out=out)
        self._all_there.wait(20)
        return whole

    def collect(self, part: Tensor, whole: Tensor) -> Threads:
        whole.copy_(self.exchange(part.repeat(self.size), [len(part)] * self.size, [len(part)] * self.size))
        return self

    def wait(self) -> None:
        """It is there already."""

    def pace(self) -> None:
        """Each waits for the others anyway."""

    def gather(self, row: Tensor, out: Tensor | None = None) -> Tensor:
        return self.exchange(row.expand(self.size, *row.shape), [1] * self.size, [1] * self.size, out)


def shared(models: Sequence[Transformer], inputs: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """What rank 0 answers."""
    size, answers = len(models), {}
    given: list[Sequence[Tensor]] = [()] * size
    all_there = threading.Barrier(size)

    def run(rank: int) -> None:
        try:
            answers[rank] = models[rank](*inputs, Threads(rank, size, given, all_there))
        except BaseException:
            all_there.abort()
            raise

    threads = [threading.Thread(target=run, args=(rank,)) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers[0]


class OnTheProcessor(Recording):
    """Replays a part as a graph does: with what it was given when it was recorded, to where its answer was then."""

    replayed = 0

    def _begin_recording(self) -> None:
        """There are no graphs."""

    def _recorded(self, work: Callable[[], Any]) -> _Part:
        answer, done = work(), [True]

        def replay() -> None:
            if done:
                done.clear()
                return
            self.replayed += 1
            for old, new in zip(answer or (), work() or (), strict=True):
                if old is not None:
                    old.copy_(new)

        return _Part(replay, answer)


def random_inputs(config: TransformerConfig, frames: int, audio: int, text: int) -> list[Tensor]:
    source = torch.Generator().manual_seed(5)
    shapes = [(1, 48, frames, 8, 12), (1, audio, 64), (1, text, config.text_channels)]
    return [torch.randn(shape, generator=source) for shape in shapes]


@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp8"])
@pytest.mark.parametrize("name", ["dit_base", "dit_sr"])
def test_two_ranks_answer_what_one_does(name: str, precision: str) -> None:
    """In the golden cases: full attention and windows of frames, experts, and a last layer without text."""
    case = Case(name)
    config, weights = TransformerConfig.from_case(case.case), case.weights()
    models = [Transformer(config, "cpu", precision, rows_at_once=50) for _ in range(2)]
    for model in models:
        model.load_state_dict(weights)
    inputs = random_inputs(config, 6, 21, 30)
    alone, together = models[0](*inputs), shared(models, inputs)
    assert alone[0].std() > 0.1
    assert torch.equal(alone[0], together[0])
    assert torch.equal(alone[1], together[1])


@pytest.mark.parametrize("ranks", [2, 4, 8])
def test_any_number_of_ranks_that_divides_the_heads(ranks: int) -> None:
    config = TransformerConfig(
        layers=4,
        hidden=128,
        head_dim=8,
        kv_heads=8,
        text_channels=32,
        expert_layers=frozenset({0, 3}),
        gelu_layers=frozenset({0}),
        window_layers=frozenset({1, 3}),
        window=2,
    )
    source = torch.Generator().manual_seed(3)
    weights = {
        name: torch.randn(shape, generator=source) * (shape[-1] ** -0.5 if len(shape) > 1 else 0.1)
        for name, shape in parameter_shapes(config).items()
    }
    models = [Transformer(config, "cpu", "fp32") for _ in range(ranks)]
    for model in models:
        model.load_state_dict(weights)
    inputs = random_inputs(config, 11, 20, 41)
    alone, together = models[0](*inputs), shared(models, inputs)
    assert torch.equal(alone[0], together[0])
    assert torch.equal(alone[1], together[1])


@pytest.mark.parametrize("precision", ["bf16", "fp8"])
def test_a_pass_that_is_recorded_is_the_same_pass(precision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With other latents each time, and where another prompt comes between."""
    case = Case("dit_sr")
    config, weights = TransformerConfig.from_case(case.case), case.weights()
    models = [Transformer(config, "cpu", precision, rows_at_once=50) for _ in range(3)]
    for model in models:
        model.load_state_dict(weights)
    made = []

    def parts(model: Transformer, layout: Layout, ranks: Any) -> Recording:
        if layout not in model._recordings:
            model._recordings[layout] = OnTheProcessor(model.device)
            made.append(model._recordings[layout])
        return model._recordings[layout]

    for turn, text in enumerate([30, 30, 30, 17, 30, 17, 30, 17]):
        inputs = [tensor * (1 + turn) for tensor in random_inputs(config, 6, 21, text)]
        alone = models[0](*inputs)
        with monkeypatch.context() as patch:
            patch.setattr(Transformer, "_parts", parts)
            together = shared(models[1:], inputs)
        assert torch.equal(alone[0], together[0])
        assert torch.equal(alone[1], together[1])
    assert len(made) == 4
    assert [each.replayed for each in made] == [3 * config.layers * turns for turns in (3, 3, 1, 1)]
    models[1].park()
    assert not models[1]._recordings


@pytest.mark.parametrize(("ranks", "experts"), [(2, False), (4, False), (4, True)])
def test_weights_that_lie_in_parts(ranks: int, experts: bool) -> None:
    """Each rank holds less than the whole, also after it has left its device to others; in 8 bits with their scales."""
    config = TransformerConfig(
        layers=11,
        hidden=64,
        head_dim=8,
        kv_heads=8,
        text_channels=32,
        expert_layers=frozenset({0, 10}),
        gelu_layers=frozenset({0}),
    )
    source = torch.Generator().manual_seed(3)
    weights = {
        name: torch.randn(shape, generator=source) * (shape[-1] ** -0.5 if len(shape) > 1 else 0.1)
        for name, shape in parameter_shapes(config).items()
    }
    alone = Transformer(config, "cpu", "fp8")
    alone.load_state_dict(weights)
    whole, blocks = alone.taken, alone.store.blocks
    slots = 2 * (max(block.bytes for block in blocks) if experts else blocks[1].bytes)
    kept = slots + (0 if experts else blocks[0].bytes + blocks[10].bytes + blocks[1].bytes)
    room = kept + (whole - kept + slots) // ranks + 99
    models = [Transformer(config, "cpu", "fp8", resident_bytes=room, share=(rank, ranks)) for rank in range(ranks)]
    for model in models:
        model.load_state_dict(weights)
        assert model.store.streamed == (list(range(11)) if experts else list(range(1, 9)))
        assert model.taken <= room < whole
        assert model.set_aside == 0
    with pytest.raises(RuntimeError, match=f"the weights lie on {ranks} GPUs, and 1 make this pass"):
        models[0](*random_inputs(config, 3, 5, 7))
    for turn in range(3):
        inputs = [tensor * (1 + turn) for tensor in random_inputs(config, 3, 5, 7)]
        expected, together = alone(*inputs), shared(models, inputs)
        assert torch.equal(expected[0], together[0])
        assert torch.equal(expected[1], together[1])
        held = models[1].taken
        models[1].park(None if turn else 1)
        assert models[1].taken == (0 if turn else held - models[1].store._bytes(10))
        assert models[1].lacking == held - models[1].taken
        assert models[1].unsaved == models[1].taken - (0 if turn else slots)
        models[1].unpark()


def test_how_tokens_are_cut() -> None:
    assert sharing.token_cuts(900, 100, 1) == (0, 1000)
    assert sharing.token_cuts(900, 100, 4) == (0, 250, 500, 750, 1000)
    assert sharing.token_cuts(900, 600, 4) == (0, 300, 600, 900, 1500)  # audio and text stay together
    with pytest.raises(ValueError, match="4 ranks can't share 2 video tokens"):
        sharing.token_cuts(2, 50, 4)
    assert sharing.sizes(BASE) == [1, 2, 4, 8]


def test_plans_are_for_each_gpu() -> None:
    """What a pass takes beside the weights shrinks with their number, so that a smaller card does."""
    large = Shape(32, 68, 120, 126)
    one, two, four = (working_bytes(SR_1080P, "bf16", large, gpus=gpus) for gpus in (1, 2, 4))
    assert one > 1.25 * two > 1.25 * 1.1 * four
    room = int(34.5 * GIB)
    assert choose_plans(SR_1080P, large, room)[0].precision == "fp8"
    plan = choose_plans(SR_1080P, large, room, gpus=2)[0]
    assert (plan.precision, plan.resident_bytes) == ("bf16", None)
    assert plan.expected_peak <= room


def test_two_cards_of_24_gb_hold_the_full_weights_as_one_of_48_does() -> None:
    large, room = Shape(32, 68, 120, 126), 22 * GIB
    assert choose_plans(SR_1080P, large, 46 * GIB)[0].precision == "bf16"
    assert choose_plans(SR_1080P, large, room, host=99 * GIB)[0].precision == "fp8"
    full, eight, *_ = choose_plans(SR_1080P, large, room, gpus=2)
    assert (full.precision, full.shares, eight.precision, eight.shares) == ("bf16", 2, "fp8", 1)
    assert full.expected_peak <= room
    assert full.expected_host == 0
    assert full.words == "full precision, shared by 2 GPUs, about 21.8 GiB of GPU memory"
    four = choose_plans(SR_1080P, large, int(14.5 * GIB), gpus=4)
    assert [(plan.precision, plan.shares) for plan in four] == [("bf16", 4), ("fp8", 4), ("fp8", 1)]
    assert choose_plans(SR_1080P, large, room, gpus=2, eight_bit=True)[0].precision == "fp8"
    assert choose_plans(SR_1080P, large, 14 * GIB, gpus=2)[0].precision == "fp8"  # not even together


def test_cards_without_a_fast_link_have_the_full_weights_from_memory() -> None:
    large, room = Shape(32, 68, 120, 126), 22 * GIB
    full = choose_plans(SR_1080P, large, room, gpus=2, host=64 * GIB, linked=False)[0]
    assert (full.precision, full.shares) == ("bf16", 1)
    assert full.expected_peak <= room
    assert 8 * GIB < full.expected_host < 20 * GIB  # for each of the two
    less = choose_plans(SR_1080P, large, room, gpus=2, host=12 * GIB, linked=False)[0]
    assert (less.precision, less.shares) == ("bf16", 2)  # of which there is too little


def test_weights_in_parts_are_of_use_to_as_many_as_have_them() -> None:
    plan = Plan("bf16", 1, 1, 1, shares=2)
    shape, cuda = Shape(32, 68, 120, 126), torch.device("cuda", 0)
    assert [Demand(BASE, shape, cuda, gpus=gpus).accepts(plan) for gpus in (1, 2, 4)] == [False, True, False]
    whole = replace(plan, shares=1)  # of use to any number, each of which has all of them
    assert [Demand(BASE, shape, cuda, gpus=gpus).accepts(whole) for gpus in (1, 2, 4)] == [True, True, True]
