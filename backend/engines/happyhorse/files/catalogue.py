"""The published files that this engine is made of."""

from __future__ import annotations

from ....weights.catalogue import Catalogue, Component
from ....weights.store import Store
from .recognise import recognise

MAGIHUMAN = "GAIR/daVinci-MagiHuman"
_SHARDS = ("*.safetensors", "*.safetensors.index.json")
_TOKENIZER = ("config.json", "tokenizer*", "special_tokens_map.json")

COMPONENTS = (
    Component("distill", "Transformer, distilled to 8 steps", MAGIHUMAN, "distill", _SHARDS, 61.2, stand_in="base"),
    Component("base", "Transformer, 32 steps with guidance", MAGIHUMAN, "base", _SHARDS, 30.6),
    Component("540p_sr", "Super-resolution transformer, 540p", MAGIHUMAN, "540p_sr", _SHARDS, 61.2),
    Component("1080p_sr", "Super-resolution transformer, 1080p", MAGIHUMAN, "1080p_sr", _SHARDS, 61.2),
    Component("turbo_vae", "Fast video decoder", MAGIHUMAN, "turbo_vae", ("*.json", "*.ckpt"), 0.5),
    Component(
        "t5gemma",
        "Text encoder",
        "google/t5gemma-9b-9b-ul2",
        "",
        (*_SHARDS, *_TOKENIZER),
        40.7,
        "the Gemma terms",
    ),
    Component("wan_vae", "Video VAE (Wan 2.2)", "Wan-AI/Wan2.2-TI2V-5B", "", ("Wan2.2_VAE.pth",), 2.9),
    Component(
        "stable_audio",
        "Audio VAE (Stable Audio Open)",
        "stabilityai/stable-audio-open-1.0",
        "",
        ("model_config.json", "model.safetensors"),
        4.9,
        "the Stability AI community licence",
    ),
)

_ALWAYS = ("turbo_vae", "t5gemma", "wan_vae", "stable_audio")

# What each quality needs.
SETS = {
    "256p": ("distill", *_ALWAYS),
    "540p": ("distill", "540p_sr", *_ALWAYS),
    "1080p": ("distill", "1080p_sr", *_ALWAYS),
}

CATALOGUE = Catalogue({component.name: component for component in COMPONENTS}, SETS, (recognise,))
STORE = Store(CATALOGUE)
