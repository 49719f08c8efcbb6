"""What is known of a model, as data: a row of a provider's table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

MOST_BYTES = 10 << 20


@dataclass(frozen=True)
class Rate:
    """What a second of clip costs, in US dollars. A `resolution` of "" and a `sound` of None hold for any."""

    amount: float
    resolution: str = ""
    sound: bool | None = None


@dataclass(frozen=True)
class Prices:
    """Rates as they stood on the day `as_of` on the page `source`. The first that fits a request holds."""

    rates: tuple[Rate, ...]
    as_of: str
    source: str

    def rate(self, resolution: str, sound: bool) -> Rate | None:
        """The rate for this request."""
        for rate in self.rates:
            if rate.resolution in ("", resolution) and rate.sound in (None, sound):
                return rate
        return None


@dataclass(frozen=True)
class Pictures:
    """What a picture must be: `side` the shortest side in pixels, `longest` the longest, `ratios` the lowest and the
    highest width to height, `bytes` of the file as it is sent. `frames` are the only ratios there are, where the model
    has a few fixed ones: a picture of another shape is sent with bars, which are cut off the clip again."""

    side: int = 300
    longest: int = 2048
    ratios: tuple[float, float] = (0.4, 2.5)
    bytes: int = MOST_BYTES
    frames: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Model:
    """A model of a provider.

    `id` is the engine's name, `endpoint` the provider's. `lengths` are the whole seconds that it makes, rising,
    `resolutions` its sizes from the least to the most. `sound` is "always", "never", or "switch". `languages` are
    those that it speaks, none: not told. `prompt_limit` is in characters. `shots` is how many it makes in one clip,
    each of at least `shortest_shot` seconds.
    `references` is how many pictures of who and what is seen it takes beside the still; then it begins with none of
    them, the still goes along as the last one, and its clip has one of the shapes in `pictures`.
    `fields` is the provider's own: how the request of this model differs from those of others.
    """

    id: str
    endpoint: str
    name: str
    about: str
    lengths: tuple[int, ...]
    prices: Prices | None = None
    resolutions: tuple[str, ...] = ()
    sound: str = "always"
    languages: tuple[str, ...] = ()
    fps: Fraction | None = None
    last_frame: bool = False
    prompt_limit: int = 2500
    shots: int = 1
    shortest_shot: int = 1
    seed: bool = True
    references: int = 0
    pictures: Pictures = Pictures()
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def resolution(self) -> str:
        """The size that is made where none was chosen: 720p where there is one."""
        return "720p" if "720p" in self.resolutions else next(iter(self.resolutions), "")

    def seconds(self, wanted: float) -> int:
        """The shortest length that it makes which holds `wanted` seconds, else its longest."""
        return next((length for length in self.lengths if length >= wanted - 1e-6), self.lengths[-1])
