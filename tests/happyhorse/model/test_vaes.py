"""The video VAE and the audio VAE against the reference's numbers."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

pytest.importorskip("diffusers")

from backend.engines.happyhorse.files.catalogue import CATALOGUE
from backend.engines.happyhorse.files.checkpoint import CheckpointError
from backend.engines.happyhorse.vaes import audio, still
from backend.engines.happyhorse.vaes import video as video_vae
from backend.engines.happyhorse.vaes.still import StillEncoder
from backend.weights.check import inspect
from tests.happyhorse.golden import Case, difference, relative

# The golden waveform is itself 8e-6 (at most 2.6e-4) from the one in fp64, and each processor's sums differ as much.
SOUND = 2e-5


def full(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: tensor.float() for name, tensor in weights.items()}


def test_video_vae() -> None:
    case = Case("wan22_vae")
    vae = video_vae.video_vae_from(full(case.weights()))
    assert difference(video_vae.encode_video(vae, case["video"]), case["latent_normalised"]) < 1e-4
    assert difference(video_vae.decode_video(vae, case["latent_normalised"]), case["decoded"]) < 1e-4
    picture = case["video"][:, :, 0]
    assert difference(video_vae.encode_picture(vae, picture), case["image_latent_normalised"]) < 1e-4


def test_names_of_the_video_vae() -> None:
    names = Case("wan22_vae").case["key_map"]
    assert {name: video_vae.diffusers_name(name) for name in names} == names


@pytest.mark.parametrize("form", ["pth", "safetensors", "diffusers"])
def test_forms_of_the_video_vae(form: str, tmp_path: Path) -> None:
    case = Case("wan22_vae")
    if form == "pth":
        torch.save(full(case.weights()), tmp_path / "Wan2.2_VAE.pth")
    elif form == "safetensors":
        save_file(full(case.weights()), tmp_path / "Wan2.2_VAE.safetensors")
    else:
        video_vae.video_vae_from(full(case.weights())).save_pretrained(tmp_path)
    vae = video_vae.load_video_vae(tmp_path)
    assert difference(video_vae.encode_picture(vae, case["video"][:, :, 0]), case["image_latent_normalised"]) < 1e-4


def test_a_whole_published_folder_holds_the_video_vae_beside_its_transformer(tmp_path: Path) -> None:
    """Wan2.2-TI2V-5B as downloaded whole: config.json is the transformer's."""
    case = Case("wan22_vae")
    torch.save(full(case.weights()), tmp_path / "Wan2.2_VAE.pth")
    (tmp_path / "config.json").write_text('{"_class_name": "WanModel", "dim": 3072}')
    save_file(
        {"blocks.0.attn.weight": torch.zeros(2, 2)}, tmp_path / "diffusion_pytorch_model-00001-of-00003.safetensors"
    )
    torch.save({}, tmp_path / "models_t5_umt5-xxl-enc-bf16.pth")
    assert inspect(tmp_path, CATALOGUE).serves("wan_vae")
    vae = video_vae.load_video_vae(tmp_path)
    assert difference(video_vae.encode_picture(vae, case["video"][:, :, 0]), case["image_latent_normalised"]) < 1e-4


def test_a_folder_of_another_model_is_no_video_vae(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"_class_name": "WanModel"}')
    save_file({"blocks.0.attn.weight": torch.zeros(2, 2)}, tmp_path / "diffusion_pytorch_model.safetensors")
    with pytest.raises(CheckpointError, match=r"neither Wan2\.2_VAE\.pth nor"):
        video_vae.load_video_vae(tmp_path)


@pytest.mark.parametrize("form", ["pth", "safetensors", "diffusers"])
def test_the_still_encoder_in_every_form(form: str, tmp_path: Path) -> None:
    case = Case("wan22_vae")
    if form == "pth":
        torch.save(full(case.weights()), tmp_path / "Wan2.2_VAE.pth")
        (tmp_path / "config.json").write_text('{"_class_name": "WanModel"}')
    elif form == "safetensors":
        save_file(case.weights(), tmp_path / "Wan2.2_VAE.safetensors")
    else:
        video_vae.video_vae_from(full(case.weights())).save_pretrained(tmp_path)
    encoder = StillEncoder.load(tmp_path)
    for file in tmp_path.iterdir():
        file.write_bytes(b"")  # nothing of it is read later
    assert difference(encoder.encode(case["video"][:, :, 0]), case["image_latent_normalised"]) < 1e-4


def test_the_still_encoder_at_other_sizes() -> None:
    """Against the whole VAE, with a picture that is neither square nor a power of two, and off 0."""
    case = Case("wan22_vae")
    picture = torch.rand(1, 3, 96, 160, generator=torch.Generator().manual_seed(2)) * 2 - 1
    whole = video_vae.encode_picture(video_vae.video_vae_from(full(case.weights())), picture)
    assert difference(StillEncoder(case.weights()).encode(picture), whole) < 1e-5


def test_what_the_still_encoder_takes() -> None:
    """Of each convolution along time a third, and nothing of what halves the frames."""
    weights = Case("wan22_vae").weights()
    assert set(still.parameter_shapes(4)) == {name for name in weights if name.startswith(("encoder.", "conv1."))}
    numbers = 0
    for name in still.parameter_shapes(4):
        if "time_conv" not in name:
            numbers += weights[name].numel() // (3 if weights[name].shape[2:] == (3, 3, 3) else 1)
    assert StillEncoder(weights).bytes == 2 * numbers


