"""The fast decoder's shape, and the statistics of the latents it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# fmt: off
# Mean and standard deviation of each of Wan 2.2's 48 latent channels: decoders take z * std + mean.
LATENT_MEAN = (
    -0.2289, -0.0052, -0.1323, -0.2339, -0.2799, 0.0174, 0.1838, 0.1557, -0.1382, 0.0542, 0.2813, 0.0891, 0.1570,
    -0.0098, 0.0375, -0.1825, -0.2246, -0.1207, -0.0698, 0.5109, 0.2665, -0.2108, -0.2158, 0.2502, -0.2055, -0.0322,
    0.1109, 0.1567, -0.0729, 0.0899, -0.2799, -0.1230, -0.0313, -0.1649, 0.0117, 0.0723, -0.2839, -0.2083, -0.0520,
    0.3748, 0.0152, 0.1957, 0.1433, -0.2944, 0.3573, -0.0548, -0.1681, -0.0667,
)
LATENT_STD = (
    0.4765, 1.0364, 0.4514, 1.1677, 0.5313, 0.4990, 0.4818, 0.5013, 0.8158, 1.0344, 0.5894, 1.0901, 0.6885, 0.6165,
    0.8454, 0.4978, 0.5759, 0.3523, 0.7135, 0.6804, 0.5833, 1.4146, 0.8986, 0.5659, 0.7069, 0.5338, 0.4889, 0.4917,
    0.4069, 0.4999, 0.6866, 0.4093, 0.5709, 0.6065, 0.6415, 0.4944, 0.5726, 1.2042, 0.5458, 1.6887, 0.3971, 1.0600,
    0.3943, 0.5537, 0.5444, 0.4089, 0.7468, 0.7744,
)
# fmt: on
FRAMES_PER_LATENT = 4


@dataclass(frozen=True)
class TurboConfig:
    """In decoding order (the published file has the reverse). `scales` and `spatial_only` are one for each up block."""

    widths: tuple[int, ...] = (512, 256, 128, 64)
    layers: tuple[int, ...] = (3, 3, 2, 2, 2)  # the middle block's, then the up blocks'
    scales: tuple[bool, ...] = (True, True, True, False)
    spatial_only: tuple[bool, ...] = (False, False, True, False)
    latent_channels: int = 48
    channels: int = 3
    patch: int = 2
    first_window: int = 7
    window: int = 7

    @classmethod
    def from_published(cls, settings: Mapping[str, Any]) -> TurboConfig:
        """From the JSON file beside the published weights.

        Raises:
            ValueError: for a setting that is not supported.
        """
        if any(settings.get("decoder_is_dw_conv", ())) or settings.get("decoder_causal"):
            raise ValueError("TurboVAED with depth-wise or causal convolutions is not supported")
        if settings.get("patch_size_t", 1) != 1 or not settings.get("use_unpatchify", True):
            raise ValueError("TurboVAED is supported with patches of one frame, unpatchified, only")
        return cls(
            widths=tuple(reversed(settings["decoder_block_out_channels"])),
            layers=tuple(reversed(settings["decoder_layers_per_block"])),
            scales=tuple(reversed(settings["decoder_spatio_temporal_scaling"])),
            spatial_only=tuple(reversed(settings["decoder_spatio_only"])),
            latent_channels=settings["latent_channels"],
            channels=settings["out_channels"],
            patch=settings["patch_size"],
            first_window=settings["first_chunk_size"],
            window=settings["step_size"],
        )

    @property
    def reach(self) -> int:
        """How many frames to each side all convolutions along time look, together."""
        step, width = FRAMES_PER_LATENT, self.widths[0]
        reach = step * (1 + 2 * self.layers[0])
        for block, out in enumerate(self.widths):
            if out != width:
                reach += 2 * step
            width = out
            if self.scales[block] and not self.spatial_only[block]:
                reach += step
                step //= 2
            reach += 2 * step * self.layers[block + 1]
        return reach + step

    @property
    def last_doubling(self) -> int:
        """The block that doubles the pixels last."""
        return max(block for block, scaled in enumerate(self.scales) if scaled)

    @property
    def reach_of_rows(self) -> int:
        """How many rows up and down all convolutions from `last_doubling` on look, in rows of what comes into it."""
        last = self.last_doubling
        before = 2 * (last > 0 and self.widths[last] != self.widths[last - 1])
        after = 2  # in rows of the doubled picture: of the doubling's own convolution and the last one
        for block in range(last, len(self.widths)):
            if block > last:
                after += 2 * (self.widths[block] != self.widths[block - 1])
            after += 2 * self.layers[block + 1]
        return before + -(-after // 2)
