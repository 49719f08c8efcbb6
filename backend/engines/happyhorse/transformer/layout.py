"""One sequence's tokens: which there are, which of them are a rank's own, and the video's patches."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor

from .config import PATCH


@dataclass(frozen=True, eq=False)
class Layout:
    """One sequence's shape and what follows from it. Tokens are [video | audio | text]. Each is itself only.

    `cuts` says where each rank's own begin, and the end; `sine` and `cosine` are those of `rank`'s own.
    """

    grid: tuple[int, int, int]  # the video's frames, rows and columns of tokens
    audio: int
    text: int
    sine: Tensor
    cosine: Tensor
    cuts: tuple[int, ...]
    rank: int = 0

    @property
    def frame_tokens(self) -> int:
        return self.grid[1] * self.grid[2]

    @property
    def video(self) -> int:
        return self.grid[0] * self.frame_tokens

    @property
    def tokens(self) -> int:
        return self.video + self.audio + self.text

    @property
    def own(self) -> slice:
        """This rank's own tokens."""
        return slice(self.cuts[self.rank], self.cuts[self.rank + 1])

    def inside(self, start: int, end: int) -> slice:
        """Which of its own tokens are among [start, end), counted from its first; it may be none."""
        first, last = max(start, self.own.start), min(end, self.own.stop)
        return slice(first - self.own.start, max(first, last) - self.own.start)

    def counts(self, end: int, start: int = 0) -> list[int]:
        """How many of each rank's own tokens are among [start, end)."""
        return [max(0, min(end, b) - max(start, a)) for a, b in pairwise(self.cuts)]

    def pieces(self, experts: int, size: int, asked: int) -> list[tuple[int, slice]]:
        """Its own of the first `asked` tokens, cut into (expert, rows) of at most about `size` rows, all of one
        expert."""
        ends = [self.video, self.video + self.audio, self.tokens] if experts > 1 else [self.tokens]
        result, start = [], 0
        for expert, end in enumerate(min(own, asked) for own in ends):
            rows = self.inside(start, end)
            count = max(1, round((rows.stop - rows.start) / size))
            cuts = [rows.start + (rows.stop - rows.start) * i // count for i in range(count + 1)]
            result += [(expert, slice(a, b)) for a, b in pairwise(cuts) if b > a]
            start = end
        return result


def patches(video: Tensor) -> Tensor:
    """[1, C, T, H, W] -> [T * H/2 * W/2, C * 4], channel slowest."""
    _, channels, frames, height, width = video.shape
    x = video[0].view(channels, frames, height // PATCH, PATCH, width // PATCH, PATCH)
    return x.permute(1, 2, 4, 0, 3, 5).reshape(-1, channels * PATCH * PATCH)


def unpatch(tokens: Tensor, grid: tuple[int, int, int]) -> Tensor:
    """[T * h * w, 4 * C], channel fastest -> [1, C, T, 2h, 2w]."""
    frames, height, width = grid
    x = tokens.view(frames, height, width, PATCH, PATCH, -1).permute(5, 0, 1, 3, 2, 4)
    return x.reshape(1, -1, frames, height * PATCH, width * PATCH)