def test_a_still_encoder_that_lacks_something_says_what(tmp_path: Path) -> None:
    weights = Case("wan22_vae").weights()
    del weights["encoder.middle.1.proj.bias"]
    with pytest.raises(CheckpointError, match=r"not the Wan 2\.2 video VAE: .*encoder\.middle\.1\.proj\.bias"):
        StillEncoder(weights)
    with pytest.raises(CheckpointError, match=r"not the Wan 2\.2 video VAE"):
        StillEncoder(Case("oobleck").weights())
    with pytest.raises(CheckpointError, match=r"neither Wan2\.2_VAE\.pth nor"):
        StillEncoder.load(tmp_path)


def test_the_sound_decoder_reads_the_file_that_was_checked(tmp_path: Path) -> None:
    """Stable Audio Open as downloaded whole: a folder vae beside model.safetensors, here cut off."""
    case = Case("oobleck")
    weights = {f"pretransform.model.{name}": tensor for name, tensor in full(case.weights()).items()}
    save_file(weights, tmp_path / "model.safetensors")
    (tmp_path / "vae").mkdir()
    (tmp_path / "vae" / "config.json").write_text('{"_class_name": "AutoencoderOobleck"}')
    decoder = audio.AudioDecoder.load(tmp_path)
    assert relative(decoder.decode(case["latent"]).T, case["waveform_44100"]) < SOUND


def test_another_model_is_no_video_vae() -> None:
    with pytest.raises(CheckpointError, match=r"not the Wan 2\.2 video VAE"):
        video_vae.video_vae_from(Case("oobleck").weights())


def test_a_pickle_with_code_is_not_run(tmp_path: Path) -> None:
    touched = tmp_path / "touched"

    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path.touch, (touched,))

    torch.save({"conv2.weight": Evil()}, tmp_path / "Wan2.2_VAE.pth")
    with pytest.raises(CheckpointError, match="more than tensors"):
        video_vae.load_video_vae(tmp_path)
    assert not touched.exists()


def test_audio_vae() -> None:
    case = Case("oobleck")
    decoder = audio.AudioDecoder(full(case.weights()))
    assert relative(decoder.waveform(case["latent"]), case["waveform_51200"]) < SOUND
    assert relative(decoder.decode(case["latent"]).T, case["waveform_44100"]) < SOUND
    assert decoder.waveform(case["latent"]).shape == (1, 2, 2048 * 11)


def test_names_of_the_audio_vae() -> None:
    names = {old: new for old, new in Case("oobleck").case["key_map"].items() if old.startswith("decoder.")}
    assert {name: audio.diffusers_name(name, 5) for name in names} == names
    assert set(audio.parameter_names(5)) == set(names)


def test_the_audio_vae_in_diffusers_form(tmp_path: Path) -> None:
    case = Case("oobleck")
    named = {audio.diffusers_name(name, 5): tensor for name, tensor in full(case.weights()).items()}
    named = {name: t[None, :, None] if name.endswith((".alpha", ".beta")) else t for name, t in named.items()}
    (tmp_path / "vae").mkdir()
    (tmp_path / "vae" / "config.json").write_text('{"_class_name": "AutoencoderOobleck"}')
    save_file({k: t.contiguous() for k, t in named.items()}, tmp_path / "vae" / "diffusion_pytorch_model.safetensors")
    for folder in (tmp_path, tmp_path / "vae"):
        decoder = audio.AudioDecoder.load(folder)
        assert relative(decoder.decode(case["latent"]).T, case["waveform_44100"]) < SOUND


def test_an_audio_vae_that_lacks_something_says_what(tmp_path: Path) -> None:
    weights = Case("oobleck").weights()
    del weights["decoder.layers.3.layers.2.layers.1.bias"]
    with pytest.raises(CheckpointError, match=r"lacks decoder\.layers\.3\.layers\.2\.layers\.1\.bias"):
        audio.AudioDecoder(weights)
    with pytest.raises(CheckpointError, match="not Stable Audio Open's VAE"):
        audio.AudioDecoder(Case("wan22_vae").weights())
    with pytest.raises(CheckpointError, match=r"neither model\.safetensors nor"):
        audio.AudioDecoder.load(tmp_path)


def test_the_published_audio_file(tmp_path: Path) -> None:
    case = Case("oobleck")
    weights = {f"pretransform.model.{name}": tensor for name, tensor in full(case.weights()).items()}
    save_file({**weights, "model.something.else": torch.zeros(1)}, tmp_path / "model.safetensors")
    decoder = audio.AudioDecoder.load(tmp_path)
    assert relative(decoder.decode(case["latent"]).T, case["waveform_44100"]) < SOUND


@pytest.mark.parametrize(("samples", "count"), [(2048, 1764), (100, 77), (99, 77), (100, 131), (77, 77)])
def test_resampling_keeps_a_tone(samples: int, count: int) -> None:
    def tone(points: int) -> torch.Tensor:
        return torch.sin(2 * torch.pi * 5 * torch.arange(points, dtype=torch.float64) / points + 0.3)

    assert difference(audio.resample(tone(samples), count), tone(count)) < 1e-9
