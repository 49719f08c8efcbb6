"""The transformer against the reference's numbers."""

import json
import math

import pytest
import torch

from backend.engines.happyhorse.transformer import rope
from backend.engines.happyhorse.transformer.config import (
    BASE,
    SR_540P,
    SR_1080P,
    TransformerConfig,
    config_from_shapes,
    parameter_shapes,
)
from backend.engines.happyhorse.transformer.kernels import ops
from backend.engines.happyhorse.transformer.kernels.attention import attend, attend_windowed, narrow
from backend.engines.happyhorse.transformer.model import Transformer
from tests.happyhorse.golden import FOLDER, Case, difference, relative

CASES = ["dit_base", "dit_sr"]


def build(case: Case, precision: str, **options: object) -> Transformer:
    model = Transformer(TransformerConfig.from_case(case.case), "cpu", precision, **options)
    model.load_state_dict(case.weights())
    return model


def forward(model: Transformer, case: Case) -> tuple[torch.Tensor, torch.Tensor]:
    text = case["in.text_feat"][:, : case.case["inputs"]["txt_feat_len"]]
    return model(case["in.video_latent"], case["in.audio_latent"], text)


@pytest.mark.parametrize("name", CASES)
def test_one_pass_in_fp32(name: str) -> None:
    case = Case(name)
    video, audio = forward(build(case, "fp32"), case)
    assert difference(video, case["fp32.out_video"]) < 1e-4
    assert difference(audio, case["fp32.out_audio"]) < 1e-4


@pytest.mark.parametrize("name", CASES)
def test_one_pass_in_bf16(name: str) -> None:
    case = Case(name)
    video, audio = forward(build(case, "bf16"), case)
    assert relative(video, case["out_video"]) < 2e-2
    assert relative(audio, case["out_audio"]) < 2e-2


@pytest.mark.parametrize("name", CASES)
def test_pieces_of_any_size_give_the_same(name: str) -> None:
    case = Case(name)
    whole, small = (forward(build(case, "fp32", rows_at_once=rows), case)[0] for rows in (10_000, 7))
    assert difference(small, whole) < 1e-4


