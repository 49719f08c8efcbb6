"""Plans for small and large cards, streaming, parking, and what happens when memory runs out."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch

from backend.engines.happyhorse.memory.plans import (
    Plan,
    Shape,
    choose_plans,
    smallest_memory,
    supports_fp8,
    weight_bytes,
    working_bytes,
)
from backend.engines.happyhorse.transformer.config import BASE, SR_1080P, TransformerConfig
from backend.engines.happyhorse.transformer.model import Transformer
from backend.engines.happyhorse.transformer.streaming import BlockStore, streamed_blocks
from backend.engines.happyhorse.transformer.weights import BlockWeights
from backend.gpu.memory import GIB, run_with_fallback
from tests.happyhorse.golden import Case, difference, relative

BASE_SHAPE = Shape(32, 16, 28, 126)
HD_SHAPE = Shape(32, 68, 120, 126)


def forward(model: Transformer, case: Case) -> tuple[torch.Tensor, torch.Tensor]:
    return model(case["in.video_latent"], case["in.audio_latent"], case["in.text_feat"][:, :20])


def test_the_published_model_takes_what_it_should() -> None:
    assert 30.6e9 < weight_bytes(BASE, "bf16") < 30.8e9
    assert 15.3e9 < weight_bytes(BASE, "fp8") < 15.5e9
    assert HD_SHAPE.tokens == 65280 + 126 + 640


@pytest.mark.parametrize(
    ("gib", "kinds"),
    [
        (78, ["bf16", "fp8", "streamed"]),
        (40, ["bf16", "fp8", "streamed"]),
        (22, ["fp8", "streamed"]),
        (15, ["streamed", "streamed"]),
        (7, ["streamed", "streamed"]),
        (3, []),
    ],
)
def test_plans_by_memory(gib: int, kinds: Sequence[str]) -> None:
    plans = choose_plans(SR_1080P, HD_SHAPE if gib > 10 else BASE_SHAPE, gib * GIB)
    assert ["streamed" if plan.resident_bytes is not None else plan.precision for plan in plans] == kinds
    for plan in plans:
        assert plan.expected_peak <= gib * GIB
        assert (plan.expected_host > 0) == (plan.resident_bytes is not None)
        assert f"{plan.expected_peak / GIB:.1f} GiB" in plan.words


def test_without_fp8_the_full_weights_are_streamed() -> None:
    plans = choose_plans(BASE, BASE_SHAPE, 15 * GIB, fp8=False)
    assert plans and all(plan.precision == "bf16" and plan.resident_bytes is not None for plan in plans)


@pytest.mark.parametrize("gib", [78, 30.5, 22, 14.5, 11])
def test_the_last_plan_has_room_for_what_was_not_expected(gib: float) -> None:
    *_, before, last = choose_plans(BASE, BASE_SHAPE, int(gib * GIB))
    assert last.resident_bytes is not None
    assert last.expected_peak <= before.expected_peak * 3 // 4


def test_a_small_card_keeps_what_it_can() -> None:
    """Where the experts' large blocks don't fit, all were streamed, and half of an 8 GB card stayed empty."""
    plan, *_ = choose_plans(BASE, BASE_SHAPE, int(7.2 * GIB))
    assert 6.5 * GIB < plan.expected_peak <= 7.2 * GIB
    assert plan.expected_host < 0.75 * weight_bytes(BASE, "fp8")
    blocks = [BlockWeights(BASE, layer, "fp8") for layer in range(40)]
    streamed = streamed_blocks(blocks, plan.resident_bytes)
    assert {0, 1, 2, 3, 36, 37, 38, 39} < streamed
    kept = sum(block.bytes for i, block in enumerate(blocks) if i not in streamed)
    slots = 2 * max(block.bytes for block in blocks)
    assert kept + slots <= (plan.resident_bytes or 0) < kept + slots + blocks[10].bytes


def test_speed_before_precision() -> None:
    for gib in (78, 22, 15):
        plans = choose_plans(BASE, BASE_SHAPE, gib * GIB, eight_bit=True)
        assert plans and all(plan.precision == "fp8" and plan.eight_bit for plan in plans)
    assert choose_plans(BASE, BASE_SHAPE, 78 * GIB, fp8=False, eight_bit=True)[0].precision == "bf16"


def test_no_fp8_on_the_processor() -> None:
    assert not supports_fp8("cpu")


def test_the_smallest_memory_is_just_enough() -> None:
    need = smallest_memory(BASE, BASE_SHAPE)
    assert choose_plans(BASE, BASE_SHAPE, need)
    assert not choose_plans(BASE, BASE_SHAPE, need - GIB // 2)


def test_fewer_rows_take_less() -> None:
    assert working_bytes(BASE, "bf16", HD_SHAPE, 4096) <= working_bytes(BASE, "bf16", HD_SHAPE, 60000)
    row = 27304 * (2 + 2) + 5120 * 2  # bytes: what the wide product gives, that as the next takes it, its own input
    some, more = (working_bytes(BASE, "bf16", BASE_SHAPE, rows) for rows in (1001, 2048))
    assert more - some == (3072 - 1501) * row  # a piece may be half as large again


def test_what_is_streamed() -> None:
    blocks = [BlockWeights(BASE, layer, "fp8") for layer in range(40)]
    total = sum(block.bytes for block in blocks)
    assert streamed_blocks(blocks, None) == streamed_blocks(blocks, total) == frozenset()
    some = streamed_blocks(blocks, total * 3 // 4)
    assert some and all(blocks[i].experts == 1 for i in some)
    held = total - sum(blocks[i].bytes for i in some) + 2 * blocks[10].bytes
    assert held <= total * 3 // 4 < held + 2 * blocks[10].bytes
    assert streamed_blocks(blocks, total // 10) == frozenset(range(40))


@pytest.mark.parametrize("name", ["dit_base", "dit_sr"])
@pytest.mark.parametrize("part", [0.0, 0.7, 0.9])
def test_streaming_changes_nothing(name: str, part: float) -> None:
    case = Case(name)
    config = TransformerConfig.from_case(case.case)
    total = sum(BlockWeights(config, layer, "fp32").bytes for layer in range(config.layers))
    model = Transformer(config, "cpu", "fp32", resident_bytes=int(part * total))
    model.load_state_dict(case.weights())
    assert 0 < len(model.store.streamed) <= config.layers
    for _ in range(2):
        assert difference(forward(model, case)[0], case["fp32.out_video"]) < 1e-4


def test_a_parked_model_comes_back_as_it_was() -> None:
    case = Case("dit_base")
    config = TransformerConfig.from_case(case.case)
    for resident in (None, 2_000_000):
        model = Transformer(config, "cpu", "fp32", resident_bytes=resident)
        model.load_state_dict(case.weights())
        for _ in range(2):
            model.park()
            assert not model.store.resident
            model.unpark()
            assert difference(forward(model, case)[0], case["fp32.out_video"]) < 1e-4
            model.park(1)
            assert resident is not None or len(model.store.resident) == config.layers - 1
            model.unpark()
            assert difference(forward(model, case)[0], case["fp32.out_video"]) < 1e-4
        model.close()


@pytest.mark.parametrize("name", ["dit_base", "dit_sr"])
def test_fp8_stays_near_bf16(name: str) -> None:
    """Three bits of mantissa in every product of eight layers: these weights give 15 %."""
    case = Case(name)
    model = Transformer(TransformerConfig.from_case(case.case), "cpu", "fp8")
    model.load_state_dict(case.weights())
    video, audio = forward(model, case)
    assert 0.01 < relative(video, case["out_video"]) < 0.2
    assert 0.01 < relative(audio, case["out_audio"]) < 0.2


def test_blocks_are_one_run_of_bytes() -> None:
    config = TransformerConfig.from_case(Case("dit_base").case)
    store = BlockStore(
        [BlockWeights(replace(config, layers=2), layer, "bf16") for layer in range(2)], torch.device("cpu")
    )
    for block, buffer in store.buffers.items():
        for tensor in store.fetch(block).tensors.values():
            assert buffer.data_ptr() <= tensor.data_ptr() < buffer.data_ptr() + buffer.numel()


def plan(precision: str) -> Plan:
    return Plan(precision, None, 4096, 3 * GIB)


def test_memory_that_runs_out_falls_back_once_and_says_so() -> None:
    tried: list[str] = []
    notes: list[str] = []

    def run(chosen: Plan) -> str:
        tried.append(chosen.precision)
        if chosen.precision == "bf16":
            raise torch.OutOfMemoryError("full")
        return "done"

    assert run_with_fallback([plan("bf16"), plan("fp8"), plan("fp32")], run, notes.append) == "done"
    assert tried == ["bf16", "fp8"]
    assert len(notes) == 1 and "full precision" in notes[0] and "8-bit products" in notes[0]


def test_a_second_failure_is_raised() -> None:
    def run(chosen: Plan) -> str:
        raise torch.OutOfMemoryError("full")

    for plans in ([plan("bf16")], [plan("bf16"), plan("fp8"), plan("fp8")]):
        with pytest.raises(torch.OutOfMemoryError):
            run_with_fallback(plans, run, lambda words: None)
