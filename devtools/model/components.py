"""The components of the tiny model, under the published file and tensor names, with small random weights: those of
tests/golden, and a text encoder made here."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

GOLDEN = Path(__file__).resolve().parents[2] / "tests" / "golden"
TRANSFORMERS = {  # folder: (where its weights are from, files, whether all is fp32 on disk)
    "base": ("dit_base", 2, False),
    "distill": ("dit_base", 3, True),
    "540p_sr": ("dit_sr", 3, True),
    "1080p_sr": ("dit_sr", 3, True),
}
WORDS = (
    "Dialogue: Background Sound: <No prominent background sound> the camera slowly pushes in on a room, "
    "window, table and chair; a person says in English, Mandarin, Cantonese, Japanese, Korean, German, French"
)


def write(folder: Path) -> None:
    """Writes all components below `folder` (about 30 MB)."""
    for name, (case, files, full) in TRANSFORMERS.items():
        tensors = load_file(GOLDEN / case / "weights.safetensors")
        if full:
            tensors = {key: tensor.float() for key, tensor in tensors.items()}
        save_shards(tensors, _new(folder / name), files)
    _turbo_vae(_new(folder / "turbo_vae"))
    _wan_vae(_new(folder / "Wan2.2-TI2V-5B"))
    _stable_audio(_new(folder / "stable-audio-open-1.0"))
    text_width = load_file(GOLDEN / "dit_base" / "weights.safetensors")["adapter.text_embedder.weight"].shape[1]
    _t5gemma(_new(folder / "t5gemma-9b-9b-ul2"), text_width)


def save_shards(tensors: dict[str, torch.Tensor], folder: Path, files: int) -> None:
    """`model-0000i-of-0000n.safetensors` and the index that says which tensor is where."""
    names = sorted(tensors)
    where = {}
    for number in range(files):
        part = {name: tensors[name].contiguous() for name in names[number::files]}
        file = f"model-{number + 1:05}-of-{files:05}.safetensors"
        save_file(part, folder / file, {"format": "pt"})
        where |= dict.fromkeys(part, file)
    size = sum(tensor.nbytes for tensor in tensors.values())
    index = {"metadata": {"total_size": size}, "weight_map": dict(sorted(where.items()))}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=1))


def _turbo_vae(folder: Path) -> None:
    config = json.loads((GOLDEN / "turbo_vaed" / "case.json").read_text())["config"]
    (folder / "TurboV3-Wan22-TinyShallow_7_7.json").write_text(json.dumps(config, indent=1))
    weights = load_file(GOLDEN / "turbo_vaed" / "weights.safetensors")
    heads = {"module.aligned_feature_projection_heads.0.weight": torch.zeros(2, 2)}  # left over from its training
    state = {f"module.{name}": tensor for name, tensor in weights.items()} | heads
    torch.save({"ema_state_dict": state, "step": 340000}, folder / "checkpoint-340000.ckpt")


def _wan_vae(folder: Path) -> None:
    torch.save(load_file(GOLDEN / "wan22_vae" / "weights.safetensors"), folder / "Wan2.2_VAE.pth")


def _stable_audio(folder: Path) -> None:
    config = json.loads((GOLDEN / "oobleck" / "case.json").read_text())["reference_config"]
    rate = config["sample_rate"]
    whole = {
        "model_type": "diffusion_cond",
        "sample_rate": rate,
        "audio_channels": 2,
        "model": {"pretransform": {"type": "autoencoder", "iterate_batch": True, "config": config["model"]}},
    }
    (folder / "model_config.json").write_text(json.dumps(whole, indent=1))
    weights = load_file(GOLDEN / "oobleck" / "weights.safetensors")
    others = {"model.model.to_timestep_embed.0.weight": torch.zeros(4, 4)}  # the diffusion model beside it
    tensors = {f"pretransform.model.{name}": tensor for name, tensor in weights.items()} | others
    save_file(tensors, folder / "model.safetensors")


def _t5gemma(folder: Path, width: int) -> None:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast, T5GemmaConfig, T5GemmaForConditionalGeneration

    special = ["<pad>", "<eos>", "<bos>", "<unk>"]
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    letters = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=384, special_tokens=special, initial_alphabet=letters, show_progress=False)
    tokenizer.train_from_iterator([WORDS], trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="<bos> $A", special_tokens=[("<bos>", 2)])
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<eos>", bos_token="<bos>", unk_token="<unk>"
    ).save_pretrained(folder)

    half = {
        "vocab_size": tokenizer.get_vocab_size(),
        "hidden_size": width,
        "intermediate_size": 2 * width,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": width // 2,
        "query_pre_attn_scalar": width // 2,
        "sliding_window": 64,
    }
    torch.manual_seed(0)
    config = T5GemmaConfig(encoder=half, decoder=half, vocab_size=half["vocab_size"])
    T5GemmaForConditionalGeneration(config).bfloat16().save_pretrained(folder, max_shard_size="500KB")


def _new(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
