"""The fast decoder against the reference's numbers."""

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from backend.engines.happyhorse.vaes import turbo
from backend.engines.happyhorse.vaes.turbo import TurboDecoder
from backend.engines.happyhorse.vaes.turbo_config import LATENT_MEAN, LATENT_STD, TurboConfig
from backend.engines.happyhorse.vaes.turbo_ops import of_small_pixels, spread
from backend.engines.happyhorse.vaes.turbo_windows import Ends, windows
from tests.happyhorse.golden import Case, difference, relative


def decoder(case: Case, dtype: torch.dtype = torch.float32) -> TurboDecoder:
    result = TurboDecoder(TurboConfig.from_published(case.case["config"]), "cpu", dtype)
    result.load_state_dict(case.weights())
    return result


@pytest.mark.parametrize("run", ["short", "chunked"])
def test_decode_in_fp32(run: str) -> None:
    case = Case("turbo_vaed")
    assert difference(decoder(case).decode(case[f"{run}.latent"]), case[f"{run}.video"]) < 1e-3


@pytest.mark.parametrize("run", ["short", "chunked"])
def test_decode_in_bf16(run: str) -> None:
    case = Case("turbo_vaed")
    assert relative(decoder(case, torch.bfloat16).decode(case[f"{run}.latent"]), case[f"{run}.video"]) < 6e-2


@pytest.mark.parametrize(("first", "name"), [(True, "block.first"), (False, "block.not_first")])
def test_one_call_of_the_network(first: bool, name: str) -> None:
    case = Case("turbo_vaed")
    with torch.inference_mode():
        video = decoder(case).decode_once(case["block.latent_denormalised"], first)
    assert difference(video, case[name]) < 1e-3


def test_frames_are_bytes_of_the_video() -> None:
    case = Case("turbo_vaed")
    parts = list(decoder(case).decode_frames(case["chunked.latent"]))
    frames = torch.cat(parts)
    expected = ((case["chunked.video"][0] / 2 + 0.5).clamp(0, 1) * 255).to(torch.uint8).permute(1, 2, 3, 0)
    assert len(parts) == 3
    assert frames.shape == (61, 32, 32, 3)
    assert (frames.int() - expected.int()).abs().max() <= 1


@pytest.mark.parametrize("frames", [1, 2, 7, 8, 14, 15])
def test_any_number_of_latent_frames(frames: int) -> None:
    case = Case("turbo_vaed")
    latent = case["chunked.latent"][:, :, :1].expand(-1, -1, frames, -1, -1)
    assert decoder(case).decode(latent).shape == (1, 3, 4 * frames - 3, 32, 32)


def test_a_doubled_picture_is_never_made() -> None:
    pixels, weight, bias = torch.randn(3, 5, 6, 7).double(), torch.randn(4, 5, 3, 3).double(), torch.randn(4).double()
    exact = functional.conv2d(functional.interpolate(pixels, scale_factor=2.0), weight, bias, padding=1)
    found = spread(functional.conv2d(pixels, of_small_pixels(weight), padding=1), bias)
    assert found.shape == (1, 4, 3, 12, 14)
    assert difference(found[0].transpose(0, 1), exact) < 1e-12


def test_windows() -> None:
    assert windows(7, 7, 7) == [(0, 7, 0, 0)]
    assert windows(21, 7, 7) == [(0, 8, 0, 1), (6, 15, 1, 1), (13, 21, 1, 0)]


def test_latent_statistics() -> None:
    case = Case("turbo_vaed").case
    assert pytest.approx(case["latent_mean"], abs=1e-6) == LATENT_MEAN
    assert pytest.approx(case["latent_std"], abs=1e-6) == LATENT_STD


def test_the_published_size() -> None:
    config = TurboConfig.from_published(
        next(value for key, value in Case("turbo_vaed").case.items() if key.startswith("published_config"))
    )
    assert config == TurboConfig()
    shapes = TurboDecoder(config).parameter_shapes()
    assert sum(torch.Size(shape).numel() for shape in shapes.values()) == 107_122_892