@pytest.mark.parametrize("name", CASES)
def test_coordinates_rotation_and_embedding(name: str) -> None:
    case = Case(name)
    config = TransformerConfig.from_case(case.case)
    frames, height, width = case["in.video_latent"].shape[2:]
    audio, text = case["in.audio_latent"].shape[1], case.case["inputs"]["txt_feat_len"]
    coords = rope.coordinates((frames, height // 2, width // 2), audio, text, config.coords)
    assert torch.equal(coords, case["coords_mapping"])
    sine, cosine = rope.tables(coords, case.weights()["adapter.rope.bands"])
    assert difference(torch.cat([sine, cosine], dim=1), case["rope"]) < 1e-5
    embedded = build(case, "fp32").embed(
        case["in.video_latent"], case["in.audio_latent"], case["in.text_feat"][:, :text]
    )
    assert difference(embedded, case["embed"]) < 1e-4


def test_a_window_is_the_mask_of_its_frames() -> None:
    generator = torch.Generator().manual_seed(7)
    for frames, frame_tokens, rest, reach in [(9, 5, 12, 2), (9, 5, 3, 0), (4, 6, 0, 1), (7, 2, 40, 3), (13, 3, 8, 11)]:
        tokens = frames * frame_tokens + rest
        q, k, v = (torch.randn(tokens, heads, 16, generator=generator) for heads in (6, 2, 2))
        frame = torch.arange(tokens) // frame_tokens
        video = torch.arange(tokens) < frames * frame_tokens
        mask = ((frame[:, None] - frame[None]).abs() <= reach) | ~video[:, None] | ~video[None]
        expected = torch.nn.functional.scaled_dot_product_attention(
            q.transpose(0, 1)[None], k.transpose(0, 1)[None], v.transpose(0, 1)[None], mask, enable_gqa=True
        )
        for asked, lanes in ((tokens, 1), (tokens - rest // 2, 3), (tokens - rest, 2)):
            result, kv = torch.full_like(q[:asked], torch.nan), torch.stack([k, v], dim=1)
            attend_windowed(q[:asked], kv, frames, frame_tokens, reach, result.__setitem__, lanes=lanes)
            assert difference(result, expected[0].transpose(0, 1)[:asked]) < 1e-5


def test_heads_share_keys() -> None:
    q, k, v = torch.randn(5, 6, 8), torch.randn(7, 2, 8), torch.randn(7, 2, 8)
    wide = attend(q, k.repeat_interleave(3, dim=1), v.repeat_interleave(3, dim=1))
    assert difference(attend(q, k, v), wide) < 1e-5


def test_eight_bits_lack_only_rounding() -> None:
    """What is handed to an e4m3 kernel, attended exactly, with what its answers lack added by `gate`."""
    heads, kv_heads, dim, tokens = 6, 2, 16, 400
    columns = [heads * dim, kv_heads * dim, kv_heads * dim]
    generator = torch.Generator().manual_seed(3)
    qkv = torch.randn(tokens, sum(columns) + 5, generator=generator)
    qkv[:, sum(columns[:2]) : sum(columns)] += 20 * torch.randn(columns[2], generator=generator)  # shared by all
    q, k, v = (x.unflatten(1, (-1, dim)) for x in qkv[:, : sum(columns)].split(columns, dim=1))
    expected = attend(q, k, v).flatten(1)
    operands, scale, lacking = narrow(qkv, columns, heads, kv_heads)
    assert operands.dtype == ops.FP8
    q, k, v = (x.unflatten(1, (-1, dim)) for x in operands.float().split(columns, dim=1))
    assert v.abs().amax(dim=(0, 2)).tolist() == [ops.FP8_MAX] * kv_heads
    result = torch.empty_like(expected)
    ops.gate(attend(q, k, v * scale[:, None]), lacking, None, result)
    mean = lacking.expand_as(expected)
    assert relative(result - mean, expected - mean) < 0.08  # three bits of mantissa in all three
    assert relative(result, expected) < 0.002


@pytest.mark.parametrize("name", CASES)
def test_the_config_can_be_read_off_a_checkpoint(name: str) -> None:
    case = Case(name)
    config = TransformerConfig.from_case(case.case)
    shapes = {key: tuple(tensor.shape) for key, tensor in case.weights().items()}
    assert shapes == parameter_shapes(config)
    assert config_from_shapes(shapes, like=config) == config


def test_the_published_size() -> None:
    published = json.loads((FOLDER / "full_size_parameters.json").read_text())
    published = published.get("parameters", published)
    assert parameter_shapes(BASE) == {name: tuple(shape) for name, (shape, _) in published.items()}
    shapes = parameter_shapes(SR_1080P)
    assert config_from_shapes(shapes, like=SR_1080P) == SR_1080P
    assert sum(math.prod(shape) for name, shape in shapes.items() if not name.endswith("bands")) == 15_299_419_136


def test_which_layers_see_frames_near_by_only() -> None:
    """All but every fourth of the first 32 of the 1080p model, eleven latent frames to each side; no layer of
    the others."""
    near = SR_1080P.window_layers
    assert [layer for layer in range(40) if layer not in near] == [3, 7, 11, 15, 19, 23, 27, 31]
    assert (len(near), SR_1080P.window) == (32, 11)
    assert (BASE.window_layers, SR_540P.window_layers) == (frozenset(), frozenset())


def test_wrong_tensors_are_named() -> None:
    case = Case("dit_base")
    weights = case.weights()
    del weights["block.layers.3.mlp.down_proj.weight"]
    weights["block.layers.99.mlp.down_proj.weight"] = torch.zeros(1)
    weights["final_norm_video.weight"] = torch.zeros(3)
    with pytest.raises(
        ValueError,
        match=r"1 missing: block\.layers\.3\.mlp\.down_proj\.weight; 1 not known: "
        r"block\.layers\.99.*; 1 of the wrong shape: final_norm_video\.weight is \[3\]",
    ):
        Transformer(TransformerConfig.from_case(case.case)).load_state_dict(weights)


def test_settings_that_are_not_supported_are_refused() -> None:
    case = Case("dit_base").case
    with pytest.raises(ValueError, match="text_offset"):
        TransformerConfig.from_case({**case, "data_proxy": {**case["data_proxy"], "text_offset": 3}})


def test_without_gates() -> None:
    """A model without gates is one whose gates are all the same."""
    case = Case("dit_base")
    config = TransformerConfig.from_case(case.case)
    plain = TransformerConfig.from_case(
        {**case.case, "arch_config": {**case.case["arch_config"], "enable_attn_gating": False}}
    )
    weights = case.weights()
    rows = config.qkv_rows
    ungated = dict(weights)
    for layer in range(config.layers):
        name = f"block.layers.{layer}.attention.linear_qkv.weight"
        experts = weights[name].view(config.experts(layer), rows, -1)
        ungated[name] = experts[:, : plain.qkv_rows].flatten(0, 1)
        weights[name] = experts.clone()
        weights[name][:, plain.qkv_rows :] = 0
        weights[name] = weights[name].flatten(0, 1)
        # A gate of 0 halves the attention's output: make up for it behind.
        proj = f"block.layers.{layer}.attention.linear_proj.weight"
        weights[proj] = weights[proj] * 2
    outputs = []
    for settings, tensors in ((config, weights), (plain, ungated)):
        model = Transformer(settings, "cpu", "fp32")
        model.load_state_dict(tensors)
        outputs.append(forward(model, case)[0])
    assert difference(*outputs) < 1e-4
