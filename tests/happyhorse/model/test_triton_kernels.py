"""Our GPU kernels, through Triton's interpreter: the numbers of plain torch, and the golden ones, without a GPU."""

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
import torch
from torch import Tensor

from backend.engines.happyhorse.transformer.config import TransformerConfig
from backend.engines.happyhorse.transformer.kernels import ops
from backend.engines.happyhorse.transformer.kernels.ops import FP8, Operand, Rows
from backend.engines.happyhorse.transformer.model import Transformer
from backend.engines.happyhorse.vaes import turbo_ops
from tests.happyhorse.golden import Case, difference, relative

pytest.importorskip("triton", reason="Triton is for Linux")

# The interpreter cuts numbers off where a GPU rounds: a whole step of bf16 (8 bits) and of e4m3 (4 bits).
ERRORS = {torch.float32: 1e-6, torch.bfloat16: 2**-7, FP8: 2**-3}


@pytest.fixture(scope="module", autouse=True)
def interpreted() -> Iterator[None]:
    """Kernels that are imported while this lasts are interpreted."""
    package = "backend.engines.happyhorse"
    names = [f"{package}.transformer.kernels.ops_triton", f"{package}.vaes.turbo_triton"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRITON_INTERPRET", "1")
        for name in names:
            patch.delitem(sys.modules, name, raising=False)
            parent, _, own = name.rpartition(".")
            patch.delattr(importlib.import_module(parent), own, raising=False)
        yield
        for name in names:
            sys.modules.pop(name, None)


@pytest.fixture
def fused() -> ModuleType:
    return importlib.import_module("backend.engines.happyhorse.transformer.kernels.ops_triton")


@pytest.fixture
def decoder_ops() -> ModuleType:
    return importlib.import_module("backend.engines.happyhorse.vaes.turbo_triton")


def value(x: Operand) -> Tensor:
    return x.values.float() * x.scale if isinstance(x, Rows) else x.float()


def room(rows: int, width: int, dtype: torch.dtype) -> Operand:
    values = torch.empty(rows, width, dtype=dtype)
    return Rows(values, torch.empty(rows, 1)) if dtype == FP8 else values


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("dtype", ERRORS)
def test_sum_and_norm(fused: ModuleType, dtype: torch.dtype, keep: bool) -> None:
    x, weight = torch.randn(7, 80), torch.rand(80)
    for added in ([], [torch.randn(7, 80)], [torch.randn(7, 80), torch.randn(7, 80).bfloat16()]):
        found_sum, expected_sum = x.clone(), x.clone()
        found = fused.add_norm(found_sum, added, weight, dtype, keep=keep)
        expected = ops.add_norm(expected_sum, added, weight, dtype, keep=keep)
        assert torch.equal(found_sum, expected_sum)
        assert torch.equal(found_sum, x) == (not keep or not added)
        assert relative(value(found), value(expected)) < ERRORS[dtype]


@pytest.mark.parametrize("gelu", [False, True])
@pytest.mark.parametrize("dtype", ERRORS)
def test_activation(fused: ModuleType, dtype: torch.dtype, gelu: bool) -> None:
    up = 4 * torch.randn(5, 2 * 96)
    assert relative(value(fused.activate(up, gelu, dtype)), value(ops.activate(up, gelu, dtype))) < (ERRORS[dtype])


@pytest.mark.parametrize("dtype", ERRORS)
def test_gates(fused: ModuleType, dtype: torch.dtype) -> None:
    x = torch.randn(6, 20, 24)
    for shift in (None, torch.randn(480)):
        for gates in (None, torch.randn(6, 20)):
            found, expected = room(6, 480, dtype), room(6, 480, dtype)
            fused.gate(x, shift, gates, found)
            ops.gate(x, shift, gates, expected)
            assert relative(value(found), value(expected)) < ERRORS[dtype]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(("heads", "kv_heads", "rows"), [(4, 2, 6), (10, 8, 19), (5, 9, 3)])
def test_norm_and_rotation_of_heads(
    fused: ModuleType, dtype: torch.dtype, heads: int, kv_heads: int, rows: int
) -> None:
    columns = (heads + kv_heads) * 32
    found = torch.randn(rows, columns + kv_heads * 32 + 16).to(dtype)
    expected, others = found.clone(), found[:, columns:].clone()
    given = (heads, kv_heads, torch.rand(32), torch.rand(32), torch.rand(rows, 12), torch.rand(rows, 12))
    fused.norm_rotate(found, *given)
    ops.norm_rotate(expected, *given)
    assert relative(found, expected) < ERRORS[dtype]
    assert torch.equal(found[:, columns:], others)


def test_a_pass_with_our_kernels_is_that_of_plain_torch() -> None:
    """Which is the golden one: see test_transformer.py. Of fewer tokens, as each row of each layer is interpreted."""
    case = Case("dit_sr")
    model, plain = (
        Transformer(TransformerConfig.from_case(case.case), "cpu", "fp32", fused=on) for on in (True, False)
    )
    assert (model.ops.__name__.split(".")[-1], plain.ops.__name__.split(".")[-1]) == ("ops_triton", "ops")
    for one in (model, plain):
        one.load_state_dict(case.weights())
    given = case["in.video_latent"][:, :, :2, :6, :8], case["in.audio_latent"][:, :5], case["in.text_feat"][:, :7]
    found, expected = model(*given), plain(*given)
    for one, other in zip(found, expected, strict=True):
        assert other.std() > 0.1
        assert difference(one, other) < 1e-5


def pixels(*shape: int) -> Tensor:
    return torch.randn(shape).contiguous(memory_format=torch.channels_last_3d)


@pytest.mark.parametrize("channels", [12, 64])
def test_doubled_pixels_in_their_places(decoder_ops: ModuleType, channels: int) -> None:
    x, bias = torch.randn(3, 4 * channels, 6, 9), torch.randn(channels)
    assert difference(decoder_ops.spread(x, bias), turbo_ops.spread(x, bias)) < 1e-6


@pytest.mark.parametrize("act", ["none", "relu", "silu"])
@pytest.mark.parametrize("channels", [20, 64])
def test_norm_of_pixels(decoder_ops: ModuleType, channels: int, act: str) -> None:
    x = pixels(1, channels, 3, 5, 7)
    for bias in (None, torch.randn(channels)):
        found, expected = torch.full_like(x, torch.nan), torch.empty_like(x)
        decoder_ops.norm(x, 1e-8, act, found, bias)
        turbo_ops.norm(x, 1e-8, act, expected, bias)
        assert difference(found, expected) < 1e-5


def test_sum_of_pixels(decoder_ops: ModuleType) -> None:
    x, other, bias = pixels(1, 20, 3, 5, 7), pixels(1, 20, 3, 5, 7), torch.randn(20)
    for added in (None, other):
        found, expected = (x.clone(memory_format=torch.preserve_format) for _ in range(2))
        decoder_ops.add(found, bias, added)
        turbo_ops.add(expected, bias, added)
        assert difference(found, expected) < 1e-6


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_pictures_of_patches(decoder_ops: ModuleType, dtype: torch.dtype) -> None:
    x, bias = 2 * pixels(1, 12, 4, 5, 7), torch.randn(12).to(dtype)
    cut = x.to(dtype)[:, :, 1:]  # as a window whose ends were shortened
    found, expected = torch.full((3, 10, 14, 3), 7, dtype=torch.uint8), torch.empty(3, 10, 14, 3, dtype=torch.uint8)
    decoder_ops.pictures(cut, bias, 2, found)
    turbo_ops.pictures(cut, bias, 2, expected)
    assert expected.min() == 0
    assert expected.max() == 255
    assert (found.int() - expected.int()).abs().max() <= 1  # which of two neighbours a rounded sum is cut to
    assert (found == expected).float().mean() > 0.99