def test_a_published_checkpoint_is_unpacked_and_a_wrong_one_named() -> None:
    case = Case("turbo_vaed")
    result = TurboDecoder(TurboConfig.from_published(case.case["config"]))
    weights = {f"module.{name}": tensor for name, tensor in case.weights().items()}
    result.load_state_dict({"ema_state_dict": {**weights, "module.discriminator.weight": torch.zeros(2)}, "step": 3})
    assert difference(result.decode(case["short.latent"]), case["short.video"]) < 1e-3
    del weights["module.decoder.conv_out.conv.bias"]
    with pytest.raises(ValueError, match=r"missing: decoder\.conv_out\.conv\.bias"):
        result.load_state_dict(weights)


def test_small_parts_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case("turbo_vaed")
    monkeypatch.setattr(turbo, "PART_ELEMENTS", 3 * 32 * 16 * 16)
    assert difference(decoder(case).decode(case["chunked.latent"]), case["chunked.video"]) < 1e-3


@pytest.mark.parametrize("elements", [1 << 29, 3 * 32 * 16 * 16, 32 * 16 * 16])  # of parts of all, of 3, of 1 frame
@pytest.mark.parametrize("cut", [(0, 4), (4, 4), (4, 8), (0, 16), (3, 23), (24, 1)])
def test_what_is_cut_off_is_not_decoded_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, cut: tuple[int, int], elements: int
) -> None:
    case = Case("turbo_vaed")
    monkeypatch.setattr(turbo, "PART_ELEMENTS", elements)
    z, network = case["chunked.latent"][:, :, :9], decoder(case)
    whole = network.decode_once(z, first=False)
    seen: list[int] = []
    convolution = functional.conv3d

    def counted(x: Tensor, *args: Any, **options: Any) -> Tensor:
        seen.append(x.shape[2])
        return convolution(x, *args, **options)

    monkeypatch.setattr(functional, "conv3d", counted)
    network.decode_once(z, first=False)
    all_frames, seen[:] = sum(seen), []
    found = network._video(network._patches(z, False, cut))
    assert sum(seen) < all_frames
    assert found.shape[2] == 36 - sum(cut)
    assert difference(found, whole[:, :, cut[0] : 36 - cut[1]]) < 1e-5


def tall(network: TurboDecoder, strips: int) -> Tensor:
    z = torch.randn(1, 48, 4, 10, 2, generator=torch.Generator().manual_seed(1))
    return torch.cat(network._patches(z, False, (4, 0), strips), dim=2)


@pytest.mark.parametrize("elements", [1 << 29, 3 * 32 * 16 * 16])
def test_strips_give_the_same_and_take_less(monkeypatch: pytest.MonkeyPatch, elements: int) -> None:
    """Cut in rows where the picture is large; each strip sees as far beyond itself as its convolutions look."""
    monkeypatch.setattr(turbo, "PART_ELEMENTS", elements)
    network = decoder(Case("turbo_vaed"), torch.float64)  # norms are in fp32 all the same
    largest: list[int] = []
    convolution = functional.conv3d

    def counted(x: Tensor, *args: Any, **options: Any) -> Tensor:
        answer = convolution(x, *args, **options)
        largest.append(answer.numel())
        return answer

    monkeypatch.setattr(functional, "conv3d", counted)
    whole = tall(network, 1)
    most, largest[:] = max(largest), []
    for strips in (2, 3, 7):
        assert difference(tall(network, strips), whole) < 1e-5
    assert max(largest) < most or elements < 1 << 29


def test_strips_look_as_far_as_is_needed_and_no_farther() -> None:
    """A row that is no number makes no number of whatever looks at it."""
    network = decoder(Case("turbo_vaed"))
    part = torch.randn(1, network.config.widths[network.config.last_doubling - 1], 3, 40, 4)
    part[:, :, :, 20] = torch.nan
    ends = Ends((0, 0), network.config.reach, 1)
    [answer] = network._large([part], False, ends, 1 << 29)
    rows = answer.isnan().any(dim=(0, 1, 2, 4)).nonzero().flatten() // 2
    assert network.config.reach_of_rows == TurboConfig().reach_of_rows == 8
    assert (int(rows.min()), int(rows.max())) == (20 - 8, 20 + 8)


def test_decoding_goes_on_at_a_window() -> None:
    case = Case("turbo_vaed")
    parts = list(decoder(case).decode_frames(case["chunked.latent"]))
    rest = list(decoder(case).decode_frames(case["chunked.latent"], strips=2, first=1))
    assert len(rest) == len(parts) - 1
    assert all((a.int() - b.int()).abs().max() <= 1 for a, b in zip(rest, parts[1:], strict=True))
