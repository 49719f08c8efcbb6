"""The prompt as the transformer takes it: the last hidden state of T5Gemma's encoder.

Features are kept on disk by prompt and model, so that the encoder (18 GB) is read only for a new prompt. On a
GPU its blocks pass through one after the other: it never takes the room that the transformer needs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ...gpu.memory import give_all_back
from ...weights.store import fingerprint
from ..engine import Cancelled, EngineError
from .cache import Cache

MAX_TOKENS = 640
FORM = "no soft cap"  # another word where the same files give other features than before
CACHE = Cache("text", 1 << 30)  # of a prompt about 1 MB, at most 4.6

Placed = Callable[[Callable[[torch.device], None]], None]


def features(
    prompts: list[str],
    folder: Path,
    device: torch.device,
    cancelled: Callable[[], bool] = lambda: False,
    placed: Placed | None = None,
) -> list[Tensor]:
    """Features of each prompt, fp32 on `device`, [1, tokens, width] with at most 640 tokens.

    `folder` holds T5Gemma's encoder and tokenizer as published. What the cache lacks is computed and kept there:
    on `device`, or on those that `placed` calls its argument with until one has the room.

    Raises:
        EngineError: `bad_model` where the folder can't be read.
        Cancelled: noticed before the encoder is loaded, or between two prompts.
    """
    model = fingerprint(folder)
    keys = {prompt: _key(prompt, model) for prompt in prompts}
    found = {prompt: kept.tensors["features"] for prompt, key in keys.items() if (kept := CACHE.read(key))}

    def compute(where: torch.device) -> None:
        missing = [prompt for prompt in keys if prompt not in found]
        for prompt, rows in _encoded(missing, folder, where, cancelled):
            CACHE.write(keys[prompt], {"features": rows})
            found[prompt] = rows

    if len(found) < len(keys):
        if cancelled():
            raise Cancelled
        if placed is None:
            compute(device)
        else:
            placed(compute)
    return [found[prompt].float().to(device) for prompt in prompts]


@torch.inference_mode()
def encode(prompt: str, tokenizer: Any, encoder: Any, device: torch.device) -> Tensor:
    """The encoder's last hidden state, rounded to fp16 and cut to 640 tokens: fp16 [1, tokens, width] on the
    CPU."""
    tokens = tokenizer([prompt], return_tensors="pt").to(device)
    hidden = encoder(input_ids=tokens["input_ids"], attention_mask=tokens["attention_mask"]).last_hidden_state
    return hidden.half()[:, :MAX_TOKENS].cpu().contiguous()


def load(folder: Path, device: torch.device) -> tuple[Any, Any]:
    """T5Gemma's tokenizer and its encoder alone, in bf16, ready to be called.

    On a GPU the weights stay in host memory and stream through block by block.

    Raises:
        EngineError: `bad_model` where the folder can't be read.
    """
    from transformers import AutoTokenizer, T5GemmaEncoderModel
    from transformers.utils import logging

    logging.set_verbosity_error()  # the decoder's weights are in the same files: they are not missed
    logging.disable_progress_bar()
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        answer: Any = T5GemmaEncoderModel.from_pretrained(
            folder,
            is_encoder_decoder=False,
            dtype=torch.bfloat16,
            use_safetensors=True,
            local_files_only=True,
            output_loading_info=True,
        )
    except (OSError, ValueError) as problem:
        message = f"The text encoder in {folder} can't be read: {problem}"
        raise EngineError("bad_model", message, "models") from problem
    encoder, loaded = answer
    if lacking := sorted(loaded["missing_keys"]):  # transformers would fill them with random numbers
        message = f"The text encoder in {folder} lacks {lacking[0]} (and {len(lacking) - 1} more)."
        raise EngineError("bad_model", message, "models")
    encoder.eval()
    for layer in encoder.encoder.layers:
        # The transformer was made with the features of transformers 4.56, whose attention ignores the cap on T5Gemma's
        # scores that its config asks for.
        layer.self_attn.attn_logit_softcapping = None
    if device.type != "cpu":
        _stream(encoder.encoder, device)
    return tokenizer, encoder


def _encoded(
    prompts: list[str], folder: Path, device: torch.device, cancelled: Callable[[], bool]
) -> Iterator[tuple[str, Tensor]]:
    """Each prompt with its features; the encoder is let go at the end."""
    tokenizer, encoder = load(folder, device)
    try:
        for prompt in prompts:
            if cancelled():
                raise Cancelled
            yield prompt, encode(prompt, tokenizer, encoder, device)
    finally:
        del tokenizer, encoder
        give_all_back(device)


def _stream(encoder: torch.nn.Module, device: torch.device) -> None:
    """Has each block copied to `device` when its turn comes; the next one is on its way meanwhile."""
    from diffusers.hooks import apply_group_offloading

    apply_group_offloading(
        encoder,
        onload_device=device,
        offload_device=torch.device("cpu"),
        offload_type="block_level",
        num_blocks_per_group=1,
        use_stream=True,
        low_cpu_mem_usage=True,  # blocks are pinned one by one: pinning all would take their memory twice
    )


def _key(prompt: str, model: str) -> str:
    return hashlib.sha256(f"{FORM}\0{model}\0{prompt}".encode()).hexdigest()
