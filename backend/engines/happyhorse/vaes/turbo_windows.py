"""The fast decoder's windows along time, and what of their ends need not be decoded."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from .turbo_config import FRAMES_PER_LATENT


def windows(frames: int, first: int, step: int) -> list[tuple[int, int, int, int]]:
    """(start, end, cut before, cut after) of each window in latent frames, for `frames` = first + n * step."""
    result = []
    for start in [0, *range(first, frames, step)]:
        end = first if start == 0 else start + step
        before, after = int(start > 0), int(end < frames)
        result.append((start - before, end + after, before, after))
    return result


@dataclass(frozen=True)
class Window:
    """Latent frames [start, end) that are decoded together; of its final frames `cut` are left out before and after."""

    start: int
    end: int
    cut: tuple[int, int]

    @property
    def made(self) -> int:
        """How many final frames it gives."""
        doubled = FRAMES_PER_LATENT * (self.end - self.start) - (FRAMES_PER_LATENT - 1 if self.start == 0 else 0)
        return doubled - sum(self.cut)


def cut_windows(frames: int, first: int, step: int) -> list[Window]:
    """The windows of `frames` latent frames, the last of which is repeated where the last window has too few."""
    whole = first + step * max(0, -(-(frames - first) // step))
    return [
        Window(start, end, (FRAMES_PER_LATENT * before, FRAMES_PER_LATENT * max(after, end - frames)))
        for start, end, before, after in windows(whole, first, step)
    ]


@dataclass
class Ends:
    """Both ends of a window at work, in frames of the final video.

    Args:
        cut: how many frames are to be cut off before and after.
        reach: how far to each side the convolutions along time that are to come look, all together.
        step: final frames in one of the frames at work.
    """

    cut: tuple[int, int]
    reach: int
    step: int

    def lose(self) -> tuple[bool, bool]:
        """Whether the next convolution may lose a frame before, and after.

        That is where `cut` is not less than `reach`: nothing that is kept in the end depends on a frame that would be
        repeated there. From then on each answer is a frame shorter.
        """
        before, after = (cut >= self.reach for cut in self.cut)
        self.cut = (self.cut[0] - before * self.step, self.cut[1] - after * self.step)
        self.reach -= self.step
        return before, after


def shorten(parts: list[Tensor], before: int, after: int) -> None:
    """Take frames off both ends of a window, in place; its parts [1, C, T, H, W] that become empty are left out."""
    for end, count in ((0, before), (-1, after)):
        while count:
            frames = parts[end].shape[2]
            if count >= frames:
                del parts[end]
            else:
                parts[end] = parts[end][:, :, count:] if end == 0 else parts[end][:, :, : frames - count]
            count -= min(count, frames)
