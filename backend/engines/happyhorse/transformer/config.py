"""The transformer's shape: how many layers, how wide, which of them are experts or look through a window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

LATENT_CHANNELS = 48
PATCH = 2  # height and width of a patch; a patch is one latent frame deep
MODALITIES = 3  # video, audio, text: the order of experts and of the sequence


@dataclass(frozen=True)
class TransformerConfig:
    """Everything that decides the tensors and the arithmetic of one transformer.

    `coords` is "v1" (super-resolution models) or "v2" (base and distilled models): where text sits in time.
    `window` is the reach in latent frames, to each side, of the layers in `window_layers`.
    """

    layers: int = 40
    hidden: int = 5120
    head_dim: int = 128
    kv_heads: int = 8
    video_channels: int = LATENT_CHANNELS * PATCH * PATCH
    audio_channels: int = 64
    text_channels: int = 3584
    expert_layers: frozenset[int] = frozenset({0, 1, 2, 3, 36, 37, 38, 39})
    gelu_layers: frozenset[int] = frozenset({0, 1, 2, 3})
    window_layers: frozenset[int] = frozenset()
    window: int = 11
    gating: bool = True
    coords: str = "v2"

    def __post_init__(self) -> None:
        if self.coords not in ("v1", "v2"):
            raise ValueError(f"coords is 'v1' or 'v2', not {self.coords!r}")
        if self.hidden % self.head_dim or self.heads % self.kv_heads or self.head_dim % 8:
            raise ValueError(
                f"hidden {self.hidden}, head_dim {self.head_dim} and kv_heads {self.kv_heads} do not fit together"
            )

    @property
    def heads(self) -> int:
        return self.hidden // self.head_dim

    @property
    def bands(self) -> int:
        """Frequencies an axis; 6 * bands of a head's dimensions are rotated."""
        return self.head_dim // 8

    @property
    def gate_heads(self) -> int:
        return self.heads if self.gating else 0

    @property
    def columns(self) -> list[int]:
        """How many there are of queries, keys and values."""
        return [heads * self.head_dim for heads in (self.heads, self.kv_heads, self.kv_heads)]

    @property
    def qkv_rows(self) -> int:
        """Rows of `linear_qkv` for one expert: queries, keys, values, one gate a head."""
        return sum(self.columns) + self.gate_heads

    def experts(self, layer: int) -> int:
        return MODALITIES if layer in self.expert_layers else 1

    def inner(self, layer: int) -> int:
        """Width between the two products of a layer's MLP, as published (unpadded)."""
        return 4 * self.hidden if layer in self.gelu_layers else self.hidden * 8 // 3 // 4 * 4

    @classmethod
    def from_case(cls, case: Mapping[str, Any]) -> TransformerConfig:
        """From the reference's own settings: a mapping with `arch_config` and `data_proxy`.

        Raises:
            ValueError: for a setting this implementation does not know.
        """
        arch, data = case["arch_config"], case["data_proxy"]
        fixed = {"patch_size": PATCH, "t_patch_size": 1, "spatial_rope_interpolation": "extra", "text_offset": 0}
        for name, value in fixed.items():
            if data.get(name, value) != value:
                raise ValueError(f"{name} {data[name]!r} is not supported, only {value!r}")
        if arch.get("post_norm_layers"):
            raise ValueError("post_norm_layers is not supported")
        return cls(
            layers=arch["num_layers"],
            hidden=arch["hidden_size"],
            head_dim=arch["head_dim"],
            kv_heads=arch["num_query_groups"],
            video_channels=arch["video_in_channels"],
            audio_channels=arch["audio_in_channels"],
            text_channels=arch["text_in_channels"],
            expert_layers=frozenset(arch["mm_layers"]),
            gelu_layers=frozenset(arch["gelu7_layers"]),
            window_layers=frozenset(arch["local_attn_layers"]),
            window=data["frame_receptive_field"],
            gating=arch["enable_attn_gating"],
            coords=data["coords_style"],
        )


