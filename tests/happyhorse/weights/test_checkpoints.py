"""Published files in all their forms, and files that are something else."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from backend.engines.happyhorse.files import checkpoint
from backend.engines.happyhorse.files.checkpoint import Checkpoint, CheckpointError
from backend.engines.happyhorse.transformer.config import TransformerConfig
from backend.engines.happyhorse.transformer.loading import BANDS, load_transformer, read_config
from backend.engines.happyhorse.transformer.model import Transformer
from tests.happyhorse.golden import Case, difference, relative


def write(tensors: dict[str, torch.Tensor], folder: Path, shards: int = 1) -> Path:
    folder.mkdir(exist_ok=True)
    if shards == 1:
        save_file(tensors, folder / "model.safetensors")
        return folder
    names = sorted(tensors)
    index = {}
    for shard in range(shards):
        file = f"model-{shard + 1:05}-of-{shards:05}.safetensors"
        part = names[shard::shards]
        save_file({name: tensors[name] for name in part}, folder / file)
        index.update(dict.fromkeys(part, file))
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": index}))
    return folder


def forward(model: Transformer, case: Case) -> torch.Tensor:
    text = case["in.text_feat"][:, : case.case["inputs"]["txt_feat_len"]]
    return model(case["in.video_latent"], case["in.audio_latent"], text)[0]


@pytest.mark.parametrize("shards", [1, 5])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_forms_of_a_checkpoint(
    shards: int, dtype: torch.dtype, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "CHUNK", 10_000)  # many pieces a tensor, some across experts
    case = Case("dit_base")
    config = TransformerConfig.from_case(case.case)
    folder = write({name: tensor.to(dtype) for name, tensor in case.weights().items()}, tmp_path / "base", shards)
    told: list[float] = []
    model = load_transformer(folder, config, "cpu", "bf16", progress=told.append)
    assert model.config == config
    assert told == sorted(told) and told[-1] == pytest.approx(1)
    expected = Transformer(config, "cpu", "bf16")
    computed = 10000.0 ** (-torch.arange(config.bands) / config.bands)
    assert difference(computed, case.weights()[BANDS]) < 1e-7
    bands = {BANDS: case.weights()[BANDS] if dtype == torch.float32 else computed}  # whatever 16-bit files hold
    expected.load_state_dict({name: tensor.to(dtype) for name, tensor in case.weights().items()} | bands)
    assert difference(forward(model, case), forward(expected, case)) == 0
    single = load_transformer(folder / "model.safetensors", config, "cpu") if shards == 1 else model
    assert relative(forward(single, case), case["out_video"]) < 2e-2


@pytest.mark.parametrize("precision", ["bf16", "fp8"])
def test_public_fp8_files(precision: str, tmp_path: Path) -> None:
    """One scale a tensor: read as such, and kept exactly where products are fp8 too."""
    case = Case("dit_base")
    config = TransformerConfig.from_case(case.case)
    stored, rounded = {}, {}
    for name, tensor in case.weights().items():
        if tensor.ndim == 2 and name.startswith("block."):
            scale = tensor.float().abs().max() / 448
            values = (tensor.float() / scale).to(torch.float8_e4m3fn)
            stored[name], stored[f"{name}.__fp8_scale"] = values, scale.reshape(1)
            rounded[name] = values.float() * scale
        else:
            stored[name] = rounded[name] = tensor.bfloat16()
    rounded[BANDS] = case.weights()[BANDS]  # the public files have them in bf16: they are computed
    assert difference(stored[BANDS], rounded[BANDS]) > 5e-5
    model = load_transformer(write(stored, tmp_path / "fp8"), config, "cpu", precision)
    exact = Transformer(config, "cpu", "bf16")
    exact.load_state_dict(rounded)
    assert relative(forward(model, case), forward(exact, case)) < (1e-6 if precision == "bf16" else 0.25)
    for block in range(config.layers) if precision == "fp8" else ():
        views = model.store.fetch(block)
        name = f"block.layers.{block}.attention.linear_proj.weight"
        kept = (views.proj.weight.float() * views.proj.scale[:, :, None]).flatten(0, 1)
        assert difference(kept, rounded[name]) == 0


def test_without_the_bands(tmp_path: Path) -> None:
    case = Case("dit_base")
    config = TransformerConfig.from_case(case.case)
    weights = case.weights()
    del weights["adapter.rope.bands"]
    model = load_transformer(write(weights, tmp_path / "base"), config, "cpu", "fp32")
    assert difference(forward(model, case), case["fp32.out_video"]) < 1e-4


def test_a_size_of_its_own_is_read_off_the_files(tmp_path: Path) -> None:
    case = Case("dit_base")
    from backend.engines.happyhorse.transformer.config import BASE

    assert read_config(Checkpoint(write(case.weights(), tmp_path / "tiny")), BASE) == TransformerConfig.from_case(
        case.case
    )


def test_what_is_missing_or_misshapen_is_named(tmp_path: Path) -> None:
    case = Case("dit_base")
    config = TransformerConfig.from_case(case.case)
    weights = case.weights()
    name = "block.layers.2.attention.linear_proj.weight"
    for change, message in [
        ({name: None}, rf"1 missing: {name}"),
        ({name: torch.zeros(3, 5)}, rf"1 of the wrong shape: {name} is \[3, 5\], not \[128, 128\]"),
        ({"teacher.weight": torch.zeros(1)}, r"1 not known: teacher\.weight"),
    ]:
        changed = {key: tensor for key, tensor in {**weights, **change}.items() if tensor is not None}
        with pytest.raises(CheckpointError, match=message):
            load_transformer(write(changed, tmp_path / "broken"), config, "cpu")


def test_a_wrong_model_says_what_it_looks_like(tmp_path: Path) -> None:
    folder = write({"model.embed_tokens.weight": torch.zeros(2, 2)}, tmp_path / "llama")
    (folder / "config.json").write_text(json.dumps({"architectures": ["LlamaForCausalLM"]}))
    with pytest.raises(CheckpointError, match="LlamaForCausalLM"):
        load_transformer(folder, TransformerConfig.from_case(Case("dit_base").case), "cpu")


def test_an_empty_folder_and_a_cut_file(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"no \.safetensors"):
        Checkpoint(tmp_path)
    file = write(Case("dit_base").weights(), tmp_path / "cut") / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(CheckpointError, match="not complete"):
        Checkpoint(file)


def test_the_index_says_which_files_count(tmp_path: Path) -> None:
    case = Case("dit_base")
    config = TransformerConfig.from_case(case.case)
    folder = write(case.weights(), tmp_path / "base", shards=3)
    save_file({"optimizer.state": torch.zeros(1)}, folder / "training.safetensors")
    assert read_config(Checkpoint(folder), config) == config
    (folder / "model-00002-of-00003.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"lacks model-00002-of-00003\.safetensors"):
        Checkpoint(folder)
