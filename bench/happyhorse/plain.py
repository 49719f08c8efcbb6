"""The plainest correct version of the transformer: the published weights as they are, and torch's own choices.

What the engine's version is measured against. `padded` and `cudnn` switch on one of its gains each.
"""

from __future__ import annotations

from contextlib import nullcontext

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel

from backend.engines.happyhorse.transformer import rope
from backend.engines.happyhorse.transformer.config import TransformerConfig
from backend.engines.happyhorse.transformer.kernels.attention import window_groups
from backend.engines.happyhorse.transformer.layout import patches, unpatch


class PlainTransformer:
    """Same arithmetic, same call as `Transformer`; `tensors` under the published names, on the device."""

    def __init__(
        self, config: TransformerConfig, tensors: dict[str, Tensor], *, padded: bool = False, cudnn: bool = False
    ) -> None:
        self.config = config
        self.tensors = tensors
        self.cudnn = cudnn
        self.inner = {layer: config.inner(layer) for layer in range(config.layers)}
        if padded:
            for layer in range(config.layers):
                self._pad(layer)

    def _pad(self, layer: int) -> None:
        """Widen the inner width to a multiple of 64 with zeros."""
        inner = self.inner[layer]
        more = -inner % 64
        if not more:
            return
        up, down = (f"block.layers.{layer}.mlp.{name}.weight" for name in ("up_gate_proj", "down_proj"))
        experts = self.config.experts(layer)
        wide = self.tensors[up].unflatten(0, (experts, -1))
        width = wide.shape[1] // inner
        self.tensors[up] = functional.pad(wide, (0, 0, 0, width * more)).flatten(0, 1)
        self.tensors[down] = functional.pad(self.tensors[down], (0, more))

    def _norm(self, x: Tensor, name: str, modality: Tensor, experts: int) -> Tensor:
        x = x.float()
        x = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)
        weight = self.tensors[name].view(experts, -1)
        scale = 1 + (weight[0] if experts == 1 else weight[modality])
        return x * (scale if x.ndim == 2 or experts == 1 else scale[:, None])

    def _product(self, x: Tensor, name: str, counts: list[int], experts: int) -> Tensor:
        weight = self.tensors[name]
        if experts == 1:
            return functional.linear(x, weight)
        return torch.cat(
            [functional.linear(part, w) for part, w in zip(x.split(counts), weight.chunk(experts), strict=True)]
        )

    def _attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        q, k, v = (x.transpose(0, 1)[None] for x in (q, k, v))
        chosen = (
            sdpa_kernel([SDPBackend.CUDNN_ATTENTION, SDPBackend.MATH], set_priority=True)
            if self.cudnn
            else nullcontext()
        )
        with chosen:
            return functional.scaled_dot_product_attention(q, k, v, enable_gqa=True)[0].transpose(0, 1)

    @torch.inference_mode()
    def __call__(self, video: Tensor, audio: Tensor, text: Tensor) -> tuple[Tensor, Tensor]:
        config, t = self.config, self.tensors
        frames, height, width = video.shape[2], video.shape[3] // 2, video.shape[4] // 2
        frame = height * width
        counts = [frames * frame, audio.shape[1], text.shape[1]]
        coords = rope.coordinates((frames, height, width), counts[1], counts[2], config.coords).to(video.device)
        sine, cosine = (table[:, None] for table in rope.tables(coords, t["adapter.rope.bands"]))
        modality = torch.arange(3, device=video.device).repeat_interleave(torch.tensor(counts, device=video.device))
        x = torch.cat(
            [
                functional.linear(part, t[f"adapter.{name}_embedder.weight"], t[f"adapter.{name}_embedder.bias"])
                for name, part in (("video", patches(video)), ("audio", audio[0]), ("text", text[0]))
            ]
        )
        dim, half = config.head_dim, 3 * config.bands
        widths = [config.heads * dim, config.kv_heads * dim, config.kv_heads * dim, config.heads]

        def rotate(y: Tensor) -> Tensor:
            a, b, rest = y.split([half, half, dim - 2 * half], dim=-1)
            return torch.cat([a * cosine - b * sine, b * cosine + a * sine, rest], dim=-1).bfloat16()

        for layer in range(config.layers):
            name, experts = f"block.layers.{layer}", config.experts(layer)
            normed = self._norm(x, f"{name}.attention.pre_norm.weight", modality, experts).bfloat16()
            q, k, v, gate = self._product(normed, f"{name}.attention.linear_qkv.weight", counts, experts).split(
                widths, dim=1
            )
            q = rotate(self._norm(q.unflatten(1, (-1, dim)), f"{name}.attention.q_norm.weight", modality, experts))
            k = rotate(self._norm(k.unflatten(1, (-1, dim)), f"{name}.attention.k_norm.weight", modality, experts))
            v = v.unflatten(1, (-1, dim))
            if layer in config.window_layers:
                parts = []
                for first, end, key_first, key_end in window_groups(frames, config.window):
                    near = slice(key_first * frame, key_end * frame)
                    parts.append(
                        self._attend(
                            q[first * frame : end * frame],
                            torch.cat([k[near], k[counts[0] :]]),
                            torch.cat([v[near], v[counts[0] :]]),
                        )
                    )
                out = torch.cat([*parts, self._attend(q[counts[0] :], k, v)])
            else:
                out = self._attend(q, k, v)
            out = (out.float() * torch.sigmoid(gate.float())[:, :, None]).bfloat16().flatten(1)
            x = x + self._product(out, f"{name}.attention.linear_proj.weight", counts, experts)
            normed = self._norm(x, f"{name}.mlp.pre_norm.weight", modality, experts).bfloat16()
            up = self._product(normed, f"{name}.mlp.up_gate_proj.weight", counts, experts).float()
            if layer in config.gelu_layers:
                up = up.clamp(max=7)
                inner = up * torch.sigmoid(1.702 * up)
            else:
                a, b = up[:, 0::2].clamp(max=7), up[:, 1::2].clamp(-7, 7)
                inner = a * torch.sigmoid(1.702 * a) * (b + 1)
            del up
            x = x + self._product(inner.bfloat16(), f"{name}.mlp.down_proj.weight", counts, experts)
        answers = []
        for name, part in (("video", x[: counts[0]]), ("audio", x[counts[0] : counts[0] + counts[1]])):
            normed = self._norm(part, f"final_norm_{name}.weight", modality, 1)
            answers.append(functional.linear(normed, t[f"final_linear_{name}.weight"]))
        return unpatch(answers[0], (frames, height, width)), answers[1][None]