BASE = TransformerConfig()
SR_540P = replace(BASE, coords="v1")
SR_1080P = replace(SR_540P, window_layers=frozenset(range(40)) - {3, 7, 11, 15, 19, 23, 27, 31})


def parameter_shapes(config: TransformerConfig) -> dict[str, tuple[int, ...]]:
    """Every tensor of a published checkpoint of this shape, by name."""
    hidden, dim = config.hidden, config.head_dim
    shapes: dict[str, tuple[int, ...]] = {"adapter.rope.bands": (config.bands,)}
    widths = {"video": config.video_channels, "audio": config.audio_channels, "text": config.text_channels}
    for name, width in widths.items():
        shapes[f"adapter.{name}_embedder.weight"] = (hidden, width)
        shapes[f"adapter.{name}_embedder.bias"] = (hidden,)
    for layer in range(config.layers):
        experts, inner = config.experts(layer), config.inner(layer)
        up = inner if layer in config.gelu_layers else 2 * inner
        shapes.update(
            {
                f"block.layers.{layer}.attention.pre_norm.weight": (experts * hidden,),
                f"block.layers.{layer}.attention.linear_qkv.weight": (experts * config.qkv_rows, hidden),
                f"block.layers.{layer}.attention.linear_proj.weight": (experts * hidden, config.heads * dim),
                f"block.layers.{layer}.attention.q_norm.weight": (experts * dim,),
                f"block.layers.{layer}.attention.k_norm.weight": (experts * dim,),
                f"block.layers.{layer}.mlp.pre_norm.weight": (experts * hidden,),
                f"block.layers.{layer}.mlp.up_gate_proj.weight": (experts * up, hidden),
                f"block.layers.{layer}.mlp.down_proj.weight": (experts * hidden, inner),
            }
        )
    for name in ("video", "audio"):
        shapes[f"final_norm_{name}.weight"] = (hidden,)
        shapes[f"final_linear_{name}.weight"] = (widths[name], hidden)
    return shapes


def config_from_shapes(shapes: Mapping[str, tuple[int, ...]], *, like: TransformerConfig) -> TransformerConfig:
    """The config whose checkpoint has these tensors; what shapes cannot tell (coords, windows) comes from `like`.

    Where the number of layers differs from `like`'s, its window layers are cut to those that exist.

    Raises:
        ValueError: these are not the tensors of this kind of transformer.
    """
    try:
        hidden, video = shapes["adapter.video_embedder.weight"]
        layers = 1 + max(int(name.split(".")[2]) for name in shapes if name.startswith("block.layers."))
        pre = {i: shapes[f"block.layers.{i}.attention.pre_norm.weight"][0] for i in range(layers)}
        experts = frozenset(i for i in range(layers) if pre[i] == MODALITIES * hidden)
        head_dim = shapes["block.layers.0.attention.q_norm.weight"][0] // (MODALITIES if 0 in experts else 1)
        rows = shapes["block.layers.0.attention.linear_qkv.weight"][0] // (MODALITIES if 0 in experts else 1)
        heads = hidden // head_dim
        gated = rows % head_dim != 0 or (heads % head_dim == 0 and like.gating)
        kv_rows = rows - heads * head_dim - (heads if gated else 0)
        gelu = frozenset(
            i
            for i in range(layers)
            if shapes[f"block.layers.{i}.mlp.up_gate_proj.weight"][0] // (MODALITIES if i in experts else 1)
            == shapes[f"block.layers.{i}.mlp.down_proj.weight"][1]
        )
        config = replace(
            like,
            layers=layers,
            hidden=hidden,
            head_dim=head_dim,
            kv_heads=kv_rows // (2 * head_dim),
            video_channels=video,
            audio_channels=shapes["adapter.audio_embedder.weight"][1],
            text_channels=shapes["adapter.text_embedder.weight"][1],
            expert_layers=experts,
            gelu_layers=gelu,
            window_layers=frozenset(i for i in like.window_layers if i < layers),
            gating=gated,
        )
    except (KeyError, ValueError, ZeroDivisionError) as error:
        raise ValueError(f"not a single-stream audio-video transformer ({error})") from error
    return config
